// The lock of the copies on this device. What is kept is sealed with a key (XChaCha20-Poly1305) that is kept sealed itself: by the PIN
// (PBKDF2-HMAC-SHA-256, RFC 8018; rounds as OWASP asks for), and by a word that the server gives to whoever is signed in, so that a PIN
// that was forgotten costs nothing but a signal. noble's ciphers and not the browser's own: those answer later, and a transaction of
// IndexedDB does not wait.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";

const ROUNDS = 600_000;
/** What every lock holds, to know its key by. */
const WORD = "curlew";
const NONCE = 24;

/** Seals and opens texts with a key of 32 bytes; `open` throws when the key is another one. */
const cipher = (key, id) => ({
  id,
  seal(text) {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
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
export const ofKey = (text, id) => cipher(bytes(text), id);

async function ofPin(pin, salt, rounds) {
  const given = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  return cipher(new Uint8Array(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, given, 256)));
}

/** A lock with this PIN, and what is behind it; `spare` is the server's word (64 hexadecimal digits). */
export async function fresh(pin, spare) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = hex(crypto.getRandomValues(new Uint8Array(32)));
  const id = crypto.randomUUID();
  const lock = { id, salt, rounds: ROUNDS, word: ofKey(key).seal(WORD), byPin: (await ofPin(pin, salt, ROUNDS)).seal(key), bySpare: ofKey(spare).seal(key), wrong: 0 };
  return { lock, key, cipher: ofKey(key, id) };
}

/** What a box holds; nothing for who cannot open it. */
const held = (box, by) => {
  try {
    return by.open(box);
  } catch {
    return undefined;
  }
};
/** The cipher of a key, if it is that of this lock. */
export const behind = (lock, key) => (held(lock.word, ofKey(key)) === WORD ? ofKey(key, lock.id) : undefined);
/** The key behind a lock, as text; nothing for another PIN or word. */
export const byPin = async (lock, pin) => lock.byPin && held(lock.byPin, await ofPin(pin, lock.salt, lock.rounds));
export const bySpare = (lock, spare) => held(lock.bySpare, ofKey(spare));
