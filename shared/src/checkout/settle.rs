//! The transitions of the split tender after the shopper has chosen: authorize, capture, void, expire, refund.

use super::{Checkout, LegCall, LegOrder, Order, Refund, Seen, State, Tender, Verdict, application_order, split};
use crate::limits::{ATTEMPT_PATIENCE_MS, HOLD_GRACE_MS, PENDING_CALLS_MAX, REFUNDS_MAX, TENDERS_MAX};
use crate::money::Amount;
use crate::rejection::Rejection;

impl Checkout {
    /// The holds of the attempt in hand, one for each tender that pays something.
    pub fn holds(&self, id: &str) -> Vec<LegCall> {
        let State::Authorizing { hold_expires_at_ms, .. } = self.state else { return Vec::new() };
        let hold = |tender: &Tender| LegOrder::Hold { amount: tender.authorized, deadline_ms: hold_expires_at_ms };
        self.legs(id, hold)
    }

    pub(super) fn authorize(&mut self, order: &Order, hold_ms: u64, now_ms: u64) -> Result<(), Rejection> {
        self.order.check_same(order)?;
        match self.state {
            State::Captured => return Err(Rejection::AlreadyCaptured),
            State::Voided => return Err(Rejection::AlreadyVoided),
            _ => self.check_open(now_ms)?,
        }
        // Each attempt that is given up leaves releases behind. While a card is out of reach they would grow with every try.
        if self.pending.len() >= PENDING_CALLS_MAX {
            return Err(Rejection::OperationInProgress);
        }
        let shares = split(self.order.eligible_total, &self.payers());
        for (tender, share) in self.tenders.iter_mut().zip(shares) {
            tender.authorized = share.applied;
        }
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::Authorizing { started_at_ms: now_ms, hold_expires_at_ms: now_ms.saturating_add(hold_ms) };
        Ok(())
    }

    pub(super) fn granted(&mut self, attempt: u32) -> Result<(), Rejection> {
        let State::Authorizing { hold_expires_at_ms, .. } = self.in_hand(attempt)? else {
            return Err(Rejection::CheckoutNotOpen);
        };
        self.state = State::Authorized { hold_expires_at_ms };
        Ok(())
    }

    pub(super) fn refused(&mut self, id: &str, attempt: u32, tender: Option<&(String, Seen)>) -> Result<(), Rejection> {
        self.in_hand(attempt)?;
        self.give_up(id, State::Open);
        if let Some((tender_id, seen)) = tender
            && let Some(tender) = self.tenders.iter_mut().find(|tender| tender.id == *tender_id)
        {
            tender.available = seen.available;
            tender.expires_at_ms = seen.expires_at_ms;
        }
        Ok(())
    }

    /// The state, while it is the attempt of that number which is being authorized. An outcome of an older attempt changes nothing, and tells nothing of
    /// the checkout: whoever waits for it asks again.
    fn in_hand(&self, attempt: u32) -> Result<State, Rejection> {
        match self.state {
            State::Authorizing { .. } if self.attempts == attempt => Ok(self.state.clone()),
            _ => Err(Rejection::OperationInProgress),
        }
    }

    pub(super) fn capture(&mut self, id: &str, order: &Order, amount: Option<Amount>) -> Result<(), Rejection> {
        self.order.check_same(order)?;
        match self.state {
            State::Authorized { .. } if self.is_broken() => return Err(Rejection::CheckoutBroken),
            State::Authorized { .. } => {}
            State::Authorizing { .. } => return Err(Rejection::OperationInProgress),
            State::Captured => return Err(Rejection::AlreadyCaptured),
            State::Voided => return Err(Rejection::AlreadyVoided),
            State::Expired => return Err(Rejection::HoldExpired),
            State::Open => return Err(Rejection::CheckoutNotAuthorized),
        }
        self.check_amount(amount)?;
        let captured = amount.unwrap_or_else(|| self.covered());
        let mut left = captured;
        for place in application_order(&self.payers()) {
            if let Some(tender) = self.tenders.get_mut(place) {
                tender.captured = tender.authorized.min(left);
                left = left.saturating_minus(tender.captured);
            }
        }
        let settle = |tender: &Tender| match tender.captured {
            Amount::ZERO => LegOrder::Release,
            amount => LegOrder::Commit { amount, captured },
        };
        self.pending.extend(self.legs(id, settle));
        self.state = State::Captured;
        Ok(())
    }

    pub(super) fn void(&mut self, id: &str) -> Result<(), Rejection> {
        match self.state {
            State::Captured => Err(Rejection::AlreadyCaptured),
            State::Voided => Err(Rejection::AlreadyVoided),
            State::Expired => Err(Rejection::HoldExpired),
            State::Open | State::Authorizing { .. } | State::Authorized { .. } => {
                self.give_up(id, State::Voided);
                Ok(())
            }
        }
    }

    pub(super) fn overdue(&mut self, id: &str, now_ms: u64) {
        match self.state {
            State::Authorizing { started_at_ms, .. } if started_at_ms.saturating_add(ATTEMPT_PATIENCE_MS) <= now_ms => {
                self.give_up(id, State::Open)
            }
            State::Authorized { hold_expires_at_ms } if hold_expires_at_ms <= now_ms => {
                self.give_up(id, State::Expired)
            }
            State::Open if self.expires_at_ms <= now_ms => self.state = State::Expired,
            _ => {}
        }
    }

    /// Releases every leg of the attempt in hand, whether its hold arrived or not.
    fn give_up(&mut self, id: &str, state: State) {
        self.pending.extend(self.legs(id, |_| LegOrder::Release));
        for tender in &mut self.tenders {
            tender.authorized = Amount::ZERO;
        }
        self.state = state;
    }

    pub(super) fn refund(
        &mut self,
        id: &str,
        refund: &str,
        amount: Amount,
        reason: Option<&str>,
        now_ms: u64,
    ) -> Result<(), Rejection> {
        if self.state != State::Captured {
            return Err(Rejection::CheckoutNotAuthorized);
        }
        if amount.is_zero() {
            return Err(Rejection::amount("amount"));
        }
        // The id follows from the idempotency key: the same id is the same refund.
        match self.refunds.iter().find(|known| known.id == refund) {
            Some(known) if known.amount == amount => return Ok(()),
            Some(_) => return Err(Rejection::IdempotencyKeyReused),
            None => {}
        }
        if self.refunds.len() >= REFUNDS_MAX {
            return Err(Rejection::LimitExceeded);
        }
        if self.pending.len() >= PENDING_CALLS_MAX {
            return Err(Rejection::OperationInProgress);
        }
        let mut left = amount;
        let mut parts = Vec::new();
        for place in application_order(&self.payers()).into_iter().rev() {
            let Some(tender) = self.tenders.get_mut(place) else { continue };
            let part = tender.captured.saturating_minus(tender.refunded).min(left);
            if part.is_zero() {
                continue;
            }
            tender.refunded = tender.refunded.plus(part).ok_or(Rejection::LimitExceeded)?;
            left = left.saturating_minus(part);
            self.pending.push(LegCall {
                card: tender.card.clone(),
                key_id: tender.key_id,
                claim: claim(id, self.attempts, &tender.id),
                order: LegOrder::Refund { refund: refund.into(), amount: part, refunded: tender.refunded },
            });
            parts.push((tender.id.clone(), part));
        }
        if !left.is_zero() {
            return Err(Rejection::ExceedsRefundable);
        }
        self.refunds.push(Refund { id: refund.into(), amount, parts, reason: reason.map(Into::into), at_ms: now_ms });
        Ok(())
    }

    pub(super) fn extend(&mut self, hold_ms: u64, now_ms: u64) -> Result<(), Rejection> {
        match self.state {
            State::Authorized { hold_expires_at_ms } if hold_expires_at_ms > now_ms => {
                // Never shorter: somebody relies on the deadline that was told.
                self.state =
                    State::Authorized { hold_expires_at_ms: hold_expires_at_ms.max(now_ms.saturating_add(hold_ms)) };
                Ok(())
            }
            State::Authorized { .. } | State::Expired => Err(Rejection::HoldExpired),
            State::Captured => Err(Rejection::AlreadyCaptured),
            State::Voided => Err(Rejection::AlreadyVoided),
            State::Open | State::Authorizing { .. } => Err(Rejection::CheckoutNotAuthorized),
        }
    }

    /// The pending calls that may be made now, side by side: the first of each claim. What was decided later about a claim follows from what was decided
    /// before, as a refund follows from its commit, so it must not overtake it. `tried` are left out, and there are no more at once than a checkout has cards:
    /// what is acknowledged is written when all of them have answered, so a crash repeats little.
    pub fn callable(&self, tried: &[LegCall]) -> Vec<&LegCall> {
        let is_first = |(place, call): &(usize, &LegCall)| {
            !self.pending.iter().take(*place).any(|earlier| earlier.claim == call.claim)
        };
        let first = self.pending.iter().enumerate().filter(is_first).map(|(_, call)| call);
        first.filter(|call| !tried.contains(call)).take(TENDERS_MAX).collect()
    }

    /// Whether so much can be captured: asked before anything is held for it.
    pub fn check_amount(&self, amount: Option<Amount>) -> Result<(), Rejection> {
        if amount.is_some_and(|amount| amount > self.covered()) { Err(Rejection::ExceedsAuthorized) } else { Ok(()) }
    }

    /// What became of a claim. The card asks when the deadline that it knows has passed; the coordinator alone owns the deadline, and may have moved it.
    pub fn verdict(&self, id: &str, claim_name: &str, now_ms: u64) -> Verdict {
        let ours = self.tenders.iter().find(|tender| claim(id, self.attempts, &tender.id) == claim_name);
        let again = |at_ms: u64| Verdict::AskAgain { at_ms: at_ms.max(now_ms).saturating_add(HOLD_GRACE_MS) };
        match (&self.state, ours) {
            (State::Authorizing { started_at_ms, .. }, Some(_)) => {
                again(started_at_ms.saturating_add(ATTEMPT_PATIENCE_MS))
            }
            (State::Authorized { hold_expires_at_ms }, Some(_)) => again(*hold_expires_at_ms),
            (State::Captured, Some(tender)) if !tender.captured.is_zero() => Verdict::Commit {
                amount: tender.captured,
                captured: self.covered(),
                total: self.remembered_total(id, claim_name),
            },
            // An older attempt, a leg that the capture did not need, or an attempt that was given up.
            _ => Verdict::Release,
        }
    }

    /// What the order came to, for the one leg that remembers it: the first of those of which something is taken. So the book counts an order once, however
    /// many cards pay it.
    pub fn remembered_total(&self, id: &str, claim_name: &str) -> Option<Amount> {
        let first = self.tenders.iter().find(|tender| !tender.captured.is_zero())?;
        (claim(id, self.attempts, &first.id) == claim_name).then_some(self.order.total)
    }

    /// One call for each leg of the attempt in hand.
    fn legs(&self, id: &str, order: impl Fn(&Tender) -> LegOrder) -> Vec<LegCall> {
        let call = |tender: &Tender| LegCall {
            card: tender.card.clone(),
            key_id: tender.key_id,
            claim: claim(id, self.attempts, &tender.id),
            order: order(tender),
        };
        self.tenders.iter().filter(|tender| !tender.authorized.is_zero()).map(call).collect()
    }
}

/// The name of a leg's claim on its card: checkout, attempt, leg.
fn claim(checkout: &str, attempt: u32, tender: &str) -> String {
    format!("{checkout}.{attempt}.{tender}")
}
