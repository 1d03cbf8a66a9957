//! What a shop may do with a card besides taking from it: as it is asked for, and as the Worker asks the card.

use super::json::Fields;
use super::request::Note;
use crate::card::{Command, Successor};
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// What a shop may do with a card, by the last part of the path: `POST /v1/gift-cards/{gc}/{verb}`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum CardVerb {
    Activate,
    Freeze,
    Unfreeze,
    Erase,
    Load,
    Extend,
    CashOut,
    Adjust,
    Cancel,
    Replace,
}

impl CardVerb {
    /// The name in paths, and what tells its requests from others on the same card.
    pub fn name(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::Erase => "erase",
            Self::Load => "load",
            Self::Extend => "extend",
            Self::CashOut => "cash-out",
            Self::Adjust => "adjust",
            Self::Cancel => "cancel",
            Self::Replace => "replace",
        }
    }

    /// Reads the request. `to` is the card that takes this one's place, which only the Worker can name.
    pub fn read(self, mut fields: Fields, to: Option<Successor>) -> Result<(CardAct, Note), Rejection> {
        let act = match self {
            Self::Activate => CardAct::Activate,
            Self::Freeze => CardAct::Freeze,
            Self::Unfreeze => CardAct::Unfreeze,
            Self::Erase => CardAct::Erase,
            Self::Load => CardAct::Load {
                amount: fields.amount("amount")?,
                currency: fields.currency("currency")?,
                expires_at_ms: fields.optional_time_ms("expires_at")?,
            },
            Self::Extend => CardAct::Extend { expires_at_ms: fields.time_ms_or_word("expires_at", "never")? },
            Self::CashOut => CardAct::CashOut,
            Self::Adjust => {
                let (amount, currency) = (fields.amount("amount")?, fields.currency("currency")?);
                match fields.text("direction")?.as_str() {
                    "credit" => CardAct::AdjustIn { amount, currency },
                    "debit" => CardAct::AdjustOut { amount, currency },
                    _ => return Err(Rejection::field("direction")),
                }
            }
            Self::Cancel => CardAct::Cancel,
            Self::Replace => CardAct::Replace { to: to.ok_or(Rejection::NotFound)? },
        };
        // Nobody corrects a balance without saying why.
        let reason = match self {
            Self::Adjust => Some(fields.text("reason")?),
            _ => fields.optional_text("reason")?,
        };
        let takes_reference = matches!(self, Self::Load | Self::CashOut | Self::Adjust | Self::Cancel);
        let note = Note {
            reference: if takes_reference { fields.optional_text("reference")? } else { None },
            location: fields.optional_text("location")?,
            reason,
            ..Note::default()
        };
        fields.finish()?;
        Ok((act, note))
    }
}

/// The act itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are those of `card::Command`")]
pub enum CardAct {
    Activate,
    Freeze,
    Unfreeze,
    Erase,
    Load { amount: Amount, currency: Currency, expires_at_ms: Option<u64> },
    Extend { expires_at_ms: Option<u64> },
    CashOut,
    AdjustIn { amount: Amount, currency: Currency },
    AdjustOut { amount: Amount, currency: Currency },
    Cancel,
    Replace { to: Successor },
}

impl From<CardAct> for Command {
    fn from(act: CardAct) -> Self {
        match act {
            CardAct::Activate => Self::Activate,
            CardAct::Freeze => Self::Freeze,
            CardAct::Unfreeze => Self::Unfreeze,
            CardAct::Erase => Self::Erase,
            CardAct::Load { amount, currency, expires_at_ms } => Self::Load { amount, currency, expires_at_ms },
            CardAct::Extend { expires_at_ms } => Self::Extend { expires_at_ms },
            CardAct::CashOut => Self::CashOut,
            CardAct::AdjustIn { amount, currency } => Self::AdjustIn { amount, currency },
            CardAct::AdjustOut { amount, currency } => Self::AdjustOut { amount, currency },
            CardAct::Cancel => Self::Cancel,
            CardAct::Replace { to } => Self::Replace { to },
        }
    }
}
