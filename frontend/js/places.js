// Restores lists: "← Orders", Esc and the browser's "back" lead to the previous list with its filters, page and
// scroll position, and the focus returns to the row that was opened.
import { taken } from "./dom.js";

const KEY = `curlew-lists-${document.body.dataset.user ?? ""}`;
const ORDERS = /^\/orders\/(?:(?:today|week|month|connected\/month|mine|due|search|trash|board)\/)?$/;
const page = document.getElementById("page");
const here = () => location.pathname + location.search;
/** The target of the link back: any list of orders is "Orders". */
const rootOf = (path) => (ORDERS.test(path) ? "/orders/" : path);
/** Whether a list is shown. */
const isDrawn = () => Boolean(page.querySelector(".list :is(a[data-row], .nothing), .names a[data-row]")) && !page.querySelector(".skeleton");

/** The last lists by link target: URL, scroll position, opened row. */
let left = {};
try {
  left = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
} catch {
  // Without session storage lists open at the top.
}

/** Whether the next list is returned to, and not newly opened. */
let back = false;
/** The current list, once its position is restored. */
let placed = here();

/** The disclosures opened at an address, until a form is submitted: a page that arrives after that keeps them open. */
let opened = {};
const nameOf = (details) => here() + details.firstElementChild?.textContent;

/** Stores the current list. */
function remember(row) {
  if (placed !== here() || !isDrawn()) return;
  const root = rootOf(location.pathname);
  left[root] = { address: here(), top: scrollY, row: row ?? (left[root]?.address === here() && left[root].row) };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(left));
  } catch {
    // As above.
  }
}

/** Sets the links back, and restores the position of a list and what was opened. */
function dress() {
  for (const details of page.querySelectorAll(".filters")) details.open ||= opened[nameOf(details)];
  for (const link of page.querySelectorAll("a.back[data-back]")) {
    const list = left[link.getAttribute("href")];
    if (list) link.setAttribute("href", list.address);
  }
  if (placed === here() || !isDrawn()) return;
  placed = here();
  const list = left[rootOf(location.pathname)];
  if (!back || list?.address !== placed) return;
  back = false;
  // After the heading got the focus.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    scrollTo(0, list.top);
    [...page.querySelectorAll("a[data-row]")].find((it) => it.getAttribute("href") === list.row)?.focus({ preventScroll: true });
  }));
}

addEventListener("scroll", () => remember(), { passive: true });
addEventListener("focusin", ({ target }) => { if (target.matches?.("a[data-row]")) remember(target.getAttribute("href")); });
// Before the router handles the click.
addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey, button }) => {
  const link = target.closest?.("a[href]");
  if (!link || ctrlKey || metaKey || shiftKey || button !== 0) return;
  if (link.matches("[data-row]")) remember(link.getAttribute("href"));
  back = link.matches("[data-back]");
  if (link.pathname + link.search !== here()) placed = undefined;
}, true);
addEventListener("toggle", ({ target }) => { opened[nameOf(target)] = target.open; }, true);
addEventListener("submit", () => { opened = {}; }, true);
addEventListener("popstate", () => {
  back = true;
  placed = undefined;
}, true);
taken(() => {
  new MutationObserver(dress).observe(page, { childList: true, subtree: true });
  dress();
});
