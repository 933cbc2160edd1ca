// A link to send a text message, beside each phone link.
import { make } from "./dom.js";

/** Adds the links. */
export function addMessageLinks() {
  for (const call of document.querySelectorAll("#page :is(dd, .order-details) a[href^='tel:']")) {
    // A page that was re-rendered in place may have one for the previous number.
    const beside = call.nextElementSibling?.matches("a[href^='sms:']") ? call.nextElementSibling : undefined;
    const write = beside ?? make("a", { rel: "external", className: "link-message", textContent: "Message" });
    write.href = call.getAttribute("href").replace("tel:", "sms:");
    if (!beside) call.after(" ", write);
  }
}
