//! The SQL of the book: what is known of each card, the lines in the order in which they came, and totals by day, currency, kind, location and campaign.

use super::super::row::{Row, all, amount, execute, first, number, text};
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::journal::{ExportRow, Known, Line, Posting, Step};
use shared::money::Currency;
use shared::program::Kind;
use shared::time;
use shared::wire::answer::Total;
use std::cell::Cell;
use worker::{SqlStorage, SqlStorageValue, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS cards (
  card TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL,
  available INTEGER NOT NULL, held INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, line TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS totals (
  day TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, location TEXT NOT NULL, campaign TEXT NOT NULL, account TEXT NOT NULL,
  amount INTEGER NOT NULL, entries INTEGER NOT NULL,
  PRIMARY KEY (day, currency, kind, location, campaign, account)
) STRICT, WITHOUT ROWID;
";

/// The rows of one shard.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
    created: Cell<bool>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
    }

    /// Whether anything was ever written. Asking makes no file.
    pub fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            let table =
                first(&self.sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'cards'", Vec::new())?;
            self.created.set(table.is_some());
        }
        Ok(self.created.get())
    }

    pub fn known(&self, card: &str) -> Result<Option<Known>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let query = "SELECT seq, hash, currency, kind, campaign, available, held FROM cards WHERE card = ?";
        first(&self.sql, query, vec![text(card)])?.map(read_known).transpose()
    }

    /// Appends lines of one card, in one transaction.
    pub fn append(&self, card: &str, steps: &[Step]) -> Result<(), Fault> {
        transaction(&self.storage, || {
            if !self.exists()? {
                execute(&self.sql, SCHEMA, Vec::new())?;
            }
            for Step { line, postings, known } in steps {
                let json = serde_json::to_string(line).map_err(|_| Fault::Corrupt("line"))?;
                execute(
                    &self.sql,
                    "INSERT INTO lines (hash, line) VALUES (?, ?)",
                    vec![text(&known.hash), text(&json)],
                )?;
                for posting in postings {
                    self.add(line, known, posting)?;
                }
            }
            steps.last().map_or(Ok(()), |step| self.remember(card, &step.known))
        })?;
        self.created.set(true);
        Ok(())
    }

    fn add(&self, line: &Line, known: &Known, posting: &Posting) -> Result<(), Fault> {
        let values = vec![
            text(&time::day(line.at_ms)),
            text(known.currency.code()),
            text(known.kind.name()),
            text(line.detail.note.location.as_deref().unwrap_or_default()),
            text(&known.campaign),
            text(posting.account.name()),
            SqlStorageValue::try_from_i64(posting.change)?,
        ];
        let query = "INSERT INTO totals (day, currency, kind, location, campaign, account, amount, entries) VALUES (?, ?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, entries = entries + 1";
        execute(&self.sql, query, values)
    }

    fn remember(&self, card: &str, known: &Known) -> Result<(), Fault> {
        let values = vec![
            text(card),
            number(known.seq)?,
            text(&known.hash),
            text(known.currency.code()),
            text(known.kind.name()),
            text(&known.campaign),
            amount(known.available),
            amount(known.held),
        ];
        execute(
            &self.sql,
            "INSERT OR REPLACE INTO cards (card, seq, hash, currency, kind, campaign, available, held) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    }

    /// The number of the newest line.
    pub fn last_number(&self) -> Result<u64, Fault> {
        if !self.exists()? {
            return Ok(0);
        }
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

    /// Totals of the days in a range, both included.
    pub fn totals(&self, from: &str, to: &str) -> Result<Vec<Total>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let query = "SELECT day, currency, kind, location, campaign, account, CAST(amount AS TEXT), entries FROM totals WHERE day >= ? AND day <= ?
            ORDER BY day, currency, kind, location, campaign, account";
        all(&self.sql, query, vec![text(from), text(to)])?.into_iter().map(read_total).collect()
    }
}

fn read_known(mut row: Row) -> Result<Known, Fault> {
    Ok(Known {
        seq: row.number()?,
        hash: row.text()?,
        currency: Currency::parse(&row.text()?).ok_or(Fault::Corrupt("currency"))?,
        kind: Kind::parse(&row.text()?).ok_or(Fault::Corrupt("kind"))?,
        campaign: row.text()?,
        available: row.amount()?,
        held: row.amount()?,
    })
}

fn read_export(mut row: Row) -> Result<ExportRow, Fault> {
    let (number, hash) = (row.number()?, row.text()?);
    let line = row.document("line")?;
    Ok(ExportRow { number, hash, line })
}

fn read_total(mut row: Row) -> Result<Total, Fault> {
    Ok(Total {
        day: row.text()?,
        currency: Currency::parse(&row.text()?).ok_or(Fault::Corrupt("currency"))?,
        kind: Kind::parse(&row.text()?).ok_or(Fault::Corrupt("kind"))?,
        location: row.text()?,
        campaign: row.text()?,
        account: row.text()?,
        amount: row.sum()?,
        entries: row.number()?,
    })
}
