//! The SQL of events: notices that are no lines of the book, in one order with the lines, and the endpoints that hear of both.
//!
//! A notice remembers the line after which it came, so lines and notices have one order that nothing later changes: by line, and by notice after it. A reader's
//! place is one number of each.

use super::super::row::{Row, all, execute, first, number, optional_number, text};
use crate::problem::{Failure, Fault};
use crate::transaction::transaction;
use shared::event::{self, CardFacts, Event, Notice};
use shared::journal::Line;
use shared::limits::{ENDPOINTS_MAX, REFUSAL_KEPT_MS};
use shared::money::Currency;
use shared::program::Kind;
use shared::rejection::Rejection;
use shared::webhook::{Endpoint, Status};
use shared::wire::courier::{Cursor, EndpointAnswer, EndpointCall};
use shared::wire::document;
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

const ENDPOINT: &str =
    "SELECT id, url, events, status, generation, root, root_before, rotated_at_ms, created_at_ms FROM endpoints";

/// A page of events, and where it ends.
pub struct Page {
    pub notices: Vec<Notice>,
    pub cursor: Cursor,
    /// Whether there is more behind it.
    pub more: bool,
}

impl Page {
    /// Adds a row: a line of the book with what is known of its card, or a notice.
    fn read(&mut self, mut row: Row) -> Result<(), Fault> {
        let (line, notice, body, id, kind) = (row.number()?, row.number()?, row.text()?, row.text()?, row.text()?);
        if notice == 0 {
            self.cursor.line = line;
            let line: Line = document::read(body.as_bytes()).ok_or(Fault::Corrupt("line"))?;
            let currency = Currency::parse(&id).ok_or(Fault::Corrupt("currency"))?;
            let kind = Kind::parse(&kind).ok_or(Fault::Corrupt("kind"))?;
            self.notices.extend(event::of_line(&line, CardFacts { currency, kind }).map(Notice::from));
        } else {
            self.cursor.notice = notice;
            self.notices.push(Notice { id, kind, body });
        }
        Ok(())
    }
}

/// What came of a request that may be one that was made before: the endpoint, with the secret that this request is told.
pub struct Done {
    pub answer: EndpointAnswer,
    pub again: bool,
}

impl Done {
    fn new(endpoint: Endpoint, generation: u64, root: u8, again: bool) -> Self {
        Self { answer: EndpointAnswer { generation: Some(generation), root: Some(root), ..endpoint.into() }, again }
    }
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
        // Each of the two is complete up to so many, so the first so many of both are those of the whole.
        const LINES: &str = "SELECT * FROM (SELECT lines.number AS line, 0 AS notice, lines.line AS body, cards.currency AS id, cards.kind AS kind
            FROM lines JOIN cards ON cards.card = json_extract(lines.line, '$.card') WHERE lines.number > ?1 ORDER BY lines.number LIMIT ?3)";
        const NOTICES: &str = "SELECT * FROM (SELECT line, number, body, id, kind FROM notices WHERE number > ?2 ORDER BY number LIMIT ?3)";
        let query = match (has_lines, self.exists()?) {
            (false, false) => return Ok(Page { notices: Vec::new(), cursor: after, more: false }),
            (true, false) => format!("{LINES} WHERE ?2 >= 0"),
            (false, true) => format!("{NOTICES} WHERE ?1 >= 0"),
            (true, true) => format!("{LINES} UNION ALL {NOTICES} ORDER BY 1, 2"),
        };
        let most = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        // One more, so that it is seen whether there is more.
        let values = vec![number(after.line)?, number(after.notice)?, number(most.saturating_add(1))?];
        let rows = all(&self.sql, &query, values)?;
        let mut page = Page { notices: Vec::new(), cursor: after, more: rows.len() > limit };
        for row in rows.into_iter().take(limit) {
            page.read(row)?;
        }
        Ok(page)
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
    pub fn register(&self, call: &EndpointCall, line: u64, now_ms: u64) -> Result<Done, Failure> {
        let EndpointCall { id, scope, url, events, root, fingerprint, .. } = call;
        if let Some(known) = self.find(id)? {
            let query = "SELECT root_first FROM endpoints WHERE id = ? AND fingerprint = ?";
            let same = first(&self.sql, query, vec![text(id), text(fingerprint)])?;
            let mut same = same.ok_or(Rejection::IdempotencyKeyReused)?;
            return Ok(Done::new(known, 1, same.small()?, true));
        }
        if self.endpoints()?.len() >= ENDPOINTS_MAX {
            return Err(Rejection::LimitExceeded.into());
        }
        let query = "INSERT INTO endpoints (id, scope, url, events, status, generation, root, root_before, root_first, created_at_ms, fingerprint, line, notice)
            VALUES (?1, ?2, ?3, ?4, 'active', 1, ?5, ?5, ?5, ?6, ?7, ?8, (SELECT coalesce(max(number), 0) FROM notices))";
        self.write(|| {
            let gone = number(now_ms.saturating_sub(REFUSAL_KEPT_MS))?;
            execute(&self.sql, "DELETE FROM endpoints WHERE ended_at_ms < ?", vec![gone])?;
            let (root, at) = (number(u64::from(*root))?, number(now_ms)?);
            let values =
                vec![text(id), text(scope), text(url), text(events), root, at, text(fingerprint), number(line)?];
            execute(&self.sql, query, values)
        })?;
        let endpoint = self.find(id)?.ok_or(Fault::Corrupt("endpoint"))?;
        Ok(Done::new(endpoint, 1, *root, false))
    }

    /// Gives an endpoint another secret; a repetition is told the one that it was told before.
    pub fn rotate(&self, endpoint: Endpoint, root: u8, key: &str, now_ms: u64) -> Result<Done, Failure> {
        let query = "SELECT generation, root FROM rotations WHERE key = ? AND endpoint = ?";
        if let Some(mut row) = first(&self.sql, query, vec![text(key), text(&endpoint.id)])? {
            return Ok(Done::new(endpoint, row.number()?, row.small()?, true));
        }
        let generation = endpoint.generation.saturating_add(1);
        self.write(|| {
            let (id, root) = (text(&endpoint.id), number(u64::from(root))?);
            let query =
                "UPDATE endpoints SET generation = ?, root_before = root, root = ?, rotated_at_ms = ? WHERE id = ?";
            execute(&self.sql, query, vec![number(generation)?, root.clone(), number(now_ms)?, id.clone()])?;
            let query = "INSERT INTO rotations (key, endpoint, generation, root) VALUES (?, ?, ?, ?)";
            execute(&self.sql, query, vec![text(key), id, number(generation)?, root])
        })?;
        Ok(Done::new(Endpoint { rotated_at_ms: Some(now_ms), ..endpoint }, generation, root, false))
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

fn read_endpoint(mut row: Row) -> Result<Endpoint, Fault> {
    Ok(Endpoint {
        id: row.text()?,
        url: row.text()?,
        events: row.text()?,
        status: Status::parse(&row.text()?).ok_or(Fault::Corrupt("status"))?,
        generation: row.number()?,
        root: row.small()?,
        root_before: row.small()?,
        rotated_at_ms: row.optional_number()?,
        created_at_ms: row.number()?,
    })
}
