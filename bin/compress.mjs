// Puts the brotli and gzip of each file beside it. To be told how large a file is helps brotli with some and not with others, and
// cargo-leptos's own brotli is better with a few: the smallest counts.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

for (const path of process.argv.slice(2)) {
  const plain = readFileSync(path);
  const tries = [0, plain.length].map((size) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: size } }));
  if (existsSync(`${path}.br`)) tries.push(readFileSync(`${path}.br`));
  writeFileSync(`${path}.br`, tries.reduce((a, b) => (b.length < a.length ? b : a)));
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
}
