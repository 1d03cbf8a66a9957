//! Which tender pays how much. The same function answers the shopper's question in the browser and fixes the legs at the edge.

use crate::money::Amount;
use crate::program::Kind;
use core::cmp::Reverse;

/// What one tender pays and what it keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// What it pays of this order.
    pub applied: Amount,
    /// What stays on it.
    pub balance_after: Amount,
}

/// What of a tender decides how much it pays: in a browser little else is known of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of `Tender`")]
pub struct Payer {
    pub kind: Kind,
    pub requested: Option<Amount>,
    pub available: Amount,
    pub expires_at_ms: Option<u64>,
}

/// Splits `eligible` over the tenders: each pays what it has, up to what it was asked for, until nothing is left to pay. Shares come in the order of
/// `payers`; who pays first is [`application_order`].
pub fn split(eligible: Amount, payers: &[Payer]) -> Vec<Share> {
    let mut shares: Vec<Share> =
        payers.iter().map(|payer| Share { applied: Amount::ZERO, balance_after: payer.available }).collect();
    let mut left = eligible;
    for place in application_order(payers) {
        if let (Some(payer), Some(share)) = (payers.get(place), shares.get_mut(place)) {
            share.applied = payer.available.min(payer.requested.unwrap_or(payer.available)).min(left);
            share.balance_after = payer.available.saturating_minus(share.applied);
            left = left.saturating_minus(share.applied);
        }
    }
    shares
}

/// The order in which tenders pay, as places in `payers`: amounts that somebody asked for come first; then what would expire, what the shop gave, and
/// paid cards with the least balance, so that as few cards as possible are left with something on them. Refunds go back in the reverse order.
pub fn application_order(payers: &[Payer]) -> Vec<usize> {
    let mut order = Vec::with_capacity(payers.len());
    let mut last = None;
    // Of ten tenders at most the next one is looked for again and again: the library's sort weighs two kilobytes in every shopper's browser.
    while let Some(next) = precedences(payers).filter(|precedence| last.is_none_or(|last| *precedence > last)).min() {
        let (.., place) = next;
        order.push(place);
        last = Some(next);
    }
    order
}

/// Who has less pays first. The place makes each unlike every other.
type Precedence = (bool, u8, Reverse<Option<Reverse<u64>>>, Amount, usize);

fn precedences(payers: &[Payer]) -> impl Iterator<Item = Precedence> {
    payers.iter().enumerate().map(|(place, payer)| {
        let rank = match payer.kind {
            Kind::Promo => 0_u8,
            Kind::Reward | Kind::Donated => 1,
            Kind::RefundCredit => 2,
            Kind::PaidGift => 3,
        };
        let soonest = if payer.kind == Kind::PaidGift { None } else { payer.expires_at_ms.map(Reverse) };
        (payer.requested.is_none(), rank, Reverse(soonest), payer.available, place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::TENDERS_MAX;
    use proptest::prelude::*;

    const KINDS: [Kind; 5] = [Kind::PaidGift, Kind::RefundCredit, Kind::Reward, Kind::Donated, Kind::Promo];

    fn payer((kind, asked, expires_at_ms, available): (usize, bool, Option<u64>, u64)) -> Payer {
        let amount = |minor| Amount::new(minor).unwrap();
        Payer { kind: KINDS[kind], requested: asked.then_some(amount(1)), available: amount(available), expires_at_ms }
    }

    proptest! {
        /// Few values, so that many tenders are alike.
        #[test]
        fn every_tender_has_its_turn_as_the_librarys_sort_would_have_it(
            payers in prop::collection::vec((0..KINDS.len(), any::<bool>(), prop::option::of(0..3_u64), 0..3_u64), 0..=TENDERS_MAX)
        ) {
            let payers: Vec<Payer> = payers.into_iter().map(payer).collect();
            let mut sorted: Vec<Precedence> = precedences(&payers).collect();
            sorted.sort();
            let expected: Vec<usize> = sorted.into_iter().map(|(.., place)| place).collect();
            prop_assert_eq!(application_order(&payers), expected);
        }
    }
}
