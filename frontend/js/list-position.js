// Restores lists: "← Orders", Esc and the browser's "back" lead to the previous list with its filters, page and
// scroll position, and the focus returns to the row that was opened.
import { onHydrated } from "./dom.js";

const KEY = `curlew-lists-${document.body.dataset.user ?? ""}`;
const ORDERS = /^\/orders\/(?:(?:today|week|month|connected\/month|mine|due|search|trash|board)\/)?$/;
const page = document.getElementById("page");
const currentUrl = () => location.pathname + location.search;
/** The target of the link back: any list of orders is "Orders". */
const listOf = (path) => (ORDERS.test(path) ? "/orders/" : path);
/** Whether a list is shown. */
const isDrawn = () => Boolean(page.querySelector(".order-list :is(a[data-row], .empty-state), .company-names a[data-row]")) && !page.querySelector(".skeleton");

/** The last lists by link target: URL, scroll position, opened row. */
let lists = {};
try {
  lists = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
} catch {
  // Without session storage lists open at the top.
}

/** Whether the next list is returned to, and not newly opened. */
let isReturning = false;
/** The current list, once its position is restored. */
let restored = currentUrl();

/** The disclosures opened at an address, until a form is submitted: a page that arrives after that keeps them open. */
let openDisclosures = {};
const nameOf = (details) => currentUrl() + details.firstElementChild?.textContent;

/** Stores the current list. */
function storeList(row) {
  if (restored !== currentUrl() || !isDrawn()) return;
  const root = listOf(location.pathname);
  lists[root] = { address: currentUrl(), top: scrollY, row: row ?? (lists[root]?.address === currentUrl() && lists[root].row) };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(lists));
  } catch {
    // As above.
  }
}

/** Sets the links back, and restores the position of a list and what was opened. */
function restore() {
  for (const details of page.querySelectorAll(".disclosure")) details.open ||= openDisclosures[nameOf(details)];
  for (const link of page.querySelectorAll("a.link-back[data-back]")) {
    const list = lists[link.getAttribute("href")];
    if (list) link.setAttribute("href", list.address);
  }
  if (restored === currentUrl() || !isDrawn()) return;
  restored = currentUrl();
  const list = lists[listOf(location.pathname)];
  if (!isReturning || list?.address !== restored) return;
  isReturning = false;
  // After the heading got the focus.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    scrollTo(0, list.top);
    [...page.querySelectorAll("a[data-row]")].find((it) => it.getAttribute("href") === list.row)?.focus({ preventScroll: true });
  }));
}

addEventListener("scroll", () => storeList(), { passive: true });
addEventListener("focusin", ({ target }) => { if (target.matches?.("a[data-row]")) storeList(target.getAttribute("href")); });
// Before the router handles the click.
addEventListener("click", ({ target, ctrlKey, metaKey, shiftKey, button }) => {
  const link = target.closest?.("a[href]");
  if (!link || ctrlKey || metaKey || shiftKey || button !== 0) return;
  if (link.matches("[data-row]")) storeList(link.getAttribute("href"));
  isReturning = link.matches("[data-back]");
  if (link.pathname + link.search !== currentUrl()) restored = undefined;
}, true);
addEventListener("toggle", ({ target }) => { openDisclosures[nameOf(target)] = target.open; }, true);
addEventListener("submit", () => { openDisclosures = {}; }, true);
addEventListener("popstate", () => {
  isReturning = true;
  restored = undefined;
}, true);
onHydrated(() => {
  new MutationObserver(restore).observe(page, { childList: true, subtree: true });
  restore();
});
