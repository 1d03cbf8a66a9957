//! What is WebKitGTK's own: how it is started on a screen that nobody sees, and what its tests do through a library around it.
//!
//! It has Safari's engine, as near to Safari as Linux comes: what it does with elements, policies and Wasm is Safari's; fonts, widgets of the system and
//! the network are not.
//!
//! Its driver has no command that runs a script before the first one of a page, and its private sessions keep their console to themselves. So a library
//! (`webkit.c`) stands between the browser and WebKit. It is compiled when it is needed, by the C compiler that Rust links with.

use super::{Browser, PATIENCE, WATCH, named};
use crate::patience::until;
use fantoccini::wd::Capabilities;
use serde_json::json;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the browser is told. As a shopper who copied the code from a message: scripts may write to the clipboard unasked.
const ARGUMENTS: [&str; 3] =
    ["--automation", "--enable-write-console-messages-to-stdout=true", "--javascript-can-access-clipboard=true"];

/// Where in the profile the browser and its pages print.
const CONSOLE: &str = "console.log";

/// Ends what was read so far.
const MARK: &str = "CONSOLE LOG the tests have read this far";

pub(super) fn screen() -> Command {
    let mut screen = Command::new(named("XVFB", "/usr/bin/Xvfb"));
    // Room for a desk's page.
    screen.args(["-displayfd", "1", "-screen", "0", "1440x1200x24", "-nolisten", "tcp"]).stderr(Stdio::null());
    screen
}

pub(super) fn driver(profile: &Path, screen: &str) -> Command {
    let script = profile.join("script.js");
    fs::write(&script, WATCH).unwrap();
    let console = File::options().append(true).create(true).open(profile.join(CONSOLE)).unwrap();
    let mut driver = Command::new(named("WEBKITDRIVER", "/usr/bin/WebKitWebDriver"));
    // The option says standard output; it is the other one.
    driver.arg("--port=0").stdout(Stdio::null()).stderr(console);
    driver.env("DISPLAY", screen).env("HOME", profile).env("LD_PRELOAD", library(profile)).env("PAGE_SCRIPT", script);
    // What would lead out of the profile, and the two buses of a desktop that is not there.
    for variable in ["XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY"] {
        driver.env_remove(variable);
    }
    driver.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").env("NO_AT_BRIDGE", "1");
    driver
}

pub(super) fn capabilities() -> Capabilities {
    json!({"webkitgtk:browserOptions": {"args": ARGUMENTS}}).as_object().cloned().unwrap()
}

/// Compiles the library.
fn library(profile: &Path) -> PathBuf {
    let library = profile.join("webkit.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/browser/webkit.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&library).arg(source);
    assert!(compiler.status().unwrap().success(), "the library around WebKit does not compile");
    library
}

impl Browser {
    /// The errors and warnings that were printed since this was last asked, but for those of the network.
    pub(super) fn printed(&self) -> Vec<String> {
        let path = self.profile.path().join(CONSOLE);
        let read = || String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let asked = read().matches(MARK).count();
        self.run("console.log(arguments[0])", &[MARK.trim_start_matches("CONSOLE LOG ").into()]);
        let told = until(PATIENCE, "the console is printed", || {
            let told = read();
            (told.matches(MARK).count() > asked).then_some(told)
        });
        let lines = told.split(MARK).nth(asked).unwrap_or_default().lines();
        lines.filter(|line| is_complaint(line)).map(String::from).collect()
    }
}

/// Whether a line is `[place: ]CONSOLE [source ]level message` with a level that complains.
fn is_complaint(line: &str) -> bool {
    let Some((_, entry)) = line.split_once("CONSOLE ") else { return false };
    let level = entry.split(' ').find(|word| ["DEBUG", "INFO", "LOG", "WARN", "ERROR"].contains(word));
    !entry.starts_with("NETWORK ") && matches!(level, Some("WARN" | "ERROR"))
}
