// What this device keeps: one database a person, so that nobody ever reads another one's.
import { deleteDB, openDB } from "idb";

/** Who was last here: a number and a name, for the start with no signal. */
const WHO = "curlew-who";

/** Answers that are kept by their question. */
const ANSWERS = 300;

let opened;
/** Whoever was here has signed out: what is still on its way is not kept any more. */
let left = false;

/** Whose database is open. */
let openedFor;

/** Who is signed in, as the server said last; empty where it never did. */
const signedIn = () => /(?:^|; )curlew-user=(\d+)/.exec(document.cookie)?.[1] ?? "";

/** The person whose copies these are; nothing before the first contact, and nothing once somebody else is signed in. */
export function who() {
  try {
    const kept = JSON.parse(localStorage.getItem(WHO) ?? "null") ?? undefined;
    return kept && signedIn() && signedIn() !== String(kept.user) ? undefined : kept;
  } catch {
    return undefined;
  }
}

/** Remembers whose device this is now. */
export function remember(user, username, creates) {
  if (left) return;
  const before = who();
  if (before?.user === user && before.username === username && before.creates === creates) return;
  try {
    localStorage.setItem(WHO, JSON.stringify({ user, username, creates }));
  } catch {
    // Without it the device keeps nothing for the start with no signal, and works.
  }
  opened = undefined;
}

/** Opens what is locked, for the tabs of this browser while one of them is open. */
const KEY = "curlew-key";
/** What seals what is kept; nothing where there is no lock, or it is not open. */
let cipher;
/** A key that is not that of this lock. */
let foreign;
/** Whether there is a lock that is not open. */
let locked = false;
export const isLocked = () => locked;
const keys = new BroadcastChannel("curlew-lock");
/** Says that the lock was opened, closed, put on or taken off. */
export const lock = new EventTarget();
const moved = () => lock.dispatchEvent(new Event("changed"));

/** What stays readable of each record: what it is found by. */
const CLEAR = { orders: ["uuid", "number", "id", "version"], answers: ["key", "at"], outbox: ["seq", "key", "order", "user", "of", "after"] };
/** A record as it is kept. */
export const seal = (store, value) =>
  cipher ? { ...Object.fromEntries(CLEAR[store].filter((it) => value[it] !== undefined).map((it) => [it, value[it]])), box: cipher.seal(JSON.stringify(value)) } : value;
/** A record as it was before it was kept; nothing for one that another lock sealed. */
export function unseal(record) {
  if (!record?.box) return record;
  const { box, ...clear } = record;
  try {
    return { ...JSON.parse(cipher.open(box)), ...clear };
  } catch {
    return undefined;
  }
}
/** Every record of a store. */
export const unsealed = async (store) => (await store.getAll()).map(unseal).filter(Boolean);

/** Opens the lock, if it is there and this tab or another one knows its key. */
async function look(db) {
  const kept = await db.get("meta", "lock");
  const known = kept && sessionStorage.getItem(KEY);
  // Of another person's lock it may be: then it opens nothing here.
  cipher = known ? (await import("./lock.js")).behind(kept, known) : undefined;
  if (known && !cipher) {
    foreign = known;
    sessionStorage.removeItem(KEY);
  }
  const before = locked;
  locked = Boolean(kept) && !cipher;
  if (locked) keys.postMessage("who knows?");
  if (locked !== before) moved();
}
/** Takes a key (nothing: forgets it), and tells the other tabs. */
export function know(key, tell = true) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
  if (tell) keys.postMessage({ key });
  opened?.then((db) => db?.close());
  opened = undefined;
  locked = false;
  return database().then(moved);
}
keys.onmessage = ({ data }) => {
  const own = sessionStorage.getItem(KEY);
  if (data === "who knows?") return own && keys.postMessage({ key: own });
  if (data.key && data.key === foreign) return;
  if ((data.key ?? null) !== own || locked) know(data.key, false);
};

/** How long the other tabs have to put down what they hold, in milliseconds. */
const HEARD = 200;

/** Puts a lock on, or (nothing) takes it off: everything that is kept is written anew. Meanwhile no other tab can write. */
export async function relock(made) {
  sessionStorage.removeItem(KEY);
  keys.postMessage({});
  await new Promise((resolve) => { setTimeout(resolve, HEARD); });
  await withStore(async (db) => {
    const write = db.transaction([...Object.keys(CLEAR), "meta"], "readwrite");
    const all = await Promise.all(Object.keys(CLEAR).map(async (store) => [store, await unsealed(write.objectStore(store))]));
    cipher = made?.cipher;
    for (const [store, records] of all) await Promise.all(records.map((it) => write.objectStore(store).put(seal(store, it))));
    await (made ? write.objectStore("meta").put(made.lock, "lock") : write.objectStore("meta").delete("lock"));
    await write.done;
  });
  await know(made && made.key);
}

/** The database of this person; nothing where the browser has none (private mode, full disk, refused), or its lock is not open. */
export async function database() {
  const db = await unlocked();
  return locked ? undefined : db;
}

/** The database, whatever its lock. */
export async function unlocked() {
  const person = who();
  if (!person || left) return undefined;
  if (openedFor !== person.user) {
    opened?.then((db) => db?.close());
    opened = undefined;
    openedFor = person.user;
  }
  opened ??= openDB(`curlew-${person.user}`, 1, {
    upgrade(db) {
      db.createObjectStore("orders", { keyPath: "uuid" }).createIndex("number", "number");
      db.createObjectStore("answers", { keyPath: "key" }).createIndex("at", "at");
      db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key");
      db.createObjectStore("meta");
    },
    // Another tab wipes it, or the browser does.
    blocking: (_, __, event) => event.target.close(),
    terminated: () => { opened = undefined; },
  }).then(async (db) => {
    await look(db);
    return db;
  }).catch(() => undefined);
  return opened;
}

/** Does something with the database; `fallback` where there is none, or it was wiped in that moment. */
export async function withStore(act, fallback) {
  try {
    const db = await database();
    return db ? await act(db) : fallback;
  } catch (cause) {
    // Wiped in that moment, by the browser or by hand: the next one opens it anew.
    if (cause?.name === "InvalidStateError") opened = undefined;
    // There, and not what it should be: nothing in it can be read, so nothing is lost.
    if (cause?.name === "NotFoundError") {
      const db = await opened;
      opened = undefined;
      db?.close();
      if (db) await deleteDB(db.name).catch(() => undefined);
    }
    return fallback;
  }
}

export const meta = (key) => withStore((db) => db.get("meta", key));
export const setMeta = (key, value) => withStore((db) => db.put("meta", value, key));

/** Keeps an answer, and lets go of the oldest ones. */
export const keepAnswer = (key, text) =>
  withStore(async (db) => {
    // What was looked for would stand there for everybody to read.
    if (cipher && key.includes("query=")) return;
    const write = db.transaction("answers", "readwrite");
    await write.store.put(seal("answers", { key, text, at: Date.now() }));
    let over = (await write.store.count()) - ANSWERS;
    for (let cursor = over > 0 ? await write.store.index("at").openCursor() : null; cursor && over > 0; over--) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
    await write.done;
  });

export const answer = (key) => withStore(async (db) => unseal(await db.get("answers", key)));

/** The first kept answer whose question begins so. */
export const answerLike = (start) =>
  withStore(async (db) => unseal((await db.getAll("answers", IDBKeyRange.bound(start, `${start}\uffff`), 1))[0]));

export const orders = () => withStore((db) => unsealed(db.transaction("orders").store), []);
export const order = (of) =>
  withStore(async (db) => unseal((await db.get("orders", of)) ?? (await db.getFromIndex("orders", "number", of))));

/** Wipes the copies of a person who signs out; what was not sent stays, for its owner alone. */
export async function wipe() {
  try {
    const db = await unlocked();
    const write = db?.transaction(["orders", "answers", "meta", "outbox"], "readwrite");
    const unsent = await write?.objectStore("outbox").count();
    await Promise.all(["orders", "answers"].map((name) => write?.objectStore(name).clear()));
    // The lock of what is not sent stays with it.
    for (const key of (await write?.objectStore("meta").getAllKeys()) ?? []) if (key !== "lock") await write.objectStore("meta").delete(key);
    await write?.done;
    left = true;
    db?.close();
    if (unsent === 0) await deleteDB(db.name);
  } catch {
    // Gone already.
  }
  sessionStorage.removeItem(KEY);
  leave();
}

/** Whoever was here has signed out, in this tab or another one: nothing is kept from here on. */
export function leave() {
  left = true;
  localStorage.removeItem(WHO);
}
