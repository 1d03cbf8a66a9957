//! The SQL of a card: one row of counters, append-only entries, claims, and refusals that are replayed.
//!
//! A redemption writes three rows: the entry, its unique key, and the counters. A claim row exists for holds, and for a redemption once something of
//! it is refunded.

use super::super::alarm;
use super::super::row::{Row, all, amount, execute, first, flag, number, optional_number, text};
use crate::problem::Fault;
use crate::transaction::transaction;
use shared::card::{Action, Applied, Card, Claim, ClaimState, Ended, Entry, Facts, Flow, Flows, Status};
use shared::journal::{GENESIS, Line};
use shared::limits::{HAND_OFF_LINES_MAX, REFUSAL_KEPT_MS, REFUSALS_KEPT};
use shared::money::Amount;
use shared::wire::call::{Once, Sealed};
use shared::wire::document;
use shared::wire::problem::Problem;
use shared::wire::request::Note;
use shared::wire::row::Detail;
use std::cell::Cell;
use worker::{SqlStorage, SqlStorageValue, Storage};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS card (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL, scope TEXT NOT NULL, last4 TEXT NOT NULL, facts TEXT NOT NULL, issued_at_ms INTEGER NOT NULL,
  active INTEGER NOT NULL, expires_at_ms INTEGER, frozen INTEGER NOT NULL, ended TEXT,
  available INTEGER NOT NULL CHECK (available >= 0), held INTEGER NOT NULL CHECK (held >= 0), held_until_ms INTEGER,
  issued INTEGER NOT NULL, loaded INTEGER NOT NULL, refunded INTEGER NOT NULL, replaced_in INTEGER NOT NULL, adjusted_in INTEGER NOT NULL,
  redeemed INTEGER NOT NULL, cashed_out INTEGER NOT NULL, expired INTEGER NOT NULL, replaced_out INTEGER NOT NULL, adjusted_out INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  seq INTEGER NOT NULL, head TEXT NOT NULL, acked INTEGER NOT NULL, delivered INTEGER NOT NULL, forked INTEGER NOT NULL,
  CHECK (issued + loaded + refunded + replaced_in + adjusted_in
    = redeemed + cashed_out + expired + replaced_out + adjusted_out + cancelled + available + held)
) STRICT;
CREATE TABLE IF NOT EXISTS entries (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL, action TEXT NOT NULL, amount INTEGER NOT NULL, claim TEXT,
  available INTEGER NOT NULL, held INTEGER NOT NULL, status TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE, fingerprint TEXT NOT NULL, detail TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS claims (
  id TEXT PRIMARY KEY,
  amount INTEGER NOT NULL, committed INTEGER NOT NULL, refunded INTEGER NOT NULL, state INTEGER NOT NULL, deadline_ms INTEGER NOT NULL,
  CHECK (committed <= amount), CHECK (refunded <= committed)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusals (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, problem TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

const ENTRY: &str =
    "SELECT seq, at_ms, action, amount, claim, available, held, status, fingerprint, detail FROM entries";

/// The card with everything else that its row has.
pub struct Stored {
    pub card: Card,
    /// Its reference.
    pub id: String,
    /// `{env}/{merchant}`: where its journal and its coordinators are.
    pub scope: String,
    /// What is printed of its code.
    pub last4: String,
    /// The hash of its last line.
    pub head: String,
    /// The last entry that is in the book.
    pub acked: u64,
    /// The last entry that moved value on and of which the other card has said that it has it.
    pub delivered: u64,
    /// Whether the book contradicts this card.
    pub forked: bool,
}

/// A card that is about to be issued.
pub struct Draft {
    pub id: String,
    pub scope: String,
    pub last4: String,
    pub sealed: Option<Sealed>,
}

/// What is kept beside the ledger is of this card, or of the one that takes its place, until that has it.
#[derive(Clone, Copy)]
pub enum Whose {
    Own = 0,
    Successor = 1,
}

impl Draft {
    /// The card as it is written.
    pub fn issued(self, card: Card) -> Stored {
        let Self { id, scope, last4, .. } = self;
        Stored { card, id, scope, last4, head: GENESIS.into(), acked: 0, delivered: 0, forked: false }
    }
}

/// An entry with everything that its answer is rebuilt from.
pub struct Record {
    pub entry: Entry,
    pub status: &'static str,
    pub fingerprint: String,
    pub detail: Detail,
}

/// What is kept beside the ledger, encrypted.
const SEALED: &str = "CREATE TABLE IF NOT EXISTS sealed (whose INTEGER PRIMARY KEY, number TEXT NOT NULL, gift TEXT, recipient TEXT) STRICT";

/// The rows of one card.
pub struct Store {
    storage: Storage,
    sql: SqlStorage,
    /// Whether the tables are known to exist. Asking for them writes nothing.
    created: Cell<bool>,
}

impl Store {
    pub fn new(storage: Storage) -> Self {
        Self { sql: storage.sql(), storage, created: Cell::new(false) }
    }

    /// Makes the tables. The caller writes the first rows before anything else can run.
    pub fn create(&self) -> Result<(), Fault> {
        execute(&self.sql, SCHEMA, Vec::new())?;
        execute(&self.sql, SEALED, Vec::new())?;
        self.created.set(true);
        Ok(())
    }

    fn exists(&self) -> Result<bool, Fault> {
        if !self.created.get() {
            let table =
                first(&self.sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'card'", Vec::new())?;
            if table.is_some() {
                // A card of an older version has none yet.
                execute(&self.sql, SEALED, Vec::new())?;
            }
            self.created.set(table.is_some());
        }
        Ok(self.created.get())
    }

    /// The card, once issued.
    pub fn load(&self) -> Result<Option<Stored>, Fault> {
        if !self.exists()? {
            return Ok(None);
        }
        let query = "SELECT id, scope, last4, facts, issued_at_ms, active, expires_at_ms, frozen, ended, available, held, held_until_ms,
              issued, loaded, refunded, replaced_in, adjusted_in, redeemed, cashed_out, expired, replaced_out, adjusted_out, cancelled,
              seq, head, acked, delivered, forked
            FROM card";
        first(&self.sql, query, Vec::new())?.map(read_card).transpose()
    }

    /// What is kept beside the ledger.
    pub fn sealed(&self, whose: Whose) -> Result<Option<Sealed>, Fault> {
        let query = "SELECT number, gift, recipient FROM sealed WHERE whose = ?";
        let row = first(&self.sql, query, vec![number(whose as u64)?])?;
        row.map(|mut row| {
            Ok(Sealed { number: row.text()?, gift: row.optional_text()?, recipient: row.optional_text()? })
        })
        .transpose()
    }

    /// Keeps it, instead of what was kept before.
    pub fn keep(&self, whose: Whose, sealed: &Sealed) -> Result<(), Fault> {
        let optional = |value: &Option<String>| value.as_deref().map_or(SqlStorageValue::Null, text);
        let values =
            vec![number(whose as u64)?, text(&sealed.number), optional(&sealed.gift), optional(&sealed.recipient)];
        execute(&self.sql, "INSERT OR REPLACE INTO sealed (whose, number, gift, recipient) VALUES (?, ?, ?, ?)", values)
    }

    /// Drops what people wrote.
    pub fn erase_gift(&self) -> Result<(), Fault> {
        execute(&self.sql, "UPDATE sealed SET gift = NULL, recipient = NULL", Vec::new())
    }

    /// One claim. A redemption's claim follows from its entry until something of it is refunded.
    pub fn claim(&self, id: &str) -> Result<Option<Claim>, Fault> {
        let query = "SELECT amount, committed, refunded, state, deadline_ms FROM claims WHERE id = ?";
        if let Some(row) = first(&self.sql, query, vec![text(id)])? {
            return read_claim(row).map(Some);
        }
        let Some(seq) = id.strip_prefix("rd.").and_then(|seq| seq.parse().ok()) else { return Ok(None) };
        Ok(self
            .record(seq)?
            .filter(|record| record.entry.action.name() == "redeem")
            .map(|record| Claim::redeemed(record.entry.action.amount())))
    }

    /// The entry of that number.
    pub fn record(&self, seq: u64) -> Result<Option<Record>, Fault> {
        first(&self.sql, &format!("{ENTRY} WHERE seq = ?"), vec![number(seq)?])?.map(read_record).transpose()
    }

    /// The entry that a key led to.
    pub fn record_of_key(&self, key: &str) -> Result<Option<Record>, Fault> {
        first(&self.sql, &format!("{ENTRY} WHERE key = ?"), vec![text(key)])?.map(read_record).transpose()
    }

    /// A page of entries, oldest first.
    pub fn records(&self, after: u64, limit: usize) -> Result<Vec<Record>, Fault> {
        let limit = u64::try_from(limit).map_err(|_| Fault::Corrupt("limit"))?;
        all(&self.sql, &format!("{ENTRY} WHERE seq > ? ORDER BY seq LIMIT ?"), vec![number(after)?, number(limit)?])?
            .into_iter()
            .map(read_record)
            .collect()
    }

    /// Writes what was decided: entry, counters and claim, all or none. `stored` is the card before it, and after it when the write succeeded.
    pub fn write(
        &self,
        stored: &mut Stored,
        applied: Applied,
        note: Note,
        refund: Option<String>,
        once: &Once,
    ) -> Result<Record, Fault> {
        let Applied { card, claim, entry } = applied;
        let refunded = refund.is_some().then(|| refunded_so_far(claim.as_ref(), &entry)).flatten();
        let detail = Detail { refund, refunded, ..Detail::new(&entry.action, note) };
        let head = Line::new(&stored.id, &entry, detail.clone(), &stored.head).hash();
        let record =
            Record { status: card.status(entry.at_ms).name(), entry, fingerprint: once.fingerprint.clone(), detail };
        transaction(&self.storage, || {
            self.append(&record, once, &head)?;
            if let Some((id, claim)) = &claim {
                self.put_claim(id, claim)?;
            }
            if card.seq == 1 { self.insert_card(stored, &card, &head) } else { self.update_card(&card, &head) }
        })?;
        stored.card = card;
        stored.head = head;
        Ok(record)
    }

    fn append(&self, record: &Record, once: &Once, hash: &str) -> Result<(), Fault> {
        let Entry { seq, at_ms, action, available, held } = &record.entry;
        let detail = serde_json::to_string(&record.detail).map_err(|_| Fault::Corrupt("detail"))?;
        let values = vec![
            number(*seq)?,
            number(*at_ms)?,
            text(action.name()),
            amount(action.amount()),
            action.claim().map_or(SqlStorageValue::Null, text),
            amount(*available),
            amount(*held),
            text(record.status),
            text(&once.key),
            text(&once.fingerprint),
            text(&detail),
            text(hash),
        ];
        execute(
            &self.sql,
            "INSERT INTO entries (seq, at_ms, action, amount, claim, available, held, status, key, fingerprint, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    }

    fn put_claim(&self, id: &str, claim: &Claim) -> Result<(), Fault> {
        let state = match claim.state {
            ClaimState::Held => 0,
            ClaimState::Committed => 1,
            ClaimState::Released => 2,
        };
        let values = vec![
            text(id),
            amount(claim.amount),
            amount(claim.committed),
            amount(claim.refunded),
            number(state)?,
            number(claim.deadline_ms)?,
        ];
        execute(
            &self.sql,
            "INSERT OR REPLACE INTO claims (id, amount, committed, refunded, state, deadline_ms) VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
    }

    fn insert_card(&self, stored: &Stored, card: &Card, head: &str) -> Result<(), Fault> {
        let facts = serde_json::to_string(&card.facts).map_err(|_| Fault::Corrupt("facts"))?;
        let mut values = vec![text(&stored.id), text(&stored.scope), text(&stored.last4), text(&facts)];
        values.push(number(card.issued_at_ms)?);
        values.extend(changing(card, head)?);
        let query = "INSERT INTO card (one, acked, delivered, forked, id, scope, last4, facts, issued_at_ms,
                active, expires_at_ms, frozen, ended, available, held, held_until_ms,
                issued, loaded, refunded, replaced_in, adjusted_in, redeemed, cashed_out, expired, replaced_out, adjusted_out, cancelled, seq, head)
            VALUES (1, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        execute(&self.sql, query, values)
    }

    fn update_card(&self, card: &Card, head: &str) -> Result<(), Fault> {
        let query = "UPDATE card SET active = ?, expires_at_ms = ?, frozen = ?, ended = ?, available = ?, held = ?, held_until_ms = ?,
              issued = ?, loaded = ?, refunded = ?, replaced_in = ?, adjusted_in = ?,
              redeemed = ?, cashed_out = ?, expired = ?, replaced_out = ?, adjusted_out = ?, cancelled = ?, seq = ?, head = ?";
        execute(&self.sql, query, changing(card, head)?)
    }

    /// Corrects the card's note of when the soonest hold ends, which may be too soon.
    pub fn put_deadline(&self, held_until_ms: Option<u64>) -> Result<(), Fault> {
        execute(&self.sql, "UPDATE card SET held_until_ms = ?", vec![optional_number(held_until_ms)?])
    }

    /// Every claim that is held, with its deadline. It looks at every claim there ever was, so only the alarm asks, when one is overdue.
    pub fn held(&self) -> Result<Vec<(String, u64)>, Fault> {
        let rows = all(&self.sql, "SELECT id, deadline_ms FROM claims WHERE state = 0", Vec::new())?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.number()?))).collect()
    }

    /// Claims that are held although their deadline has passed.
    pub fn overdue(&self, before_ms: u64) -> Result<Vec<String>, Fault> {
        let query = "SELECT id FROM claims WHERE state = 0 AND deadline_ms <= ? ORDER BY deadline_ms";
        all(&self.sql, query, vec![number(before_ms)?])?.into_iter().map(|mut row| row.text()).collect()
    }

    /// The lines after an entry, for the book, oldest first.
    pub fn lines(&self, id: &str, after: u64) -> Result<Vec<Line>, Fault> {
        let previous = match first(&self.sql, "SELECT hash FROM entries WHERE seq = ?", vec![number(after)?])? {
            Some(mut row) => row.text()?,
            None => GENESIS.to_owned(),
        };
        let mut previous = previous;
        let line = |record: Record| {
            let line = Line::new(id, &record.entry, record.detail, &previous);
            previous = line.hash();
            line
        };
        Ok(self.records(after, HAND_OFF_LINES_MAX)?.into_iter().map(line).collect())
    }

    /// Notes what the book has.
    pub fn acknowledge(&self, seq: u64) -> Result<(), Fault> {
        execute(&self.sql, "UPDATE card SET acked = ?", vec![number(seq)?])
    }

    /// The first entry after that one that moved value to another card.
    pub fn next_transfer(&self, after: u64) -> Result<Option<Record>, Fault> {
        first(
            &self.sql,
            &format!("{ENTRY} WHERE seq > ? AND action = 'replace_out' ORDER BY seq LIMIT 1"),
            vec![number(after)?],
        )?
        .map(read_record)
        .transpose()
    }

    /// Notes that the other card has what this entry moved, and with it what is kept beside it.
    pub fn deliver(&self, seq: u64) -> Result<(), Fault> {
        execute(&self.sql, "DELETE FROM sealed WHERE whose = ?", vec![number(Whose::Successor as u64)?])?;
        execute(&self.sql, "UPDATE card SET delivered = ?", vec![number(seq)?])
    }

    /// Notes that the book contradicts this card.
    pub fn mark_forked(&self) -> Result<(), Fault> {
        execute(&self.sql, "UPDATE card SET forked = 1", Vec::new())
    }

    /// Sets the alarm.
    pub async fn arm(&self, due_ms: u64) -> Result<(), Fault> {
        alarm::set(&self.storage, due_ms).await
    }

    /// Keeps a refusal, so that its key is answered the same again, and lets the oldest go.
    pub fn refuse(&self, once: &Once, problem: &Problem, now_ms: u64) -> Result<(), Fault> {
        let problem = serde_json::to_string(problem).map_err(|_| Fault::Corrupt("problem"))?;
        let kept = u64::try_from(REFUSALS_KEPT).map_err(|_| Fault::Corrupt("limit"))?;
        transaction(&self.storage, || {
            let values = vec![text(&once.key), text(&once.fingerprint), text(&problem), number(now_ms)?];
            execute(
                &self.sql,
                "INSERT OR IGNORE INTO refusals (key, fingerprint, problem, at_ms) VALUES (?, ?, ?, ?)",
                values,
            )?;
            execute(
                &self.sql,
                "DELETE FROM refusals WHERE at_ms < ? OR key IN (SELECT key FROM refusals ORDER BY at_ms DESC LIMIT -1 OFFSET ?)",
                vec![number(now_ms.saturating_sub(REFUSAL_KEPT_MS))?, number(kept)?],
            )
        })
    }

    /// The refusal that a key led to, while it is kept.
    pub fn refusal_of_key(&self, key: &str, now_ms: u64) -> Result<Option<(String, Problem)>, Fault> {
        let since = now_ms.saturating_sub(REFUSAL_KEPT_MS);
        let row = first(
            &self.sql,
            "SELECT fingerprint, problem FROM refusals WHERE key = ? AND at_ms >= ?",
            vec![text(key), number(since)?],
        )?;
        row.map(|mut row| Ok((row.text()?, row.document("problem")?))).transpose()
    }
}

/// What a refund's row says of its claim.
fn refunded_so_far(claim: Option<&(String, Claim)>, entry: &Entry) -> Option<Amount> {
    match entry.action {
        Action::Refund { .. } => claim.map(|(_, claim)| claim.refunded),
        _ => None,
    }
}

/// What an act may change, in the order of the columns.
fn changing(card: &Card, head: &str) -> Result<Vec<SqlStorageValue>, Fault> {
    let ended = match &card.ended {
        None => SqlStorageValue::Null,
        Some(Ended::CashedOut) => text("cashed_out"),
        Some(Ended::Cancelled) => text("cancelled"),
        Some(Ended::Replaced { to }) => text(&serde_json::to_string(to).map_err(|_| Fault::Corrupt("successor"))?),
    };
    let mut values = vec![
        flag(card.facts.active),
        optional_number(card.facts.expires_at_ms)?,
        flag(card.frozen),
        ended,
        amount(card.available),
        amount(card.held),
        optional_number(card.held_until_ms)?,
    ];
    values.extend(card.flows.iter().map(|(_, sum)| amount(sum)));
    values.extend([number(card.seq)?, text(head)]);
    Ok(values)
}

fn read_card(mut row: Row) -> Result<Stored, Fault> {
    let (id, scope, last4) = (row.text()?, row.text()?, row.text()?);
    let facts: Facts = row.document("facts")?;
    let issued_at_ms = row.number()?;
    let facts = Facts { active: row.flag()?, expires_at_ms: row.optional_number()?, ..facts };
    let frozen = row.flag()?;
    let ended = match row.optional_text()?.as_deref() {
        None => None,
        Some("cashed_out") => Some(Ended::CashedOut),
        Some("cancelled") => Some(Ended::Cancelled),
        Some(to) => {
            let to = document::read(to.as_bytes()).ok_or(Fault::Corrupt("successor"))?;
            Some(Ended::Replaced { to })
        }
    };
    let (available, held, held_until_ms) = (row.amount()?, row.amount()?, row.optional_number()?);
    let mut sums = [Amount::ZERO; Flow::ALL.len()];
    for sum in &mut sums {
        *sum = row.amount()?;
    }
    let flows = Flows::new(sums);
    let card = Card { facts, frozen, ended, issued_at_ms, available, held, flows, seq: row.number()?, held_until_ms };
    let (head, acked, delivered, forked) = (row.text()?, row.number()?, row.number()?, row.flag()?);
    Ok(Stored { card, id, scope, last4, head, acked, delivered, forked })
}

fn read_claim(mut row: Row) -> Result<Claim, Fault> {
    Ok(Claim {
        amount: row.amount()?,
        committed: row.amount()?,
        refunded: row.amount()?,
        state: match row.number()? {
            0 => ClaimState::Held,
            1 => ClaimState::Committed,
            2 => ClaimState::Released,
            _ => return Err(Fault::Corrupt("state")),
        },
        deadline_ms: row.number()?,
    })
}

fn read_record(mut row: Row) -> Result<Record, Fault> {
    let (seq, at_ms, name, moved, claim) =
        (row.number()?, row.number()?, row.text()?, row.amount()?, row.optional_text()?);
    let (available, held, status, fingerprint) = (row.amount()?, row.amount()?, row.text()?, row.text()?);
    let detail: Detail = row.document("detail")?;
    let action = detail.action(&name, moved, claim).ok_or(Fault::Corrupt("action"))?;
    let status = Status::parse(&status).ok_or(Fault::Corrupt("status"))?.name();
    Ok(Record { entry: Entry { seq, at_ms, action, available, held }, status, fingerprint, detail })
}
