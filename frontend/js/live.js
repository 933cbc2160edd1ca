// Live updates. One connection to the server for all tabs of a browser: the tab that holds the lock
// has the connection (`GET /live`, server-sent events) and forwards topics to the others. A topic says only that something changed; the page
// reads it again.

import "./device.js";
import { bar, button, choose, make } from "./dom.js";
import { get, line as server, post } from "./net.js";
import { part, whole } from "./parts.js";
import "./places.js";
import { holdFor, isHeld, pointer } from "./pointer.js";
import { orders } from "./store.js";
import "./submitted.js";

/** When idle: preloads what may be needed next, also offline. `pages` preloads the pages. */
export const preload = (pages) => whole(pages).then(orders);

/** The delay before reconnecting, in milliseconds: doubled each time, with jitter. */
const FIRST = 1_000;
const LONGEST = 60_000;
const root = document.documentElement;

root.dataset.live = "yes";
// Modules that only some pages need are loaded on demand.
addEventListener("focusin", ({ target }) => { if (target.closest?.(".order-form")) ["paste", "suggest"].map(part); });
let drafts;
/** Something is typed, or a draft exists: load the drafts module; until then nothing is re-rendered. */
const typed = () => { drafts ??= holdFor(part("drafts")).then((it) => { drafts = it; }); };
addEventListener("input", ({ target }) => {
  if (target.closest?.("#page form")) typed();
  if (!target.matches?.(".suggest-line")) return;
  // Whether or not suggestions load: the typed text is sent.
  choose(target, target.value.trim());
  part("suggest").then((it) => it?.typed(target));
});
try {
  if (isTyped() || Object.keys(localStorage).some((key) => key.startsWith("draft "))) typed();
} catch {
  // No local storage.
}
if (navigator.maxTouchPoints > 0) part("touch");
// A bulk action needs at least one selected order.
addEventListener("change", () => {
  const go = document.querySelector("#bulk .btn");
  if (go) go.disabled = !document.querySelector("[name=pick]:checked, #bulk [name=all]:checked");
});
// A menu closes with Esc, and with a click outside.
for (const kind of ["click", "keydown"]) {
  addEventListener(kind, ({ key, target }) => {
    if (key && key !== "Escape") return;
    for (const menu of document.querySelectorAll(".menu[open], .board-menu[open]")) if (key || !menu.contains(target)) menu.open = false;
  });
}
// --- the connection, and the tabs that share it

const me = crypto.randomUUID();
const channel = new BroadcastChannel("curlew-live");
/** The order that each tab shows, while this tab has the connection. */
const shown = new Map();
let leads = false;
let line;
let wait = FIRST;
let again;
let gap = false;

// The number of an imported order may have letters and hyphens.
const number = () => /^\/orders\/([\w-]*\d[\w-]*)\//.exec(location.pathname)?.[1] ?? "";

/** Sends to every tab, including this one. */
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
    // The old connection is closed once the new one is open.
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

/** Tells the tab with the connection what this one shows. */
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
  // The tab with the connection was closed: topics in between were missed.
  gap = performance.now() > 10_000;
  shown.set(me, number());
  channel.postMessage({ ask: true });
  // Let the other tabs answer first.
  again = setTimeout(open, 100);
}));

// --- topics

/** Topics received while the page was hidden or held. */
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
  // A server of the release before says "house".
  if (what === "reference_data" || what === "house") return;
  if (what !== "order") later("counts", counts);
  if (document.querySelector("#page .order-form")) return what === "order" && later("form", form);
  if (document.querySelector("#page [data-live=own]")) return later("list", () => dispatchEvent(new CustomEvent("curlew:changed")));
  // An order page updates when that order changes; other pages when any does.
  if (what === "orders" && number()) return;
  later("page", turn);
}

// Something was saved here.
addEventListener("curlew:counts", () => later("counts", counts));
// The page that shows it is updated already.
addEventListener("curlew:moved", () => {
  // A form keeps its input.
  if (!document.querySelector("#page .order-form")) later("page", turn);
});

/**
 * The delay before reading again after a change, in milliseconds, so that clients do not all read at once; and the minimum interval:
 * many changes cause few requests.
 */
const SOON = 50;
const SPREAD = 150;
const REST = 400;
const planned = new Set();
const last = new Map();
/** Combines events that arrive together. */
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

/** Whether the page has unsaved input. */
function isTyped() {
  return [...document.querySelectorAll("#page form :is(textarea, input:not([type=hidden]))")].some((it) => it.value !== it.defaultValue);
}

/** Whether the user is busy with something that a redraw would replace. */
function busy() {
  const focused = document.activeElement?.matches("#page :is(input, select, textarea, button, summary)");
  return focused || isTyped() || document.querySelector("#page details[open]");
}

/** Reads the page again. */
const show = () => {
  document.getElementById("changed")?.remove();
  dispatchEvent(new CustomEvent("curlew:again"));
};

/** Calls a server function; undefined when it does not respond. */
async function ask(name, given) {
  const answer = await post(`/fn/${name}`, given);
  return answer?.ok ? JSON.parse(await answer.json()) : undefined;
}

/** Shows who else has this order open. */
async function here() {
  const of = number();
  const answer = of ? await get(`/live/here?orders=${of}`) : undefined;
  const names = answer?.ok && of === number() ? await answer.json() : [];
  document.getElementById("here")?.remove();
  if (!names.length) return;
  const said = make("p", { id: "here", className: "under", textContent: `${names.join(", ")} ${names.length === 1 ? "has" : "have"} this order open` });
  said.setAttribute("role", "status");
  document.getElementById("page")?.before(said);
}

/** Someone saved the order of the open form: the input stays, and saving compares both. */
async function form() {
  const open = document.querySelector("#page .order-form");
  const stored = await ask("orders/form", { of: number() });
  if (!open || !stored || stored.version <= Number(open.elements.version.value)) return;
  offer(`${stored.saved_by || "Someone"} saved this order while you were editing it`, "Compare", () => {
    document.getElementById("changed")?.remove();
    open.requestSubmit();
  });
}

/** Refreshes the page, or offers to when the user is busy. */
function turn() {
  (busy() ? offer : show)();
}

/** Shows that the page has changed, with a button to refresh. */
function offer(words = "This page has changed", act = "Refresh", then = show) {
  if (!document.getElementById("changed")) bar("changed", words, button(act, then));
}

let asked = 0;
/** Updates the counts of the sidebar, unless a newer request was started. */
async function counts() {
  const mine = ++asked;
  const frame = await ask("frame", {});
  if (!frame || mine !== asked) return;
  const found = new Map(frame.counts);
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = found.get(place.dataset.count) ?? "";
}
