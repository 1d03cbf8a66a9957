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

    /// What it comes to when so much more is issued to that buyer on that day; `issued` says what counts already. All of it or nothing: refused with the first
    /// cap that would be passed, or with the field `buyer` where a cap needs one.
    pub fn reserve<'a, E: From<Rejection>>(
        &self,
        (buyer, day): (Option<&'a str>, &'a str),
        (amount, currency): (Amount, Currency),
        issued: impl Fn(&Count<'a>) -> Result<Amount, E>,
    ) -> Result<Vec<(Count<'a>, Amount)>, E> {
        if buyer.is_none() && self.speak_of_buyer() {
            return Err(Rejection::field("buyer").into());
        }
        let counts = self.counts(buyer.unwrap_or_default(), day);
        counts.map(|count| Ok((count, count.plus(issued(&count)?, amount, currency)?))).collect()
    }

    /// What is counted when something is issued to that buyer on that day.
    fn counts<'a>(&self, buyer: &'a str, day: &'a str) -> impl Iterator<Item = Count<'a>> {
        let whose = [("", day), (buyer, ""), (buyer, day)];
        let counts = self.named().into_iter().zip(whose);
        counts.filter_map(|((cap, most), (buyer, day))| most.map(|most| Count { cap, buyer, day, most }))
    }
}

impl Count<'_> {
    /// What it comes to when so much more is issued, or `limit_exceeded` with what may still be.
    fn plus(&self, issued: Amount, amount: Amount, currency: Currency) -> Result<Amount, Rejection> {
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
    fn all_caps_are_kept_together_or_nothing_counts() {
        let sar = Currency::parse("SAR").unwrap();
        let caps = Caps { day: Some(amount(500)), buyer: None, buyer_day: Some(amount(200)) };
        let reserve = |buyer, wanted, so_far: [u64; 2]| {
            let issued =
                |count: &Count<'_>| Ok::<_, Rejection>(amount(so_far[usize::from(count.cap == "caps.buyer_day")]));
            let counted = caps.reserve((buyer, "2026-11-22"), (amount(wanted), sar), issued)?;
            Ok(counted.into_iter().map(|(count, after)| (count.cap, after.minor())).collect::<Vec<_>>())
        };
        assert_eq!(reserve(Some("sara"), 150, [300, 50]), Ok(vec![("caps.day", 450), ("caps.buyer_day", 200)]));
        let exceeded = |cap, left| Err(Rejection::CapExceeded { cap, available: amount(left), currency: sar });
        assert_eq!(reserve(Some("sara"), 151, [300, 50]), exceeded("caps.buyer_day", 150));
        assert_eq!(reserve(Some("sara"), 201, [300, 0]), exceeded("caps.day", 200), "the first that would be passed");
        assert_eq!(reserve(None, 1, [0, 0]), Err(Rejection::field("buyer")), "nobody's is not everybody's");
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
