// Runs a command and says how long it took and the most memory of its own it held (pages of files left out): node peak.mjs [--kill-after seconds] command…
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

let command = process.argv.slice(2);
let limit = Infinity;
if (command[0] === "--kill-after") {
  limit = Number(command[1]);
  command = command.slice(2);
}
const started = performance.now();
const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "ignore", "inherit"] });
let peak = 0;
const look = setInterval(() => {
  try {
    peak = Math.max(peak, Number(readFileSync(`/proc/${child.pid}/status`, "utf8").match(/RssAnon:\s+(\d+)/)?.[1] ?? 0));
  } catch {}
  if ((performance.now() - started) / 1000 > limit) child.kill("SIGKILL");
}, 20);
child.on("exit", (code, signal) => {
  clearInterval(look);
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s, at most ${(peak / 1024).toFixed(0)} MiB${signal ? `, ended by ${signal}` : ""}`);
  process.exit(signal === "SIGKILL" && limit < Infinity ? 0 : (code ?? 1));
});
