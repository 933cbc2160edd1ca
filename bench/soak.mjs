// Ten devices that write without a signal worth the name: through a proxy that drops, delays, doubles and reorders requests and answers and
// cuts the line, while the server is killed with -9 now and then. At the end every entry that was acknowledged, and every one that was still
// queued, must have had its effect exactly once, in its order for each order, and every device must hold what the database holds.
//
//   node bench/soak.mjs <curlew> <folder> [--minutes 30] [--rate 50] [--without-keys]
//
// --without-keys sends each try under a new key: then the checker must fail.
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const [curlew, folder] = process.argv.slice(2, 4);
const option = (name, usual) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : usual);
const minutes = option("minutes", 30);
const rate = option("rate", 50);
const keyed = !process.argv.includes("--without-keys");
const SERVER = 3220;
const PROXY = 3221;
const base = `http://127.0.0.1:${PROXY}`;
const PASSWORD = "every call counts";
const PEOPLE = ["layla", "neil", "xavier", "hannah", "cameron", "dawn", "freya", "priya", "gus", "mercy"];
const env = { ...process.env, CURLEW_ADDR: `127.0.0.1:${SERVER}`, CURLEW_BASE_URL: base, RUST_LOG: "error", PORT: String(SERVER) };
const chance = (percent) => randomInt(1_000) < percent * 10;
const one = (list) => list[randomInt(list.length)];
const uuid7 = () => {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// --- the server, and its end now and then

let server;
const told = { kills: 0, dropped: 0, lost: 0, doubled: 0, cut: 0, requests: 0 };
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
  told.kills++;
}

// --- the line

let honest = false;
function forward(request, body, answer) {
  return new Promise((resolve) => {
    const on = http.request({ host: "127.0.0.1", port: SERVER, path: request.url, method: request.method, headers: request.headers, agent: false }, (came) => {
      const parts = [];
      came.on("data", (part) => parts.push(part)).on("end", () => resolve({ came, whole: Buffer.concat(parts) })).on("error", () => resolve());
    });
    on.on("error", () => resolve());
    on.end(body);
  });
}
const proxy = http.createServer(async (request, answer) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  told.requests++;
  const odd = !honest && request.url.startsWith("/api/");
  if (odd && chance(8)) return told.dropped++, answer.destroy();
  if (odd) await sleep(randomInt(chance(5) ? 3_000 : 150));
  if (odd && chance(8)) {
    // A copy arrives too, at any time: before, with, or long after.
    told.doubled++;
    sleep(randomInt(4_000)).then(() => forward(request, body));
  }
  const came = await forward(request, body);
  if (!came) return answer.destroy();
  if (odd && chance(8)) return told.lost++, answer.destroy();
  answer.writeHead(came.came.statusCode, came.came.headers);
  if (odd && chance(4)) return told.cut++, answer.write(came.whole.subarray(0, came.whole.length / 2)), answer.destroy();
  answer.end(came.whole);
});

// --- a device

class Device {
  constructor(name) {
    Object.assign(this, { name, outbox: [], done: [], refused: [], copies: new Map(), mark: undefined, n: 0, cookie: "", user: 0, contact: "" });
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
      const pocket = await this.ask(`/api/v1/pocket${query}`);
      this.user = pocket.user;
      this.contact = pocket.contact;
      next ??= pocket.mark;
      for (const it of pocket.orders) this.copies.set(it.uuid, it);
      for (const uuid of pocket.gone) this.copies.delete(uuid);
      if (pocket.rest.length === 0) break;
      query = `?rest=${pocket.rest.join(",")}`;
    }
    this.mark = next;
  }

  /** Does something, whatever the line is like. */
  act() {
    const n = ++this.n;
    const own = (this.own ??= []);
    const kind = randomInt(100);
    const add = (act) => this.outbox.push({ key: uuid7(), at: Date.now(), contact: this.contact, n, ...act });
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
      const entries = go.map(({ at, n, ...it }) => ({ ...it, ...(keyed ? {} : { key: uuid7(), ...(it.uuid && { uuid: uuid7() }) }), age: (Date.now() - at) / 1_000 }));
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
      while (Date.now() < until) {
        this.act();
        await sleep((1_000 * PEOPLE.length) / rate);
      }
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
}

// --- the checker

const wrong = [];
const say = (what) => { if (wrong.push(what) <= 12) console.log(`WRONG: ${what}`); };

async function check(devices) {
  const layla = devices[0];
  const shown = async (number) => JSON.parse(await layla.ask("/fn/orders/show", { number }));
  const file = join(folder, "soak.csv");
  await new Promise((resolve) => spawn(curlew, ["export", "--as", "layla", file], { cwd: folder, env, stdio: "ignore" }).on("exit", resolve));
  const written = new Map();
  for (const [, name] of readFileSync(file, "utf8").matchAll(/(Soak \w+ \d+)/g)) written.set(name, (written.get(name) ?? 0) + 1);
  let entries = 0;
  for (const device of devices) {
    const orders = new Map();
    for (const entry of [...device.done].sort((a, b) => a.n - b.n)) {
      entries++;
      const of = entry.verdict.number;
      if (!orders.has(of)) orders.set(of, []);
      orders.get(of).push(entry);
      if (entry.kind === "create") {
        const found = written.get(entry.draft.business_name) ?? 0;
        if (found !== 1) say(`${device.name}: “${entry.draft.business_name}” is there ${found} times`);
      }
    }
    for (const [number, of] of orders) {
      const page = await shown(number);
      // The oldest first, as things were done.
      const timeline = [...page.timeline].reverse();
      const said = timeline.flatMap((it) => (it.Comment ? [it.Comment.body] : []));
      const comments = of.filter((it) => it.kind === "comment").map((it) => it.text);
      for (const text of comments) {
        const times = said.filter((it) => it === text).length;
        if (times !== 1) say(`${device.name}: “${text}” on ${number} is there ${times} times`);
      }
      const mine = said.filter((it) => comments.includes(it));
      if (new Set(mine).size === mine.length && JSON.stringify([...mine].sort()) === JSON.stringify([...comments].sort()) && of.some((it) => it.kind === "create")) {
        const times = page.timeline.flatMap((it) => (it.Comment && comments.includes(it.Comment.body) ? [it.Comment.created.at] : []));
        if (times.some((at, nth) => nth > 0 && at > times[nth - 1])) say(`${device.name}: comments of ${number} are not in their order`);
      }
      // What was there before has a story of its own.
      const own = of.some((it) => it.kind === "create");
      const edits = of.filter((it) => it.kind === "edit").map((it) => it.changes[0][2]);
      const handsets = timeline.flatMap((it) => (it.Change?.payload?.c ?? []).filter((change) => (change.f ?? change.field) === "handset").map((change) => change.to ?? change.n ?? change.t));
      if (own && JSON.stringify(edits) !== JSON.stringify(handsets)) say(`${device.name}: ${number} had ${JSON.stringify(edits)}, its history has ${JSON.stringify(handsets)}`);
      const moves = of.filter((it) => it.kind === "move").map((it) => it.to);
      const moved = timeline.flatMap((it) => (it.Change?.payload?.c ?? []).filter((change) => (change.f ?? change.field) === "status").map((change) => change.to ?? change.n ?? change.t));
      if (own && JSON.stringify(moves) !== JSON.stringify(moved)) say(`${device.name}: ${number} was moved ${JSON.stringify(moves)}, its history has ${JSON.stringify(moved)}`);
      const copy = [...device.copies.values()].find((it) => it.number === number);
      if (copy && (copy.version !== page.version || copy.row.status !== page.status)) say(`${device.name} holds ${number} at ${copy.version}, the database at ${page.version}`);
    }
    if (device.refused.length) say(`${device.name}: ${device.refused.length} refused, the first: ${JSON.stringify(device.refused[0]).slice(0, 300)}`);
  }
  const creates = devices.reduce((sum, device) => sum + device.done.filter((it) => it.kind === "create").length, 0);
  if (written.size !== creates) say(`${creates} orders were written, ${written.size} are there`);
  return entries;
}

// --- all of it

await start();
await new Promise((resolve) => proxy.listen(PROXY, "127.0.0.1", resolve));
const devices = PEOPLE.map((name) => new Device(name));
for (const device of devices) {
  await device.signIn();
  honest = true;
  await device.refresh();
  honest = false;
}
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
const watch = setInterval(() => console.log(`${new Date().toISOString().slice(11, 19)} ${devices.reduce((n, it) => n + it.done.length, 0)} done, ${devices.reduce((n, it) => n + it.outbox.length, 0)} queued`), 60_000);
await Promise.all(devices.map((device) => device.live(until)));
await killer;
clearInterval(watch);
// What is still queued goes now, over an honest line.
honest = true;
await sleep(5_000);
for (const device of devices) {
  await device.send();
  await device.refresh();
}
const entries = await check(devices);
console.log(`${entries} entries of ${devices.length} devices in ${minutes} minutes; ${JSON.stringify(told)}`);
console.log(wrong.length ? `${wrong.length} WRONG` : "Every entry once, in its order, and every device holds what the database holds.");
proxy.close();
server.kill("SIGTERM");
process.exit(wrong.length ? 1 : 0);
