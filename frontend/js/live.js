// What changes on the server moves what is on screen. One line to the server for all tabs of a browser: the tab that holds the lock
// holds the line (`GET /live`, server-sent events), and tells the others. A topic says only that something changed; whoever shows it
// reads it again.

import "./device.js";
import { bar, button, choose, make } from "./dom.js";
import { get, line as server, post } from "./net.js";
import { part, whole } from "./parts.js";
import "./places.js";
import { holdFor, isHeld, pointer } from "./pointer.js";
import { orders } from "./store.js";
import "./submitted.js";

/** Once nothing else goes on: what may be asked for next, with no signal too. `pages` brings the pages. */
export const preload = (pages) => whole(pages).then(orders);

/** How long a line that was cut is left alone, in milliseconds: doubled each time, with jitter. */
const FIRST = 1_000;
const LONGEST = 60_000;
const root = document.documentElement;

root.dataset.live = "yes";
// What only some pages and hands need comes when they do.
addEventListener("focusin", ({ target }) => { if (target.closest?.(".order-form")) ["paste", "suggest"].map(part); });
let drafts;
/** Something is typed, or was: what keeps it comes, and until then nothing is drawn over it. */
const typed = () => { drafts ??= holdFor(part("drafts")).then((it) => { drafts = it; }); };
addEventListener("input", ({ target }) => {
  if (target.closest?.("#page form")) typed();
  if (!target.matches?.(".suggest-line")) return;
  // Whenever the suggestions come, and whether they do: what is typed is what is sent.
  choose(target, target.value.trim());
  part("suggest").then((it) => it?.typed(target));
});
try {
  if (isTyped() || Object.keys(localStorage).some((key) => key.startsWith("draft "))) typed();
} catch {
  // It keeps nothing.
}
if (navigator.maxTouchPoints > 0) part("touch");
// What is to be done to the selected orders needs one.
addEventListener("change", () => {
  const go = document.querySelector("#bulk .btn");
  if (go) go.disabled = !document.querySelector("[name=pick]:checked, #bulk [name=all]:checked");
});
// A menu closes by Esc, and by a press beside it.
for (const kind of ["click", "keydown"]) {
  addEventListener(kind, ({ key, target }) => {
    if (key && key !== "Escape") return;
    for (const menu of document.querySelectorAll(".menu[open], .board-menu[open]")) if (key || !menu.contains(target)) menu.open = false;
  });
}
// --- the line, and the tabs that share it

const me = crypto.randomUUID();
const channel = new BroadcastChannel("curlew-live");
/** The order that each tab shows, while this tab holds the line. */
const shown = new Map();
let leads = false;
let line;
let wait = FIRST;
let again;
let gap = false;

// The number of an imported order may have letters and hyphens.
const number = () => /^\/orders\/([\w-]*\d[\w-]*)\//.exec(location.pathname)?.[1] ?? "";

/** Says it to every tab, this one too. */
const say = (topic) => {
  channel.postMessage({ topic });
  hear(topic);
};

function open() {
  clearTimeout(again);
  const numbers = [...new Set([...shown.values()].filter(Boolean))].sort().slice(0, 16);
  const next = new EventSource(numbers.length ? `/live?orders=${numbers.join(",")}` : "/live");
  const before = line;
  line = next;
  next.onmessage = ({ data }) => {
    if (data !== "hello") return say(data);
    // The old line is let go of when the new one hears.
    before?.close();
    wait = FIRST;
    say("online");
    if (gap) say("gap");
    gap = false;
    for (const of of numbers) say(`here ${of}`);
  };
  next.onerror = () => {
    next.close();
    before?.close();
    if (line !== next) return;
    line = undefined;
    gap = true;
    say("offline");
    again = setTimeout(open, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST);
  };
}

/** Tells the tab that holds the line what this one shows. */
function moved() {
  document.getElementById("here")?.remove();
  if (!leads) return channel.postMessage({ tab: me, shows: number() });
  if (shown.get(me) === number()) return;
  shown.set(me, number());
  if (line) open();
}

channel.onmessage = ({ data }) => {
  if (data.topic) return hear(data.topic);
  if (data.ask) return moved();
  if (!leads) return;
  const before = shown.get(data.tab);
  if (data.gone) shown.delete(data.tab);
  else shown.set(data.tab, data.shows);
  if (shown.get(data.tab) && before !== data.shows && line) open();
};
for (const name of ["pushState", "replaceState"]) {
  const was = history[name];
  history[name] = function (...given) {
    was.apply(this, given);
    moved();
  };
}
addEventListener("popstate", moved);
addEventListener("pagehide", () => channel.postMessage({ tab: me, gone: true }));
const soon = () => { if (leads && !line) open(); };
addEventListener("online", soon);
server.addEventListener("reached", soon);
moved();
navigator.locks.request("curlew-live", () => new Promise(() => {
  leads = true;
  // The line of a tab that is gone was cut: what came meanwhile was heard by nobody.
  gap = performance.now() > 10_000;
  shown.set(me, number());
  channel.postMessage({ ask: true });
  // The others answer first.
  again = setTimeout(open, 100);
}));

// --- what is heard

/** What was heard while nobody looked, or the pointer held something of the page. */
const missed = new Set();
function catchUp() {
  const heard = [...missed];
  missed.clear();
  heard.forEach(hear);
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  soon();
  catchUp();
});
pointer.addEventListener("released", catchUp);

function hear(topic) {
  if (topic === "online" || topic === "offline") return dispatchEvent(new CustomEvent("curlew:line", { detail: topic }));
  if (topic.startsWith("here ")) return topic === `here ${number()}` && later("here", here);
  dispatchEvent(new CustomEvent("curlew:heard"));
  if (document.hidden || isHeld()) return missed.add(topic);
  const [what, of] = topic.split(" ");
  if (what === "order" && of !== number()) return;
  if (what === "house") return;
  if (what !== "order") later("counts", counts);
  if (document.querySelector("#page .order-form")) return what === "order" && later("form", form);
  if (document.querySelector("#page [data-live=own]")) return later("list", () => dispatchEvent(new CustomEvent("curlew:changed")));
  // The page of an order moves when that order does; other pages when any does.
  if (what === "orders" && number()) return;
  later("page", turn);
}

// Something was written here.
addEventListener("curlew:counts", () => later("counts", counts));
// What was sent, or can be read again, is on the page that shows it.
addEventListener("curlew:moved", () => {
  // A form keeps what is being typed.
  if (!document.querySelector("#page .order-form")) later("page", turn);
});

/**
 * How soon after a change a thing is read again, in milliseconds, not at once with everybody; and how long after the reading before:
 * much that changes is no storm of readings.
 */
const SOON = 50;
const SPREAD = 150;
const REST = 400;
const planned = new Set();
const last = new Map();
/** Once for what comes together. */
function later(name, act) {
  if (planned.has(name)) return;
  planned.add(name);
  const rested = (last.get(name) ?? -REST) + REST - performance.now();
  setTimeout(() => {
    planned.delete(name);
    if (isHeld()) return later(name, act);
    last.set(name, performance.now());
    act();
  }, Math.max(SOON + Math.random() * SPREAD, rested));
}

/** Whether something on the page is typed and not sent. */
function isTyped() {
  return [...document.querySelectorAll("#page form :is(textarea, input:not([type=hidden]))")].some((it) => it.value !== it.defaultValue);
}

/** Whether a hand is on something of the page that would be taken from under it. */
function busy() {
  const focused = document.activeElement?.matches("#page :is(input, select, textarea, button, summary)");
  return focused || isTyped() || document.querySelector("#page details[open]");
}

/** Reads the page again. */
const show = () => {
  document.getElementById("changed")?.remove();
  dispatchEvent(new CustomEvent("curlew:again"));
};

/** Asks a server function; nothing when it does not answer. */
async function ask(name, given) {
  const answer = await post(`/fn/${name}`, given);
  return answer?.ok ? JSON.parse(await answer.json()) : undefined;
}

/** Says who else has this order open. */
async function here() {
  const of = number();
  const answer = of ? await get(`/live/here?orders=${of}`) : undefined;
  const names = answer?.ok && of === number() ? await answer.json() : [];
  document.getElementById("here")?.remove();
  if (names.length === 0) return;
  const said = make("p", { id: "here", className: "under", textContent: `${names.join(", ")} ${names.length === 1 ? "has" : "have"} this order open` });
  said.setAttribute("role", "status");
  document.getElementById("page")?.before(said);
}

/** The order of an open form was saved by somebody: what is typed stays, and saving lays the two side by side. */
async function form() {
  const open = document.querySelector("#page .order-form");
  const stored = await ask("orders/form", { of: number() });
  if (!open || !stored || stored.version <= Number(open.elements.version.value)) return;
  offer(`${stored.saved_by || "Someone"} saved this order while you were editing it`, "Compare", () => {
    document.getElementById("changed")?.remove();
    open.requestSubmit();
  });
}

/** The page as it is now: drawn, or offered to a hand that is on it. */
function turn() {
  if (busy()) offer();
  else show();
}

/** Says that the page is older than what it shows, and waits for the hand. */
function offer(words = "This page has changed", act = "Refresh", then = show) {
  if (!document.getElementById("changed")) bar("changed", words, button(act, then));
}

let asked = 0;
/** The counts of the sidebar, unless they were asked for again meanwhile. */
async function counts() {
  const mine = ++asked;
  const frame = await ask("frame", {});
  if (!frame || mine !== asked) return;
  const found = new Map(frame.counts);
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = found.get(place.dataset.count) ?? "";
}
