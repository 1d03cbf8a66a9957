//! One Worker, running in plain `workerd` on 127.0.0.1 with its state in a folder.
//!
//! It is ready when it answers, has the merchant's origins and holds three cards to try. The cards are issued through
//! the public API under fixed idempotency keys, so a state folder from an earlier run shows the same codes again. All
//! of it happens in the `test` environment, whatever the secrets are.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use shared::seal::Env;

use crate::api::Api;
use crate::keys::{ConsoleFactors, KeyPair};
use crate::layout::Layout;
use crate::process::{Event, Events, Process};
use crate::secrets::Secrets;
use crate::tools::Tools;

/// A start takes a tenth of a second; a machine that compiles beside it may need many times that.
const START_LIMIT: Duration = Duration::from_secs(30);

/// Between two questions whether the server answers yet.
const HEALTH_INTERVAL: Duration = Duration::from_millis(20);

/// Each card's amount in halalas: a part of the demo shop's order of 250.00 SAR, all of it, a small part.
const DEVELOPMENT_CARDS: [u64; 3] = [10_000, 25_000, 4_000];

/// What to serve, and from where.
pub(crate) struct Options {
    /// The port, or 0 for a free one.
    pub(crate) port: u16,
    /// The folder that keeps the state; made if missing.
    pub(crate) state: PathBuf,
    /// Origins that the merchant's publishable key may be used from; none leaves the settings alone.
    pub(crate) origins: Vec<String>,
}

/// A server that is ready.
pub(crate) struct Server {
    workerd: Process,
    pub(crate) url: String,
    pub(crate) keys: KeyPair,
    pub(crate) console: ConsoleFactors,
    pub(crate) codes: Vec<String>,
}

impl Server {
    /// Starts the Worker and returns when it is ready. While it waits it takes every event of `events`.
    pub(crate) fn start(layout: &Layout, options: &Options, events: &Events) -> Result<Self> {
        let secrets = Secrets::from_environment()?;
        let keys = KeyPair::of_development_merchant(&secrets)?;
        let console = ConsoleFactors::of_development_merchant(&secrets)?;
        let mut workerd = start_workerd(layout, options, &secrets, events)?;
        let deadline = Instant::now().checked_add(START_LIMIT).context("the clock is at its end")?;
        let port = listening_port(&mut workerd, events, deadline)?;
        let url = format!("http://127.0.0.1:{port}");
        let api = Api::new(&url, &keys.secret);
        wait_until_healthy(&api, &mut workerd, events, deadline)?;
        if !options.origins.is_empty() {
            api.put_origins(&options.origins)?;
        }
        let codes = issue_development_cards(&api)?;
        Ok(Self { workerd, url, keys, console, codes })
    }

    /// The id of `workerd` itself.
    pub(crate) fn pid(&self) -> u32 {
        self.workerd.pid()
    }

    /// Address, keys and codes, for a person.
    pub(crate) fn introduction(&self) -> String {
        let codes = self.codes.join("  ");
        let console = format!("{}/console/", self.url);
        let lines = [
            ("server", &self.url),
            ("secret key", &self.keys.secret),
            ("publishable key", &self.keys.publishable),
            ("codes to try", &codes),
            ("console", &console),
            ("console key", &self.console.key),
            ("authenticator", &self.console.totp),
        ];
        lines.map(|(name, value)| format!("{name:<17}{value}\n")).concat()
    }

    /// The status of a server that has ended.
    pub(crate) fn status(&mut self) -> Result<ExitStatus> {
        Ok(self.workerd.status()?)
    }
}

fn start_workerd(layout: &Layout, options: &Options, secrets: &Secrets, events: &Events) -> Result<Process> {
    let program = Tools::locate(layout)?.workerd;
    let files = ["widget/raseed.js", "console/console.js", "card/card.js"].map(|file| layout.files().join(file));
    for needed in [&program, &layout.worker().join("index.js")].into_iter().chain(&files) {
        if !needed.exists() {
            bail!("{} is missing; `cargo xtask build` makes it", needed.display());
        }
    }
    let state = absolute_folder(&options.state)?;
    let mut command = layout.command(program);
    // With the public secrets nobody's money is here, and webhooks may go to a receiver on this machine.
    let configuration = if secrets.keys()?.serve(Env::Live) { "edge/workerd.capnp" } else { "edge/development.capnp" };
    command.args(["serve", configuration, "--experimental", "--control-fd=1"]);
    command.arg(format!("--socket-addr=http=127.0.0.1:{}", options.port));
    // Given in full: a relative path in the configuration depends on the folder that workerd is started in.
    for (name, path) in [("state", &state), ("files", &layout.files())] {
        let mut folder = OsString::from(format!("--directory-path={name}="));
        folder.push(path);
        command.arg(folder);
    }
    secrets.give_to(&mut command);
    Process::start(&mut command, events, control_message).context("cannot start workerd")
}

/// The folder's absolute path, because `workerd` runs in another folder than the operator.
fn absolute_folder(path: &Path) -> Result<PathBuf> {
    fs::create_dir_all(path).with_context(|| format!("cannot create {}", path.display()))?;
    path.canonicalize().with_context(|| format!("cannot find {}", path.display()))
}

/// `workerd` says on its control descriptor, one JSON object a line, where it listens; other lines are the Worker's
/// logs.
fn control_message(line: &str) -> Option<Event> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is = |key, text| message.get(key).and_then(Value::as_str) == Some(text);
    let port = message.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())?;
    (is("event", "listen") && is("socket", "http")).then_some(Event::Listening { port })
}

fn listening_port(workerd: &mut Process, events: &Events, deadline: Instant) -> Result<u16> {
    loop {
        let remaining = deadline.saturating_duration_since(Instant::now());
        match events.wait(remaining) {
            Some(Event::Listening { port }) => return Ok(port),
            Some(event) => refuse_end(workerd, events, event)?,
            None => bail!("workerd did not listen within {} s", START_LIMIT.as_secs()),
        }
    }
}

fn wait_until_healthy(api: &Api, workerd: &mut Process, events: &Events, deadline: Instant) -> Result<()> {
    while !api.is_healthy() {
        match events.wait(HEALTH_INTERVAL) {
            Some(event) => refuse_end(workerd, events, event)?,
            None if Instant::now() < deadline => {}
            None => bail!("the Worker did not answer /healthz within {} s", START_LIMIT.as_secs()),
        }
    }
    Ok(())
}

/// An error if the start is over. The end of another process, such as this server's predecessor, is of no concern.
fn refuse_end(workerd: &mut Process, events: &Events, event: Event) -> Result<()> {
    match event {
        Event::Stop => {
            events.put_back(Event::Stop);
            bail!("stopped before the server was ready")
        }
        Event::Ended { pid } if pid == workerd.pid() => {
            bail!("workerd ended before it was ready, with {}", workerd.status()?)
        }
        _ => Ok(()),
    }
}

fn issue_development_cards(api: &Api) -> Result<Vec<String>> {
    let keys = (1..).map(|number| format!("raseed-development-card-{number}"));
    DEVELOPMENT_CARDS.iter().zip(keys).map(|(amount, key)| api.issue_gift_card(&key, *amount, "SAR")).collect()
}

#[cfg(test)]
mod tests {
    use super::control_message;
    use crate::process::Event;

    #[test]
    fn the_listen_message_is_told_from_logs() {
        let listen = r#"{"event":"listen","socket":"http","port":4711}"#;
        assert_eq!(control_message(listen), Some(Event::Listening { port: 4711 }));
        assert_eq!(control_message(r#"{"event":"listen","socket":"debug","port":4711}"#), None);
        assert_eq!(control_message(r#"{"event":"listen-inspector","port":4711}"#), None);
        assert_eq!(control_message("a log line"), None);
    }
}
