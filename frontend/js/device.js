// This device: the service worker, the copies, the outbox, the strip; whatever needs no page to be there.
import { mayWait } from "./entries.js";
import { isReachable } from "./net.js";
import { part, use } from "./parts.js";
import * as sender from "./sender.js";
import { know } from "./store.js";
import * as strip from "./strip.js";

/** Follow-ups are plain forms: with no signal they go into the outbox like every other change. */
function followUp(event) {
  const form = event.target;
  const number = form instanceof HTMLFormElement ? /^\/orders\/([^/]+)\/follow-up\/$/.exec(new URL(form.action).pathname)?.[1] : undefined;
  if (!number || form.dataset.plain || (isReachable() && navigator.onLine && !mayWait())) return;
  event.preventDefault();
  const { submitter } = event;
  use("follow", (it) => it.followUp(form, submitter, number));
}

sender.begin();
strip.begin(followUp);
addEventListener("curlew:line", () => sender.run());

/** How long a new service worker may take to come once it is asked, in milliseconds. */
const PATIENCE = 3_000;
// Out of sight for so long, in milliseconds, and a lock closes.
const UNSEEN = 10 * 60_000;
let hidden = Infinity;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hidden = Date.now();
  else if (Date.now() - hidden > UNSEEN) know();
});

// What is kept here should not go when the disk is full.
navigator.storage?.persist?.().catch(() => undefined);

// The service worker comes once the page is there, and brings every page with it.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").then((registration) => {
    const offer = () => strip.ready(() => {
      const load = () => location.reload();
      // The browser may let the old worker go minutes later, when it has been busy: what is asked for comes all the same.
      const late = setTimeout(load, PATIENCE);
      navigator.serviceWorker.addEventListener("controllerchange", () => {
        clearTimeout(late);
        load();
      }, { once: true });
      registration.waiting?.postMessage("update");
    });
    if (registration.waiting && navigator.serviceWorker.controller) offer();
    registration.addEventListener("updatefound", () => {
      const coming = registration.installing;
      coming?.addEventListener("statechange", () => { if (coming.state === "installed" && navigator.serviceWorker.controller) offer(); });
    });
    // An application that is never closed hears of a new release too.
    setInterval(() => registration.update().catch(() => undefined), 3_600_000);
  }).catch(() => undefined);
}

// Who comes back is asked once whether Curlew may stand among the applications.
const VISITS = "curlew-visits";
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  const visits = Number(localStorage.getItem(VISITS) ?? 0) + 1;
  localStorage.setItem(VISITS, visits);
  if (visits === 3) part("install").then((it) => it?.offer(event));
});
