// Sends the outbox, one tab at a time, oldest first, and syncs the copies of this device: at start, when the network comes
// back, when the page becomes visible, and on a timer with backoff and jitter.
import { replaceNumbersByUuids, entries, outboxEvents, mayHaveUnsent, applySent, storeVerdict, notifyTabs } from "./entries.js";
import { get, isReachable, serverEvents, post } from "./fetch.js";
import { loadModule } from "./modules.js";
import { answer as storedAnswer, database, isLocked, storeAnswer, lockEvents, meta, order, rememberUser, setMeta, who, writeStores } from "./store.js";
import { setBusiness } from "./format.js";

/** The maximum number of entries per request. */
const AT_ONCE = 100;
/** Their maximum size, in characters: the server accepts two megabytes. */
const BYTES = 400_000;
/** The delay between attempts, in milliseconds: doubled each time up to the maximum. */
const FIRST = 1_000;
const LONGEST = 60_000;
/** The maximum delay while entries wait and the server is unreachable: no browser reports when a slow connection works again. */
const PROBING = 3_000;
/** How long a response may take. */
const FRESH = 30_000;
/** Whether a copy was changed by a recent action here, perhaps while a response was on its way. */
const isFresh = (kept) => Date.now() - (kept.stamped ?? 0) < FRESH;
/** The maximum age of copies without notifications. */
const STALE = 5 * 60_000;

const TOO_MUCH = { verdict: "refused", sentence: "The server can't accept this change: edit it, or save it to a file", errors: [] };

let delay = FIRST;
let timer;
/** Entries that failed on the server when sent alone. */
let suspects = [];
/** The keys of entries that failed once on a healthy server. */
let doubted = new Set();
/** The state: `sending` this many `of` that many; `out`: nothing is sent until the user signs in. */
export const state = { sending: 0, of: 0, out: false };
export const syncEvents = new EventTarget();
const notify = () => syncEvents.dispatchEvent(new Event("changed"));

/** Schedules the next attempt, without delaying one that is already scheduled. */
let scheduled = Infinity;
function schedule(after = delay * (0.5 + Math.random())) {
  const at = performance.now() + after;
  if (at >= scheduled) return;
  clearTimeout(timer);
  scheduled = at;
  timer = setTimeout(syncNow, after);
}

/** Runs in one tab at a time. */
export const syncNow = () =>
  navigator.locks.request("curlew-outbox", { ifAvailable: true }, async (held) => {
    clearTimeout(timer);
    scheduled = Infinity;
    if (!held) return schedule(5_000);
    // While locked nothing is sent or synced.
    await database();
    if (isLocked()) return notify();
    let fresh = false;
    try {
      suspects = [];
      const sent = (await isServerUp()) && (await send());
      const well = isReachable() && (await syncCopies()) && (await rereadAlreadySent());
      fresh = well && sent;
      // A server that just came back may have failed on everything: an entry is reported after two failures on a healthy server.
      if (well) {
        for (const it of suspects) if (doubted.has(it.key)) await storeVerdict(it.seq, it.key, TOO_MUCH);
        doubted = new Set(suspects.map((it) => it.key));
      }
      if (suspects.length > 0) notifyTabs();
      suspects = [];
    } catch {
      // The connection was lost in the middle of a response.
    }
    state.sending = 0;
    const waiting = sendable(await entries()).length > 0;
    delay = fresh ? FIRST : Math.min(delay * 2, waiting && !isReachable() ? PROBING : LONGEST);
    if (!fresh || waiting) schedule();
    else schedule(STALE);
    notify();
  });

/** Whether the server responds: a small request before much is sent. */
const isServerUp = async () => isReachable() || Boolean(await get("/api/v1/offline?rest=0"));

/** The entries that can be sent: not those that need the user, nor those behind them of the same order. */
function sendable(all) {
  const held = new Set([...all.filter((it) => it.verdict), ...suspects].map((it) => it.order));
  // Nothing is ever sent as another user.
  return all.filter((it) => !it.verdict && !held.has(it.order) && it.user === who()?.user);
}

/** The entries that fit into a request. */
function batchOf(all, most) {
  let size = 0;
  return all.slice(0, most).filter((it, nth) => (size += JSON.stringify(it).length) < BYTES || nth === 0);
}

/** Sends what can be sent; returns whether the server responded. */
async function send() {
  let moved = false;
  let most = AT_ONCE;
  for (;;) {
    const go = batchOf(sendable(await entries()), most);
    if (go.length === 0) {
      if (moved) dispatchEvent(new CustomEvent("curlew:moved"));
      return true;
    }
    Object.assign(state, { sending: go.length, of: (await entries()).length });
    notify();
    const answer = await post("/api/v1/sync", { user: go[0].user, entries: go.map(asSent) });
    if (answer?.status === 401) state.out = true;
    if (answer && [413, 422, 500].includes(answer.status)) {
      // The server failed on something in the batch: bisect it, and report it alone once the server is known to be healthy.
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
        if (verdict.verdict === "already") alreadySent.add(entry.order);
        // The copy first: once the outbox is empty, it is what is shown.
        await applySent(entry, verdict);
        settled = (await storeVerdict(entry.seq, entry.key)) || settled;
      } else if (verdict.verdict === "conflict" || verdict.verdict === "refused") {
        settled = (await storeVerdict(entry.seq, entry.key, verdict)) || settled;
      } else if (verdict.verdict === "later") {
        later = true;
      }
    }
    // Once for all of them: listeners read the whole outbox.
    notifyTabs();
    // Nothing could be stored: do not retry immediately.
    if (later || !settled) return false;
  }
}

/** An entry as sent: with its age, so that a wrong clock does no harm. */
function asSent({ seq, at, verdict, user, order, labels, ...entry }) {
  const about = entry.kind === "create" ? {} : { order };
  return { ...entry, ...about, age: (Date.now() - at) / 1_000 };
}

/** Syncs the changes; returns whether the server responded. */
async function syncCopies() {
  const mark = await meta("mark");
  let asked = mark ? `?mark=${mark}` : "";
  let whole = false;
  let next;
  const came = new Set();
  for (;;) {
    const answer = await get(`/api/v1/offline${asked}`);
    if (answer?.status === 401) {
      state.out = true;
      notify();
      return false;
    }
    if (answer?.status === 422 && mark) {
      await setMeta("mark", undefined);
      return syncCopies();
    }
    if (!answer?.ok) return false;
    const snapshot = await answer.json();
    const before = who()?.user;
    rememberUser(snapshot.user, snapshot.username, snapshot.may_create);
    // Another user than the one whose copies are shown.
    if (before !== undefined && before !== snapshot.user) dispatchEvent(new CustomEvent("curlew:again"));
    state.out = false;
    next ??= snapshot.mark;
    whole ||= snapshot.whole;
    if (!(await storeSnapshot(snapshot, came))) return false;
    if (snapshot.rest.length === 0) break;
    asked = `?rest=${snapshot.rest.join(",")}`;
  }
  if (whole) await deleteOthers(came);
  await preloadAnswers();
  // Deleted meanwhile, or a full sync is needed: this was incomplete.
  if ((await meta("mark")) !== mark) return false;
  await setMeta("mark", next);
  await setMeta("at", Date.now());
  notify();
  return true;
}

/** Orders of entries that were carried out before, by a request whose response was lost: their copies may show them twice. */
const alreadySent = new Set();
/** Reads these again; returns whether the server responded. */
async function rereadAlreadySent() {
  const kept = await Promise.all([...alreadySent].map((of) => order(of)));
  alreadySent.clear();
  const ids = kept.map((it) => it?.id).filter(Boolean);
  if (ids.length === 0) return true;
  const answer = await get(`/api/v1/offline?rest=${ids.join(",")}`);
  return Boolean(answer?.ok) && storeSnapshot(await answer.json(), new Set());
}

/** The requests whose responses lists and forms need offline. */
const PRELOADED = [
  ["orders/list", { address: "/orders/?" }],
  ["orders/form", { of: "" }],
  ["orders/board", { address: "/orders/board/?" }],
  ["dashboard", { address: "/?" }],
  ["frame", {}],
];

/** Stores these responses, once an hour. */
async function preloadAnswers() {
  for (const [name, given] of PRELOADED) {
    const body = JSON.stringify(given);
    const kept = await storedAnswer(`${name}\n${body}`);
    if (kept && Date.now() - kept.at < 3_600_000) continue;
    const answer = await post(`/fn/${name}`, given);
    if (answer?.ok) await storeAnswer(`${name}\n${body}`, await answer.text());
  }
}

/** Stores a response in the copies; entries in the outbox are applied on top. */
async function storeSnapshot(snapshot, came) {
  await setMeta("contact", snapshot.contact);
  await setMeta("place", snapshot.place);
  setBusiness(snapshot.place);
  if (mayHaveUnsent()) await replaceNumbersByUuids(snapshot.orders);
  const module = await loadModule("apply");
  return writeStores(["orders", "outbox"], async ({ orders, outbox }) => {
    // In the same transaction: entries added meanwhile would be missing in the copy.
    const waiting = await outbox.all();
    for (const kept of snapshot.orders) {
      came.add(kept.uuid);
      const own = waiting.filter((it) => it.order === kept.uuid && it.kind !== "create");
      // A response from before a change here is older than the copy.
      const here = await orders.get(kept.uuid);
      if (here?.version > kept.version && isFresh(here)) continue;
      await orders.put(own.reduce((before, entry) => module?.apply(entry, before) ?? before, kept));
    }
    const gone = new Set(snapshot.gone);
    for (const it of gone.size ? await orders.raw.getAll() : []) if (gone.has(it.id)) await orders.delete(it.uuid);
    return true;
  }, false);
}

/** Deletes copies that were not in a full sync, except those that exist only here. */
const deleteOthers = (came) =>
  writeStores(["orders", "outbox"], async ({ orders, outbox }) => {
    const waiting = new Set((await outbox.raw.getAll()).map((it) => it.order));
    for (const it of await orders.all()) if (!came.has(it.uuid) && !waiting.has(it.uuid) && !isFresh(it)) await orders.delete(it.uuid);
  });

/** Discards an entry, with its effect on the copy. */
export async function discard(entry) {
  const all = await entries();
  const gone = entry.kind === "create" ? all.filter((it) => it.order === entry.order) : [entry];
  // Entries about a comment that it would have created are discarded too.
  gone.push(...all.filter((it) => it.of === entry.key));
  for (const it of gone) await storeVerdict(it.seq, it.key);
  notifyTabs();
  if (entry.kind === "create") await writeStores(["orders"], ({ orders }) => orders.delete(entry.order));
  await setMeta("mark", undefined);
  syncNow();
}

/** Starts syncing. */
export function start() {
  const soon = () => schedule(300 + Math.random() * 700);
  addEventListener("online", soon);
  lockEvents.addEventListener("changed", soon);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  serverEvents.addEventListener("reached", () => {
    delay = FIRST;
    soon();
  });
  serverEvents.addEventListener("unreached", () => schedule());
  // Sync data that only the server has, such as a comment's id, before the connection can be lost.
  serverEvents.addEventListener("written", () => schedule(100));
  outboxEvents.addEventListener("changed", () => {
    isReachable() ? soon() : schedule(PROBING);
    notify();
  });
  // Something changed: sync after a random delay.
  addEventListener("curlew:heard", () => schedule(1_000 + Math.random() * 4_000));
  schedule(1_500);
}
