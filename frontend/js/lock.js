// The lock of the copies on this device. Data is encrypted with a key (XChaCha20-Poly1305) that is itself encrypted: with the PIN
// (PBKDF2-HMAC-SHA-256, RFC 8018; rounds as OWASP recommends), with a passkey if there is one, and with a recovery key that the server gives to
// the signed-in user, for a forgotten PIN. It uses noble's ciphers, because the browser's own
// are asynchronous, and an IndexedDB transaction does not wait.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";

const ROUNDS = 600_000;
/** The plaintext in every lock that verifies its key. */
const WORD = "curlew";
const NONCE = 24;
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Encrypts and decrypts texts with a key of 32 bytes; `open` throws with another key. */
const cipher = (key, id) => ({
  id,
  seal(text) {
    const nonce = random(NONCE);
    const body = xchacha20poly1305(key, nonce).encrypt(new TextEncoder().encode(text));
    const box = new Uint8Array(NONCE + body.length);
    box.set(nonce);
    box.set(body, NONCE);
    return box;
  },
  open: (box) => new TextDecoder().decode(xchacha20poly1305(key, box.subarray(0, NONCE)).decrypt(box.subarray(NONCE))),
});

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (it) => parseInt(it, 16));

/** The cipher of a key as text. */
export const cipherOfKey = (text, id) => cipher(bytes(text), id);

async function cipherOfPin(pin, salt, rounds) {
  const given = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return cipher(new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, given, 256)));
}

/** Makes a lock with a PIN, and its key; `spare` is the recovery key (64 hexadecimal digits). */
export async function createLock(pin, spare) {
  const salt = random(16);
  const key = hex(random(32));
  const id = crypto.randomUUID();
  const lock = { id, salt, rounds: ROUNDS, word: cipherOfKey(key).seal(WORD), byPin: (await cipherOfPin(pin, salt, ROUNDS)).seal(key), bySpare: cipherOfKey(spare).seal(key), wrong: 0 };
  return { lock, key, cipher: cipherOfKey(key, id) };
}

/** Decrypts a box; undefined with another key. */
const openBox = (box, by) => {
  try {
    return by.open(box);
  } catch {
    return undefined;
  }
};
/** The cipher of a key, if it is that of this lock. */
export const cipherOf = (lock, key) => (openBox(lock.word, cipherOfKey(key)) === WORD ? cipherOfKey(key, lock.id) : undefined);
/** Opens a lock: returns its key as text; undefined with another PIN or recovery key. */
export const byPin = async (lock, pin) => lock.byPin && openBox(lock.byPin, await cipherOfPin(pin, lock.salt, lock.rounds));
export const bySpare = (lock, spare) => openBox(lock.bySpare, cipherOfKey(spare));

/** Whether this browser supports passkeys with PRF (WebAuthn Level 3). They need a domain name, not an IP address. */
export async function hasPasskeys() {
  if (/^[\d.]+$|:/.test(location.hostname)) return false;
  return Boolean((await window.PublicKeyCredential?.getClientCapabilities?.())?.["extension:prf"]);
}
/** The cipher of a passkey's secret; undefined when the passkey returns none. Throws the browser's errors. */
async function cipherOfPasskey({ id, salt }) {
  const publicKey = { challenge: random(32), allowCredentials: [{ type: "public-key", id }], userVerification: "required", extensions: { prf: { eval: { first: salt } } } };
  const used = await navigator.credentials.get({ publicKey });
  const secret = used?.getClientExtensionResults().prf?.results?.first;
  return secret && cipher(new Uint8Array(secret));
}
/** Creates a passkey for a user that encrypts the key; undefined without PRF. The server never sees it. */
export async function withPasskey(key, name) {
  const publicKey = {
    challenge: random(32),
    rp: { name: "Curlew" },
    user: { id: random(16), name, displayName: name },
    pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    extensions: { prf: {} },
  };
  const made = await navigator.credentials.create({ publicKey });
  if (!made?.getClientExtensionResults().prf?.enabled) return undefined;
  const passkey = { id: new Uint8Array(made.rawId), salt: random(32) };
  const by = await cipherOfPasskey(passkey);
  return by && { ...passkey, box: by.seal(key) };
}
/** Opens a lock with its passkey: returns its key as text; undefined with another one. */
export async function byPasskey({ passkey }) {
  const by = await cipherOfPasskey(passkey);
  return by && openBox(passkey.box, by);
}
