//! The SQL of a checkout: its state as one document, so that a step is one row, and the answers that were given to idempotency keys.

use super::super::alarm;
use super::super::row::{execute, first, number, text};
use crate::problem::Fault;
use crate::reply::Reply;
use crate::transaction::transaction;
use shared::checkout::Checkout;
use shared::limits::{REFUSAL_KEPT_MS, REFUSALS_KEPT};
use shared::wire::call::Once;
use std::cell::Cell;
use worker::{SqlStorage, SqlStorageValue, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS checkout (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, scope TEXT NOT NULL, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS operations (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The checkout with what names it.
pub struct Stored {
    pub id: String,
    /// `{env}/{merchant}`: where its cards are.
    pub scope: String,
    pub checkout: Checkout,
}

/// What a key was answered.
pub struct Kept {
    pub fingerprint: String,
    pub status: u16,
    /// `None` when the answer was not final: it is then told as it is.
    pub body: Option<String>,
}

/// The rows of one checkout.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
    created: Cell<bool>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
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
        let Some(mut row) = first(&self.sql, "SELECT id, scope, document FROM checkout", Vec::new())? else {
            return Ok(None);
        };
        let (id, scope) = (row.text()?, row.text()?);
        let checkout = serde_json::from_str(&row.text()?).map_err(|_| Fault::Corrupt("checkout"))?;
        Ok(Some(Stored { id, scope, checkout }))
    }

    pub fn save(&self, stored: &Stored) -> Result<(), Fault> {
        let document = serde_json::to_string(&stored.checkout).map_err(|_| Fault::Corrupt("checkout"))?;
        transaction(&self.storage, || {
            if !self.exists()? {
                execute(&self.sql, SCHEMA, Vec::new())?;
            }
            let values = vec![text(&stored.id), text(&stored.scope), text(&document)];
            execute(&self.sql, "INSERT OR REPLACE INTO checkout (one, id, scope, document) VALUES (1, ?, ?, ?)", values)
        })?;
        self.created.set(true);
        Ok(())
    }

    pub fn operation(&self, key: &str) -> Result<Option<Kept>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let row = first(&self.sql, "SELECT fingerprint, status, body FROM operations WHERE key = ?", vec![text(key)])?;
        row.map(|mut row| Ok(Kept { fingerprint: row.text()?, status: row.small()?, body: row.optional_text()? }))
            .transpose()
    }

    /// Keeps an answer. Effects are kept for as long as the checkout is; refusals for as long as clients retry.
    pub fn keep(&self, once: &Once, reply: &Reply, now_ms: u64) -> Result<(), Fault> {
        let body = match reply.status {
            202 => SqlStorageValue::Null,
            _ => reply.text().map(text).ok_or(Fault::Corrupt("reply"))?,
        };
        let kept = u64::try_from(REFUSALS_KEPT).map_err(|_| Fault::Corrupt("limit"))?;
        transaction(&self.storage, || {
            let values = vec![
                text(&once.key),
                text(&once.fingerprint),
                number(u64::from(reply.status))?,
                body.clone(),
                number(now_ms)?,
            ];
            execute(
                &self.sql,
                "INSERT OR IGNORE INTO operations (key, fingerprint, status, body, at_ms) VALUES (?, ?, ?, ?, ?)",
                values,
            )?;
            if reply.status < 400 {
                return Ok(());
            }
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
