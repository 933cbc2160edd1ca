// The outbox dialog: every entry, its verdict, its actions; and the question before a sign-out with unsent changes.
import { announceSignOut, button, discard, entries, isReachable, make, momentOf, order, outboxEvents, resend, statusLabel, syncEvents, syncNow, unsentCount, wipe } from "./core.js";
import { loadModule } from "./modules.js";

const dialog = make("dialog", { className: "dialog outbox", id: "outbox" });
dialog.setAttribute("aria-labelledby", "outbox-title");
document.body.append(dialog);
// Not redrawn while the user presses or types.
const renderIfOpen = () => { if (dialog.open && !dialog.querySelector("input:focus")) render(); };
outboxEvents.addEventListener("changed", renderIfOpen);
syncEvents.addEventListener("changed", renderIfOpen);

/** Describes an entry. */
async function titleOf(entry) {
  const kept = await order(entry.order);
  const whom = kept?.row.customer ?? "Order";
  switch (entry.kind) {
    case "create": return `New order: ${whom}`;
    case "edit": return `${whom}: ${entry.changes.map(([field, from, to]) => [field, ...(entry.labels?.[field] ?? [from, to])]).map(([field, from, to]) => `${field.replaceAll("_", " ")} ${from || "(empty)"} → ${to || "(empty)"}`).join(", ")}`;
    case "move": return `${whom}: change status to ${statusLabel(entry.to)}`;
    case "comment": return `${whom}: “${entry.text}”`;
    default: return `${whom}: change comment status to ${entry.status}`;
  }
}

/** The state of an entry, and its actions. */
function verdictOf(entry) {
  const { verdict } = entry;
  if (!verdict) return [make("p", { className: "muted", textContent: isReachable() ? "Waiting to be sent" : "Waiting for a connection" })];
  if (verdict.verdict === "refused") {
    const messages = verdict.errors.map(([field, message]) => `${field.replaceAll("_", " ")}: ${message}`);
    const said = make("p", { className: "field-message", textContent: messages.length ? messages.join(" ") : verdict.sentence });
    const fields = entry.kind === "edit" || entry.kind === "create" ? verdict.errors.map(([field]) => input(entry, field)) : [];
    return [said, ...fields, button("Send again", () => resend(entry, {}).then(syncNow))];
  }
  const { conflict } = verdict;
  const rows = conflict.fields.map((it) => {
    const name = `pick-${entry.seq}-${it.field}`;
    const pick = (value, label, on) => {
      const radio = make("input", { type: "radio", name, value, checked: on });
      return make("label", { className: "checkbox" }, radio, `${value === "mine" ? "Yours" : conflict.by}: ${label || "(empty)"}`);
    };
    return make("fieldset", { className: "outbox-pick" }, make("legend", { textContent: it.field.replaceAll("_", " ") }), pick("theirs", it.theirs_label, false), pick("mine", it.mine_label, true));
  });
  const useChosenValues = (event) => {
    const holder = event.target.closest("li");
    const mine = conflict.fields.filter((it) => holder.querySelector(`[name="pick-${entry.seq}-${it.field}"]:checked`)?.value === "mine");
    if (conflict.fields.length === 0) return resend(entry, { version: conflict.version }).then(syncNow);
    if (entry.kind === "move") return mine.length ? resend(entry, { version: conflict.version, from: conflict.fields.find((it) => it.field === "status")?.theirs ?? entry.from }).then(syncNow) : discard(entry).then(render);
    const disputed = new Set(conflict.fields.map((it) => it.field));
    const kept = entry.changes.filter(([field]) => !disputed.has(field));
    const chosen = mine.map((it) => [it.field, it.theirs, it.mine]);
    const changes = [...kept, ...chosen];
    return changes.length ? resend(entry, { version: conflict.version, changes }).then(syncNow) : discard(entry).then(render);
  };
  return [make("p", { className: "field-message", textContent: `${conflict.by} changed this order in the meantime. Choose which values to keep.` }), ...rows, button("Use these values", useChosenValues, "button-primary")];
}

/** A field of a refused entry, to be corrected in place. */
function input(entry, field) {
  const at = entry.kind === "edit" ? entry.changes.find(([it]) => it === field) : [field, "", entry.draft[field] ?? ""];
  if (!at) return "";
  const it = make("input", { className: "input", value: at[2] });
  it.setAttribute("aria-label", field.replaceAll("_", " "));
  it.addEventListener("change", () => {
    if (entry.kind === "edit") at[2] = it.value;
    else entry.draft[field] = it.value;
    resend(entry, entry.kind === "edit" ? { changes: entry.changes } : { draft: entry.draft }).then(syncNow);
  });
  return make("label", { className: "field" }, field.replaceAll("_", " "), it);
}

async function render() {
  const all = await entries();
  const items = await Promise.all(all.map(async (entry) => {
    const acts = make("p", { className: "outbox-acts" }, button("Discard", () => {
      if (confirm("Discard this change? It hasn't been sent yet.")) discard(entry).then(render);
    }));
    return make("li", {}, make("strong", { textContent: await titleOf(entry) }), make("small", { textContent: momentOf(entry.at).full }), ...verdictOf(entry), acts);
  }));
  const none = make("p", { textContent: "All changes sent" });
  const save = make("a", { className: "button button-quiet", textContent: "Save to a file", download: "curlew-unsent.json" });
  save.href = URL.createObjectURL(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }));
  const end = make("p", { className: "outbox-end" }, ...(all.length ? [button("Send now", syncNow, "button-primary"), save] : []), button("Close", () => dialog.close()));
  dialog.replaceChildren(make("h2", { id: "outbox-title", textContent: "Unsent changes" }), all.length ? make("ul", {}, ...items) : none, end);
}

/** Opens the dialog. */
export async function open() {
  await render();
  if (!dialog.open) dialog.showModal();
}

/** Signs out: deletes the copies of this device after a confirmation; unsent changes stay, encrypted for their user. */
export async function signOut(form) {
  if ((await unsentCount()) && isReachable()) await syncNow().catch(() => undefined);
  const left = await unsentCount();
  if (left && !confirm(`You have ${left} unsent ${left === 1 ? "change" : "changes"}. Unsent changes stay on this device until you sign in here again. Sign out?`)) return open();
  // No tab reads or sends anything meanwhile.
  await navigator.locks.request("curlew-outbox", async () => {
    announceSignOut();
    document.documentElement.dataset.leaving = "yes";
    await wipe();
    (await loadModule("drafts"))?.forget();
    form.dataset.left = "yes";
    form.submit();
    await new Promise((resolve) => { setTimeout(resolve, 5_000); });
  });
}
