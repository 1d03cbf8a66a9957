//! The widget's glue, without what wasm-bindgen writes for memories of gigabytes.
//!
//! Its functions for texts keep views of the memory, count what a decoder has decoded in all, and encode in three ways; `memory.js` has the same functions
//! in a few lines. Anything else in their place, such as after an update of the generator, fails the build.

use anyhow::{Context, Result, bail};

const MEMORY: &str = include_str!("../memory.js");

/// Where the generator's functions begin, and what follows them.
const BOUNDS: [&str; 2] = ["let cachedDataViewMemory0 = null;", "let wasm;"];

/// What they are called. The last three call one another only.
const KNOWN: [&str; 5] =
    ["getDataViewMemory0", "getStringFromWasm0", "passStringToWasm0", "getUint8ArrayMemory0", "decodeText"];

/// How many bytes a text may have to grow by; ours are encoded before there is room for them.
const REALLOC: &str = ", wasm.__wbindgen_realloc)";

/// The glue with our functions for theirs.
pub(crate) fn shorten(glue: &str) -> Result<String> {
    let [begin, end] = BOUNDS;
    let (head, rest) = glue.split_once(begin).context("the glue has no functions for its memory")?;
    let (theirs, tail) = rest.split_once(end).context("the glue's functions for its memory do not end")?;
    for function in theirs.split("function ").skip(1) {
        let name = function.split('(').next().unwrap_or_default();
        if !KNOWN.contains(&name) {
            bail!("the glue has a function for its memory that nobody knows: {name}");
        }
    }
    for name in ["getUint8ArrayMemory0", "decodeText"] {
        if head.contains(name) || tail.contains(name) {
            bail!("the glue calls {name}, which is not there");
        }
    }
    Ok([&head.replace(REALLOC, ")"), MEMORY, end, tail].concat())
}

#[cfg(test)]
mod tests {
    use super::shorten;

    const GLUE: &str = "export function f(a) { return passStringToWasm0(a, wasm.__wbindgen_malloc, wasm.__wbindgen_realloc); }\n\
        let cachedDataViewMemory0 = null;\nfunction getDataViewMemory0() {}\nfunction passStringToWasm0() { decodeText(); }\n\
        function decodeText() { 2146435072 }\n\nlet wasm;\nexport function __wbg_set_wasm(val) {}\n";

    #[test]
    fn functions_for_the_memory_are_ours() {
        let glue = shorten(GLUE).unwrap();
        assert!(glue.contains("passStringToWasm0(a, wasm.__wbindgen_malloc);"), "{glue}");
        assert!(glue.contains("new TextEncoder()") && !glue.contains("2146435072"), "{glue}");
        assert!(glue.ends_with("let wasm;\nexport function __wbg_set_wasm(val) {}\n"), "{glue}");
    }

    #[test]
    fn glue_that_nobody_knows_is_noticed() {
        for other in [
            String::new(),
            GLUE.replace("let wasm;", ""),
            GLUE.replace("decodeText() {", "decodeBytes() {"),
            GLUE.replace("return pass", "decodeText(); return pass"),
        ] {
            assert!(shorten(&other).is_err(), "{other}");
        }
    }
}
