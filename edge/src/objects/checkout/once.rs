//! One effect for each idempotency key, and one answer.
//!
//! The row of a key is written in the transaction of the decision that it led to, with the answer as it will be once every leg has acknowledged. So there is
//! no moment at which the effect is there and the key is not: whatever happens to the request after that, its repetition finds the decision. The first
//! answer is read from that row as well, so whatever else happens to the checkout meanwhile, both say the same. Only two things can stand between: while a
//! card is still to acknowledge this decision, the answer says that it is settling; and when a card contradicted it, that it is broken.

use super::CheckoutObject;
use super::store::{Kept, Stored};
use crate::clock;
use crate::problem::{self, Failure, Fault};
use crate::reply::Reply;
use serde_json::{Map, Value};
use shared::checkout::{Checkout, LegCall, LegOrder};
use shared::rejection::Rejection;
use shared::wire::answer::{CheckoutAnswer, CheckoutRefundAnswer};
use shared::wire::call::Once;

/// What a request does, as far as its answer depends on it.
pub enum Deed {
    Open,
    Tender,
    Authorize,
    Capture,
    Void,
    Extend,
    /// The refund of that id.
    Refund(String),
}

/// A request under its key.
pub struct Doing {
    pub once: Once,
    pub deed: Deed,
}

impl Deed {
    /// The answer, once every leg has acknowledged.
    pub fn answer(&self, stored: &Stored) -> Result<Reply, Failure> {
        match self {
            Self::Open | Self::Tender => Ok(reply(201, stored)),
            Self::Authorize | Self::Capture | Self::Void | Self::Extend => Ok(reply(200, stored)),
            Self::Refund(id) => {
                let refund =
                    stored.checkout.refunds.iter().find(|refund| refund.id == *id).ok_or(Fault::Corrupt("refund"))?;
                Ok(Reply::json(201, &CheckoutRefundAnswer::new(&stored.id, &stored.checkout, refund)))
            }
        }
    }

    /// Whether a call follows from this decision.
    fn led_to(&self, call: &LegCall) -> bool {
        match (self, &call.order) {
            (Self::Capture, LegOrder::Commit { .. }) | (Self::Void, LegOrder::Release) => true,
            (Self::Refund(id), LegOrder::Refund { refund, .. }) => id == refund,
            _ => false,
        }
    }

    /// What is told of a decision as things stand.
    fn tell(&self, checkout: &Checkout, Kept { status, body, .. }: Kept) -> Result<Reply, Failure> {
        if status >= 400 {
            return Ok(Reply::kept(status, body));
        }
        if checkout.contradicted.iter().any(|call| self.led_to(call)) {
            return Err(Rejection::CheckoutBroken.into());
        }
        // What a void releases is nobody's concern but the cards'.
        let waits = !matches!(self, Self::Void) && checkout.pending.iter().any(|call| self.led_to(call));
        if !waits {
            return Ok(Reply::kept(status, body));
        }
        let mut answer: Map<String, Value> =
            serde_json::from_slice(body.as_bytes()).map_err(|_| Fault::Corrupt("answer"))?;
        answer.insert("status".into(), "settling".into());
        Ok(Reply::json(202, &answer))
    }
}

/// An answer that is the checkout.
pub fn reply(status: u16, stored: &Stored) -> Reply {
    Reply::json(status, &CheckoutAnswer::new(&stored.id, &stored.checkout, clock::now_ms()))
}

impl CheckoutObject {
    /// Does something unless its key has had an answer before; a refusal of business is kept, so that it stays refused.
    pub(super) async fn once(
        &self,
        stored: Stored,
        doing: &Doing,
        act: impl AsyncFnOnce(Stored) -> Result<Stored, Failure>,
    ) -> Result<Reply, Failure> {
        if let Some(reply) = self.replay(&stored, doing)? {
            return Ok(reply);
        }
        match act(stored).await {
            Ok(stored) => Ok(self.told(&stored, doing)?.ok_or(Fault::Corrupt("answer"))?),
            Err(failure) => self.refuse(failure, doing),
        }
    }

    /// Writes a decision together with the answer to its key.
    pub(super) fn decide(&self, stored: Stored, doing: &Doing) -> Result<Stored, Failure> {
        let mut settled = stored.clone();
        settled.checkout.pending.clear();
        self.store.save(&stored, Some((&doing.once, &doing.deed.answer(&settled)?)))?;
        Ok(stored)
    }

    /// Writes that an attempt was given up, together with the refusal that its key is answered with; a fault is no answer.
    pub(super) fn keep_decline(&self, stored: &Stored, told: &Failure, doing: &Doing) -> Result<(), Failure> {
        let refusal = match told {
            Failure::Refused(problem) if problem::is_business(problem) => Some(problem::refusal(problem)),
            _ => None,
        };
        self.store.save(stored, refusal.as_ref().map(|reply| (&doing.once, reply)))?;
        Ok(())
    }

    /// The answer that this key has had before.
    pub(super) fn replay(&self, stored: &Stored, doing: &Doing) -> Result<Option<Reply>, Failure> {
        Ok(self.told(stored, doing)?.map(Reply::again))
    }

    /// What is told to this key; `None` when nothing was decided for it.
    fn told(&self, stored: &Stored, doing: &Doing) -> Result<Option<Reply>, Failure> {
        match self.store.operation(&doing.once.key)? {
            None => Ok(None),
            Some(kept) if kept.fingerprint != doing.once.fingerprint => Err(Rejection::IdempotencyKeyReused.into()),
            Some(kept) => doing.deed.tell(&stored.checkout, kept).map(Some),
        }
    }

    /// Keeps a refusal of business for its key. A fault is not kept, so that the same request may be sent again; and a request that was sent twice at once
    /// is not refused because of its own effect.
    fn refuse(&self, failure: Failure, doing: &Doing) -> Result<Reply, Failure> {
        let Failure::Refused(problem) = failure else { return Err(failure) };
        match self.store.load()? {
            Some(stored) if problem::is_business(&problem) => {
                let reply = problem::refusal(&problem);
                match self.store.operation(&doing.once.key)? {
                    None => self.store.keep_refusal(&doing.once, &reply, clock::now_ms())?,
                    // It was kept with the decision.
                    Some(kept) if kept.status >= 400 => {}
                    Some(_) => return Ok(self.replay(&stored, doing)?.unwrap_or(reply)),
                }
                Ok(reply)
            }
            _ => Err(Failure::Refused(problem)),
        }
    }
}
