// How this device says things: days of the business, sums in its currency, statuses by their names.
import { meta } from "./store.js";

/** Where the business is; this device's own zone until the server has said it. */
const place = { zone: undefined, currency: "GBP", moves: {}, edits_any: false };

/** Takes what the server said: the zone (IANA) and the currency (ISO 4217), where this browser knows them; the moves from each status. */
export function placed({ zone, currency, moves = {}, edits_any = false } = {}) {
  Object.assign(place, { moves, edits_any });
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    new Intl.NumberFormat("en-GB", { style: "currency", currency });
    Object.assign(place, { zone, currency });
  } catch {
    // As before.
  }
}
meta("place").then(placed);

/** The business day of an instant (milliseconds), as YYYY-MM-DD. */
export const day = (at = Date.now()) => new Date(at).toLocaleDateString("sv-SE", { timeZone: place.zone });

/** The day so many days after another. */
export function dayAfter(days, from = day()) {
  const it = new Date(`${from}T00:00Z`);
  it.setUTCDate(it.getUTCDate() + days);
  return it.toISOString().slice(0, 10);
}

/** Days since Monday. */
export const weekday = (day) => (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;

/** An instant (milliseconds) as pages have it. */
export function moment(at) {
  const date = new Date(at);
  const time = { hour: "2-digit", minute: "2-digit", timeZone: place.zone };
  return {
    at: at * 1_000,
    short: date.toLocaleTimeString("en-GB", time),
    full: date.toLocaleString("en-GB", { ...time, weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  };
}

/** A day as pages have it. */
export const shownDay = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS.slice(month * 3 - 3, month * 3)} ${year}`;
};
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** A time of today; of another day with that day. */
export const lately = (at) => `${day(at) === day() ? "" : `${shownDay(day(at))}, `}${moment(at).short}`;

/** The moves from a status that whoever is here may make, each with what it asks for. */
export const movesFrom = (status) => place.moves[status] ?? [];
/** Whether whoever is here may edit everybody's orders. */
export const edits = () => place.edits_any;

/** The currency of the business, an ISO 4217 code. */
export const currency = () => place.currency;

/** A sum as a list shows it, in the words of the other rows. */
export function sum(typed) {
  const digits = String(typed ?? "").replace(/[^\d.-]/g, "");
  return digits && Number.isFinite(Number(digits)) ? Number(digits).toLocaleString("en-GB", { style: "currency", currency: place.currency }) : null;
}

const STATUSES = { NW: "New", HD: "Held", PK: "Parked", TP: "To Process", FD: "Future End Date", AW: "Awaiting Stock", IS: "Issues", CN: "Connected", CNL: "Cancelled" };
export const statusLabel = (code) => STATUSES[code] ?? code;
export const statusCode = (label) => Object.keys(STATUSES).find((code) => STATUSES[code] === label);
