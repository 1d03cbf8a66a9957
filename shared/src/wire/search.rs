//! Finding cards: the request, and what is told of each card.

use super::json::Fields;
use crate::code::{ALPHABET, value_of};
use crate::digits::{Typed, read};
use crate::journal::Known;
use crate::limits::PAGE_ROWS_MAX;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;
use crate::time;
use serde::Serialize;

/// By what a card is found: each names a column of the book.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each")]
pub enum Way {
    Last4,
    Reference,
    Campaign,
    Recipient,
}

impl Way {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Last4, Self::Reference, Self::Campaign, Self::Recipient];

    /// The name of the field, and of the column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Last4 => "last4",
            Self::Reference => "reference",
            Self::Campaign => "campaign",
            Self::Recipient => "recipient",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// `POST /v1/gift-cards/search`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Search {
    pub way: Way,
    pub value: String,
    pub cursor: Option<String>,
    pub limit: usize,
}

impl Search {
    /// Reads the request. Exactly one of the ways must be there.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let mut wanted = None;
        for way in Way::ALL {
            let Some(value) = fields.optional_text(way.name())? else { continue };
            if wanted.is_some() {
                return Err(Rejection::field(way.name()));
            }
            let value = if way == Way::Last4 { read_last4(&value)? } else { value };
            wanted = Some((way, value));
        }
        let (way, value) = wanted.ok_or_else(|| Rejection::field(Way::Last4.name()))?;
        let most = u64::try_from(PAGE_ROWS_MAX).unwrap_or(u64::MAX);
        let limit = fields.optional_integer("limit", &(1..=most))?;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(PAGE_ROWS_MAX);
        let search = Self { way, value, cursor: fields.optional_text("cursor")?, limit };
        fields.finish()?;
        Ok(search)
    }
}

/// The last symbols of a code in any spelling: small letters, look-alikes, the digits of any keyboard.
fn read_last4(typed: &str) -> Result<String, Rejection> {
    let mut symbols = String::new();
    for character in typed.chars() {
        let symbol = match read(character) {
            Typed::Separator => continue,
            Typed::Symbol(symbol) => value_of(symbol).and_then(|value| ALPHABET.get(usize::from(value))),
            Typed::Foreign => None,
        };
        symbols.push(symbol.copied().map(char::from).ok_or_else(|| Rejection::field(Way::Last4.name()))?);
    }
    if symbols.len() == 4 { Ok(symbols) } else { Err(Rejection::field(Way::Last4.name())) }
}

/// A card that was found, as the book knows it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct FoundCard {
    pub id: String,
    pub last4: Option<String>,
    pub status: &'static str,
    pub kind: Kind,
    pub program: Option<String>,
    pub campaign: Option<String>,
    pub reference: Option<String>,
    pub currency: Currency,
    pub issued: Amount,
    pub available: Amount,
    pub held: Amount,
    pub created_at: String,
    pub expires_at: Option<String>,
}

impl FoundCard {
    /// The card as it is at `now_ms`. `last4` is empty where the book was never told.
    pub fn new(id: String, last4: String, known: Known, now_ms: u64) -> Self {
        let there = |text: String| if text.is_empty() { None } else { Some(text) };
        Self {
            id,
            last4: there(last4),
            status: known.status(now_ms).name(),
            kind: known.kind,
            program: there(known.program),
            campaign: there(known.campaign),
            reference: there(known.reference),
            currency: known.currency,
            issued: known.issued,
            available: known.available,
            held: known.held,
            created_at: time::write(known.created_at_ms),
            expires_at: known.expires_at_ms.map(time::write),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(body: &str) -> Result<Search, Rejection> {
        Search::read(Fields::read(body.as_bytes()).unwrap())
    }

    #[test]
    fn last_four_are_read_in_any_spelling() {
        for (typed, last4) in [("d5vv", "D5VV"), (" D5-VV ", "D5VV"), ("٥٥٥٥", "5555"), ("oil0", "0110")] {
            assert_eq!(search(&format!(r#"{{"last4":"{typed}"}}"#)).unwrap().value, last4, "{typed}");
        }
    }

    #[test]
    fn search_by_none_or_two_ways_is_refused_by_name() {
        for (body, field) in [
            ("{}", "last4"),
            (r#"{"last4":"D5V"}"#, "last4"),
            (r#"{"last4":"D5VVV"}"#, "last4"),
            (r#"{"last4":"D5Vد"}"#, "last4"),
            (r#"{"last4":"D5VV","campaign":"eid"}"#, "campaign"),
            (r#"{"campaign":"eid","recipient":"Sara"}"#, "recipient"),
            (r#"{"reference":7}"#, "reference"),
            (r#"{"reference":"a","limit":0}"#, "limit"),
            (r#"{"reference":"a","limit":101}"#, "limit"),
        ] {
            assert_eq!(search(body), Err(Rejection::field(field)), "{body}");
        }
        assert_eq!(search(r#"{"batch":"b","campaign":"eid"}"#).unwrap_err().code(), "unknown_field");
    }
}
