// Curlew may stand among the applications of this device.
import { bar, button } from "./core.js";

/** Offers it; `event` is the browser's own offer. */
export function offer(event) {
  const act = (words, then) => button(words, () => { it.remove(); then?.(); });
  const it = bar("install", "Install Curlew to use it offline", act("Install", () => event.prompt()), act("Not now"));
}
