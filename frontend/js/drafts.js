// What is typed into a form and not sent yet: kept by this browser for its person, and put back when the form is drawn again, until it is
// sent or discarded. It comes when something is typed, or was.
import "./dates.js";
import { button, forgetStored, heard, line, make, STORED, submitted, taken, who } from "./core.js";

const FORMS = "#page :is(.order-form, .write, .follow-form form, .move-form, .page-form)";
const FIELDS = "textarea, select, input:not([type=hidden], [type=password], [type=radio], [type=file], .suggest-line)";
/** Hidden fields that tell no form from another. */
const COMMON = ["page_user", "version", "uuid"];
const user = () => document.body.dataset.user || who()?.user || "";
const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((it) => it.name);
const nameOf = (form) => {
  const told = [...form.querySelectorAll("input[type=hidden]")].filter((it) => !COMMON.includes(it.name) && !it.name.includes(".")).map((it) => it.value);
  // A new order, a copy of one and what was shared into one are different forms at one address.
  const page = form.matches(".order-form") ? location.search : "";
  return ["draft", user(), new URL(form.action).pathname + page, ...told].join(" ");
};
const isTick = (it) => it.type === "checkbox";
const value = (it) => (isTick(it) ? (it.checked ? it.value : "") : it.value);
const drawn = (it) => {
  if (isTick(it)) return it.defaultChecked ? it.value : "";
  return (it instanceof HTMLSelectElement ? ([...it.options].find((option) => option.defaultSelected) ?? it.options[0])?.value : it.defaultValue) ?? "";
};
/** The line with suggestions before a list that does not hold everything. */
const lineOf = (it) => it.closest(".suggest")?.querySelector(".suggest-line");
/** The words of what is chosen in such a list. */
const words = (it) => lineOf(it)?.value ?? (it instanceof HTMLSelectElement ? it.selectedOptions[0]?.text : undefined);
/** A field among those of its form: ticks of a group share a name. */
const keyOf = (it) => (isTick(it) ? `${it.name}=${it.value}` : it.name);
const touched = (form) => fields(form).filter((it) => value(it) !== drawn(it));

/** Puts a value into a field. */
function put(it, to, text) {
  if (isTick(it)) return void (it.checked = to !== "");
  const line = lineOf(it);
  if (it instanceof HTMLSelectElement && ![...it.options].some((option) => option.value === to)) it.add(new Option(text || to, to));
  it.value = to;
  if (line) line.value = to ? text || it.selectedOptions[0]?.text || "" : "";
}

/** Keeps what was typed, each field with what it was drawn with; a form that holds nothing else is not kept. */
function keep(form) {
  const typed = touched(form).map((it) => [keyOf(it), drawn(it), value(it), words(it)]);
  try {
    if (typed.length > 0) localStorage.setItem(nameOf(form), JSON.stringify(typed));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // A browser that keeps nothing has no drafts.
  }
}

/** What is kept of a form. */
function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(form)) ?? "null");
  } catch {
    return undefined;
  }
}

/** What is kept of forms that the application is sending, by the path that they send to. */
const sent = new Map();
/** Where the form of a question of the application sends to. */
const PATHS = { "orders/create": () => ["/orders/new/"], "orders/edit": (of) => [`/orders/${of}/update/`, `/orders/${of}/follow-up/`], "orders/change_status": (of) => [`/orders/${of}/move/`], "comments/save": (of) => [`/orders/${of}/comment/`] };
/** What a form said is written, here or in the outbox: nothing of it is kept. */
const written = ({ detail: { name, given } }) => {
  for (const path of PATHS[name]?.(given.number) ?? []) {
    if (sent.has(path)) localStorage.removeItem(sent.get(path));
    sent.delete(path);
  }
};
line.addEventListener("written", written);
heard.addEventListener("queued", written);

/** What is kept of forms that the browser sends by itself goes once a cookie of the server says that the form is stored: the page
 * that answered it may have been left before it ran. */
const SENT = "curlew-sent";
const pathOf = (name) => name.split(" ")[2].split("?")[0];
function waiting() {
  try {
    return JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  } catch {
    return [];
  }
}
function wait(names) {
  try {
    sessionStorage.setItem(SENT, JSON.stringify(names));
  } catch {
    // A browser that keeps nothing has no drafts.
  }
}
try {
  const stored = document.cookie.split("; ").find((it) => it.startsWith(`${STORED}=`))?.slice(STORED.length + 1);
  const names = waiting().filter((name) => pathOf(name) === stored);
  for (const name of names) localStorage.removeItem(name);
  if (names.length > 0) {
    wait(waiting().filter((name) => !names.includes(name)));
    forgetStored();
  }
} catch {
  // A browser that keeps nothing has no drafts.
}

/** Puts back what was typed into forms that were drawn anew. */
function restore() {
  for (const form of document.querySelectorAll(FORMS)) {
    const values = kept(form);
    // One that was refused has what was typed as what it was drawn with.
    if (!values || form.querySelector(".draft-kept, [aria-invalid=true]") || touched(form).length > 0) continue;
    // What somebody else changed meanwhile stays as it is now.
    for (const it of fields(form)) {
      const [, before, typed, text] = values.find(([key]) => key === keyOf(it)) ?? [];
      if (before === drawn(it)) put(it, typed, text);
    }
    if (touched(form).length === 0) {
      localStorage.removeItem(nameOf(form));
      continue;
    }
    form.closest("details")?.setAttribute("open", "");
    const said = make("p", { className: "under draft-kept", textContent: `What you typed earlier hasn't been ${form.matches(".order-form, .page-form") ? "saved" : "sent"} yet. ` });
    said.setAttribute("role", "status");
    said.append(button("Discard", () => {
      for (const it of fields(form)) put(it, drawn(it));
      keep(form);
      said.remove();
    }));
    form.prepend(said);
    // The form hears that it was typed into.
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

for (const kind of ["input", "change"]) {
  addEventListener(kind, ({ target }) => {
    const form = target.closest?.(FORMS);
    if (!form || !target.matches(`${FIELDS}, .suggest-line`)) return;
    keep(form);
  });
}
/** A form is sent: by whom shows after the event, and the browser may have left the page by then. */
function send(event) {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  const name = nameOf(form);
  const others = waiting().filter((it) => it !== name);
  form.querySelector(".draft-kept")?.remove();
  sent.set(pathOf(name), name);
  wait([...others, name]);
  setTimeout(() => { event.defaultPrevented ? wait(others) : sent.delete(pathOf(name)); });
}
addEventListener("submit", send, true);
// Sent, a comment's form is emptied.
addEventListener("reset", ({ target: form }) => {
  if (!form.matches(FORMS)) return;
  localStorage.removeItem(nameOf(form));
}, true);
const before = submitted.event;
for (const form of document.querySelectorAll(FORMS)) {
  const isSent = form === before?.target;
  if (touched(form).length > 0 && !(isSent && submitted.isWritten)) keep(form);
  if (isSent) send(before);
}
// What is put into a form before the browser has taken it over would not be what the server drew.
taken(() => {
  new MutationObserver(() => requestAnimationFrame(restore)).observe(document.getElementById("page"), { childList: true, subtree: true });
  restore();
});

/** Sign-out leaves nothing of it on the device. */
export const forget = () => {
  const mine = Object.keys(localStorage).filter((key) => key.startsWith(`draft ${user()} `));
  mine.forEach((key) => localStorage.removeItem(key));
};
