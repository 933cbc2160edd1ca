// Ten devices that write without a signal worth the name: through a proxy that drops, delays, doubles and reorders requests and answers and
// cuts the line, while the server is killed with -9 now and then. At the end every entry that was acknowledged, and every one that was still
// queued, must have had its effect exactly once, in its order for each order, and every device must hold what the database holds.
//
//   node bench/soak.mjs <curlew> <folder> [--minutes 30] [--rate 50] [--browsers 4] [--without-keys]
//
// So many of the ten are Chromium with Curlew's own code, service worker and database in it, reloaded, closed and put offline now and then;
// the others speak the protocol by themselves. --without-keys sends each try under a new key: then the checker must fail.
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";
import { keptHere, uuid7 } from "../end2end/tests/offline.js";

const [curlew, folder] = process.argv.slice(2, 4);
const option = (name, usual) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : usual);
const minutes = option("minutes", 30);
const rate = option("rate", 50);
const browsers = option("browsers", 4);
const keyed = !process.argv.includes("--without-keys");
const SERVER = 3220;
const PROXY = 3221;
const base = `http://127.0.0.1:${PROXY}`;
const PASSWORD = "every call counts";
const PEOPLE = ["layla", "neil", "xavier", "hannah", "cameron", "dawn", "freya", "priya", "gus", "mercy"];
const env = { ...process.env, CURLEW_ADDR: `127.0.0.1:${SERVER}`, CURLEW_BASE_URL: base, RUST_LOG: "error", PORT: String(SERVER) };
const chance = (percent) => randomInt(1_000) < percent * 10;
const one = (list) => list[randomInt(list.length)];
/** Ticks at an even pace, whatever each tick takes, until it is time. */
async function* pace(every, until) {
  for (let next = Date.now(); next < until; next += every) {
    await sleep(Math.max(0, next - Date.now()));
    yield;
  }
}

// --- the server, and its end now and then

let server;
const totals = { kills: 0, dropped: 0, lost: 0, doubled: 0, cut: 0, requests: 0, reloads: 0, closed: 0, offline: 0 };
async function start() {
  server = spawn(curlew, ["serve"], { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  for (let n = 0; n < 200; n++) {
    if (await fetch(`http://127.0.0.1:${SERVER}/readyz`).then((it) => it.ok, () => false)) return;
    await sleep(100);
  }
  throw new Error("the server does not start");
}
async function kill() {
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await gone;
  totals.kills++;
}

// --- the line

let honest = false;
/** Each try under a new key, and the answer with the old ones again. */
function unkeyed(request, body) {
  const headers = { ...request.headers };
  const back = new Map();
  if (keyed) return { headers, body, back };
  // The answer is to be read here.
  delete headers["accept-encoding"];
  if (headers["x-curlew-key"]) headers["x-curlew-key"] = uuid7();
  if (request.url !== "/api/v1/sync") return { headers, body, back };
  const given = JSON.parse(body);
  for (const entry of given.entries) {
    const fresh = uuid7();
    back.set(fresh, entry.key);
    entry.key = fresh;
  }
  const text = Buffer.from(JSON.stringify(given));
  return { headers: { ...headers, "content-length": String(text.length) }, body: text, back };
}
function forward(request, given) {
  const { headers, body, back } = unkeyed(request, given);
  return new Promise((resolve) => {
    const on = http.request({ host: "127.0.0.1", port: SERVER, path: request.url, method: request.method, headers, agent: false }, (came) => {
      const parts = [];
      const end = () => {
        let whole = Buffer.concat(parts);
        if (back.size) whole = Buffer.from([...back].reduce((text, [fresh, old]) => text.replaceAll(fresh, old), whole.toString()));
        resolve({ came, whole });
      };
      came.on("data", (part) => parts.push(part)).on("end", end).on("error", () => resolve());
    });
    on.on("error", () => resolve());
    on.end(body);
  });
}
/** What never ends is passed on as it comes, until it is cut. */
function stream(request, answer) {
  const on = http.request({ host: "127.0.0.1", port: SERVER, path: request.url, headers: request.headers, agent: false }, (came) => {
    answer.writeHead(came.statusCode, came.headers);
    came.pipe(answer);
    came.on("error", () => answer.destroy());
    if (!honest) setTimeout(() => answer.destroy(), 5_000 + randomInt(25_000)).unref();
  });
  on.on("error", () => answer.destroy());
  answer.on("close", () => on.destroy());
  on.end();
}
const proxy = http.createServer(async (request, answer) => {
  if (request.url.startsWith("/live") && !request.url.startsWith("/live/here")) return stream(request, answer);
  const parts = [];
  try {
    for await (const part of request) parts.push(part);
  } catch {
    return;
  }
  const body = Buffer.concat(parts);
  totals.requests++;
  const odd = !honest && /^\/(api|fn)\//.test(request.url);
  if (odd && chance(8)) return totals.dropped++, answer.destroy();
  if (odd) await sleep(randomInt(chance(5) ? 3_000 : 150));
  if (odd && chance(8)) {
    // A copy arrives too, at any time: before, with, or long after.
    totals.doubled++;
    sleep(randomInt(4_000)).then(() => forward(request, body));
  }
  const came = await forward(request, body);
  if (!came) return answer.destroy();
  if (odd && chance(8)) return totals.lost++, answer.destroy();
  const headers = { ...came.came.headers };
  delete headers["transfer-encoding"];
  headers["content-length"] = String(came.whole.length);
  answer.writeHead(came.came.statusCode, headers);
  if (odd && chance(4)) return totals.cut++, answer.write(came.whole.subarray(0, came.whole.length / 2)), answer.destroy();
  answer.end(came.whole);
});

// --- a device that speaks the protocol

class Device {
  constructor(name) {
    Object.assign(this, { name, outbox: [], done: [], maybe: [], refused: [], copies: new Map(), mark: undefined, n: 0, cookie: "", user: 0, contact: "" });
  }

  get waiting() {
    return this.outbox.length;
  }

  async signIn() {
    const body = new URLSearchParams({ username: this.name, password: PASSWORD, remember: "yes" });
    const answer = await fetch(`http://127.0.0.1:${SERVER}/login/`, { method: "POST", body, redirect: "manual", headers: { "sec-fetch-site": "same-origin" } });
    this.cookie = answer.headers.getSetCookie().map((it) => it.split(";")[0]).join("; ");
  }

  async ask(path, given) {
    const headers = { cookie: this.cookie, "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const answer = await fetch(base + path, given ? { method: "POST", headers, body: JSON.stringify(given) } : { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return answer.json();
  }

  /** The copies follow what changed. */
  async refresh() {
    let query = this.mark ? `?mark=${this.mark}` : "";
    let next;
    for (;;) {
      const snapshot = await this.ask(`/api/v1/offline${query}`);
      this.user = snapshot.user;
      this.contact = snapshot.contact;
      next ??= snapshot.mark;
      if (snapshot.whole) this.copies.clear();
      for (const it of snapshot.orders) this.copies.set(it.uuid, it);
      const gone = new Set(snapshot.gone);
      for (const it of this.copies.values()) if (gone.has(it.id)) this.copies.delete(it.uuid);
      if (snapshot.rest.length === 0) break;
      query = `?rest=${snapshot.rest.join(",")}`;
    }
    this.mark = next;
  }

  /** Does something, whatever the line is like. */
  act() {
    const n = ++this.n;
    const own = (this.own ??= []);
    const kind = randomInt(100);
    const of = (it) => it.order ?? it.uuid;
    const add = (act) => this.outbox.push({ key: uuid7(), at: Date.now(), contact: this.contact, after: this.outbox.findLast((it) => of(it) === of(act))?.key, n, ...act });
    if (own.length < 3 || kind < 25) {
      const uuid = uuid7();
      own.push({ order: uuid, version: 1, status: "NW", handset: "" });
      return add({ kind: "create", uuid, draft: { status: "NW", business_name: `Soak ${this.name} ${n}`, box_value: String(randomInt(1_000)) } });
    }
    const it = one(own.slice(-40));
    if (kind < 55) {
      const to = `handset ${n}`;
      add({ kind: "edit", order: it.order, version: it.version, changes: [["handset", it.handset, to]] });
      it.handset = to;
      it.version++;
    } else if (kind < 70) {
      const to = it.status === "HD" ? "TP" : "HD";
      add({ kind: "move", order: it.order, version: it.version, from: it.status, to, asked: {} });
      it.status = to;
      it.version++;
    } else if (kind < 85) {
      add({ kind: "comment", order: it.order, text: `said ${this.name} ${n}` });
    } else {
      const other = one([...this.copies.values()].slice(0, 50));
      if (other) add({ kind: "comment", order: other.number, text: `said ${this.name} ${n}` });
    }
  }

  /** Sends what is queued, the oldest first. */
  async send() {
    while (this.outbox.length > 0) {
      const go = this.outbox.slice(0, 100);
      const entries = go.map(({ at, n, ...it }) => ({ ...it, age: (Date.now() - at) / 1_000 }));
      const { verdicts } = await this.ask("/api/v1/sync", { user: this.user, entries });
      let stuck = 0;
      verdicts.forEach((verdict, nth) => {
        const entry = go[nth];
        if (["done", "already"].includes(verdict.verdict)) {
          this.outbox.splice(this.outbox.indexOf(entry), 1);
          this.done.push({ ...entry, verdict });
        } else if (["conflict", "refused"].includes(verdict.verdict)) {
          this.outbox.splice(this.outbox.indexOf(entry), 1);
          this.refused.push({ ...entry, verdict });
        } else stuck++;
      });
      if (stuck === verdicts.length) await sleep(300);
    }
  }

  async live(until) {
    const writes = (async () => {
      for await (const _ of pace((1_000 * PEOPLE.length) / rate, until)) this.act();
    })();
    const sends = (async () => {
      while (Date.now() < until) {
        await this.send().catch(() => sleep(200 + randomInt(800)));
        await this.refresh().catch(() => undefined);
        await sleep(300);
      }
    })();
    await Promise.all([writes, sends]);
  }

  async finish() {
    await this.send();
    await this.refresh();
  }
}

// --- a device that is a browser

/** In the page: asks what a page asks. */
const hand = async ([name, given]) => {
  try {
    const answer = await fetch(new Request(`/fn/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(given) }));
    return { ok: answer.ok, text: await answer.text() };
  } catch (cause) {
    return { ok: false, text: String(cause) };
  }
};
/** In the page: opens an order and changes it there, as its pages do: they stand until it is done. */
const change = async ([of, handset]) => {
  const ask = async (name, given) => {
    const answer = await fetch(new Request(`/fn/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(given) }));
    return { ok: answer.ok, text: await answer.text() };
  };
  const place = document.createElement("div");
  const make = (tag, given, ...children) => {
    const it = Object.assign(document.createElement(tag), given);
    it.append(...children);
    return it;
  };
  try {
    const opened = await ask("orders/form", { of });
    if (!opened.ok) return { opened: false };
    const { draft, version, number } = JSON.parse(opened.text);
    const name = number ?? of;
    const label = { NW: "New", HD: "Held", TP: "To Process" }[draft.status];
    const fields = Object.entries({ ...draft, version: String(version) }).map(([field, value]) => make("input", { name: field, defaultValue: value }));
    const form = make("form", { className: "order-form", action: `/orders/${name}/update/` }, ...fields);
    const head = make("p", { className: handset ? "" : "order-head" }, make("span", { className: "status-badge", textContent: label }));
    place.append(form, head);
    document.getElementById("page").append(place);
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * 400); });
    const drawn = Number(form.elements.version.value);
    const to = draft.status === "HD" ? "TP" : "HD";
    const answer = handset
      ? await ask("orders/edit", { number: name, version: drawn, draft: { ...draft, handset } })
      : await ask("orders/change_status", { number: name, version: drawn, to, asked: {} });
    return { opened: true, before: draft.handset ?? "", to, ...answer };
  } catch (cause) {
    return { opened: true, ok: false, text: String(cause) };
  } finally {
    place.remove();
  }
};
/** In the page: what it shows of some orders. */
const shows = async (numbers) => {
  const shown = [];
  for (const number of numbers) {
    const answer = await fetch(new Request("/fn/orders/show", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ number }) }));
    const { version, status } = answer.ok ? await answer.json() : {};
    shown.push([number, { version, status }]);
  }
  return shown;
};

class Browser {
  constructor(name, chromium) {
    Object.assign(this, { name, chromium, done: [], maybe: [], refused: [], own: [], copies: new Map(), n: 0, waiting: 0 });
  }

  async signIn() {
    this.context = await this.chromium.newContext();
    await this.open("/login/?next=/profile/");
    await this.page.getByLabel("Username").fill(this.name);
    await this.page.getByLabel("Password").fill(PASSWORD);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.waitForURL(/profile/);
    await this.ready();
  }

  async open(path) {
    this.page = await this.context.newPage();
    await this.page.goto(base + path).catch(() => undefined);
  }

  /** Until its worker, its shell and its copies are there. */
  async ready() {
    for (let n = 0; n < 120; n++) {
      const all = await this.page.evaluate(async () => Boolean(document.documentElement.dataset.live && navigator.serviceWorker.controller && (await caches.match("/shell", { ignoreSearch: true })) && localStorage.getItem("curlew-who"))).catch(() => false);
      if (all && (await this.page.evaluate(keptHere, "meta").catch(() => [])).length > 1) return;
      await sleep(500);
    }
    throw new Error(`${this.name}: nothing is saved on it`);
  }

  refresh() {}

  ask(name, given) {
    return this.page.evaluate(hand, [name, given]);
  }

  /** Does something, one thing after another for each order. */
  async act() {
    const kind = randomInt(100);
    const n = ++this.n;
    const note = (entry, answer) => {
      const written = { n, ...entry };
      if (answer.ok) this.done.push(written);
      else this.maybe.push(written), (this.totals ??= new Map()).set(answer.text.slice(0, 90), (this.totals.get(answer.text.slice(0, 90)) ?? 0) + 1);
    };
    if (this.own.length < 3 || kind < 25) {
      const uuid = uuid7();
      const draft = { status: "NW", business_name: `Soak ${this.name} ${n}`, box_value: String(randomInt(1_000)) };
      const answer = await this.ask("orders/create", { uuid, draft });
      note({ kind: "create", uuid, order: uuid, draft }, answer);
      if (answer.ok) this.own.push({ uuid, name: JSON.parse(answer.text) });
      return;
    }
    const free = this.own.slice(-40).filter((it) => !it.busy);
    if (free.length === 0 || (kind >= 55 && kind < 70 && this.moving)) return;
    const it = one(free);
    it.busy = true;
    // A screen shows the status of one order.
    const isMove = kind >= 55 && kind < 70;
    this.moving ||= isMove;
    try {
      if (kind >= 70) {
        const text = `said ${this.name} ${n}`;
        return note({ kind: "comment", order: it.uuid, text }, await this.ask("comments/save", { number: it.name, id: null, text }));
      }
      const handset = isMove ? undefined : `handset ${n}`;
      const done = await this.page.evaluate(change, [it.name, handset]);
      if (!done.opened) return;
      note(isMove ? { kind: "move", order: it.uuid, to: done.to } : { kind: "edit", order: it.uuid, changes: [["handset", done.before, handset]] }, done);
    } finally {
      it.busy = false;
      if (isMove) this.moving = false;
    }
  }

  async live(until) {
    const acting = new Set();
    let next = Date.now() + 15_000 + randomInt(30_000);
    for await (const _ of pace((1_000 * PEOPLE.length) / rate, until)) {
      if (Date.now() > next) {
        next = Date.now() + 15_000 + randomInt(30_000);
        await Promise.all(acting);
        await this.odd();
      }
      if (acting.size < 8) {
        const act = this.act().catch((cause) => report(`${this.name}: ${String(cause).slice(0, 200)}`)).finally(() => acting.delete(act));
        acting.add(act);
      }
    }
    await Promise.all(acting);
  }

  /** What happens to a browser. */
  async odd() {
    const [reload, close] = [chance(40), chance(30)];
    if (reload) {
      totals.reloads++;
      await this.page.reload().catch(() => undefined);
    } else if (close) {
      totals.closed++;
      await this.page.close();
      await sleep(randomInt(3_000));
      await this.open("/profile/");
    } else {
      totals.offline++;
      await this.context.setOffline(true);
      setTimeout(() => this.context.setOffline(false), 3_000 + randomInt(10_000));
    }
    for (let n = 0; n < 60; n++) {
      if (await this.page.evaluate(() => document.documentElement.dataset.live === "yes").catch(() => false)) return;
      if (n % 20 === 19) await this.page.goto(`${base}/profile/`).catch(() => undefined);
      await sleep(250);
    }
    report(`${this.name}: the page does not come back`);
  }

  async finish() {
    await this.context.setOffline(false);
    for (let n = 0; n < 240; n++) {
      const all = await this.page.evaluate(keptHere, "outbox").catch(() => [{}]);
      this.waiting = all.length;
      if (all.length === 0) break;
      // What stands behind one that needs its person waits with it.
      const held = new Set(all.filter((it) => it.verdict).map((it) => it.order));
      if (held.size && all.every((it) => held.has(it.order))) {
        this.refused = all.filter((it) => it.verdict);
        break;
      }
      if (n % 20 === 0) await this.page.evaluate(() => dispatchEvent(new Event("online"))).catch(() => undefined);
      await sleep(500);
    }
    if (this.waiting > this.refused.length) report(`${this.name}: ${this.waiting} are still queued: ${JSON.stringify(await this.page.evaluate(keptHere, "outbox")).slice(0, 600)}`);
    // The copies follow within seconds of the last change.
    await sleep(8_000);
    this.copies = new Map((await this.page.evaluate(keptHere, "orders")).map((it) => [it.uuid, it]));
    // What lies there is what is shown with no signal.
    await this.context.setOffline(true);
    const shown = new Map(await this.page.evaluate(shows, [...this.copies.values()].map((it) => it.number)));
    for (const { number, version, row } of this.copies.values()) {
      const it = shown.get(number);
      if (it.version !== version || it.status !== row.status) report(`${this.name} holds ${number} at ${version} and shows it at ${it.version}`);
    }
    await this.context.setOffline(false);
  }
}

// --- the checker

const wrong = [];
const report = (what) => { if (wrong.push(what) <= 12) console.log(`WRONG: ${what}`); };

async function check(devices) {
  const layla = devices.find((it) => it instanceof Device);
  const pages = new Map();
  const shown = async (of) => {
    // Only the server's word that it is not there counts as such.
    const gone = (why) => void (/: 404 /.test(why.message) || report(`${of} cannot be read: ${why.cause?.code ?? why.message}`));
    if (!pages.has(of)) pages.set(of, await layla.ask("/fn/orders/show", { number: of }).then(JSON.parse, gone));
    return pages.get(of);
  };
  const file = join(folder, "soak.csv");
  await new Promise((resolve) => spawn(curlew, ["export", "--as", "layla", file], { cwd: folder, env, stdio: "ignore" }).on("exit", resolve));
  const written = new Map();
  for (const [, name] of readFileSync(file, "utf8").matchAll(/(Soak \w+ \d+)/g)) written.set(name, (written.get(name) ?? 0) + 1);
  /** Whether what happened is what was acknowledged, in its order; what the line left open may be among it once. */
  const same = (acknowledged, open, happened) => {
    const left = [...open];
    let at = 0;
    for (const it of happened) {
      if (it === acknowledged[at]) at++;
      else if (left.includes(it)) left.splice(left.indexOf(it), 1);
      else return false;
    }
    return at === acknowledged.length;
  };
  let entries = 0;
  for (const device of devices) {
    const orders = new Map();
    const all = [...device.done.map((it) => ({ ...it, sure: true })), ...device.maybe];
    for (const entry of all.sort((a, b) => a.n - b.n)) {
      if (entry.sure) entries++;
      const of = entry.order ?? entry.uuid;
      if (!orders.has(of)) orders.set(of, []);
      orders.get(of).push(entry);
      if (entry.kind === "create") {
        const found = written.get(entry.draft.business_name) ?? 0;
        if (found !== 1 && (entry.sure || found > 1)) report(`${device.name}: “${entry.draft.business_name}” is there ${found} times`);
      }
    }
    for (const [order, of] of orders) {
      const page = await shown(order);
      if (!page) {
        if (of.some((it) => it.sure)) report(`${device.name}: ${order} is not there`);
        continue;
      }
      // The oldest first, as things were done.
      const timeline = [...page.timeline].reverse();
      const own = of.some((it) => it.kind === "create");
      const of_kind = (kind, what) => [true, undefined].map((sure) => of.filter((it) => it.kind === kind && it.sure === sure).map(what));
      const [comments, maybe] = of_kind("comment", (it) => it.text);
      const said = timeline.flatMap((it) => (it.Comment ? [it.Comment] : [])).filter((it) => comments.includes(it.body) || maybe.includes(it.body));
      for (const text of [...comments, ...maybe]) {
        const times = said.filter((it) => it.body === text).length;
        if (times > 1 || (times === 0 && comments.includes(text))) report(`${device.name}: “${text}” on ${page.number} is there ${times} times`);
      }
      const sure = said.map((it) => it.body).filter((it) => comments.includes(it));
      if (own && new Set(sure).size === sure.length && JSON.stringify(sure) !== JSON.stringify(comments)) report(`${device.name}: ${page.number} was told ${JSON.stringify(comments)}, its page has ${JSON.stringify(sure)}`);
      // What was there before has a story of its own.
      if (!own) continue;
      const changes = (field) => timeline.flatMap((it) => (it.Change?.payload?.c ?? []).filter((change) => (change.f ?? change.field) === field).map((change) => change.to ?? change.n ?? change.t));
      for (const [kind, field, what] of [["edit", "handset", (it) => it.changes[0][2]], ["move", "status", (it) => it.to]]) {
        const [acknowledged, open] = of_kind(kind, what);
        const happened = changes(field);
        if (!same(acknowledged, open, happened)) report(`${device.name}: ${page.number} had ${kind} ${JSON.stringify(acknowledged)} (${JSON.stringify(open)}), its history has ${JSON.stringify(happened)}`);
      }
    }
    if (device.refused.length) report(`${device.name}: ${device.refused.length} refused, the first: ${JSON.stringify(device.refused[0]).slice(0, 300)}`);
    for (const copy of device.copies.values()) {
      const page = await shown(copy.number);
      if (!page) report(`${device.name} holds ${copy.number}, which is not there`);
      else if (copy.version !== page.version || copy.row.status !== page.status) report(`${device.name} holds ${copy.number} at ${copy.version}, the database at ${page.version}`);
    }
  }
  const sure = devices.reduce((sum, device) => sum + device.done.filter((it) => it.kind === "create").length, 0);
  const open = devices.reduce((sum, device) => sum + device.maybe.filter((it) => it.kind === "create").length, 0);
  if (written.size < sure || written.size > sure + open) report(`${sure} orders were written (${open} more perhaps), ${written.size} are there`);
  return { entries, open: devices.reduce((sum, device) => sum + device.maybe.length, 0), copies: devices.reduce((sum, device) => sum + device.copies.size, 0) };
}

// --- all of it

await start();
await new Promise((resolve) => proxy.listen(PROXY, "127.0.0.1", resolve));
const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"] });
const devices = PEOPLE.map((name, nth) => (nth < PEOPLE.length - browsers ? new Device(name) : new Browser(name, chrome)));
honest = true;
for (const device of devices) {
  await device.signIn();
  await device.refresh();
}
honest = false;
const until = Date.now() + minutes * 60_000;
const killer = (async () => {
  for (;;) {
    await sleep(20_000 + randomInt(40_000));
    if (Date.now() > until - 5_000) return;
    await kill();
    await sleep(randomInt(3_000));
    await start();
  }
})();
const total = (what) => devices.reduce((sum, it) => sum + what(it), 0);
const watch = setInterval(() => console.log(`${new Date().toISOString().slice(11, 19)} ${total((it) => it.done.length)} done, ${total((it) => it.maybe.length)} perhaps, ${total((it) => it.waiting)} queued by those that are no browsers`), 60_000);
await Promise.all(devices.map((device) => device.live(until)));
await killer;
clearInterval(watch);
// What is still queued goes now, over an honest line.
honest = true;
await sleep(5_000);
for (const it of devices) await it.finish();
// Each may have changed what another one holds.
for (const it of devices) await it.finish();
const { entries, open, copies } = await check(devices);
const by = (kind) => devices.filter((it) => it instanceof kind).reduce((sum, it) => sum + it.done.length, 0);
console.log(`${entries} entries of ${devices.length} devices in ${minutes} minutes, ${by(Browser)} of them by ${browsers} browsers; of ${open} more nobody was told that they are done; ${copies} copies compared; ${JSON.stringify(totals)}`);
for (const it of devices) if (it.totals?.size) console.log(it.name, Object.fromEntries(it.totals));
console.log(wrong.length ? `${wrong.length} WRONG` : "Every entry once, in its order, and every device holds what the database holds.");
await chrome.close();
proxy.close();
server.kill("SIGTERM");
process.exit(wrong.length ? 1 : 0);
