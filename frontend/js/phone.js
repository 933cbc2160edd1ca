// A message beside a call.

/** Beside each number that can be called: a message to it. */
export function messages() {
  for (const call of document.querySelectorAll("#page dd a[href^='tel:'], #page .facts a[href^='tel:']")) {
    if (call.nextElementSibling?.matches("a[href^='sms:']")) continue;
    const write = document.createElement("a");
    write.href = call.getAttribute("href").replace("tel:", "sms:");
    write.rel = "external";
    write.className = "sms";
    write.textContent = "Message";
    call.after(" ", write);
  }
}
