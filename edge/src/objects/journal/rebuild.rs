//! A book of an older version: its lines are all there is to keep, and everything else follows from them.
//!
//! What an older version knew of cards and kept as totals is let go, and both are made again line by line, by the code that takes lines over, some thousands
//! with each call. Until the last is read the book answers that it is busy: cards and couriers come again, so nothing is lost and no sale waits.

use super::super::row::{execute, first, number};
use super::store::{Label, SCHEMA, Store};
use super::totals;
use crate::problem::{Failure, Fault};
use crate::transaction::transaction;
use shared::journal::{ExportRow, receive};
use shared::limits::{AMOUNT_MAX, EXPORT_LINES_MAX, REBUILD_LINES_MAX};
use shared::rejection::Rejection;

/// How far a rebuild has come. The table is there while one is going on.
const PROGRESS: &str = "CREATE TABLE rebuild (line INTEGER NOT NULL) STRICT; INSERT INTO rebuild (line) VALUES (0);";

impl Store {
    /// Makes sure that the tables are those of this version. `overloaded` while there is more to do.
    pub fn bring_up_to_date(&self) -> Result<(), Failure> {
        if self.created.get() || !self.has_table("lines")? {
            return Ok(());
        }
        if !self.has_table("standing")? {
            transaction(&self.storage, || {
                execute(&self.sql, "DROP TABLE cards; DROP TABLE IF EXISTS totals;", Vec::new())?;
                execute(&self.sql, SCHEMA, Vec::new())?;
                execute(&self.sql, &totals::schema(), Vec::new())?;
                execute(&self.sql, PROGRESS, Vec::new())
            })?;
        }
        if !self.has_table("rebuild")? {
            return Ok(());
        }
        let outcome = self.go_on();
        // Whatever was asked on the way, nobody may take it for finished before it is.
        self.created.set(matches!(outcome, Ok(true)));
        if outcome? { Ok(()) } else { Err(Rejection::Overloaded.into()) }
    }

    /// Reads as much as one call may; whether that was all.
    fn go_on(&self) -> Result<bool, Fault> {
        for _ in 0..REBUILD_LINES_MAX.div_ceil(EXPORT_LINES_MAX) {
            if self.step()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads on; whether that was the end.
    fn step(&self) -> Result<bool, Fault> {
        let mut progress =
            first(&self.sql, "SELECT line FROM rebuild", Vec::new())?.ok_or(Fault::Corrupt("rebuild"))?;
        let rows = self.export(progress.number()?, AMOUNT_MAX, EXPORT_LINES_MAX)?;
        let last = rows.last().map(|row| row.number);
        transaction(&self.storage, || {
            rows.iter().try_for_each(|row| self.read_again(row))?;
            match last {
                Some(line) => execute(&self.sql, "UPDATE rebuild SET line = ?", vec![number(line)?]),
                None => execute(&self.sql, "DROP TABLE rebuild", Vec::new()),
            }
        })?;
        Ok(last.is_none())
    }

    fn read_again(&self, ExportRow { number, line, .. }: &ExportRow) -> Result<(), Fault> {
        let known = self.card(&line.card)?.map(|card| card.known);
        let taken = receive(known.as_ref(), core::slice::from_ref(line)).ok_or(Fault::Corrupt("line"))?;
        // A line that is in the book follows from those before it, or it would not be there.
        let step = taken.steps.first().ok_or(Fault::Corrupt("line"))?;
        self.count(step)?;
        // No line says what is printed on a card. The card tells it with its next one.
        self.remember(&line.card, &step.known, &Label { last4: String::new(), recipient: String::new() }, *number)
    }
}
