// This device: the service worker, the copies, the outbox, the strip; whatever needs no page to be there.
import { queue, uuid7 } from "./entries.js";
import { isReachable } from "./net.js";
import * as sender from "./sender.js";
import { know, order } from "./store.js";
import * as strip from "./strip.js";
import { dayAfter, weekday } from "./words.js";

/** The next day that is no Saturday or Sunday. */
function workday() {
  let next = dayAfter(1);
  while (weekday(next) > 4) next = dayAfter(1, next);
  return next;
}

/** Follow-ups are plain forms: with no signal they go into the outbox like every other change. */
async function followUp(event) {
  const form = event.target;
  const number = form instanceof HTMLFormElement ? /^\/orders\/([^/]+)\/follow-up\/$/.exec(new URL(form.action).pathname)?.[1] : undefined;
  if (!number || form.dataset.plain || (isReachable() && navigator.onLine)) return;
  event.preventDefault();
  const given = new FormData(form, event.submitter);
  // What this device does not keep goes its plain way, and is not lost in silence.
  const plainly = () => {
    form.dataset.plain = "yes";
    form.requestSubmit(event.submitter);
  };
  const kept = await order(number);
  if (!kept) return plainly();
  const act = given.get("act");
  const none = { follow_up_on: "", follow_up_kind: "", follow_up_note: "" };
  const typed = {
    done: none,
    tomorrow: { follow_up_on: workday() },
    week: { follow_up_on: dayAfter(7) },
  }[act] ?? Object.fromEntries(Object.keys(none).map((field) => [field, given.get(field) ?? ""]));
  const queued = await queue("orders/edit", { number, version: kept.version, draft: { ...kept.draft, ...typed } }, uuid7());
  if (queued === undefined) return plainly();
  dispatchEvent(new CustomEvent("curlew:again"));
}

sender.begin();
strip.begin(followUp);
addEventListener("curlew:line", () => sender.run());

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
  const asked = { update: false };
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (asked.update) location.reload(); });
  navigator.serviceWorker.register("/sw.js").then((registration) => {
    const offer = () => strip.ready(() => {
      asked.update = true;
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
  if (visits === 3) strip.install(() => event.prompt());
});
