//! The two pages that the Worker serves: the console and the card page, each one document, one script and one style sheet.
//!
//! The bundler reads `www/console` and `www/card`, and what they import from npm. Both are rebuilt when a file of either changes, because the console draws
//! cards as the card page does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::artefacts::{assign, unless_current};
use crate::layout::Layout;
use crate::step;
use crate::tools::Tools;

/// Each page's folder in `www`, which is also the one that it is served under, and the name of its files.
const PAGES: [&str; 2] = ["console", "card"];

/// Brings both pages up to date.
pub(crate) fn build(layout: &Layout, tools: &Tools) -> Result<()> {
    let mut inputs = Vec::new();
    for page in PAGES {
        collect(&layout.path("www").join(page), &mut inputs)?;
    }
    inputs.sort();
    let made: Vec<PathBuf> = PAGES.iter().flat_map(|page| files(layout, page)).collect();
    let packed = made.iter().map(|file| file.with_added_extension("br"));
    let outputs: Vec<PathBuf> = made.iter().cloned().chain(packed).collect();
    unless_current(layout, "pages", &inputs, &outputs, || {
        step::timed("bundling the console and the card page", || {
            PAGES.iter().try_for_each(|page| bundle(layout, tools, page))?;
            let compress = layout.path("xtask/compress.mjs");
            step::read(layout.command("node").arg(compress).arg("--write").args(&made)).map(drop)
        })
    })
}

fn files(layout: &Layout, page: &str) -> [PathBuf; 3] {
    let folder = layout.files().join(page);
    [folder.join("index.html"), folder.join(format!("{page}.js")), folder.join(format!("{page}.css"))]
}

fn bundle(layout: &Layout, tools: &Tools, page: &str) -> Result<()> {
    let (sources, [html, script, style]) = (layout.path("www").join(page), files(layout, page));
    fs::create_dir_all(layout.files().join(page)).context("cannot create the page's folder")?;
    fs::copy(sources.join("index.html"), html).context("cannot copy the page's document")?;
    let bundle = |source: &str, output: &Path| {
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
        step::run(bundle.arg(assign("--outfile=", output)).arg(sources.join(source)))
    };
    bundle("main.js", &script)?;
    bundle("style.css", &style)
}

/// Every file in the folder and below it.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
