// How long those wait who are served, while others press: asks a page again and again on connections of its own, and says the 99th
// hundredth of the answers with status 200, the median, and how many there were.
//
//     accepted.mjs PORT COOKIE PATH SECONDS CONNECTIONS
import http from "node:http";

const [port, cookie, path, seconds, connections] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const until = performance.now() + Number(seconds) * 1_000;
const times = [];
let failed = 0;

/** The status of one answer that was read whole. */
const ask = () => new Promise((resolve, reject) => {
  http.get({ agent, port, host: "127.0.0.1", path, headers: { cookie } }, (answer) => {
    answer.on("end", () => resolve(answer.statusCode)).on("error", reject).resume();
  }).on("error", reject);
});

await Promise.all(Array.from({ length: Number(connections) }, async () => {
  while (performance.now() < until) {
    const started = performance.now();
    const status = await ask().catch(() => { failed += 1; });
    if (status === 200) times.push(performance.now() - started);
  }
}));
times.sort((a, b) => a - b);
const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN);
console.log(`${at(0.99)} ${at(0.5)} ${times.length} ${failed}`);
agent.destroy();
