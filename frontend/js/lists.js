// Lists offline, from the copies of this device: filters, search, page. Says what needs a connection.
import { day, dayAfter, mayEditAll, timeOrDay, meta, orders, shownDay, weekday, who } from "./core.js";
import { isDue } from "./apply.js";
import { matches } from "./search.js";

/** Today, the Monday of this week, the first of this month. */
function periodStarts() {
  const today = day();
  return { today, monday: dayAfter(-weekday(today), today), first: `${today.slice(0, 8)}01` };
}

/** The condition of each list, by path. */
const VIEWS = {
  "/orders/": () => true,
  "/orders/today/": (it, { today }) => it.created === today,
  "/orders/week/": (it, { monday }) => it.created >= monday,
  "/orders/month/": (it, { first }) => it.created >= first,
  "/orders/connected/month/": (it, { first }) => it.row.status === "CN" && it.connected >= first,
  "/orders/mine/": (it) => it.owner === who()?.user,
  "/orders/due/": (it, { today }) => isDue(it, today) && (mayEditAll() || it.owner === who()?.user),
  "/orders/search/": () => true,
};

/** Whether an order matches a filter; `none` matches a missing value. */
const matchesId = (has, value) => (value === "none" ? !has : String(has) === value);

/** The condition of each filter. */
const FILTERS = {
  status: (it, values) => values.some((value) => value.toUpperCase().split(",").includes(it.row.status)),
  owner: (it, [value]) => matchesId(it.owner, value),
  team: (it, [value]) => matchesId(it.team, value),
  campaign: (it, [value]) => matchesId(it.campaign, value),
  company: (it, [value]) => matchesId(it.company, value),
  network: (it, [value]) => matchesId((it.draft.network ?? "").toLowerCase(), value.toLowerCase()),
  value: (it, [value]) => value === "none" && !it.row.box_value,
  created_from: (it, [value]) => it.created >= value,
  created_to: (it, [value]) => it.created <= value,
  connected_from: (it, [value]) => Boolean(it.connected) && it.connected >= value,
  connected_to: (it, [value]) => Boolean(it.connected) && it.connected <= value,
  sold: (it) => it.row.status !== "CNL",
  due: (it, _, { today }) => isDue(it, today),
  query: (it, [value]) => matches(it.search, value),
};

const byNewest = (a, b) => b.row.at.at - a.row.at.at;
const compare = (a, b) => (a > b) - (a < b);
/** The default sort of a list, as on the server: the header of its date column, and the date. */
const CREATED = { head: "Created ↓", by: byNewest };
const CONNECTED = { head: "Connected ↓", of: (it) => it.connected, by: (a, b) => compare(b.connected, a.connected) || byNewest(a, b) };
const DUE = { head: "Follow-up ↑", of: (it) => it.follow_up, by: (a, b) => compare(a.follow_up, b.follow_up) || byNewest(b, a) };
function sortOf(path, on) {
  if (path === "/orders/due/") return DUE;
  const connected = path === "/orders/connected/month/" || on.some(([name]) => name.startsWith("connected_"));
  return connected && path !== "/orders/search/" ? CONNECTED : CREATED;
}
const momentOfDay = (day) => ({ at: Date.parse(day) * 1_000, short: shownDay(day), full: shownDay(day) });

/** Makes the view model of a list; `drawn` is one from the server, used for everything but the rows. */
export async function list(address, drawn) {
  const url = new URL(address, location.origin);
  const view = VIEWS[url.pathname];
  if (!view) return undefined;
  const when = periodStarts();
  const asked = [...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name).filter(Boolean)]).filter(([, values]) => values.length > 0);
  const on = asked.filter(([name]) => FILTERS[name]);
  const sort = sortOf(url.pathname, on);
  const [every, at = Date.now()] = await Promise.all([orders(), meta("at")]);
  const all = every
    .filter((it) => view(it, when) && on.every(([name, values]) => FILTERS[name](it, values, when)))
    .sort(sort.by);
  const size = Number(url.searchParams.get("per_page")) || Math.max(drawn.rows.length, 25);
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(1, Number(url.searchParams.get("page")) || 1), pages);
  const rows = all.slice((page - 1) * size, page * size).map((it) => (sort.of ? { ...it.row, at: momentOfDay(sort.of(it)) } : it.row));
  const to = (page, name = "page") => {
    const there = new URL(url);
    there.searchParams.delete("page");
    there.searchParams.set(name, page);
    return there.pathname + there.search;
  };
  const without = (name) => {
    const there = new URL(url);
    there.searchParams.delete(name);
    return there.pathname + there.search;
  };
  const missing = asked.filter(([name]) => !FILTERS[name] && !["page", "per_page"].includes(name)).map(([name]) => `The filter “${name}” needs a connection`);
  const shown = drawn.views.find((it) => it.href.split("?")[0] === url.pathname);
  return {
    ...drawn,
    title: url.pathname === "/orders/search/" ? ["Search", url.searchParams.get("query")].filter(Boolean).join(": ") : url.pathname === "/orders/" ? "Orders" : shown?.words ?? "Orders",
    path: url.pathname,
    here: url.pathname + url.search,
    count: String(all.length),
    views: drawn.views.map((it) => ({ ...it, on: it === shown })),
    chips: on.filter(([name]) => name !== "query").map(([name, values]) => ({ words: `${name}: ${values.join(", ")}`, href: without(name), on: true })),
    columns: drawn.columns.map(([column, head]) =>
      column === "created" ? [column, { words: sort.head, href: "", on: true }] : [column, { ...head, words: head.words.replace(/ [↓↑]$/, ""), on: false }],
    ),
    clear: null,
    kept: [],
    rows,
    range: all.length ? `${(page - 1) * size + 1}–${(page - 1) * size + rows.length} of ${all.length} on this device` : "",
    sizes: drawn.sizes.map(({ words }) => ({ words, href: to(words, "per_page"), on: Number(words) === size })),
    newer: page > 1 ? to(page - 1) : null,
    older: page < pages ? to(page + 1) : null,
    numbers: [],
    jump: false,
    ignored: [`You're offline. Showing orders saved on this device, last updated ${timeOrDay(at)}.`, ...missing],
    due: [],
    due_more: null,
    trash: false,
    export: null,
    pick: null,
    save: null,
    saved: null,
    empty: "No matching orders are saved on this device",
    way: null,
  };
}
