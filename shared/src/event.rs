//! Events: what a shop's server is told of what happened.
//!
//! In scope: which line of the book and which step of a checkout mean which event, and what stands in it. Out of scope: where events are kept, and how they are
//! delivered (`webhook.rs`).
//!
//! The invariants:
//! 1. an event's id follows from what it is about (the card and its entry, the checkout and its step), so the same thing told twice is one event;
//! 2. no event holds a code, a key or a person: the reason that somebody typed stays in the ledger.
//!
//! Events of cards are no rows of their own: the book's lines mean them. So none can be missing, doubled or out of order as long as the book is right.

mod message;

pub use message::Message;

use crate::card::Action;
use crate::checkout::{Checkout, State};
use crate::journal::Line;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::time;
use crate::wire::answer::Redemption;
use crate::wire::request::Note;
use serde::{Deserialize, Serialize};

/// Every type that an endpoint may ask for.
pub const TYPES: [&str; 19] = [
    "gift_card.issued",
    "gift_card.activated",
    "gift_card.frozen",
    "gift_card.unfrozen",
    "gift_card.loaded",
    "gift_card.extended",
    "gift_card.adjusted",
    "gift_card.replaced",
    "gift_card.expired",
    "gift_card.cashed_out",
    "gift_card.cancelled",
    "redemption.captured",
    "redemption.refunded",
    "checkout.authorized",
    "checkout.captured",
    "checkout.voided",
    "checkout.expired",
    "guard.alarm",
    "webhook_endpoint.disabled",
];

/// The type of an event that an endpoint gets only when it is tried out.
pub const TEST: &str = "webhook.test";

/// One event, as it is listed and delivered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Event {
    /// Its id, the same for every delivery.
    pub id: String,
    /// One of [`TYPES`], or [`TEST`].
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// When it happened.
    pub at: String,
    /// What it is about.
    pub data: Data,
}

/// An event as objects keep it and hand it on: its text is what is signed, so nobody writes it twice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The event's id.
    pub id: String,
    /// The event's type.
    pub kind: String,
    /// The event as JSON.
    pub body: String,
}

impl From<Event> for Notice {
    fn from(event: Event) -> Self {
        // An event has no map with keys that are not strings, the only thing that could fail here.
        let body = serde_json::to_string(&event).unwrap_or_default();
        Self { id: event.id, kind: event.kind.into(), body }
    }
}

/// What an event is about. What does not apply is left out.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift_card: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redemption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remaining: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<String>,
    #[serde(flatten)]
    pub note: Note,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

/// What an event of a card needs beside its line: facts of the card that only its first line carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct CardFacts {
    pub currency: Currency,
    pub kind: Kind,
}

/// The event that a line of the book means; `None` for one that is nobody's concern, as a hold is.
pub fn of_line(line: &Line, CardFacts { currency, kind }: CardFacts) -> Option<Event> {
    let entry = line.entry()?;
    let data = Data {
        gift_card: Some(line.card.clone()),
        kind: Some(kind),
        currency: Some(currency),
        available: Some(line.available),
        note: Note { reason: None, ..line.detail.note.clone() },
        ..Data::default()
    };
    let left = line.available;
    let told = |message| Some(Message::new(message, currency));
    let redemption = |seq| Redemption::id(&line.card, seq);
    let (name, data) = match entry.action {
        Action::Issue { amount, facts } => {
            let status = if facts.active { "active" } else { "inactive" };
            // Stock that nobody has bought yet is nobody's gift, and a card that replaces another is none either.
            let is_gift = facts.active && facts.from.is_none();
            let message = if is_gift { told(message::Said::Issued(amount)) } else { None };
            let expires_at = facts.expires_at_ms.map(time::write);
            ("gift_card.issued", Data { status: Some(status), amount: Some(amount), expires_at, message, ..data })
        }
        Action::Activate => ("gift_card.activated", Data { message: told(message::Said::Activated(left)), ..data }),
        Action::Freeze => ("gift_card.frozen", Data { message: told(message::Said::Frozen), ..data }),
        Action::Unfreeze => ("gift_card.unfrozen", Data { message: told(message::Said::Unfrozen(left)), ..data }),
        Action::Redeem { amount } => {
            let message = told(message::Said::Spent { amount, left });
            let id = redemption(line.seq);
            ("redemption.captured", Data { redemption: Some(id), amount: Some(amount), message, ..data })
        }
        Action::Commit { claim, amount, .. } => {
            let message = told(message::Said::Spent { amount, left });
            ("redemption.captured", Data { amount: Some(amount), message, ..of_claim(&claim, redemption, data) })
        }
        Action::Refund { claim, amount } => {
            let message = told(message::Said::Returned { amount, left });
            let refund = line.detail.refund.clone();
            let data = Data { refund, amount: Some(amount), message, ..of_claim(&claim, redemption, data) };
            ("redemption.refunded", data)
        }
        Action::Load { amount, expires_at_ms } => {
            let (message, expires_at) = (told(message::Said::Added { amount, left }), expires_at_ms.map(time::write));
            ("gift_card.loaded", Data { amount: Some(amount), expires_at, message, ..data })
        }
        Action::Extend { expires_at_ms, .. } => {
            let (message, expires_at) = (told(message::Said::Extended(left)), expires_at_ms.map(time::write));
            ("gift_card.extended", Data { expires_at, message, ..data })
        }
        Action::AdjustIn { amount } | Action::AdjustOut { amount } => {
            ("gift_card.adjusted", Data { amount: Some(amount), ..data })
        }
        Action::ReplaceOut { amount, to } => {
            let (message, replaced_by) = (told(message::Said::Replaced), Some(to.card));
            ("gift_card.replaced", Data { amount: Some(amount), replaced_by, message, ..data })
        }
        Action::Expire { amount } => {
            ("gift_card.expired", Data { amount: Some(amount), message: told(message::Said::Expired), ..data })
        }
        Action::CashOut { amount } => {
            let message = told(message::Said::PaidOut(amount));
            ("gift_card.cashed_out", Data { amount: Some(amount), message, ..data })
        }
        Action::Cancel { amount } => ("gift_card.cancelled", Data { amount: Some(amount), ..data }),
        // What is reserved and let go is between the card and its order; what moves here was told where it came from; no event tells a gift's words, so none
        // tells that they are gone.
        Action::Hold { .. } | Action::Release { .. } | Action::ReplaceIn { .. } | Action::Erase => return None,
    };
    Some(event(format!("ev_{}_{}", bare(&line.card), line.seq), name, line.at_ms, data))
}

/// What a claim was made by: a redemption in one step, or a checkout.
fn of_claim(claim: &str, redemption: impl Fn(u64) -> String, data: Data) -> Data {
    match claim.strip_prefix("rd.").map(str::parse) {
        Some(Ok(seq)) => Data { redemption: Some(redemption(seq)), ..data },
        _ => Data { checkout: claim.split('.').next().map(Into::into), ..data },
    }
}

/// The events that a step of a checkout means. Each can come once: none of these states is ever left for one before it.
pub fn of_step(id: &str, before: &Checkout, after: &Checkout, now_ms: u64) -> Vec<Event> {
    let name = match (&before.state, &after.state) {
        (State::Authorizing { .. }, State::Authorized { .. }) => Some("authorized"),
        (State::Authorized { .. }, State::Captured) => Some("captured"),
        (State::Open | State::Authorizing { .. } | State::Authorized { .. }, State::Voided) => Some("voided"),
        // One that only closed, with nothing held, concerns nobody.
        (State::Authorized { .. }, State::Expired) => Some("expired"),
        _ => None,
    };
    let of = |step: &str, name, data| event(format!("ev_{}_{step}", bare(id)), name, now_ms, data);
    let ended = name.and_then(|step| {
        let name = TYPES.into_iter().find(|name| name.strip_prefix("checkout.") == Some(step))?;
        Some(of(step, name, of_checkout(id, before, after)))
    });
    let broken = (after.is_broken() && !before.is_broken()).then(|| {
        let data = Data { alarm: Some("checkout_broken"), ..of_checkout(id, before, after) };
        of("broken", "guard.alarm", data)
    });
    ended.into_iter().chain(broken).collect()
}

fn of_checkout(id: &str, before: &Checkout, after: &Checkout) -> Data {
    // What a checkout that has ended lets go of is told by the state before.
    let amount = if matches!(after.state, State::Voided | State::Expired) { before.covered() } else { after.covered() };
    let open = matches!(after.state, State::Authorized { .. } | State::Captured);
    Data {
        checkout: Some(id.into()),
        status: Some(after.state.name()),
        currency: Some(after.order.currency),
        total: Some(after.order.total),
        amount: Some(amount),
        remaining: open.then(|| after.order.total.saturating_minus(amount)),
        note: Note {
            reference: Some(after.order.reference.clone()),
            location: after.location.clone(),
            ..Note::default()
        },
        ..Data::default()
    }
}

/// The alarm about a card whose history contradicts the book. `seq` is the last entry that the book has of it.
pub fn of_fork(card: &str, seq: u64, now_ms: u64) -> Event {
    let data = Data { alarm: Some("card_forked"), gift_card: Some(card.into()), ..Data::default() };
    event(format!("ev_{}_{seq}_fork", bare(card)), "guard.alarm", now_ms, data)
}

/// An endpoint was given up.
pub fn of_disabled(endpoint: &str, failing_since_ms: u64, now_ms: u64) -> Event {
    let failing_since = Some(time::write(failing_since_ms));
    let data = Data { endpoint: Some(endpoint.into()), failing_since, ..Data::default() };
    event(format!("ev_{}_{now_ms}", bare(endpoint)), "webhook_endpoint.disabled", now_ms, data)
}

/// An endpoint is tried out. `key` stands for the request that asks for it.
pub fn of_test(endpoint: &str, key: &str, now_ms: u64) -> Event {
    event(format!("ev_test_{key}"), TEST, now_ms, Data { endpoint: Some(endpoint.into()), ..Data::default() })
}

fn event(id: String, kind: &'static str, at_ms: u64, data: Data) -> Event {
    Event { id, kind, at: time::write(at_ms), data }
}

/// An id without what says of what.
fn bare(id: &str) -> &str {
    id.split_once('_').map_or(id, |(_, bare)| bare)
}

#[cfg(test)]
mod tests;
