//! Requests of the public API: fields in, the domain's types out. Each reader refuses what it does not know.

#[cfg(feature = "journal")]
use super::call::{Once, Reservation};
use super::json::Fields;
use super::settings::Settings;
use crate::card::{Facts, Wanted};
use crate::checkout::Order;
use crate::code::Code;
use crate::gift::Gift;
use crate::law::Jurisdiction;
use crate::limits::{
    CHECKOUT_TTL_SECONDS, CHECKOUT_TTL_SECONDS_RANGE, GIFT_MESSAGE_CHARS_MAX, GIFT_NAME_CHARS_MAX, HOLD_SECONDS,
    HOLD_SECONDS_RANGE,
};
use crate::money::{Amount, Currency};
use crate::origin::is_origin;
use crate::program::{Kind, Programme};
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
    /// What the order came to that was paid, where that is known. Of an order that several cards pay, one of them remembers it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub total: Option<Amount>,
}

impl Note {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `POST /v1/gift-cards`. What a programme says need not be said again, and may not be contradicted.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct IssueGiftCard {
    pub amount: Amount,
    pub program: Option<String>,
    pub currency: Option<Currency>,
    pub kind: Option<Kind>,
    pub active: bool,
    pub expires_at_ms: Option<u64>,
    pub balance_max: Option<Amount>,
    pub jurisdiction: Option<String>,
    pub note: Note,
    /// The shop's own name for who gets it. It is kept nowhere but as a keyed hash.
    pub buyer: Option<String>,
    pub gift: Option<Gift>,
}

impl IssueGiftCard {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let program = fields.optional_text("program")?;
        let request = Self {
            amount: fields.amount("amount")?,
            currency: match program {
                None => Some(fields.currency("currency")?),
                Some(_) => fields.optional_currency("currency")?,
            },
            program,
            kind: read_kind(&mut fields)?,
            active: fields.flag("active", true)?,
            expires_at_ms: fields.optional_time_ms("expires_at")?,
            balance_max: fields.optional_amount("balance_max")?,
            jurisdiction: read_jurisdiction(&mut fields)?,
            note: Note {
                reference: fields.optional_text("reference")?,
                location: fields.optional_text("location")?,
                campaign: fields.optional_text("campaign")?,
                ..Note::default()
            },
            buyer: read_buyer(&mut fields)?,
            gift: fields.optional_object("gift")?.map(read_gift).transpose()?,
        };
        fields.finish()?;
        Ok(request)
    }

    /// What counts towards the caps of its programme, if that has any: `total` of what is issued, to the buyer that is kept as this hash.
    #[cfg(feature = "journal")]
    pub fn reservation(
        &self,
        settings: &Settings,
        total: Amount,
        buyer: Option<String>,
        once: &Once,
    ) -> Result<Option<Reservation>, Rejection> {
        let program = self.program.as_deref().and_then(|id| settings.program(id));
        let Some((program, caps)) = program.and_then(|program| Some((program, program.caps.as_ref()?))) else {
            return Ok(None);
        };
        if buyer.is_none() && caps.speak_of_buyer() {
            return Err(Rejection::field("buyer"));
        }
        Ok(Some(Reservation { program: program.id.clone(), amount: total, buyer, once: once.clone() }))
    }

    /// What the card is made of, and what is remembered with its issue, under the shop's settings. `key_id` is the root that signs its code.
    pub fn terms(self, settings: &Settings, key_id: u8, now_ms: u64) -> Result<(Facts, Note), Rejection> {
        let program = match &self.program {
            None => None,
            Some(id) => Some(settings.program(id).ok_or_else(|| Rejection::field("program"))?),
        };
        if program.is_some_and(|program| program.archived) {
            return Err(Rejection::field("program"));
        }
        // An import says no amount: its cards are worth what is left of what was sold elsewhere.
        if !self.amount.is_zero() && program.is_some_and(|program| !program.amounts.allow(self.amount)) {
            return Err(Rejection::amount("amount"));
        }
        let currency = agree(self.currency, program.map(|program| program.currency), "currency")?;
        let kind = agree(self.kind, program.map(|program| program.kind), "kind")?.unwrap_or(Kind::PaidGift);
        let of = |field: fn(&Programme) -> Option<String>| program.and_then(field);
        let facts = Facts {
            active: self.active,
            expires_at_ms: self.expires_at_ms.or_else(|| program.and_then(|program| program.expires_at_ms(now_ms))),
            program: self.program,
            jurisdiction: self
                .jurisdiction
                .or_else(|| of(|program| program.jurisdiction.clone()))
                .or_else(|| settings.jurisdiction.clone()),
            fixed: program.is_some_and(|program| !program.reloadable),
            balance_max: self.balance_max.or_else(|| program.and_then(|program| program.balance_max)),
            locations: program.map(|program| program.locations.clone()).unwrap_or_default(),
            min_spend: program.and_then(|program| program.min_spend),
            ..Facts::plain(currency.ok_or_else(|| Rejection::field("currency"))?, kind, key_id)
        };
        let campaign = self.note.campaign.or_else(|| of(|program| program.campaign.clone()));
        Ok((facts, Note { campaign, ..self.note }))
    }
}

/// Who buys, where it is said: with something that is no space.
fn read_buyer(fields: &mut Fields) -> Result<Option<String>, Rejection> {
    match fields.optional_text("buyer")? {
        Some(buyer) if buyer.trim().is_empty() => Err(Rejection::field("buyer")),
        buyer => Ok(buyer),
    }
}

fn read_gift(mut fields: Fields) -> Result<Gift, Rejection> {
    let mut name = |field| fields.optional_message(field, GIFT_NAME_CHARS_MAX);
    let gift = Gift {
        to: name("to")?,
        from: name("from")?,
        message: fields.optional_message("message", GIFT_MESSAGE_CHARS_MAX)?,
        lang: fields.optional_text("lang")?,
    };
    for (field, value) in [("to", &gift.to), ("from", &gift.from)] {
        if value.as_ref().is_some_and(|name| name.trim().is_empty() || name.contains('\n')) {
            return Err(Rejection::field(&fields.name(field)));
        }
    }
    if gift.lang.as_ref().is_some_and(|lang| !matches!(lang.as_str(), "ar" | "en")) {
        return Err(Rejection::field(&fields.name("lang")));
    }
    fields.finish()?;
    Ok(gift)
}

/// What kind of card, where it is said.
pub(super) fn read_kind(fields: &mut Fields) -> Result<Option<Kind>, Rejection> {
    match fields.optional_text("kind")? {
        None => Ok(None),
        Some(name) => Kind::parse(&name).map(Some).ok_or_else(|| Rejection::field("kind")),
    }
}

/// Whose law it is under, where it is said.
pub(super) fn read_jurisdiction(fields: &mut Fields) -> Result<Option<String>, Rejection> {
    match fields.optional_text("jurisdiction")? {
        Some(place) if !Jurisdiction::is_code(&place) => Err(Rejection::field("jurisdiction")),
        place => Ok(place),
    }
}

/// What was said and what the programme says, which must be the same where both do.
fn agree<T: PartialEq + Copy>(said: Option<T>, program: Option<T>, field: &str) -> Result<Option<T>, Rejection> {
    match (said, program) {
        (Some(said), Some(program)) if said != program => Err(Rejection::field(field)),
        (said, program) => Ok(said.or(program)),
    }
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
    pub total: Option<Amount>,
    pub note: Note,
}

impl Redeem {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let (code, amount) = (fields.code("code")?, fields.amount_or_word("amount", "max")?);
        let (currency, total) = (fields.currency("currency")?, fields.optional_amount("total")?);
        if let (Some(amount), Some(total)) = (amount, total)
            && total < amount
        {
            return Err(Rejection::amount("total"));
        }
        let request = Self {
            code,
            amount: amount.map_or(Wanted::Max, Wanted::Exactly),
            currency,
            total,
            note: Note {
                reference: Some(fields.text("reference")?),
                location: fields.optional_text("location")?,
                total,
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

/// `POST /v1/console/sessions`: the console key and the code of the authenticator, as it was typed.
pub fn read_sign_in(mut fields: Fields) -> Result<(String, String), Rejection> {
    let factors = (fields.text("key")?, fields.text("totp")?);
    fields.finish()?;
    Ok(factors)
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
    let types = crate::event::TYPES;
    let events = fields.optional_texts("events", types.len(), &|wanted| types.contains(&wanted))?.unwrap_or_default();
    if events.iter().enumerate().any(|(place, wanted)| events.iter().take(place).any(|earlier| earlier == wanted)) {
        return Err(Rejection::field("events"));
    }
    fields.finish()?;
    Ok((url, events.join(",")))
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
