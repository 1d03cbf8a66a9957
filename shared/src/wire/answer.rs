//! Answers of the public API.

use super::request::Note;
use crate::card::{Action, Card, Entry, Flow};
use crate::checkout::{Checkout, Order, Refund as CheckoutRefund, Share, State, Tender};
use crate::law::Disclosure;
use crate::limits::AMOUNT_MAX;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::time;
use serde::Serialize;

/// A gift card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct GiftCard {
    pub id: String,
    /// Only between object and Worker, which derives the code from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<u8>,
    pub last4: String,
    pub kind: Kind,
    pub status: &'static str,
    pub currency: Currency,
    pub issued: Amount,
    pub available: Amount,
    pub held: Amount,
    pub expires_at: Option<String>,
    pub created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
    /// The batch or import that it was issued in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The card that this one took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// The card that took this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// What an act moved: only in its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Only between object and Worker, which reads it.
    #[cfg(feature = "journal")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed: Option<super::call::Sealed>,
}

impl GiftCard {
    /// The card as it is at `now_ms`.
    pub fn new(id: &str, last4: &str, card: &Card, now_ms: u64) -> Self {
        Self {
            id: id.into(),
            key_id: None,
            last4: last4.into(),
            kind: card.facts.kind,
            status: card.status(now_ms).name(),
            currency: card.facts.currency,
            issued: card.flows.of(if card.facts.from.is_none() { Flow::Issued } else { Flow::ReplacedIn }),
            available: card.available,
            held: card.held,
            expires_at: card.facts.expires_at_ms.map(time::write),
            created_at: time::write(card.issued_at_ms),
            program: card.facts.program.clone(),
            jurisdiction: card.facts.jurisdiction.clone(),
            batch: card.facts.batch.clone(),
            replaces: card.facts.from.clone(),
            replaced_by: card.successor().map(|to| to.card.clone()),
            amount: None,
            #[cfg(feature = "journal")]
            sealed: None,
        }
    }
}

/// What the holder of a code is told about the card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Balance {
    /// Only for servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub last4: String,
    pub kind: Kind,
    pub status: &'static str,
    pub currency: Currency,
    pub available: Amount,
    pub expires_at: Option<String>,
}

/// One line of a card's ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct EntryLine {
    pub seq: u64,
    pub action: &'static str,
    pub amount: Amount,
    pub available: Amount,
    pub held: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    #[serde(flatten)]
    pub note: Note,
    pub at: String,
}

impl EntryLine {
    /// The entry with what the shop wrote beside it.
    pub fn new(entry: &Entry, note: Note) -> Self {
        Self {
            seq: entry.seq,
            action: entry.action.name(),
            amount: entry.action.amount(),
            available: entry.available,
            held: entry.held,
            claim: entry.action.claim().map(Into::into),
            note,
            at: time::write(entry.at_ms),
        }
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Page<T> {
    pub data: Vec<T>,
    pub next_cursor: Option<String>,
}

/// A one-step redemption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Redemption {
    pub id: String,
    pub gift_card: String,
    pub last4: String,
    pub amount: Amount,
    pub currency: Currency,
    #[serde(flatten)]
    pub note: Note,
    pub refunded: Amount,
    pub balance_after: Amount,
    pub created_at: String,
}

impl Redemption {
    /// The id of a redemption: the card's reference and the entry, so that it can be found again without an index.
    pub fn id(card: &str, seq: u64) -> String {
        format!("rd_{}_{seq}", card.strip_prefix("gc_").unwrap_or(card))
    }

    /// The card's reference and the entry of an id.
    pub fn parse_id(id: &str) -> Option<(String, u64)> {
        let (card, seq) = id.strip_prefix("rd_")?.split_once('_')?;
        let number: u64 = seq.parse().ok()?;
        // One spelling for one redemption, and none that a row could not have.
        (number.to_string() == seq && number <= AMOUNT_MAX).then(|| (format!("gc_{card}"), number))
    }

    /// The redemption that an entry is; `None` for an entry of another kind.
    pub fn new(
        card: &str,
        last4: &str,
        currency: Currency,
        entry: &Entry,
        note: Note,
        refunded: Amount,
    ) -> Option<Self> {
        let Action::Redeem { amount } = entry.action else { return None };
        Some(Self {
            id: Self::id(card, entry.seq),
            gift_card: card.into(),
            last4: last4.into(),
            amount,
            currency,
            note,
            refunded,
            balance_after: entry.available,
            created_at: time::write(entry.at_ms),
        })
    }
}

/// A refund of a redemption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct RedemptionRefund {
    pub id: String,
    pub redemption: String,
    pub amount: Amount,
    pub currency: Currency,
    pub refunded: Amount,
    pub balance_after: Amount,
    #[serde(flatten)]
    pub note: Note,
    pub created_at: String,
}

/// How an order is split over its tenders.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Quote {
    pub total: Amount,
    pub currency: Currency,
    pub tenders: Vec<QuoteTender>,
    pub covered: Amount,
    pub remaining: Amount,
}

/// One tender of a quote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct QuoteTender {
    pub id: String,
    pub kind: Kind,
    pub last4: String,
    pub requested: Option<Amount>,
    pub applied: Amount,
    pub balance_after: Amount,
    pub expires_at: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disclosures: Vec<Told>,
}

/// What the law asks to be told of a card, by name and in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Told {
    pub name: &'static str,
    pub ar: &'static str,
    pub en: &'static str,
}

impl From<Disclosure> for Told {
    fn from(disclosure: Disclosure) -> Self {
        Self { name: disclosure.name(), ar: disclosure.arabic(), en: disclosure.english() }
    }
}

impl Quote {
    /// What applies to the checkout now.
    pub fn new(checkout: &Checkout) -> Self {
        let line = |(tender, share): (&Tender, Share)| QuoteTender {
            id: tender.id.clone(),
            kind: tender.kind,
            last4: tender.last4.clone(),
            requested: tender.requested,
            applied: share.applied,
            balance_after: share.balance_after,
            expires_at: tender.expires_at_ms.map(time::write),
            disclosures: told(&tender.disclosures),
        };
        let Order { total, currency, .. } = checkout.order;
        let covered = checkout.covered();
        Self {
            total,
            currency,
            tenders: checkout.tenders.iter().zip(checkout.shares()).map(line).collect(),
            covered,
            remaining: total.saturating_minus(covered),
        }
    }
}

/// What has one of these names. One that a later version gave is not known here, and left out.
fn told(names: &[String]) -> Vec<Told> {
    let is_named = |disclosure: &Disclosure| names.iter().any(|name| name == disclosure.name());
    Disclosure::ALL.into_iter().filter(is_named).map(Told::from).collect()
}

/// A checkout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct CheckoutAnswer {
    pub id: String,
    /// As `State::name`; `settling` while what was decided is not yet acknowledged by every leg; `broken` when a card contradicted it.
    pub status: &'static str,
    pub total: Amount,
    pub eligible_total: Amount,
    pub currency: Currency,
    pub reference: String,
    /// The page that its token is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Whether a page made it, and may change its total.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub page_made: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    pub created_at: String,
    pub expires_at: String,
    pub hold_expires_at: Option<String>,
    pub captured: Amount,
    pub refunded: Amount,
    pub quote: Quote,
    /// The token for the page; only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl CheckoutAnswer {
    /// The checkout as it stands at `now_ms`.
    pub fn new(id: &str, checkout: &Checkout, now_ms: u64) -> Self {
        let sum = |part: fn(&Tender) -> Amount| Amount::sum(checkout.tenders.iter().map(part)).unwrap_or_default();
        let hold_expires_at = match checkout.state {
            State::Authorized { hold_expires_at_ms } => Some(time::write(hold_expires_at_ms)),
            _ => None,
        };
        Self {
            id: id.into(),
            status: match checkout.state {
                _ if checkout.is_broken() => "broken",
                State::Captured if !checkout.pending.is_empty() => "settling",
                State::Open if checkout.expires_at_ms <= now_ms => State::Expired.name(),
                ref state => state.name(),
            },
            total: checkout.order.total,
            eligible_total: checkout.order.eligible_total,
            currency: checkout.order.currency,
            reference: checkout.order.reference.clone(),
            origin: checkout.origin.clone(),
            page_made: checkout.page_made,
            location: checkout.location.clone(),
            created_at: time::write(checkout.created_at_ms),
            expires_at: time::write(checkout.expires_at_ms),
            hold_expires_at,
            captured: sum(|tender| tender.captured),
            refunded: sum(|tender| tender.refunded),
            quote: Quote::new(checkout),
            token: None,
        }
    }
}

/// A refund of a captured checkout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct CheckoutRefundAnswer {
    pub id: String,
    pub checkout: String,
    /// `refunded`; the answer says `settling` while not every card has it back yet.
    pub status: &'static str,
    pub amount: Amount,
    pub currency: Currency,
    /// What was given back of this checkout in all.
    pub refunded: Amount,
    pub tenders: Vec<RefundPart>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub created_at: String,
}

/// What went back to one tender.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct RefundPart {
    pub id: String,
    pub last4: String,
    pub amount: Amount,
}

impl CheckoutRefundAnswer {
    /// The refund with what it came to.
    pub fn new(id: &str, checkout: &Checkout, refund: &CheckoutRefund) -> Self {
        let last4 = |id: &str| {
            checkout
                .tenders
                .iter()
                .find(|tender| tender.id == id)
                .map(|tender| tender.last4.clone())
                .unwrap_or_default()
        };
        Self {
            id: refund.id.clone(),
            checkout: id.into(),
            status: "refunded",
            amount: refund.amount,
            currency: checkout.order.currency,
            refunded: Amount::sum(checkout.refunds.iter().map(|refund| refund.amount)).unwrap_or_default(),
            tenders: refund
                .parts
                .iter()
                .map(|(id, amount)| RefundPart { id: id.clone(), last4: last4(id), amount: *amount })
                .collect(),
            reason: refund.reason.clone(),
            created_at: time::write(refund.at_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_format_unchanged() {
        let names = ["of_a_later_version", "promotional"].map(String::from);
        let text = concat!(
            r#"[{"name":"promotional","ar":"صدرت هذه البطاقة لأغراض ترويجية.","#,
            r#""en":"This card was issued for promotional purposes."}]"#
        );
        assert_eq!(serde_json::to_string(&told(&names)).unwrap(), text);
        assert_eq!(told(&[]), []);
    }
}
