//! What a line adds to the totals that reports are made of, so that no report ever sums postings.
//!
//! Two kinds: what happened, by the day of the line ([`FIGURES`]), and what stands on cards, by the day on which each last moved ([`STANDING`]). The
//! latter is kept as changes, by the month in which they came to be: what stood at the end of a month is the sum of the changes up to it.

#[cfg(test)]
use super::Account;
use super::{Known, Line, Posting};
use crate::card::{Action, Facts};

/// The figures of a day, each the name of a column: of every account what it came to, then how many entries that is the sum of, then the rest.
pub const FIGURES: [&str; 26] = [
    "issued",
    "loaded",
    "available",
    "held",
    "redeemed",
    "refunded",
    "expired",
    "cashed_out",
    "adjusted",
    "cancelled",
    "replaced",
    "issued_entries",
    "loaded_entries",
    "available_entries",
    "held_entries",
    "redeemed_entries",
    "refunded_entries",
    "expired_entries",
    "cashed_out_entries",
    "adjusted_entries",
    "cancelled_entries",
    "replaced_entries",
    ACTIVATED,
    ORDERS,
    ORDER_REDEEMED,
    ORDER_TOTAL,
];

/// Cards that came into use: issued for use, or activated later.
pub(crate) const ACTIVATED: &str = "activated";
/// Orders that were paid in part or whole, of those whose total is known.
pub(crate) const ORDERS: &str = "orders";
/// What all cards together paid of these orders.
pub(crate) const ORDER_REDEEMED: &str = "order_redeemed";
/// What these orders came to.
pub(crate) const ORDER_TOTAL: &str = "order_total";

/// What stands on cards, each the name of a column: cards with value on them, what may be spent of it, what is held; of cards that were not activated yet how
/// many there are and what is on them; what is on cards in use of which nothing was ever spent.
pub const STANDING: [&str; 6] = ["cards", "available", "held", "stock_cards", "stock", "unused"];

/// By how much one figure of a day changes.
pub type Tally = (&'static str, i64);

/// What a line adds to the figures of its day.
pub fn tallies(line: &Line, action: &Action, postings: &[Posting]) -> Vec<Tally> {
    let mut tallies = Vec::with_capacity(10);
    for Posting { account, change } in postings {
        tallies.push((account.name(), *change));
        tallies.push((account.entries(), 1));
    }
    let comes_into_use = match action {
        Action::Issue { facts: Facts { active, from, .. }, .. } => *active && from.is_none(),
        Action::Activate => true,
        _ => false,
    };
    let redeemed = match action {
        Action::Redeem { amount } => Some(*amount),
        Action::Commit { captured, .. } => Some(*captured),
        _ => None,
    };
    if comes_into_use {
        tallies.push((ACTIVATED, 1));
    }
    if let (Some(redeemed), Some(total)) = (redeemed, line.detail.note.total) {
        tallies.push((ORDERS, 1));
        tallies.push((ORDER_REDEEMED, redeemed.signed()));
        tallies.push((ORDER_TOTAL, total.signed()));
    }
    tallies
}

/// A change of what stands on cards that last moved on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// When the change came to be: `YYYY-MM`.
    pub month: String,
    /// On which day these cards last moved.
    pub moved: String,
    /// In the order of [`STANDING`].
    pub sums: [i64; 6],
}

/// What changes when a card that was the one becomes the other: none, one, or two where it moves from one day to another.
pub fn standing(before: Option<&Known>, after: &Known) -> Vec<Standing> {
    let month: String = after.moved.chars().take(7).collect();
    let change = |moved: &str, sums| Standing { month: month.clone(), moved: moved.into(), sums };
    let gone = before.map(|before| before.stands().map(i64::saturating_neg)).unwrap_or_default();
    let come = after.stands();
    let mut changes = Vec::with_capacity(2);
    match before {
        Some(before) if before.moved != after.moved => {
            changes.push(change(&before.moved, gone));
            changes.push(change(&after.moved, come));
        }
        _ => {
            let mut net = come;
            net.iter_mut().zip(gone).for_each(|(come, gone)| *come = come.saturating_add(gone));
            changes.push(change(&after.moved, net));
        }
    }
    changes.retain(|change| change.sums != [0; 6]);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_every_account_and_the_rest() {
        let accounts = Account::ALL.map(Account::name).into_iter().chain(Account::ALL.map(Account::entries));
        let all: Vec<&str> = accounts.chain([ACTIVATED, ORDERS, ORDER_REDEEMED, ORDER_TOTAL]).collect();
        assert_eq!(all, FIGURES);
    }
}
