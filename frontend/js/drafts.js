// What is typed into a form and not sent yet: kept by this browser for its person, and put back when the form is drawn again, until it is
// sent or discarded. It comes when something is typed, or was.
import { button, heard, line, make, taken, who } from "./core.js";

const FORMS = "#page :is(.order-form, .write, .follow-form form, .move-form, .told-form)";
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
/** The words of what is chosen, for a list that does not hold everything. */
const words = (it) => (it instanceof HTMLSelectElement ? it.selectedOptions[0]?.text : undefined);
const touched = (form) => fields(form).filter((it) => value(it) !== drawn(it));

/** Puts a value into a field. */
function put(it, to, text) {
  if (isTick(it)) return void (it.checked = to !== "");
  const line = it.closest(".suggest")?.querySelector(".suggest-line");
  if (it instanceof HTMLSelectElement && ![...it.options].some((option) => option.value === to)) it.add(new Option(text ?? to, to));
  it.value = to;
  if (line) line.value = to ? (text ?? words(it) ?? "") : "";
}

/** Keeps what was typed, each field with what it was drawn with; a form that holds nothing else is not kept. */
function keep(form) {
  const typed = touched(form).map((it) => [it.name, drawn(it), value(it), words(it)]);
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

/** What is kept of forms that the application is sending: it goes once what they say is written, here or in the outbox. */
const sent = new Set();
const written = () => {
  sent.forEach((name) => localStorage.removeItem(name));
  sent.clear();
};
line.addEventListener("written", written);
heard.addEventListener("queued", written);

/** Puts back what was typed into forms that were drawn anew. */
function restore() {
  for (const form of document.querySelectorAll(FORMS)) {
    const values = kept(form);
    if (!values || form.querySelector(".draft-kept") || touched(form).length > 0) continue;
    // What somebody else changed meanwhile stays as it is now.
    for (const it of fields(form)) {
      const [, before, typed, text] = values.find(([name]) => name === it.name) ?? [];
      if (before === drawn(it)) put(it, typed, text);
    }
    if (touched(form).length === 0) {
      localStorage.removeItem(nameOf(form));
      continue;
    }
    form.closest("details")?.setAttribute("open", "");
    const said = make("p", { className: "under draft-kept", textContent: `Not ${form.matches(".order-form, .told-form") ? "saved" : "sent"} yet, kept from before. ` });
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
    sent.delete(nameOf(form));
    keep(form);
  });
}
addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(FORMS)) return;
  const name = nameOf(form);
  form.querySelector(".draft-kept")?.remove();
  // What the browser sends by itself is sent; what the application sends may still fail.
  setTimeout(() => (event.defaultPrevented ? sent.add(name) : localStorage.removeItem(name)));
}, true);
// Sent, a comment's form is emptied.
addEventListener("reset", ({ target: form }) => {
  if (!form.matches(FORMS)) return;
  localStorage.removeItem(nameOf(form));
}, true);
document.querySelectorAll(FORMS).forEach((form) => touched(form).length > 0 && keep(form));
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
