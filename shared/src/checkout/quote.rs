//! Which tender pays how much. The same function answers the shopper's question in the browser and fixes the legs at the edge.

use super::Tender;
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

/// Splits `eligible` over the tenders: each pays what it has, up to what it was asked for, until nothing is left to pay. Shares come in the order of
/// `tenders`; who pays first is [`application_order`].
pub fn split(eligible: Amount, tenders: &[Tender]) -> Vec<Share> {
    let mut shares: Vec<Share> =
        tenders.iter().map(|tender| Share { applied: Amount::ZERO, balance_after: tender.available }).collect();
    let mut left = eligible;
    for place in application_order(tenders) {
        if let (Some(tender), Some(share)) = (tenders.get(place), shares.get_mut(place)) {
            share.applied = tender.available.min(tender.requested.unwrap_or(tender.available)).min(left);
            share.balance_after = tender.available.saturating_minus(share.applied);
            left = left.saturating_minus(share.applied);
        }
    }
    shares
}

/// The order in which tenders pay, as places in `tenders`: amounts that somebody asked for come first; then what would expire, what the shop gave, and
/// paid cards with the least balance, so that as few cards as possible are left with something on them. Refunds go back in the reverse order.
pub fn application_order(tenders: &[Tender]) -> Vec<usize> {
    let mut order: Vec<(usize, &Tender)> = tenders.iter().enumerate().collect();
    order.sort_by_key(|(place, tender)| {
        let rank = match tender.kind {
            Kind::Promo => 0_u8,
            Kind::Reward | Kind::Donated => 1,
            Kind::RefundCredit => 2,
            Kind::PaidGift => 3,
        };
        let soonest = if tender.kind == Kind::PaidGift { None } else { tender.expires_at_ms.map(Reverse) };
        (tender.requested.is_none(), rank, Reverse(soonest), tender.available, *place)
    });
    order.into_iter().map(|(place, _)| place).collect()
}
