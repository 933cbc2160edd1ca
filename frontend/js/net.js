// The interface between pages and server: all requests of a page go through here, and when the server cannot be reached, this device
// answers: reads come from its copies, writes go into the outbox. The pages do not know the difference.
import { bar } from "./dom.js";
import { done, heldByOneself, mayWait, queue, uuid7, waits } from "./entries.js";
import { part } from "./parts.js";
import { released } from "./pointer.js";
import { answer, answerLike, isLocked, keepAnswer, order } from "./store.js";
import { currency, day } from "./words.js";

const WRITES = new Set(["orders/create", "orders/edit", "orders/change_status", "comments/save"]);
const KEPT = new Set(["told", "frame", "profile", "actions", "orders/list", "orders/board", "orders/form"]);

/** Dispatches whether the server responds (`reached`, `unreached`), and that it stored something (`written`). */
export const line = new EventTarget();
// The offline shell starts as unreachable.
let reachable = !document.body.hasAttribute("data-offline-shell");
export const isReachable = () => reachable;
function reached(yes) {
  if (yes === reachable) return;
  reachable = yes;
  line.dispatchEvent(new Event(yes ? "reached" : "unreached"));
  // The page shows data of this device meanwhile.
  if (yes) dispatchEvent(new CustomEvent("curlew:moved"));
}

let touched = performance.now();
for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) {
  addEventListener(kind, () => { touched = performance.now(); }, { passive: true, capture: true });
}
const idle = () => Math.floor((performance.now() - touched) / 1_000);

const plain = window.fetch.bind(window);

/** The timeouts after which the server counts as unreachable, in milliseconds: for reads, and for writes. */
const READING = 4_000;
const PATIENCE = 10_000;

/** Whether a response is from Curlew: a captive portal sends 200 and something else, a proxy sends 502 as HTML. */
export const isOurs = (it) =>
  ![502, 504].includes(it.status) &&
  (it.headers.get("content-type")?.startsWith("application/json") || (it.headers.get("content-security-policy") ?? "").startsWith("default-src 'none'"));

/** Sends a request; undefined when Curlew does not respond. */
export async function ask(request, patience = PATIENCE) {
  try {
    const it = await plain(new Request(request, { signal: AbortSignal.timeout(patience) }));
    reached(isOurs(it));
    return isOurs(it) ? it : undefined;
  } catch {
    reached(false);
    return undefined;
  }
}

export const post = (path, body) =>
  ask(new Request(path, { method: "POST", headers: { "content-type": "application/json", "x-curlew-idle": idle() }, body: JSON.stringify(body) }));
export const get = (path) => ask(new Request(path, { headers: { "x-curlew-idle": idle() } }));

const json = (text) => new Response(text, { headers: { "content-type": "application/json" } });
/** An error response in the server's format, for what neither server nor device can do. */
const away = (sentence) =>
  new Response(JSON.stringify({ Forbidden: sentence }), { status: 503, headers: { "content-type": "application/json", serverfnerror: "true" } });
const NOT_KEPT = "This page isn't available offline. It will load when you're back online.";
const LOCKED = "This device is locked. Unlock it and try again: nothing is lost.";
const NOT_QUEUED = "You're offline and this device is full. Your text is still here: send it again when you're back online.";

/** Loads a WASM chunk. Pages cannot continue without it, so this waits for it, and says so meanwhile. */
async function piece(url) {
  for (let wait = 1_000; ; wait = Math.min(wait * 2, 30_000)) {
    const it = await plain(url).catch(() => undefined);
    // A captive portal sends 200 too.
    if (it?.headers.get("content-type") === "application/wasm") {
      document.getElementById("piece")?.remove();
      return it;
    }
    if (!document.getElementById("piece")) bar("piece", "This page isn't on this device yet. It will load when you're back online.");
    await new Promise((resolve) => {
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, wait);
    });
  }
}

window.fetch = async (input, init) => {
  if (/\/pkg\/[^/]+\.wasm$/.test(input)) return piece(input);
  const asked = input instanceof Request && input.method === "POST" ? new URL(input.url) : undefined;
  if (asked?.origin !== location.origin || !asked.pathname.startsWith("/fn/")) return plain(input, init);
  const name = asked.pathname.slice(4).replace(/\/$/, "");
  const answer = await call(name, input, init);
  // A page is rendered as soon as it has its data, so the data waits while the user presses.
  if (!WRITES.has(name)) await released();
  return answer;
};

/** Calls a server function; when the server is unreachable, this device answers. */
async function call(name, input, init) {
  const key = WRITES.has(name) ? uuid7() : undefined;
  const patience = key ? PATIENCE : READING;
  const read = input.clone().text();
  const request = new Request(input, init);
  request.headers.set("x-curlew-idle", idle());
  // If the response is lost, the request is sent again with this key, and carried out once.
  if (key) request.headers.set("x-curlew-key", key);
  // Sent immediately, so that leaving the page cannot lose it; unless entries wait, which
  // may concern the same order and go first.
  const asking = reachable && !mayWait() ? ask(request, patience) : undefined;
  const body = await read;
  const given = JSON.parse(body);
  const own = () => (key ? queue(name, given, key) : recall(name, given, body));
  const behind = !asking && reachable && (await waits(orderOf(name, given)));
  if (behind && key && isLocked()) return away(LOCKED);
  // A server known to be unreachable is not waited for: the outbox notices when it is back.
  const first = asking || (reachable && !behind) ? undefined : await own();
  if (first !== undefined) return json(first);
  const answered = await (asking ?? ask(request, patience));
  if (answered && !(key && answered.status === 503)) {
    if (name === "orders/edit" && answered.status === 409) {
      const { Conflict } = await answered.clone().json();
      // A conflict with own entries that were sent meanwhile is not one: queue it behind them.
      const own = Conflict && heldByOneself(given, Conflict) ? await queue(name, given, uuid7()) : undefined;
      if (own !== undefined) return json(own);
    }
    if (answered.ok && key) {
      await done(name, given, await answered.clone().text());
      line.dispatchEvent(new CustomEvent("written", { detail: { name, given } }));
    }
    if (answered.ok && KEPT.has(name)) keepAnswer(`${name}\n${body}`, await answered.clone().text());
    return answered;
  }
  const second = await own();
  return second === undefined ? answered ?? away(isLocked() ? LOCKED : key ? NOT_QUEUED : NOT_KEPT) : json(second);
}

/** The order that a request concerns; undefined for lists. */
const orderOf = (name, given) => given.number ?? (name === "orders/form" ? given.of.split("?")[0] : name === "orders/create" ? given.uuid : undefined);

/** Answers a request from the device; JSON within JSON, like the server. */
async function recall(name, asked, body) {
  const twice = (value) => JSON.stringify(JSON.stringify(value));
  switch (name) {
    case "orders/list": {
      const path = asked.address.split("?")[0];
      const [same, other] = await Promise.all([path, "/orders/"].map((it) => answerLike(`orders/list\n{"address":"${it}`)));
      const like = same ?? other;
      const lists = await part("lists");
      const found = like && (await lists?.list(asked.address, JSON.parse(JSON.parse(like.text))));
      return found && twice(found);
    }
    case "orders/show": {
      const kept = await order(asked.number);
      return kept && twice(kept.shown);
    }
    case "orders/form":
      return form(asked.of, twice);
    case "orders/similar":
      return "[]";
    default:
      return (await answer(`${name}\n${body}`))?.text;
  }
}

/** A form: its options are those of the last form from the server. */
async function form(of, twice) {
  const like = await answerLike("orders/form\n");
  if (!like) return undefined;
  const drawn = JSON.parse(JSON.parse(like.text));
  const empty = { currency: currency(), ...drawn, number: null, uuid: uuid7(), version: 0, today: day(), saved_by: "", customer: null, errors: drawn.errors && [], sentence: null, conflict: null };
  const copied = of.startsWith("copy=") ? await order(of.slice(5)) : undefined;
  if (of === "" || copied) {
    const owner = drawn.number === null ? { owner: drawn.draft.owner } : {};
    const draft = copied ? { ...copied.draft, status: "NW", follow_up_on: "", follow_up_kind: "", follow_up_note: "", loss_reason: "" } : {};
    return twice({ ...empty, draft: { ...draft, ...owner, status: "NW" }, locked: [] });
  }
  const kept = await order(of.split("?")[0]);
  if (!kept) return undefined;
  const choices = { ...drawn.choices, statuses: [kept.row.status, ...kept.shown.next.map((it) => it.split(" ")[0])] };
  return twice({ ...empty, number: kept.number, uuid: kept.uuid, version: kept.version, customer: kept.row.customer, draft: kept.draft, locked: kept.locked, choices });
}
