//! Requests of the public API: fields in, the domain's types out. Each reader refuses what it does not know.

use super::json::Fields;
use crate::card::Wanted;
use crate::checkout::Order;
use crate::code::Code;
use crate::limits::{CHECKOUT_TTL_SECONDS, CHECKOUT_TTL_SECONDS_RANGE, HOLD_SECONDS, HOLD_SECONDS_RANGE, ORIGINS_MAX};
use crate::money::{Amount, Currency};
use crate::origin::is_origin;
use crate::program::Kind;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// What a shop wants to remember with an entry. It decides nothing. It is a part of every line, so it refuses what it does not know
/// ([`Detail`](super::row::Detail) says why).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The shop's own name for the order.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// Where it happened.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<String>,
    /// Which campaign it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub campaign: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

impl Note {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `POST /v1/gift-cards`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct IssueGiftCard {
    pub amount: Amount,
    pub currency: Currency,
    pub kind: Kind,
    pub active: bool,
    pub expires_at_ms: Option<u64>,
    pub note: Note,
}

impl IssueGiftCard {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let request = Self {
            amount: fields.amount("amount")?,
            currency: fields.currency("currency")?,
            kind: match fields.optional_text("kind")? {
                None => Kind::PaidGift,
                Some(name) => Kind::parse(&name).ok_or_else(|| Rejection::field("kind"))?,
            },
            active: fields.flag("active", true)?,
            expires_at_ms: fields.optional_time_ms("expires_at")?,
            note: Note {
                reference: fields.optional_text("reference")?,
                location: fields.optional_text("location")?,
                campaign: fields.optional_text("campaign")?,
                reason: None,
            },
        };
        fields.finish()?;
        Ok(request)
    }
}

/// `POST /v1/gift-cards/{gc}/activate|freeze|unfreeze`.
pub fn read_reason(mut fields: Fields) -> Result<Note, Rejection> {
    let note = Note {
        reason: fields.optional_text("reason")?,
        location: fields.optional_text("location")?,
        ..Note::default()
    };
    fields.finish()?;
    Ok(note)
}

/// `POST /v1/balances`.
pub fn read_code(mut fields: Fields) -> Result<Code, Rejection> {
    let code = fields.code("code")?;
    fields.finish()?;
    Ok(code)
}

/// `POST /v1/redemptions`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Redeem {
    pub code: Code,
    pub amount: Wanted,
    pub currency: Currency,
    pub note: Note,
}

impl Redeem {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let request = Self {
            code: fields.code("code")?,
            amount: fields.amount_or_word("amount", "max")?.map_or(Wanted::Max, Wanted::Exactly),
            currency: fields.currency("currency")?,
            note: Note {
                reference: Some(fields.text("reference")?),
                location: fields.optional_text("location")?,
                ..Note::default()
            },
        };
        fields.finish()?;
        Ok(request)
    }
}

/// `POST …/refunds`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct RefundAmount {
    pub amount: Amount,
    pub note: Note,
}

impl RefundAmount {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let request = Self {
            amount: fields.amount("amount")?,
            note: Note { reason: fields.optional_text("reason")?, ..Note::default() },
        };
        fields.finish()?;
        Ok(request)
    }
}

/// `POST /v1/checkouts`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct OpenCheckout {
    pub order: Order,
    pub origin: Option<String>,
    pub location: Option<String>,
    pub ttl_ms: u64,
}

impl OpenCheckout {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let request = Self {
            order: read_order(&mut fields)?,
            origin: fields.optional_text("origin")?,
            location: fields.optional_text("location")?,
            ttl_ms: fields.seconds_as_ms("ttl_seconds", &CHECKOUT_TTL_SECONDS_RANGE, CHECKOUT_TTL_SECONDS)?,
        };
        if request.origin.as_deref().is_some_and(|origin| !is_origin(origin)) {
            return Err(Rejection::field("origin"));
        }
        fields.finish()?;
        Ok(request)
    }
}

/// `PATCH /v1/checkouts/{co}`: the new total and what of it is eligible.
pub fn read_total(mut fields: Fields) -> Result<(Amount, Amount), Rejection> {
    let total = fields.amount("total")?;
    let eligible_total = read_eligible(&mut fields, total)?;
    fields.finish()?;
    Ok((total, eligible_total))
}

/// `POST /v1/checkouts/{co}/tenders`: the code, and how much of it to use.
pub fn read_tender(mut fields: Fields) -> Result<(Code, Option<Amount>), Rejection> {
    let mut card = fields.object("gift_card")?;
    let code = card.code("code")?;
    card.finish()?;
    let amount = fields.optional_amount("amount")?;
    fields.finish()?;
    Ok((code, amount))
}

/// `POST /v1/checkouts/{co}/authorize`: the order that it must be, and how long to hold.
pub fn read_authorize(mut fields: Fields) -> Result<(Order, u64), Rejection> {
    let order = read_order(&mut fields)?;
    let hold_ms = fields.seconds_as_ms("hold_seconds", &HOLD_SECONDS_RANGE, HOLD_SECONDS)?;
    fields.finish()?;
    Ok((order, hold_ms))
}

/// `POST /v1/checkouts/{co}/capture`: the order that it must be, and how much of what is held; all of it when left out.
pub fn read_capture(mut fields: Fields) -> Result<(Order, Option<Amount>), Rejection> {
    let order = read_order(&mut fields)?;
    let amount = fields.optional_amount("amount")?;
    fields.finish()?;
    Ok((order, amount))
}

/// `POST /v1/checkouts/{co}/extend`: for how long from now.
pub fn read_extend(mut fields: Fields) -> Result<u64, Rejection> {
    let hold_ms = fields.seconds_as_ms("hold_seconds", &HOLD_SECONDS_RANGE, HOLD_SECONDS)?;
    fields.finish()?;
    Ok(hold_ms)
}

/// A request that has no fields.
pub fn read_nothing(fields: Fields) -> Result<(), Rejection> {
    fields.finish()
}

/// `POST /v1/webhook-endpoints`: the address, and the types of events, by commas; none means all. In `test` the address may be on the developer's own machine.
#[cfg(feature = "journal")]
pub fn read_endpoint(mut fields: Fields, test: bool) -> Result<(String, String), Rejection> {
    let url = fields.long_text("url", crate::limits::ENDPOINT_URL_CHARS_MAX)?;
    if !crate::webhook::is_address(&url, test) {
        return Err(Rejection::field("url"));
    }
    let events = fields.optional_texts("events")?.unwrap_or_default();
    let is_known = |(place, wanted): (usize, &String)| {
        crate::event::TYPES.contains(&wanted.as_str()) && !events.iter().take(place).any(|earlier| earlier == wanted)
    };
    if !events.iter().enumerate().all(is_known) {
        return Err(Rejection::field("events"));
    }
    fields.finish()?;
    Ok((url, events.join(",")))
}

/// A merchant's settings, as the API takes and gives them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Settings {
    /// The origins that a publishable key may be used from.
    pub origins: Vec<String>,
}

impl Settings {
    /// Reads `PUT /v1/settings`.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let origins = fields.texts("origins")?;
        if origins.len() > ORIGINS_MAX || !origins.iter().all(|origin| is_origin(origin)) {
            return Err(Rejection::field("origins"));
        }
        fields.finish()?;
        Ok(Self { origins })
    }
}

fn read_order(fields: &mut Fields) -> Result<Order, Rejection> {
    let total = fields.amount("total")?;
    Ok(Order {
        total,
        currency: fields.currency("currency")?,
        reference: fields.text("reference")?,
        eligible_total: read_eligible(fields, total)?,
    })
}

/// What of the total tenders may pay: all of it when left out, never more.
fn read_eligible(fields: &mut Fields, total: Amount) -> Result<Amount, Rejection> {
    match fields.optional_amount_or_zero("eligible_total")? {
        None => Ok(total),
        Some(eligible) if eligible <= total => Ok(eligible),
        Some(_) => Err(Rejection::amount("eligible_total")),
    }
}
