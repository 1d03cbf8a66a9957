//! The project's one tool, run as `cargo xtask <command>`.
//!
//! It builds what ships, runs it, and checks it; the same commands serve a developer, the continuous integration and
//! the end-to-end tests, so there is one way to start a server and one to build a widget. It needs Linux with Rust and
//! Node; everything else it installs into `target/tools` and `xtask/node_modules`, at the versions that `Cargo.lock`
//! and `xtask/package-lock.json` pin.
//!
//! Standard output carries answers (a table, keys, one JSON line), standard error the progress, so a program can read
//! the former.
//!
//! In reading order: [`layout`] (where things lie), [`step`] (running a command), [`debian`] and [`tools`] (what is
//! needed), [`artefacts`], [`glue`], [`pages`], [`names`] and [`sizes`] (`build`), [`secrets`] and [`keys`], [`process`], [`server`] and [`api`] (a
//! running Worker), [`serve`], [`watch`] and [`dev`], [`checks`] (`test`), [`audit`].

mod api;
mod artefacts;
mod audit;
mod checks;
mod debian;
mod dev;
mod glue;
mod keys;
mod layout;
mod names;
mod order;
mod pages;
mod process;
mod secrets;
mod serve;
mod server;
mod sizes;
mod step;
mod tools;
mod watch;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::{Arg, Parser};

use crate::layout::Layout;

const USAGE: &str = "\
cargo xtask <command>

  dev    [--port 8787] [--shop-port 4000]      build, serve, start the demo shop; again on every change
  serve  [--port 0] [--state DIR] [--json]     build and serve; one line of JSON when ready
         [--origins URL,URL] [--no-build] [--tied]
  build                                        the artefacts that ship, with their sizes and bounds
  test   [NAME...]                             all checks, or those named; other names choose test cases
  keys   --merchant NAME [--env test|live] [--number N]
         --generate                            a merchant's keys; fresh secrets for a deployment
  audit  FILE                                  verifies an export of the ledger, offline
";

fn main() -> ExitCode {
    match dispatch(Parser::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: Parser) -> Result<ExitCode> {
    let layout = Layout::of_this_project();
    let command = match arguments.next()? {
        Some(Arg::Value(command)) => command,
        Some(Arg::Long("help") | Arg::Short('h')) => {
            print!("{USAGE}");
            return Ok(ExitCode::SUCCESS);
        }
        _ => bail!("a command is needed\n\n{USAGE}"),
    };
    match command.to_str() {
        Some("dev") => dev::run(&layout, &dev::Options::parse(arguments)?)?,
        Some("serve") => serve::run(&layout, &serve::Options::parse(arguments)?)?,
        Some("build") => return artefacts::run(&layout, arguments),
        Some("test") => return checks::run(&layout, arguments),
        Some("keys") => keys::run(arguments)?,
        Some("audit") => return audit::run(arguments),
        _ => bail!("there is no command {command:?}\n\n{USAGE}"),
    }
    Ok(ExitCode::SUCCESS)
}
