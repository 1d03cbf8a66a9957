//! The deployment's configuration, tried with the deployment's own tool.
//!
//! Development, tests and benchmarks run a bare `workerd`, which starts in a tenth of the time; so nothing but this
//! would notice that `edge/wrangler.toml` lacks a binding or a migration. It serves the Worker as Cloudflare would, on
//! this machine, issues a card and fetches the widget and the pages.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::api::Api;
use crate::artefacts;
use crate::keys::KeyPair;
use crate::layout::Layout;
use crate::process::{Event, Events, Process};
use crate::secrets::Secrets;
use crate::tools::Tools;

/// A start takes five seconds, most of them the tool's own.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Fails unless the Worker runs under `edge/wrangler.toml` and answers.
pub(super) fn check(layout: &Layout) -> Result<()> {
    let tools = Tools::ensure(layout)?;
    artefacts::build(layout, &tools)?;
    let secrets = Secrets::of_development();
    let events = Events::with_signals()?;
    let mut wrangler = start(layout, &tools, &secrets, &events)?;
    let port = listening_port(&mut wrangler, &events)?;
    let api = Api::new(&format!("http://127.0.0.1:{port}"), &KeyPair::of_development_merchant(&secrets)?.secret);
    api.issue_gift_card("raseed-deployment-check", 10_000, "SAR")?;
    match ["/widget/v1/raseed.js", "/console/", "/card/card.css"].iter().find(|path| !api.serves(path)) {
        None => Ok(()),
        Some(path) => bail!("{path} is not served"),
    }
}

fn start(layout: &Layout, tools: &Tools, secrets: &Secrets, events: &Events) -> Result<Process> {
    let mut command = layout.command("node");
    command.current_dir(layout.path("edge")).arg(&tools.wrangler);
    command.args(["dev", "--local", "--ip", "127.0.0.1", "--port", "0", "--inspector-port", "0", "--persist-to"]);
    // Fresh each time: what an earlier run left must not answer for this one.
    let state = layout.made().join("deployment");
    if state.exists() {
        std::fs::remove_dir_all(&state).context("cannot clear the state of an earlier run")?;
    }
    command.arg(state);
    for (name, value) in secrets.named() {
        command.arg("--var").arg(OsString::from(format!("{name}:{value}")));
    }
    // Without a terminal it neither asks nor reports to anybody.
    command.env("CI", "true").env("WRANGLER_SEND_METRICS", "false");
    Process::start(&mut command, events, ready).context("cannot start wrangler")
}

/// The line that says where it listens.
fn ready(line: &str) -> Option<Event> {
    let (_, address) = line.split_once("Ready on http://127.0.0.1:")?;
    let port: String = address.chars().take_while(char::is_ascii_digit).collect();
    Some(Event::Listening { port: port.parse().ok()? })
}

fn listening_port(wrangler: &mut Process, events: &Events) -> Result<u16> {
    let deadline = Instant::now().checked_add(START_LIMIT).context("the clock is at its end")?;
    loop {
        match events.wait(deadline.saturating_duration_since(Instant::now())) {
            Some(Event::Listening { port }) => return Ok(port),
            Some(Event::Ended { pid }) if pid == wrangler.pid() => bail!("wrangler ended with {}", wrangler.status()?),
            Some(Event::Stop) => bail!("stopped before the server was ready"),
            Some(Event::Ended { .. }) => {}
            None => bail!("wrangler was not ready within {} s", START_LIMIT.as_secs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, ready};

    #[test]
    fn the_ready_line_is_told_from_logs() {
        assert_eq!(ready("[wrangler:info] Ready on http://127.0.0.1:8799"), Some(Event::Listening { port: 8799 }));
        assert_eq!(ready("[wrangler:info] GET /healthz 200 OK"), None);
    }
}
