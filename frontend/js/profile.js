// The device section of the profile page: what is saved, and the lock.
import { button, entries, get, isLocked, setKey, lockEvents, make, meta, timeOrDay, orders, ownKey, replaceLock, databaseEvenLocked, who } from "./core.js";
import { byPasskey, byPin, bySpare, createLock, hasPasskeys, withPasskey } from "./lock.js";

/** The minimum length of a PIN. */
const SHORTEST = 6;
/** The number of wrong attempts after which only the recovery key opens the lock. */
const TRIES = 10;

/** The recovery key of the signed-in user; undefined offline. It requests an order that does not exist. */
async function recoveryKey() {
  const answer = await get("/api/v1/offline?rest=0");
  return answer?.ok ? (await answer.json()).spare : undefined;
}

/** Updates the lock; returns the new one, or undefined when it was replaced meanwhile. */
async function updateLock(lock, change) {
  const write = (await databaseEvenLocked())?.transaction("meta", "readwrite");
  if (!write) return undefined;
  const now = await write.store.get("lock");
  const next = now?.id === lock.id ? { ...now, ...change(now) } : undefined;
  if (next) await write.store.put(next, "lock");
  await write.done;
  return next;
}

/** A form with a PIN field; `take` returns an error message, if any. */
function pinForm(label, act, take) {
  const input = make("input", { className: "input", type: "password", inputMode: "numeric", autocomplete: "off", id: "pin", required: true });
  const message = make("p", { className: "field-message", id: "pin-error", role: "alert" });
  input.setAttribute("aria-describedby", "pin-error");
  const press = make("button", { className: "button button-primary", textContent: act });
  const form = make("form", { className: "device-pin", noValidate: true }, make("label", { htmlFor: "pin", textContent: label }), input, message, press);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    press.disabled = true;
    const wrong = await take(input.value).catch(() => "This didn't work. Try again.");
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

/** Shows the dialog that asks for the PIN or passkey. */
export async function unlock() {
  const kept = async () => (await databaseEvenLocked())?.get("meta", "lock");
  /** Counts an attempt; returns the number of wrong ones. */
  const tried = async (lock, right) => {
    const next = await updateLock(lock, ({ wrong, byPin }) => (right ? { wrong: 0 } : { wrong: wrong + 1, byPin: wrong + 1 < TRIES ? byPin : undefined }));
    return next?.wrong ?? 0;
  };
  const open = (key) => setKey(key).then(() => dialog.close());
  const form = pinForm("PIN", "Unlock", async (pin) => {
    const lock = await kept();
    if (!lock) return open();
    const key = await byPin(lock, pin);
    const wrong = await tried(lock, Boolean(key));
    if (key) return open(key);
    const left = TRIES - wrong;
    return left > 0 ? `Wrong PIN. ${left} ${left === 1 ? "attempt" : "attempts"} left.` : "Too many wrong PINs: go online, sign in and choose “Forgot PIN”";
  });
  const forgot = button("Forgot PIN", async () => {
    const [word, lock] = [await recoveryKey(), await kept()];
    const key = word && lock && bySpare(lock, word);
    if (!key) return form.querySelector(".field-message").replaceChildren("Go online and sign in first");
    await open(key);
    // A new PIN can be set on the profile page.
    await replaceLock();
  });
  const passkey = button("Use passkey", async () => {
    const key = await byPasskey(await kept()).catch(() => undefined);
    if (key) return open(key);
    form.querySelector(".field-message").replaceChildren("The passkey didn't work. Use your PIN.");
  });
  const other = (await kept())?.passkey ? [passkey] : [];
  dialog.replaceChildren(make("h2", { id: "unlock-title", textContent: "Unlock this device" }), form, make("p", { className: "outbox-end" }, ...other, forgot, button("Close", () => dialog.close())));
  dialog.showModal();
}

/** Adds the section to the profile page. */
export async function section(show) {
  const page = document.querySelector("#page .devices")?.parentElement;
  if (!page || document.getElementById("here-device")) return;
  const card = make("section", { className: "card", id: "here-device" });
  page.append(card);
  const draw = async () => {
    const db = await databaseEvenLocked();
    const kept = await db?.get("meta", "lock");
    const lines = [];
    if (!db) lines.push("Offline use isn't available in this browser.");
    else if (isLocked()) lines.push("This device is locked.");
    else {
      const [count, at, unsent] = [(await orders()).length, await meta("at"), (await entries()).length];
      lines.push(`Orders saved on this device for offline use: ${count}${at ? ` (updated ${timeOrDay(at)})` : ""}. ${unsent === 0 ? "All changes are sent." : `${unsent} unsent ${unsent === 1 ? "change" : "changes"}.`}`);
    }
    const acts = [];
    if (db && isLocked()) acts.push(button("Unlock", unlock));
    else if (kept) {
      acts.push(make("p", { textContent: `You're asked for your PIN when Curlew opens on this device and after 10 minutes in the background.${kept.passkey ? " You can also use your passkey." : ""}` }));
      const message = make("p", { className: "field-message", role: "alert" });
      const amended = (change) => updateLock(kept, () => change).catch(() => undefined).then(draw);
      const passkeys = [];
      if (kept.passkey) passkeys.push(button("Remove passkey", () => amended({ passkey: undefined })));
      else if (await hasPasskeys()) passkeys.push(button("Add passkey", async () => {
        const key = ownKey();
        const passkey = key && (await withPasskey(key, who()?.username ?? "Curlew").catch(() => undefined));
        if (passkey) return amended({ passkey });
        message.textContent = "This device couldn't create a passkey. Your PIN still works.";
      }));
      acts.push(message, make("p", { className: "outbox-end" }, button("Lock now", () => setKey()), ...passkeys, button("Remove PIN", () => replaceLock()), button("View unsent changes", show)));
    } else if (db) {
      acts.push(make("p", { className: "muted", textContent: `Anyone with this device can read what is saved on it. Lock it with a PIN of at least ${SHORTEST} characters; longer is safer. If you forget it, go online and sign in with your password: nothing is lost.` }));
      acts.push(pinForm("New PIN", "Set PIN", async (pin) => {
        if (pin.length < SHORTEST) return `Use at least ${SHORTEST} characters`;
        if (new Set(pin).size < 3) return "Use at least three different characters";
        const word = await recoveryKey();
        if (!word) return "Go online to set a PIN";
        return (await replaceLock(await createLock(pin, word))) ? undefined : "This didn't work. Try again.";
      }));
      acts.push(make("p", { className: "outbox-end" }, button("View unsent changes", show)));
    }
    card.replaceChildren(make("h2", { textContent: "This device" }), make("p", { textContent: lines.join(" ") }), ...acts);
  };
  lockEvents.addEventListener("changed", function follow() {
    if (card.isConnected) return draw();
    lockEvents.removeEventListener("changed", follow);
  });
  await draw();
}
