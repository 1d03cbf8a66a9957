//! Captured checkouts: one attempt each, and its cards take together what each of them says they do.
//!
//! Claims are named `{checkout}.{attempt}.{tender}`, and a commit says what the checkout takes of all its cards. So the book alone shows an order that was
//! paid twice, and one of which a card is missing. The latter is no fault while the card's entry may be on its way.

use super::{Finding, Rule};
use crate::journal::Line;
use crate::limits::SPLIT_UNFINISHED_MS;
use crate::money::Amount;
use std::collections::BTreeMap;

/// The captured checkouts of the lines so far.
#[derive(Debug, Default)]
pub(super) struct Splits(BTreeMap<String, Captured>);

/// What the lines so far say of one captured checkout.
#[derive(Debug)]
struct Captured {
    attempt: String,
    /// What its cards take together, as each of them says.
    whole: Amount,
    /// What the cards that were read have taken.
    so_far: Amount,
    /// The time of its newest commit, and the finding if no other comes.
    newest: (u64, Finding),
}

impl Splits {
    /// Takes a line over; `false` when it is a commit that contradicts another of the same checkout. `number` is its place in the file.
    pub(super) fn agrees(&mut self, line: &Line, number: u64) -> bool {
        let Some((checkout, attempt)) = line.claim.as_deref().and_then(attempt) else { return true };
        if line.action != "commit" {
            return true;
        }
        let whole = line.detail.captured.unwrap_or_default();
        let newest = (line.at_ms, Finding::of(line, number, Rule::Split));
        let captured = self.0.entry(checkout.into()).or_insert_with(|| Captured {
            attempt: attempt.into(),
            whole,
            so_far: Amount::ZERO,
            newest: newest.clone(),
        });
        if captured.newest.0 <= newest.0 {
            captured.newest = newest;
        }
        let so_far = captured.so_far.plus(line.amount).filter(|so_far| *so_far <= captured.whole);
        let is_same = captured.attempt == attempt && captured.whole == whole;
        captured.so_far = so_far.unwrap_or(captured.whole);
        is_same && so_far.is_some()
    }

    /// How many checkouts lack a card whose entry may be on its way, and a finding for each that has lacked it for too long by the time of the newest line.
    pub(super) fn unfinished(self, newest_ms: u64) -> (usize, Vec<Finding>) {
        let unfinished = self.0.into_values().filter(|captured| captured.so_far < captured.whole);
        let (lost, on_its_way): (Vec<_>, Vec<_>) = unfinished
            .map(|captured| captured.newest)
            .partition(|(at_ms, _)| newest_ms.saturating_sub(*at_ms) > SPLIT_UNFINISHED_MS);
        (on_its_way.len(), lost.into_iter().map(|(_, finding)| finding).collect())
    }
}

/// Checkout and attempt of a leg's claim; `None` for the claim of a redemption.
fn attempt(claim: &str) -> Option<(&str, &str)> {
    let (attempt, _) = claim.rsplit_once('.')?;
    Some((attempt.split_once('.')?.0, attempt))
}
