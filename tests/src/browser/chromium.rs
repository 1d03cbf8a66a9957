//! What is Chromium's own: how it is started, and what its tests do through the DevTools protocol.

use super::{Browser, named};
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// What Chromium is told. Without QUIC, background traffic or updates it speaks to nobody but the tests' own servers.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

pub(super) fn driver() -> Command {
    let mut driver = Command::new(named("CHROMEDRIVER", "/usr/bin/chromedriver"));
    driver.arg("--port=0");
    driver
}

pub(super) fn capabilities(profile: &Path) -> Capabilities {
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments: Vec<&str> = ARGUMENTS.into_iter().chain([profile.as_str()]).collect();
    let capabilities = json!({
        "goog:chromeOptions": {"binary": named("CHROMIUM", "/usr/bin/chromium"), "args": arguments},
        "goog:loggingPrefs": {"browser": "ALL"},
    });
    capabilities.as_object().cloned().unwrap()
}

impl Browser {
    /// A command of the DevTools protocol, which no other browser has.
    pub fn protocol(&self, command: &str, parameters: Value) -> Value {
        self.extension("goog/cdp/execute", json!({"cmd": command, "params": parameters}))
    }

    /// As a shopper who copied the code from a message; no prompt may wait for an answer that nobody gives.
    pub(super) fn permit_clipboard(&self) {
        let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
        self.protocol("Browser.grantPermissions", json!({"permissions": permissions}));
    }

    pub(super) fn add_script(&self, script: &str) {
        self.protocol("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
    }

    pub(super) fn emulate_screen(&self, width: u32, height: u32) {
        self.protocol(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
    }

    pub(super) fn logged(&self) -> Vec<String> {
        let log = self.extension("se/log", json!({"type": "browser"}));
        let entries = log.as_array().cloned().unwrap_or_default();
        let is_complaint = |entry: &&Value| entry["level"] == "SEVERE" || entry["level"] == "WARNING";
        entries.iter().filter(is_complaint).map(|entry| entry["message"].as_str().unwrap_or_default().into()).collect()
    }
}
