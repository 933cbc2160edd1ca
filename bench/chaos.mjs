// Writes of every kind while clients hang up, the disk fills, the server is killed and the database restarts, at random. At the end, after
// one more restart, everything that was acknowledged is compared with what is stored.
//
//   node bench/chaos.mjs <curlew> <folder> [--minutes 10] [--clients 8]
//
// DATABASE_URL says where; with CURLEW_DISK, a folder on a small disk of its own that holds the database, that disk is filled now and then;
// with CURLEW_RESTART, a command that restarts PostgreSQL, that is run now and then.
import { execFileSync, spawn } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { openSync, closeSync, readFileSync, rmSync, writeSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

const [curlew, folder] = process.argv.slice(2, 4);
const option = (name, usual) => (process.argv.includes(`--${name}`) ? Number(process.argv[process.argv.indexOf(`--${name}`) + 1]) : usual);
const minutes = option("minutes", 10);
const clients = option("clients", 8);
const PORT = 3230;
const PASSWORD = "every call counts";
const PEOPLE = ["layla", "neil", "xavier", "hannah", "cameron", "freya", "priya", "gus"];
const env = { ...process.env, CURLEW_ADDR: `127.0.0.1:${PORT}`, CURLEW_BASE_URL: `http://127.0.0.1:${PORT}`, CURLEW_STOP_DELAY: "0", RUST_LOG: "error" };
const chance = (percent) => randomInt(1_000) < percent * 10;
const one = (list) => list[randomInt(list.length)];
const counts = { acknowledged: 0, refused: 0, "hung up": 0, "not answered": 0 };
const disasters = { "killed -9": 0, stopped: 0, "disk full": 0, "PostgreSQL restarted": 0 };
let over = false;

// --- the server

let server;
async function start() {
  server = spawn(curlew, ["serve"], { cwd: folder, env, stdio: ["ignore", "ignore", "ignore"] });
  for (let n = 0; n < 600; n++) {
    if (await fetch(`http://127.0.0.1:${PORT}/readyz`).then((it) => it.ok, () => false)) return;
    if (server.exitCode !== null) server = spawn(curlew, ["serve"], { cwd: folder, env, stdio: ["ignore", "ignore", "ignore"] });
    await sleep(100);
  }
  throw new Error("the server is not ready within a minute");
}
async function end(signal) {
  const gone = new Promise((resolve) => (server.exitCode === null && server.signalCode === null ? server.once("exit", resolve) : resolve()));
  server.kill(signal);
  await gone;
}

// --- a request, which may be hung up on

/** The status, the Location and the cookies of an answer; nothing when nobody waited for it or none came. */
function ask(method, path, cookie, form) {
  const body = form && new URLSearchParams(form).toString();
  const hangsUp = form && chance(25);
  return new Promise((resolve) => {
    const headers = { cookie: cookie ?? "", "sec-fetch-site": "same-origin", connection: "close" };
    if (body) Object.assign(headers, { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) });
    const request = http.request({ host: "127.0.0.1", port: PORT, path, method, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => resolve({ status: answer.statusCode, to: answer.headers.location ?? "", cookies: answer.headers["set-cookie"] ?? [] }));
      answer.on("error", () => resolve());
    });
    request.on("error", () => resolve());
    request.setTimeout(30_000, () => request.destroy());
    request.end(body);
    if (hangsUp) setTimeout(() => (counts["hung up"]++, request.destroy()), randomInt(30));
  });
}

// --- what is acknowledged

const orders = new Map();
const comments = [];
const views = [];
const choices = [];
const columns = new Map();
const sessions = new Map();
const ended = [];
const settings = { acknowledged: undefined, tried: [] };
const viewsOf = new Map();
function acknowledged(answer, status = 303) {
  if (!answer) return counts["not answered"]++, false;
  if (answer.status !== status) return counts.refused++, false;
  counts.acknowledged++;
  return true;
}

async function signIn(username) {
  const answer = await ask("POST", "/login/", "", { username, password: PASSWORD, remember: "yes" });
  const cookie = answer?.cookies.map((it) => it.split(";")[0]).find((it) => it.startsWith("curlew="));
  if (!acknowledged(answer) || !cookie) return undefined;
  sessions.set(cookie, username);
  return cookie;
}

/** One person's work, from sign-in to sign-out. */
async function work(username) {
  const cookie = await signIn(username);
  if (!cookie) return sleep(200);
  const writes = 10 + randomInt(60);
  for (let nth = 0; nth < writes && !over; nth++) {
    const name = `c${randomUUID()}`;
    const kind = randomInt(10);
    if (kind < 4) {
      const answer = await ask("POST", "/orders/new/", cookie, { uuid: randomUUID(), business_name: name, mobile: "07700 900123", box_value: "10" });
      if (acknowledged(answer)) orders.set(answer.to.split("/")[2], name);
    } else if (kind < 7) {
      const answer = await ask("POST", `/orders/${1_000_001 + randomInt(20)}/comment/`, cookie, { body: name });
      if (acknowledged(answer)) comments.push(name);
    } else if (kind < 8 && (viewsOf.get(username) ?? 0) < 45) {
      viewsOf.set(username, (viewsOf.get(username) ?? 0) + 1);
      const answer = await ask("POST", "/views/", cookie, { name, address: "/orders/?status=NW" });
      if (acknowledged(answer)) views.push(name);
    } else {
      const column = one(["network", "owner", "campaign", "value"]);
      columns.delete(username);
      const answer = await ask("POST", "/profile/columns/", cookie, { column, address: "/orders/" });
      if (acknowledged(answer)) columns.set(username, column);
      // What nobody waited for may still be done.
      else await sleep(100);
    }
  }
  if (chance(60)) {
    // Until it is acknowledged, the session may be there or not.
    sessions.delete(cookie);
    if (acknowledged(await ask("POST", "/logout/", cookie, { now: "yes" }))) ended.push(cookie);
  }
}

/** An admin's work: settings, and choices. */
async function administer() {
  const cookie = await signIn("ada");
  if (!cookie) return sleep(200);
  for (let nth = 0; nth < 15 && !over; nth++) {
    const name = `c${randomUUID()}`;
    settings.tried.push(name);
    const form = { name, time_zone: "Europe/London", currency: "GBP", sight: "all", rate_agent: "5" };
    if (acknowledged(await ask("POST", "/admin/settings/", cookie, form))) {
      settings.acknowledged = name;
      settings.tried = [];
    }
    const choice = `c${randomUUID().slice(0, 18)}`;
    if (acknowledged(await ask("POST", "/admin/settings/choices/network/", cookie, { name: choice }))) choices.push(choice);
    await sleep(150);
  }
}

// --- what goes wrong

/** Fills the disk but for some kilobytes, for some seconds. */
async function fillDisk() {
  const file = join(process.env.CURLEW_DISK, "filler");
  const to = openSync(file, "w");
  try {
    for (const size of [1 << 20, 1 << 14, 1 << 12]) {
      const block = Buffer.alloc(size);
      try {
        for (;;) writeSync(to, block);
      } catch {
        // Until there is no room for a block of this size.
      }
    }
  } finally {
    closeSync(to);
  }
  await sleep(1_000 + randomInt(3_000));
  rmSync(file);
}
async function wreck(until) {
  while (Date.now() < until) {
    await sleep(2_000 + randomInt(8_000));
    const what = randomInt(4);
    if (what === 0) {
      await end("SIGKILL");
      disasters["killed -9"]++;
      await start();
    } else if (what === 1) {
      await end("SIGTERM");
      disasters.stopped++;
      await start();
    } else if (process.env.CURLEW_DISK) {
      await fillDisk();
      disasters["disk full"]++;
    } else if (process.env.CURLEW_RESTART) {
      execFileSync("bash", ["-c", process.env.CURLEW_RESTART], { stdio: "ignore" });
      disasters["PostgreSQL restarted"]++;
    }
  }
}

// --- the run

await start();
const until = Date.now() + minutes * 60_000;
const busy = [...Array(clients).keys()].map(async (nth) => {
  while (!over) await work(PEOPLE[nth % PEOPLE.length]);
});
busy.push((async () => {
  while (!over) await administer();
})());
await wreck(until);
over = true;
await Promise.all(busy);
await end("SIGKILL");
await start();

// --- what is stored

const backup = join(folder, "chaos.backup");
execFileSync(curlew, ["backup", backup, "--replace"], { cwd: folder, env });
const stored = {};
let table;
for (const line of gunzipSync(readFileSync(backup)).toString().split("\n")) {
  if (line.startsWith("{")) {
    const head = JSON.parse(line);
    table = { names: head.columns.map(([name]) => name), rows: [] };
    stored[head.table] = table;
  } else if (line.startsWith("[")) {
    table.rows.push(Object.fromEntries(JSON.parse(line).map((value, nth) => [table.names[nth], value])));
  }
}
const lost = [];
const byNumber = new Map(stored.orders.rows.map((row) => [row.number, row.business_name]));
for (const [number, name] of orders) if (byNumber.get(number) !== name) lost.push(`order ${number}`);
const names = (of, column) => new Set(stored[of].rows.map((row) => row[column]));
const missing = (what, list, there) => list.filter((it) => !there.has(it)).forEach((it) => lost.push(`${what} ${it}`));
missing("comment", comments, names("comments", "body"));
missing("view", views, names("saved_views", "name"));
missing("choice", choices, names("choices", "name"));
const chosen = new Map(stored.users.rows.map((row) => [row.username, row.list_columns ?? ""]));
for (const [username, column] of columns) if (!chosen.get(username).split(",").includes(column)) lost.push(`column ${column} of ${username}: ${chosen.get(username)}`);
const name = stored.settings.rows.find((row) => row.name === "name")?.value;
if (settings.acknowledged && ![settings.acknowledged, ...settings.tried].includes(name)) lost.push(`setting ${settings.acknowledged}: ${name}`);
// One after the other, and patiently: this is no part of the disaster.
const alive = async (cookie) => {
  for (let n = 0; n < 5; n++) {
    const answer = await ask("GET", "/profile/", cookie);
    if (answer && answer.status < 500) return answer.status === 200;
    await sleep(500);
  }
  throw new Error("no answer");
};
for (const [cookie, username] of sessions) if (!(await alive(cookie))) lost.push(`session of ${username}`);
for (const cookie of ended) if (await alive(cookie)) lost.push("a sign-out");
await end("SIGTERM");
const kinds = { orders: orders.size, comments: comments.length, views: views.length, choices: choices.length, sessions: sessions.size, "sign-outs": ended.length, columns: columns.size, settings: settings.acknowledged ? 1 : 0 };
const words = (of) => Object.entries(of).map(([what, count]) => `${what} ${count}`).join(", ");
console.log(`${minutes} minutes: ${words(counts)}\n${words(disasters)}\ncompared: ${words(kinds)}\nacknowledged ${counts.acknowledged}, lost ${lost.length}`);
lost.slice(0, 20).forEach((it) => console.log(`LOST ${it}`));
process.exit(lost.length ? 1 : 0);
