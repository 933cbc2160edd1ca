// What each page loads, in brotli: main WASM + glue + styles, then what each lazy route adds, and what comes once the page is there.
// Fails above the budget.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const MAIN = 200_000;
const ROUTE = 70_000;
const AFTER = 20_000;
const folder = process.argv[2];
const files = readdirSync(folder);
const size = (name) => statSync(join(folder, `${name}.br`)).size;
const one = (start, end) => files.find((it) => it.startsWith(start) && it.endsWith(end) && !it.includes(".d."));
const main = [one("curlew.", ".wasm"), one("curlew.", ".js"), one("curlew.", ".css"), one("__wasm_split.", ".js")].filter(Boolean);
let failed = false;
const row = (name, bytes, budget) => {
  failed ||= bytes > budget;
  const verdict = bytes > budget ? "  TOO LARGE" : "";
  console.log(`${name.padEnd(24)}${String(bytes).padStart(9)} of ${budget} bytes brotli${verdict}`);
};
row("main", main.map(size).reduce((a, b) => a + b, 0), MAIN);
const manifest = JSON.parse(readFileSync(join(folder, one("__wasm_split_manifest.", ".json"))));
for (const [name, pieces] of Object.entries(manifest)) {
  const label = /__(\w+?)_route_view/.exec(name)?.[1] ?? name;
  row(`route ${label}`, pieces.map((piece) => size(files.find((it) => it === piece || it.startsWith(`${piece}.`)))).reduce((a, b) => a + b, 0), ROUTE);
}
/** A script and what it cannot start without. */
const whole = (name) => [name, ...[...readFileSync(join(folder, name), "utf8").matchAll(/(?:from|import)"[^"]*\/([^"/]+)"/g)].flatMap(([, other]) => whole(other))];
const after = [...new Set(whole(one("live.", ".js"))), one("sw.", ".js"), one("device.", ".css")];
row("after the page", after.map(size).reduce((a, b) => a + b, 0), AFTER);
process.exit(failed ? 1 : 0);
