// Search offline, with the same normalisation as the server (`db::text`).

/** Letters that do not decompose into an English letter and a mark. */
const LETTERS = { ł: "l", ø: "o", đ: "d", ð: "d", þ: "th", ß: "ss", æ: "ae", œ: "oe", ı: "i", ħ: "h", ŧ: "t" };
/** Lower case, without accents and invisible marks. */
const foldLetters = (text) =>
  String(text ?? "")
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replace(/[łøđðþßæœıħŧ]/g, (letter) => LETTERS[letter]);
/** The words of a text; apostrophes are removed, so that O'Brien is one word. */
const words = (text) =>
  foldLetters(text)
    .replace(/['’ʼ`]/g, "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
/** Two spaces precede each word. */
const BEGINS = "  ";

/** A number without its extension, as it was typed. */
export const withoutExtension = (number) => number.replace(/\W*(extension|extn?|x|#)\W*\d+\s*$/i, "");

/** The digits of a number without extension and without the trunk zero after a country code. */
function digitsOf(typed) {
  const number = withoutExtension(typed).replaceAll("(0)", "");
  const digits = number.replace(/\D/g, "");
  const abroad = /^\(?\+/.test(number.trim()) ? digits : digits.startsWith("00") ? digits.slice(2) : undefined;
  return { number, digits, abroad: abroad?.replace(/^440/, "44") };
}

/** The search forms of a number: with and without the country code. */
function phoneForms(typed) {
  if (!typed) return "";
  const { digits, abroad } = digitsOf(typed);
  const whole = abroad ?? digits.replace(/^0/, "44");
  return whole.startsWith("44") ? `0${whole.slice(2)} ${whole}` : whole;
}

/** The search text of an order. */
export const searchText = (number, draft) =>
  [...new Set([number, number.replaceAll("-", ""), draft.business_name, draft.first_name, draft.last_name, draft.email, phoneForms(draft.mobile), phoneForms(draft.landline), draft.billing_postcode].flatMap(words))]
    .map((word) => BEGINS + word)
    .join("");

/** The terms of a search, all of which must match. */
function searchTerms(typed) {
  const { number, digits, abroad } = digitsOf(typed.replace(/[\p{Cf}]/gu, ""));
  if (/^[\d\s+\-().\/]*$/.test(number)) {
    if (abroad?.length >= 3) return [abroad];
    if (digits.length >= (digits.startsWith("0") ? 3 : 7)) return [digits];
  }
  // A postcode without its space becomes two words.
  return words(typed).flatMap((word) => /^([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})$/.exec(word)?.slice(1) ?? [word]);
}

/** Whether a search matches a text. */
export const matches = (search, typed) => searchTerms(typed).every((term) => search.includes(term.length < 3 ? BEGINS + term : term));
