//! The SQL of events: notices that are no lines of the book, in one order with the lines, and the endpoints that hear of both.
//!
//! A notice remembers the line after which it came, so lines and notices have one order that nothing later changes: by line, and by notice after it. A reader's
//! place is one number of each.

use super::super::row::{Row, all, execute, first, number, optional_number, text};
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::event::{self, CardFacts, Event, Notice};
use shared::journal::Line;
use shared::limits::{ENDPOINTS_MAX, REFUSAL_KEPT_MS};
use shared::money::Currency;
use shared::program::Kind;
use shared::rejection::Rejection;
use shared::webhook::{Endpoint, Status};
use shared::wire::call::Once;
use shared::wire::courier::Cursor;
use std::cell::Cell;
use worker::{SqlStorage, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS notices (number INTEGER PRIMARY KEY, line INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS endpoints (
  id TEXT PRIMARY KEY, scope TEXT NOT NULL, url TEXT NOT NULL, events TEXT NOT NULL, status TEXT NOT NULL, generation INTEGER NOT NULL, root INTEGER NOT NULL,
  root_before INTEGER NOT NULL, root_first INTEGER NOT NULL, rotated_at_ms INTEGER, created_at_ms INTEGER NOT NULL, ended_at_ms INTEGER,
  fingerprint TEXT NOT NULL, line INTEGER NOT NULL, notice INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rotations (key TEXT PRIMARY KEY, endpoint TEXT NOT NULL, generation INTEGER NOT NULL, root INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

const ENDPOINT: &str = "SELECT id, url, events, status, generation, root, root_before, root_first, rotated_at_ms, created_at_ms FROM endpoints";

/// A row's place, by line and by notice, with the event that it means.
type Placed = ((u64, u64), Option<Notice>);

/// A page of events, and where it ends.
pub struct Page {
    pub notices: Vec<Notice>,
    pub cursor: Cursor,
    /// Whether there is more behind it.
    pub more: bool,
}

/// What came of a request that may be one that was made before.
pub struct Done {
    pub endpoint: Endpoint,
    pub again: bool,
}

/// The rows of events and endpoints.
pub struct Events {
    storage: Storage,
    sql: SqlStorage,
    created: Cell<bool>,
}

impl Events {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
    }

    fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            let query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'rotations'";
            self.created.set(first(&self.sql, query, Vec::new())?.is_some());
        }
        Ok(self.created.get())
    }

    /// Does something in one transaction, in which the tables are there.
    fn write(&self, mut act: impl FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
        transaction(&self.storage, || {
            if !self.exists()? {
                execute(&self.sql, SCHEMA, Vec::new())?;
            }
            act()
        })?;
        self.created.set(true);
        Ok(())
    }

    /// Keeps notices that came after that line; one that is known is known.
    pub fn tell(&self, notices: &[Notice], line: u64) -> Result<(), Fault> {
        self.write(|| notices.iter().try_for_each(|notice| self.insert(notice, line)))
    }

    fn insert(&self, Notice { id, kind, body }: &Notice, line: u64) -> Result<(), Fault> {
        let query = "INSERT OR IGNORE INTO notices (line, id, kind, body) VALUES (?, ?, ?, ?)";
        execute(&self.sql, query, vec![number(line)?, text(id), text(kind), text(body)])
    }

    /// Up to so many lines and notices after a cursor, as events. `has_lines`: whether the book has its tables.
    pub fn page(&self, after: Cursor, limit: usize, has_lines: bool) -> Result<Page, Fault> {
        let mut rows = if has_lines { self.lines(after.line, limit)? } else { Vec::new() };
        if self.exists()? {
            rows.extend(self.notices(after.notice, limit)?);
        }
        // Each of the two is complete up to so many, so the first so many of both are those of the whole.
        rows.sort_by_key(|(place, _)| *place);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let cursor = rows.iter().fold(after, |cursor, ((line, notice), _)| match notice {
            0 => Cursor { line: *line, ..cursor },
            notice => Cursor { notice: *notice, ..cursor },
        });
        Ok(Page { notices: rows.into_iter().filter_map(|(_, notice)| notice).collect(), cursor, more })
    }

    fn lines(&self, after: u64, limit: usize) -> Result<Vec<Placed>, Fault> {
        let query = "SELECT lines.number, lines.line, cards.currency, cards.kind FROM lines JOIN cards ON cards.card = json_extract(lines.line, '$.card')
            WHERE lines.number > ? ORDER BY lines.number LIMIT ?";
        let read = |mut row: Row| {
            let place = (row.number()?, 0);
            let line: Line = serde_json::from_str(&row.text()?).map_err(|_| Fault::Corrupt("line"))?;
            let currency = Currency::parse(&row.text()?).ok_or(Fault::Corrupt("currency"))?;
            let kind = Kind::parse(&row.text()?).ok_or(Fault::Corrupt("kind"))?;
            Ok((place, event::of_line(&line, CardFacts { currency, kind }).map(Notice::from)))
        };
        all(&self.sql, query, vec![number(after)?, one_more(limit)?])?.into_iter().map(read).collect()
    }

    fn notices(&self, after: u64, limit: usize) -> Result<Vec<Placed>, Fault> {
        let query = "SELECT number, line, id, kind, body FROM notices WHERE number > ? ORDER BY number LIMIT ?";
        let read = |mut row: Row| {
            let (number, line) = (row.number()?, row.number()?);
            Ok(((line, number), Some(Notice { id: row.text()?, kind: row.text()?, body: row.text()? })))
        };
        all(&self.sql, query, vec![number(after)?, one_more(limit)?])?.into_iter().map(read).collect()
    }

    fn last_notice(&self) -> Result<u64, Fault> {
        let row = first(&self.sql, "SELECT coalesce(max(number), 0) FROM notices", Vec::new())?;
        row.map_or(Ok(0), |mut row| row.number())
    }

    /// An endpoint, gone or not.
    fn find(&self, id: &str) -> Result<Option<Endpoint>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        first(&self.sql, &format!("{ENDPOINT} WHERE id = ?"), vec![text(id)])?.map(read_endpoint).transpose()
    }

    /// An endpoint that is not gone.
    pub fn endpoint(&self, id: &str) -> Result<Option<Endpoint>, Fault> {
        Ok(self.find(id)?.filter(|endpoint| endpoint.status != Status::Deleted))
    }

    /// The endpoints that are not gone, oldest first.
    pub fn endpoints(&self) -> Result<Vec<Endpoint>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let query = format!("{ENDPOINT} WHERE status != 'deleted' ORDER BY created_at_ms, id");
        all(&self.sql, &query, Vec::new())?.into_iter().map(read_endpoint).collect()
    }

    /// `{env}/{merchant}`, as the endpoints were registered with; the book itself never asks.
    pub fn scope(&self) -> Result<Option<String>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        first(&self.sql, "SELECT scope FROM endpoints LIMIT 1", Vec::new())?.map(|mut row| row.text()).transpose()
    }

    /// Where an endpoint began to hear.
    pub fn start(&self, id: &str) -> Result<Cursor, Fault> {
        let row = first(&self.sql, "SELECT line, notice FROM endpoints WHERE id = ?", vec![text(id)])?;
        row.map_or_else(|| Ok(Cursor::default()), |mut row| Ok(Cursor { line: row.number()?, notice: row.number()? }))
    }

    /// A cursor within what there is: after a restore it may lie beyond.
    pub fn within(&self, cursor: Cursor, last_line: u64) -> Result<Cursor, Fault> {
        Ok(Cursor { line: cursor.line.min(last_line), notice: cursor.notice.min(self.last_notice()?) })
    }

    /// Registers an endpoint, which hears of what comes after that line.
    pub fn register(
        &self,
        scope: &str,
        endpoint: &Endpoint,
        once: &Once,
        line: u64,
    ) -> Result<Result<Done, Rejection>, Fault> {
        if let Some(known) = self.find(&endpoint.id)? {
            let query = "SELECT fingerprint FROM endpoints WHERE id = ?";
            let row = first(&self.sql, query, vec![text(&endpoint.id)])?;
            let fingerprint = row.map(|mut row| row.text()).transpose()?;
            let same = fingerprint.as_deref() == Some(once.fingerprint.as_str());
            return Ok(if same {
                Ok(Done { endpoint: known, again: true })
            } else {
                Err(Rejection::IdempotencyKeyReused)
            });
        }
        if self.endpoints()?.len() >= ENDPOINTS_MAX {
            return Ok(Err(Rejection::LimitExceeded));
        }
        let events = serde_json::to_string(&endpoint.events).map_err(|_| Fault::Corrupt("events"))?;
        let query = "INSERT INTO endpoints (id, scope, url, events, status, generation, root, root_before, root_first, created_at_ms, fingerprint, line, notice)
            VALUES (?, ?, ?, ?, 'active', 1, ?, ?, ?, ?, ?, ?, ?)";
        self.write(|| {
            let gone = endpoint.created_at_ms.saturating_sub(REFUSAL_KEPT_MS);
            execute(&self.sql, "DELETE FROM endpoints WHERE ended_at_ms < ?", vec![number(gone)?])?;
            let root = || number(u64::from(endpoint.root));
            let values = vec![
                text(&endpoint.id),
                text(scope),
                text(&endpoint.url),
                text(&events),
                root()?,
                root()?,
                root()?,
                number(endpoint.created_at_ms)?,
                text(&once.fingerprint),
                number(line)?,
                number(self.last_notice()?)?,
            ];
            execute(&self.sql, query, values)
        })?;
        Ok(Ok(Done { endpoint: endpoint.clone(), again: false }))
    }

    /// Gives an endpoint another secret; a repetition is told the one that it was told before.
    pub fn rotate(&self, endpoint: Endpoint, root: u8, once: &Once, now_ms: u64) -> Result<Done, Fault> {
        let query = "SELECT generation, root FROM rotations WHERE key = ? AND endpoint = ?";
        if let Some(mut row) = first(&self.sql, query, vec![text(&once.key), text(&endpoint.id)])? {
            let endpoint = Endpoint { generation: row.number()?, root: row.small()?, ..endpoint };
            return Ok(Done { endpoint, again: true });
        }
        let rotated = Endpoint {
            generation: endpoint.generation.saturating_add(1),
            root,
            root_before: endpoint.root,
            rotated_at_ms: Some(now_ms),
            ..endpoint
        };
        let Endpoint { id, generation, root, root_before, .. } = &rotated;
        self.write(|| {
            let (root, before) = (number(u64::from(*root))?, number(u64::from(*root_before))?);
            let values = vec![number(*generation)?, root.clone(), before, number(now_ms)?, text(id)];
            let query =
                "UPDATE endpoints SET generation = ?, root = ?, root_before = ?, rotated_at_ms = ? WHERE id = ?";
            execute(&self.sql, query, values)?;
            let query = "INSERT INTO rotations (key, endpoint, generation, root) VALUES (?, ?, ?, ?)";
            execute(&self.sql, query, vec![text(&once.key), text(id), number(*generation)?, root])
        })?;
        Ok(Done { endpoint: rotated, again: false })
    }

    /// Notes where an endpoint stands, with the event that tells of it.
    pub fn put_status(
        &self,
        id: &str,
        status: Status,
        event: Option<Event>,
        line: u64,
        now_ms: u64,
    ) -> Result<(), Fault> {
        let notice = event.map(Notice::from);
        let ended = (status == Status::Deleted).then_some(now_ms);
        self.write(|| {
            let values = vec![text(status.name()), optional_number(ended)?, text(id)];
            execute(&self.sql, "UPDATE endpoints SET status = ?, ended_at_ms = ? WHERE id = ?", values)?;
            notice.as_ref().map_or(Ok(()), |notice| self.insert(notice, line))
        })
    }
}

/// One more than is asked for, so that it is seen whether there is more.
fn one_more(limit: usize) -> Result<worker::SqlStorageValue, Fault> {
    number(u64::try_from(limit.saturating_add(1)).map_err(|_| Fault::Corrupt("limit"))?)
}

fn read_endpoint(mut row: Row) -> Result<Endpoint, Fault> {
    Ok(Endpoint {
        id: row.text()?,
        url: row.text()?,
        events: serde_json::from_str(&row.text()?).map_err(|_| Fault::Corrupt("events"))?,
        status: Status::parse(&row.text()?).ok_or(Fault::Corrupt("status"))?,
        generation: row.number()?,
        root: row.small()?,
        root_before: row.small()?,
        root_first: row.small()?,
        rotated_at_ms: row.optional_number()?,
        created_at_ms: row.number()?,
    })
}
