//! The command `audit` on files as they come from a disk: a good one passes, and no bit of a line can be changed unnoticed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use shared::card::{Account, Command as CardCommand, Facts, Wanted};
use shared::journal::{ExportLine, ExportRow, GENESIS, Line};
use shared::money::{Amount, Currency};
use shared::program::Kind;
use shared::wire::request::Note;
use shared::wire::row::Detail;

/// The export of one card that was issued and redeemed from twice.
fn export() -> Vec<u8> {
    let (currency, amount) = (Currency::parse("SAR").unwrap(), |minor| Amount::new(minor).unwrap());
    let redeem = |minor| CardCommand::Redeem { amount: Wanted::Exactly(amount(minor)), currency };
    let issue = CardCommand::Issue { amount: amount(1_000), facts: Facts::plain(currency, Kind::PaidGift, 0) };
    let (mut account, mut previous) = (Account::default(), GENESIS.to_string());
    let row = |(command, number): (CardCommand, u64)| {
        let entry = account.apply(&command, 7).unwrap();
        // A word that takes more than one byte a letter.
        let note = Note { reference: Some("طلب-١".into()), ..Note::default() };
        let line = Line::new("gc_1", &entry, Detail::new(&entry.action, note), &previous);
        previous = line.hash();
        ExportLine::Row(Box::new(ExportRow { number, hash: line.hash(), line }))
    };
    let rows = [issue, redeem(100), redeem(200)].into_iter().zip(1..).map(row);
    let ends = (ExportLine::Begin { watermark: 3 }, ExportLine::End { watermark: 3 });
    let lines = std::iter::once(ends.0).chain(rows).chain([ends.1]);
    lines.flat_map(|line| serde_json::to_vec(&line).unwrap().into_iter().chain([b'\n'])).collect()
}

/// What the tool says to a file with this in it: its exit code, and its words.
fn audit(name: &str, bytes: &[u8]) -> (Option<i32>, String) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask")).arg("audit").arg(&path).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn audit_of_a_good_file_succeeds() {
    let (code, words) = audit("good.ndjson", &export());
    assert_eq!(code, Some(0), "{words}");
    assert!(words.starts_with("3 entries of 1 cards\n") && words.ends_with("every rule holds\n"), "{words}");
}

#[test]
fn audit_names_the_line_of_every_bit_that_is_flipped() {
    let good = export();
    // The third line of the file, with its end: it stands between others.
    let ends: Vec<usize> = (0..good.len()).filter(|place| good[*place] == b'\n').collect();
    for place in ends[1] + 1..=ends[2] {
        for bit in 0..u8::BITS {
            let mut changed = good.clone();
            changed[place] ^= 1 << bit;
            let (code, words) = audit("changed.ndjson", &changed);
            assert_eq!(code, Some(1), "bit {bit} of byte {place}: {words}");
            assert!(words.contains("\nline 3"), "bit {bit} of byte {place}: {words}");
        }
    }
}

#[test]
fn audit_of_a_file_without_its_first_or_last_line_fails() {
    let good = export();
    let lines: Vec<&[u8]> = good.split_inclusive(|byte| *byte == b'\n').collect();
    for rest in [&lines[1..], &lines[..4]] {
        let (code, words) = audit("cut.ndjson", &rest.concat());
        assert!(code == Some(1) && words.contains("breaks complete"), "{words}");
    }
}
