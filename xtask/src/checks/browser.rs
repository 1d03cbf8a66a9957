//! The browsers of the end-to-end tests, Chromium, Firefox and WebKitGTK, with their WebDrivers and a font with Arabic
//! letters.
//!
//! What the environment names comes first (`CHROMIUM` and `CHROMEDRIVER`, `FIREFOX` and `GECKODRIVER`, `WEBKITDRIVER` and
//! `XVFB`), then the programs on the `PATH`, then Debian's packages. Debian has no geckodriver: that one is compiled from its
//! crate, at one version.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::debian;
use crate::layout::Layout;
use crate::step;
use crate::tools;

pub(super) struct Browser {
    pub(super) program: PathBuf,
    pub(super) driver: PathBuf,
}

/// WebKitGTK's driver knows where its browser is. That one needs a screen: it has no way to do without.
pub(super) struct WebKit {
    pub(super) driver: PathBuf,
    pub(super) screen: PathBuf,
}

pub(super) fn ensure_chromium(layout: &Layout) -> Result<Browser> {
    let find = || {
        let program = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
        Some(Browser { program, driver: self::program("CHROMEDRIVER", &["chromedriver"])? })
    };
    if find().is_none() {
        debian::install(layout, &["chromium", "chromium-driver"], "the browser test")?;
    }
    find().context("there is no Chromium with its chromedriver on this machine")
}

pub(super) fn ensure_firefox(layout: &Layout) -> Result<Browser> {
    let find = || program("FIREFOX", &["firefox-esr", "firefox"]);
    if find().is_none() {
        debian::install(layout, &["firefox-esr"], "the browser test in Firefox")?;
    }
    let program = find().context("there is no Firefox on this machine")?;
    let driver = self::program("GECKODRIVER", &[]).map_or_else(|| tools::ensure_geckodriver(layout), Ok)?;
    Ok(Browser { program, driver })
}

pub(super) fn ensure_webkit(layout: &Layout) -> Result<WebKit> {
    let find = || {
        let driver = program("WEBKITDRIVER", &["WebKitWebDriver"])?;
        Some(WebKit { driver, screen: program("XVFB", &["Xvfb"])? })
    };
    if find().is_none() {
        debian::install(layout, &["webkit2gtk-driver", "xvfb"], "the browser test in WebKit")?;
    }
    find().context("there is no WebKitWebDriver with an Xvfb on this machine")
}

/// Layout and behaviour can be tested with any font; only screenshots show boxes.
pub(super) fn ensure_arabic_font(layout: &Layout) -> Result<()> {
    if has_arabic_font(layout) {
        return Ok(());
    }
    debian::install(layout, &["fontconfig", "fonts-noto-core"], "Arabic text in the browser test")
}

/// The program that the variable names, else the first of `names` on the `PATH`.
pub(super) fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let on_path = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    named.into_iter().chain(on_path).find(|program| program.is_file())
}

fn has_arabic_font(layout: &Layout) -> bool {
    step::read(layout.command("fc-list").args([":lang=ar", "family"])).is_ok_and(|fonts| fonts.contains("Noto"))
}
