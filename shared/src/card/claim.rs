//! What reserves value, takes it and gives it back.
//!
//! Commit, release and refund settle what was reserved or taken before, so they ask neither for a freeze nor for the end of the card.

use super::{Action, Card, Changed, Claim, ClaimState, Ended, Flow, Wanted};
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;

pub(super) fn redeem(mut card: Card, wanted: Wanted, currency: Currency, now_ms: u64) -> Result<Changed, Rejection> {
    let amount = match wanted {
        Wanted::Exactly(amount) if amount.is_zero() => return Err(Rejection::amount("amount")),
        Wanted::Exactly(amount) => amount,
        Wanted::Max => {
            card.check_usable(currency, now_ms)?;
            card.available
        }
    };
    card.take(amount, currency, now_ms)?;
    card.flows.add(Flow::Redeemed, amount)?;
    Ok((card, None, Action::Redeem { amount }))
}

pub(super) fn hold(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    currency: Currency,
    deadline_ms: u64,
    now_ms: u64,
) -> Result<Changed, Rejection> {
    match claim.map(|claim| claim.state) {
        Some(ClaimState::Released) => return Err(Rejection::AlreadyVoided),
        Some(ClaimState::Committed) => return Err(Rejection::AlreadyCaptured),
        Some(ClaimState::Held) => return Err(Rejection::OperationInProgress),
        None if deadline_ms <= now_ms => return Err(Rejection::HoldExpired),
        None => {}
    }
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    card.take(amount, currency, now_ms)?;
    card.held = card.held.plus(amount).ok_or(Rejection::LimitExceeded)?;
    card.held_until_ms = Some(card.held_until_ms.map_or(deadline_ms, |until| until.min(deadline_ms)));
    let claim = Claim { amount, committed: Amount::ZERO, refunded: Amount::ZERO, state: ClaimState::Held, deadline_ms };
    Ok((card, Some((id.into(), claim)), Action::Hold { claim: id.into(), amount, deadline_ms }))
}

pub(super) fn commit(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    captured: Amount,
) -> Result<Changed, Rejection> {
    let claim = match claim {
        None => return Err(Rejection::NotFound),
        Some(Claim { state: ClaimState::Committed, .. }) => return Err(Rejection::AlreadyCaptured),
        Some(Claim { state: ClaimState::Released, .. }) => return Err(Rejection::AlreadyVoided),
        Some(claim) => claim,
    };
    let rest = claim.amount.minus(amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.held = card.held.minus(claim.amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.available = card.available.plus(rest).ok_or(Rejection::LimitExceeded)?;
    card.flows.add(Flow::Redeemed, amount)?;
    card.forget_deadline();
    let claim = Claim { committed: amount, state: ClaimState::Committed, ..claim.clone() };
    Ok((card, Some((id.into(), claim)), Action::Commit { claim: id.into(), amount, captured }))
}

pub(super) fn release(mut card: Card, claim: Option<&Claim>, id: &str, now_ms: u64) -> Result<Changed, Rejection> {
    let claim = match claim {
        None => Claim {
            amount: Amount::ZERO,
            committed: Amount::ZERO,
            refunded: Amount::ZERO,
            state: ClaimState::Released,
            deadline_ms: now_ms,
        },
        Some(Claim { state: ClaimState::Committed, .. }) => return Err(Rejection::AlreadyCaptured),
        Some(Claim { state: ClaimState::Released, .. }) => return Err(Rejection::AlreadyVoided),
        Some(claim) => Claim { state: ClaimState::Released, ..claim.clone() },
    };
    card.held = card.held.minus(claim.amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.available = card.available.plus(claim.amount).ok_or(Rejection::LimitExceeded)?;
    card.forget_deadline();
    let amount = claim.amount;
    Ok((card, Some((id.into(), claim)), Action::Release { claim: id.into(), amount }))
}

pub(super) fn refund(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    counted: Option<Amount>,
) -> Result<Changed, Rejection> {
    let claim = claim.filter(|claim| claim.state == ClaimState::Committed).ok_or(Rejection::NotFound)?;
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    let refunded = claim
        .refunded
        .plus(amount)
        .filter(|refunded| *refunded <= claim.committed)
        .ok_or(Rejection::ExceedsRefundable)?;
    // Another count than the coordinator's: one of the two is an older copy that has forgotten a refund.
    if counted.is_some_and(|counted| counted != refunded) {
        return Err(Rejection::ExceedsRefundable);
    }
    card.available = card.available.plus(amount).ok_or(Rejection::LimitExceeded)?;
    card.flows.add(Flow::Refunded, amount)?;
    if card.ended == Some(Ended::CashedOut) {
        card.ended = None;
    }
    let claim = Claim { refunded, ..claim.clone() };
    Ok((card, Some((id.into(), claim)), Action::Refund { claim: id.into(), amount }))
}

impl Claim {
    /// The claim of a one-step redemption: taken whole at once.
    pub fn redeemed(amount: Amount) -> Self {
        Self { amount, committed: amount, refunded: Amount::ZERO, state: ClaimState::Committed, deadline_ms: 0 }
    }
}
