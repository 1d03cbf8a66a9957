//! What the law of a place asks of gift cards and points, as dated data. It is not legal advice.
//!
//! In scope: the rows of `law.json`, which of them are in force on a day, and the decisions that follow: how long a card must last, when what is left may
//! be had in cash, when points may end, what must be told. A part of a country falls back to its country for what it does not say itself.
//!
//! Out of scope, on purpose: fees (there are none, so no rule can be broken: a setting that names one is refused), tax, conversion of currencies, and
//! whose law it is: a programme names its place. A place without rows is [`Jurisdiction::NONE`], and there nothing is forbidden but cash.
//!
//! Days are those of UTC: a rule begins at 00:00 UTC of its first day everywhere, some hours off the local midnight. Years are counted from the moment, to the
//! same moment of a later year, so they are never too short in any zone.
//!
//! Left out because no source confirmed it: the rules of the United Kingdom, the notice of PSD2's limited networks, places that paid out small
//! balances later than the tables that were read (Connecticut, Puerto Rico), and whether Ontario's Bill 46 of 2025 is in force. Conditions that would only
//! let a shop refuse (used once, redeemed in person) are told and not decided: to pay out more than must be breaks no rule.
//!
//! The table is parsed once in an isolate's life. It is compiled in, and the tests parse the same bytes, so it cannot be unreadable; a test
//! demands every place by its code.

pub mod card;
mod disclosure;
mod jurisdiction;
mod points;
mod row;

pub use disclosure::Disclosure;
pub use jurisdiction::Jurisdiction;
pub use points::{Cause, Held, HeldReason, PointsEnd};
pub use row::{Little, NoticeDays, PointsRule, Row, Rule, Subject, Sum, Unclaimed};

use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;
use crate::time;
use crate::wire::document;
use std::sync::OnceLock;

/// Every rule, in the order of the file.
pub fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| document::read(include_bytes!("law.json")).unwrap_or_default())
}

/// A rule that something would break: the row by which it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Breach {
    /// Whose rule it is. It may be that of the country.
    pub jurisdiction: Jurisdiction,
    /// What it is about.
    pub subject: Subject,
    /// Its first day.
    pub effective_from: &'static str,
    /// Where it is written.
    pub source: &'static str,
}

impl Breach {
    fn of(row: &'static Row) -> Self {
        let Row { jurisdiction, subject, effective_from, source, .. } = row;
        Self { jurisdiction: Jurisdiction::of_row(jurisdiction), subject: *subject, effective_from, source }
    }

    /// The name of the rule: `US-CA/cash_out/2026-04-01`.
    pub fn rule(&self) -> String {
        format!("{}/{}/{}", self.jurisdiction.code(), self.subject.name(), self.effective_from)
    }
}

/// The earliest that a card may expire. The greater of two asks for more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Floor {
    /// Not before this moment.
    Until(u64),
    /// Never.
    NoExpiry,
}

/// Where to begin.
#[derive(Clone, Copy, Debug)]
pub struct Law;

impl Law {
    /// The rules of a place at a moment.
    pub fn of(jurisdiction: Jurisdiction, at_ms: u64) -> Rules {
        Rules { jurisdiction, day: time::day(at_ms) }
    }
}

/// The rules of a place on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    jurisdiction: Jurisdiction,
    day: String,
}

impl Rules {
    /// The earliest that a card may expire; `None` where the law asks for nothing.
    pub fn expiry_floor(&self, kind: Kind, issued_at_ms: u64, last_loaded_at_ms: Option<u64>) -> Option<Floor> {
        self.expiry(kind, issued_at_ms, last_loaded_at_ms).map(|(floor, _)| floor)
    }

    /// Whether a card may expire at that moment; without one it always may.
    ///
    /// What counts is the law of the day on which value was last put on the card: rules of this kind say "sold on or after". Both the part and its
    /// country must be kept to, so the later of the two floors holds.
    pub fn check_expiry(
        &self,
        kind: Kind,
        issued_at_ms: u64,
        last_loaded_at_ms: Option<u64>,
        expires_at_ms: Option<u64>,
    ) -> Result<(), Breach> {
        match (expires_at_ms, self.expiry(kind, issued_at_ms, last_loaded_at_ms)) {
            (Some(at_ms), Some((floor, row))) if Floor::Until(at_ms) < floor => Err(Breach::of(row)),
            _ => Ok(()),
        }
    }

    /// Whether what is left may be had in cash. `loaded_total` is all that was ever put on the card. Refusal: `not_cash_redeemable`, which names the row
    /// that was looked at, if there is one. What nobody paid for is never paid out: no row of this subject speaks of such cards, and a test keeps it so.
    pub fn cash_out(
        &self,
        kind: Kind,
        balance: Amount,
        loaded_total: Amount,
        currency: Currency,
    ) -> Result<(), Rejection> {
        let row = self.in_force(Subject::CashOut, Some(kind));
        let is_little = row.is_some_and(|row| match &row.rule {
            Rule::CashBelow(little) => little.takes(balance < little.amount, balance, loaded_total, currency),
            Rule::CashAtMost(little) => little.takes(balance <= little.amount, balance, loaded_total, currency),
            _ => false,
        });
        if is_little && !balance.is_zero() {
            return Ok(());
        }
        let looked_at = row.or_else(|| self.in_force(Subject::CashOut, Some(Kind::PaidGift)));
        Err(Rejection::NotCashRedeemable { breach: looked_at.map(Breach::of) })
    }

    /// Whether what is left may be taken away without giving it to the holder.
    pub fn check_remainder(&self, kind: Kind, balance: Amount, currency: Currency) -> Result<(), Breach> {
        match self.in_force(Subject::Remainder, Some(kind)) {
            Some(row) if matches!(&row.rule, Rule::UsableAbove(sum) if sum.currency == currency && balance > sum.amount) => {
                Err(Breach::of(row))
            }
            _ => Ok(()),
        }
    }

    /// What a holder must be told, by the part and by its country.
    pub fn disclosures(&self, kind: Kind) -> Vec<Disclosure> {
        let rows = [
            self.own(Subject::Disclosure, Some(kind), &self.day),
            self.country(Subject::Disclosure, Some(kind), &self.day),
        ];
        // In their own order, each once; sorting a handful would bring four kilobytes of the standard library's sort into the Worker.
        let is_told = |one: &Disclosure| {
            let says = |row: &&Row| matches!(&row.rule, Rule::Disclose(told) if told.contains(one));
            rows.iter().flatten().any(says)
        };
        Disclosure::ALL.into_iter().filter(is_told).collect()
    }

    /// The names of those that are told where the card pays.
    pub fn told_at_checkout(&self, kind: Kind) -> Vec<String> {
        let told = self.disclosures(kind);
        told.iter()
            .filter(|disclosure| disclosure.is_told_at_checkout())
            .map(|disclosure| disclosure.name().into())
            .collect()
    }

    /// When unspent value is reported to the state; `None` where no rule is known or nothing is reported.
    pub fn unclaimed(&self) -> Option<Unclaimed> {
        self.unclaimed_by().map(|(unclaimed, _)| unclaimed)
    }

    /// The same, with the row that says so.
    pub fn unclaimed_by(&self) -> Option<(Unclaimed, Breach)> {
        let row = self.in_force(Subject::UnclaimedProperty, None)?;
        match row.rule {
            Rule::ReportedAfter(unclaimed) => Some((unclaimed, Breach::of(row))),
            _ => None,
        }
    }

    fn expiry(&self, kind: Kind, issued_at_ms: u64, loaded_at_ms: Option<u64>) -> Option<(Floor, &'static Row)> {
        let loaded_at_ms = loaded_at_ms.unwrap_or_default().max(issued_at_ms);
        let sold = time::day(loaded_at_ms);
        let floor = |row: &'static Row| match row.rule {
            Rule::NoExpiry => Some((Floor::NoExpiry, row)),
            Rule::YearsFromIssue(years) => Some((Floor::Until(time::years_after(issued_at_ms, years.get())), row)),
            Rule::YearsFromLoad(years) => Some((Floor::Until(time::years_after(loaded_at_ms, years.get())), row)),
            Rule::YearsFromEndOfYear(years) => {
                Some((Floor::Until(time::years_after(time::next_year(loaded_at_ms), years.get())), row))
            }
            _ => None,
        };
        let own = self.own(Subject::Expiry, Some(kind), &sold).and_then(floor);
        let country = self.country(Subject::Expiry, Some(kind), &sold).and_then(floor);
        // Of equals the last is taken, and that is the place's own.
        country.into_iter().chain(own).max_by_key(|(floor, _)| *floor)
    }

    /// The row that holds today: that of the place, or that of its country.
    fn in_force(&self, subject: Subject, kind: Option<Kind>) -> Option<&'static Row> {
        self.own(subject, kind, &self.day).or_else(|| self.country(subject, kind, &self.day))
    }

    fn own(&self, subject: Subject, kind: Option<Kind>, day: &str) -> Option<&'static Row> {
        latest(self.jurisdiction.code(), subject, kind, day)
    }

    fn country(&self, subject: Subject, kind: Option<Kind>, day: &str) -> Option<&'static Row> {
        latest(self.jurisdiction.country()?, subject, kind, day)
    }
}

impl Little {
    /// Whether a rule with this bound lets the balance be had: by the amount, or by the share that is used.
    fn takes(&self, is_in_bound: bool, balance: Amount, loaded_total: Amount, currency: Currency) -> bool {
        let is_used_up = |used_percent: u8| {
            let left_percent = u128::from(100_u8.saturating_sub(used_percent));
            u128::from(balance.minor()).saturating_mul(100)
                <= u128::from(loaded_total.minor()).saturating_mul(left_percent)
        };
        currency == self.currency && (is_in_bound || self.or_used_percent.is_some_and(is_used_up))
    }
}

/// The row of a code that holds on a day. Days of four-digit years compare as texts.
fn latest(code: &str, subject: Subject, kind: Option<Kind>, day: &str) -> Option<&'static Row> {
    let is_meant = |row: &&Row| {
        row.jurisdiction == code && row.subject == subject && kind.is_none_or(|kind| row.kinds.contains(&kind))
    };
    rows().iter().filter(is_meant).filter(|row| *row.effective_from <= *day).max_by_key(|row| &row.effective_from)
}

#[cfg(test)]
mod tests;
