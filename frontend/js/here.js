// What this device keeps, on the page of its person; and the lock of it.
import { button, entries, get, isLocked, know, lock, make, meta, lately, orders, ownKey, relock, unlocked, who } from "./core.js";
import { byPasskey, byPin, bySpare, fresh, hasPasskeys, withPasskey } from "./lock.js";

/** Shorter than this, and a PIN is found by trying. */
const SHORTEST = 6;
/** So many wrong ones, and the PIN opens nothing any more; the server's word still does. */
const TRIES = 10;

/** The server's word for the person who is signed in; nothing without a signal. It asks for an order that nobody has. */
async function spare() {
  const answer = await get("/api/v1/offline?rest=0");
  return answer?.ok ? (await answer.json()).spare : undefined;
}

/** Changes a lock, as it is by now; answers what it is then, or nothing when it is another one. */
async function amend(lock, change) {
  const write = (await unlocked())?.transaction("meta", "readwrite");
  if (!write) return undefined;
  const now = await write.store.get("lock");
  const next = now?.id === lock.id ? { ...now, ...change(now) } : undefined;
  if (next) await write.store.put(next, "lock");
  await write.done;
  return next;
}

/** A form with one line for a PIN; `take` answers what is wrong with it, if anything. */
function pinForm(label, act, take) {
  const input = make("input", { className: "input", type: "password", inputMode: "numeric", autocomplete: "off", id: "pin", required: true });
  const message = make("p", { className: "message", id: "pin-error" });
  message.setAttribute("role", "alert");
  input.setAttribute("aria-describedby", "pin-error");
  const press = make("button", { className: "btn btn-primary", textContent: act });
  const form = make("form", { className: "pin", noValidate: true }, make("label", { htmlFor: "pin", textContent: label }), input, message, press);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    press.disabled = true;
    const wrong = await take(input.value).catch(() => "This could not be done just now. Try again.");
    press.disabled = false;
    message.textContent = wrong ?? "";
    input.setAttribute("aria-invalid", Boolean(wrong));
    if (wrong) input.select();
  });
  return form;
}

const dialog = make("dialog", { className: "dialog", id: "unlock" });
dialog.setAttribute("aria-labelledby", "unlock-title");
document.body.append(dialog);

/** Asks for the PIN, or the passkey. */
export async function unlock() {
  const kept = async () => (await unlocked())?.get("meta", "lock");
  /** Counts a try; answers how many were wrong. */
  const tried = async (lock, right) => {
    const next = await amend(lock, ({ wrong, byPin }) => (right ? { wrong: 0 } : { wrong: wrong + 1, byPin: wrong + 1 < TRIES ? byPin : undefined }));
    return next?.wrong ?? 0;
  };
  const open = (key) => know(key).then(() => dialog.close());
  const form = pinForm("PIN", "Unlock", async (pin) => {
    const lock = await kept();
    if (!lock) return open();
    const key = await byPin(lock, pin);
    const wrong = await tried(lock, Boolean(key));
    if (key) return open(key);
    const left = TRIES - wrong;
    return left > 0 ? `That is not the PIN. ${left} more ${left === 1 ? "try" : "tries"}.` : "Too many wrong PINs: with a signal, sign in and choose “I forgot it”.";
  });
  const forgot = button("I forgot it", async () => {
    const [word, lock] = [await spare(), await kept()];
    const key = word && lock && bySpare(lock, word);
    if (!key) return form.querySelector(".message").replaceChildren("This needs a signal, and that you are signed in.");
    await open(key);
    // A new one can be set on the page of one's own.
    await relock();
  });
  const passkey = button("Use the passkey", async () => {
    const key = await byPasskey(await kept()).catch(() => undefined);
    if (key) return open(key);
    form.querySelector(".message").replaceChildren("The passkey did not open it. The PIN does.");
  });
  const other = (await kept())?.passkey ? [passkey] : [];
  dialog.replaceChildren(make("h2", { id: "unlock-title", textContent: "Unlock this device" }), form, make("p", { className: "outbox-end" }, ...other, forgot, button("Close", () => dialog.close())));
  dialog.showModal();
}

/** Puts the section into the page of its person. */
export async function section(show) {
  const page = document.querySelector("#page .devices")?.parentElement;
  if (!page || document.getElementById("here-device")) return;
  const card = make("section", { className: "card", id: "here-device" });
  page.append(card);
  const draw = async () => {
    const db = await unlocked();
    const kept = await db?.get("meta", "lock");
    const words = [];
    if (!db) words.push("This browser keeps nothing, and needs a signal.");
    else if (isLocked()) words.push("This device is locked.");
    else {
      const [count, at, unsent] = [(await orders()).length, await meta("at"), (await entries()).length];
      words.push(`It keeps ${count} orders${at ? `, as of ${lately(at)}` : ""}, and works with them when there is no signal. ${unsent === 0 ? "All changes sent." : `${unsent} of your changes ${unsent === 1 ? "is" : "are"} not sent.`}`);
    }
    const acts = [];
    if (db && isLocked()) acts.push(button("Unlock", unlock));
    else if (kept) {
      acts.push(make("p", { textContent: `A PIN locks it: it is asked for when Curlew is opened here, and after ten minutes out of sight.${kept.passkey ? " A passkey opens it too." : ""}` }));
      const message = make("p", { className: "message" });
      message.setAttribute("role", "alert");
      const amended = (change) => amend(kept, () => change).catch(() => undefined).then(draw);
      const passkeys = [];
      if (kept.passkey) passkeys.push(button("Forget the passkey", () => amended({ passkey: undefined })));
      else if (await hasPasskeys()) passkeys.push(button("Use a passkey too", async () => {
        const key = ownKey();
        const passkey = key && (await withPasskey(key, who()?.username ?? "Curlew").catch(() => undefined));
        if (passkey) return amended({ passkey });
        message.textContent = "This device made no passkey for it. The PIN stays.";
      }));
      acts.push(message, make("p", { className: "outbox-end" }, button("Lock now", () => know()), ...passkeys, button("Take the PIN off", () => relock()), button("View unsent changes", show)));
    } else if (db) {
      acts.push(make("p", { className: "under", textContent: `Whoever holds this device can read what it keeps. A PIN of ${SHORTEST} signs or more locks it; a longer one is safer. Forgotten, it costs a signal and your password, and nothing is lost.` }));
      acts.push(pinForm("New PIN", "Lock with this PIN", async (pin) => {
        if (pin.length < SHORTEST) return `A PIN has ${SHORTEST} signs or more.`;
        if (new Set(pin).size < 3) return "Use at least three different characters";
        const word = await spare();
        if (!word) return "This needs a signal.";
        return (await relock(await fresh(pin, word))) ? undefined : "This could not be done just now. Try again.";
      }));
      acts.push(make("p", { className: "outbox-end" }, button("View unsent changes", show)));
    }
    card.replaceChildren(make("h2", { textContent: "This device" }), make("p", { textContent: words.join(" ") }), ...acts);
  };
  lock.addEventListener("changed", function follow() {
    if (card.isConnected) return draw();
    lock.removeEventListener("changed", follow);
  });
  await draw();
}
