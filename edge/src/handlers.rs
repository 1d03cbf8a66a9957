//! One module for each resource: parse, ask the object, answer.

pub mod balances;
pub mod batches;
pub mod card_page;
pub mod checkouts;
pub mod console;
pub mod events;
pub mod files;
pub mod gift_cards;
pub mod imports;
pub mod keys;
pub mod ledger;
pub mod redemptions;
pub mod reports;
pub mod search;
pub mod settings;
pub mod webhooks;

use crate::auth::Caller;
use crate::problem::{Failure, Fault};
use serde_json::{Map, Value};
use shared::code::Code;
use shared::rejection::Rejection;
use shared::seal::CardReference;

/// Verifies a code and names its card and root. No storage is asked, so a forged code costs one HMAC and makes no object.
fn verify(caller: &Caller, code: &Code) -> Result<(String, u8), Rejection> {
    caller.keys.verify(code).map(|card| (card.text().to_owned(), code.key_id()))
}

/// A card's reference from a path. One that has not the form of a reference names no card.
fn card_reference(id: &str) -> Result<CardReference, Rejection> {
    CardReference::parse(id).ok_or(Rejection::NotFound)
}

/// An object's answer, opened to add what only the Worker knows.
fn open_answer(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    serde_json::from_slice(body).map_err(|_| Fault::Corrupt("answer").into())
}

/// Whether a failure is that refusal.
fn is_refusal(failure: &Failure, code: &str) -> bool {
    matches!(failure, Failure::Refused(problem) if problem.code == code)
}
