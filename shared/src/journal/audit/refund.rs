//! Refunds: each is made once, and says what was given back of its claim so far.
//!
//! The rules of the card keep refunds within what was taken, but within that a refund that was made twice looks like two.

use crate::card::Account;
use crate::journal::Line;
use std::collections::BTreeSet;

/// The refunds of the lines so far: card, claim, refund. One refund of a checkout gives back to several claims.
#[derive(Debug, Default)]
pub(super) struct Refunds(BTreeSet<(String, String, String)>);

impl Refunds {
    /// Takes a refund over; `false` when it was made before, or when what it says of its claim is not what the card's lines up to it add up to.
    pub(super) fn agrees(&mut self, line: &Line, account: &Account) -> bool {
        let ("refund", Some(claim)) = (line.action.as_str(), &line.claim) else { return true };
        let refunded = account.claims.get(claim).map(|claim| claim.refunded);
        let is_first = |refund: &String| self.0.insert((line.card.clone(), claim.clone(), refund.clone()));
        line.detail.refund.as_ref().is_some_and(is_first) && line.detail.refunded == refunded
    }
}
