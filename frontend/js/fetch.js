// The interface between pages and server: all requests of a page go through here, and when the server cannot be reached, this device
// answers: reads come from its copies, writes go into the outbox. The pages do not know the difference.
import { showNotice } from "./dom.js";
import { applySaved, isOwnConflict, mayHaveUnsent, enqueue, uuid7, hasUnsent } from "./entries.js";
import { loadModule } from "./modules.js";
import { whenReleased } from "./hold.js";
import { answer, answerLike, dataOf, isLocked, storeAnswer, order } from "./store.js";
import { currency, day } from "./format.js";

const WRITES = new Set(["orders/create", "orders/edit", "orders/change_status", "comments/save"]);
const KEPT = new Set(["dashboard", "campaigns", "companies", "reports", "activity", "commission", "admin", "help", "frame", "profile", "actions", "orders/list", "orders/board", "orders/form"]);
const READS = new Set([...KEPT, "orders/show", "orders/bulk", "duplicates"]);

/** Dispatches whether the server responds (`reached`, `unreached`), and that it stored something (`written`). */
export const serverEvents = new EventTarget();
// The offline shell starts as unreachable.
let reachable = !document.body.hasAttribute("data-offline-shell");
export const isReachable = () => reachable;
function setReachable(yes) {
  if (yes === reachable) return;
  reachable = yes;
  serverEvents.dispatchEvent(new Event(yes ? "reached" : "unreached"));
  // The page shows data of this device meanwhile.
  if (yes) dispatchEvent(new CustomEvent("curlew:moved"));
}

let lastInput = performance.now();
for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, () => { lastInput = performance.now(); }, { passive: true, capture: true });
}
const idleSeconds = () => Math.floor((performance.now() - lastInput) / 1_000);

const plainFetch = window.fetch.bind(window);

/** The timeouts after which the server counts as unreachable, in milliseconds: for reads, and for writes. */
const READ_TIMEOUT = 4_000;
const WRITE_TIMEOUT = 10_000;

/** Whether a response is from Curlew: a captive portal sends 200 and something else, a proxy sends 502 as HTML. */
export const isOurs = (it) =>
  ![502, 504].includes(it.status) &&
  (it.headers.get("content-type")?.startsWith("application/json") || (it.headers.get("content-security-policy") ?? "").startsWith("default-src 'none'"));

/** Sends a request; undefined when Curlew does not respond. */
export async function askServer(request, patience = WRITE_TIMEOUT) {
  try {
    const it = await plainFetch(new Request(request, { signal: AbortSignal.timeout(patience) }));
    setReachable(isOurs(it));
    return isOurs(it) ? it : undefined;
  } catch {
    setReachable(false);
    return undefined;
  }
}

export const post = (path, body) =>
  askServer(new Request(path, { method: "POST", headers: { "content-type": "application/json", "x-curlew-idle": idleSeconds() }, body: JSON.stringify(body) }));
export const get = (path) => askServer(new Request(path, { headers: { "x-curlew-idle": idleSeconds() } }));

const json = (text) => new Response(text, { headers: { "content-type": "application/json" } });
/** An error response in the server's format, for what neither server nor device can do. */
const errorResponse = (sentence) =>
  new Response(JSON.stringify({ Forbidden: sentence }), { status: 503, headers: { "content-type": "application/json", serverfnerror: "true" } });
const NOT_KEPT = "This page isn't available offline. It will load when you're back online.";
const LOCKED = "This device is locked. Unlock it and try again: nothing is lost.";
const NOT_QUEUED = "You're offline and this device is full. Your text is still here: send it again when you're back online.";

/** Loads a WASM chunk. Pages cannot continue without it, so this waits for it, and says so meanwhile. */
async function loadWasm(url) {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    const it = await plainFetch(url).catch(() => undefined);
    // A captive portal sends 200 too.
    if (it?.headers.get("content-type") === "application/wasm") {
      document.getElementById("piece")?.remove();
      return it;
    }
    if (!document.getElementById("piece")) showNotice("piece", NOT_KEPT);
    await new Promise((resolve) => {
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, wait);
    });
  }
}

window.fetch = async (input, init) => {
  if (/\/pkg\/[^/]+\.wasm$/.test(input)) return loadWasm(input);
  const asked = input instanceof Request && input.method === "POST" ? new URL(input.url) : undefined;
  if (asked?.origin !== location.origin || !asked.pathname.startsWith("/fn/")) return plainFetch(input, init);
  const name = asked.pathname.slice(4).replace(/\/$/, "");
  const answer = await callFunction(name, input, init);
  // A page is rendered as soon as it has its data, so the data waits while the user presses.
  if (!WRITES.has(name)) await whenReleased();
  return answer;
};

/** Calls a server function; when the server is unreachable, this device answers. */
async function callFunction(name, input, init) {
  const key = WRITES.has(name) ? uuid7() : undefined;
  const patience = key ? WRITE_TIMEOUT : READ_TIMEOUT;
  const read = input.clone().text();
  const request = new Request(input, init);
  request.headers.set("x-curlew-idle", idleSeconds());
  // If the response is lost, the request is sent again with this key, and carried out once.
  if (key) request.headers.set("x-curlew-key", key);
  // Sent immediately, so that leaving the page cannot lose it; unless entries wait, which
  // may concern the same order and go first.
  const asking = reachable && !mayHaveUnsent() ? askServer(request, patience) : undefined;
  const body = await read;
  const given = JSON.parse(body);
  const own = () => (key ? enqueue(name, given, key) : answerOffline(name, given, body));
  const behind = !asking && reachable && (await hasUnsent(orderOf(name, given)));
  if (behind && key && isLocked()) return errorResponse(LOCKED);
  // A server known to be unreachable is not waited for: the outbox notices when it is back.
  const first = asking || (reachable && !behind) ? undefined : await own();
  if (first !== undefined) return json(first);
  const answered = await (asking ?? askServer(request, patience));
  if (answered && !(key && answered.status === 503)) {
    if (name === "orders/edit" && answered.status === 409) {
      const { Conflict } = await answered.clone().json();
      // A conflict with own entries that were sent meanwhile is not one: queue it behind them.
      const own = Conflict && isOwnConflict(given, Conflict) ? await enqueue(name, given, uuid7()) : undefined;
      if (own !== undefined) return json(own);
    }
    if (answered.ok && key) {
      serverEvents.dispatchEvent(new CustomEvent("written", { detail: { name, given } }));
      await applySaved(name, given, await answered.clone().text());
    }
    if (answered.ok && KEPT.has(name)) storeAnswer(`${name}\n${body}`, await answered.clone().text());
    // A server of the release before, while servers are updated one by one.
    return answered.ok && READS.has(name) ? json(dataOf(await answered.text())) : answered;
  }
  const second = await own();
  return second === undefined ? answered ?? errorResponse(isLocked() ? LOCKED : key ? NOT_QUEUED : NOT_KEPT) : json(second);
}

/** The order that a request concerns; undefined for lists. */
const orderOf = (name, given) => given.number ?? (name === "orders/form" ? given.of.split("?")[0] : name === "orders/create" ? given.uuid : undefined);

/** Answers a request from the device, as JSON. */
async function answerOffline(name, asked, body) {
  switch (name) {
    case "orders/list": {
      const path = asked.address.split("?")[0];
      const [same, other] = await Promise.all([path, "/orders/"].map((it) => answerLike(`orders/list\n{"address":"${it}`)));
      const like = same ?? other;
      const lists = await loadModule("lists");
      const found = like && (await lists?.list(asked.address, JSON.parse(like.text)));
      return found && JSON.stringify(found);
    }
    case "orders/show": {
      const kept = await order(asked.number);
      return kept && JSON.stringify(kept.shown);
    }
    case "orders/form":
      return formOffline(asked.of);
    case "orders/similar":
      return "[]";
    default:
      return (await answer(`${name}\n${body}`))?.text;
  }
}

/** A form: its options are those of the last form from the server. */
async function formOffline(of) {
  const like = await answerLike("orders/form\n");
  if (!like) return undefined;
  const drawn = JSON.parse(like.text);
  const empty = { currency: currency(), ...drawn, number: null, uuid: uuid7(), version: 0, today: day(), saved_by: "", customer: null, errors: drawn.errors && [], sentence: null, conflict: null };
  const copied = of.startsWith("copy=") ? await order(of.slice(5)) : undefined;
  if (of === "" || copied) {
    const owner = drawn.number === null ? { owner: drawn.draft.owner } : {};
    const draft = copied ? { ...copied.draft, status: "NW", follow_up_on: "", follow_up_kind: "", follow_up_note: "", loss_reason: "" } : {};
    return JSON.stringify({ ...empty, draft: { ...draft, ...owner, status: "NW" }, locked: [] });
  }
  const kept = await order(of.split("?")[0]);
  if (!kept) return undefined;
  const choices = { ...drawn.choices, statuses: [kept.row.status, ...kept.shown.next.map((it) => it.split(" ")[0])] };
  return JSON.stringify({ ...empty, number: kept.number, uuid: kept.uuid, version: kept.version, customer: kept.row.customer, draft: kept.draft, locked: kept.locked, choices });
}
