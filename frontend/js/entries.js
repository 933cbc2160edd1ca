// The outbox: what was done while nobody answered, in its order. Nothing leaves it but by a verdict of the server or by its owner's hand.
import { part } from "./parts.js";
import { isLocked, leave, meta, order, raw, unsealed, uuidOf, who, writing } from "./store.js";
import { statusCode } from "./words.js";

/** Says that the outbox changed, to every tab. */
const channel = new BroadcastChannel("curlew-outbox");
export const heard = new EventTarget();
const told = () => {
  entries();
  heard.dispatchEvent(new Event("changed"));
};
/** Tells it to every tab. */
export const tell = () => {
  channel.postMessage("changed");
  told();
};
channel.onmessage = ({ data }) => {
  // Whoever was here signed out in another tab.
  if (data === "left") leave();
  told();
};
/** Tells the other tabs that whoever was here signs out. */
export const goodbye = () => channel.postMessage("left");

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, the rest at random. */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let n = 0; n < 6; n++) bytes[n] = Math.floor(now / 2 ** (8 * (5 - n))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** How many entries there are; nothing before it is known. */
let count;

/** The entries as they lie there; nothing when they cannot be read. */
async function lying() {
  const all = await raw("outbox");
  count = all?.length;
  return all;
}

/** The entries, the oldest first. */
export async function entries() {
  const all = await lying();
  return isLocked() ? [] : unsealed(all ?? []);
}
entries();

/** Whether anything may wait to be sent. */
export const mayWait = () => count !== 0;

/** Whether something about this order waits: what is done on it next goes behind that. */
export async function waits(number) {
  const all = number ? await lying() : [];
  if (all?.length === 0) return false;
  const uuid = await uuidOf(number);
  return !all || all.some((it) => [uuid, number].includes(it.order));
}

/** How many entries there are, open or locked. */
export const unsent = async () => (await lying())?.length ?? 0;

/** The entry that a question of a page becomes; nothing when it cannot wait. */
async function entryOf(name, given) {
  switch (name) {
    case "orders/create":
      return { kind: "create", uuid: given.uuid, draft: given.draft, order: given.uuid };
    case "orders/edit": {
      const kept = await order(given.number);
      // What was changed is what differs from what the form was drawn with, not from what this device knows by now.
      const before = drawnWith(given) ?? (kept?.version === given.version ? kept.draft : undefined);
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
      const from = kept?.version === given.version ? kept.row.status : statusCode(document.querySelector(".order-head .status")?.textContent);
      return from && { kind: "move", version: given.version, from, to: given.to, asked: given.asked, order: kept?.uuid ?? given.number };
    }
    case "comments/save": {
      const uuid = (await order(given.number))?.uuid ?? given.number;
      if (given.id === null) return { kind: "comment", text: given.text, order: uuid };
      // A comment that is not sent has no id yet: it is named by the entry that writes it.
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

/** What the open form of an order was drawn with, if it is at this version. */
function drawnWith({ number, version }) {
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

/** Whose page this is. */
const pageUser = () => Number(document.body.dataset.user) || undefined;

/** Puts what a page asked for into the outbox; answers what the server would have, or nothing. */
export async function queue(name, given, key) {
  // Somebody else signed in in another tab: this page's person has no outbox here any more.
  const user = pageUser() ?? who()?.user;
  if (who() && who().user !== user) return undefined;
  const entry = await entryOf(name, given);
  if (!entry) return undefined;
  if (entry.kind === "edit" && entry.changes.length === 0) return "null";
  // Where it cannot come what was done waits all the same, and shows once it is sent.
  const looks = await part("looks");
  const kept = {
    ...entry,
    key,
    at: Date.now(),
    contact: (await meta("contact")) ?? "",
    user,
    verdict: undefined,
  };
  const stored = await writing(["outbox", "orders"], async ({ outbox, orders }) => {
    delete kept.seq;
    kept.after = (await outbox.raw.getAll()).findLast((it) => it.order === kept.order)?.key;
    kept.seq = await outbox.add(kept);
    const after = looks?.apply(kept, await orders.get(kept.order));
    if (after) await orders.put(after);
    return true;
  }, false);
  if (!stored) return undefined;
  count += 1;
  heard.dispatchEvent(new CustomEvent("queued", { detail: { name, given } }));
  tell();
  return name === "orders/create" ? JSON.stringify(kept.uuid) : "null";
}

/** Writes what became of an entry, if it is still the one that was sent; done, it goes. Answers whether it was written; it tells nobody. */
export const settle = (seq, key, verdict) =>
  writing(["outbox"], async ({ outbox }) => {
    const entry = await outbox.get(seq);
    if (entry?.key === key) await (verdict ? outbox.put({ ...entry, verdict }) : outbox.delete(seq));
    return true;
  }, false);

/** Puts an entry that was changed by its owner in the place of the old one, under a key of its own, if that one still waits for its owner. */
export const replace = ({ seq, key: old }, changes) =>
  writing(["outbox"], async ({ outbox }) => {
    const entry = await outbox.get(seq);
    if (entry?.key !== old || !entry.verdict) return;
    const key = uuid7();
    await outbox.put({ ...entry, ...changes, key, verdict: undefined });
    // What was done after it, or about a comment that it writes, follows it.
    const follow = (it, what) => (it[what] === old ? { [what]: key } : {});
    for (const it of await outbox.all()) if (it.of === old || it.after === old) await outbox.put({ ...it, ...follow(it, "of"), ...follow(it, "after") });
  }).then(tell);

/** A copy as the server has the order now: under its number, at its version. */
const stamped = (kept, number, version) => ({ ...kept, number, version, stamped: Date.now(), row: { ...kept.row, number }, shown: { ...kept.shown, number, version } });

/** What the server did for a page is on the copy at once: the signal may be gone before the copies are read again. */
export async function done(name, given, answer) {
  const entry = await entryOf(name, given);
  const looks = ["create", "move"].includes(entry?.kind) || entry?.changes?.length ? await part("looks") : undefined;
  if (!looks) return;
  await writing(["orders"], async ({ orders }) => {
    const before = await orders.get(entry.order);
    // Read meanwhile, with this in it.
    if (before?.version > entry.version) return;
    const after = looks.apply({ ...entry, at: Date.now(), user: who()?.user }, before, "You");
    if (!after) return;
    // A copy that was behind stays behind, so that nothing is saved over what it does not have.
    const caught = before?.version === entry.version ? entry.version + 1 : after.version;
    await orders.put(entry.kind === "create" ? stamped(after, JSON.parse(answer), 1) : stamped(after, after.number, caught));
  });
}

/** What the server did of an entry: the copy is at that version, unless others were there meanwhile, whose changes it does not have. */
export const sent = (entry, { number, version }) =>
  writing(["orders"], async ({ orders }) => {
    const kept = await orders.get(entry.order);
    const next = kept && kept.version + (["edit", "move"].includes(entry.kind) ? 1 : 0);
    if (kept) await orders.put(stamped(kept, number, next === version || entry.kind === "create" ? Math.max(kept.version, version) : kept.version));
  });

/** Whether a save was held back by nothing but what was done here before it, which the form it was typed into had already. */
export function heldByOneself(given, { fields, merged }) {
  const drawn = drawnWith(given);
  return Boolean(drawn) && fields.length > 0 && merged.length === 0 && fields.every((it) => (drawn[it.field] ?? "") === it.theirs);
}

/** Entries that name an order by its number, which this device had not kept, name it as the others do from here on. */
export const adopt = (known) =>
  writing(["outbox"], async ({ outbox }) => {
    for (const it of await outbox.all()) {
      const { uuid = it.order } = known.find(({ number }) => number === it.order) ?? {};
      if (uuid !== it.order) await outbox.put({ ...it, order: uuid });
    }
  });
