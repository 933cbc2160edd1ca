// The storage of this device: one database per user.
import { deleteDB, openDB } from "idb";
import { loadModule } from "./modules.js";

/** The last user: id and name, for starting offline. */
const WHO = "curlew-who";

/** The maximum number of stored responses. */
const ANSWERS = 300;

let opening;
/** The open database. */
let currentDb;
/** Closes the database; the next access opens it again. */
function close(db) {
  if (db && db !== currentDb) return db.close();
  opening?.then((it) => it?.close());
  opening = currentDb = cached = undefined;
}
/** The user has signed out: responses on their way are not stored. */
let hasSignedOut = false;

/** The user of the open database. */
let openedFor;

/** The signed-in user by the server's cookie; empty if unknown. */
const signedIn = () => /(?:^|; )curlew-user=(\d+)/.exec(document.cookie)?.[1] ?? "";

/** The user of the copies; undefined before the first contact, and once someone else is signed in. */
export function who() {
  try {
    const kept = JSON.parse(localStorage.getItem(WHO) ?? "null") ?? undefined;
    return kept && signedIn() && signedIn() !== String(kept.user) ? undefined : kept;
  } catch {
    return undefined;
  }
}

/** Stores the user of this device. */
export function rememberUser(user, username, creates) {
  if (hasSignedOut) return;
  const before = who();
  if (before?.user === user && before.username === username && before.creates === creates) return;
  try {
    localStorage.setItem(WHO, JSON.stringify({ user, username, creates }));
  } catch {
    // Without local storage offline start is not available.
  }
  close();
}

/** The key of the lock, in session storage. */
const KEY = "curlew-key";
/** The cipher; undefined without a lock, or while it is locked. */
let cipher;
/** A key that is not that of this lock. */
let foreignKey;
/** Whether there is a lock that is not open. */
let isLockClosed = false;
export const isLocked = () => isLockClosed;
const keys = new BroadcastChannel("curlew-lock");
/** Dispatched when the lock is opened, closed, set or removed. */
export const lockEvents = new EventTarget();
const lockChanged = () => lockEvents.dispatchEvent(new Event("changed"));

/** The fields that stay readable: the keys of the records. */
const CLEAR = { orders: ["uuid", "number", "id", "version"], answers: ["key", "at"], outbox: ["seq", "key", "order", "user", "of", "after"] };
/** Encrypts a record. */
const seal = (by, store, value) =>
  by ? { ...Object.fromEntries(CLEAR[store].filter((it) => value[it] !== undefined).map((it) => [it, value[it]])), box: by.seal(JSON.stringify(value)) } : value;
/** Decrypts a record; undefined with another lock. */
function unseal(record, by = cipher) {
  if (!record?.box) return record;
  const { box, ...clear } = record;
  try {
    return { ...JSON.parse(by.open(box)), ...clear };
  } catch {
    return undefined;
  }
}

/**
 * An in-memory cache of the copies by UUID, because reading them all is slow on phones. It is valid for one database
 * and one version in it, which every writer of copies replaces, in any tab.
 */
let cached;
const MARK = "copies";
/** The cache of a database, if its version is current. */
const validCache = (db, by) => (by && cached?.of === db && cached.by === by ? cached : undefined);
/** The store of the copies and its cache, if it is current; in one transaction. */
async function readTransaction(db) {
  const read = db.transaction(["meta", "orders"]);
  const by = await read.objectStore("meta").get(MARK);
  return { by, store: read.objectStore("orders"), all: validCache(db, by)?.all };
}
async function allCopies(db) {
  const { by, store, all } = await readTransaction(db);
  if (all) return all;
  const read = new Map(unsealAll(await store.getAll()).map((it) => [it.uuid, it]));
  // Closed meanwhile, it is not kept.
  if (db === currentDb) cached = { of: db, by, all: read };
  return read;
}

/**
 * Writes to stores in one transaction: `act` gets each by name, with decrypted records.
 * Nothing is written when the lock is no longer the one that this tab opened; a write that has started is still encrypted.
 */
export const writeStores = (names, act, fallback) =>
  withStore(async (db) => {
    const by = cipher;
    const write = db.transaction([...names, "meta"], "readwrite");
    // The caller gets the error.
    write.done.catch(() => undefined);
    const kept = write.objectStore("meta");
    if ((await kept.get("lock"))?.id !== by?.id) {
      write.abort();
      throw new DOMException("This is another lock.", "InvalidStateError");
    }
    // The cache is updated with the write.
    const copied = names.includes("orders");
    const known = copied ? validCache(db, await kept.get(MARK)) : undefined;
    const anew = crypto.randomUUID();
    if (copied) await kept.put(anew, MARK);
    const written = [];
    const open = (name) => {
      const store = write.objectStore(name);
      return {
        raw: store,
        get: async (key) => unseal(await store.get(key), by),
        all: async () => unsealAll(await store.getAll(), by),
        add: (value) => store.add(seal(by, name, value)),
        put(value) {
          if (name === "orders") written.push((all) => all.set(value.uuid, value));
          return store.put(seal(by, name, value));
        },
        delete(key) {
          if (name === "orders") written.push((all) => all.delete(key));
          return store.delete(key);
        },
      };
    };
    try {
      const result = await act(Object.fromEntries(names.map((name) => [name, open(name)])), by);
      await write.done;
      for (const it of known ? written : []) it(known.all);
      if (known) known.by = anew;
      return result;
    } catch (cause) {
      // Abort, unless it has ended.
      try {
        write.abort();
      } catch {
        // As it is.
      }
      throw cause;
    }
  }, fallback);

/** The raw records of a store; undefined when it can't be read. */
export const rawRecords = async (store) => {
  const db = await databaseEvenLocked();
  try {
    return (await db?.getAll(store)) ?? [];
  } catch {
    close(db);
    return undefined;
  }
};
/** The decrypted records. */
export const unsealAll = (records, by = cipher) => records.map((it) => unseal(it, by)).filter(Boolean);

/** Opens the lock, if this tab or another one knows its key. */
async function openLock(db) {
  const kept = await db.get("meta", "lock");
  const known = kept && ownKey();
  // The key may belong to another user's lock.
  const by = known && (await loadModule("lock"));
  // Closed meanwhile: read again.
  if (db !== currentDb) return;
  cipher = by?.cipherOf(kept, known);
  if (by && !cipher) {
    foreignKey = known;
    sessionStorage.removeItem(KEY);
  }
  const before = isLockClosed;
  isLockClosed = Boolean(kept) && !cipher;
  if (isLockClosed && (by || !known)) keys.postMessage("who knows?");
  if (isLockClosed !== before) lockChanged();
}
/** The key in this tab, as text. */
export const ownKey = () => sessionStorage.getItem(KEY);
/** Sets the key (undefined: deletes it), and tells the other tabs. */
export function setKey(key, tell = true) {
  if (key && key !== foreignKey) foreignKey = undefined;
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
  if (tell) keys.postMessage({ key });
  close();
  isLockClosed = false;
  return database().then(lockChanged);
}
keys.onmessage = ({ data }) => {
  const own = ownKey();
  if (data === "who knows?") return own && keys.postMessage({ key: own });
  if (data.key && data.key === foreignKey) return;
  if ((data.key ?? null) !== own || isLockClosed) setKey(data.key, false);
};

/** Sets a lock, or (undefined) removes it: rewrites all records. Returns whether it succeeded. */
export async function replaceLock(made) {
  const names = Object.keys(CLEAR);
  const whole = await writeStores(names, async (stores) => {
    const { transaction } = stores.orders.raw;
    for (const name of names) {
      const [records, count] = [await stores[name].all(), await stores[name].raw.count()];
      // If a record can't be decrypted, nothing changes.
      if (records.length < count) return transaction.abort();
      for (const it of records) await stores[name].raw.put(seal(made?.cipher, name, it));
    }
    const meta = transaction.objectStore("meta");
    await (made ? meta.put(made.lock, "lock") : meta.delete("lock"));
    return true;
  }, false);
  if (whole) await setKey(made && made.key);
  return Boolean(whole);
}

/** The database of this user; undefined without IndexedDB (private mode, full disk, denied), or while it is locked. */
export async function database() {
  const db = await databaseEvenLocked();
  return isLockClosed ? undefined : db;
}

/** The database, locked or not. */
export async function databaseEvenLocked() {
  const person = who();
  if (!person || hasSignedOut) return undefined;
  if (openedFor !== person.user) close();
  openedFor = person.user;
  opening ??= openDatabase(person.user).then(async (db) => {
    currentDb = db;
    await openLock(db);
    return db;
  }).catch(() => { opening = undefined; });
  return opening;
}

/** Opens or creates the database of a user. Async from the first line: a browser without IndexedDB throws. */
const openDatabase = async (user) => {
  const db = await openDB(`curlew-${user}`, 1, {
    upgrade(db) {
      db.createObjectStore("orders", { keyPath: "uuid" }).createIndex("number", "number");
      db.createObjectStore("answers", { keyPath: "key" }).createIndex("at", "at");
      db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key");
      db.createObjectStore("meta");
    },
    // Another tab or the browser deletes it.
    blocking: () => close(db),
    terminated: () => close(db),
  });
  return db;
};

/** Runs `act` on the database, and retries once if it was deleted meanwhile; returns `fallback` without a database, or on failure. */
async function withStore(act, fallback, again = true) {
  const db = await database();
  try {
    return db ? await act(db) : fallback;
  } catch (cause) {
    const wiped = ["InvalidStateError", "AbortError"].includes(cause?.name);
    // A broken database: nothing in it can be read, so nothing is lost.
    const broken = cause?.name === "NotFoundError";
    if (wiped || broken) close(db);
    if (broken) await deleteDB(db.name).catch(() => undefined);
    // Deleted at that moment: create it and retry once.
    return wiped && again ? withStore(act, fallback, false) : fallback;
  }
}

export const meta = (key) => withStore((db) => db.get("meta", key));
export const setMeta = (key, value) => withStore((db) => db.put("meta", value, key));

/** Data as JSON; servers and copies of the release before have it as JSON within a JSON string. */
export const dataOf = (text) => (text.startsWith('"') ? JSON.parse(text) : text);

/** The offline shell of the release before, until the update is taken, reads these as JSON within a JSON string. */
const NESTED = new Set(["frame", "profile", "actions", "orders/list", "orders/board", "orders/form"]);

/** Stores a response, and deletes the oldest ones. */
export const storeAnswer = (key, text) =>
  writeStores(["answers"], async ({ answers }, by) => {
    // Search texts would be readable in the keys.
    if (by && key.includes("query=")) return;
    const data = dataOf(text);
    await answers.put({ key, text: NESTED.has(key.split("\n")[0]) ? JSON.stringify(data) : data, at: Date.now() });
    let over = (await answers.raw.count()) - ANSWERS;
    for (let cursor = over > 0 ? await answers.raw.index("at").openCursor() : null; cursor && over > 0; over--) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
  });

const withData = (it) => it && { ...it, text: dataOf(it.text) };

export const answer = (key) => withStore(async (db) => withData(unseal(await db.get("answers", key))));

/** The first stored response whose request starts like this. */
export const answerLike = (start) =>
  withStore(async (db) => withData(unseal((await db.getAll("answers", IDBKeyRange.bound(start, `${start}\uffff`), 1))[0])));

export const orders = () => withStore(async (db) => [...(await allCopies(db)).values()], []);
const findOrder = async (store, of) => (await store.get(of)) ?? (await store.index("number").get(of));
export const order = (of) =>
  withStore(async (db) => {
    const { store, all } = await readTransaction(db);
    return all ? all.get(of) ?? [...all.values()].find((it) => it.number === of) : unseal(await findOrder(store, of));
  });
/** The UUID of a stored order, locked or not. */
export const uuidOf = async (of) => {
  const db = await databaseEvenLocked();
  try {
    return db && (await findOrder(db.transaction("orders").store, of))?.uuid;
  } catch {
    return undefined;
  }
};

/** Deletes the copies of a user at sign-out; unsent entries stay for that user. */
export async function wipe() {
  try {
    const db = await databaseEvenLocked();
    const write = db?.transaction(["orders", "answers", "meta", "outbox"], "readwrite");
    const unsent = await write?.objectStore("outbox").count();
    await Promise.all(["orders", "answers"].map((name) => write?.objectStore(name).clear()));
    // The lock stays with unsent entries.
    for (const key of (await write?.objectStore("meta").getAllKeys()) ?? []) if (key !== "lock") await write.objectStore("meta").delete(key);
    await write?.done;
    hasSignedOut = true;
    db?.close();
    if (unsent === 0) await deleteDB(db.name);
  } catch {
    // Already deleted.
  }
  forgetUser();
}

/** The user has signed out, in this tab or another: nothing is stored from here on. */
export function forgetUser() {
  hasSignedOut = true;
  sessionStorage.clear();
  localStorage.removeItem(WHO);
  cipher = undefined;
  close();
}
