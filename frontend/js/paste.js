// Paste that understands: a phone number in a sentence, an address in lines. It comes when a form is entered.

/** The first thing in a text that looks like a phone number: seven digits or more, with what people put between them. */
export const phoneIn = (text) => /\+?\d[\d\s().-]{5,}\d/.exec(text)?.[0].trim();
/** A postcode of the United Kingdom (BS 7666), where a text ends with one. */
const POSTCODE = /\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\s*$/i;

/** The parts of an address that was written in lines, or with commas. */
export function addressIn(text) {
  const lines = text.split(/[\n,]+/).map((line) => line.trim()).filter(Boolean);
  const found = POSTCODE.exec(lines.at(-1) ?? "");
  if (lines.length < 2 || !found) return undefined;
  const rest = [...lines.slice(0, -1), lines.at(-1).slice(0, found.index).trim()].filter(Boolean);
  const numbered = /^(\d+[a-z]?)\s+(.+)$/i.exec(rest[0]);
  const [house, street] = numbered ? [numbered[1], numbered[2]] : rest.length > 2 ? [rest[0], rest[1]] : ["", rest[0]];
  const after = rest.slice(numbered || rest.length <= 2 ? 1 : 2);
  return { house, street, city: after[0] ?? "", county: after[1] ?? "", postcode: `${found[1]} ${found[2]}`.toUpperCase() };
}

addEventListener("paste", (event) => {
  const field = event.target;
  const form = field instanceof HTMLInputElement ? field.closest(".order-form") : undefined;
  const text = event.clipboardData?.getData("text") ?? "";
  if (!form || !text) return;
  const put = (name, value) => {
    const input = form.elements[name];
    if (!input || !value) return;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const phone = phoneIn(text);
  if (field.type === "tel" && phone && phone !== text.trim()) {
    event.preventDefault();
    return put(field.name, phone);
  }
  const part = /^(billing|delivery)_/.exec(field.name)?.[1];
  const address = part && addressIn(text);
  if (!address) return;
  event.preventDefault();
  for (const [name, value] of Object.entries(address)) put(`${part}_${name}`, value);
});
