// What tests and measurements ask of a device. Nothing in here knows Playwright.
import { randomBytes } from "node:crypto";

/** A version 7 UUID (RFC 9562), as a form makes one. */
export function uuid7() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** In a page: everything of one store of this device's database; nothing where it keeps nothing. */
export async function keptHere(store) {
  const who = JSON.parse(localStorage.getItem("curlew-who") ?? "null");
  if (!who || !(await indexedDB.databases()).some((it) => it.name === `curlew-${who.user}`)) return [];
  const db = await new Promise((resolve) => { indexedDB.open(`curlew-${who.user}`).onsuccess = (event) => resolve(event.target.result); });
  const all = await new Promise((resolve) => { db.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve(event.target.result); });
  db.close();
  return all;
}

/** In a page: gives the copies of orders the names that an earlier release gave their parts. */
export async function copiesOfEarlierRelease() {
  const { user } = JSON.parse(localStorage.getItem("curlew-who"));
  const db = await new Promise((resolve) => { indexedDB.open(`curlew-${user}`).onsuccess = (event) => resolve(event.target.result); });
  const write = db.transaction("orders", "readwrite");
  const orders = write.objectStore("orders");
  let renamed = 0;
  orders.getAll().onsuccess = ({ target }) => {
    for (const it of target.result) {
      const { sections, ...shown } = it.shown;
      orders.put({ ...it, shown: { ...shown, story: sections.map(({ title, fields }) => ({ title, facts: fields })) } });
      renamed++;
    }
  };
  await new Promise((resolve) => { write.oncomplete = resolve; });
  db.close();
  return renamed;
}

/** In a page: whether it can start with no signal. */
export const startsHere = async () => Boolean((await caches.match("/shell", { ignoreSearch: true })) && navigator.serviceWorker.controller);
