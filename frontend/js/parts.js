// Modules that are loaded on demand, and preloaded where no service worker caches them.
import { bar, button } from "./dom.js";

const PARTS = {
  drafts: () => import("./drafts.js"),
  follow: () => import("./follow.js"),
  here: () => import("./here.js"),
  install: () => import("./install.js"),
  leave: () => import("./leave.js"),
  lists: () => import("./lists.js"),
  lock: () => import("./lock.js"),
  looks: () => import("./looks.js"),
  outbox: () => import("./outbox.js"),
  paste: () => import("./paste.js"),
  shell: () => import("./shell.js"),
  suggest: () => import("./suggest.js"),
  touch: () => import("./touch.js"),
};

/** Loads a module; undefined when it can't be loaded. */
export const part = (name) => PARTS[name]().catch(() => undefined);

/** Uses a module for an action of the user; shows a message when it can't be loaded. */
export async function use(name, act) {
  const it = await part(name);
  if (it) return act(it);
  // Browsers may cache a failed module load.
  bar("missing", "This needs a connection. Nothing is lost.", button("Try again", () => location.reload()));
}

/** When idle: preloads the remaining modules; `pages` preloads the pages. */
export async function whole(pages) {
  await new Promise((resolve) => { "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 5_000 }) : setTimeout(resolve, 1_000); });
  pages();
  const unkept = navigator.serviceWorker?.controller ? [] : ["follow", "here", "leave", "lock", "outbox"];
  await Promise.all(["lists", "looks", ...unkept].map(part));
}
