// Prints, as one JSON object, how many bytes of a Wasm file with names belong to which crate and module, and how many are no code.
//
// What was inlined counts for its caller. Of this project's crates a module is told, of others the crate; Rust's own libraries are one.
import { readFileSync } from "node:fs";

const bytes = readFileSync(process.argv[2]);
const CUSTOM = 0, CODE = 10;
const FUNCTION_NAMES = 1;
let at = 8;

function number() {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[at++];
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

function text() {
  const end = number() + at;
  return bytes.toString("utf8", at, (at = end));
}

function owner(name) {
  const [, crate, module] = name.match(/^<*(?:impl |&)*([a-z_0-9]+)(?:\[\w+\])?::([a-z_]+)?/) ?? [];
  if (!crate) return "exports and glue";
  if (/^(core|alloc|std|__rustc)$/.test(crate)) return "Rust's libraries";
  return /^(widget|shared)$/.test(crate) && module ? `${crate}::${module}` : crate;
}

const module = new WebAssembly.Module(bytes);
const imported = WebAssembly.Module.imports(module).filter(({ kind }) => kind === "function").length;
const [names, sizes] = [new Map(), []];
let others = at;
while (at < bytes.length) {
  const start = at;
  const section = bytes[at++];
  const length = number();
  const end = at + length;
  if (section === CODE) {
    for (let count = number(); count > 0; count -= 1) {
      const size = number();
      sizes.push(size);
      at += size;
    }
  } else if (section !== CUSTOM) {
    others += end - start;
  } else if (text() === "name") {
    while (at < end) {
      const kind = bytes[at++];
      const last = number() + at;
      if (kind === FUNCTION_NAMES) for (let count = number(); count > 0; count -= 1) names.set(number(), text());
      at = last;
    }
  }
  at = end;
}
const shares = { "words and tables": others };
sizes.forEach((size, place) => {
  const name = owner(names.get(place + imported) ?? "");
  shares[name] = (shares[name] ?? 0) + size;
});
console.log(JSON.stringify(shares));
