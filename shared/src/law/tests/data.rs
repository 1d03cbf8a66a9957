//! The data as such: its form, and that it says what it can mean.

use super::*;
use crate::limits::LAW_REVIEW_MS_MAX;
use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn law_format_unchanged() {
    for text in [
        r#"{"jurisdiction":"US-CA","subject":"cash_out","rule":{"cash_below":{"amount":1500,"currency":"USD"}},"kinds":["paid_gift"],"effective_from":"2026-04-01","source":"Cal. Civ. Code 1749.5(b), SB 22 (ch. 207/2025)","reviewed_on":"2026-11-20"}"#,
        r#"{"jurisdiction":"A","subject":"cash_out","rule":{"cash_at_most":{"amount":1,"currency":"USD","or_used_percent":90}},"kinds":["paid_gift","refund_credit"],"effective_from":"d","source":"s","reviewed_on":"r","note":"n"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":"none_found","effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":"no_expiry","effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":{"years_from_issue":9},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":{"years_from_load":5},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":{"years_from_end_of_year":3},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"remainder","rule":{"usable_above":{"amount":100,"currency":"EUR"}},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"points","rule":{"points":{"inactive_years":1,"notice_days":{"most":60,"least":30},"exempt_up_to":{"amount":1,"currency":"CAD"}}},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"points","rule":{"points":{}},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"disclosure","rule":{"disclose":["promotional","expiry_date","terms","balance_check"]},"kinds":["promo","reward","donated"],"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"unclaimed_property","rule":{"reported_after":{"years":2,"percent":60}},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"unclaimed_property","rule":"not_reported","effective_from":"d","source":"s","reviewed_on":"r"}"#,
    ] {
        let row: Row = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&row).unwrap(), text);
    }
    for text in [
        r#"{"jurisdiction":"A","subject":"expiry","rule":{"years_from_issue":0},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":"unlimited","effective_from":"d","source":"s","reviewed_on":"r"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":"no_expiry","effective_from":"d","source":"s"}"#,
        r#"{"jurisdiction":"A","subject":"expiry","rule":"no_expiry","effective_from":"d","source":"s","reviewed_on":"r","fee":1}"#,
        r#"{"jurisdiction":"A","subject":"cash_out","rule":{"cash_below":{"amount":1500,"currency":"DOLLAR"}},"effective_from":"d","source":"s","reviewed_on":"r"}"#,
    ] {
        assert!(serde_json::from_str::<Row>(text).is_err(), "{text}");
    }
}

#[test]
fn law_is_written_one_row_a_line_and_in_no_other_way() {
    let lines: Vec<String> = rows().iter().map(|row| serde_json::to_string(row).unwrap()).collect();
    assert_eq!(format!("[\n{}\n]\n", lines.join(",\n")), include_str!("../../law.json"));
}

#[test]
fn a_rule_fits_its_subject_and_says_something_possible() {
    let speaks_of_cards = |subject| !matches!(subject, Subject::Points | Subject::UnclaimedProperty);
    for row in rows() {
        let subject = match &row.rule {
            Rule::NoneFound => row.subject,
            Rule::NoExpiry | Rule::YearsFromIssue(_) | Rule::YearsFromLoad(_) | Rule::YearsFromEndOfYear(_) => {
                Subject::Expiry
            }
            Rule::CashBelow(little) | Rule::CashAtMost(little) => {
                assert!(!little.amount.is_zero() && little.or_used_percent.is_none_or(|share| share < 100), "{row:?}");
                Subject::CashOut
            }
            Rule::UsableAbove(_) => Subject::Remainder,
            Rule::Points(rule) => {
                assert!(rule.notice_days.is_none_or(|days| days.least < days.most), "{row:?}");
                Subject::Points
            }
            Rule::Disclose(told) => {
                assert!(!told.is_empty(), "{row:?}");
                Subject::Disclosure
            }
            Rule::ReportedAfter(Unclaimed { percent, .. }) => {
                assert!((1..=100).contains(percent), "{row:?}");
                Subject::UnclaimedProperty
            }
            Rule::NotReported => Subject::UnclaimedProperty,
        };
        assert_eq!(row.subject, subject, "{row:?}");
        assert_eq!(!row.kinds.is_empty(), speaks_of_cards(subject), "{row:?}");
        assert!(time::is_day(&row.effective_from) && time::is_day(&row.reviewed_on), "{row:?}");
        assert!(!row.source.is_empty(), "{row:?}");
    }
}

#[test]
fn no_row_pays_out_what_nobody_paid_for() {
    for row in rows().iter().filter(|row| row.subject == Subject::CashOut) {
        let is_paid_for = |kind: &Kind| matches!(kind, Kind::PaidGift | Kind::RefundCredit);
        assert!(row.kinds.iter().all(is_paid_for), "{row:?}");
    }
}

#[test]
fn no_two_rows_say_when_the_same_begins() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        let kinds = if row.kinds.is_empty() { vec![""] } else { row.kinds.iter().map(|kind| kind.name()).collect() };
        for kind in kinds {
            assert!(seen.insert((&row.jurisdiction, row.subject, kind, &row.effective_from)), "{row:?}");
        }
    }
}

#[test]
fn law_reviews_are_less_than_a_year_old() {
    #[expect(clippy::disallowed_methods, reason = "how old a review is, only the day of the build can say")]
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    for row in rows() {
        let reviewed_at_ms = at(&row.reviewed_on);
        // A machine's clock may be behind; a year is a slip of the pen, and would put the next review off.
        let ahead_ms = u128::from(reviewed_at_ms).saturating_sub(now_ms);
        assert!(ahead_ms < u128::from(LAW_REVIEW_MS_MAX), "reviewed in the future: {row:?}");
        assert!(
            now_ms <= u128::from(reviewed_at_ms + LAW_REVIEW_MS_MAX),
            "compare {} {} with {}, then change reviewed_on",
            row.jurisdiction,
            row.subject.name(),
            row.source
        );
    }
}

#[test]
fn places_are_found_by_their_code_or_that_of_their_country() {
    let codes: Vec<&str> = Jurisdiction::all().into_iter().map(Jurisdiction::code).collect();
    assert_eq!(
        codes,
        [
            "AE", "CA-AB", "CA-BC", "CA-MB", "CA-ON", "CA-QC", "DE", "IE", "SA", "US", "US-CA", "US-CO", "US-MA",
            "US-ME", "US-MT", "US-NJ", "US-NY", "US-OR", "US-RI", "US-VT", "US-WA"
        ]
    );
    for code in codes.into_iter().chain(["none"]) {
        let place = Jurisdiction::parse(code).unwrap();
        assert_eq!(serde_json::to_string(&place).unwrap(), format!("\"{code}\""));
    }
    for code in ["", "us-ca", "US-TX", "CA", "GB", "US-CA ", "US/CA", "None"] {
        assert_eq!(Jurisdiction::parse(code), None, "{code:?}");
    }
    assert_eq!(Jurisdiction::default(), Jurisdiction::NONE);
    for (code, nearest) in
        [("US-CA", "US-CA"), ("US-TX", "US"), ("DE-BY", "DE"), ("GB", "none"), ("CA-NB", "none"), ("none", "none")]
    {
        assert_eq!(Jurisdiction::nearest(Some(code)).code(), nearest, "{code}");
    }
    assert_eq!(Jurisdiction::nearest(None), Jurisdiction::NONE);
}

#[test]
fn a_breach_names_its_row() {
    let Err(Rejection::NotCashRedeemable { breach: Some(breach) }) =
        rules("US-CA", "2026-04-01").cash_out(Kind::PaidGift, minor(1500), minor(5000), currency("USD"))
    else {
        panic!("15.00 was paid out");
    };
    assert_eq!(breach.rule(), "US-CA/cash_out/2026-04-01");
    assert_eq!(breach.source, "Cal. Civ. Code 1749.5(b), SB 22 (ch. 207/2025)");
    let problem = crate::wire::problem::Problem::from(&Rejection::NotCashRedeemable { breach: Some(breach) });
    assert_eq!(
        serde_json::to_string(&problem).unwrap(),
        r#"{"code":"not_cash_redeemable","retryable":false,"rule":"US-CA/cash_out/2026-04-01","source":"Cal. Civ. Code 1749.5(b), SB 22 (ch. 207/2025)"}"#
    );
    let problem = crate::wire::problem::Problem::from(&Rejection::ExpiryTooShort {
        field: "expires_at".into(),
        breach: Some(breach),
    });
    assert_eq!((problem.code.as_str(), problem.field.as_deref()), ("expiry_too_short", Some("expires_at")));
    let problem = crate::wire::problem::Problem::from(&Rejection::FeeNotAllowed { field: "monthly_fee".into() });
    assert_eq!((problem.code.as_str(), problem.field.as_deref()), ("fee_not_allowed", Some("monthly_fee")));
}

#[test]
fn what_must_be_told_is_that_of_the_part_and_of_its_country() {
    use Disclosure::{BalanceCheck, ExpiryDate, Promotional, Terms};
    let told = |code, day, kind| rules(code, day).disclosures(kind);
    assert_eq!(told("US-NY", "2026-11-22", Kind::Promo), [Promotional, ExpiryDate]);
    assert_eq!(told("US-VT", "2026-11-22", Kind::Reward), [Promotional, ExpiryDate]);
    assert_eq!(told("US-CA", "2010-08-21", Kind::Promo), []);
    assert_eq!(told("US-CA", "2010-08-22", Kind::Promo), [Promotional, ExpiryDate]);
    assert_eq!(told("US-CA", "2026-11-22", Kind::PaidGift), []);
    for code in ["CA-BC", "CA-MB", "CA-QC"] {
        assert_eq!(told(code, "2026-11-22", Kind::PaidGift), [Terms, BalanceCheck], "{code}");
    }
    assert_eq!(told("IE", "2026-11-22", Kind::PaidGift), [ExpiryDate]);
    let at_checkout = |code, kind| rules(code, "2026-11-22").told_at_checkout(kind);
    assert_eq!(at_checkout("US-NY", Kind::Promo), ["promotional"]);
    assert_eq!(at_checkout("IE", Kind::PaidGift), Vec::<String>::new(), "when it ends is told with every card");
    assert_eq!(told("none", "2026-11-22", Kind::PaidGift), []);
}

#[test]
fn every_disclosure_has_its_key_and_its_words_in_both_languages() {
    for told in Disclosure::ALL {
        assert_eq!(serde_json::to_string(&told).unwrap(), format!("\"{}\"", told.name()));
        assert!(told.english().is_ascii() && !told.english().is_empty());
        assert!(!told.arabic().is_empty() && told.arabic().chars().all(|c| !c.is_ascii_alphabetic()), "{told:?}");
        let is_sentence = [told.english(), told.arabic()].map(|words| words.ends_with('.'));
        assert_eq!(is_sentence, [told.is_told_at_checkout(); 2], "a heading says nothing alone: {told:?}");
    }
}

#[test]
fn what_nobody_spent_is_reported_only_where_a_rule_is_known() {
    let years = |code| rules(code, "2026-11-22").unclaimed().map(|rule| (rule.years.get(), rule.percent));
    assert_eq!(years("US-ME"), Some((2, 60)));
    assert_eq!(years("US-NJ"), Some((5, 60)));
    for code in ["US-MA", "US-CA", "US", "SA", "none"] {
        assert_eq!(years(code), None, "{code}");
    }
}
