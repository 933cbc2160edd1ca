// A list is found as it was left: "← Orders", Esc and the browser's "back" lead to the list that was there, with its filters and its
// page, at the place where it was scrolled to, and the keyboard goes on from the row that was opened.
import { taken } from "./dom.js";

const KEY = `curlew-lists-${document.body.dataset.user ?? ""}`;
const ORDERS = /^\/orders\/(?:(?:today|week|month|connected\/month|mine|due|search|trash|board)\/)?$/;
const page = document.getElementById("page");
const here = () => location.pathname + location.search;
/** What leads back to a list: any list of orders is "Orders". */
const rootOf = (path) => (ORDERS.test(path) ? "/orders/" : path);
/** Whether a list is on screen, and no page before it. */
const isDrawn = () => Boolean(page.querySelector(".list :is(a[data-row], .nothing), .names a[data-row]")) && !page.querySelector(".skeleton");

/** The lists that were left last, by what leads back to them: address, how far it was scrolled, the row that was opened. */
let left = {};
try {
  left = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
} catch {
  // A browser that keeps nothing finds a list at its top.
}

/** Whether the list that comes next is come back to, and not opened anew. */
let back = false;
/** The list on screen, once it is where it was left. */
let placed = here();

/** Remembers the list on screen. */
function remember(row) {
  if (placed !== here() || !isDrawn()) return;
  const root = rootOf(location.pathname);
  left[root] = { address: here(), top: scrollY, row: row ?? (left[root]?.address === here() ? left[root].row : undefined) };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(left));
  } catch {
    // As above.
  }
}

/** Leads back to the list that was left, and puts one that is come back to where it was. */
function dress() {
  for (const link of page.querySelectorAll("a.back[data-back]")) {
    const list = left[link.getAttribute("href")];
    if (list) link.setAttribute("href", list.address);
  }
  if (placed === here() || !isDrawn()) return;
  placed = here();
  const list = left[rootOf(location.pathname)];
  if (!back || list?.address !== placed) return;
  back = false;
  // After the focus has gone to the heading.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    scrollTo(0, list.top);
    [...page.querySelectorAll("a[data-row]")].find((it) => it.getAttribute("href") === list.row)?.focus({ preventScroll: true });
  }));
}

addEventListener("scroll", () => remember(), { passive: true });
addEventListener("focusin", ({ target }) => { if (target.matches?.("a[data-row]")) remember(target.getAttribute("href")); });
// Before the router takes the click.
addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey, button }) => {
  const link = target.closest?.("a[href]");
  if (!link || ctrlKey || metaKey || shiftKey || button !== 0) return;
  if (link.matches("[data-row]")) remember(link.getAttribute("href"));
  back = link.matches("[data-back]");
  if (link.pathname + link.search !== here()) placed = undefined;
}, true);
addEventListener("popstate", () => {
  back = true;
  placed = undefined;
}, true);
taken(() => {
  new MutationObserver(dress).observe(page, { childList: true, subtree: true });
  dress();
});
