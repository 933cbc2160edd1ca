// The last submitted form of the page, for the drafts module, which may be loaded later.
import { outboxEvents } from "./entries.js";
import { serverEvents } from "./fetch.js";

/** The cookie with which the server says which form it stored. */
export const SAVED_COOKIE = "curlew-stored";
export const forgetStored = () => { document.cookie = `${SAVED_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax`; };
/** The submit event, and whether its input has been stored since, on the server or in the outbox. */
export const submitted = { event: undefined, isWritten: false };

addEventListener("submit", (event) => {
  if (!event.target.matches("#page form")) return;
  // An earlier confirmation does not apply to this form.
  forgetStored();
  Object.assign(submitted, { event, isWritten: false });
}, true);
for (const [from, kind] of [[serverEvents, "written"], [outboxEvents, "queued"]]) from.addEventListener(kind, () => { submitted.isWritten = true; });
