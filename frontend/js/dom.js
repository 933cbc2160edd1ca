// What this device draws itself, where no component does.

/** An element with properties and children. */
export const make = (tag, given = {}, ...children) => {
  const it = Object.assign(document.createElement(tag), given);
  it.append(...children);
  return it;
};

/** A button that does something. */
export const button = (words, act, kind = "btn-quiet") => {
  const it = make("button", { type: "button", className: `btn ${kind}`, textContent: words });
  it.addEventListener("click", act);
  return it;
};

/** Puts a value into the select behind a line with suggestions; what is none of its options is sent as it is, and refused. */
export function choose(line, value) {
  const select = line.closest(".suggest").querySelector("select");
  if (![...select.options].some((it) => it.value === value)) select.querySelector(".suggest-typed").value = value;
  select.value = value;
}

/** Something said above the page, with what can be done about it; the last one of its name stays. */
export function bar(id, words, ...acts) {
  document.getElementById(id)?.remove();
  const it = make("p", { className: "changed", id }, `${words} `, ...acts);
  it.setAttribute("role", "status");
  document.getElementById("page")?.before(it);
  return it;
}

/** Once the browser has taken the page over: until then nothing may be put into it. */
export function taken(act) {
  const root = document.documentElement;
  if (root.dataset.hydrated) return act();
  const seen = new MutationObserver(() => {
    if (!root.dataset.hydrated) return;
    seen.disconnect();
    act();
  });
  seen.observe(root, { attributeFilter: ["data-hydrated"] });
}
