// A message beside a call.

/** Beside each number that can be called: a message to it. */
export function messages() {
  for (const call of document.querySelectorAll("#page dd a[href^='tel:'], #page .detail-fields a[href^='tel:']")) {
    // A page that was drawn again in place has one already, which may be to the number of before.
    const beside = call.nextElementSibling?.matches("a[href^='sms:']") ? call.nextElementSibling : undefined;
    const write = beside ?? Object.assign(document.createElement("a"), { rel: "external", className: "sms", textContent: "Message" });
    write.href = call.getAttribute("href").replace("tel:", "sms:");
    if (!beside) call.after(" ", write);
  }
}
