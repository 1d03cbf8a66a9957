//! The command `audit`: verifies an export of the ledger, offline.
//!
//! `GET /v1/ledger/export` gives the file. Nothing but the file is read: no server, no key. The rules are those of
//! `shared::journal`, which wrote the lines; this only reads the file and prints what came of it.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use lexopt::{Arg, Parser, ValueExt as _};
use shared::journal::{Audit, Report};

/// Findings that are printed; a file with more is not mended line by line.
const SHOWN: usize = 20;

/// Reads the file and prints what it comes to; fails when it breaks a rule.
pub(crate) fn run(mut arguments: Parser) -> Result<ExitCode> {
    let mut file = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path.string()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    let path = file.context("name the file: cargo xtask audit FILE")?;
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut audit = Audit::default();
    for line in BufReader::new(file).split(b'\n') {
        let line = line.with_context(|| format!("cannot read {}", path.display()))?;
        // What is no UTF-8 was changed since it was written: a finding of its line like any other, and no end of the audit.
        audit.read(&String::from_utf8_lossy(&line));
    }
    let report = audit.finish();
    print!("{}", describe(&report));
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn describe(report: &Report) -> String {
    let mut text = format!("{} entries of {} cards\n", report.entries, report.cards);
    for ((currency, account), amount) in &report.balances {
        text.push_str(&format!("{:<4}{:<11}{amount:>20}\n", currency.code(), account.name()));
    }
    if report.unfinished > 0 {
        text.push_str(&format!("{} checkouts with a card whose entry is still on its way\n", report.unfinished));
    }
    for finding in report.findings.iter().take(SHOWN) {
        text.push_str(&format!("{finding}\n"));
    }
    match report.findings.len() {
        0 => text.push_str("every rule holds\n"),
        found if found > SHOWN => text.push_str(&format!("{found} findings, the first {SHOWN} shown\n")),
        found => text.push_str(&format!("{found} findings\n")),
    }
    text
}
