//! A refusal as it crosses boundaries: the stable code with the facts that help. The edge adds type, title and status (RFC 9457).

use super::answer::Quote;
use crate::law::Breach;
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use crate::time;
use serde::{Deserialize, Serialize};

/// The part of a problem document that is the same for people, objects and rows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// Whether the same request may succeed later without anybody changing it.
    pub retryable: bool,
    /// Which field is at fault.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// Which version of the settings is the newest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub version: Option<u64>,
    /// What the card has, where the asker may know; of a cap, what may still be issued.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub available: Option<Amount>,
    /// What the card, order or cap is in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub currency: Option<Currency>,
    /// Since when it is over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expired_at: Option<String>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_seconds: Option<u64>,
    /// Which card it is about, where the asker may know.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gift_card: Option<String>,
    /// Which tender was declined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub leg: Option<String>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<String>,
    /// What an order must come to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub minimum: Option<Amount>,
    /// Which rule of law it is by: place, subject and first day, as in `law.json`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule: Option<String>,
    /// Where that rule is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// What applies now. Only the coordinator tells it, whose answers are handed on as they are, so nobody reads it.
    #[serde(skip_serializing_if = "Option::is_none", skip_deserializing)]
    pub quote: Option<Quote>,
}

impl From<&Rejection> for Problem {
    fn from(rejection: &Rejection) -> Self {
        let mut problem = Self {
            code: rejection.code().into(),
            retryable: rejection.retryable(),
            field: None,
            version: None,
            available: None,
            currency: None,
            expired_at: None,
            retry_after_seconds: None,
            gift_card: None,
            leg: None,
            cause: None,
            minimum: None,
            rule: None,
            source: None,
            quote: None,
        };
        match rejection {
            Rejection::FieldInvalid { field }
            | Rejection::AmountInvalid { field }
            | Rejection::UnknownField { field }
            | Rejection::FeeNotAllowed { field }
            | Rejection::ProgramRemoved { field }
            | Rejection::OldCodeDoubled { field } => problem.field = Some(field.clone()),
            Rejection::AlreadyExchanged { card } => problem.gift_card = Some(card.clone()),
            Rejection::SettingsConflict { version } => problem.version = Some(*version),
            Rejection::CurrencyMismatch { currency } => problem.currency = Some(*currency),
            Rejection::CardExpired { expired_at_ms } => problem.expired_at = Some(time::write(*expired_at_ms)),
            Rejection::CardHeldElsewhere { retry_after_seconds } | Rejection::QuotaExceeded { retry_after_seconds } => {
                problem.retry_after_seconds = Some(*retry_after_seconds)
            }
            Rejection::MinSpendNotMet { minimum } => problem.minimum = Some(*minimum),
            Rejection::CapExceeded { cap, available, currency } => {
                (problem.field, problem.available) = (Some((*cap).into()), Some(*available));
                problem.currency = Some(*currency);
            }
            Rejection::InsufficientBalance { available } => problem.available = Some(*available),
            Rejection::ExpiryTooShort { field, breach } => {
                problem.field = Some(field.clone());
                breach.iter().for_each(|breach| problem.name_rule(breach));
            }
            Rejection::NotCashRedeemable { breach: Some(breach) } => problem.name_rule(breach),
            Rejection::TenderDeclined { leg, cause } => {
                problem.leg = Some(leg.clone());
                problem.cause = Some(cause.clone());
            }
            Rejection::OperationInProgress | Rejection::Overloaded | Rejection::SigningUnavailable => {
                problem.retry_after_seconds = Some(1)
            }
            _ => {}
        }
        problem
    }
}

impl Problem {
    fn name_rule(&mut self, breach: &Breach) {
        self.rule = Some(breach.rule());
        self.source = Some(breach.source.into());
    }
}
