//! What a card answers. An act's answer comes from its record alone, so that the first answer and every repetition are the same.

use super::store::{Record, Stored};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::card::{Action, Card};
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
    CardSeen { kind: card.kind, last4, available: card.available, expires_at_ms: card.expires_at_ms }
}

/// The answer to an act.
pub fn act(stored: &Stored, record: Record) -> Result<Reply, Failure> {
    let Record { entry, status, detail: Detail { note, refund, refunded, .. }, .. } = record;
    let Stored { id, card, last4, .. } = stored;
    match (&entry.action, refund) {
        (Action::Redeem { .. }, _) => {
            Ok(Reply::json(201, &Redemption::new(id, last4, card.currency, &entry, note, Amount::ZERO)))
        }
        (Action::Refund { claim, amount }, Some(refund)) if claim.starts_with("rd.") => {
            let seq = claim.strip_prefix("rd.").and_then(|seq| seq.parse().ok()).ok_or(Fault::Corrupt("claim"))?;
            let refund = RedemptionRefund {
                id: refund,
                redemption: Redemption::id(id, seq),
                amount: *amount,
                currency: card.currency,
                refunded: refunded.unwrap_or_default(),
                balance_after: entry.available,
                note,
                created_at: shared::time::write(entry.at_ms),
            };
            Ok(Reply::json(201, &refund))
        }
        (Action::Issue { .. } | Action::Activate | Action::Freeze | Action::Unfreeze, _) => {
            let created = if matches!(entry.action, Action::Issue { .. }) { 201 } else { 200 };
            let mut answer = stored.answer(entry.at_ms);
            (answer.status, answer.available, answer.held) = (status, entry.available, entry.held);
            answer.key_id = matches!(entry.action, Action::Issue { .. }).then_some(card.key_id);
            Ok(Reply::json(created, &answer))
        }
        _ => Ok(Reply::json(
            200,
            &seen(&Card { available: entry.available, held: entry.held, ..card.clone() }, last4.clone()),
        )),
    }
}
