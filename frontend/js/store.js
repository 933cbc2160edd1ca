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

/** The database of this person; nothing where the browser has none (private mode, full disk, refused). */
export async function database() {
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
    const write = db.transaction("answers", "readwrite");
    await write.store.put({ key, text, at: Date.now() });
    let over = (await write.store.count()) - ANSWERS;
    for (let cursor = over > 0 ? await write.store.index("at").openCursor() : null; cursor && over > 0; over--) {
      await cursor.delete();
      cursor = await cursor.continue();
    }
    await write.done;
  });

export const answer = (key) => withStore((db) => db.get("answers", key));

/** The first kept answer whose question begins so. */
export const answerLike = (start) =>
  withStore(async (db) => (await db.getAll("answers", IDBKeyRange.bound(start, `${start}\uffff`), 1))[0]);

export const orders = () => withStore((db) => db.getAll("orders"), []);
export const order = (of) =>
  withStore(async (db) => (await db.get("orders", of)) ?? (await db.getFromIndex("orders", "number", of)));

/** Wipes the copies of a person who signs out; what was not sent stays, for its owner alone. */
export async function wipe() {
  await withStore(async (db) => {
    const write = db.transaction(["orders", "answers", "meta"], "readwrite");
    await Promise.all([...write.objectStoreNames].map((name) => write.objectStore(name).clear()));
    await write.done;
    const unsent = await db.count("outbox");
    left = true;
    db.close();
    if (unsent === 0) await deleteDB(db.name);
  });
  leave();
}

/** Whoever was here has signed out, in this tab or another one: nothing is kept from here on. */
export function leave() {
  left = true;
  localStorage.removeItem(WHO);
}
