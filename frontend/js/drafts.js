// What is typed into a form of a page and not sent yet: kept by this browser for its person, and put back when the form is drawn again,
// until it is sent or emptied. (The form of an order asks before it is left.) It comes when something is typed, or was.
import { button, make, who } from "./core.js";

const FORMS = "#page form:not(.order-form, .filter-form, .told-ask, .jump)";
const FIELDS = "textarea, select, input:not([type=hidden], [type=password], [type=file], [name=pick], [type=checkbox], [type=radio])";
const user = () => document.body.dataset.user || who()?.user || "";
const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((it) => it.name);
const nameOf = (form) => `draft ${user()} ${new URL(form.action).pathname} ${form.elements.to?.value ?? form.elements.act?.value ?? ""}`;
const drawn = (it) => (it instanceof HTMLSelectElement ? ([...it.options].find((option) => option.defaultSelected) ?? it.options[0])?.value : it.defaultValue) ?? "";
const isTouched = (form) => fields(form).some((it) => it.value !== drawn(it));

/** Keeps what a form holds; one that holds what it was drawn with is not kept. */
function keep(form) {
  try {
    if (isTouched(form)) localStorage.setItem(nameOf(form), JSON.stringify(Object.fromEntries(fields(form).map((it) => [it.name, it.value]))));
    else localStorage.removeItem(nameOf(form));
  } catch {
    // A browser that keeps nothing has no drafts.
  }
}

/** Puts back what was typed into forms that were drawn anew. */
function restore() {
  for (const form of document.querySelectorAll(FORMS)) {
    const kept = localStorage.getItem(nameOf(form));
    if (!kept || form.method !== "post" || isTouched(form)) continue;
    const values = JSON.parse(kept);
    for (const it of fields(form)) if (values[it.name] !== undefined) it.value = values[it.name];
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
  if (form?.method === "post" && target.matches(FIELDS)) keep(form);
});
addEventListener("submit", ({ target: form }) => {
  if (!form.matches(FORMS) || form.method !== "post") return;
  localStorage.removeItem(nameOf(form));
  // What was refused stands there still, and is kept on.
  setTimeout(() => { if (form.isConnected) keep(form); }, 2_000);
}, true);
new MutationObserver(() => requestAnimationFrame(restore)).observe(document.getElementById("page"), { childList: true, subtree: true });
document.querySelectorAll(FORMS).forEach((form) => form.method === "post" && isTouched(form) && keep(form));
restore();

/** Sign-out leaves nothing of it on the device. */
export const forget = () => {
  const mine = Object.keys(localStorage).filter((key) => key.startsWith(`draft ${user()} `));
  mine.forEach((key) => localStorage.removeItem(key));
};
