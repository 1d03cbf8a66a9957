//! The rows of a merchant: a document for each version of the settings, who made it, a row for each console key that somebody tried
//! to use, the ids of batches, and of programmes with caps what was issued, with a row for each request that counted.

use crate::objects::row::{all, amount, execute, first, number, text};
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::limits::{AMOUNT_MAX, BATCHES_PAGE_MAX};
use shared::money::Amount;
use shared::program::Count;
use shared::seal::SignIns;
use shared::wire::call::Once;
use shared::wire::settings::Settings;
use worker::{SqlStorage, Storage};

/// A version of the settings.
pub struct Row {
    pub version: u64,
    pub at_ms: u64,
    /// `None` for versions from before it was kept.
    pub by: Option<String>,
    pub settings: Settings,
}

/// The rows. An object that was never written to has no tables, and reading makes none.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage }
    }

    /// The versions before that one, or all, the newest first, and so many at most. No number passes what JavaScript counts.
    pub fn versions_before(&self, version: Option<u64>, limit: usize) -> Result<Vec<Row>, Fault> {
        if !self.has_table("settings")? {
            return Ok(Vec::new());
        }
        self.make_tables()?;
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        let rows = all(
            &self.sql,
            "SELECT version, at_ms, who, document FROM settings LEFT JOIN author USING (version) WHERE version < ? ORDER BY version DESC LIMIT ?",
            vec![number(version.unwrap_or(AMOUNT_MAX))?, number(limit)?],
        )?;
        rows.into_iter()
            .map(|mut row| {
                Ok(Row {
                    version: row.number()?,
                    at_ms: row.number()?,
                    by: row.optional_text()?,
                    settings: row.document("settings")?,
                })
            })
            .collect()
    }

    /// Adds a version.
    pub fn append(&self, version: u64, settings: &Settings, at_ms: u64, by: &str) -> Result<(), Fault> {
        let document = serde_json::to_string(settings).map_err(|_| Fault::Corrupt("settings"))?;
        transaction(&self.storage, || {
            self.make_tables()?;
            execute(
                &self.sql,
                "INSERT INTO settings (version, document, at_ms) VALUES (?, ?, ?)",
                vec![number(version)?, text(&document), number(at_ms)?],
            )?;
            execute(&self.sql, "INSERT INTO author (version, who) VALUES (?, ?)", vec![number(version)?, text(by)])
        })
    }

    /// Notes that there is such a batch. One that says so again is known.
    pub fn enlist(&self, batch: &str) -> Result<(), Fault> {
        transaction(&self.storage, || {
            let table = "batches (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)";
            execute(&self.sql, &format!("CREATE TABLE IF NOT EXISTS {table} STRICT"), Vec::new())?;
            execute(&self.sql, "INSERT OR IGNORE INTO batches (id) VALUES (?)", vec![text(batch)])
        })
    }

    /// The ids of a page of batches before that one, the newest first; of the newest when there is no such batch.
    pub fn batches_before(&self, batch: &str) -> Result<Vec<String>, Fault> {
        if !self.has_table("batches")? {
            return Ok(Vec::new());
        }
        let query = "SELECT id FROM batches WHERE number < coalesce((SELECT number FROM batches WHERE id = ?), ?) ORDER BY number DESC LIMIT ?";
        let rows = all(&self.sql, query, vec![text(batch), number(AMOUNT_MAX)?, number(BATCHES_PAGE_MAX)?])?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// The fingerprint of the request that this key has reserved something for.
    pub fn reserved(&self, key: &str) -> Result<Option<String>, Fault> {
        if !self.has_table("reserved")? {
            return Ok(None);
        }
        let row = first(&self.sql, "SELECT fingerprint FROM reserved WHERE key = ?", vec![text(key)])?;
        row.map(|mut row| row.text()).transpose()
    }

    /// How much was issued of a programme that counts there.
    pub fn issued(&self, program: &str, count: &Count<'_>) -> Result<Amount, Fault> {
        if !self.has_table("issued")? {
            return Ok(Amount::ZERO);
        }
        let query = "SELECT amount FROM issued WHERE program = ? AND buyer = ? AND day = ?";
        let row = first(&self.sql, query, vec![text(program), text(count.buyer), text(count.day)])?;
        row.map_or(Ok(Amount::ZERO), |mut row| row.amount())
    }

    /// Keeps what it comes to, and for which request. A row for each request stays: one that is repeated after years must not count again.
    pub fn reserve(&self, once: &Once, program: &str, counted: &[(Count<'_>, Amount)]) -> Result<(), Fault> {
        transaction(&self.storage, || {
            for table in [
                "reserved (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL)",
                "issued (program TEXT, buyer TEXT, day TEXT, amount INTEGER NOT NULL, PRIMARY KEY (program, buyer, day))",
            ] {
                execute(&self.sql, &format!("CREATE TABLE IF NOT EXISTS {table} STRICT, WITHOUT ROWID"), Vec::new())?;
            }
            let row = vec![text(&once.key), text(&once.fingerprint)];
            execute(&self.sql, "INSERT INTO reserved (key, fingerprint) VALUES (?, ?)", row)?;
            for (count, after) in counted {
                let row = vec![text(program), text(count.buyer), text(count.day), amount(*after)];
                execute(
                    &self.sql,
                    "INSERT OR REPLACE INTO issued (program, buyer, day, amount) VALUES (?, ?, ?, ?)",
                    row,
                )?;
            }
            Ok(())
        })
    }

    /// The tries to open sessions with a console key.
    pub fn sign_ins(&self, key: u32) -> Result<SignIns, Fault> {
        if !self.has_table("sign_in")? {
            return Ok(SignIns::default());
        }
        let query = "SELECT last_step, wrong, locked_until_ms FROM sign_in WHERE key = ?";
        let Some(mut row) = first(&self.sql, query, vec![number(key.into())?])? else { return Ok(SignIns::default()) };
        Ok(SignIns { last_step: row.number()?, wrong: row.number()?, locked_until_ms: row.number()? })
    }

    /// Keeps the tries to open sessions with a console key.
    pub fn keep_sign_ins(&self, key: u32, tries: SignIns) -> Result<(), Fault> {
        let table = "sign_in (key INTEGER PRIMARY KEY, last_step INTEGER NOT NULL, wrong INTEGER NOT NULL, locked_until_ms INTEGER NOT NULL)";
        let SignIns { last_step, wrong, locked_until_ms } = tries;
        let row = vec![number(key.into())?, number(last_step)?, number(wrong)?, number(locked_until_ms)?];
        transaction(&self.storage, || {
            execute(&self.sql, &format!("CREATE TABLE IF NOT EXISTS {table} STRICT"), Vec::new())?;
            execute(
                &self.sql,
                "INSERT OR REPLACE INTO sign_in (key, last_step, wrong, locked_until_ms) VALUES (?, ?, ?, ?)",
                row.clone(),
            )
        })
    }

    /// Who made a version stands in a table of its own: the other is older, and a table that is there is left as it is.
    fn make_tables(&self) -> Result<(), Fault> {
        for table in [
            "settings (version INTEGER PRIMARY KEY, document TEXT NOT NULL, at_ms INTEGER NOT NULL)",
            "author (version INTEGER PRIMARY KEY, who TEXT NOT NULL)",
        ] {
            execute(&self.sql, &format!("CREATE TABLE IF NOT EXISTS {table} STRICT"), Vec::new())?;
        }
        Ok(())
    }

    fn has_table(&self, name: &str) -> Result<bool, Fault> {
        let query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?";
        Ok(first(&self.sql, query, vec![text(name)])?.is_some())
    }
}
