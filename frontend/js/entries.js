// The outbox: changes made offline, in order. An entry leaves it only by a verdict of the server or an action of its user.
import { loadModule } from "./modules.js";
import { isLocked, forgetUser, meta, order, rawRecords, unsealAll, uuidOf, who, writeStores } from "./store.js";
import { business, statusCode } from "./format.js";

const channel = new BroadcastChannel("curlew-outbox");
/** Dispatched when the outbox changes, in every tab. */
export const outboxEvents = new EventTarget();
const notifyHere = () => {
  entries();
  outboxEvents.dispatchEvent(new Event("changed"));
};
/** Tells all tabs. */
export const notifyTabs = () => {
  channel.postMessage("changed");
  notifyHere();
};
channel.onmessage = ({ data }) => {
  // The user signed out in another tab.
  if (data === "left") forgetUser();
  notifyHere();
};
/** Tells the other tabs that the user signs out. */
export const announceSignOut = () => channel.postMessage("left");

/** Makes a UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest random. */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 2 ** (8 * (5 - n))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The number of entries; undefined until it is known. */
let entryCount;

/** The stored entries; undefined when they can't be read. */
async function storedEntries() {
  const all = await rawRecords("outbox");
  entryCount = all?.length;
  return all;
}

/** The entries, oldest first. */
export async function entries() {
  const all = await storedEntries();
  return isLocked() ? [] : unsealAll(all ?? []);
}
entries();

/** Whether anything may wait to be sent. */
export const mayHaveUnsent = () => entryCount !== 0;

/** Whether entries of this order wait: the next change has to queue behind them. */
export async function hasUnsent(number) {
  const all = number ? await storedEntries() : [];
  if (all?.length === 0) return false;
  const uuid = await uuidOf(number);
  return !all || all.some((it) => [uuid, number].includes(it.order));
}

/** The number of entries, locked or not. */
export const unsentCount = async () => (await storedEntries())?.length ?? 0;

/** Makes an entry from a request of a page; undefined when it can't be queued. */
async function entryOf(name, given) {
  switch (name) {
    case "orders/create":
      return { kind: "create", uuid: given.uuid, draft: given.draft, order: given.uuid };
    case "orders/edit": {
      const kept = await order(given.number);
      // Changes are relative to what the form was rendered with, not to the current copy.
      const before = renderedValues(given) ?? (kept?.version === given.version ? kept.draft : undefined);
      if (!before) return undefined;
      const fields = new Set([...Object.keys(before), ...Object.keys(given.draft)]);
      const differs = (field) => (before[field] ?? "") !== (given.draft[field] ?? "") && !kept?.locked.includes(field);
      const changes = [...fields].filter(differs).map((field) => [field, before[field] ?? "", given.draft[field] ?? ""]);
      const form = formOf(given.number);
      const labels = Object.fromEntries(changes.map(([field, from, to]) => [field, [from, to].map((value) => labelIn(form, field, value))]));
      return { kind: "edit", version: given.version, changes, labels, order: kept?.uuid ?? given.number };
    }
    case "orders/change_status": {
      const kept = await order(given.number);
      const from = kept?.version === given.version ? kept.row.status : statusCode(document.querySelector(".order-head .status-badge")?.textContent);
      return from && { kind: "move", version: given.version, from, to: given.to, asked: given.asked, order: kept?.uuid ?? given.number };
    }
    case "comments/save": {
      const uuid = (await order(given.number))?.uuid ?? given.number;
      if (given.id === null) return { kind: "comment", text: given.text, order: uuid };
      // An unsent comment has no id yet: it is referred to by its entry.
      const of = given.id < 0 ? (await entries()).find((it) => it.seq === -given.id)?.key : undefined;
      return given.id < 0 && !of ? undefined : { kind: "comment_status", id: given.id, of, status: given.text, order: uuid };
    }
    default:
      return undefined;
  }
}

/** The open form of an order. */
const formOf = (number) => [...document.querySelectorAll("#page .order-form")].find((it) => new URL(it.action).pathname === `/orders/${number}/update/`);

/** A value as its form shows it. */
function labelIn(form, field, value) {
  const it = form?.elements[field];
  const option = it instanceof HTMLSelectElement && [...it.options].find((option) => option.value === value);
  return (option && option.text) || value;
}

/** What the open form of an order was rendered with, if it has this version. */
function renderedValues({ number, version }) {
  const form = formOf(number);
  if (Number(form?.elements.version?.value) !== version) return undefined;
  const drawn = {};
  for (const it of form.elements) {
    if (!it.name || ["uuid", "version", "page_user"].includes(it.name) || it.name.includes(".")) continue;
    if (it.type === "checkbox") drawn[it.name] = it.defaultChecked ? it.value : "";
    else if (it instanceof HTMLSelectElement) drawn[it.name] = [...it.options].find((option) => option.defaultSelected)?.value ?? "";
    else drawn[it.name] = it.defaultValue ?? "";
  }
  return drawn;
}

/** The user of the page. */
const pageUser = () => Number(document.body.dataset.user) || undefined;

/** Queues a request of a page; returns the response that the server would have given, or undefined. */
export async function enqueue(name, given, key) {
  // Someone else signed in in another tab: this page's user no longer has an outbox here.
  const user = pageUser() ?? who()?.user;
  if (who() && who().user !== user) return undefined;
  const entry = await entryOf(name, given);
  if (!entry) return undefined;
  if (entry.kind === "edit" && entry.changes.length === 0) return "null";
  // If the module can't be loaded, the change is queued anyway, and shown once it is sent.
  const module = await loadModule("apply");
  const kept = {
    ...entry,
    key,
    at: Date.now(),
    contact: (await meta("contact")) ?? "",
    user,
  };
  const stored = await writeStores(["outbox", "orders"], async ({ outbox, orders }) => {
    delete kept.seq;
    kept.after = (await outbox.raw.getAll()).findLast((it) => it.order === kept.order)?.key;
    kept.seq = await outbox.add(kept);
    const after = module?.apply(kept, await orders.get(kept.order));
    if (after) await orders.put(after);
    return true;
  }, false);
  if (!stored) return undefined;
  entryCount += 1;
  outboxEvents.dispatchEvent(new CustomEvent("queued", { detail: { name, given } }));
  notifyTabs();
  return name === "orders/create" ? JSON.stringify(kept.uuid) : "null";
}

/** Stores the verdict of an entry, if it is still the one that was sent; deletes it when done. Returns whether it was stored; does not notify. */
export const storeVerdict = (seq, key, verdict) =>
  writeStores(["outbox"], async ({ outbox }) => {
    const entry = await outbox.get(seq);
    if (entry?.key === key) await (verdict ? outbox.put({ ...entry, verdict }) : outbox.delete(seq));
    return true;
  }, false);

/** Replaces an entry that its user edited, with a new key, if the old one still waits for the user. */
export const resend = ({ seq, key: old }, changes) =>
  writeStores(["outbox"], async ({ outbox }) => {
    const entry = await outbox.get(seq);
    if (entry?.key !== old || !entry.verdict) return;
    const key = uuid7();
    await outbox.put({ ...entry, ...changes, key, verdict: undefined });
    // Later entries of it, or of a comment that it creates, refer to the new key.
    const follow = (it, what) => (it[what] === old ? { [what]: key } : {});
    for (const it of await outbox.all()) if (it.of === old || it.after === old) await outbox.put({ ...it, ...follow(it, "of"), ...follow(it, "after") });
  }).then(notifyTabs);

/** Updates a copy to the server's number and version. */
const withVersion = (kept, number, version) => ({ ...kept, number, version, stamped: Date.now(), row: { ...kept.row, number }, shown: { ...kept.shown, number, version } });

/** Updates the copy with an acknowledged change immediately: the connection may be lost before the next sync. */
export async function applySaved(name, given, answer) {
  const entry = await entryOf(name, given);
  const module = ["create", "move"].includes(entry?.kind) || entry?.changes?.length ? await loadModule("apply") : undefined;
  // Before the first sync this device knows no status rules and no time zone: the sync that follows brings the order.
  if (!module || !business.zone) return;
  await writeStores(["orders"], async ({ orders }) => {
    const before = await orders.get(entry.order);
    // Synced meanwhile, including this change.
    if (before?.version > entry.version) return;
    const after = module.apply({ ...entry, at: Date.now(), user: who()?.user }, before, "You");
    if (!after) return;
    // An outdated copy stays outdated, so that nothing overwrites changes that it does not have.
    const caught = before?.version === entry.version ? entry.version + 1 : after.version;
    await orders.put(entry.kind === "create" ? withVersion(after, JSON.parse(answer), 1) : withVersion(after, after.number, caught));
  });
}

/** Updates the copy after an entry was carried out, unless it misses changes of others. */
export const applySent = (entry, { number, version }) =>
  writeStores(["orders"], async ({ orders }) => {
    const kept = await orders.get(entry.order);
    const next = kept && kept.version + (["edit", "move"].includes(entry.kind) ? 1 : 0);
    if (kept) await orders.put(withVersion(kept, number, next === version || entry.kind === "create" ? Math.max(kept.version, version) : kept.version));
  });

/** Whether the conflict is only with this device's own earlier changes, which the form already had. */
export function isOwnConflict(given, { fields, merged }) {
  const drawn = renderedValues(given);
  return Boolean(drawn) && fields.length > 0 && merged.length === 0 && fields.every((it) => (drawn[it.field] ?? "") === it.theirs);
}

/** Replaces order numbers by UUIDs in the outbox once they are known. */
export const replaceNumbersByUuids = (known) =>
  writeStores(["outbox"], async ({ outbox }) => {
    for (const it of await outbox.all()) {
      const { uuid = it.order } = known.find(({ number }) => number === it.order) ?? {};
      if (uuid !== it.order) await outbox.put({ ...it, order: uuid });
    }
  });
