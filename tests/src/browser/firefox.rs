//! What is Firefox's own: how it is started, and what its tests do through a page script of an add-on and through the browser's own window.
//!
//! Nothing that it would like to tell or ask the world leaves the machine: all but 127.0.0.1 lies behind a proxy that does not exist.

use super::{Browser, named};
use fantoccini::wd::Capabilities;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A window in which a desk's page has room.
const WINDOW: [(&str, &str); 2] = [("MOZ_HEADLESS_WIDTH", "1440"), ("MOZ_HEADLESS_HEIGHT", "1100")];

/// What is wrong in pages, of all that the browser's console holds: the browser's own scripts have other addresses.
const CONSOLE: &str = r"
const told = Services.console.getMessageArray();
Services.console.reset();
const isComplaint = (each) => each instanceof Ci.nsIScriptError && !(each.flags & Ci.nsIScriptError.infoFlag) && each.sourceName.startsWith('http');
return told.filter(isComplaint).map((each) => each.message);";

/// The window itself cannot be as narrow as a phone, the page in it can.
const VIEWPORT: &str = r"
const [width, height] = arguments;
const { style } = gBrowser.selectedBrowser;
for (const bound of ['', 'min-', 'max-']) {
  style.setProperty(`${bound}width`, `${width}px`);
  style.setProperty(`${bound}height`, `${height}px`);
}";

pub(super) fn driver(profiles: &Path) -> Command {
    let mut driver = Command::new(named("GECKODRIVER", "/usr/bin/geckodriver"));
    driver.args(["--port", "0", "--allow-system-access", "--profile-root"]).arg(profiles);
    driver.envs(WINDOW);
    driver
}

pub(super) fn capabilities() -> Capabilities {
    let capabilities = json!({
        "moz:firefoxOptions": {
            "binary": named("FIREFOX", "/usr/bin/firefox-esr"),
            "args": ["-headless"],
            "prefs": preferences(),
        },
    });
    capabilities.as_object().cloned().unwrap()
}

/// On top of what geckodriver sets for every test.
fn preferences() -> Value {
    json!({
        "app.normandy.enabled": false,
        "app.update.disabledForTesting": true,
        "browser.safebrowsing.malware.enabled": false,
        "browser.safebrowsing.phishing.enabled": false,
        "datareporting.healthreport.uploadEnabled": false,
        "datareporting.policy.dataSubmissionEnabled": false,
        "dom.push.connection.enabled": false,
        "extensions.update.enabled": false,
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "network.http.speculative-parallel-limit": 0,
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": 9,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": 9,
        "network.trr.mode": 5,
        // Nobody reads what it prints, and a full pipe would stop it.
        "browser.dom.window.dump.enabled": false,
        "devtools.console.stdout.chrome": false,
        // As a shopper who copied the code from a message: scripts may write to the clipboard unasked.
        "dom.events.testing.asyncClipboard": true,
    })
}

impl Browser {
    /// An add-on's script runs in the page's own world before the page's first one, and no policy of the page stops it.
    pub(super) fn add_content_script(&self, script: &str) {
        let folder = TempDir::new_in(self.profile.path()).unwrap().keep();
        let manifest = json!({
            "manifest_version": 2,
            "name": "tests",
            "version": "1",
            "content_scripts": [{
                "matches": ["http://*/*"],
                "js": ["script.js"],
                "run_at": "document_start",
                "world": "MAIN",
                "all_frames": true,
            }],
        });
        fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
        fs::write(folder.join("script.js"), script).unwrap();
        self.extension("moz/addon/install", json!({"path": folder, "temporary": true}));
    }

    pub(super) fn resize_viewport(&self, width: u32, height: u32) {
        self.run_in_window(VIEWPORT, &[width.into(), height.into()]);
        self.until("the page has its size", "return innerWidth === arguments[0]", &[width.into()]);
    }

    pub(super) fn console(&self) -> Vec<String> {
        serde_json::from_value(self.run_in_window(CONSOLE, &[])).unwrap()
    }

    /// Runs a script in the browser's own window, around the page.
    fn run_in_window(&self, script: &str, arguments: &[Value]) -> Value {
        self.extension("moz/context", json!({"context": "chrome"}));
        let value = self.run(script, arguments);
        self.extension("moz/context", json!({"context": "content"}));
        value
    }
}
