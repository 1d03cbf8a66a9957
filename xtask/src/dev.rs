//! The command `dev`: from a fresh clone to a shop that takes gift cards, then again on every change.
//!
//! The demo shop runs on an origin of its own, because a real shop does and only so is CORS exercised. The state folder
//! stays between runs, so the codes printed yesterday still work. A build that fails leaves the last good server
//! running.

use std::time::Duration;

use anyhow::{Context, Result};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::artefacts;
use crate::layout::Layout;
use crate::process::{Event, Events, Process};
use crate::server::{self, Server};
use crate::tools::Tools;
use crate::watch::Watch;

/// How soon a change is noticed.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

pub(crate) struct Options {
    port: u16,
    shop_port: u16,
}

impl Options {
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self> {
        let mut options = Self { port: 8787, shop_port: 4000 };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("port") => options.port = arguments.value()?.parse()?,
                Arg::Long("shop-port") => options.shop_port = arguments.value()?.parse()?,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

/// What runs at the moment. The shop comes first so that it ends before the server that it calls.
struct Running {
    shop: Process,
    server: Server,
}

pub(crate) fn run(layout: &Layout, options: &Options) -> Result<()> {
    let tools = Tools::ensure(layout)?;
    let parts = ["shared", "edge", "widget", "www/console", "www/card", "www/theme", "Cargo.toml", "Cargo.lock"];
    let mut sources = Watch::new(parts.map(|part| layout.path(part)).to_vec());
    let mut shop_sources = Watch::new(vec![layout.path("www/shop"), layout.path("www/theme")]);
    artefacts::build(layout, &tools)?;

    let events = Events::with_signals()?;
    let mut running = Some(start(layout, options, &events)?);
    loop {
        match events.wait(LOOK_INTERVAL) {
            Some(Event::Stop) => return Ok(()),
            Some(Event::Ended { pid }) => report_end(running.as_mut(), pid),
            Some(Event::Listening { .. }) | None => {}
        }
        let (rebuild, restart) = (sources.has_changed(), shop_sources.has_changed());
        if rebuild && let Err(error) = artefacts::build(layout, &tools) {
            eprintln!("{error:#}\nthe last good build stays up; waiting for the next change");
        } else if rebuild || restart {
            // Both ports must be free before the successors ask for them.
            drop(running.take());
            match start(layout, options, &events) {
                Ok(started) => running = Some(started),
                Err(error) => eprintln!("{error:#}\nwaiting for the next change"),
            }
        }
    }
}

fn start(layout: &Layout, options: &Options, events: &Events) -> Result<Running> {
    let shop_url = format!("http://127.0.0.1:{}", options.shop_port);
    let origins = vec![shop_url.clone(), format!("http://localhost:{}", options.shop_port)];
    let server = server::Options { port: options.port, state: layout.path("target/state"), origins };
    let server = Server::start(layout, &server, events)?;
    let mut shop = layout.command("node");
    shop.arg("www/shop/server.js").env("PORT", options.shop_port.to_string()).env("RASEED_URL", &server.url);
    shop.env("RASEED_SECRET_KEY", &server.keys.secret).env("RASEED_PUBLISHABLE_KEY", &server.keys.publishable);
    let shop = Process::start(&mut shop, events, |_| None).context("cannot start the demo shop with node")?;
    println!("\n{:<17}{shop_url}\n{}", "shop", server.introduction());
    Ok(Running { shop, server })
}

fn report_end(running: Option<&mut Running>, pid: u32) {
    // Processes that were ended for a restart report their end too; they are no longer among the running.
    let Some(running) = running else { return };
    let who = if pid == running.server.pid() {
        "the Worker"
    } else if pid == running.shop.pid() {
        "the demo shop"
    } else {
        return;
    };
    eprintln!("{who} has ended; the next change starts it again");
}
