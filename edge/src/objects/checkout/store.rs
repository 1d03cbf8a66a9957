//! The SQL of a checkout: its state as one document, so that a step is one row, and the answers that were given to idempotency keys.

use super::super::alarm;
use super::super::row::{execute, first, number, text};
use crate::clock;
use crate::problem::Fault;
use crate::reply::Reply;
use crate::transaction::transaction;
use shared::checkout::Checkout;
use shared::limits::{REFUSAL_KEPT_MS, REFUSALS_KEPT};
use shared::wire::call::Once;
use std::cell::Cell;
use worker::{SqlStorage, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS checkout (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, scope TEXT NOT NULL, document TEXT NOT NULL, untold TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS operations (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The checkout with what names it.
#[derive(Clone)]
pub struct Stored {
    pub id: String,
    /// `{env}/{merchant}`: where its cards are.
    pub scope: String,
    pub checkout: Checkout,
    /// Events that the journal is not known to have, a line of JSON each: a part of the same row, so an event is there exactly when its step is.
    pub untold: String,
}

/// What a key was answered.
pub struct Kept {
    pub fingerprint: String,
    pub status: u16,
    pub body: String,
}

/// The rows of one checkout.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
    created: Cell<bool>,
    /// How much of what the row holds as untold the journal has acknowledged: it leaves the row with the next step. Forgotten, it is told once more, and the
    /// journal knows it.
    heard: Cell<usize>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false), heard: Cell::new(0) }
    }

    /// Whether anything was ever written. Asking writes nothing.
    pub fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            let table =
                first(&self.sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'checkout'", Vec::new())?;
            self.created.set(table.is_some());
        }
        Ok(self.created.get())
    }

    pub fn load(&self) -> Result<Option<Stored>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let Some(mut row) = first(&self.sql, "SELECT id, scope, document, untold FROM checkout", Vec::new())? else {
            return Ok(None);
        };
        let (id, scope) = (row.text()?, row.text()?);
        let checkout = row.document("checkout")?;
        let text = row.text()?;
        let untold = text.get(self.heard.get()..).unwrap_or(&text).to_owned();
        Ok(Some(Stored { id, scope, checkout, untold }))
    }

    /// Notes that the journal has so much of what there was to tell. It costs no row: that nobody tells it again is a matter of the alarm.
    pub fn acknowledge(&self, told: &str) {
        self.heard.set(self.heard.get().saturating_add(told.len()));
    }

    /// Writes the checkout, and with it the answer to the key whose request decided it.
    pub fn save(&self, stored: &Stored, answer: Option<(&Once, &Reply)>) -> Result<(), Fault> {
        let document = serde_json::to_string(&stored.checkout).map_err(|_| Fault::Corrupt("checkout"))?;
        transaction(&self.storage, || {
            if !self.exists()? {
                execute(&self.sql, SCHEMA, Vec::new())?;
            }
            let values = vec![text(&stored.id), text(&stored.scope), text(&document), text(&stored.untold)];
            execute(
                &self.sql,
                "INSERT OR REPLACE INTO checkout (one, id, scope, document, untold) VALUES (1, ?, ?, ?, ?)",
                values,
            )?;
            answer.map_or(Ok(()), |(once, reply)| self.keep(once, reply, clock::now_ms()))
        })?;
        self.created.set(true);
        self.heard.set(0);
        Ok(())
    }

    /// The answer that a key has had.
    pub fn operation(&self, key: &str) -> Result<Option<Kept>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let row = first(&self.sql, "SELECT fingerprint, status, body FROM operations WHERE key = ?", vec![text(key)])?;
        row.map(|mut row| Ok(Kept { fingerprint: row.text()?, status: row.small()?, body: row.text()? })).transpose()
    }

    fn keep(&self, once: &Once, reply: &Reply, now_ms: u64) -> Result<(), Fault> {
        let body = reply.text().ok_or(Fault::Corrupt("reply"))?;
        let values = vec![
            text(&once.key),
            text(&once.fingerprint),
            number(u64::from(reply.status))?,
            text(body),
            number(now_ms)?,
        ];
        execute(
            &self.sql,
            "INSERT INTO operations (key, fingerprint, status, body, at_ms) VALUES (?, ?, ?, ?, ?)",
            values,
        )
    }

    /// Keeps a refusal for as long as clients retry, and lets the oldest go. Answers to effects are kept for as long as the checkout is.
    pub fn keep_refusal(&self, once: &Once, reply: &Reply, now_ms: u64) -> Result<(), Fault> {
        let kept = u64::try_from(REFUSALS_KEPT).map_err(|_| Fault::Corrupt("limit"))?;
        transaction(&self.storage, || {
            self.keep(once, reply, now_ms)?;
            execute(
                &self.sql,
                "DELETE FROM operations WHERE status >= 400 AND (at_ms < ? OR key IN (SELECT key FROM operations WHERE status >= 400 ORDER BY at_ms DESC LIMIT -1 OFFSET ?))",
                vec![number(now_ms.saturating_sub(REFUSAL_KEPT_MS))?, number(kept)?],
            )
        })
    }

    /// Sets or clears the alarm. Called in the same turn as the write that it belongs to, so both are kept or neither.
    pub async fn arm(&self, due_ms: Option<u64>) -> Result<(), Fault> {
        match due_ms {
            Some(due_ms) => alarm::set(&self.storage, due_ms).await?,
            None => self.storage.delete_alarm().await?,
        }
        Ok(())
    }
}
