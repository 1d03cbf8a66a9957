//! How long a card must last, on both sides of the moment.

use super::*;
use Kind::{Donated, PaidGift, Promo, RefundCredit, Reward};

const ISSUED: &str = "2026-11-22T15:00:00Z";

fn floor(code: &str, kind: Kind, issued: &str, loaded: Option<&str>) -> Option<Floor> {
    rules(code, issued).expiry_floor(kind, at(issued), loaded.map(at))
}

fn until(text: &str) -> Option<Floor> {
    Some(Floor::Until(at(text)))
}

#[test]
fn every_place_has_its_floor_for_a_card_that_was_sold() {
    let none = Some(Floor::NoExpiry);
    let five = until("2031-11-22T15:00:00Z");
    let of = [
        ("AE", None),
        ("CA-AB", none),
        ("CA-BC", none),
        ("CA-MB", none),
        ("CA-ON", none),
        ("CA-QC", none),
        ("DE", until("2030-01-01")),
        ("IE", five),
        ("SA", None),
        ("US", five),
        ("US-CA", none),
        ("US-CO", five),
        ("US-MA", until("2033-11-22T15:00:00Z")),
        ("US-ME", none),
        ("US-MT", none),
        ("US-NJ", five),
        ("US-NY", until("2035-11-22T15:00:00Z")),
        ("US-OR", none),
        ("US-RI", none),
        ("US-VT", five),
        ("US-WA", none),
    ];
    let visited: Vec<&str> = of.iter().map(|(code, _)| *code).collect();
    assert_eq!(visited, Jurisdiction::all().into_iter().map(Jurisdiction::code).collect::<Vec<_>>());
    for (code, expected) in of.into_iter().chain([("none", None)]) {
        assert_eq!(floor(code, PaidGift, ISSUED, None), expected, "{code}");
        let check = |expires| rules(code, ISSUED).check_expiry(PaidGift, at(ISSUED), None, expires);
        assert_eq!(check(None), Ok(()), "{code}");
        match expected {
            None => assert_eq!(check(Some(at(ISSUED) + 1)), Ok(()), "{code}"),
            Some(Floor::NoExpiry) => assert!(check(Some(at("9999-01-01"))).is_err(), "{code}"),
            Some(Floor::Until(at_ms)) => {
                assert_eq!(check(Some(at_ms)), Ok(()), "{code}");
                assert!(check(Some(at_ms - 1)).is_err(), "{code}");
                assert!(check(Some(at_ms - 86_400_000)).is_err(), "{code}");
            }
        }
    }
}

#[test]
fn what_was_not_sold_may_expire() {
    for place in Jurisdiction::all() {
        for kind in [Promo, Reward, Donated] {
            assert_eq!(floor(place.code(), kind, ISSUED, None), None, "{place:?} {kind:?}");
            assert_eq!(Law::of(place, at(ISSUED)).check_expiry(kind, at(ISSUED), None, Some(at(ISSUED) + 1)), Ok(()));
        }
    }
    assert_eq!(floor("US-CA", RefundCredit, ISSUED, None), None);
    assert_eq!(floor("US-MA", RefundCredit, ISSUED, None), until("2033-11-22T15:00:00Z"));
}

#[test]
fn a_load_begins_the_five_years_again_where_the_country_says_so() {
    let loaded = Some("2030-06-01T08:00:00Z");
    assert_eq!(floor("US", PaidGift, ISSUED, loaded), until("2035-06-01T08:00:00Z"));
    assert_eq!(floor("US-CO", PaidGift, ISSUED, loaded), until("2035-06-01T08:00:00Z"));
    assert_eq!(floor("IE", PaidGift, ISSUED, loaded), until("2031-11-22T15:00:00Z"));
    assert_eq!(floor("DE", PaidGift, ISSUED, loaded), until("2034-01-01"));
}

#[test]
fn the_later_of_the_parts_and_the_countrys_floor_holds() {
    let named = |code: &str, loaded, expires| {
        rules(code, ISSUED)
            .check_expiry(PaidGift, at(ISSUED), Some(at(loaded)), Some(at(expires)))
            .map_err(|breach| breach.rule())
    };
    assert_eq!(floor("US-MA", PaidGift, ISSUED, Some("2027-01-01")), until("2033-11-22T15:00:00Z"));
    assert_eq!(named("US-MA", "2027-01-01", "2033-11-22"), Err("US-MA/expiry/2003-04-01".into()));
    assert_eq!(floor("US-MA", PaidGift, ISSUED, Some("2030-01-01")), until("2035-01-01"));
    assert_eq!(named("US-MA", "2030-01-01", "2034-12-31"), Err("US/expiry/2010-08-22".into()));
    assert_eq!(named("US-MA", "2030-01-01", "2035-01-01"), Ok(()));
    assert_eq!(floor("US-WA", PaidGift, ISSUED, Some("2030-01-01")), Some(Floor::NoExpiry));
    assert_eq!(named("US-WA", "2030-01-01", "9999-01-01"), Err("US-WA/expiry/2005-01-01".into()));
}

#[test]
fn the_law_is_that_of_the_day_of_the_sale() {
    for (code, last_day_before, before, first_day, from) in [
        ("US", "2010-08-21", None, "2010-08-22", until("2015-08-22")),
        ("US-NY", "2022-12-09", until("2027-12-09"), "2022-12-10", until("2031-12-10")),
        ("US-MA", "2003-03-31", None, "2003-04-01", until("2010-04-01")),
        ("US-CA", "1996-12-31", None, "1997-01-01", Some(Floor::NoExpiry)),
        ("CA-ON", "2007-09-30", None, "2007-10-01", Some(Floor::NoExpiry)),
        ("CA-QC", "2010-06-29", None, "2010-06-30", Some(Floor::NoExpiry)),
        ("IE", "2019-12-01", None, "2019-12-02", until("2024-12-02")),
        ("DE", "2008-01-16", None, "2008-01-17", until("2012-01-01")),
    ] {
        // Asked today: what is asked about is the sale.
        let asked = |sold: &str| rules(code, "2026-11-22").expiry_floor(PaidGift, at(sold), None);
        assert_eq!(asked(last_day_before), before, "{code}");
        assert_eq!(asked(first_day), from, "{code}");
    }
}

#[test]
fn germany_counts_from_the_end_of_the_year() {
    for (issued, expected) in [
        ("2026-01-01T00:00:00Z", "2030-01-01"),
        ("2026-12-31T23:59:59.999Z", "2030-01-01"),
        ("2027-01-01T00:00:00Z", "2031-01-01"),
        ("2028-02-29T12:00:00Z", "2032-01-01"),
    ] {
        assert_eq!(floor("DE", PaidGift, issued, None), until(expected), "{issued}");
    }
}

#[test]
fn a_card_of_the_29th_of_february_lasts_to_the_1st_of_march() {
    assert_eq!(floor("US", PaidGift, "2028-02-29T12:00:00Z", None), until("2033-03-01T12:00:00Z"));
    assert_eq!(floor("US-MA", PaidGift, "2028-02-29T12:00:00Z", None), until("2035-03-01T12:00:00Z"));
    assert_eq!(floor("US", PaidGift, "2028-02-28T12:00:00Z", None), until("2033-02-28T12:00:00Z"));
}
