// The strip that tells the truth, and the page of the outbox: every entry, its verdict, what to do. And the door: whoever signs out with
// something unsent is asked first.
import sheet from "./device.css";
import { entries, goodbye, heard, moment, replace, statusLabel } from "./entries.js";
import { isReachable, line } from "./net.js";
import { messages } from "./phone.js";
import { changed, discard, run, state, wipe } from "./sender.js";
import { meta, order, who } from "./store.js";

const make = (tag, given = {}, ...children) => {
  const it = Object.assign(document.createElement(tag), given);
  it.append(...children);
  return it;
};
const button = (words, act, kind = "btn-quiet") => {
  const it = make("button", { type: "button", className: `btn ${kind}`, textContent: words });
  it.addEventListener("click", act);
  return it;
};

let strip;
let since;

/** The words of the strip; nothing when there is nothing to say. */
async function words(all) {
  const needs = all.filter((it) => it.verdict);
  const waiting = all.length - needs.length;
  const n = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (state.out && all.length > 0) return ["out", `Sign in to send ${n(all.length, "change")}.`];
  if (!isReachable()) {
    const last = await meta("at");
    const from = since ? ` since ${moment(since).short}` : "";
    const contact = last ? ` Last contact ${moment(last).short}.` : "";
    return ["offline", `No signal${from}.${waiting ? ` ${n(waiting, "change")} wait${waiting === 1 ? "s" : ""}.` : ""}${contact}`];
  }
  if (state.sending) return ["sending", `Sending ${state.sending} of ${state.of}.`];
  if (needs.length) return ["needs", `${n(needs.length, "change")} need${needs.length === 1 ? "s" : ""} you.`];
  if (waiting) return ["sending", `${n(waiting, "change")} wait${waiting === 1 ? "s" : ""} to be sent.`];
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
  const show = all.length ? [button("Show", open)] : [];
  const enter = said[0] === "out" ? [make("a", { className: "btn btn-quiet", rel: "external", href: `/login/?next=${encodeURIComponent(location.pathname)}`, textContent: "Sign in" })] : [];
  const text = make("span", { textContent: said[1] });
  if (strip.textContent !== [text, ...show, ...enter].map((it) => it.textContent).join("")) strip.replaceChildren(text, ...show, ...enter);
  mark(all);
}

/** Marks the rows of what is not sent. */
function mark(all) {
  if (!document.documentElement.dataset.hydrated) return;
  const unsent = new Set(all.map((it) => it.order));
  for (const link of document.querySelectorAll("a[data-row]")) {
    const of = /^\/orders\/([0-9a-f-]{36})\//.exec(link.getAttribute("href"))?.[1];
    if (!of) continue;
    const row = link.closest("tr, article");
    row?.classList.toggle("row-unsent", unsent.has(of));
    const number = row?.querySelector(".c-number");
    if (number && number.textContent !== "Not sent") number.textContent = "Not sent";
  }
}

/** What an entry is, in words. */
async function about(entry) {
  const kept = await order(entry.order);
  const whom = kept?.row.customer ?? "an order";
  switch (entry.kind) {
    case "create": return `New order: ${whom}`;
    case "edit": return `${whom}: ${entry.changes.map(([field, from, to]) => `${field.replaceAll("_", " ")} ${from || "(empty)"} → ${to || "(empty)"}`).join(", ")}`;
    case "move": return `${whom}: to ${statusLabel(entry.to)}`;
    case "follow_up": return `${whom}: follow up on ${entry.typed.follow_up_on}`;
    case "comment": return `${whom}: “${entry.text}”`;
    default: return `${whom}: comment ${entry.status}`;
  }
}

/** What is said of an entry, and what can be done. */
function verdictOf(entry) {
  const { verdict } = entry;
  if (!verdict) return [make("p", { className: "under", textContent: isReachable() ? "Waits to be sent." : "Waits for a signal." })];
  if (verdict.verdict === "refused") {
    const messages = verdict.errors.map(([field, message]) => `${field.replaceAll("_", " ")}: ${message}`);
    const said = make("p", { className: "message", textContent: messages.length ? messages.join(" ") : verdict.sentence });
    const fields = entry.kind === "edit" || entry.kind === "create" ? verdict.errors.map(([field]) => input(entry, field)) : [];
    return [said, ...fields, button("Send again", () => replace(entry.seq, {}).then(run))];
  }
  const { conflict } = verdict;
  const rows = conflict.fields.map((it) => {
    const name = `pick-${entry.seq}-${it.field}`;
    const pick = (value, label, on) => {
      const radio = make("input", { type: "radio", name, value, checked: on });
      return make("label", { className: "pick" }, radio, `${value === "mine" ? "Yours" : conflict.by}: ${label || "(empty)"}`);
    };
    return make("fieldset", { className: "outbox-pick" }, make("legend", { textContent: it.field.replaceAll("_", " ") }), pick("theirs", it.theirs_label, false), pick("mine", it.mine_label, true));
  });
  const take = (event) => {
    const holder = event.target.closest("li");
    const mine = conflict.fields.filter((it) => holder.querySelector(`[name="pick-${entry.seq}-${it.field}"]:checked`)?.value === "mine");
    if (conflict.fields.length === 0) return replace(entry.seq, { version: conflict.version }).then(run);
    if (entry.kind === "move") return mine.length ? replace(entry.seq, { version: conflict.version, from: conflict.fields.find((it) => it.field === "status")?.theirs ?? entry.from }).then(run) : discard(entry).then(list);
    const disputed = new Set(conflict.fields.map((it) => it.field));
    const kept = entry.changes.filter(([field]) => !disputed.has(field));
    const chosen = mine.map((it) => [it.field, it.theirs, it.mine]);
    const changes = [...kept, ...chosen];
    return changes.length ? replace(entry.seq, { version: conflict.version, changes }).then(run) : discard(entry).then(list);
  };
  return [make("p", { className: "message", textContent: `${conflict.by} changed the same meanwhile.` }), ...rows, button("Take these", take, "btn-primary")];
}

/** A field of a refused entry, to be put right where it stands. */
function input(entry, field) {
  const at = entry.kind === "edit" ? entry.changes.find(([it]) => it === field) : [field, "", entry.draft[field] ?? ""];
  if (!at) return "";
  const it = make("input", { className: "input", value: at[2] });
  it.setAttribute("aria-label", field.replaceAll("_", " "));
  it.addEventListener("change", () => {
    if (entry.kind === "edit") at[2] = it.value;
    else entry.draft[field] = it.value;
    replace(entry.seq, entry.kind === "edit" ? { changes: entry.changes } : { draft: entry.draft }).then(run);
  });
  return make("label", { className: "field" }, field.replaceAll("_", " "), it);
}

const dialog = make("dialog", { className: "dialog outbox", id: "outbox" });
dialog.setAttribute("aria-labelledby", "outbox-title");

async function list() {
  const all = await entries();
  const items = await Promise.all(all.map(async (entry) => {
    const acts = make("p", { className: "outbox-acts" }, button("Discard", () => {
      if (confirm("Discard this change? It was never sent.")) discard(entry).then(list);
    }));
    return make("li", {}, make("strong", { textContent: await about(entry) }), make("small", { textContent: moment(entry.at).full }), ...verdictOf(entry), acts);
  }));
  const none = make("p", { textContent: "Everything is sent." });
  const save = make("a", { className: "btn btn-quiet", textContent: "Save as a file", download: "curlew-unsent.json" });
  save.href = URL.createObjectURL(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }));
  const end = make("p", { className: "outbox-end" }, ...(all.length ? [button("Send now", run, "btn-primary"), save] : []), button("Close", () => dialog.close()));
  dialog.replaceChildren(make("h2", { id: "outbox-title", textContent: "Not sent yet" }), all.length ? make("ul", {}, ...items) : none, end);
}

async function open() {
  await list();
  if (!dialog.open) dialog.showModal();
}

/** A new release waits: for the user, or for the next start. */
export function ready(update) {
  const bar = make("p", { className: "changed", id: "update" }, "A new version of Curlew is ready. ", button("Update", update));
  bar.setAttribute("role", "status");
  document.getElementById("page")?.before(bar);
}

/** Curlew may stand among the applications of this device. */
export function install(prompt) {
  const bar = make("p", { className: "changed", id: "install" }, "Curlew works with no signal when it is installed. ");
  const act = (words, then) => button(words, () => { bar.remove(); then(); });
  bar.append(act("Install", prompt), act("Not now", () => undefined));
  document.getElementById("page")?.before(bar);
}

/** Sign-out wipes the copies of this device; what was not sent is asked about first, and stays sealed for its owner. */
async function leave(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || new URL(form.action).pathname !== "/logout/" || form.dataset.left) return;
  event.preventDefault();
  const all = await entries();
  if (all.length && isReachable()) await run().catch(() => undefined);
  const left = (await entries()).length;
  if (left && !confirm(`${left} of your changes ${left === 1 ? "is" : "are"} not sent. They stay on this device for you alone, until you sign in here again. Sign out?`)) return open();
  // Nobody reads or sends anything meanwhile, in any tab.
  await navigator.locks.request("curlew-outbox", async () => {
    goodbye();
    await wipe();
    form.dataset.left = "yes";
    form.submit();
    await new Promise((resolve) => { setTimeout(resolve, 5_000); });
  });
}

/** Once the browser has taken the page over: until then nothing may be put into it. */
function taken(act) {
  const root = document.documentElement;
  if (root.dataset.hydrated) return act();
  const seen = new MutationObserver(() => {
    if (!root.dataset.hydrated) return;
    seen.disconnect();
    act();
  });
  seen.observe(root, { attributeFilter: ["data-hydrated"] });
}

/** From here on it tells. */
export function begin(queueFollowUp) {
  document.head.append(make("link", { rel: "stylesheet", href: sheet }));
  document.body.append(dialog);
  heard.addEventListener("changed", () => { draw(); if (dialog.open && !dialog.contains(document.activeElement)) list(); });
  changed.addEventListener("changed", () => { draw(); if (dialog.open && !dialog.querySelector("input:focus")) list(); });
  line.addEventListener("unreached", () => { since ??= Date.now(); draw(); });
  line.addEventListener("reached", () => { since = undefined; draw(); });
  addEventListener("submit", leave, true);
  addEventListener("submit", queueFollowUp, true);
  draw();
  taken(() => {
    const dress = async () => {
      messages();
      mark(await entries());
    };
    new MutationObserver(dress).observe(document.getElementById("page") ?? document.body, { childList: true, subtree: true });
    dress();
  });
  if (document.body.hasAttribute("data-offline-shell")) {
    const name = who()?.username ?? "";
    for (const place of document.querySelectorAll(".rail-me strong, .menu-head strong")) place.textContent = name;
  }
}
