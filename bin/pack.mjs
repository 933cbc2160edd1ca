// Packs the WASM pieces of each lazy route into one file, `pieces_<route>.<hash>.bin`, so that a first visit asks for one file instead of
// forty: the length of the table (32 bits, little endian), the table (JSON: names and lengths in bytes), the pieces one after the other.
// The script that loads pieces asks `globalThis.curlewPiece` first: `app/src/shell.rs`.
// Each piece gets a short name: cargo-leptos's names have 22 random characters, and 400 of them were two thirds of that script.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const files = readdirSync(folder);
const one = (start, end) => files.find((name) => name.startsWith(start) && name.endsWith(end));

const loader = join(folder, one("__wasm_split.", ".js"));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const shortened = (name, nth) => {
  const stem = /^split_+(\w+?)(?:_view)?_\d+\./.exec(name)?.[1] ?? nth.toString(36);
  return `${stem}.${sha256(readFileSync(join(folder, name))).toString("base64url").slice(0, 6)}.wasm`;
};
const short = new Map(files.filter((name) => /^(chunk|split)_.*\.wasm$/.test(name)).map((name, nth) => [name, shortened(name, nth)]));
if (new Set(short.values()).size !== short.size) throw new Error("two pieces have one name");
let count = 0;
const patched = readFileSync(loader, "utf8").replaceAll(/fetch\(new URL\("\.\/([^"]+\.wasm)", ?import\.meta\.url\)\)/g, (_, name) => {
  count++;
  return `(globalThis.curlewPiece?.("${short.get(name)}")??fetch(new URL("./${short.get(name)}",import.meta.url)))`;
});
if (count !== short.size) throw new Error(`${loader} loads ${count} pieces, and there are ${short.size}: bin/pack.mjs no longer reads what cargo-leptos writes`);
writeFileSync(loader, patched);
for (const [name, to] of short) for (const end of ["", ".br", ".gz"]) if (files.includes(name + end)) renameSync(join(folder, name + end), join(folder, to + end));

const manifest = JSON.parse(readFileSync(join(folder, one("__wasm_split_manifest.", ".json")), "utf8"));
for (const [key, names] of Object.entries(manifest)) {
  const route = /^__(\w+?)_route_view_/.exec(key)?.[1];
  if (!route) continue;
  const parts = names.map((name) => short.get(`${name}.wasm`)).map((name) => [name, readFileSync(join(folder, name))]);
  const table = Buffer.from(JSON.stringify(parts.map(([name, bytes]) => [name, bytes.length])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(table.length);
  const pack = Buffer.concat([size, table, ...parts.map(([, bytes]) => bytes)]);
  const hash = sha256(pack).toString("hex").slice(0, 16);
  writeFileSync(join(folder, `pieces_${route}.${hash}.bin`), pack);
}
