//! The SQL of a courier: its place in the journal, deliveries, the queue of those that wait, and the log of attempts.

use super::super::alarm;
use super::super::row::{Row, all, execute, first, flag, number, optional_number, text};
use super::request::Attempt;
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::event::Notice;
use shared::limits::{ATTEMPTS_KEPT, DELIVERY_KEPT_MS, ENDPOINT_FAILING_AFTER};
use shared::time;
use shared::wire::courier::{AttemptAnswer, DeliveryAnswer, Pulled};
use std::cell::Cell;
use worker::{SqlStorage, Storage};

/// The queue is apart from the deliveries, so that what is due is found among those that wait, and not among all that were made in a month.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS courier (
  one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, scope TEXT NOT NULL, cursor TEXT NOT NULL, mark TEXT NOT NULL,
  failures INTEGER NOT NULL, taken_ms INTEGER, dead_since_ms INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL, at_ms INTEGER NOT NULL,
  delivered INTEGER NOT NULL, asked TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS queue (number INTEGER PRIMARY KEY, due_ms INTEGER NOT NULL, tries INTEGER NOT NULL, first_ms INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS attempts (
  number INTEGER PRIMARY KEY, delivery INTEGER NOT NULL, at_ms INTEGER NOT NULL,
  took_ms INTEGER NOT NULL, outcome TEXT NOT NULL, status INTEGER, answer TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempts_of ON attempts (delivery, number);
";

const DELIVERY: &str =
    "SELECT deliveries.number, id, kind, body, delivered, asked, due_ms, coalesce(tries, 0), first_ms
    FROM deliveries LEFT JOIN queue ON queue.number = deliveries.number";

/// Who it is, and how its endpoint does.
pub struct Courier {
    pub id: String,
    /// `{env}/{merchant}`
    pub scope: String,
    /// Its place in the journal; empty before it has asked for the first time.
    pub cursor: String,
    /// The hash of the last line that was read.
    pub mark: String,
    /// Failures in a row.
    pub failures: u64,
    /// Since when its endpoint has taken nothing, once a delivery was given up for that.
    pub dead_since_ms: Option<u64>,
}

/// One event on its way.
pub struct Delivery {
    pub number: u64,
    pub id: String,
    pub kind: String,
    pub body: String,
    pub delivered: bool,
    /// What stands for the last request to send it again.
    pub asked: String,
    /// While it waits: when it is tried next.
    pub due_ms: Option<u64>,
    /// Attempts of the schedule so far.
    pub tries: u64,
    /// When the first of them was.
    pub first_ms: Option<u64>,
}

/// What follows from an attempt.
pub enum Next {
    Delivered,
    Again {
        due_ms: u64,
        first_ms: u64,
    },
    GivenUp {
        first_ms: u64,
    },
    /// It was beside the schedule.
    Unchanged,
}

/// The rows of one courier.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
    created: Cell<bool>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
    }

    fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            let query = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = 'attempts_of'";
            self.created.set(first(&self.sql, query, Vec::new())?.is_some());
        }
        Ok(self.created.get())
    }

    /// The courier, once it was called.
    pub fn load(&self) -> Result<Option<Courier>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let query = "SELECT id, scope, cursor, mark, failures, dead_since_ms FROM courier";
        let read = |mut row: Row| {
            let (id, scope, cursor, mark) = (row.text()?, row.text()?, row.text()?, row.text()?);
            Ok(Courier { id, scope, cursor, mark, failures: row.number()?, dead_since_ms: row.optional_number()? })
        };
        first(&self.sql, query, Vec::new())?.map(read).transpose()
    }

    /// The courier of that endpoint, made when it is called for the first time.
    pub fn open(&self, id: &str, scope: &str) -> Result<Courier, Fault> {
        if let Some(courier) = self.load()? {
            return Ok(courier);
        }
        transaction(&self.storage, || {
            execute(&self.sql, SCHEMA, Vec::new())?;
            let query = "INSERT INTO courier (one, id, scope, cursor, mark, failures) VALUES (1, ?, ?, '', '', 0)";
            execute(&self.sql, query, vec![text(id), text(scope)])
        })?;
        self.created.set(true);
        self.load()?.ok_or(Fault::Corrupt("courier"))
    }

    /// Takes events over together with the place after them. One that is known is on its way already.
    pub fn take(&self, Pulled { notices, cursor, mark, is_sent_to, .. }: &Pulled, now_ms: u64) -> Result<(), Fault> {
        let moved = self.load()?.is_some_and(|courier| courier.cursor != *cursor || courier.mark != *mark);
        if !is_sent_to || !moved {
            return Ok(());
        }
        transaction(&self.storage, || {
            for notice in notices {
                if self.delivery(&notice.id)?.is_none() {
                    self.insert(notice, now_ms)?;
                    let query = "INSERT INTO queue (number, due_ms, tries) SELECT number, at_ms, 0 FROM deliveries WHERE id = ?";
                    execute(&self.sql, query, vec![text(&notice.id)])?;
                }
            }
            execute(&self.sql, "UPDATE courier SET cursor = ?, mark = ?", vec![text(cursor), text(mark)])
        })
    }

    /// Keeps a delivery that is made at once.
    pub fn add(&self, notice: &Notice, now_ms: u64) -> Result<Delivery, Fault> {
        self.insert(notice, now_ms)?;
        self.delivery(&notice.id)?.ok_or(Fault::Corrupt("delivery"))
    }

    fn insert(&self, Notice { id, kind, body }: &Notice, now_ms: u64) -> Result<(), Fault> {
        let query = "INSERT INTO deliveries (id, kind, body, at_ms, delivered, asked) VALUES (?, ?, ?, ?, 0, '')";
        execute(&self.sql, query, vec![text(id), text(kind), text(body), number(now_ms)?])
    }

    /// The delivery of an event.
    pub fn delivery(&self, id: &str) -> Result<Option<Delivery>, Fault> {
        first(&self.sql, &format!("{DELIVERY} WHERE id = ?"), vec![text(id)])?.map(read_delivery).transpose()
    }

    /// Up to so many that are due, in the order of their events.
    pub fn due(&self, now_ms: u64, limit: usize) -> Result<Vec<Delivery>, Fault> {
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        let query = format!("{DELIVERY} WHERE due_ms <= ? ORDER BY queue.number LIMIT ?");
        all(&self.sql, &query.replace("LEFT JOIN", "JOIN"), vec![number(now_ms)?, number(limit)?])?
            .into_iter()
            .map(read_delivery)
            .collect()
    }

    pub fn next_due_ms(&self) -> Result<Option<u64>, Fault> {
        let row = first(&self.sql, "SELECT min(due_ms) FROM queue", Vec::new())?;
        row.map_or(Ok(None), |mut row| row.optional_number())
    }

    pub fn waiting(&self) -> Result<u64, Fault> {
        first(&self.sql, "SELECT count(*) FROM queue", Vec::new())?.map_or(Ok(0), |mut row| row.number())
    }

    /// Writes an attempt down, with what follows from it for the delivery and for the endpoint.
    pub fn note(&self, delivery: &Delivery, attempt: &Attempt, next: Next, asked: Option<&str>) -> Result<(), Fault> {
        // Its endpoint may have been removed while the receiver took its time.
        if self.load()?.is_none() {
            return Ok(());
        }
        transaction(&self.storage, || {
            self.log(delivery.number, attempt)?;
            if attempt.is_taken() {
                self.succeed(delivery.number, attempt.at_ms)?;
            } else if !matches!(next, Next::Unchanged) {
                execute(&self.sql, "UPDATE courier SET failures = failures + 1", Vec::new())?;
            }
            if let Some(key) = asked {
                let query = "UPDATE deliveries SET asked = ? WHERE number = ?";
                execute(&self.sql, query, vec![text(key), number(delivery.number)?])?;
            }
            match next {
                Next::Again { due_ms, first_ms } => {
                    let query = "UPDATE queue SET due_ms = ?, tries = tries + 1, first_ms = ? WHERE number = ?";
                    execute(&self.sql, query, vec![number(due_ms)?, number(first_ms)?, number(delivery.number)?])
                }
                Next::GivenUp { first_ms } => self.give_up(delivery.number, first_ms),
                Next::Delivered | Next::Unchanged => Ok(()),
            }
        })
    }

    fn log(&self, delivery: u64, attempt: &Attempt) -> Result<(), Fault> {
        let values = vec![
            number(delivery)?,
            number(attempt.at_ms)?,
            number(attempt.took_ms)?,
            text(attempt.outcome),
            optional_number(attempt.status.map(u64::from))?,
            text(&attempt.answer),
        ];
        let query =
            "INSERT INTO attempts (delivery, at_ms, took_ms, outcome, status, answer) VALUES (?, ?, ?, ?, ?, ?)";
        execute(&self.sql, query, values)?;
        let query = "DELETE FROM attempts WHERE number IN (SELECT number FROM attempts WHERE delivery = ? ORDER BY number DESC LIMIT -1 OFFSET ?)";
        execute(&self.sql, query, vec![number(delivery)?, number(ATTEMPTS_KEPT)?])
    }

    /// An endpoint that takes something after it has taken nothing for a while gets what waits at once.
    fn succeed(&self, delivery: u64, now_ms: u64) -> Result<(), Fault> {
        execute(&self.sql, "UPDATE deliveries SET delivered = 1 WHERE number = ?", vec![number(delivery)?])?;
        execute(&self.sql, "DELETE FROM queue WHERE number = ?", vec![number(delivery)?])?;
        let query = "UPDATE queue SET due_ms = ? WHERE due_ms > ? AND (SELECT failures FROM courier) >= ?";
        execute(&self.sql, query, vec![number(now_ms)?, number(now_ms)?, number(ENDPOINT_FAILING_AFTER)?])?;
        execute(&self.sql, "UPDATE courier SET failures = 0, taken_ms = ?", vec![number(now_ms)?])
    }

    /// Ends the attempts of one delivery. When nothing was taken since the first of them, the fault is the endpoint's.
    fn give_up(&self, delivery: u64, first_ms: u64) -> Result<(), Fault> {
        execute(&self.sql, "DELETE FROM queue WHERE number = ?", vec![number(delivery)?])?;
        let query = "UPDATE courier SET dead_since_ms = ? WHERE dead_since_ms IS NULL AND coalesce(taken_ms, 0) < ?";
        execute(&self.sql, query, vec![number(first_ms)?, number(first_ms)?])
    }

    /// Everything that was not taken is tried again from the beginning. What was only sent to try the endpoint out has had its one attempt.
    pub fn resume(&self, now_ms: u64) -> Result<(), Fault> {
        transaction(&self.storage, || {
            execute(&self.sql, "UPDATE courier SET failures = 0, dead_since_ms = NULL", Vec::new())?;
            let query = "INSERT OR REPLACE INTO queue (number, due_ms, tries) SELECT number, ?, 0 FROM deliveries WHERE delivered = 0 AND kind != ?";
            execute(&self.sql, query, vec![number(now_ms)?, text(shared::event::TEST)])
        })
    }

    /// Lets deliveries go that have ended long ago.
    pub fn forget(&self, now_ms: u64) -> Result<(), Fault> {
        let old = || number(now_ms.saturating_sub(DELIVERY_KEPT_MS));
        let Some(mut row) = first(&self.sql, "SELECT at_ms FROM deliveries ORDER BY number LIMIT 1", Vec::new())?
        else {
            return Ok(());
        };
        if row.number()? >= now_ms.saturating_sub(DELIVERY_KEPT_MS) {
            return Ok(());
        }
        transaction(&self.storage, || {
            let query = "DELETE FROM deliveries WHERE at_ms < ? AND number NOT IN (SELECT number FROM queue)";
            execute(&self.sql, query, vec![old()?])?;
            execute(&self.sql, "DELETE FROM attempts WHERE delivery NOT IN (SELECT number FROM deliveries)", Vec::new())
        })
    }

    /// A page of deliveries, newest first.
    pub fn page(&self, before: Option<u64>, limit: usize) -> Result<Vec<Delivery>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        let query = format!("{DELIVERY} WHERE (? OR deliveries.number < ?) ORDER BY deliveries.number DESC LIMIT ?");
        let values = vec![flag(before.is_none()), number(before.unwrap_or_default())?, number(limit)?];
        all(&self.sql, &query, values)?.into_iter().map(read_delivery).collect()
    }

    /// A delivery with its attempts, as it is told.
    pub fn answer(&self, delivery: Delivery) -> Result<DeliveryAnswer, Fault> {
        let query = "SELECT at_ms, outcome, status, took_ms, answer FROM attempts WHERE delivery = ? ORDER BY number";
        let attempts = all(&self.sql, query, vec![number(delivery.number)?])?.into_iter().map(|mut row| {
            Ok(AttemptAnswer {
                at: time::write(row.number()?),
                outcome: row.text()?,
                status: row.optional_number()?.and_then(|status| u16::try_from(status).ok()),
                took_ms: row.number()?,
                answer: row.text()?,
            })
        });
        let status = match (delivery.delivered, delivery.due_ms) {
            (true, _) => "delivered",
            (false, Some(_)) => "waiting",
            (false, None) => "failed",
        };
        Ok(DeliveryAnswer {
            id: delivery.id,
            kind: delivery.kind,
            status,
            next_attempt_at: delivery.due_ms.map(time::write),
            attempts: attempts.collect::<Result<_, Fault>>()?,
        })
    }

    /// Sets the alarm.
    pub async fn arm(&self, due_ms: u64) -> Result<(), Fault> {
        alarm::set(&self.storage, due_ms).await
    }

    /// Forgets everything: its endpoint is gone.
    pub async fn end(&self) -> Result<(), Fault> {
        self.created.set(false);
        self.storage.delete_alarm().await?;
        Ok(self.storage.delete_all().await?)
    }
}

fn read_delivery(mut row: Row) -> Result<Delivery, Fault> {
    Ok(Delivery {
        number: row.number()?,
        id: row.text()?,
        kind: row.text()?,
        body: row.text()?,
        delivered: row.flag()?,
        asked: row.text()?,
        due_ms: row.optional_number()?,
        tries: row.number()?,
        first_ms: row.optional_number()?,
    })
}
