// Formatting on the device: business days, amounts, statuses.
import { meta } from "./store.js";

/** The time zone of the business (undefined: the device's own), its currency and status transitions, and whether this user may edit all orders. */
export const business = { zone: undefined, currency: "GBP", transitions: {}, edits_any: false };

/** Sets the time zone (IANA) and the currency (ISO 4217), if this browser supports them; and the transitions from each status. */
export function setBusiness({ zone, currency, moves: transitions = {}, edits_any = false } = {}) {
  Object.assign(business, { transitions, edits_any });
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    new Intl.NumberFormat("en-GB", { style: "currency", currency });
    Object.assign(business, { zone, currency });
  } catch {
    // Keep the previous values.
  }
}
meta("place").then(setBusiness);

/** The business day of an instant (milliseconds), as YYYY-MM-DD. */
export const day = (at = Date.now()) => new Date(at).toLocaleDateString("sv-SE", { timeZone: business.zone });

/** The day a number of days after another. */
export function dayAfter(days, from = day()) {
  const it = new Date(`${from}T00:00Z`);
  it.setUTCDate(it.getUTCDate() + days);
  return it.toISOString().slice(0, 10);
}

/** The number of days since Monday. */
export const weekday = (day) => (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;

/** An instant (milliseconds) in the format of pages. */
export function momentOf(at) {
  const date = new Date(at);
  const time = { hour: "2-digit", minute: "2-digit", timeZone: business.zone };
  return {
    at: at * 1_000,
    short: date.toLocaleTimeString("en-GB", time),
    full: date.toLocaleString("en-GB", { ...time, weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  };
}

/** A day in the format of pages. */
export const shownDay = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS.slice(month * 3 - 3, month * 3)} ${year}`;
};
const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** The time, with the day if it is not today. */
export const timeOrDay = (at) => `${day(at) === day() ? "" : `${shownDay(day(at))}, `}${momentOf(at).short}`;

/** The transitions from a status that the user may make, each with its required fields. */
export const transitionsFrom = (status) => business.transitions[status] ?? [];
/** Whether the user may edit all orders. */
export const mayEditAll = () => business.edits_any;

/** The currency of the business, an ISO 4217 code. */
export const currency = () => business.currency;

/** Formats an amount as in lists. */
export function formatAmount(typed) {
  const digits = String(typed ?? "").replace(/[^\d.-]/g, "");
  return digits && Number.isFinite(Number(digits)) ? Number(digits).toLocaleString("en-GB", { style: "currency", currency: business.currency }) : null;
}

const STATUSES = { NW: "New", HD: "Held", PK: "Parked", TP: "To Process", FD: "Future End Date", AW: "Awaiting Stock", IS: "Issues", CN: "Connected", CNL: "Cancelled" };
export const statusLabel = (code) => STATUSES[code] ?? code;
export const statusCode = (label) => Object.keys(STATUSES).find((code) => STATUSES[code] === label);
