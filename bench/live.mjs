// How fast a change is heard, by how many, and what a listener costs.
//   node bench/live.mjs <port> <pid of the server> <listeners> [changes]
import { readFileSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const [port, pid, listeners, changes] = process.argv.slice(2).map(Number);
const base = `http://127.0.0.1:${port}`;
const PEOPLE = ["layla", "neil", "xavier", "hannah", "cameron", "dawn", "freya", "priya", "gus", "mercy", "ruth", "ada"];
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

async function signIn(name) {
  const body = new URLSearchParams({ username: name, password: "every call counts" });
  const answer = await fetch(`${base}/login/`, { method: "POST", body, redirect: "manual", headers: { "sec-fetch-site": "same-origin" } });
  return answer.headers.getSetCookie().map((it) => it.split(";")[0]).join("; ");
}
const cookies = [];
for (const name of PEOPLE) cookies.push(await signIn(name));

/** When each of them last heard that orders changed. */
const heard = new Float64Array(listeners);
const agent = new http.Agent({ keepAlive: false, maxSockets: Infinity });
let cut = 0;
const open = (nth) =>
  new Promise((resolve, reject) => {
    const request = http.get(`${base}/live`, { agent, headers: { cookie: cookies[nth % cookies.length] } }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`a listener got ${answer.statusCode}`));
      answer.on("data", (part) => {
        const text = part.toString();
        if (text.includes("hello")) resolve();
        if (text.includes("orders")) heard[nth] = performance.now();
      });
      answer.on("close", () => cut++);
    });
    request.on("error", reject);
  });
const before = memory();
for (let nth = 0; nth < listeners; nth += 50) await Promise.all([...Array(Math.min(50, listeners - nth)).keys()].map((it) => open(nth + it)));
await sleep(2_000);
const after = memory();

const waits = [];
let slowest = 0;
let missing = 0;
for (let nth = 0; nth < (changes || 10); nth++) {
  heard.fill(0);
  const body = JSON.stringify({ uuid: crypto.randomUUID().replace(/^(.{14})./, "$17"), draft: { status: "NW", business_name: `Heard ${nth}` } });
  const from = performance.now();
  const answer = await fetch(`${base}/fn/orders/create`, { method: "POST", body, headers: { cookie: cookies[0], "content-type": "application/json", "sec-fetch-site": "same-origin" } });
  if (!answer.ok) throw new Error(await answer.text());
  await sleep(2_500);
  const all = [...heard].filter(Boolean).map((at) => at - from);
  missing += listeners - all.length;
  waits.push(...all);
  slowest = Math.max(slowest, ...all);
}
waits.sort((a, b) => a - b);
const part = (n) => waits[Math.floor((waits.length - 1) * n)]?.toFixed(0);
console.log(`${listeners} listeners: heard after median ${part(0.5)} ms, 95th ${part(0.95)} ms, last ${slowest.toFixed(0)} ms; ${missing} missed, ${cut} cut; ${((after - before) / listeners).toFixed(1)} kB each (${(after / 1024).toFixed(0)} MiB in all)`);
process.exit(missing || cut ? 1 : 0);
