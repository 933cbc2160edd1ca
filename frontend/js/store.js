// What this device keeps: one database a person, so that nobody ever reads another one's.
import { deleteDB, openDB } from "idb";
import { part } from "./parts.js";

/** Who was last here: a number and a name, for the start with no signal. */
const WHO = "curlew-who";

/** Answers that are kept by their question. */
const ANSWERS = 300;

let opened;
/** The database that is open. */
let current;
/** Closes the database, this one or whichever is open; what is asked next opens it anew. */
function shut(db) {
  if (db && db !== current) return db.close();
  opened?.then((it) => it?.close());
  opened = current = cached = undefined;
}
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
  shut();
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
/** A record as it is kept under a lock. */
const closed = (by, store, value) =>
  by ? { ...Object.fromEntries(CLEAR[store].filter((it) => value[it] !== undefined).map((it) => [it, value[it]])), box: by.seal(JSON.stringify(value)) } : value;
/** A record as it was before it was kept; nothing for one that another lock sealed. */
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
 * The copies as this tab read them last, by UUID: to read them all takes a slow phone longer than a hand waits. They are of one database,
 * and of one mark in it: whoever writes copies, in whatever tab, sets another one with them.
 */
let cached;
const MARK = "copies";
/** What this tab has read of a database, if its mark is still this one. */
const readAt = (db, by) => (by && cached?.of === db && cached.by === by ? cached : undefined);
/** The store of the copies, and what this tab has read of it already, if nobody wrote since; both of one moment. */
async function reading(db) {
  const read = db.transaction(["meta", "orders"]);
  const by = await read.objectStore("meta").get(MARK);
  return { by, store: read.objectStore("orders"), all: readAt(db, by)?.all };
}
async function copies(db) {
  const { by, store, all } = await reading(db);
  if (all) return all;
  const read = new Map(unsealed(await store.getAll()).map((it) => [it.uuid, it]));
  // Closed meanwhile, it is not kept.
  if (db === current) cached = { of: db, by, all: read };
  return read;
}

/**
 * Writes into some stores, in one transaction: `act` gets each by its name, with its records as they were before they were kept.
 * Nothing is written where the lock is no longer the one that this tab opened; whatever closes meanwhile, what was begun is sealed.
 */
export const writing = (names, act, fallback) =>
  withStore(async (db) => {
    const by = cipher;
    const write = db.transaction([...names, "meta"], "readwrite");
    // Whoever waits for it hears of it.
    write.done.catch(() => undefined);
    const kept = write.objectStore("meta");
    if ((await kept.get("lock"))?.id !== by?.id) {
      write.abort();
      throw new DOMException("This is another lock.", "InvalidStateError");
    }
    // What this tab has read stays, with what is written now.
    const copied = names.includes("orders");
    const known = copied ? readAt(db, await kept.get(MARK)) : undefined;
    const anew = crypto.randomUUID();
    if (copied) await kept.put(anew, MARK);
    const written = [];
    const open = (name) => {
      const store = write.objectStore(name);
      return {
        raw: store,
        get: async (key) => unseal(await store.get(key), by),
        all: async () => unsealed(await store.getAll(), by),
        add: (value) => store.add(closed(by, name, value)),
        put(value) {
          if (name === "orders") written.push((all) => all.set(value.uuid, value));
          return store.put(closed(by, name, value));
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
      // Half of it is none of it; what has ended by itself needs no hand.
      try {
        write.abort();
      } catch {
        // As it is.
      }
      throw cause;
    }
  }, fallback);

/** Everything of a store as it lies there, sealed or not; nothing when it cannot be read. */
export const raw = async (store) => {
  const db = await unlocked();
  try {
    return (await db?.getAll(store)) ?? [];
  } catch {
    shut(db);
    return undefined;
  }
};
/** The records of what is kept, as they were before. */
export const unsealed = (records, by = cipher) => records.map((it) => unseal(it, by)).filter(Boolean);

/** Opens the lock, if it is there and this tab or another one knows its key. */
async function look(db) {
  const kept = await db.get("meta", "lock");
  const known = kept && ownKey();
  // Of another person's lock it may be: then it opens nothing here.
  const by = known && (await part("lock"));
  // Closed meanwhile: what holds is what is found next.
  if (db !== current) return;
  cipher = by?.behind(kept, known);
  if (by && !cipher) {
    foreign = known;
    sessionStorage.removeItem(KEY);
  }
  const before = locked;
  locked = Boolean(kept) && !cipher;
  if (locked && (by || !known)) keys.postMessage("who knows?");
  if (locked !== before) moved();
}
/** The key that this tab knows, as text. */
export const ownKey = () => sessionStorage.getItem(KEY);
/** Takes a key (nothing: forgets it), and tells the other tabs. */
export function know(key, tell = true) {
  if (key && key !== foreign) foreign = undefined;
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
  if (tell) keys.postMessage({ key });
  shut();
  locked = false;
  return database().then(moved);
}
keys.onmessage = ({ data }) => {
  const own = ownKey();
  if (data === "who knows?") return own && keys.postMessage({ key: own });
  if (data.key && data.key === foreign) return;
  if ((data.key ?? null) !== own || locked) know(data.key, false);
};

/** Puts a lock on, or (nothing) takes it off: everything that is kept is written anew. Answers whether it was done. */
export async function relock(made) {
  const names = Object.keys(CLEAR);
  const whole = await writing(names, async (stores) => {
    const { transaction } = stores.orders.raw;
    for (const name of names) {
      const [records, count] = [await stores[name].all(), await stores[name].raw.count()];
      // One that this lock does not open stays what it is, and so does everything.
      if (records.length < count) return transaction.abort();
      for (const it of records) await stores[name].raw.put(closed(made?.cipher, name, it));
    }
    const meta = transaction.objectStore("meta");
    await (made ? meta.put(made.lock, "lock") : meta.delete("lock"));
    return true;
  }, false);
  if (whole) await know(made && made.key);
  return Boolean(whole);
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
  if (openedFor !== person.user) shut();
  openedFor = person.user;
  opened ??= begin(person.user).then(async (db) => {
    current = db;
    await look(db);
    return db;
  }).catch(() => { opened = undefined; });
  return opened;
}

/** Opens the database of a person, and makes it where there is none. Asynchronous from its first line: a browser without databases throws. */
const begin = async (user) => {
  const db = await openDB(`curlew-${user}`, 1, {
    upgrade(db) {
      db.createObjectStore("orders", { keyPath: "uuid" }).createIndex("number", "number");
      db.createObjectStore("answers", { keyPath: "key" }).createIndex("at", "at");
      db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("key", "key");
      db.createObjectStore("meta");
    },
    // Another tab wipes it, or the browser does.
    blocking: () => shut(db),
    terminated: () => shut(db),
  });
  return db;
};

/** Does something with the database, in one transaction; `fallback` where there is none, or it cannot be done. */
async function withStore(act, fallback, again = true) {
  const db = await database();
  try {
    return db ? await act(db) : fallback;
  } catch (cause) {
    const wiped = ["InvalidStateError", "AbortError"].includes(cause?.name);
    // There, and not what it should be: nothing in it can be read, so nothing is lost.
    const broken = cause?.name === "NotFoundError";
    if (wiped || broken) shut(db);
    if (broken) await deleteDB(db.name).catch(() => undefined);
    // Wiped in that moment, by the browser or by hand, it is made anew: once more.
    return wiped && again ? withStore(act, fallback, false) : fallback;
  }
}

export const meta = (key) => withStore((db) => db.get("meta", key));
export const setMeta = (key, value) => withStore((db) => db.put("meta", value, key));

/** Keeps an answer, and lets go of the oldest ones. */
export const keepAnswer = (key, text) =>
  writing(["answers"], async ({ answers }, by) => {
    // What was looked for would stand there for everybody to read.
    if (by && key.includes("query=")) return;
    await answers.put({ key, text, at: Date.now() });
    let over = (await answers.raw.count()) - ANSWERS;
    for (let cursor = over > 0 ? await answers.raw.index("at").openCursor() : null; cursor && over > 0; over--) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
  });

export const answer = (key) => withStore(async (db) => unseal(await db.get("answers", key)));

/** The first kept answer whose question begins so. */
export const answerLike = (start) =>
  withStore(async (db) => unseal((await db.getAll("answers", IDBKeyRange.bound(start, `${start}\uffff`), 1))[0]));

export const orders = () => withStore(async (db) => [...(await copies(db)).values()], []);
const named = async (store, of) => (await store.get(of)) ?? (await store.index("number").get(of));
export const order = (of) =>
  withStore(async (db) => {
    const { store, all } = await reading(db);
    return all ? all.get(of) ?? [...all.values()].find((it) => it.number === of) : unseal(await named(store, of));
  });
/** The UUID of an order that is kept, open or not. */
export const uuidOf = async (of) => {
  const db = await unlocked();
  try {
    return db && (await named(db.transaction("orders").store, of))?.uuid;
  } catch {
    return undefined;
  }
};

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
  leave();
}

/** Whoever was here has signed out, in this tab or another one: nothing is kept from here on. */
export function leave() {
  left = true;
  sessionStorage.clear();
  localStorage.removeItem(WHO);
  cipher = undefined;
  shut();
}
