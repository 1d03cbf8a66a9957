//! The rows of a batch: what was ordered and how far it has come, in one row, so that a step writes one; and the rows of an import, a text for each step.

use crate::objects::alarm;
use crate::objects::row::{amount, execute, first, number, optional_number, text};
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::batch::{Batch, Exceptions};
use shared::limits::BATCH_STEP_CARDS;
use shared::money::Amount;
use shared::wire::import::OldCard;
use shared::wire::row::Detail;
use worker::{SqlStorage, SqlStorageValue, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS batch (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, scope TEXT NOT NULL, fingerprint TEXT NOT NULL,
  count INTEGER NOT NULL, amount INTEGER, total INTEGER NOT NULL, detail TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
  done INTEGER NOT NULL CHECK (done <= count), refused INTEGER NOT NULL, exceptions TEXT NOT NULL, finished_at_ms INTEGER, stopped TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS old_cards (step INTEGER PRIMARY KEY, cards TEXT NOT NULL) STRICT;
";

/// The batch with what names it.
pub struct Stored {
    pub id: String,
    /// `{env}/{merchant}`: where its cards are.
    pub scope: String,
    /// What stands for the request that ordered it.
    pub fingerprint: String,
    pub batch: Batch,
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

    pub fn load(&self) -> Result<Option<Stored>, Fault> {
        let table = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'batch'";
        if first(&self.sql, table, Vec::new())?.is_none() {
            return Ok(None);
        }
        let columns = "id, scope, fingerprint, count, amount, total, detail, created_at_ms, done, refused, exceptions, finished_at_ms, stopped";
        let Some(mut row) = first(&self.sql, &["SELECT ", columns, " FROM batch"].concat(), Vec::new())? else {
            return Ok(None);
        };
        let (id, scope, fingerprint) = (row.text()?, row.text()?, row.text()?);
        let (count, amount, total) = (row.small()?, row.optional_number()?.and_then(Amount::new), row.amount()?);
        let detail: Detail = row.document("detail")?;
        let batch = Batch {
            count,
            amount,
            total,
            facts: detail.issue.ok_or(Fault::Corrupt("facts"))?,
            note: detail.note,
            created_at_ms: row.number()?,
            done: row.small()?,
            refused: row.small()?,
            exceptions: Exceptions::parse(&row.text()?).ok_or(Fault::Corrupt("exceptions"))?,
            finished_at_ms: row.optional_number()?,
            stopped: row.optional_text()?,
        };
        Ok(Some(Stored { id, scope, fingerprint, batch }))
    }

    /// Writes a new batch, with the rows of an import.
    pub fn create(&self, stored: &Stored, cards: &[OldCard]) -> Result<(), Fault> {
        let Stored { id, scope, fingerprint, batch } = stored;
        // The facts of a card and what is remembered with it, as its issue will have them.
        let detail = Detail { note: batch.note.clone(), issue: Some(batch.facts.clone()), ..Detail::default() };
        let detail = serde_json::to_string(&detail).map_err(|_| Fault::Corrupt("detail"))?;
        let step = usize::try_from(BATCH_STEP_CARDS).map_err(|_| Fault::Corrupt("limit"))?;
        transaction(&self.storage, || {
            execute(&self.sql, SCHEMA, Vec::new())?;
            let values = vec![
                text(id),
                text(scope),
                text(fingerprint),
                number(batch.count.into())?,
                batch.amount.map_or(SqlStorageValue::Null, amount),
                amount(batch.total),
                text(&detail),
                number(batch.created_at_ms)?,
            ];
            execute(
                &self.sql,
                "INSERT INTO batch (one, id, scope, fingerprint, count, amount, total, detail, created_at_ms, done, refused, exceptions) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')",
                values,
            )?;
            for (place, cards) in (0..).zip(cards.chunks(step)) {
                let mut lines = String::new();
                cards.iter().for_each(|card| card.write(&mut lines));
                let query = "INSERT INTO old_cards (step, cards) VALUES (?, ?)";
                execute(&self.sql, query, vec![number(place)?, text(&lines)])?;
            }
            Ok(())
        })
    }

    /// Notes how far the batch has come.
    pub fn save(&self, batch: &Batch) -> Result<(), Fault> {
        let values = vec![
            number(batch.done.into())?,
            number(batch.refused.into())?,
            text(&batch.exceptions.text()),
            optional_number(batch.finished_at_ms)?,
            batch.stopped.as_deref().map_or(SqlStorageValue::Null, text),
        ];
        let query = "UPDATE batch SET done = ?, refused = ?, exceptions = ?, finished_at_ms = ?, stopped = ?";
        execute(&self.sql, query, values)
    }

    /// The rows of the step that a place belongs to, and the place of the first of them.
    pub fn old_cards(&self, place: u32) -> Result<(u32, Vec<OldCard>), Fault> {
        let step = place.checked_div(BATCH_STEP_CARDS).unwrap_or_default();
        let row = first(&self.sql, "SELECT cards FROM old_cards WHERE step = ?", vec![number(step.into())?])?;
        let lines = row.ok_or(Fault::Corrupt("step"))?.text()?;
        let cards = lines.lines().map(OldCard::parse).collect::<Option<_>>().ok_or(Fault::Corrupt("old card"))?;
        Ok((step.saturating_mul(BATCH_STEP_CARDS), cards))
    }

    /// Whether the alarm is set. While it runs it is not.
    pub async fn is_armed(&self) -> Result<bool, Fault> {
        Ok(self.storage.get_alarm().await?.is_some())
    }

    /// Sets the alarm.
    pub async fn arm(&self, due_ms: u64) -> Result<(), Fault> {
        alarm::set(&self.storage, due_ms).await
    }
}
