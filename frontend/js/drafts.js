// What is typed on an order's page and not sent yet, a comment, a follow-up, what a status asks for: kept by this browser for its person,
// and put back when the form is drawn again, until it is sent or emptied. It comes when something is typed, or was.
import { button, make, who } from "./core.js";

const FORMS = "#page :is(.write, .follow-form form, .move-form)";
const FIELDS = "textarea, select, input:not([type=hidden])";
/** Hidden fields that tell no form from another. */
const COMMON = ["page_user", "version", "uuid"];
const user = () => document.body.dataset.user || who()?.user || "";
const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((it) => it.name);
const nameOf = (form) => {
  const told = [...form.querySelectorAll("input[type=hidden]")].filter((it) => !COMMON.includes(it.name)).map((it) => it.value);
  return ["draft", user(), new URL(form.action).pathname, ...told].join(" ");
};
const drawn = (it) => (it instanceof HTMLSelectElement ? ([...it.options].find((option) => option.defaultSelected) ?? it.options[0])?.value : it.defaultValue) ?? "";
const touched = (form) => fields(form).filter((it) => it.value !== drawn(it));

/** Keeps what was typed, each field with what it was drawn with; a form that holds nothing else is not kept. */
function keep(form) {
  const typed = touched(form).map((it) => [it.name, drawn(it), it.value]);
  try {
    if (typed.length > 0) localStorage.setItem(nameOf(form), JSON.stringify(typed));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // A browser that keeps nothing has no drafts.
  }
}

/** Forms that were sent: one that comes back with a message is kept again. */
const sent = new WeakSet();

/** Puts back what was typed into forms that were drawn anew. */
function restore() {
  for (const form of document.querySelectorAll(FORMS)) {
    if (sent.has(form) && form.querySelector("[aria-invalid=true]")) {
      sent.delete(form);
      keep(form);
    }
    const kept = localStorage.getItem(nameOf(form));
    if (!kept || form.querySelector(".draft-kept") || touched(form).length > 0) continue;
    const values = JSON.parse(kept);
    // What somebody else changed meanwhile stays as it is now.
    for (const it of fields(form)) {
      const [, before, value] = values.find(([name]) => name === it.name) ?? [];
      if (before === drawn(it)) it.value = value;
    }
    if (touched(form).length === 0) {
      localStorage.removeItem(nameOf(form));
      continue;
    }
    form.closest("details")?.setAttribute("open", "");
    const said = make("p", { className: "under draft-kept", textContent: "Not sent yet, kept from before. " });
    said.setAttribute("role", "status");
    said.append(button("Discard", () => {
      for (const it of fields(form)) it.value = drawn(it);
      keep(form);
      said.remove();
    }));
    form.append(said);
  }
}

addEventListener("input", ({ target }) => {
  const form = target.closest?.(FORMS);
  if (form && target.matches(FIELDS)) keep(form);
});
addEventListener("submit", ({ target: form }) => {
  if (!form.matches(FORMS)) return;
  localStorage.removeItem(nameOf(form));
  form.querySelector(".draft-kept")?.remove();
  sent.add(form);
}, true);
// Sent, a comment's form is emptied.
addEventListener("reset", ({ target: form }) => { if (form.matches(FORMS)) localStorage.removeItem(nameOf(form)); }, true);
new MutationObserver(() => requestAnimationFrame(restore)).observe(document.getElementById("page"), { childList: true, subtree: true, attributeFilter: ["aria-invalid"] });
document.querySelectorAll(FORMS).forEach((form) => touched(form).length > 0 && keep(form));
restore();

/** Sign-out leaves nothing of it on the device. */
export const forget = () => {
  const mine = Object.keys(localStorage).filter((key) => key.startsWith(`draft ${user()} `));
  mine.forEach((key) => localStorage.removeItem(key));
};
