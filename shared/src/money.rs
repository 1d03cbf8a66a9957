//! Currencies and amounts in minor units.
//!
//! Amounts are integers; nothing here divides money without saying where the rest goes. No floats, no conversion between currencies.

use crate::limits::AMOUNT_MAX;
use core::fmt;
use serde::{Deserialize, Serialize};

/// ISO 4217 currencies by the number of digits after the point (List One, 2024 amendments); codes follow one another without separators.
/// Funds codes and metals are left out: nobody issues a gift card in them.
const EXPONENT_0: &str = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXVNDVUVXAFXOFXPF";
const EXPONENT_3: &str = "BHDIQDJODKWDLYDOMRTND";
const EXPONENT_2: &str = "AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBGNBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHFCNYCOPCRCCUPCVECZKDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSLMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUYUUZSVEDVESWSTXCDYERZARZMWZWG";

/// A piece of one of the lists. It has a name since serde would take a reference for one into what is read.
type Listed = &'static str;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: Listed,
    exponent: u8,
}

impl Currency {
    /// Reads an ISO 4217 code in capitals; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let listed = |(list, exponent): (&'static str, u8)| {
            let place = list.as_bytes().chunks_exact(3).position(|entry| entry == text.as_bytes())?.saturating_mul(3);
            Some(Self { code: list.get(place..place.saturating_add(3))?, exponent })
        };
        [(EXPONENT_2, 2), (EXPONENT_3, 3), (EXPONENT_0, 0)].into_iter().find_map(listed)
    }

    /// The three letters.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Digits after the point: 0, 2 or 3.
    pub fn exponent(self) -> u8 {
        self.exponent
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an ISO 4217 currency")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().into()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A count of minor units (or of points), 0 to 2⁵³ − 1. It carries no currency: the card or checkout it belongs to has exactly one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `None` above [`AMOUNT_MAX`].
    pub const fn new(minor: u64) -> Option<Self> {
        if minor <= AMOUNT_MAX { Some(Self(minor)) } else { None }
    }

    /// The number of minor units.
    pub const fn minor(self) -> u64 {
        self.0
    }

    /// The same as a signed number, for storage that knows no other.
    pub const fn signed(self) -> i64 {
        self.0.cast_signed()
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `None` above [`AMOUNT_MAX`].
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::new)
    }

    /// `None` below zero.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// What is left after `other`, never below zero.
    pub fn saturating_minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `None` when the sum leaves the range.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The amount as a decimal with the currency's digits after the point: `25000` SAR is `250.00`. For people and for `Intl.NumberFormat`, which
    /// takes decimal strings exactly.
    pub fn decimal(self, currency: Currency) -> String {
        let digits = self.0.to_string();
        let places = usize::from(currency.exponent());
        if places == 0 {
            return digits;
        }
        let mut text = String::with_capacity(digits.len().saturating_add(4));
        for _ in digits.len()..=places {
            text.push('0');
        }
        text.push_str(&digits);
        text.insert(text.len().saturating_sub(places), '.');
        text
    }
}

impl TryFrom<u64> for Amount {
    type Error = &'static str;

    fn try_from(minor: u64) -> Result<Self, Self::Error> {
        Self::new(minor).ok_or("above 2^53 - 1")
    }
}

impl From<Amount> for u64 {
    fn from(amount: Amount) -> Self {
        amount.minor()
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Splits `total` in proportion to `weights` by the largest remainder: the parts always add up to `total`, none differs from its exact share by a
/// whole unit, and equal remainders go to the earlier part. All weights zero: everything stays unallocated and the parts are zero.
pub fn allocate(total: Amount, weights: &[u64]) -> Vec<Amount> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let mut parts: Vec<(u64, u128)> = weights
        .iter()
        .map(|weight| {
            let share = u128::from(total.0).saturating_mul(u128::from(*weight));
            let whole = share.checked_div(sum).unwrap_or(0);
            (u64::try_from(whole).unwrap_or(u64::MAX), share.checked_rem(sum).unwrap_or(0))
        })
        .collect();
    let mut rest = if sum == 0 { 0 } else { total.0.saturating_sub(parts.iter().map(|(whole, _)| whole).sum()) };
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| core::cmp::Reverse(parts.get(*index).map(|(_, remainder)| *remainder)));
    for index in order {
        if let (1.., Some((whole, _))) = (rest, parts.get_mut(index)) {
            *whole = whole.saturating_add(1);
            rest = rest.saturating_sub(1);
        }
    }
    parts.into_iter().map(|(whole, _)| Amount(whole)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn currency_has_the_iso_exponent() {
        for (code, exponent) in
            [("SAR", 2), ("USD", 2), ("KWD", 3), ("BHD", 3), ("OMR", 3), ("JOD", 3), ("TND", 3), ("JPY", 0)]
        {
            assert_eq!(currency(code).exponent(), exponent, "{code}");
        }
    }

    #[test]
    fn currency_refuses_what_iso_does_not_list() {
        for text in ["", "SA", "sar", "SARR", "XXX", "ARS ", "EDA", "€€€"] {
            assert_eq!(Currency::parse(text), None, "{text}");
        }
    }

    #[test]
    fn decimal_has_the_currency_s_digits() {
        for (minor, code, text) in [
            (25_000, "SAR", "250.00"),
            (5, "SAR", "0.05"),
            (0, "SAR", "0.00"),
            (1, "KWD", "0.001"),
            (1_234, "KWD", "1.234"),
            (150, "JPY", "150"),
            (AMOUNT_MAX, "SAR", "90071992547409.91"),
        ] {
            assert_eq!(Amount::new(minor).unwrap().decimal(currency(code)), text);
        }
    }

    #[test]
    fn amount_never_leaves_its_range() {
        let most = Amount::new(AMOUNT_MAX).unwrap();
        assert_eq!(Amount::new(AMOUNT_MAX + 1), None);
        assert_eq!(most.plus(Amount(1)), None);
        assert_eq!(Amount(1).minus(Amount(2)), None);
        assert_eq!(Amount::sum([most, Amount(1)]), None);
    }

    #[test]
    fn allocate_gives_equal_remainders_to_the_earlier_part() {
        let parts = |total, weights: &[u64]| {
            allocate(Amount(total), weights).iter().map(|part| part.minor()).collect::<Vec<_>>()
        };
        assert_eq!(parts(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(parts(1, &[1, 1]), [1, 0]);
        assert_eq!(parts(7, &[0, 0]), [0, 0]);
        assert_eq!(parts(7, &[]), [] as [u64; 0]);
    }

    proptest! {
        #[test]
        fn allocate_adds_up_and_is_fair(total in 0..=AMOUNT_MAX, weights in prop::collection::vec(0..=AMOUNT_MAX, 1..12)) {
            let parts = allocate(Amount(total), &weights);
            let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            prop_assume!(sum > 0);
            prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<u64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = u128::from(total) * u128::from(*weight);
                let got = u128::from(part.minor()) * sum;
                prop_assert!(got.abs_diff(exact) < sum);
            }
        }
    }
}
