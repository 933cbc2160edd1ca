// DOM helpers for elements that no component renders.

/** Makes an element with properties and children. */
export const make = (tag, given = {}, ...children) => {
  const it = Object.assign(document.createElement(tag), given);
  it.append(...children);
  return it;
};

/** Makes a button with a click handler. */
export const button = (text, act, kind = "button-quiet") => {
  const it = make("button", { type: "button", className: `button ${kind}`, textContent: text });
  it.addEventListener("click", act);
  return it;
};

/** Sets the select behind a suggestion field; a value that is not an option is sent unchanged, and refused. */
export function choose(line, value) {
  const select = line.closest(".suggest").querySelector("select");
  if (![...select.options].some((it) => it.value === value)) select.querySelector(".suggest-typed").value = value;
  select.value = value;
}

/** Shows a notice above the page, with actions; replaces an earlier one with the same id. */
export function showNotice(id, text, ...acts) {
  document.getElementById(id)?.remove();
  const it = make("p", { className: "live-notice", id, role: "status" }, `${text} `, ...acts);
  document.getElementById("page")?.before(it);
  return it;
}

/** Runs `act` after hydration: until then nothing may be inserted into the page. */
export function onHydrated(act) {
  const root = document.documentElement;
  if (root.dataset.hydrated) return act();
  const seen = new MutationObserver(() => {
    if (!root.dataset.hydrated) return;
    seen.disconnect();
    act();
  });
  seen.observe(root, { attributeFilter: ["data-hydrated"] });
}
