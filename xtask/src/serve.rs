//! The command `serve`: one server in the foreground, for a program or a person.
//!
//! With `--json` the only line on standard output is `{url, secret_key, publishable_key, codes, console_key, console_totp, pid}`, printed when the
//! server is ready; `pid` is `workerd`'s own. It ends with failure when the Worker ends, and ends the Worker when it is
//! told to stop. `--tied` is for tests: it also ends with the program that started it, however that ends. Without it a
//! server may outlive the shell that put it in the background.

use std::os::unix::process::parent_id;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};
use serde_json::json;

use crate::artefacts;
use crate::layout::Layout;
use crate::process::{Event, Events};
use crate::server::{self, Server};
use crate::tools::Tools;

/// How soon a tied server notices that its starter is gone.
const PARENT_INTERVAL: Duration = Duration::from_millis(500);

pub(crate) struct Options {
    server: server::Options,
    json: bool,
    build: bool,
    tied: bool,
}

impl Options {
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self> {
        let state = PathBuf::from("target/state");
        let server = server::Options { port: 0, state, origins: Vec::new() };
        let mut options = Self { server, json: false, build: true, tied: false };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Long("port") => options.server.port = arguments.value()?.parse()?,
                Arg::Long("state") => options.server.state = arguments.value()?.into(),
                Arg::Long("origins") => {
                    let list = arguments.value()?.string()?;
                    options.server.origins =
                        list.split(',').filter(|origin| !origin.is_empty()).map(String::from).collect();
                }
                Arg::Long("json") => options.json = true,
                Arg::Long("no-build") => options.build = false,
                Arg::Long("tied") => options.tied = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(options)
    }
}

pub(crate) fn run(layout: &Layout, options: &Options) -> Result<()> {
    let starter = parent_id();
    if options.build {
        artefacts::build(layout, &Tools::ensure(layout)?)?;
    }
    let events = Events::with_signals()?;
    let mut server = Server::start(layout, &options.server, &events)?;
    if options.json {
        let (keys, codes, pid) = (&server.keys, &server.codes, server.pid());
        let (secret_key, publishable_key) = (&keys.secret, &keys.publishable);
        println!(
            "{}",
            json!({ "url": server.url, "secret_key": secret_key, "publishable_key": publishable_key,
            "codes": codes, "console_key": server.console.key, "console_totp": server.console.totp, "pid": pid })
        );
    } else {
        print!("{}", server.introduction());
    }
    loop {
        match events.wait(PARENT_INTERVAL) {
            Some(Event::Stop) => return Ok(()),
            Some(Event::Ended { .. }) => bail!("the Worker ended with {}", server.status()?),
            None if options.tied && parent_id() != starter => return Ok(()),
            Some(Event::Listening { .. }) | None => {}
        }
    }
}
