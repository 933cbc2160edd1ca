// Drafts: stores the input of forms per user, and restores it when the form is rendered again, until it is
// sent or discarded. Loaded when something is typed, or a draft exists.
import "./dates.js";
import { button, forgetStored, outboxEvents, serverEvents, make, SAVED_COOKIE, submitted, onHydrated, who } from "./core.js";

const FORMS = "#page :is(.order-form, .timeline-write, .order-follow-up-form form, .action-form, .page-form)";
const FIELDS = "textarea, select, input:not([type=hidden], [type=password], [type=radio], [type=file], .suggest-line)";
/** Hidden fields that do not identify a form. */
const COMMON = ["page_user", "version", "uuid"];
const user = () => document.body.dataset.user || who()?.user || "";
const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((it) => it.name);
const nameOf = (form) => {
  const identifying = [...form.querySelectorAll("input[type=hidden]")].filter((it) => !COMMON.includes(it.name) && !it.name.includes(".")).map((it) => it.value);
  // A new order, a copy, and a shared text are different forms at one path.
  const page = form.matches(".order-form") ? location.search : "";
  return ["draft", user(), new URL(form.action).pathname + page, ...identifying].join(" ");
};
const isCheckbox = (it) => it.type === "checkbox";
const currentValue = (it) => (isCheckbox(it) ? (it.checked ? it.value : "") : it.value);
const renderedValue = (it) => {
  if (isCheckbox(it)) return it.defaultChecked ? it.value : "";
  return (it instanceof HTMLSelectElement ? ([...it.options].find((option) => option.defaultSelected) ?? it.options[0])?.value : it.defaultValue) ?? "";
};
/** The suggestion field before a select. */
const suggestLineOf = (it) => it.closest(".suggest")?.querySelector(".suggest-line");
/** The label of the chosen option. */
const labelOf = (it) => suggestLineOf(it)?.value ?? (it instanceof HTMLSelectElement ? it.selectedOptions[0]?.text : undefined);
/** The key of a field: checkboxes of a group share a name. */
const keyOf = (it) => (isCheckbox(it) ? `${it.name}=${it.value}` : it.name);
const changedFields = (form) => fields(form).filter((it) => currentValue(it) !== renderedValue(it));

/** Sets a field. */
function setValue(it, to, text) {
  if (isCheckbox(it)) return void (it.checked = to !== "");
  const line = suggestLineOf(it);
  if (it instanceof HTMLSelectElement && ![...it.options].some((option) => option.value === to)) it.add(new Option(text || to, to));
  it.value = to;
  if (line) line.value = to ? text || it.selectedOptions[0]?.text || "" : "";
}

/** Stores the changed fields with their initial values; deletes the draft when nothing is changed. */
function storeDraft(form) {
  const typed = changedFields(form).map((it) => [keyOf(it), renderedValue(it), currentValue(it), labelOf(it)]);
  try {
    if (typed.length > 0) localStorage.setItem(nameOf(form), JSON.stringify(typed));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // Without local storage there are no drafts.
  }
}

/** Reads the draft of a form. */
function readDraft(form) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(form)) ?? "null");
  } catch {
    return undefined;
  }
}

/** The drafts of forms that the application is sending, by action. */
const sendingDrafts = new Map();
/** The action of the form behind a server function. */
const PATHS = { "orders/create": () => ["/orders/new/"], "orders/edit": (of) => [`/orders/${of}/update/`, `/orders/${of}/follow-up/`], "orders/change_status": (of) => [`/orders/${of}/move/`], "comments/save": (of) => [`/orders/${of}/comment/`] };
/** The input is stored, on the server or in the outbox: delete its draft. */
const deleteSaved = ({ detail: { name, given } }) => {
  for (const path of PATHS[name]?.(given.number) ?? []) {
    if (sendingDrafts.has(path)) localStorage.removeItem(sendingDrafts.get(path));
    sendingDrafts.delete(path);
  }
};
serverEvents.addEventListener("written", deleteSaved);
outboxEvents.addEventListener("queued", deleteSaved);

/** Deletes the draft of a natively submitted form once the server's cookie confirms it: the page
 * that confirmed it may have been left before its scripts ran. */
const SENT = "curlew-sent";
const pathOf = (name) => name.split(" ")[2].split("?")[0];
function sentNames() {
  try {
    return JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  } catch {
    return [];
  }
}
function storeSentNames(names) {
  try {
    sessionStorage.setItem(SENT, JSON.stringify(names));
  } catch {
    // Without local storage there are no drafts.
  }
}
try {
  const stored = document.cookie.split("; ").find((it) => it.startsWith(`${SAVED_COOKIE}=`))?.slice(SAVED_COOKIE.length + 1);
  const names = sentNames().filter((name) => pathOf(name) === stored);
  for (const name of names) localStorage.removeItem(name);
  if (names.length > 0) {
    storeSentNames(sentNames().filter((name) => !names.includes(name)));
    forgetStored();
  }
} catch {
  // Without local storage there are no drafts.
}

/** Restores drafts into re-rendered forms. */
function restore() {
  for (const form of document.querySelectorAll(FORMS)) {
    const values = readDraft(form);
    // A refused form is rendered with its input.
    if (!values || form.querySelector(".draft-kept, [aria-invalid=true]") || changedFields(form).length > 0) continue;
    // A field that someone else changed meanwhile keeps its new value.
    for (const it of fields(form)) {
      const [, before, typed, text] = values.find(([key]) => key === keyOf(it)) ?? [];
      if (before === renderedValue(it)) setValue(it, typed, text);
    }
    if (changedFields(form).length === 0) {
      localStorage.removeItem(nameOf(form));
      continue;
    }
    form.closest("details")?.setAttribute("open", "");
    const said = make("p", { className: "muted draft-kept", role: "status", textContent: `What you typed earlier hasn't been ${form.matches(".order-form, .page-form") ? "saved" : "sent"} yet. ` });
    said.append(button("Discard", () => {
      for (const it of fields(form)) setValue(it, renderedValue(it));
      storeDraft(form);
      said.remove();
    }));
    form.prepend(said);
    // Tell the form about the input.
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const kind of ["input", "change"]) {
  addEventListener(kind, ({ target }) => {
    const form = target.closest?.(FORMS);
    if (!form || !target.matches(`${FIELDS}, .suggest-line`)) return;
    storeDraft(form);
  });
}
/** Handles a submit: whether the application or the browser sends it is known only after the event, when the page may be gone. */
function onSubmit(event) {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  const name = nameOf(form);
  const others = sentNames().filter((it) => it !== name);
  form.querySelector(".draft-kept")?.remove();
  sendingDrafts.set(pathOf(name), name);
  storeSentNames([...others, name]);
  setTimeout(() => { event.defaultPrevented ? storeSentNames(others) : sendingDrafts.delete(pathOf(name)); });
}
addEventListener("submit", onSubmit, true);
// A sent comment form is reset.
addEventListener("reset", ({ target: form }) => {
  if (!form.matches(FORMS)) return;
  localStorage.removeItem(nameOf(form));
}, true);
const earlierSubmit = submitted.event;
for (const form of document.querySelectorAll(FORMS)) {
  const isSent = form === earlierSubmit?.target;
  if (changedFields(form).length > 0 && !(isSent && submitted.isWritten)) storeDraft(form);
  if (isSent) onSubmit(earlierSubmit);
}
// Restoring before hydration would change what the server rendered.
onHydrated(() => {
  new MutationObserver(() => requestAnimationFrame(restore)).observe(document.getElementById("page"), { childList: true, subtree: true });
  restore();
});

/** Deletes the drafts of the user at sign-out. */
export const forget = () => {
  const mine = Object.keys(localStorage).filter((key) => key.startsWith(`draft ${user()} `));
  mine.forEach((key) => localStorage.removeItem(key));
};
