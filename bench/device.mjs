// What a hand on a slow phone waits for: Chromium at 390 pixels with a quarter of this machine's processor.
//   node bench/device.mjs <port> [--rounds 15]
// Answers to a tap with no signal, a scroll through 200 orders, and how long 500 entries take once the signal is back.
import { chromium } from "../end2end/node_modules/@playwright/test/index.mjs";
import { keptHere, startsHere, uuid7 } from "../end2end/tests/offline.js";

const port = Number(process.argv[2]);
const rounds = process.argv.includes("--rounds") ? Number(process.argv[process.argv.indexOf("--rounds") + 1]) : 15;
const base = `http://127.0.0.1:${port}`;
const SLOWER = 4;
const chrome = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"] });
const context = await chrome.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
const page = await context.newPage();
const cdp = await context.newCDPSession(page);
const slow = (rate) => cdp.send("Emulation.setCPUThrottlingRate", { rate });
const part = (all, n) => [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * n)];
const show = (what, all, unit = "ms") => console.log(`${what.padEnd(44)} median ${part(all, 0.5).toFixed(0)}, 95th ${part(all, 0.95).toFixed(0)}, worst ${Math.max(...all).toFixed(0)} ${unit} (${all.length})`);

await page.goto(`${base}/login/?next=/orders/`);
await page.getByLabel("Username").fill("xavier");
await page.getByLabel("Password").fill("every call counts");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL(/\/orders\//);
const kept = (store) => page.evaluate(keptHere, store);
for (let n = 0; n < 120; n++) {
  const ready = await Promise.all([kept("orders"), page.evaluate(startsHere)]).catch(() => undefined);
  if (ready?.[0].length > 150 && ready[1]) break;
  await page.waitForTimeout(500);
}

const { usage, usageDetails } = await page.evaluate(() => navigator.storage.estimate());
const mega = (bytes) => (bytes / 1_048_576).toFixed(1);
console.log(`${`${(await kept("orders")).length} orders and the release on this device`.padEnd(44)} ${mega(usage)} MiB, the copies ${mega(usageDetails?.indexedDB ?? 0)}`);

// --- 200 orders under a finger: what this device keeps, in one list
await context.setOffline(true);
await page.goto(`${base}/orders/?per_page=200`).catch(() => undefined);
await page.waitForFunction(() => document.querySelectorAll("tbody tr").length >= 200);
await page.waitForTimeout(2_000);
const rows = await page.locator("tbody tr").count();
for (const rate of [1, SLOWER]) {
  await slow(rate);
  await page.evaluate(() => scrollTo(0, 0));
  const measured = page.evaluate(() => new Promise((resolve) => {
    const gaps = [];
    let before;
    const until = performance.now() + 4_000;
    const step = (now) => {
      if (before) gaps.push(now - before);
      before = now;
      now < until ? requestAnimationFrame(step) : resolve(gaps);
    };
    requestAnimationFrame(step);
  }));
  for (let n = 0; n < 4; n++) await cdp.send("Input.synthesizeScrollGesture", { x: 195, y: 600, yDistance: -6_000, speed: 8_000, gestureSourceType: "touch" });
  const gaps = await measured;
  const rate60 = (1_000 * gaps.length) / gaps.reduce((a, b) => a + b, 0);
  console.log(`${`${rows} orders under a finger, ${rate} x slower`.padEnd(44)} ${rate60.toFixed(1)} frames a second, ${gaps.filter((it) => it > 25).length} of ${gaps.length} late`);
}

// --- a tap with no signal
await slow(1);
await page.goto(`${base}/orders/`).catch(() => undefined);
await page.waitForFunction(() => document.documentElement.dataset.hydrated === "yes" && document.querySelectorAll("tbody tr").length > 10);
await slow(SLOWER);
/** From the tap until what was asked for is drawn. */
const tap = (selector, there) => page.evaluate(([selector, there]) => new Promise((resolve) => {
  const from = performance.now();
  const seen = () => (document.querySelector("h1")?.textContent ?? "") + location.pathname;
  const before = seen();
  const look = () => {
    if (seen() !== before && document.querySelector(there)) requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
    else requestAnimationFrame(look);
  };
  document.querySelector(selector).click();
  look();
}), [selector, there]);
const [opened, back, first] = [[], [], []];
for (let n = 0; n < rounds; n++) {
  const it = await tap(`tbody tr:nth-child(${(n % 10) + 1}) a[data-row]`, "#page .order-head");
  (n === 0 ? first : opened).push(it);
  await page.waitForTimeout(300);
  back.push(await tap(".sidebar a[href='/orders/']", "#page tbody tr"));
  await page.waitForTimeout(300);
}
show(`no signal, ${SLOWER} x slower: the first order opens`, first);
show(`no signal, ${SLOWER} x slower: an order opens`, opened);
show(`no signal, ${SLOWER} x slower: the list opens`, back);

// --- 500 entries
await slow(1);
const numbers = Array.from({ length: 100 }, uuid7);
const queued = await page.evaluate(async (numbers) => {
  const post = (name, given) => fetch(new Request(`/fn/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(given) }));
  let queued = 0;
  for (const [n, number] of numbers.entries()) {
    const steps = [["orders/create", { uuid: number, draft: { status: "NW", business_name: `Queued ${n}` } }]];
    for (let m = 0; m < 3; m++) steps.push(["comments/save", { number, id: null, text: `Said ${n} ${m}` }]);
    steps.push(["orders/change_status", { number, version: 1, to: "TP", asked: {} }]);
    for (const [name, given] of steps) queued += (await post(name, given)).ok;
  }
  return queued;
}, numbers);
const from = performance.now();
await context.setOffline(false);
for (;;) {
  const waiting = (await kept("outbox")).length;
  if (waiting === 0) break;
  if (performance.now() - from > 60_000) throw new Error(`${waiting} still wait after a minute`);
  await page.waitForTimeout(50);
}
console.log(`${`${queued} entries, once the signal is back`.padEnd(44)} ${((performance.now() - from) / 1_000).toFixed(1)} s`);
await chrome.close();
