//! How much may be issued of a programme: on a day, to one buyer, to one buyer on a day.
//!
//! What was issued is counted by whoever keeps the settings, under the names that [`Caps::counts`] gives, and only where there is a cap: a cap that is set later
//! counts from then on. Days are those of UTC, as in reports.

use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// The most that is issued of a programme, where there is such a bound.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Caps {
    /// On one day.
    pub day: Option<Amount>,
    /// To one buyer, for as long as the programme exists.
    pub buyer: Option<Amount>,
    /// To one buyer on one day.
    pub buyer_day: Option<Amount>,
}

/// What counts together, and how much of it there may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count<'a> {
    /// The name of the cap, as a path in the programme.
    pub cap: &'static str,
    /// Whose it is; everybody's when empty.
    pub buyer: &'a str,
    /// Of which day it is; of all when empty.
    pub day: &'a str,
    /// How much there may be.
    pub most: Amount,
}

impl Caps {
    /// Every cap with its path and its bound.
    pub fn named(&self) -> [(&'static str, Option<Amount>); 3] {
        [("caps.day", self.day), ("caps.buyer", self.buyer), ("caps.buyer_day", self.buyer_day)]
    }

    /// Whether a buyer must be named.
    pub fn speak_of_buyer(&self) -> bool {
        self.buyer.is_some() || self.buyer_day.is_some()
    }

    /// What is counted when something is issued to that buyer on that day.
    pub fn counts<'a>(&self, buyer: &'a str, day: &'a str) -> impl Iterator<Item = Count<'a>> {
        let whose = [("", day), (buyer, ""), (buyer, day)];
        let counts = self.named().into_iter().zip(whose);
        counts.filter_map(|((cap, most), (buyer, day))| most.map(|most| Count { cap, buyer, day, most }))
    }
}

impl Count<'_> {
    /// What it comes to when so much more is issued, or `limit_exceeded` with what may still be.
    pub fn plus(&self, issued: Amount, amount: Amount, currency: Currency) -> Result<Amount, Rejection> {
        let after = issued.plus(amount).filter(|after| *after <= self.most);
        after.ok_or_else(|| Rejection::CapExceeded {
            cap: self.cap,
            available: self.most.saturating_minus(issued),
            currency,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(minor: u64) -> Amount {
        Amount::new(minor).unwrap()
    }

    #[test]
    fn each_cap_counts_what_it_is_about() {
        let caps = Caps { day: Some(amount(500)), buyer: Some(amount(300)), buyer_day: Some(amount(200)) };
        let counts: Vec<_> =
            caps.counts("sara", "2026-11-22").map(|count| (count.cap, count.buyer, count.day)).collect();
        assert_eq!(
            counts,
            [("caps.day", "", "2026-11-22"), ("caps.buyer", "sara", ""), ("caps.buyer_day", "sara", "2026-11-22")]
        );
        let only_day = Caps { buyer: None, buyer_day: None, ..caps };
        assert_eq!(only_day.counts("", "2026-11-22").count(), 1);
        assert!(!only_day.speak_of_buyer());
    }

    #[test]
    fn cap_is_reached_and_never_passed() {
        let sar = Currency::parse("SAR").unwrap();
        let count = Count { cap: "caps.day", buyer: "", day: "2026-11-22", most: amount(500) };
        assert_eq!(count.plus(amount(400), amount(100), sar), Ok(amount(500)));
        let exceeded =
            |available| Rejection::CapExceeded { cap: "caps.day", available: amount(available), currency: sar };
        assert_eq!(count.plus(amount(400), amount(101), sar), Err(exceeded(100)));
        assert_eq!(count.plus(amount(600), amount(1), sar), Err(exceeded(0)), "a cap that was lowered");
        let most = Amount::new(crate::limits::AMOUNT_MAX).unwrap();
        assert!(Count { most, ..count }.plus(most, amount(1), sar).is_err());
    }
}
