//! The artefacts that ship: the Worker in `edge/build`; the widget, the console and the card page in `target/raseed/files` ([`pages`] has the latter two).
//!
//! Cargo compiles both crates and knows best when that is needed. What follows (glue, optimiser, bundle, compression)
//! takes longer than an unchanged compilation, so it is skipped while its inputs and its outputs have the same digest
//! as last time; this file is one of the inputs, because the options stand here.
//!
//! The widget's JavaScript is one classic script, since a module has no `document.currentScript` and the loader finds
//! its Wasm by its own address. The build tells `widget/loader.js` which Wasm that is (`WASM`, its address and its hash),
//! and provides what it imports:
//! - `raseed-glue`: what wasm-bindgen wrote for a bundler, with `imports` for the Wasm and `start` for its instance;
//!   from `raseed-shell`, which is `widget/shell.js`, it takes the `shell` that the Wasm asks;
//! - `./style.css` (any `.css` beside it): the style sheet's text, minified.
//!
//! Left out: debug builds, because one kind of artefact is served, measured and tested; deployment.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use base64ct::{Base64, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};

use crate::glue;
use crate::layout::Layout;
use crate::names::Names;
use crate::order;
use crate::pages;
use crate::sizes::Sizes;
use crate::step;
use crate::tools::{Tools, WASM_TARGET};

/// What rustc emits for its Wasm target and every supported engine reads. All that the optimiser knows would include
/// encodings that Chromium and Firefox reject.
const WASM_FEATURES: [&str; 6] =
    ["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types"];

/// The features that the linker notes in the widget. Without `reference-types` wasm-bindgen makes no table for values of
/// JavaScript, of which the widget has none.
const LINKED_FEATURES: &str = "link-arg=--features=mutable-globals,sign-ext,nontrapping-fptoint,bulk-memory,multivalue";

/// How much larger inlining may make the widget's functions. Whatever is inlined twice is written twice.
const INLINED: &str = "llvm-args=-inline-threshold=10";

/// What the optimiser does to the widget. The loops and blocks that the compiler wrote are taken apart and written anew, in a way that repeats itself more:
/// that and the bound on inlining, the optimiser's own as well, weigh 250 bytes less, brotli.
const OPTIMISED: [&str; 8] = [
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--one-caller-inline-max-function-size=20",
    "--low-memory-unused",
];

/// The module by which the glue reaches what the loader lends; `widget/src/dom.rs` names it.
const SHELL: &str = "raseed-shell";

/// The Worker serves the widget under its own version, and every crate here has the same one.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The command `build`: everything, with the table of sizes; fails when a bound is broken.
pub(crate) fn run(layout: &Layout, mut arguments: lexopt::Parser) -> Result<ExitCode> {
    while let Some(argument) = arguments.next()? {
        match argument {
            // What ships is always a release; the word is accepted because every other build tool has it.
            lexopt::Arg::Long("release") => {}
            other => return Err(other.unexpected().into()),
        }
    }
    build(layout, &Tools::ensure(layout)?)?;
    let sizes = Sizes::measure(layout)?;
    let (bounds, hold) = sizes.bounds();
    print!("{}\n{bounds}\n{}\n", sizes.table(), pinned_tag(layout)?);
    Ok(if hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Brings all artefacts up to date. Prints nothing on standard output.
pub(crate) fn build(layout: &Layout, tools: &Tools) -> Result<()> {
    let _lock = layout.lock()?;
    worker(layout, tools)?;
    widget(layout, tools)?;
    pages::build(layout, tools)
}

fn worker(layout: &Layout, tools: &Tools) -> Result<()> {
    let in_edge = |mut command: Command| {
        // `worker-build` compiles with this variable, which decides the crate that the bindings' macros name; the same
        // command here lets it find its compilation done.
        command.current_dir(layout.path("edge")).env("WASM_BINDGEN_USE_JS_SYS", "1");
        command.env("CARGO_TARGET_DIR", layout.target());
        command
    };
    step::timed("compiling the Worker", || {
        step::run(in_edge(layout.cargo()).args(["build", "--lib", "--release", "--target", WASM_TARGET]))
    })?;
    let compiled = layout.target().join(WASM_TARGET).join("release/edge.wasm");
    let outputs = ["index.js", "index_bg.wasm"].map(|name| layout.worker().join(name));
    unless_current(layout, "worker", &[compiled], &outputs, || {
        let mut build = in_edge(layout.command(&tools.worker_build));
        // With these three it downloads nothing.
        build.env("WASM_BINDGEN_BIN", &tools.wasm_bindgen);
        build.env("WASM_OPT_BIN", &tools.wasm_opt).env("ESBUILD_BIN", &tools.esbuild);
        step::timed("finishing the Worker", || {
            // It would optimise first, and drop the names.
            step::run(build.args(["--release", "--no-opt"]))?;
            shorten(layout, tools)
        })
    })
}

/// Makes the Worker small. The names of its functions go, a tenth of it: they serve stack traces, and nothing in the Worker may panic.
fn shorten(layout: &Layout, tools: &Tools) -> Result<()> {
    let wasm = layout.worker().join("index_bg.wasm");
    let with_features = || {
        let mut optimise = layout.command(&tools.wasm_opt);
        optimise.args(WASM_FEATURES.map(|feature| format!("--enable-{feature}"))).arg("--enable-exception-handling");
        optimise
    };
    let mut shorten = with_features();
    // The first kilobyte is the far end of Rust's stack, as in the widget.
    shorten.args(["--low-memory-unused", "--gufa-optimizing", "-Oz", "--converge"]);
    shorten.arg("--one-caller-inline-max-function-size=20");
    step::run(shorten.arg(&wasm).arg("--output").arg(&wasm))?;
    step::run(order::arrange(&wasm, with_features())?.arg("--output").arg(&wasm))
}

fn widget(layout: &Layout, tools: &Tools) -> Result<()> {
    step::timed("compiling the widget", || {
        let build = ["rustc", "--package", "widget", "--lib", "--profile", "widget", "--target", WASM_TARGET];
        // A library for Rust beside it would keep the compiler from dropping what only such a library could call: three
        // kilobytes, brotli.
        let linked = ["-C", LINKED_FEATURES, "-C", "link-arg=--no-check-features", "-C", INLINED];
        step::run(layout.cargo().args(build).args(["--crate-type", "cdylib", "--"]).args(linked))
    })?;
    let compiled = layout.target().join(WASM_TARGET).join("widget/widget.wasm");
    let sources = sources_beside_the_crate(&layout.path("widget"))?;
    let outputs = ["raseed.js", "raseed.wasm", "raseed.js.br", "raseed.wasm.br"];
    let measured = [layout.named_wasm(), layout.glue_script(), layout.stage().join("style.css")];
    let outputs: Vec<PathBuf> = outputs.iter().map(|name| layout.widget().join(name)).chain(measured).collect();
    let inputs: Vec<PathBuf> = sources.iter().cloned().chain([compiled.clone()]).collect();
    unless_current(layout, "widget", &inputs, &outputs, || {
        step::timed("finishing the widget", || {
            fs::create_dir_all(layout.widget()).context("cannot create the widget's folder")?;
            glue_and_wasm(layout, tools, &compiled)?;
            bundle(layout, tools, &sources)?;
            let compress = layout.path("xtask/compress.mjs");
            let files = ["raseed.js", "raseed.wasm"].map(|name| layout.widget().join(name));
            step::read(layout.command("node").arg(compress).arg("--write").args(files)).map(drop)
        })
    })
}

/// The scripts and style sheets in the widget's folder itself, in order of their names.
fn sources_beside_the_crate(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js" || extension == "css") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(sources)
}

/// Writes the glue into `target/raseed/glue`, joined with the optimised Wasm by short names, and that Wasm to where it
/// is served from.
fn glue_and_wasm(layout: &Layout, tools: &Tools, compiled: &Path) -> Result<()> {
    let folder = layout.glue();
    let mut bindgen = layout.command(&tools.wasm_bindgen);
    bindgen.args(["--target", "bundler", "--no-typescript", "--encode-into", "always", "--out-name", "raseed"]);
    step::run(bindgen.arg("--out-dir").arg(&folder).arg(compiled))?;

    let script = folder.join("raseed_bg.js");
    let written = fs::read_to_string(&script).context("wasm-bindgen wrote no glue")?;
    fs::write(&script, glue::shorten(&written)?).context("cannot write the glue")?;

    let with_features = || {
        let mut optimise = layout.command(&tools.wasm_opt);
        optimise.arg("--mvp-features").args(WASM_FEATURES.map(|feature| format!("--enable-{feature}")));
        optimise
    };
    // The first kilobyte is the far end of Rust's stack, so no pointer that is in use leads there.
    let mut optimise = with_features();
    optimise.args(OPTIMISED).arg("-g");
    step::run(optimise.arg(folder.join("raseed_bg.wasm")).arg("--output").arg(layout.named_wasm()))?;
    // Once, or it would rename its own new names. Those of functions, and tool versions, serve nobody in a shopper's browser.
    let wasm = layout.widget().join("raseed.wasm");
    fs::copy(layout.named_wasm(), &wasm).context("cannot copy the widget's Wasm")?;
    let mut rename = order::arrange(&wasm, with_features())?;
    rename.arg("--minify-imports-and-exports-and-modules").arg("--output").arg(&wasm);
    let names = Names::parse(&step::read(&mut rename)?)?;

    let (joint, cache) = (folder.join("joint.js"), folder.join("names.json"));
    fs::write(&joint, names.joint()).context("cannot write what joins glue and Wasm")?;
    fs::write(&cache, names.cache()).context("cannot write the new names")?;
    let mut shorten = layout.command(&tools.esbuild);
    shorten.args(["--bundle", "--format=esm", "--minify", "--target=es2022", "--charset=utf8", "--log-level=warning"]);
    shorten.arg(assign("--external:", Path::new(SHELL)));
    shorten.arg(format!("--mangle-props={}", names.pattern())).arg(assign("--mangle-cache=", &cache));
    step::run(shorten.arg(assign("--outfile=", &layout.glue_script())).arg(joint))
}

/// Bundles loader, glue and style sheet into one classic script.
fn bundle(layout: &Layout, tools: &Tools, sources: &[PathBuf]) -> Result<()> {
    // The bundler takes a style sheet as text just as it is; so it is minified first, into a copy of the folder.
    let stage = layout.stage();
    if stage.exists() {
        fs::remove_dir_all(&stage).context("cannot clear the bundle's folder")?;
    }
    fs::create_dir_all(&stage).context("cannot create the bundle's folder")?;
    for source in sources {
        let copy = stage.join(source.file_name().context("a source has no name")?);
        if source.extension().is_some_and(|extension| extension == "css") {
            let mut minify = layout.command(&tools.esbuild);
            step::run(minify.args(["--minify", "--log-level=warning"]).arg(source).arg(assign("--outfile=", &copy)))?;
        } else {
            fs::copy(source, &copy).with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    let mut bundle = layout.command(&tools.esbuild);
    bundle.args(["--bundle", "--format=iife", "--minify", "--target=es2022", "--charset=utf8"]);
    bundle.args(["--legal-comments=none", "--loader:.css=text", "--log-level=warning"]);
    bundle.arg(format!("--define:WASM={}", wasm_of_this_build(layout)?));
    bundle.arg(assign("--alias:raseed-glue=", &layout.glue_script()));
    bundle.arg(assign(&format!("--alias:{SHELL}="), &stage.join("shell.js")));
    bundle.arg(assign("--outfile=", &layout.widget().join("raseed.js")));
    step::run(bundle.arg(stage.join("loader.js")))
}

/// Where the Wasm is, relative to the script at any of its addresses, and what it must be.
fn wasm_of_this_build(layout: &Layout) -> Result<Value> {
    let integrity = integrity(&layout.widget().join("raseed.wasm"))?;
    // Browsers keep a version for good, and a developer builds one more than once: to them each build has its own address.
    let build: String = integrity.chars().filter(char::is_ascii_alphanumeric).skip("sha384".len()).take(8).collect();
    Ok(json!({"address": format!("../{VERSION}/raseed.wasm?{build}"), "integrity": integrity}))
}

/// The script tag of this build for a page that will run no other.
fn pinned_tag(layout: &Layout) -> Result<String> {
    let integrity = integrity(&layout.widget().join("raseed.js"))?;
    Ok(format!(
        "<script async src=\"https://EDGE/widget/{VERSION}/raseed.js\" integrity=\"{integrity}\" crossorigin=\"anonymous\"></script>"
    ))
}

/// A file's hash as browsers compare it.
fn integrity(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes))))
}

pub(crate) fn assign(option: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(option);
    argument.push(path);
    argument
}

/// Calls `make` unless the digest of what goes in and what came out is that of the last time.
pub(crate) fn unless_current(
    layout: &Layout,
    name: &str,
    inputs: &[PathBuf],
    outputs: &[PathBuf],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let tools = [
        "Cargo.lock",
        "xtask/package-lock.json",
        "xtask/compress.mjs",
        "xtask/memory.js",
        "xtask/src/artefacts.rs",
        "xtask/src/glue.rs",
        "xtask/src/names.rs",
        "xtask/src/order.rs",
        "xtask/src/pages.rs",
    ];
    let tools = tools.map(|path| layout.path(path));
    // Before making: an input that is saved meanwhile is not in what is made, and must be seen the next time.
    let taken = digest(inputs.iter().chain(&tools))?;
    let with_outputs = || digest(outputs.iter()).map(|made| format!("{taken} {made}"));
    let stamp = layout.made().join(format!("{name}.digest"));
    if let (Ok(now), Ok(then)) = (with_outputs(), fs::read_to_string(&stamp))
        && now == then
    {
        return Ok(());
    }
    make()?;
    fs::write(&stamp, with_outputs()?).with_context(|| format!("cannot write {}", stamp.display()))
}

/// One digest over the files, each preceded by its path and its length so that no byte can move between two of them.
fn digest<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(file.as_os_str().as_encoded_bytes());
        hash.update(bytes.len().to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::digest;

    #[test]
    fn digest_changes_when_a_byte_moves_between_files() {
        let folder = std::env::temp_dir().join(format!("raseed-digest-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = [folder.join("a"), folder.join("b")];
        let with = |a: &str, b: &str| {
            fs::write(&files[0], a).unwrap();
            fs::write(&files[1], b).unwrap();
            digest(files.iter()).unwrap()
        };
        assert_ne!(with("ab", "c"), with("a", "bc"));
        assert_eq!(with("ab", "c"), with("ab", "c"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
