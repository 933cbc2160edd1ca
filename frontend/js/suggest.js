// A line with suggestions before a select that cannot hold everything: campaigns and companies of an order's form. The select stays
// what is sent; what is typed and is no suggestion is sent as it is, and refused with a message.
import { choose } from "./dom.js";

/** How long after the last letter suggestions are asked for, in milliseconds. */
const TYPING = 150;

let waiting;
let turn = 0;

const parts = (line) => {
  const whole = line.closest(".suggest");
  return { whole, select: whole.querySelector("select"), list: whole.querySelector("datalist") };
};

/** The id of a name that is exactly one of those known. */
function known(line, name) {
  const { select, list } = parts(line);
  const same = (it) => it.trim().toLowerCase() === name.toLowerCase();
  const found = [...list.options].find((it) => same(it.value));
  return found?.dataset.id ?? [...select.options].find((it) => it.value && same(it.text))?.value;
}

async function ask(line, typed) {
  const mine = ++turn;
  const body = JSON.stringify({ field: parts(line).whole.dataset.field, typed });
  const request = new Request("/fn/orders/suggest", { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = await fetch(request).catch(() => undefined);
  if (!answer?.ok || mine !== turn) return;
  const found = await answer.json();
  const options = found.map(([id, name]) => {
    const option = document.createElement("option");
    option.value = name;
    option.dataset.id = id;
    return option;
  });
  parts(line).list.replaceChildren(...options);
  // What you typed meanwhile may be one of them.
  settle(line);
}

/** Chooses what has exactly the name that is typed, if there is one, and lets the draft of the form know. */
function settle(line) {
  const id = known(line, line.value.trim());
  if (id) {
    choose(line, id);
    line.dispatchEvent(new Event("change", { bubbles: true }));
  }
  return id;
}

/** What is typed into a line now. */
export function typed(line) {
  const words = line.value.trim();
  clearTimeout(waiting);
  if (!settle(line) && words) waiting = setTimeout(ask, TYPING, line, words);
}

// The words beside the select are the words of the line.
addEventListener("click", (event) => {
  const label = event.target instanceof Element ? event.target.closest("label") : undefined;
  label?.control?.closest(".suggest")?.querySelector(".suggest-line")?.focus();
});
// A merge took somebody else's choice into the form.
new MutationObserver((changes) => {
  for (const { target } of changes) {
    const [value, words] = target.dataset.taken?.split("\n") ?? [];
    if (value === undefined) continue;
    choose(target, value);
    target.value = words;
  }
}).observe(document.documentElement, { subtree: true, attributeFilter: ["data-taken"] });
