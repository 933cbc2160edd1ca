// The device part that every page loads: service worker, copies, outbox, status strip.
import { mayHaveUnsent } from "./entries.js";
import { isReachable } from "./fetch.js";
import { loadModule, withModule } from "./modules.js";
import * as sync from "./sync.js";
import { setKey } from "./store.js";
import * as strip from "./status-strip.js";

/** Follow-ups are plain forms: offline they go into the outbox like every other change. */
function followUp(event) {
  const form = event.target;
  const number = form instanceof HTMLFormElement ? /^\/orders\/([^/]+)\/follow-up\/$/.exec(new URL(form.action).pathname)?.[1] : undefined;
  if (!number || form.dataset.plain || (isReachable() && navigator.onLine && !mayHaveUnsent())) return;
  event.preventDefault();
  const { submitter } = event;
  withModule("followup", (it) => it.followUp(form, submitter, number));
}

sync.start();
strip.start(followUp);
addEventListener("curlew:line", () => sync.syncNow());

/** How long a new service worker may take to activate, in milliseconds. */
const PATIENCE = 3_000;
// How long in the background until the lock closes, in milliseconds.
const UNSEEN = 10 * 60_000;
let hidden = Infinity;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hidden = Date.now();
  else if (Date.now() - hidden > UNSEEN) setKey();
});

// Ask the browser not to evict the data when the disk is full.
navigator.storage?.persist?.().catch(() => undefined);

// Register the service worker once the page is loaded; it caches all pages.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").then((registration) => {
    const offer = () => strip.offerUpdate(() => {
      const load = () => location.reload();
      // The browser may keep a busy old worker for minutes: reload anyway.
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
    // Check for a new release in a tab that is never closed, too.
    setInterval(() => registration.update().catch(() => undefined), 3_600_000);
  }).catch(() => undefined);
}

// Offer installation once, the third time the browser allows it.
const VISITS = "curlew-visits";
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  const visits = Number(localStorage.getItem(VISITS) ?? 0) + 1;
  localStorage.setItem(VISITS, visits);
  if (visits === 3) loadModule("install").then((it) => it?.offer(event));
});
