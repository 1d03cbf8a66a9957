//! What a card answers. An act's answer comes from its record alone, so that the first answer and every repetition are the same.

use super::store::{Record, Stored};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::card::{Action, Card, Entry};
use shared::law::{Jurisdiction, Law};
use shared::money::Amount;
use shared::wire::answer::{Balance, GiftCard, Redemption, RedemptionRefund};
use shared::wire::call::CardSeen;
use shared::wire::row::Detail;

impl Stored {
    /// The card as it is.
    pub fn answer(&self, now_ms: u64) -> GiftCard {
        GiftCard::new(&self.id, &self.last4, &self.card, now_ms)
    }

    /// The balance, with the card's reference for those who may know it.
    pub fn balance(&self, id: Option<String>, now_ms: u64) -> Balance {
        let GiftCard { last4, kind, status, currency, available, expires_at, .. } = self.answer(now_ms);
        Balance { id, last4, kind, status, currency, available, expires_at }
    }
}

/// What a coordinator learns of the card.
pub fn seen(card: &Card, last4: String) -> CardSeen {
    let (available, expires_at_ms) = (card.available, card.facts.expires_at_ms);
    CardSeen { kind: card.facts.kind, last4, available, expires_at_ms, disclosures: Vec::new() }
}

/// The same, with what must be told of it where it pays.
pub fn peeked(card: &Card, last4: String, now_ms: u64) -> CardSeen {
    let law = Law::of(Jurisdiction::nearest(card.facts.jurisdiction.as_deref()), now_ms);
    let disclosures = law.told_at_checkout(card.facts.kind);
    CardSeen { disclosures, ..seen(card, last4) }
}

/// The answer to an act.
pub fn act(stored: &Stored, record: Record) -> Result<Reply, Failure> {
    let Record { entry, status, detail: Detail { note, refund, refunded, expires_at_ms, .. }, .. } = record;
    let Stored { id, card, last4, .. } = stored;
    match (&entry.action, refund) {
        (Action::Redeem { .. }, _) => {
            Ok(Reply::json(201, &Redemption::new(id, last4, card.facts.currency, &entry, note, Amount::ZERO)))
        }
        (Action::Refund { claim, amount }, Some(refund)) if claim.starts_with("rd.") => {
            let seq = claim.strip_prefix("rd.").and_then(|seq| seq.parse().ok()).ok_or(Fault::Corrupt("claim"))?;
            let refund = RedemptionRefund {
                id: refund,
                redemption: Redemption::id(id, seq),
                amount: *amount,
                currency: card.facts.currency,
                refunded: refunded.unwrap_or_default(),
                balance_after: entry.available,
                note,
                created_at: shared::time::write(entry.at_ms),
            };
            Ok(Reply::json(201, &refund))
        }
        (Action::Hold { .. } | Action::Commit { .. } | Action::Release { .. } | Action::Refund { .. }, _) => {
            Ok(Reply::json(
                200,
                &seen(&Card { available: entry.available, held: entry.held, ..card.clone() }, last4.clone()),
            ))
        }
        _ => Ok(life(stored, &entry, status, expires_at_ms)),
    }
}

/// The card as an act of its life left it. What an act does not change may have changed since, and is told as it is.
fn life(stored: &Stored, entry: &Entry, status: &'static str, expires_at_ms: Option<u64>) -> Reply {
    let mut answer = stored.answer(entry.at_ms);
    (answer.status, answer.available, answer.held) = (status, entry.available, entry.held);
    match &entry.action {
        Action::Issue { facts, .. } => {
            answer.key_id = Some(facts.key_id);
            return Reply::json(201, &answer);
        }
        Action::Activate | Action::Freeze | Action::Unfreeze | Action::Erase => {}
        Action::Extend { amount, .. } => {
            answer.amount = Some(*amount);
            answer.expires_at = expires_at_ms.map(shared::time::write);
        }
        action => answer.amount = Some(action.amount()),
    }
    Reply::json(200, &answer)
}
