// The status strip: offline, unsent changes, new release.
import sheet from "./device.css";
import { showNotice, button, make, onHydrated } from "./dom.js";
import { entries, outboxEvents, mayHaveUnsent } from "./entries.js";
import { isReachable, serverEvents } from "./fetch.js";
import { loadModule, withModule } from "./modules.js";
import { addMessageLinks } from "./message-links.js";
import { syncEvents, state } from "./sync.js";
import { isLocked, lockEvents, meta, who } from "./store.js";
import { timeOrDay } from "./format.js";

let strip;
let since;

/** The text of the strip; undefined when there is nothing to say. */
async function statusText(all) {
  const needs = all.filter((it) => it.verdict);
  const waiting = all.length - needs.length;
  const n = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (isLocked()) return ["locked", `${isReachable() ? "" : "Offline. "}This device is locked`];
  if (state.out && all.length > 0) return ["out", `Sign in to send ${n(all.length, "change")}`];
  if (!isReachable()) {
    const last = await meta("at");
    const from = since ? ` since ${timeOrDay(since)}` : "";
    const contact = last ? ` Last updated ${timeOrDay(last)}.` : "";
    return ["offline", `Offline${from}.${waiting ? ` ${n(waiting, "change")} waiting to be sent.` : ""}${contact}`];
  }
  if (state.sending) return ["sending", `Sending ${state.sending} of ${state.of}`];
  if (needs.length) return ["needs", `${n(needs.length, "change")} need${needs.length === 1 ? "s" : ""} your attention`];
  if (waiting) return ["sending", `${n(waiting, "change")} waiting to be sent`];
  return undefined;
}

async function render() {
  const all = await entries();
  const said = await statusText(all);
  document.documentElement.toggleAttribute("data-offline", !isReachable());
  if (!strip) {
    strip = make("div", { className: "status-strip", ariaLive: "polite" });
    document.body.prepend(strip);
  }
  if (!said) return strip.replaceChildren();
  strip.dataset.state = said[0];
  const show = all.length ? [button("View", openOutbox)] : [];
  const enter = said[0] === "out" ? [make("a", { className: "button button-quiet", rel: "external", href: `/login/?next=${encodeURIComponent(location.pathname)}`, textContent: "Sign in" })] : [];
  const unlock = said[0] === "locked" ? [button("Unlock", () => withModule("profile", (it) => it.unlock()))] : [];
  const shown = [make("span", { textContent: said[1] }), ...show, ...enter, ...unlock];
  if (strip.textContent !== shown.map((it) => it.textContent).join("")) strip.replaceChildren(...shown);
  markUnsentRows(all);
}

/** Marks the rows of unsent orders. */
function markUnsentRows(all) {
  if (!document.documentElement.dataset.hydrated) return;
  const unsent = new Set(all.map((it) => it.order));
  for (const link of document.querySelectorAll("a[data-row]")) {
    const of = /^\/orders\/([0-9a-f-]{36})\//.exec(link.getAttribute("href"))?.[1];
    if (!of) continue;
    link.closest("tr, article")?.classList.toggle("orders-unsent", unsent.has(of));
  }
}

/** Opens the outbox. */
const openOutbox = () => withModule("outbox", (it) => it.open());

/** A new release waits for the user, or for the next start. */
export const offerUpdate = (update) => showNotice("update", "A new version of Curlew is ready", button("Update", update));

/** Sign-out with unsent changes asks first. */
function interceptSignOut(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/logout/" || form.dataset.left) return;
  event.preventDefault();
  withModule("outbox", (it) => it.signOut(form));
}

/** Starts the strip. */
export function start(queueFollowUp) {
  document.head.append(make("link", { rel: "stylesheet", href: sheet }));
  outboxEvents.addEventListener("changed", render);
  lockEvents.addEventListener("changed", () => { render(); dispatchEvent(new CustomEvent("curlew:moved")); });
  syncEvents.addEventListener("changed", render);
  serverEvents.addEventListener("unreached", () => { since ??= Date.now(); render(); });
  serverEvents.addEventListener("reached", () => { since = undefined; render(); });
  addEventListener("submit", interceptSignOut, true);
  addEventListener("submit", queueFollowUp, true);
  render();
  onHydrated(() => {
    const onPageChange = async () => {
      addMessageLinks();
      markUnsentRows(mayHaveUnsent() ? await entries() : []);
      section();
    };
    const section = () => { if (location.pathname.startsWith("/profile") && who()) loadModule("profile").then((it) => it?.section(openOutbox)); };
    // On the first visit the user of the device is not known yet.
    syncEvents.addEventListener("changed", section);
    new MutationObserver(onPageChange).observe(document.getElementById("page") ?? document.body, { childList: true, subtree: true });
    onPageChange();
  });
  if (document.body.hasAttribute("data-offline-shell")) loadModule("shell");
}
