// Touch gestures: pull to refresh, swipe for the next status. Loaded on touch screens.
import { showNotice, make, order, statusLabel } from "./core.js";

const narrowScreen = matchMedia("(width < 48rem)");

/** The minimum distance of a gesture, in pixels. */
const FAR = 80;
let touchStart;

addEventListener("touchstart", (event) => {
  const [touch] = event.touches;
  const row = event.target.closest?.("table.orders tbody tr");
  touchStart = event.touches.length === 1 && { x: touch.clientX, y: touch.clientY, top: scrollY <= 0, row };
}, { passive: true });
addEventListener("touchend", (event) => {
  const [touch] = event.changedTouches;
  if (!touchStart || !touch || !narrowScreen.matches) return;
  const [x, y] = [touch.clientX - touchStart.x, touch.clientY - touchStart.y];
  const { row, top } = touchStart;
  touchStart = undefined;
  if (top && y > FAR * 1.5 && Math.abs(x) < FAR / 2) return dispatchEvent(new CustomEvent("curlew:again"));
  if (row && x < -FAR && Math.abs(y) < FAR / 2) advanceStatus(row);
}, { passive: true });

/** Changes an order to its usual next status, if that requires no values. The order page has buttons for all. */
async function advanceStatus(row) {
  const number = /^\/orders\/([^/]+)\//.exec(row.querySelector("a[data-row]")?.getAttribute("href") ?? "")?.[1];
  const kept = number && (await order(number));
  const to = kept?.shown.next.find((it) => !it.includes(" "));
  if (!to) return;
  row.classList.add("orders-swiped");
  const body = JSON.stringify({ number, version: kept.version, to, asked: {} });
  const answer = await fetch(new Request("/fn/orders/change_status", { method: "POST", headers: { "content-type": "application/json" }, body }));
  row.classList.remove("orders-swiped");
  const there = make("a", { className: "button button-quiet", href: `/orders/${number}/`, textContent: "Open" });
  const customer = kept.row.customer;
  const said = showNotice("swiped", answer.ok ? `${customer}: status changed to ${statusLabel(to)}` : `The order for ${customer} wasn't changed: someone else changed it first`, there);
  setTimeout(() => said.remove(), 8_000);
  dispatchEvent(new CustomEvent("curlew:again"));
}
