// Packs the WASM pieces of each lazy route into one file, `pieces_<route>.<hash>.bin`, so that a first visit asks for one file instead of
// forty: the length of the table (32 bits, little endian), the table (JSON: names and lengths in bytes), the pieces one after the other.
// The script that loads pieces asks `globalThis.curlewPiece` first: `app/src/shell.rs`.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const files = readdirSync(folder);
const one = (start, end) => files.find((name) => name.startsWith(start) && name.endsWith(end));

const loader = join(folder, one("__wasm_split.", ".js"));
let count = 0;
const patched = readFileSync(loader, "utf8").replaceAll(/fetch\(new URL\("\.\/([^"]+\.wasm)", ?import\.meta\.url\)\)/g, (original, name) => {
  count++;
  return `(globalThis.curlewPiece?.(${JSON.stringify(name)})??${original})`;
});
const pieces = files.filter((name) => /^(chunk|split)_.*\.wasm$/.test(name));
if (count !== pieces.length) throw new Error(`${loader} loads ${count} pieces, and there are ${pieces.length}: bin/pack.mjs no longer reads what cargo-leptos writes`);
writeFileSync(loader, patched);

const manifest = JSON.parse(readFileSync(join(folder, one("__wasm_split_manifest.", ".json")), "utf8"));
for (const [key, names] of Object.entries(manifest)) {
  const route = /^__(\w+?)_route_view_/.exec(key)?.[1];
  if (!route) continue;
  const parts = names.map((name) => [`${name}.wasm`, readFileSync(join(folder, `${name}.wasm`))]);
  const table = Buffer.from(JSON.stringify(parts.map(([name, bytes]) => [name, bytes.length])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(table.length);
  const pack = Buffer.concat([size, table, ...parts.map(([, bytes]) => bytes)]);
  const hash = createHash("sha256").update(pack).digest("hex").slice(0, 16);
  writeFileSync(join(folder, `pieces_${route}.${hash}.bin`), pack);
}
