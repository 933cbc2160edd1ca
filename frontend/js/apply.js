// Applies outbox entries to the copies of this device.
import { day, momentOf, transitionsFrom, shownDay, statusLabel, formatAmount } from "./core.js";
import { searchText, withoutExtension } from "./search.js";

const contactOf = (draft) => [draft.first_name, draft.last_name].filter(Boolean).join(" ");
const customerOf = (draft) => draft.business_name || contactOf(draft) || draft.mobile || draft.landline || draft.email || "No name";

/** A phone number as a `tel:` link needs it, without its extension; null without digits. */
const dialable = (number) => (number && withoutExtension(number).replace(/[^+\d]/g, "")) || null;

/** Whether a follow-up is due: today or earlier, and the order neither cancelled nor (unless it is a renewal) connected. */
export const isDue = ({ follow_up, row, draft }, today) =>
  Boolean(follow_up) && follow_up <= today && row.status !== "CNL" && (row.status !== "CN" || draft.follow_up_kind === "renewal");

/** Formats a follow-up; null when there is none. */
function followUp({ follow_up_on: on, follow_up_kind: kind, follow_up_note: note }) {
  if (!on) return null;
  return `${FOLLOW_UPS[kind] ?? "Follow-up"}, ${shownDay(on)}${note ? `: ${note}` : ""}`;
}
const FOLLOW_UPS = { call_back: "Call back", stock_due: "Stock due", contract_ends: "Contract ends", renewal: "Renewal", other: "Other" };

/** Rebuilds the row and the view model of an order after its fields changed. */
function rebuildCopy(kept) {
  const { draft } = kept;
  const contact = contactOf(draft);
  const row = {
    ...kept.row,
    status: draft.status ?? kept.row.status,
    customer: customerOf(draft),
    contact: draft.business_name && contact ? contact : null,
    mobile: draft.mobile || null,
    mobile_e164: draft.mobile === kept.row.mobile ? kept.row.mobile_e164 : dialable(draft.mobile),
    network: draft.network || null,
    box_value: formatAmount(draft.box_value),
  };
  const followed = ["follow_up_on", "follow_up_kind", "follow_up_note"].some((field) => (draft[field] ?? "") !== (kept.shown.draft[field] ?? ""));
  const said = { ...(followed && { "Follow-up": followUp(draft) }), Network: draft.network, Handset: draft.handset, Tariff: draft.tariff, "Box value": row.box_value, Mobile: draft.mobile, Landline: draft.landline, "E-mail": draft.email };
  // Copies of earlier releases have `story` and `facts` instead of sections and fields.
  const { story, ...shown } = kept.shown;
  const before = shown.sections ?? story.map(({ title, facts }) => ({ title, fields: facts }));
  const sections = before.map((section) => ({
    ...section,
    // A cleared field is removed, and a changed phone number gets its new link.
    fields: section.fields
      .map((field) => {
        const value = field.label in said ? said[field.label] : field.value;
        if (value === field.value) return field;
        return { ...field, value, link: field.link?.startsWith("tel:") ? `tel:${dialable(value)}` : field.link?.startsWith("mailto:") ? `mailto:${value}` : field.link };
      })
      .filter((field) => field.value),
  }));
  const search = searchText(kept.number, draft);
  const link = (field) => (draft[field] ? Number(draft[field]) : null);
  const follow_up = draft.follow_up_on ?? "";
  return {
    ...kept,
    row,
    search,
    follow_up,
    owner: "owner" in draft ? link("owner") : kept.owner,
    campaign: link("campaign"),
    company: link("company"),
    shown: {
      ...shown,
      status: row.status,
      customer: row.customer,
      box_value: row.box_value,
      draft,
      sections,
      // The transitions depend on the current status.
      next: row.status === kept.row.status ? kept.shown.next : transitionsFrom(row.status),
      follow_up: followed ? followUp(draft) : kept.shown.follow_up,
      due: isDue({ follow_up, row, draft }, day()),
    },
  };
}

/** Makes an order that exists on this device only. */
function newOrder(entry) {
  const { draft, order: uuid, at, user } = entry;
  const fields = (labels) => labels.filter(([, value]) => value).map(([label, value]) => ({ label, value, link: ["Mobile", "Landline"].includes(label) ? `tel:${dialable(value)}` : null }));
  const sections = [
    { title: "Contact", fields: fields([["Name", contactOf(draft)], ["Mobile", draft.mobile], ["Landline", draft.landline], ["E-mail", draft.email]]) },
    { title: "Sale", fields: fields([["Network", draft.network], ["Handset", draft.handset], ["Tariff", draft.tariff]]) },
    { title: "Address", fields: fields([["Billing", [draft.billing_house, draft.billing_street, draft.billing_city, draft.billing_postcode].filter(Boolean).join(", ")]]) },
  ].filter((section) => section.fields.length > 0);
  const row = { number: uuid, status: draft.status || "NW", customer: "", contact: null, mobile: null, mobile_e164: null, network: null, campaign: null, owner: null, box_value: null, at: momentOf(at), marks: [] };
  const next = transitionsFrom(row.status);
  const shown = {
    number: uuid, version: 1, status: row.status, customer: "", box_value: null, connected_on: null, sections, timeline: [], similar: [], merge: null,
    may_edit: true, may_comment: true, may_create: true, next, draft, refused: null, may_trash: false, may_undo: false, follow_up: null, due: false,
  };
  return { uuid, number: uuid, version: 1, row, shown, draft, locked: [], created: day(at), connected: "", owner: user, team: null, campaign: null, company: null, follow_up: "", search: "" };
}

const HAPPENED = { create: "created", edit: "edited", move: "moved" };

/** Applies an entry to an order; undefined when this device does not have the order. */
export function apply(entry, before, by = "You, not sent yet") {
  const kept = entry.kind === "create" && !before ? newOrder(entry) : before;
  if (!kept) return undefined;
  const after = { ...kept, draft: { ...kept.draft } };
  const at = momentOf(entry.at);
  const said = [];
  const changes = entry.kind === "move" ? [["status", entry.from, entry.to]] : entry.changes ?? [];
  const labels = (field, value, nth) => (field === "status" ? statusLabel(value) : entry.labels?.[field]?.[nth]);
  const c = changes.map(([f, o, n]) => ({ f, o, n, ol: labels(f, o, 0), nl: labels(f, n, 1) }));
  if (HAPPENED[entry.kind]) said.push({ Change: { happened: HAPPENED[entry.kind], by, at, payload: { c } } });
  if (entry.kind === "edit") for (const [field, , to] of entry.changes) after.draft[field] = to;
  if (entry.kind === "move") Object.assign(after.draft, entry.asked, { status: entry.to });
  if (entry.kind === "comment") said.push({ Comment: { id: -entry.seq, author: by, body: entry.text, created: at, status: "Open", status_by: null } });
  after.shown = { ...after.shown, timeline: [...said, ...after.shown.timeline] };
  if (entry.kind === "comment_status") {
    after.shown.timeline = after.shown.timeline.map((it) => (it.Comment?.id === entry.id ? { Comment: { ...it.Comment, status: entry.status } } : it));
  }
  return rebuildCopy(after);
}
