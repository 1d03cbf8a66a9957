//! The browser of the end-to-end tests: Chromium, its WebDriver and a font with Arabic letters.
//!
//! The environment's `CHROMIUM` and `CHROMEDRIVER` come first, then the programs on the `PATH`, then Debian's packages.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::debian;
use crate::layout::Layout;
use crate::step;

pub(super) struct Browser {
    pub(super) program: PathBuf,
    pub(super) driver: PathBuf,
}

pub(super) fn ensure(layout: &Layout) -> Result<Browser> {
    if find().is_none() {
        debian::install(layout, &["chromium", "chromium-driver"], "the browser test")?;
    }
    if !has_arabic_font(layout)
        && let Err(error) =
            debian::install(layout, &["fontconfig", "fonts-noto-core"], "Arabic text in the browser test")
    {
        // Layout and behaviour can be tested with any font; only screenshots show boxes.
        eprintln!("{error:#}");
    }
    find().context("there is no Chromium with its chromedriver on this machine")
}

fn find() -> Option<Browser> {
    let program = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    Some(Browser { program, driver: self::program("CHROMEDRIVER", &["chromedriver"])? })
}

/// The program that the variable names, else the first of `names` on the `PATH`.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let on_path = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    named.into_iter().chain(on_path).find(|program| program.is_file())
}

fn has_arabic_font(layout: &Layout) -> bool {
    step::read(layout.command("fc-list").args([":lang=ar", "family"])).is_ok_and(|fonts| fonts.contains("Noto"))
}
