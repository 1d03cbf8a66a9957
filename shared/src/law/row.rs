//! The data of the law: what one row of `law.json` says. Reading checks the shape; what depends on other rows is checked by the tests, since the data is
//! compiled in and cannot differ from what they saw. So a field that is not known is refused only there.

use super::disclosure::Disclosure;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use core::num::NonZeroU32;
use serde::Deserialize;
#[cfg(test)]
use serde::Serialize;

/// One rule of one place from one day on. It holds until a later row of the same place, subject and kind of card.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct Row {
    /// ISO 3166: a country, or one of its parts after a hyphen.
    pub jurisdiction: String,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub rule: Rule,
    /// Which cards it speaks of; none for what is not about cards one by one.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Vec::is_empty"))]
    pub kinds: Vec<Kind>,
    /// The first day, `YYYY-MM-DD`: when it came into force, or else the first day on which a source shows it in force.
    pub effective_from: String,
    /// Where it is written.
    pub source: String,
    /// When somebody last compared it with the source.
    pub reviewed_on: String,
    /// What the rule says beyond what is decided here.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub note: Option<String>,
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// How long a card must last.
    Expiry,
    /// When what is left may be had in cash.
    CashOut,
    /// What may not be taken away even when it is little.
    Remainder,
    /// When points may end.
    Points,
    /// What the holder must be told.
    Disclosure,
    /// When what nobody spent belongs to the state.
    UnclaimedProperty,
}

impl Subject {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::CashOut => "cash_out",
            Self::Remainder => "remainder",
            Self::Points => "points",
            Self::Disclosure => "disclosure",
            Self::UnclaimedProperty => "unclaimed_property",
        }
    }
}

/// What a rule says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Somebody looked and found nothing. It says more than no row at all.
    NoneFound,
    /// Expiry: a card may not expire.
    NoExpiry,
    /// Expiry: so many years from issue.
    YearsFromIssue(NonZeroU32),
    /// Expiry: so many years from issue or from the last time that it was loaded.
    YearsFromLoad(NonZeroU32),
    /// Expiry: so many years from the end of the year in which value was last put on it.
    YearsFromEndOfYear(NonZeroU32),
    /// Cash: what is left can be had while it is less.
    CashBelow(Little),
    /// Cash: what is left can be had while it is no more.
    CashAtMost(Little),
    /// Remainder: more than this stays usable, or is given to the holder.
    UsableAbove(Sum),
    /// Points: they may end, but never by time alone.
    Points(PointsRule),
    /// Disclosure: these must be told.
    Disclose(Vec<Disclosure>),
    /// Unclaimed property: to be reported after a time without use.
    ReportedAfter(Unclaimed),
    /// Unclaimed property: nothing to be reported.
    NotReported,
}

/// An amount of a currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct Sum {
    /// In minor units.
    pub amount: Amount,
    /// Of this currency, and of no other: nothing is converted.
    pub currency: Currency,
}

/// What counts as so little that it can be had in cash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct Little {
    /// In minor units.
    pub amount: Amount,
    /// Of this currency, and of no other: nothing is converted.
    pub currency: Currency,
    /// However much is left, once this share of what was put on the card is used.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub or_used_percent: Option<u8>,
}

/// When points may end. By time alone they never may where there is such a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct PointsRule {
    /// After at least so many years in which none were received or used; any time that was agreed without it.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub inactive_years: Option<NonZeroU32>,
    /// After a notice so many days before.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub notice_days: Option<NoticeDays>,
    /// A programme none of whose rewards is worth more need not keep to it. Nothing here knows what rewards are worth, so it is told and not decided.
    #[serde(default)]
    #[cfg_attr(test, serde(skip_serializing_if = "Option::is_none"))]
    pub exempt_up_to: Option<Sum>,
}

/// How long before the end a notice must be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct NoticeDays {
    /// Not earlier than so many days before.
    pub most: u32,
    /// Not later than so many days before.
    pub least: u32,
}

/// When unspent value is reported to the state. It is told to those who report; no card changes by it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize), serde(deny_unknown_fields))]
pub struct Unclaimed {
    /// Years without use.
    pub years: NonZeroU32,
    /// The share of the value that is reported.
    pub percent: u8,
}
