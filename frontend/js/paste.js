// Smart paste: a phone number in a sentence, an address in lines. Loaded when a form gets the focus. Text whose pieces do not all fit
// into empty fields is pasted unchanged; and one Ctrl+Z undoes any paste.
import "./dates.js";

/** A phone number: seven digits or more, with the usual separators. */
const PHONE = /\+?\d[\d\s().-]{5,}\d/g;
/** The phone number in a text, if it is the only number: no second one, no extension, no date. */
export function phoneIn(text) {
  const found = text.match(PHONE) ?? [];
  return found.length === 1 && !/\d/.test(text.replace(found[0], "")) ? found[0].trim() : undefined;
}
/** A UK postcode (BS 7666) at the end of a text. */
const POSTCODE = /\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$/i;

/** Splits an address by lines or commas; undefined when it has more parts than there are fields. */
export function addressIn(text) {
  const lines = text.split(/[\n,]+/).map((line) => line.trim()).filter(Boolean);
  const found = POSTCODE.exec(lines.at(-1) ?? "");
  if (lines.length < 2 || !found) return undefined;
  const rest = [...lines.slice(0, -1), lines.at(-1).slice(0, found.index).trim()].filter(Boolean);
  const numbered = /^(\d+[a-z]?)\s+(.+)$/i.exec(rest[0]);
  const [house, street] = numbered ? [numbered[1], numbered[2]] : rest.length > 2 ? [rest[0], rest[1]] : ["", rest[0]];
  const after = rest.slice(numbered || rest.length <= 2 ? 1 : 2);
  if (after.length > 2) return undefined;
  return { house, street, city: after[0] ?? "", county: after[1] ?? "", postcode: `${found[1]} ${found[2]}`.toUpperCase() };
}

/** Undoes a pasted address, as long as nothing was typed since. */
let undoPaste;
function fill(form, values) {
  for (const [name, value] of Object.entries(values)) {
    const input = form.elements[name];
    if (!input) continue;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
addEventListener("input", () => { undoPaste = undefined; });
addEventListener("keydown", (event) => {
  if (!undoPaste || event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  undoPaste();
}, true);

addEventListener("paste", (event) => {
  const field = event.target;
  const form = field instanceof HTMLInputElement ? field.closest(".order-form") : undefined;
  const text = event.clipboardData?.getData("text") ?? "";
  if (!form || !text) return;
  const phone = field.type === "tel" && !field.value ? phoneIn(text) : undefined;
  const part = /^(billing|delivery)_/.exec(field.name)?.[1];
  const address = part && addressIn(text);
  const named = address && Object.fromEntries(Object.entries(address).map(([name, value]) => [`${part}_${name}`, value]));
  const isFree = named && Object.keys(named).every((name) => form.elements[name] && !form.elements[name].value);
  if (!isFree && phone === undefined && !(field.type === "text" && text.trim().includes("\n"))) return;
  event.preventDefault();
  if (isFree) {
    fill(form, named);
    undoPaste = () => fill(form, Object.fromEntries(Object.keys(named).map((name) => [name, ""])));
    return;
  }
  // At the caret, as one step of the browser's undo. A single-line field joins lines with spaces.
  document.execCommand("insertText", false, phone ?? text.trim().replace(/[ \t]*\r?\n\s*/g, ", "));
});
