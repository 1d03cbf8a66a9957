//! The demo shop on an origin of its own, started as README.md says.

use crate::server::Server;
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running shop. It ends with this value, and its orders with it.
#[derive(Debug)]
pub struct Shop {
    /// Its origin.
    pub url: String,
    process: Child,
    /// Kept open: it has nothing to say, but must be able to.
    _log: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Ready {
    url: String,
}

impl Shop {
    /// Starts the shop of the development merchant and names its origin among the merchant's.
    pub fn start(server: &Server) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/shop");
        let mut process = Command::new("node")
            .arg(folder.join("server.js"))
            .env("PORT", "0")
            .env("RASEED_URL", &server.ready.url)
            .env("RASEED_SECRET_KEY", &server.ready.secret_key)
            .env("RASEED_PUBLISHABLE_KEY", &server.ready.publishable_key)
            .env_remove("SHOP_STATE")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the shop needs node");
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let Ready { url } =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("the shop did not start ({error}): {line}"));
        let settings = json!({"origins": [url]});
        server.api().change("PUT", "/v1/settings", &settings).expect(200);
        Self { url, process, _log: log }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
