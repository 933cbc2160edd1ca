// What only some pages and hands need: it comes when they do, and ahead of them where no service worker keeps it.
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

/** A part; nothing where it cannot come. */
export const part = (name) => PARTS[name]().catch(() => undefined);

/** Does something with a part that a hand asked for; where it cannot come, that is said. */
export async function use(name, act) {
  const it = await part(name);
  if (it) return act(it);
  // A browser may not ask twice for what did not come once.
  bar("missing", "This needs a connection. Nothing is lost.", button("Try again", () => location.reload()));
}

/** Once nothing else goes on: brings what was not needed so far; `pages` brings the pages. */
export async function whole(pages) {
  await new Promise((resolve) => { "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: 5_000 }) : setTimeout(resolve, 1_000); });
  pages();
  const unkept = navigator.serviceWorker?.controller ? [] : ["follow", "here", "leave", "lock", "outbox"];
  await Promise.all(["lists", "looks", ...unkept].map(part));
}
