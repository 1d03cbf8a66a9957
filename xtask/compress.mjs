// Prints, as one JSON array, the raw, gzip and brotli sizes in bytes of the files named as arguments.
// With `--write` first, it also leaves each file's brotli form beside it, for the Worker to serve as it is.
//
// Node's zlib is the reference implementation of both formats, so these are the sizes that a browser downloads.
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [first, ...rest] = process.argv.slice(2);
const write = first === "--write";
const files = write ? rest : [first, ...rest];

const sizes = files.map((file) => {
  const bytes = readFileSync(file);
  const brotli = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  if (write) writeFileSync(`${file}.br`, brotli);
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
});
console.log(JSON.stringify(sizes));
