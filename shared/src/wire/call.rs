//! The calls that the Worker makes to objects, and objects to one another. They never leave the deployment, but two versions of it may talk during a
//! roll-out, so their format is pinned as well.

use super::card_act::CardAct;
use super::courier::{EndpointCall, Pull};
use super::request::Note;
use crate::card::{Facts, Spend, Wanted};
use crate::checkout::{LegOrder, Order};
use crate::event::Notice;
use crate::journal::{ExportRow, Line};
use crate::money::{Amount, Currency};
use crate::program::Kind;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// The idempotency of one request: a keyed hash of its key, and a hash of its body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Once {
    /// What stands for the key.
    pub key: String,
    /// What stands for the body.
    pub fingerprint: String,
}

/// What is kept beside a card and only the deployment may read (`seal::private`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sealed {
    /// The number that its code is made of.
    pub number: String,
    /// The gift's words, until they are erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gift: Option<String>,
    /// What its receiver is found by, until then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recipient: Option<String>,
}

/// A call to a `CardObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CardCall {
    /// `{env}/{merchant}`: where its journal and its coordinators are.
    pub scope: String,
    /// The card's reference.
    pub card: String,
    /// What to do.
    pub order: CardOrder,
}

/// What a card is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are those of the request that leads here")]
pub enum CardOrder {
    Issue {
        last4: String,
        amount: Amount,
        facts: Box<Facts>,
        note: Note,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        sealed: Option<Sealed>,
        once: Once,
    },
    /// From the card that this one replaces: take over what moved here, and come into being if need be.
    TakeOver {
        from: String,
        seq: u64,
        last4: String,
        amount: Amount,
        facts: Box<Facts>,
        note: Note,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        sealed: Option<Sealed>,
    },
    /// Whether this is the card of that old code: the root of its code, or nothing.
    Imported {
        old: String,
    },
    /// Tell the successor now, instead of by alarm, and answer what it says.
    Deliver,
    Read,
    /// The answer that the issue of this key had, if it was this card's.
    Again {
        once: Once,
    },
    Entries {
        after: u64,
        limit: usize,
    },
    /// `sealed`: of a replacement, what is kept beside the new card.
    Act {
        act: CardAct,
        note: Note,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        sealed: Option<Sealed>,
        once: Once,
    },
    /// `id_too`: whether the asker may learn the card's reference.
    Balance {
        key_id: u8,
        id_too: bool,
    },
    /// `amount`: that much, or all there is.
    Redeem {
        key_id: u8,
        amount: Option<Amount>,
        currency: Currency,
        spend: Spend,
        note: Note,
        once: Once,
    },
    Redemption {
        seq: u64,
    },
    RefundRedemption {
        seq: u64,
        refund: String,
        amount: Amount,
        note: Note,
        once: Once,
    },
    /// From a coordinator: may the card pay for an order in this currency, and with how much?
    Peek {
        key_id: u8,
        currency: Currency,
        spend: Spend,
    },
    /// From a coordinator.
    Leg {
        key_id: u8,
        claim: String,
        order: LegOrder,
        currency: Currency,
        spend: Spend,
        note: Note,
    },
}

impl From<Wanted> for Option<Amount> {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Exactly(amount) => Some(amount),
            Wanted::Max => None,
        }
    }
}

impl From<Option<Amount>> for Wanted {
    fn from(amount: Option<Amount>) -> Self {
        amount.map_or(Self::Max, Self::Exactly)
    }
}

/// What a coordinator learns of a card.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of `checkout::Seen`")]
pub struct CardSeen {
    pub kind: Kind,
    pub last4: String,
    pub available: Amount,
    pub expires_at_ms: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub disclosures: Vec<String>,
}

/// A call to a `CheckoutObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CheckoutCall {
    /// `{env}/{merchant}`: where its cards are.
    pub scope: String,
    /// The checkout's id.
    pub checkout: String,
    /// For a checkout that a page made: what its token says, so that the first verified tender can make it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<NewCheckout>,
    /// What to do.
    pub order: CheckoutOrder,
}

/// What a new checkout is made of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "fields are those of `Checkout`")]
pub struct NewCheckout {
    pub order: Order,
    pub origin: Option<String>,
    pub location: Option<String>,
    pub expires_at_ms: u64,
}

/// What a checkout is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are those of the request that leads here")]
pub enum CheckoutOrder {
    Open {
        new: NewCheckout,
        once: Once,
    },
    Read,
    ChangeTotal {
        total: Amount,
        eligible_total: Amount,
    },
    AddTender {
        tender: String,
        card: String,
        key_id: u8,
        amount: Option<Amount>,
        once: Once,
    },
    RemoveTender {
        tender: String,
    },
    Authorize {
        order: Order,
        hold_ms: u64,
        once: Once,
    },
    Capture {
        order: Order,
        amount: Option<Amount>,
        once: Once,
    },
    Void {
        once: Once,
    },
    Refund {
        refund: String,
        amount: Amount,
        reason: Option<String>,
        once: Once,
    },
    Extend {
        hold_ms: u64,
        once: Once,
    },
    /// From a card: what became of this claim, whose deadline has passed?
    Ask {
        claim: String,
    },
}

/// What a card hands to the journal: its entries from one on, as lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HandOff {
    /// The lines, oldest first; each names the hash of the one before.
    pub lines: Vec<Line>,
    /// What is printed of the card's code, which no line says. Without it, it is not told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last4: Option<String>,
    /// The keyed hash of whom the card is for, as [`crate::seal::MerchantKeys::recipient`] makes it; nobody, or nobody any more, without it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recipient: Option<String>,
}

/// A call to a `JournalObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum JournalCall {
    Receive(HandOff),
    /// A page of lines after a number, up to a watermark; the newest line when that is `None`.
    Export {
        after: u64,
        watermark: Option<u64>,
        limit: usize,
    },
    /// A report of the days in a range, both included (`YYYY-MM-DD`).
    Report {
        name: String,
        by: String,
        from: String,
        to: String,
        csv: bool,
    },
    /// Cards of which a column has that value, from before a place, the newest first.
    Search {
        way: String,
        value: String,
        before: u64,
        limit: usize,
    },
    /// From a checkout: what it has to tell. At least once; each is kept once.
    Tell {
        notices: Vec<Notice>,
    },
    /// A page of events after a cursor; from the beginning when that is empty.
    Events {
        after: String,
    },
    Endpoint(EndpointCall),
    Pull(Pull),
}

/// A page of the book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ExportPage {
    /// Number, hash and line.
    pub rows: Vec<ExportRow>,
    /// The number of the last line that this export will have.
    pub watermark: u64,
}

/// What is about to be issued of a programme that has caps. At least once; it counts once for its key, and before anything is issued, so that no two requests
/// can pass a cap together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reservation {
    /// The programme.
    pub program: String,
    /// How much.
    pub amount: Amount,
    /// The keyed hash of who gets it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub buyer: Option<String>,
    /// Of the request, or of the batch.
    pub once: Once,
}

/// A call to a `MerchantObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum MerchantCall {
    Read,
    /// `body`: the request as it came, which the Worker has read before. It is read again against what is kept; a form of its own for the way between
    /// the two would be one more that has to stay readable. `by`: the key that changes them.
    Write {
        body: String,
        by: String,
    },
    /// The versions before that one; the newest when that is `None`.
    History {
        before: Option<u64>,
    },
    Revoke {
        key: String,
        by: String,
    },
    /// From a batch: it is there. At least once.
    Enlist {
        batch: String,
    },
    /// The ids of the batches before that one, the newest first; the newest of all when that is empty.
    Batches {
        before: String,
    },
    Reserve(Reservation),
    /// A try to open a session with a console key: the step of the code that was typed, or that it is no code of the key.
    SignIn {
        number: u32,
        step: Option<u64>,
    },
}
