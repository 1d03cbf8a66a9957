//! The coverage bar: the order's total as one line, each tender's share in its colour, what remains hatched.
//!
//! A share lies over the whole bar and is clipped to its place, so animating it moves no box, and nothing counts as a layout shift. For those who do
//! not see it the bar is one image with a sentence.

use crate::copy::{self, Figures, Language, pick};
use crate::locale::Locale;
use crate::state::Shown;
use shared::money::Amount;

/// The bar is drawn in this many steps: more than pixels on any screen.
const STEPS: u64 = 10_000;

/// How many steps of the bar an amount is. Amounts that would overflow lose bits that no screen shows.
pub(super) fn steps(amount: Amount, total: Amount) -> u32 {
    let surplus = u64::BITS.saturating_sub(total.minor().leading_zeros()).saturating_sub(48);
    let scaled = |amount: Amount| amount.minor() >> surplus;
    let steps = scaled(amount).saturating_mul(STEPS).checked_div(scaled(total)).unwrap_or(0).min(STEPS);
    u32::try_from(steps).unwrap_or_default()
}

/// The bar in words: each card with what it pays, then what remains.
pub(super) fn described(shown: &Shown<'_>, locale: &Locale) -> String {
    let title = pick(copy::REMAINING, locale.language());
    let Some(remaining) = shown.remaining() else { return title.into() };
    let comma = match locale.language() {
        Language::English => ", ",
        Language::Arabic => "، ",
    };
    let mut text = String::new();
    for row in &shown.rows {
        let points = row.points.map(|points| copy::so_many(points, locale));
        let name = points.unwrap_or_else(|| copy::isolated(&row.tender.last4));
        for piece in [&name, " ", &locale.amount(row.applied), comma] {
            text.push_str(piece);
        }
    }
    for piece in [title, " ", &locale.amount(remaining)] {
        text.push_str(piece);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::limits::AMOUNT_MAX;

    #[test]
    fn steps_are_exact_enough_up_to_the_largest_amount() {
        let amount = |minor| Amount::new(minor).unwrap();
        for (part, total, expected) in [
            (0, 0, 0),
            (0, 25_000, 0),
            (10_000, 25_000, 4_000),
            (25_000, 25_000, STEPS),
            (30_000, 25_000, STEPS),
            (AMOUNT_MAX / 2, AMOUNT_MAX, 4_999),
            (AMOUNT_MAX, AMOUNT_MAX, STEPS),
        ] {
            assert_eq!(u64::from(steps(amount(part), amount(total))), expected, "{part} of {total}");
        }
    }
}
