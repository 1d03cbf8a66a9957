//! The SQL of the book: what is known of each card, and the lines in the order in which they came. Totals are kept in the same transaction (`totals`), and made
//! again from the lines for a book of an older version (`rebuild`).
//!
//! `cards` answers searches as well, so it has an index for each way; a card's last4, reference, campaign and recipient are in them only where there are any,
//! and what changes with every sale is in none, so a sale writes one row of it.

use super::super::row::{Row, all, execute, first, number, optional_number, text};
use super::totals;
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::journal::{ExportRow, Known, Step};
use shared::money::{Amount, Currency};
use shared::program::Kind;
use std::cell::Cell;
use worker::{SqlStorage, SqlStorageValue, Storage};

pub(super) const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS cards (
  card TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL,
  program TEXT NOT NULL, jurisdiction TEXT NOT NULL, reference TEXT NOT NULL, available INTEGER NOT NULL, held INTEGER NOT NULL, issued INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER, moved TEXT NOT NULL, marks INTEGER NOT NULL,
  last4 TEXT NOT NULL, recipient TEXT NOT NULL, first_line INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cards_last4 ON cards (last4, first_line) WHERE last4 != '';
CREATE INDEX IF NOT EXISTS cards_reference ON cards (reference, first_line) WHERE reference != '';
CREATE INDEX IF NOT EXISTS cards_campaign ON cards (campaign, first_line) WHERE campaign != '';
CREATE INDEX IF NOT EXISTS cards_recipient ON cards (recipient, first_line) WHERE recipient != '';
CREATE TABLE IF NOT EXISTS lines (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, line TEXT NOT NULL) STRICT;
";

/// Columns of `cards` that are texts, then those that are numbers.
const COLUMNS: &str = "card, hash, currency, kind, campaign, program, jurisdiction, reference, moved, last4, recipient,
    seq, available, held, issued, created_at_ms, marks, first_line, expires_at_ms";

/// A card in the book: what follows from its lines, and what it is found by besides.
pub struct Card {
    pub known: Known,
    pub id: String,
    pub label: Label,
    /// The number of its first line: what lists are in the order of.
    pub first_line: u64,
}

/// What a card is found by that no line says; empty where there is nothing.
#[derive(PartialEq, Eq)]
pub struct Label {
    pub last4: String,
    pub recipient: String,
}

/// The rows of one shard.
pub struct Store {
    pub(super) storage: Storage,
    pub(super) sql: SqlStorage,
    pub(super) created: Cell<bool>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
    }

    /// Whether anything was ever written, in the form of this version. Asking makes no file. `rebuild` has looked before anybody asks.
    pub fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            self.created.set(self.has_table("standing")?);
        }
        Ok(self.created.get())
    }

    pub(super) fn has_table(&self, name: &str) -> Result<bool, Fault> {
        let query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
        Ok(first(&self.sql, query, vec![text(name)])?.is_some())
    }

    pub fn card(&self, card: &str) -> Result<Option<Card>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let query = ["SELECT ", COLUMNS, " FROM cards WHERE card = ?"].concat();
        first(&self.sql, &query, vec![text(card)])?.map(read_card).transpose()
    }

    /// Cards of which a column has that value, from before a line, the newest first.
    pub fn cards(&self, column: &str, value: &str, before: u64, limit: usize) -> Result<Vec<Card>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        // That it is not empty must be said for the index, which has only such rows.
        let query = [
            "SELECT ",
            COLUMNS,
            " FROM cards WHERE ",
            column,
            " = ? AND ",
            column,
            " != '' AND first_line < ? ORDER BY first_line DESC LIMIT ?",
        ];
        all(&self.sql, &query.concat(), vec![text(value), number(before)?, number(limit)?])?
            .into_iter()
            .map(read_card)
            .collect()
    }

    /// Appends lines of one card, in one transaction.
    pub fn append(&self, card: &str, steps: &[Step], before: Option<&Label>, now: &Label) -> Result<(), Fault> {
        transaction(&self.storage, || {
            if !self.exists()? {
                execute(&self.sql, SCHEMA, Vec::new())?;
                execute(&self.sql, &totals::schema(), Vec::new())?;
            }
            let mut first_line = 0;
            for step in steps {
                let json = serde_json::to_string(&step.line).map_err(|_| Fault::Corrupt("line"))?;
                execute(
                    &self.sql,
                    "INSERT INTO lines (hash, line) VALUES (?, ?)",
                    vec![text(&step.known.hash), text(&json)],
                )?;
                if step.line.seq == 1 {
                    first_line = self.max_number()?;
                }
                self.count(step)?;
            }
            steps.last().map_or(Ok(()), |step| self.remember(card, &step.known, now, first_line))?;
            if before.is_some_and(|before| before != now) { self.put_label(card, now) } else { Ok(()) }
        })?;
        self.created.set(true);
        Ok(())
    }

    /// Keeps what is known of a card. Label and first line count for a card that was not known.
    pub(super) fn remember(&self, card: &str, known: &Known, label: &Label, first_line: u64) -> Result<(), Fault> {
        let Known { hash, currency, kind, campaign, program, jurisdiction, reference, moved, .. } = known;
        let Label { last4, recipient } = label;
        let texts = [
            card,
            hash,
            currency.code(),
            kind.name(),
            campaign,
            program,
            jurisdiction,
            reference,
            moved,
            last4,
            recipient,
        ];
        let amounts = [known.available, known.held, known.issued].map(Amount::minor);
        let mut values: Vec<SqlStorageValue> = texts.into_iter().map(text).collect();
        let [available, held, issued] = amounts;
        for value in [known.seq, available, held, issued, known.created_at_ms, known.marks, first_line] {
            values.push(number(value)?);
        }
        values.push(optional_number(known.expires_at_ms)?);
        let query = [
            "INSERT INTO cards (",
            COLUMNS,
            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET seq = excluded.seq, hash = excluded.hash, available = excluded.available, held = excluded.held,
              issued = excluded.issued, expires_at_ms = excluded.expires_at_ms, moved = excluded.moved, marks = excluded.marks",
        ];
        execute(&self.sql, &query.concat(), values)
    }

    fn put_label(&self, card: &str, label: &Label) -> Result<(), Fault> {
        let query = "UPDATE cards SET last4 = ?, recipient = ? WHERE card = ?";
        execute(&self.sql, query, vec![text(&label.last4), text(&label.recipient), text(card)])
    }

    /// The number of the newest line.
    pub fn last_number(&self) -> Result<u64, Fault> {
        if self.exists()? { self.max_number() } else { Ok(0) }
    }

    pub(super) fn max_number(&self) -> Result<u64, Fault> {
        first(&self.sql, "SELECT coalesce(max(number), 0) FROM lines", Vec::new())?
            .map_or(Ok(0), |mut row| row.number())
    }

    /// The hash of the line of that number.
    pub fn hash(&self, line: u64) -> Result<Option<String>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let row = first(&self.sql, "SELECT hash FROM lines WHERE number = ?", vec![number(line)?])?;
        row.map(|mut row| row.text()).transpose()
    }

    /// A page of lines, in the order in which they came.
    pub fn export(&self, after: u64, watermark: u64, limit: usize) -> Result<Vec<ExportRow>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        let query = "SELECT number, hash, line FROM lines WHERE number > ? AND number <= ? ORDER BY number LIMIT ?";
        all(&self.sql, query, vec![number(after)?, number(watermark)?, number(limit)?])?
            .into_iter()
            .map(read_export)
            .collect()
    }
}

fn read_card(mut row: Row) -> Result<Card, Fault> {
    let [id, hash, currency, kind, campaign, program, jurisdiction, reference, moved, last4, recipient] =
        row.texts()?;
    let [seq, available, held, issued, created_at_ms, marks, first_line] = row.numbers()?;
    let amount = |minor| Amount::new(minor).ok_or(Fault::Corrupt("amount"));
    let known = Known {
        seq,
        hash,
        currency: Currency::parse(&currency).ok_or(Fault::Corrupt("currency"))?,
        kind: Kind::parse(&kind).ok_or(Fault::Corrupt("kind"))?,
        campaign,
        program,
        jurisdiction,
        reference,
        available: amount(available)?,
        held: amount(held)?,
        issued: amount(issued)?,
        created_at_ms,
        expires_at_ms: row.optional_number()?,
        moved,
        marks,
    };
    Ok(Card { known, id, label: Label { last4, recipient }, first_line })
}

fn read_export(mut row: Row) -> Result<ExportRow, Fault> {
    let (number, hash) = (row.number()?, row.text()?);
    let line = row.document("line")?;
    Ok(ExportRow { number, hash, line })
}
