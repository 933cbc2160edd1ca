// Puts the brotli and gzip of each file beside it. Which settings of brotli suit a file cannot be told beforehand (its size, how its
// distances are coded, what kind of text it is), and cargo-leptos's own brotli is better with a few: the smallest counts.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Mode, NPOSTFIX and NDIRECT (RFC 7932, section 4). */
const SETTINGS = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_FONT].flatMap((mode) => [[0, 0], [0, 15], [1, 2], [2, 0], [3, 0]].map((of) => [mode, ...of]));

for (const path of process.argv.slice(2)) {
  const plain = readFileSync(path);
  const tries = SETTINGS.map(([mode, postfix, direct]) => brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
      [constants.BROTLI_PARAM_MODE]: mode,
      [constants.BROTLI_PARAM_NPOSTFIX]: postfix,
      [constants.BROTLI_PARAM_NDIRECT]: direct,
    },
  }));
  tries.push(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  if (existsSync(`${path}.br`)) tries.push(readFileSync(`${path}.br`));
  writeFileSync(`${path}.br`, tries.reduce((a, b) => (b.length < a.length ? b : a)));
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
}
