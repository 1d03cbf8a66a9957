//! What is left, in cash: on both sides of every bound and of every change.

use super::*;
use Kind::{Donated, PaidGift, Promo, RefundCredit, Reward};

/// Whether a balance is paid out of a card on which there were 100.00, or as many minor units.
fn pays(code: &str, day: &str, kind: Kind, balance: u64, of: &str) -> bool {
    match rules(code, day).cash_out(kind, minor(balance), minor(10_000), currency(of)) {
        Ok(()) => true,
        Err(Rejection::NotCashRedeemable { .. }) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn california_pays_below_ten_and_from_april_2026_below_fifteen() {
    for (day, balance, is_paid) in [
        ("2026-03-31", 999, true),
        ("2026-03-31", 1000, false),
        ("2026-03-31", 1499, false),
        ("2026-03-31T23:59:59.999Z", 1499, false),
        ("2026-04-01", 999, true),
        ("2026-04-01", 1000, true),
        ("2026-04-01", 1499, true),
        ("2026-04-01", 1500, false),
        ("2026-11-22", 1500, false),
        ("2007-12-31", 999, false),
        ("2008-01-01", 999, true),
    ] {
        assert_eq!(pays("US-CA", day, PaidGift, balance, "USD"), is_paid, "{day} {balance}");
    }
}

#[test]
fn every_place_pays_up_to_its_bound_and_no_further() {
    // The most that is paid of 100.00, on the first day and today.
    for (code, of, first_day, most) in [
        ("US-CO", "USD", "2010-08-11", 500),
        ("US-ME", "USD", "2008-11-01", 499),
        ("US-MT", "USD", "2006-01-01", 499),
        ("US-NJ", "USD", "2012-09-01", 499),
        ("US-NY", "USD", "2022-12-10", 499),
        ("US-OR", "USD", "2012-01-01", 499),
        ("US-RI", "USD", "2012-11-21", 99),
        ("US-VT", "USD", "2008-02-20", 99),
        ("US-WA", "USD", "2008-02-20", 499),
        ("US-MA", "USD", "2009-01-01", 1000),
        ("CA-QC", "CAD", "2010-06-30", 500),
    ] {
        for day in [first_day, "2026-11-22"] {
            assert!(pays(code, day, PaidGift, 1, of), "{code} {day}");
            assert!(pays(code, day, PaidGift, most, of), "{code} {day}");
            assert!(!pays(code, day, PaidGift, most + 1, of), "{code} {day}");
        }
        let day_before = time::day(at(first_day) - 1);
        assert!(!pays(code, &day_before, PaidGift, 1, of), "{code} {day_before}");
    }
}

#[test]
fn massachusetts_pays_five_dollars_or_when_nine_tenths_are_used() {
    let rules = rules("US-MA", "2026-11-22");
    let pays = |kind, balance, of: u64| rules.cash_out(kind, minor(balance), minor(of), currency("USD")).is_ok();
    assert!(pays(PaidGift, 500, 1000), "by the amount");
    assert!(!pays(PaidGift, 501, 1000), "by neither");
    assert!(pays(PaidGift, 10_000, 100_000), "by the share");
    assert!(!pays(PaidGift, 10_001, 100_000), "by neither");
    assert!(!pays(PaidGift, 1_001, 10_009), "a share is never rounded in anybody's favour");
    assert!(pays(RefundCredit, 500, 1000), "merchandise credit counts as a gift certificate there");
    assert!(!pays(Promo, 500, 1000));
    let most = crate::limits::AMOUNT_MAX;
    assert!(pays(PaidGift, most / 10, most), "nothing overflows");
    assert!(!pays(PaidGift, most / 10 + 1, most));
}

#[test]
fn places_without_such_a_rule_pay_nothing() {
    for (code, of) in [
        ("US", "USD"),
        ("CA-AB", "CAD"),
        ("CA-BC", "CAD"),
        ("CA-MB", "CAD"),
        ("CA-ON", "CAD"),
        ("DE", "EUR"),
        ("IE", "EUR"),
        ("SA", "SAR"),
        ("AE", "AED"),
        ("none", "SAR"),
    ] {
        assert!(!pays(code, "2026-11-22", PaidGift, 1, of), "{code}");
    }
}

#[test]
fn only_what_was_paid_for_is_paid_out() {
    for place in Jurisdiction::all() {
        for kind in [Promo, Reward, Donated] {
            for of in ["USD", "CAD", "EUR", "SAR", "AED"] {
                assert!(!pays(place.code(), "2026-11-22", kind, 1, of), "{place:?} {kind:?} {of}");
            }
        }
    }
    assert!(!pays("US-CA", "2026-11-22", RefundCredit, 1, "USD"));
}

#[test]
fn a_bound_counts_in_its_own_currency() {
    assert!(!pays("US-CA", "2026-11-22", PaidGift, 100, "CAD"));
    assert!(!pays("CA-QC", "2026-11-22", PaidGift, 100, "USD"));
    assert!(!pays("US-MA", "2026-11-22", PaidGift, 100, "EUR"));
}

#[test]
fn nothing_is_not_paid_out() {
    for code in ["US-CA", "US-CO", "US-MA", "CA-QC"] {
        let of = if code == "CA-QC" { "CAD" } else { "USD" };
        assert!(!pays(code, "2026-11-22", PaidGift, 0, of), "{code}");
    }
}

#[test]
fn a_refusal_names_the_row_that_was_looked_at() {
    let named = |code, kind| match rules(code, "2026-11-22").cash_out(kind, minor(9000), minor(9000), currency("USD")) {
        Err(Rejection::NotCashRedeemable { breach }) => breach.map(|breach| breach.rule()),
        other => panic!("{other:?}"),
    };
    assert_eq!(named("US-NY", PaidGift).as_deref(), Some("US-NY/cash_out/2022-12-10"));
    assert_eq!(named("US-NY", Promo).as_deref(), Some("US-NY/cash_out/2022-12-10"));
    assert_eq!(named("SA", PaidGift).as_deref(), Some("SA/cash_out/2026-11-20"));
    assert_eq!(named("DE", PaidGift), None);
    assert_eq!(named("none", Promo), None);
}

#[test]
fn ireland_leaves_more_than_a_euro_to_the_holder() {
    let takes = |day, kind, balance, of| rules("IE", day).check_remainder(kind, minor(balance), currency(of));
    assert_eq!(takes("2026-11-22", PaidGift, 100, "EUR"), Ok(()));
    assert_eq!(takes("2026-11-22", PaidGift, 101, "EUR").unwrap_err().rule(), "IE/remainder/2019-12-02");
    assert!(takes("2019-12-02", PaidGift, 101, "EUR").is_err());
    assert_eq!(takes("2019-12-01", PaidGift, 101, "EUR"), Ok(()));
    assert_eq!(takes("2026-11-22", PaidGift, 101, "USD"), Ok(()));
    assert_eq!(takes("2026-11-22", Promo, 101, "EUR"), Ok(()));
    for place in Jurisdiction::all().into_iter().filter(|place| place.code() != "IE") {
        let rules = Law::of(place, at("2026-11-22"));
        assert_eq!(rules.check_remainder(PaidGift, minor(101), currency("EUR")), Ok(()), "{place:?}");
    }
}
