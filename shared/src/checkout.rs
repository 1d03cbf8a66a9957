//! A checkout: one order's split over several tenders.
//!
//! In scope: which tender pays how much ([`split`]), and the state machine of the split tender ([`Checkout::apply`]). Both are pure; the widget runs
//! the first, the coordinator drives the second.
//!
//! The state machine never calls anybody. A decision that concerns cards leaves [`LegCall`]s behind in `pending`, written with the decision in one
//! step; whoever drives it makes those calls, again and again until each is acknowledged. So a crash between a decision and its calls loses nothing.
//! Holds are the exception: they may be refused, so they are not pending but part of an attempt, and an attempt without an outcome is given up.
//!
//! The invariants:
//! 1. Σ shares ≤ `eligible_total`, and Σ shares + remaining = total;
//! 2. at most one attempt is authorized, and only that attempt is captured;
//! 3. after the capture decision no leg may refuse: its value was held;
//! 4. Σ refunds ≤ Σ captured, per tender and in total.
//!
//! The state is stored whole, as one document, so these types have a serde form; `checkout_document_format_unchanged` pins it.

use crate::card;
use crate::limits::TENDERS_MAX;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

mod quote;
mod settle;
#[cfg(test)]
mod tests;

pub use quote::{Payer, Share, application_order, split};

/// One order that is being paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checkout {
    /// The order this is bound to.
    pub order: Order,
    /// The page the checkout token is for; `None` when only servers take part.
    pub origin: Option<String>,
    /// Whether a page made it. A page may then change the total while it is open; otherwise only the server can.
    pub page_made: bool,
    /// Where the order is placed, for reports.
    pub location: Option<String>,
    /// When it was made.
    pub created_at_ms: u64,
    /// When it closes unless it was authorized.
    pub expires_at_ms: u64,
    /// Where it stands.
    pub state: State,
    /// What pays, in the order in which it was added.
    pub tenders: Vec<Tender>,
    /// Attempts to authorize so far. Every attempt has its own claims, so a late answer of one never touches another.
    pub attempts: u32,
    /// Calls that were decided and not yet acknowledged.
    pub pending: Vec<LegCall>,
    /// What was given back, in order.
    pub refunds: Vec<Refund>,
    /// Calls that a card contradicted, which it can only do when an older copy of one of the two came back. A person must look.
    #[serde(default)]
    pub contradicted: Vec<LegCall>,
}

/// What an order is. Authorize and capture must bring the same, so a page can never choose another total, currency or order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Order {
    /// What the shopper owes, tax included.
    pub total: Amount,
    /// The part of it that tenders may pay.
    pub eligible_total: Amount,
    /// Its currency.
    pub currency: Currency,
    /// The shop's own name for it.
    pub reference: String,
}

/// Where a checkout stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum State {
    Open,
    /// Holds are being asked for.
    Authorizing {
        started_at_ms: u64,
        hold_expires_at_ms: u64,
    },
    Authorized {
        hold_expires_at_ms: u64,
    },
    Captured,
    Voided,
    Expired,
}

impl State {
    /// The name in answers.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Authorizing { .. } => "authorizing",
            Self::Authorized { .. } => "authorized",
            Self::Captured => "captured",
            Self::Voided => "voided",
            Self::Expired => "expired",
        }
    }
}

/// One card in a checkout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tender {
    /// Its id within the checkout.
    pub id: String,
    /// The card's reference.
    pub card: String,
    /// Which root key signed the code that was shown.
    pub key_id: u8,
    /// The card's kind, which decides the order of application.
    pub kind: Kind,
    /// The code's last four symbols.
    pub last4: String,
    /// How much was asked of it; `None` for as much as is needed.
    pub requested: Option<Amount>,
    /// What it had when it was last asked.
    pub available: Amount,
    /// When it expires.
    pub expires_at_ms: Option<u64>,
    /// What must be told of it where it pays: names of [`crate::law::Disclosure`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub disclosures: Vec<String>,
    /// What the attempt in hand holds of it.
    pub authorized: Amount,
    /// What was taken of it.
    pub captured: Amount,
    /// What was given back to it.
    pub refunded: Amount,
}

impl Tender {
    /// What of it decides how much it pays.
    pub fn payer(&self) -> Payer {
        let Self { kind, requested, available, expires_at_ms, .. } = *self;
        Payer { kind, requested, available, expires_at_ms }
    }
}

/// A card as it was seen when it was last asked.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of `Tender`")]
pub struct Seen {
    pub kind: Kind,
    pub available: Amount,
    pub expires_at_ms: Option<u64>,
    pub disclosures: Vec<String>,
}

/// A call to a card that must be made until it is acknowledged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LegCall {
    /// The card's reference.
    pub card: String,
    /// Which root key signed the code.
    pub key_id: u8,
    /// The claim that it settles.
    pub claim: String,
    /// What to do.
    pub order: LegOrder,
}

/// What is asked of a leg.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum LegOrder {
    Hold {
        amount: Amount,
        deadline_ms: u64,
    },
    /// `captured` is what the checkout takes of all its cards together, so that any one leg tells whether the others are there.
    Commit {
        amount: Amount,
        captured: Amount,
    },
    Release,
    /// `refunded` is what is given back of the leg in all after it, so that a forgotten refund is noticed at the next.
    Refund {
        refund: String,
        amount: Amount,
        refunded: Amount,
    },
}

impl LegOrder {
    /// The idempotency key of this order for a claim: the same order again finds what it did the first time.
    pub fn key(&self, claim: &str) -> String {
        match self {
            Self::Hold { .. } => Self::hold_key(claim),
            Self::Commit { .. } => format!("commit/{claim}"),
            Self::Release => format!("release/{claim}"),
            Self::Refund { refund, .. } => format!("refund/{claim}/{refund}"),
        }
    }

    /// That of the hold of a claim.
    pub fn hold_key(claim: &str) -> String {
        format!("hold/{claim}")
    }

    /// What stands for it in the card's row: the same key with another order is another request.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Hold { amount, .. } => amount.minor().to_string(),
            Self::Commit { amount, captured: all } | Self::Refund { amount, refunded: all, .. } => {
                format!("{}/{}", amount.minor(), all.minor())
            }
            Self::Release => String::new(),
        }
    }

    /// What it asks of the card.
    pub fn command(&self, claim: &str, currency: Currency) -> card::Command {
        let claim = claim.to_owned();
        match self {
            Self::Hold { amount, deadline_ms } => {
                card::Command::Hold { claim, amount: *amount, currency, deadline_ms: *deadline_ms }
            }
            Self::Commit { amount, captured } => card::Command::Commit { claim, amount: *amount, captured: *captured },
            Self::Release => card::Command::Release { claim },
            Self::Refund { amount, refunded, .. } => {
                card::Command::Refund { claim, amount: *amount, refunded: Some(*refunded) }
            }
        }
    }
}

/// What a card is told that asks about a claim of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Take this much of what is held; `captured` is as in [`LegOrder::Commit`].
    Commit {
        /// Of this card.
        amount: Amount,
        /// Of all cards of the checkout.
        captured: Amount,
        /// What the order came to, where this card is the one that remembers it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        total: Option<Amount>,
    },
    /// Let it go.
    Release,
    /// It is not decided.
    AskAgain {
        /// When to ask again.
        at_ms: u64,
    },
}

/// Value given back after a capture.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// How much in all.
    pub amount: Amount,
    /// How much to which tender (by id), in the order in which it goes back.
    pub parts: Vec<(String, Amount)>,
    /// Why, in the shop's words.
    pub reason: Option<String>,
    /// When.
    pub at_ms: u64,
}

/// What may happen to a checkout.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md says what each takes")]
pub enum Command {
    AddTender {
        id: String,
        card: String,
        key_id: u8,
        last4: String,
        requested: Option<Amount>,
        seen: Seen,
    },
    RemoveTender {
        id: String,
    },
    ChangeTotal {
        total: Amount,
        eligible_total: Amount,
    },
    /// Plan an attempt. The holds to ask for are [`Checkout::holds`].
    Authorize {
        order: Order,
        hold_ms: u64,
    },
    /// Every hold of the attempt was granted.
    Granted {
        attempt: u32,
    },
    /// A hold of the attempt was refused or its outcome is unknown. What is known of the card since comes along.
    Refused {
        attempt: u32,
        tender: Option<(String, Seen)>,
    },
    Capture {
        order: Order,
        amount: Option<Amount>,
    },
    Void,
    /// A deadline has passed: give up what is overdue.
    Overdue,
    Refund {
        id: String,
        amount: Amount,
        reason: Option<String>,
    },
    /// Hold for longer.
    Extend {
        hold_ms: u64,
    },
    /// A pending call was acknowledged.
    Acknowledged {
        call: LegCall,
    },
    /// A card says that a pending call contradicts what it knows. Repeating it would not help.
    Contradicted {
        call: LegCall,
    },
}

impl Order {
    /// Refuses an order that is not this one, by the first difference.
    pub fn check_same(&self, other: &Self) -> Result<(), Rejection> {
        match () {
            () if self.currency != other.currency => Err(Rejection::CurrencyMismatch { currency: self.currency }),
            () if self.total != other.total || self.eligible_total != other.eligible_total => {
                Err(Rejection::TotalMismatch)
            }
            () if self.reference != other.reference => Err(Rejection::ReferenceMismatch),
            () => Ok(()),
        }
    }
}

impl Checkout {
    /// A new one, open.
    pub fn open(
        order: Order,
        origin: Option<String>,
        page_made: bool,
        location: Option<String>,
        now_ms: u64,
        expires_at_ms: u64,
    ) -> Self {
        Self {
            order,
            origin,
            page_made,
            location,
            created_at_ms: now_ms,
            expires_at_ms,
            state: State::Open,
            tenders: Vec::new(),
            attempts: 0,
            pending: Vec::new(),
            refunds: Vec::new(),
            contradicted: Vec::new(),
        }
    }

    /// Decides a command: the checkout after it, or a refusal and nothing changed.
    pub fn apply(&self, id: &str, command: &Command, now_ms: u64) -> Result<Self, Rejection> {
        let mut next = self.clone();
        match command {
            Command::AddTender { id, card, key_id, last4, requested, seen } => {
                next.check_open(now_ms)?;
                next.add_tender(id, card, *key_id, last4, *requested, seen)?;
            }
            Command::RemoveTender { id } => {
                next.check_open(now_ms)?;
                let place = next.tenders.iter().position(|tender| tender.id == *id).ok_or(Rejection::NotFound)?;
                next.tenders.remove(place);
            }
            Command::ChangeTotal { total, eligible_total } => {
                next.check_open(now_ms)?;
                next.order.total = *total;
                next.order.eligible_total = *eligible_total;
            }
            Command::Authorize { order, hold_ms } => next.authorize(order, *hold_ms, now_ms)?,
            Command::Granted { attempt } => next.granted(*attempt)?,
            Command::Refused { attempt, tender } => next.refused(id, *attempt, tender.as_ref())?,
            Command::Capture { order, amount } => next.capture(id, order, *amount)?,
            Command::Void => next.void(id)?,
            Command::Overdue => next.overdue(id, now_ms),
            Command::Refund { id: refund, amount, reason } => {
                next.refund(id, refund, *amount, reason.as_deref(), now_ms)?
            }
            Command::Extend { hold_ms } => next.extend(*hold_ms, now_ms)?,
            Command::Acknowledged { call } => next.pending.retain(|pending| pending != call),
            Command::Contradicted { call } => {
                next.pending.retain(|pending| pending != call);
                next.contradicted.push(call.clone());
            }
        }
        Ok(next)
    }

    /// Whether a card contradicts it.
    pub fn is_broken(&self) -> bool {
        !self.contradicted.is_empty()
    }

    /// Whether tenders and total may change now. A broken checkout takes nothing more: what it has forgotten may be that it took all.
    pub fn check_open(&self, now_ms: u64) -> Result<(), Rejection> {
        match self.state {
            State::Open if self.is_broken() => Err(Rejection::CheckoutBroken),
            State::Open if self.expires_at_ms > now_ms => Ok(()),
            State::Authorizing { .. } => Err(Rejection::OperationInProgress),
            _ => Err(Rejection::CheckoutNotOpen),
        }
    }

    /// Whether one more tender on that card may be added; asked before the card is, so a full checkout costs no call.
    pub fn check_room(&self, card: &str) -> Result<(), Rejection> {
        match () {
            () if self.tenders.iter().any(|tender| tender.card == card) => Err(Rejection::AlreadyApplied),
            () if self.tenders.len() >= TENDERS_MAX => Err(Rejection::TooManyTenders),
            () => Ok(()),
        }
    }

    fn add_tender(
        &mut self,
        id: &str,
        card: &str,
        key_id: u8,
        last4: &str,
        requested: Option<Amount>,
        seen: &Seen,
    ) -> Result<(), Rejection> {
        self.check_room(card)?;
        if requested.is_some_and(|amount| amount > seen.available) {
            return Err(Rejection::InsufficientBalance { available: seen.available });
        }
        self.tenders.push(Tender {
            id: id.into(),
            card: card.into(),
            key_id,
            kind: seen.kind,
            last4: last4.into(),
            requested,
            available: seen.available,
            expires_at_ms: seen.expires_at_ms,
            disclosures: seen.disclosures.clone(),
            authorized: Amount::ZERO,
            captured: Amount::ZERO,
            refunded: Amount::ZERO,
        });
        Ok(())
    }

    /// What of each tender decides how much it pays.
    fn payers(&self) -> Vec<Payer> {
        self.tenders.iter().map(Tender::payer).collect()
    }

    /// What each tender pays: what was captured, what is held, or what would be.
    pub fn shares(&self) -> Vec<Share> {
        let applied: Vec<Amount> = match self.state {
            State::Captured => self.tenders.iter().map(|tender| tender.captured).collect(),
            State::Authorizing { .. } | State::Authorized { .. } => {
                self.tenders.iter().map(|tender| tender.authorized).collect()
            }
            State::Open => return split(self.order.eligible_total, &self.payers()),
            // Nothing of an ended checkout is paid by cards, whatever they have.
            State::Voided | State::Expired => self.tenders.iter().map(|_| Amount::ZERO).collect(),
        };
        self.tenders
            .iter()
            .zip(applied)
            .map(|(tender, applied)| Share { applied, balance_after: tender.available.saturating_minus(applied) })
            .collect()
    }

    /// What tenders pay in all.
    pub fn covered(&self) -> Amount {
        Amount::sum(self.shares().iter().map(|share| share.applied)).unwrap_or_default()
    }

    /// When the next deadline of this checkout is, for an alarm.
    pub fn due_ms(&self) -> Option<u64> {
        match self.state {
            State::Authorizing { started_at_ms, .. } => {
                Some(started_at_ms.saturating_add(crate::limits::ATTEMPT_PATIENCE_MS))
            }
            State::Authorized { hold_expires_at_ms } => Some(hold_expires_at_ms),
            State::Open | State::Captured | State::Voided | State::Expired => None,
        }
    }
}
