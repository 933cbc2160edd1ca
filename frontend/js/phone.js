// What a hand on a phone expects: a message beside a call, paste that understands, pulling for what is new, a swipe for the next status.
import { bar, make } from "./dom.js";
import { order } from "./store.js";
import { statusLabel } from "./words.js";

const narrow = matchMedia("(width < 48rem)");

// --- a message beside a call

/** Beside each number that can be called: a message to it. */
export function messages() {
  for (const call of document.querySelectorAll("#page dd a[href^='tel:'], #page .facts a[href^='tel:']")) {
    if (call.nextElementSibling?.matches("a[href^='sms:']")) continue;
    const write = document.createElement("a");
    write.href = call.getAttribute("href").replace("tel:", "sms:");
    write.rel = "external";
    write.className = "sms";
    write.textContent = "Message";
    call.after(" ", write);
  }
}

// --- paste that understands

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

// --- pulling, and a swipe

/** How far a finger goes before it means something, in pixels. */
const FAR = 80;
let from;

addEventListener("touchstart", (event) => {
  const [touch] = event.touches;
  const row = event.target instanceof Element ? event.target.closest("table.orders tbody tr") : undefined;
  from = event.touches.length === 1 ? { x: touch.clientX, y: touch.clientY, top: scrollY <= 0, row } : undefined;
}, { passive: true });
addEventListener("touchend", (event) => {
  const [touch] = event.changedTouches;
  if (!from || !touch || !narrow.matches) return;
  const [x, y] = [touch.clientX - from.x, touch.clientY - from.y];
  const { row, top } = from;
  from = undefined;
  if (top && y > FAR * 1.5 && Math.abs(x) < FAR / 2) return dispatchEvent(new CustomEvent("curlew:again"));
  if (row && x < -FAR && Math.abs(y) < FAR / 2) onwards(row);
}, { passive: true });

/** Moves an order to the status that usually comes next, as far as it asks for nothing. The page of an order has a button for each. */
async function onwards(row) {
  const number = /^\/orders\/([^/]+)\//.exec(row.querySelector("a[data-row]")?.getAttribute("href") ?? "")?.[1];
  const kept = number && (await order(number));
  const to = kept?.shown.next.find((it) => !it.includes(" "));
  if (!to) return;
  row.classList.add("row-swiped");
  const body = JSON.stringify({ number, version: kept.version, to, asked: {} });
  const answer = await fetch(new Request("/fn/orders/advance", { method: "POST", headers: { "content-type": "application/json" }, body }));
  row.classList.remove("row-swiped");
  const there = make("a", { className: "btn btn-quiet", href: `/orders/${number}/`, textContent: "Open" });
  const customer = kept.row.customer;
  const said = bar("swiped", answer.ok ? `${customer}: ${statusLabel(to)}.` : `${customer} was not moved: it has changed meanwhile.`, there);
  setTimeout(() => said.remove(), 8_000);
  dispatchEvent(new CustomEvent("curlew:again"));
}
