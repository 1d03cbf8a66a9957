//! What a card is made of: what stands in its first entry, and in the one that moves its value to another.

use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// What a card is made of. What the programme allowed then stays with the card, so that a later change of the settings takes nothing from its holder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The one currency of everything on this card.
    pub currency: Currency,
    /// Why the card exists.
    pub kind: Kind,
    /// Which root key signed the code; no other is accepted.
    pub key_id: u8,
    /// Whether it may be spent at once. Physical stock is issued inactive.
    pub active: bool,
    /// When it stops taking debits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at_ms: Option<u64>,
    /// The programme that it was issued under.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub program: Option<String>,
    /// Where it was sold: whose law it is under.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jurisdiction: Option<String>,
    /// Whether it takes no loads.
    #[serde(skip_serializing_if = "core::ops::Not::not", default)]
    pub fixed: bool,
    /// What its balance may be after a load; without it, loads have no cap of their own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub balance_max: Option<Amount>,
    /// Where it may be spent; everywhere when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub locations: Vec<String>,
    /// What an order must come to before it may pay for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub min_spend: Option<Amount>,
    /// The card that it replaces.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// The batch or import that it was issued in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub batch: Option<String>,
}

impl Facts {
    /// An active card without an end, under no programme.
    pub fn plain(currency: Currency, kind: Kind, key_id: u8) -> Self {
        Self {
            currency,
            kind,
            key_id,
            active: true,
            expires_at_ms: None,
            program: None,
            jurisdiction: None,
            fixed: false,
            balance_max: None,
            locations: Vec::new(),
            min_spend: None,
            from: None,
            batch: None,
        }
    }

    /// Whether it may pay for an order of that total at that place. What is not said is not there: a card with terms is not taken where nobody knows them met.
    pub fn check_spend(&self, spend: &Spend) -> Result<(), Rejection> {
        let here = |location: &String| spend.location.as_ref() == Some(location);
        if !self.locations.is_empty() && !self.locations.iter().any(here) {
            return Err(Rejection::LocationNotAllowed);
        }
        match self.min_spend {
            Some(minimum) if spend.total.is_none_or(|total| total < minimum) => {
                Err(Rejection::MinSpendNotMet { minimum })
            }
            _ => Ok(()),
        }
    }
}

/// Where value is spent, and on how large an order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Spend {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub total: Option<Amount>,
}

/// The card that takes another's place: enough to issue it, or to find it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// Its reference.
    pub card: String,
    /// What is printed of its code.
    pub last4: String,
    /// Which root key signs its code.
    pub key_id: u8,
}
