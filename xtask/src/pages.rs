//! The pages that the Worker serves: the console, with the checkout that it previews in a frame, and the card page. Each is a document, a script and a style
//! sheet; the framed one has the console's.
//!
//! The bundler reads `www/console` and `www/card`, and what they import from npm. All are rebuilt when a file of either changes, because the console draws
//! cards as the card page does, and when one of the theme page's does, because the framed checkout has its answers.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::artefacts::{assign, unless_current};
use crate::layout::Layout;
use crate::step;
use crate::tools::Tools;

/// The folders of `www` that are read.
const READ: [&str; 3] = ["console", "card", "theme"];

/// Every file: its folder in `www`, which is also the one that it is served under, what it is made of, and its name.
const FILES: [(&str, &str, &str); 8] = [
    ("console", "index.html", "index.html"),
    ("console", "main.js", "console.js"),
    ("console", "style.css", "console.css"),
    ("console", "checkout.html", "checkout.html"),
    ("console", "checkout.js", "checkout.js"),
    ("card", "index.html", "index.html"),
    ("card", "main.js", "card.js"),
    ("card", "style.css", "card.css"),
];

/// Brings the pages up to date.
pub(crate) fn build(layout: &Layout, tools: &Tools) -> Result<()> {
    let mut inputs = Vec::new();
    for folder in READ {
        collect(&layout.path("www").join(folder), &mut inputs)?;
    }
    inputs.sort();
    let made: Vec<PathBuf> = FILES.iter().map(|(folder, _, name)| layout.files().join(folder).join(name)).collect();
    let packed = made.iter().map(|file| file.with_added_extension("br"));
    let outputs: Vec<PathBuf> = made.iter().cloned().chain(packed).collect();
    unless_current(layout, "pages", &inputs, &outputs, || {
        step::timed("bundling the console and the card page", || {
            FILES.iter().zip(&made).try_for_each(|((folder, source, _), file)| {
                make(layout, tools, &layout.path("www").join(folder).join(source), file)
            })?;
            let compress = layout.path("xtask/compress.mjs");
            step::read(layout.command("node").arg(compress).arg("--write").args(&made)).map(drop)
        })
    })
}

/// A document is copied, anything else is bundled.
fn make(layout: &Layout, tools: &Tools, source: &Path, file: &Path) -> Result<()> {
    let folder = file.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).context("cannot create the page's folder")?;
    if source.extension().is_some_and(|extension| extension == "html") {
        return fs::copy(source, file).map(drop).context("cannot copy the page's document");
    }
    let mut bundle = layout.command(&tools.esbuild);
    // The packages lie beside the tool that builds, not above the page.
    bundle.env("NODE_PATH", layout.path("xtask/node_modules"));
    bundle.args([
        "--bundle",
        "--format=iife",
        "--minify",
        "--target=es2022,chrome120,firefox115,safari17",
        "--charset=utf8",
    ]);
    bundle.args(["--legal-comments=none", "--log-level=warning"]);
    step::run(bundle.arg(assign("--outfile=", file)).arg(source))
}

/// Every file in the folder and below it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
