// The offer to install Curlew.
import { showNotice, button } from "./core.js";

/** Shows the offer; `event` is the browser's `beforeinstallprompt`. */
export function offer(event) {
  const act = (text, then) => button(text, () => { it.remove(); then?.(); });
  const it = showNotice("install", "Install Curlew to use it offline", act("Install", () => event.prompt()), act("Not now"));
}
