// Follow-ups offline.
import { dayAfter, isReachable, order, enqueue, uuid7, hasUnsent, weekday } from "./core.js";

/** The next working day. */
function workday() {
  let next = dayAfter(1);
  while (weekday(next) > 4) next = dayAfter(1, next);
  return next;
}

/** Queues a follow-up form in the outbox, as an edit. */
export async function followUp(form, submitter, number) {
  const given = new FormData(form, submitter);
  // An order that this device does not have is submitted natively.
  const plainly = () => {
    form.dataset.plain = "yes";
    form.requestSubmit(submitter);
  };
  if (isReachable() && navigator.onLine && !(await hasUnsent(number))) return plainly();
  const kept = await order(number);
  if (!kept) return plainly();
  const act = given.get("act");
  const none = { follow_up_on: "", follow_up_kind: "", follow_up_note: "" };
  const typed = {
    done: none,
    tomorrow: { follow_up_on: workday() },
    week: { follow_up_on: dayAfter(7) },
  }[act] ?? Object.fromEntries(Object.keys(none).map((field) => [field, given.get(field) ?? ""]));
  const queued = await enqueue("orders/edit", { number, version: kept.version, draft: { ...kept.draft, ...typed } }, uuid7());
  if (queued === undefined) return plainly();
  dispatchEvent(new CustomEvent("curlew:again"));
}
