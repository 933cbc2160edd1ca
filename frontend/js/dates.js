// Shows beside a date field how this browser reads it, which depends on its region: the order of day, month and year while it is empty, the
// day in words once it is filled. It sets an attribute that the style sheet shows, so that nothing is inserted into hydrated elements.
import { onHydrated } from "./core.js";

const NAMES = { day: "dd", month: "mm", year: "yyyy" };
const format = new Intl.DateTimeFormat().formatToParts(new Date(2026, 10, 22)).map(({ type, value }) => NAMES[type] ?? value).join("");
const inWords = (day) => new Date(`${day}T12:00`).toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });

function show(input) {
  const field = input.closest(".field");
  if (field) field.dataset.date = input.value ? inWords(input.value) : format;
}

for (const kind of ["focusin", "input", "change"]) addEventListener(kind, ({ target }) => { if (target.type === "date") show(target); });
onHydrated(() => document.querySelectorAll("#page input[type=date]").forEach(show));
