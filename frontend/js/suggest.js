// A text field with suggestions before a select with many options: campaigns and companies of the order form. The select is
// what is sent; text that is not a suggestion is sent unchanged, and refused with a message.
import { choose } from "./dom.js";

/** The delay after typing before suggestions are requested, in milliseconds. */
const TYPING = 150;

let timer;
let latestRequest = 0;

const elementsOf = (line) => {
  const whole = line.closest(".suggest");
  return { whole, select: whole.querySelector("select"), list: whole.querySelector("datalist") };
};

/** The id of an exact match. */
function idOf(line, name) {
  const { select, list } = elementsOf(line);
  const same = (it) => it.trim().toLowerCase() === name.toLowerCase();
  const found = [...list.options].find((it) => same(it.value));
  return found?.dataset.id ?? [...select.options].find((it) => it.value && same(it.text))?.value;
}

async function loadSuggestions(line, typed) {
  const mine = ++latestRequest;
  const body = JSON.stringify({ field: elementsOf(line).whole.dataset.field, typed });
  const request = new Request("/fn/orders/suggest", { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = await fetch(request).catch(() => undefined);
  if (!answer?.ok || mine !== latestRequest) return;
  const found = await answer.json();
  const options = found.map(([id, name]) => {
    const option = document.createElement("option");
    option.value = name;
    option.dataset.id = id;
    return option;
  });
  elementsOf(line).list.replaceChildren(...options);
  // The text typed meanwhile may match.
  chooseExact(line);
}

/** Selects the option with the typed name, if there is one, and updates the draft. */
function chooseExact(line) {
  const id = idOf(line, line.value.trim());
  if (id) {
    choose(line, id);
    line.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return id;
}

/** Handles input in a suggestion field. */
export function onInput(line) {
  const typed = line.value.trim();
  clearTimeout(timer);
  if (!chooseExact(line) && typed) timer = setTimeout(loadSuggestions, TYPING, line, typed);
}

// The message of the select belongs to the text field.
addEventListener("click", (event) => {
  const label = event.target instanceof Element ? event.target.closest("label") : undefined;
  label?.control?.closest(".suggest")?.querySelector(".suggest-line")?.focus();
});
// A merge put someone else's choice into the form.
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const [value, text] = target.dataset.taken?.split("\n") ?? [];
    if (value === undefined) continue;
    choose(target, value);
    target.value = text;
  }
}).observe(document.documentElement, { subtree: true, attributeFilter: ["data-taken"] });
