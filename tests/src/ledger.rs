//! The book as anybody with the secret key can have it.

use crate::api::Api;
use crate::patience::until;
use serde_json::Value;
use shared::journal::{Audit, ExportLine, Line, Report};
use std::time::Duration;

/// Longer than entries ever wait to be handed over, on a machine that does other things as well.
const HAND_OFF: Duration = Duration::from_secs(20);

/// An export, line by line.
#[derive(Clone, Debug)]
pub struct Export(pub Vec<String>);

impl Export {
    /// Reads the whole book.
    pub fn read(api: &Api) -> Self {
        let answer = api.get("/v1/ledger/export");
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")));
        Self(String::from_utf8(answer.body).unwrap().lines().map(Into::into).collect())
    }

    /// Waits until the book has so many entries of a card, and reads it.
    #[track_caller]
    pub fn with(api: &Api, card: &str, entries: usize) -> Self {
        until(HAND_OFF, "the book has the entries", || {
            let export = Self::read(api);
            (export.lines().iter().filter(|line| line.card == card).count() >= entries).then_some(export)
        })
    }

    /// The entries.
    pub fn lines(&self) -> Vec<Line> {
        let rows = self.0.iter().filter_map(|line| match serde_json::from_str(line).unwrap() {
            ExportLine::Row(row) => Some(row.line),
            ExportLine::Begin { .. } | ExportLine::End { .. } => None,
        });
        rows.collect()
    }

    /// What an auditor says to it.
    pub fn audit(&self) -> Report {
        let mut audit = Audit::default();
        for line in &self.0 {
            audit.read(line);
        }
        audit.finish()
    }
}

/// What an account comes to in the totals that reports are made of.
pub fn total(api: &Api, account: &str) -> i64 {
    let summary: Value = api.get("/v1/reports/summary").expect(200);
    let rows = summary["data"].as_array().unwrap().iter().filter(|row| row["account"] == account);
    rows.map(|row| row["amount"].as_i64().unwrap()).sum()
}
