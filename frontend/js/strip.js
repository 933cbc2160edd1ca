// The status strip: offline, unsent changes, new release.
import sheet from "./device.css";
import { bar, button, make, taken } from "./dom.js";
import { entries, heard, mayWait } from "./entries.js";
import { isReachable, line } from "./net.js";
import { part, use } from "./parts.js";
import { messages } from "./phone.js";
import { changed, state } from "./sender.js";
import { isLocked, lock, meta, who } from "./store.js";
import { lately } from "./words.js";

let strip;
let since;

/** The text of the strip; undefined when there is nothing to say. */
async function words(all) {
  const needs = all.filter((it) => it.verdict);
  const waiting = all.length - needs.length;
  const n = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (isLocked()) return ["locked", `${isReachable() ? "" : "Offline. "}This device is locked`];
  if (state.out && all.length > 0) return ["out", `Sign in to send ${n(all.length, "change")}`];
  if (!isReachable()) {
    const last = await meta("at");
    const from = since ? ` since ${lately(since)}` : "";
    const contact = last ? ` Last updated ${lately(last)}.` : "";
    return ["offline", `Offline${from}.${waiting ? ` ${n(waiting, "change")} waiting to be sent.` : ""}${contact}`];
  }
  if (state.sending) return ["sending", `Sending ${state.sending} of ${state.of}`];
  if (needs.length) return ["needs", `${n(needs.length, "change")} need${needs.length === 1 ? "s" : ""} your attention`];
  if (waiting) return ["sending", `${n(waiting, "change")} waiting to be sent`];
  return undefined;
}

async function draw() {
  const all = await entries();
  const said = await words(all);
  document.documentElement.toggleAttribute("data-offline", !isReachable());
  if (!strip) {
    strip = make("div", { className: "strip" });
    strip.setAttribute("aria-live", "polite");
    document.body.prepend(strip);
  }
  if (!said) return strip.replaceChildren();
  strip.dataset.state = said[0];
  const show = all.length ? [button("View", open)] : [];
  const enter = said[0] === "out" ? [make("a", { className: "btn btn-quiet", rel: "external", href: `/login/?next=${encodeURIComponent(location.pathname)}`, textContent: "Sign in" })] : [];
  const unlock = said[0] === "locked" ? [button("Unlock", () => use("here", (it) => it.unlock()))] : [];
  const shown = [make("span", { textContent: said[1] }), ...show, ...enter, ...unlock];
  if (strip.textContent !== shown.map((it) => it.textContent).join("")) strip.replaceChildren(...shown);
  mark(all);
}

/** Marks the rows of unsent orders. */
function mark(all) {
  if (!document.documentElement.dataset.hydrated) return;
  const unsent = new Set(all.map((it) => it.order));
  for (const link of document.querySelectorAll("a[data-row]")) {
    const of = /^\/orders\/([0-9a-f-]{36})\//.exec(link.getAttribute("href"))?.[1];
    if (!of) continue;
    link.closest("tr, article")?.classList.toggle("row-unsent", unsent.has(of));
  }
}

/** Opens the outbox. */
const open = () => use("outbox", (it) => it.open());

/** A new release waits for the user, or for the next start. */
export const ready = (update) => bar("update", "A new version of Curlew is ready", button("Update", update));

/** Sign-out with unsent changes asks first. */
function leave(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/logout/" || form.dataset.left) return;
  event.preventDefault();
  use("leave", (it) => it.leave(form, open));
}

/** Starts the strip. */
export function begin(queueFollowUp) {
  document.head.append(make("link", { rel: "stylesheet", href: sheet }));
  heard.addEventListener("changed", draw);
  lock.addEventListener("changed", () => { draw(); dispatchEvent(new CustomEvent("curlew:moved")); });
  changed.addEventListener("changed", draw);
  line.addEventListener("unreached", () => { since ??= Date.now(); draw(); });
  line.addEventListener("reached", () => { since = undefined; draw(); });
  addEventListener("submit", leave, true);
  addEventListener("submit", queueFollowUp, true);
  draw();
  taken(() => {
    const dress = async () => {
      messages();
      mark(mayWait() ? await entries() : []);
      section();
    };
    const section = () => { if (location.pathname.startsWith("/profile") && who()) part("here").then((it) => it?.section(open)); };
    // On the first visit the user of the device is not known yet.
    changed.addEventListener("changed", section);
    new MutationObserver(dress).observe(document.getElementById("page") ?? document.body, { childList: true, subtree: true });
    dress();
  });
  if (document.body.hasAttribute("data-offline-shell")) part("shell");
}
