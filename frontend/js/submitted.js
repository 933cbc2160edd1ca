// The form of the page that was sent last. What keeps drafts may come after that, and hears of it here.
import { heard } from "./entries.js";
import { line } from "./net.js";

/** The cookie by which the server says which form it stored. */
export const STORED = "curlew-stored";
export const forgetStored = () => { document.cookie = `${STORED}=; Path=/; Max-Age=0; SameSite=Lax`; };
/** The event that sent the form, and whether what it held is written since, here or in the outbox. */
export const submitted = { event: undefined, isWritten: false };

addEventListener("submit", (event) => {
  if (!event.target.matches("#page form")) return;
  // What was stored before says nothing of this one.
  forgetStored();
  Object.assign(submitted, { event, isWritten: false });
}, true);
for (const [from, kind] of [[line, "written"], [heard, "queued"]]) from.addEventListener(kind, () => { submitted.isWritten = true; });
