// A line with suggestions before a select that cannot hold everything: campaigns and companies of an order's form. The select stays
// what is sent; what is typed and is no suggestion is sent as it is, and refused with a message.

/** How long after the last letter suggestions are asked for, in milliseconds. */
const TYPING = 150;

let waiting;
let turn = 0;

const parts = (line) => {
  const whole = line.closest(".suggest");
  return { whole, select: whole.querySelector("select"), typed: whole.querySelector(".suggest-typed"), list: whole.querySelector("datalist") };
};

/** Puts what was chosen into the select. */
function choose(line, value) {
  const { select, typed } = parts(line);
  if (![...select.options].some((it) => it.value === value)) typed.value = value;
  select.value = value;
}

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
  // What was typed meanwhile may be one of them.
  const id = known(line, line.value.trim());
  if (id) choose(line, id);
}

const lineOf = (event) => (event.target instanceof Element && event.target.matches(".suggest-line") ? event.target : undefined);

addEventListener("input", (event) => {
  const line = lineOf(event);
  if (!line) return;
  const typed = line.value.trim();
  choose(line, known(line, typed) ?? typed);
  clearTimeout(waiting);
  if (typed && !known(line, typed)) waiting = setTimeout(ask, TYPING, line, typed);
});
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
