// Live updates. One connection to the server for all tabs of a browser: the tab that holds the lock
// has the connection (`GET /live`, server-sent events) and forwards topics to the others. A topic says only that something changed; the page
// reads it again.

import "./device.js";
import { button, choose, showNotice } from "./dom.js";
import { get, serverEvents, post } from "./fetch.js";
import { loadModule, preloadModules } from "./modules.js";
import "./list-position.js";
import { holdFor, isHeld, holdEvents } from "./hold.js";
import { dataOf, orders } from "./store.js";
import "./submitted.js";

/** When idle: preloads what may be needed next, also offline. `pages` preloads the pages. */
export const preload = (pages) => preloadModules(pages).then(orders);

/** The delay before reconnecting, in milliseconds: doubled each time, with jitter. */
const FIRST = 1_000;
const LONGEST = 60_000;
const root = document.documentElement;

root.dataset.live = "yes";
// Modules that only some pages need are loaded on demand.
addEventListener("focusin", ({ target }) => { if (target.closest?.(".order-form")) ["paste", "suggest"].map(loadModule); });
let drafts;
/** Something is typed, or a draft exists: load the drafts module; until then nothing is re-rendered. */
const loadDrafts = () => { drafts ??= holdFor(loadModule("drafts")).then((it) => { drafts = it; }); };
addEventListener("input", ({ target }) => {
  if (target.closest?.("#page form")) loadDrafts();
  if (!target.matches?.(".suggest-line")) return;
  // Whether or not suggestions load: the typed text is sent.
  choose(target, target.value.trim());
  loadModule("suggest").then((it) => it?.onInput(target));
});
/** Whether something was typed before this module was loaded. */
const isTyped = () => [...document.querySelectorAll("#page form :is(textarea, input:not([type=hidden]))")].some((it) => it.value !== it.defaultValue);
try {
  if (isTyped() || Object.keys(localStorage).some((key) => key.startsWith("draft "))) loadDrafts();
} catch {
  // No local storage.
}
if (navigator.maxTouchPoints) loadModule("touch");
// A bulk action needs at least one selected order.
addEventListener("change", () => {
  const go = document.querySelector("#bulk .button");
  if (go) go.disabled = !document.querySelector("[name=pick]:checked, #bulk [name=all]:checked");
});
// A menu closes with a click outside, and with Esc (`app/src/layout/follow.rs`).
addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(".menu[open]")) if (!menu.contains(target)) menu.open = false;
});
// --- the connection, and the tabs that share it

const tabId = crypto.randomUUID();
const channel = new BroadcastChannel("curlew-live");
/** The order that each tab shows, while this tab has the connection. */
const shownOrders = new Map();
let isLeader = false;
let source;
let delay = FIRST;
let retryTimer;
let hasGap = false;

// The number of an imported order may have letters and hyphens.
const shownOrder = () => /^\/orders\/([\w-]*\d[\w-]*)\//.exec(location.pathname)?.[1] ?? "";

/** Sends to every tab, including this one. */
const broadcast = (topic) => {
  channel.postMessage({ topic });
  handleTopic(topic);
};

function openConnection() {
  clearTimeout(retryTimer);
  const numbers = [...new Set([...shownOrders.values()].filter(Boolean))].sort().slice(0, 16);
  const next = new EventSource(numbers[0] ? `/live?orders=${numbers.join(",")}` : "/live");
  const before = source;
  source = next;
  next.onmessage = ({ data }) => {
    if (data !== "hello") return broadcast(data);
    // The old connection is closed once the new one is open.
    before?.close();
    delay = FIRST;
    broadcast("online");
    if (hasGap) broadcast("gap");
    hasGap = false;
    for (const of of numbers) broadcast(`here ${of}`);
  };
  next.onerror = () => {
    next.close();
    before?.close();
    if (source !== next) return;
    source = undefined;
    hasGap = true;
    broadcast("offline");
    retryTimer = setTimeout(openConnection, delay * (0.5 + Math.random()));
    delay = Math.min(delay * 2, LONGEST);
  };
}

/** Tells the tab with the connection which order this one shows, and forgets who had the last one open. */
function reportShownOrder() {
  document.getElementById("here")?.remove();
  if (!isLeader) return channel.postMessage({ tab: tabId, shows: shownOrder() });
  if (shownOrders.get(tabId) === shownOrder()) return;
  shownOrders.set(tabId, shownOrder());
  if (source) openConnection();
}

channel.onmessage = ({ data }) => {
  if (data.topic) return handleTopic(data.topic);
  if (data.ask) return reportShownOrder();
  if (!isLeader) return;
  const before = shownOrders.get(data.tab);
  if (data.gone) shownOrders.delete(data.tab);
  else shownOrders.set(data.tab, data.shows);
  if (shownOrders.get(data.tab) && before !== data.shows && source) openConnection();
};
for (const name of ["pushState", "replaceState"]) {
  const was = history[name];
  history[name] = function (...given) {
    was.apply(this, given);
    reportShownOrder();
  };
}
addEventListener("popstate", reportShownOrder);
addEventListener("pagehide", () => channel.postMessage({ tab: tabId, gone: true }));
const reconnect = () => { if (isLeader && !source) openConnection(); };
addEventListener("online", reconnect);
serverEvents.addEventListener("reached", reconnect);
reportShownOrder();
navigator.locks.request("curlew-live", () => new Promise(() => {
  isLeader = true;
  // The tab with the connection was closed: topics in between were missed.
  hasGap = performance.now() > 10_000;
  shownOrders.set(tabId, shownOrder());
  channel.postMessage({ ask: true });
  // Let the other tabs answer first.
  retryTimer = setTimeout(openConnection, 100);
}));

// --- topics

/** Topics received while the page was hidden or held. */
const missedTopics = new Set();
function catchUp() {
  const heard = [...missedTopics];
  missedTopics.clear();
  heard.forEach(handleTopic);
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  reconnect();
  catchUp();
});
holdEvents.addEventListener("released", catchUp);

function handleTopic(topic) {
  const [what, of] = topic.split(" ");
  if (what === "online" || what === "offline") return dispatchEvent(new CustomEvent("curlew:line"));
  if (what === "here") return of === shownOrder() && schedule("here", showViewers);
  dispatchEvent(new CustomEvent("curlew:heard"));
  if (document.hidden || isHeld()) return missedTopics.add(topic);
  if (what === "order" && of !== shownOrder()) return;
  // A server of the release before says "house".
  if (what === "reference_data" || what === "house") return;
  if (what !== "order") schedule("counts", updateCounts);
  if (document.querySelector(".order-form")) return what === "order" && schedule("form", mergeIntoForm);
  if (document.querySelector("[data-live=own]")) return schedule("list", () => dispatchEvent(new CustomEvent("curlew:changed")));
  // An order page updates when that order changes; other pages when any does.
  if (what === "orders" && shownOrder()) return;
  schedule("page", rereadPage);
}

// Something was saved here.
addEventListener("curlew:counts", () => schedule("counts", updateCounts));
// The page that shows it is updated already.
addEventListener("curlew:moved", () => {
  // A form keeps its input.
  if (!document.querySelector(".order-form")) schedule("page", rereadPage);
});

/**
 * The delay before reading again after a change, in milliseconds, so that clients do not all read at once; and the minimum interval:
 * many changes cause few requests.
 */
const SOON = 50;
const SPREAD = 150;
const REST = 400;
const scheduled = new Set();
const lastRun = new Map();
/** Combines events that arrive together. */
function schedule(name, act) {
  if (scheduled.has(name)) return;
  scheduled.add(name);
  const rested = (lastRun.get(name) ?? -REST) + REST - performance.now();
  setTimeout(() => {
    scheduled.delete(name);
    // The answer to a form reads the page again.
    if (isHeld() || document.querySelector("form[aria-busy]")) return schedule(name, act);
    lastRun.set(name, performance.now());
    act();
  }, Math.max(SOON + Math.random() * SPREAD, rested));
}

/** Reads the page again: it is drawn in place, so that typed text, focus and what is open stay. */
const rereadPage = () => {
  document.getElementById("changed")?.remove();
  dispatchEvent(new CustomEvent("curlew:again"));
};

/** Calls a server function; undefined when it does not respond. */
async function callServer(name, given) {
  const answer = await post(`/fn/${name}`, given);
  return answer?.ok ? JSON.parse(dataOf(await answer.text())) : undefined;
}

/** Shows who else has this order open. */
async function showViewers() {
  const of = shownOrder();
  const answer = of ? await get(`/live/here?orders=${of}`) : undefined;
  const names = answer?.ok && of === shownOrder() ? await answer.json() : [];
  document.getElementById("here")?.remove();
  if (!names[0]) return;
  showNotice("here", `${names.join(", ")} ${names[1] ? "have" : "has"} this order open`).className = "muted";
}

/** Someone saved the order of the open form: the input stays, and saving compares both. */
async function mergeIntoForm() {
  const open = document.querySelector(".order-form");
  const stored = await callServer("orders/form", { of: shownOrder() });
  if (!open || !stored || stored.version <= Number(open.elements.version.value)) return;
  const compare = () => {
    document.getElementById("changed")?.remove();
    open.requestSubmit();
  };
  showNotice("changed", `${stored.saved_by || "Someone"} saved this order while you were editing it`, button("Compare", compare));
}

let asked = 0;
/** Updates the counts of the sidebar, unless a newer request was started. */
async function updateCounts() {
  const mine = ++asked;
  const frame = await callServer("frame", {});
  if (!frame || mine !== asked) return;
  const found = new Map(frame.counts);
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = found.get(place.dataset.count) ?? "";
}
