//! The command `test`: every check that the continuous integration runs, here in the same order.
//!
//! A failing check does not stop the next one, so one run shows all that is wrong. The last line, alone, is
//! `N passed, N failed`: test cases, and one for each check that is no test. A run in which nothing ran has failed.
//!
//! | check | why it exists |
//! |---|---|
//! | `format` | one layout, so that a difference is a change |
//! | `lints` | the rules of `Cargo.toml` and `clippy.toml`, natively and as the Wasm that ships |
//! | `layers` | dependencies point one way, see [`layers`] |
//! | `style` | what no linter knows, see [`style`] |
//! | `unit` | the domain, natively: unit, property and model tests, doc examples |
//! | `build` | the artefacts can be made, and keep their bounds |
//! | `end-to-end` | the artefacts themselves, in a real `workerd` and in real browsers |
//! | `deployment` | `edge/wrangler.toml` stays true, although everything else runs without it |
//!
//! A name that is no check chooses test cases by a part of their name; named alone, it does so in `unit` and
//! `end-to-end`.

mod browser;
mod cases;
mod decoder;
mod deployment;
mod layers;
mod style;
mod tracer;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::artefacts;
use crate::layout::Layout;
use crate::sizes::Sizes;
use crate::step;
use crate::tools::{self, Tools, WASM_TARGET};
use cases::Cases;

/// What a check may use.
struct Context<'a> {
    layout: &'a Layout,
    /// Parts of the names of the test cases to run; none means all.
    filters: Vec<String>,
    /// This very program, for tests that start servers with it.
    this_program: PathBuf,
}

struct Check {
    name: &'static str,
    run: fn(&Context<'_>) -> Result<Cases>,
}

const CHECKS: [Check; 8] = [
    Check { name: "format", run: |context| one(format(context)) },
    Check { name: "lints", run: |context| one(lints(context)) },
    Check { name: "layers", run: |context| one(layers::check(context.layout)) },
    Check { name: "style", run: |context| one(style::check(context.layout)) },
    Check { name: "unit", run: unit },
    Check { name: "build", run: |context| one(build(context)) },
    Check { name: "end-to-end", run: end_to_end },
    Check { name: "deployment", run: |context| one(deployment::check(context.layout)) },
];

/// The checks that consist of test cases and so obey a filter.
const WITH_CASES: [&str; 2] = ["unit", "end-to-end"];

/// How one check ended.
struct Outcome {
    name: &'static str,
    cases: Cases,
    took: Duration,
}

pub(crate) fn run(layout: &Layout, mut arguments: Parser) -> Result<ExitCode> {
    let (mut names, mut filters) = (Vec::new(), Vec::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(name) => {
                let name = name.string()?;
                if CHECKS.iter().any(|check| check.name == name) { names.push(name) } else { filters.push(name) }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if names.is_empty() && !filters.is_empty() {
        names.extend(WITH_CASES.map(String::from));
    }
    let this_program = std::env::current_exe().context("cannot find this program")?;
    let context = Context { layout, filters, this_program };
    let chosen = CHECKS.iter().filter(|check| names.is_empty() || names.iter().any(|name| name == check.name));
    let outcomes: Vec<Outcome> = chosen.map(|check| perform(check, &context)).collect();
    Ok(report(&outcomes))
}

fn perform(check: &Check, context: &Context<'_>) -> Outcome {
    eprintln!("\n=== {} ===", check.name);
    let started = Instant::now();
    let cases = (check.run)(context).unwrap_or_else(|error| {
        eprintln!("{error:#}");
        Cases::FAILED
    });
    Outcome { name: check.name, cases, took: started.elapsed() }
}

fn report(outcomes: &[Outcome]) -> ExitCode {
    println!("\n{:<12}{:>8}{:>8}{:>10}", "check", "passed", "failed", "seconds");
    for Outcome { name, cases, took } in outcomes {
        println!("{name:<12}{:>8}{:>8}{:>10.1}", cases.passed, cases.failed, took.as_secs_f32());
    }
    let total = outcomes.iter().fold(Cases::default(), |total, outcome| total.plus(outcome.cases));
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A check that is no test counts as one case.
fn one(result: Result<()>) -> Result<Cases> {
    result.map(|()| Cases::PASSED)
}

fn format(context: &Context<'_>) -> Result<()> {
    tools::ensure_rust_components(context.layout)?;
    step::run(context.layout.cargo().args(["fmt", "--all", "--check"]))
}

fn lints(context: &Context<'_>) -> Result<()> {
    tools::ensure_rust_components(context.layout)?;
    Tools::ensure(context.layout)?;
    let clippy =
        |scope: &[&str]| step::run(context.layout.cargo().arg("clippy").args(scope).args(["--", "--deny", "warnings"]));
    clippy(&["--workspace", "--all-targets"])?;
    // One by one: together, Cargo would compile the widget's `shared` with the Worker's features.
    clippy(&["--package", "widget", "--lib", "--target", WASM_TARGET])?;
    clippy(&["--package", "edge", "--lib", "--target", WASM_TARGET])
}

fn unit(context: &Context<'_>) -> Result<Cases> {
    cases::count(&mut cargo_test(context, &["--workspace", "--exclude", "tests"]))
}

fn build(context: &Context<'_>) -> Result<()> {
    artefacts::build(context.layout, &Tools::ensure(context.layout)?)?;
    let sizes = Sizes::measure(context.layout)?;
    let (bounds, hold) = sizes.bounds();
    eprint!("{}\n{bounds}", sizes.table());
    if hold { Ok(()) } else { bail!("a bound is broken") }
}

fn end_to_end(context: &Context<'_>) -> Result<Cases> {
    let tools = Tools::ensure(context.layout)?;
    artefacts::build(context.layout, &tools)?;
    let mut test = cargo_test(context, &["--package", "tests"]);
    test.env("RASEED_XTASK", &context.this_program).env("RASEED_WORKERD", &tools.workerd);
    // The tests that need what cannot be had fail by themselves; the others still say what they found.
    let told = |error: &anyhow::Error| eprintln!("{error:#}");
    if let Ok(chromium) = browser::ensure_chromium(context.layout).inspect_err(told) {
        test.env("CHROMIUM", &chromium.program).env("CHROMEDRIVER", &chromium.driver);
    }
    if let Ok(firefox) = browser::ensure_firefox(context.layout).inspect_err(told) {
        test.env("FIREFOX", &firefox.program).env("GECKODRIVER", &firefox.driver);
    }
    if let Ok(webkit) = browser::ensure_webkit(context.layout).inspect_err(told) {
        test.env("WEBKITDRIVER", &webkit.driver).env("XVFB", &webkit.screen);
    }
    if let Ok(decoder) = decoder::ensure(context.layout).inspect_err(told) {
        test.env("ZBARIMG", decoder);
    }
    for other in [browser::ensure_arabic_font, tracer::ensure] {
        let _ = other(context.layout).inspect_err(told);
    }
    cases::count(&mut test)
}

/// What test cases print are figures, so those of passing ones are shown as well.
fn cargo_test(context: &Context<'_>, scope: &[&str]) -> Command {
    let mut test = context.layout.cargo();
    test.args(["test", "--no-fail-fast"]).args(scope).args(["--", "--show-output"]).args(&context.filters);
    test
}
