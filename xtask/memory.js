// How texts get into the widget's memory and out of it, in place of what wasm-bindgen writes for that (`glue.rs`). The widget's memory is some
// kilobytes, so a view of it is made whenever one is needed, and no text is worth a second way.

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

let WASM_VECTOR_LEN = 0;

function getDataViewMemory0() {
  return new DataView(wasm.memory.buffer);
}

function getStringFromWasm0(at, length) {
  return decoder.decode(new Uint8Array(wasm.memory.buffer, at, length));
}

function passStringToWasm0(text, malloc) {
  const bytes = new TextEncoder().encode(text);
  WASM_VECTOR_LEN = bytes.length;
  const at = malloc(WASM_VECTOR_LEN, 1);
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
  return at;
}
