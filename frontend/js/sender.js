// Sends the outbox, one tab at a time, the oldest first, and keeps the copies of this device fresh. At the start, when the network comes
// back, when the page is looked at, and on a timer with backoff and jitter; nothing relies on the browser to wake it.
import { adopt, entries, heard, mayWait, sent as doneWith, settle, tell } from "./entries.js";
import { get, isReachable, line, post } from "./net.js";
import { part } from "./parts.js";
import { answer as storedAnswer, database, isLocked, keepAnswer, lock, meta, order, remember, setMeta, who, writing } from "./store.js";
import { placed } from "./words.js";

/** Entries of one request. */
const AT_ONCE = 100;
/** Their size, in characters: the server takes two megabytes. */
const BYTES = 400_000;
/** Between tries, in milliseconds: doubled each time up to the longest. */
const FIRST = 1_000;
const LONGEST = 60_000;
/** The longest while something waits and the server cannot be reached: no browser says when a line that was there all along works again. */
const PROBING = 3_000;
/** How long an answer may have been on its way. */
const FRESH = 30_000;
/** Whether a copy was written by what was just done here, maybe while the server's answer was on its way. */
const isFresh = (kept) => Date.now() - (kept.stamped ?? 0) < FRESH;
/** How old copies may be while everything works and nothing says that something changed. */
const STALE = 5 * 60_000;

const TOO_MUCH = { verdict: "refused", sentence: "The server can't accept this change: edit it, or save it to a file", errors: [] };

let wait = FIRST;
let timer;
/** Entries that the server failed on, alone. */
let suspects = [];
/** The keys of those that it failed on before, while it was well. */
let doubted = new Set();
/** What is going on: `sending` so many, `of` so many; `out`: nothing goes until somebody signs in. */
export const state = { sending: 0, of: 0, out: false };
export const changed = new EventTarget();
const say = () => changed.dispatchEvent(new Event("changed"));

/** Plans the next try; one that is planned already comes no later for it. */
let planned = Infinity;
function later(after = wait * (0.5 + Math.random())) {
  const at = performance.now() + after;
  if (at >= planned) return;
  clearTimeout(timer);
  planned = at;
  timer = setTimeout(run, after);
}

/** One tab at a time does it. */
export const run = () =>
  navigator.locks.request("curlew-outbox", { ifAvailable: true }, async (held) => {
    clearTimeout(timer);
    planned = Infinity;
    if (!held) return later(5_000);
    // What is locked is neither sent nor read; opened, it goes on.
    await database();
    if (isLocked()) return say();
    let fresh = false;
    try {
      suspects = [];
      const sent = (await answers()) && (await send());
      const well = isReachable() && (await refresh()) && (await again());
      fresh = well && sent;
      // A server that just came back failed on everything until now: an entry is told once it failed twice beside a server that is well.
      if (well) {
        for (const it of suspects) if (doubted.has(it.key)) await settle(it.seq, it.key, TOO_MUCH);
        doubted = new Set(suspects.map((it) => it.key));
      }
      if (suspects.length > 0) tell();
      suspects = [];
    } catch {
      // The line was cut in the middle of an answer.
    }
    state.sending = 0;
    const waiting = ready(await entries()).length > 0;
    wait = fresh ? FIRST : Math.min(wait * 2, waiting && !isReachable() ? PROBING : LONGEST);
    if (!fresh || waiting) later();
    else later(STALE);
    say();
  });

/** Whether the server answers: asked for little, before much is sent into a line that may be dead. */
const answers = async () => isReachable() || Boolean(await get("/api/v1/offline?rest=0"));

/** Those that can go: not those that need a person, nor what stands behind one of the same order. */
function ready(all) {
  const held = new Set([...all.filter((it) => it.verdict), ...suspects].map((it) => it.order));
  // Whatever happens, nothing goes under another name than that of whoever did it.
  return all.filter((it) => !it.verdict && !held.has(it.order) && it.user === who()?.user);
}

/** As many as fit into a request. */
function together(all, most) {
  let size = 0;
  return all.slice(0, most).filter((it, nth) => (size += JSON.stringify(it).length) < BYTES || nth === 0);
}

/** Sends what can go; whether the server answered. */
async function send() {
  let moved = false;
  let most = AT_ONCE;
  for (;;) {
    const go = together(ready(await entries()), most);
    if (go.length === 0) {
      if (moved) dispatchEvent(new CustomEvent("curlew:moved"));
      return true;
    }
    Object.assign(state, { sending: go.length, of: (await entries()).length });
    say();
    const answer = await post("/api/v1/sync", { user: go[0].user, entries: go.map(asSent) });
    if (answer?.status === 401) state.out = true;
    if (answer && [413, 422, 500].includes(answer.status)) {
      // Something in it is more than the server takes: found by halves, and told alone once it is known that the server is well.
      if (go.length === 1) suspects.push(go[0]);
      most = Math.max(1, Math.floor(go.length / 2));
      continue;
    }
    if (!answer?.ok) return false;
    state.out = false;
    const { verdicts } = await answer.json();
    let later = false;
    let settled = false;
    for (const verdict of verdicts) {
      const entry = go.find((it) => it.key === verdict.key);
      if (!entry) continue;
      if (verdict.verdict === "done" || verdict.verdict === "already") {
        moved = true;
        if (verdict.verdict === "already") twice.add(entry.order);
        // The copy first: once nothing waits, it is what is read.
        await doneWith(entry, verdict);
        settled = (await settle(entry.seq, entry.key)) || settled;
      } else if (verdict.verdict === "conflict" || verdict.verdict === "refused") {
        settled = (await settle(entry.seq, entry.key, verdict)) || settled;
      } else if (verdict.verdict === "later") {
        later = true;
      }
    }
    // Once for all of them: whoever hears it reads the whole outbox.
    tell();
    // Nothing that could be written here: not the same again at once.
    if (later || !settled) return false;
  }
}

/** An entry as it travels: with its age, so that a clock that is wrong does no harm. */
function asSent({ seq, at, verdict, user, order, labels, ...entry }) {
  const about = entry.kind === "create" ? {} : { order };
  return { ...entry, ...about, age: (Date.now() - at) / 1_000 };
}

/** Reads what changed, up to now; whether the server answered. */
async function refresh() {
  const mark = await meta("mark");
  let asked = mark ? `?mark=${mark}` : "";
  let whole = false;
  let next;
  const came = new Set();
  for (;;) {
    const answer = await get(`/api/v1/offline${asked}`);
    if (answer?.status === 401) {
      state.out = true;
      say();
      return false;
    }
    if (answer?.status === 422 && mark) {
      await setMeta("mark", undefined);
      return refresh();
    }
    if (!answer?.ok) return false;
    const snapshot = await answer.json();
    const before = who()?.user;
    remember(snapshot.user, snapshot.username, snapshot.may_create);
    // Somebody else than whose copies are on screen.
    if (before !== undefined && before !== snapshot.user) dispatchEvent(new CustomEvent("curlew:again"));
    state.out = false;
    next ??= snapshot.mark;
    whole ||= snapshot.whole;
    if (!(await take(snapshot, came))) return false;
    if (snapshot.rest.length === 0) break;
    asked = `?rest=${snapshot.rest.join(",")}`;
  }
  if (whole) await only(came);
  await drawn();
  // Wiped meanwhile, or to be read whole: then this was not all of it.
  if ((await meta("mark")) !== mark) return false;
  await setMeta("mark", next);
  await setMeta("at", Date.now());
  say();
  return true;
}

/** Orders of entries that had been carried out before, by a request whose answer was lost: their copies may show them twice. */
const twice = new Set();
/** Reads those anew; whether the server answered. */
async function again() {
  const kept = await Promise.all([...twice].map((of) => order(of)));
  twice.clear();
  const ids = kept.map((it) => it?.id).filter(Boolean);
  if (ids.length === 0) return true;
  const answer = await get(`/api/v1/offline?rest=${ids.join(",")}`);
  return Boolean(answer?.ok) && take(await answer.json(), new Set());
}

/** What lists and forms are drawn from with no signal, asked as the pages ask it. */
const DRAWN = [
  ["orders/list", { address: "/orders/?" }],
  ["orders/form", { of: "" }],
  ["orders/board", { address: "/orders/board/?" }],
  ["told", { address: "/?" }],
  ["frame", {}],
];

/** Keeps what pages are drawn from, once an hour. */
async function drawn() {
  for (const [name, given] of DRAWN) {
    const body = JSON.stringify(given);
    const kept = await storedAnswer(`${name}\n${body}`);
    if (kept && Date.now() - kept.at < 3_600_000) continue;
    const answer = await post(`/fn/${name}`, given);
    if (answer?.ok) await keepAnswer(`${name}\n${body}`, await answer.text());
  }
}

/** Takes an answer into the copies; what is still in the outbox stays on top of it. */
async function take(snapshot, came) {
  await setMeta("contact", snapshot.contact);
  await setMeta("place", snapshot.place);
  placed(snapshot.place);
  if (mayWait()) await adopt(snapshot.orders);
  const looks = await part("looks");
  return writing(["orders", "outbox"], async ({ orders, outbox }) => {
    // In the same transaction: what is put into the outbox meanwhile would be missing on the copy.
    const waiting = await outbox.all();
    for (const kept of snapshot.orders) {
      came.add(kept.uuid);
      const own = waiting.filter((it) => it.order === kept.uuid && it.kind !== "create");
      // An answer that was on its way while something was done here is older than what is here.
      const here = await orders.get(kept.uuid);
      if (here?.version > kept.version && isFresh(here)) continue;
      await orders.put(own.reduce((before, entry) => looks?.apply(entry, before) ?? before, kept));
    }
    const gone = new Set(snapshot.gone);
    for (const it of gone.size ? await orders.raw.getAll() : []) if (gone.has(it.id)) await orders.delete(it.uuid);
    return true;
  }, false);
}

/** Lets go of what did not come, but for what exists here alone. */
const only = (came) =>
  writing(["orders", "outbox"], async ({ orders, outbox }) => {
    const waiting = new Set((await outbox.raw.getAll()).map((it) => it.order));
    for (const it of await orders.all()) if (!came.has(it.uuid) && !waiting.has(it.uuid) && !isFresh(it)) await orders.delete(it.uuid);
  });

/** Takes an entry back: what was on top of the copy goes with it. */
export async function discard(entry) {
  const all = await entries();
  const gone = entry.kind === "create" ? all.filter((it) => it.order === entry.order) : [entry];
  // What is about a comment that it would have written goes with it.
  gone.push(...all.filter((it) => it.of === entry.key));
  for (const it of gone) await settle(it.seq, it.key);
  tell();
  if (entry.kind === "create") await writing(["orders"], ({ orders }) => orders.delete(entry.order));
  await setMeta("mark", undefined);
  run();
}

/** From here on it goes by itself. */
export function begin() {
  const soon = () => later(300 + Math.random() * 700);
  addEventListener("online", soon);
  lock.addEventListener("changed", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  line.addEventListener("reached", () => {
    wait = FIRST;
    soon();
  });
  line.addEventListener("unreached", () => later());
  // What only the server's copy has of it, like a comment's number, is here before the signal can go.
  line.addEventListener("written", () => later(100));
  heard.addEventListener("changed", () => {
    isReachable() ? soon() : later(PROBING);
    say();
  });
  // Something changed: the copies follow, not at once with everybody.
  addEventListener("curlew:heard", () => later(1_000 + Math.random() * 4_000));
  later(1_500);
}
