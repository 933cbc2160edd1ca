// Modules that are loaded on demand, and preloaded where no service worker caches them.
import { showNotice, button } from "./dom.js";

const MODULES = {
  apply: () => import("./apply.js"),
  drafts: () => import("./drafts.js"),
  followup: () => import("./followup.js"),
  install: () => import("./install.js"),
  lists: () => import("./lists.js"),
  lock: () => import("./lock.js"),
  outbox: () => import("./outbox.js"),
  paste: () => import("./paste.js"),
  profile: () => import("./profile.js"),
  shell: () => import("./shell.js"),
  suggest: () => import("./suggest.js"),
  touch: () => import("./touch.js"),
};

/** Loads a module; undefined when it can't be loaded. */
export const loadModule = (name) => MODULES[name]().catch(() => undefined);

/** Uses a module for an action of the user; shows a message when it can't be loaded. */
export async function withModule(name, act) {
  const it = await loadModule(name);
  if (it) return act(it);
  // Browsers may cache a failed module load.
  showNotice("missing", "This needs a connection. Nothing is lost.", button("Try again", () => location.reload()));
}

/** When idle: preloads the remaining modules; `pages` preloads the pages. */
export async function preloadModules(pages) {
  await new Promise((resolve) => { "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 5_000 }) : setTimeout(resolve, 1_000); });
  pages();
  const uncached = navigator.serviceWorker?.controller ? [] : ["followup", "lock", "outbox", "profile"];
  await Promise.all(["apply", "lists", ...uncached].map(loadModule));
}
