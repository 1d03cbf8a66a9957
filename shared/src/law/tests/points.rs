//! When points may end.

use super::*;

const ACTIVE: &str = "2026-01-10T09:00:00Z";
const ENDS: &str = "2027-03-01T00:00:00Z";

fn ending(code: &str, cause: Cause, ends: &str, noticed: Option<&str>) -> Result<(), (HeldReason, String)> {
    let end = PointsEnd { cause, active_at_ms: at(ACTIVE), ends_at_ms: at(ends), noticed_at_ms: noticed.map(at) };
    rules(code, ends).points_may_end(&end).map_err(|held| (held.reason, held.breach.rule()))
}

#[test]
fn points_in_quebec_end_only_after_a_year_and_a_notice_in_time() {
    let quebec = |ends, noticed| ending("CA-QC", Cause::Inactivity, ends, noticed).map_err(|(reason, _)| reason);
    assert_eq!(quebec(ENDS, None), Err(HeldReason::NoticeMissing));
    // Sixty days before the end, and thirty.
    assert_eq!(quebec(ENDS, Some("2026-12-30T23:59:59.999Z")), Err(HeldReason::NoticeNotInTime));
    assert_eq!(quebec(ENDS, Some("2026-12-31T00:00:00Z")), Ok(()));
    assert_eq!(quebec(ENDS, Some("2027-01-30T00:00:00Z")), Ok(()));
    assert_eq!(quebec(ENDS, Some("2027-01-30T00:00:00.001Z")), Err(HeldReason::NoticeNotInTime));
    // A year after the last activity, to the moment.
    let earliest = HeldReason::ActiveUntil { ends_at_ms: at("2027-01-10T09:00:00Z") };
    assert_eq!(quebec("2027-01-10T08:59:59.999Z", Some("2026-12-01T00:00:00Z")), Err(earliest));
    assert_eq!(quebec("2027-01-10T09:00:00Z", Some("2026-12-01T00:00:00Z")), Ok(()));
}

#[test]
fn points_that_are_held_back_name_the_rule() {
    assert_eq!(
        ending("CA-QC", Cause::Inactivity, ENDS, None),
        Err((HeldReason::NoticeMissing, "CA-QC/points/2019-08-01".into()))
    );
    assert_eq!(
        ending("CA-ON", Cause::Time, ENDS, None),
        Err((HeldReason::TimeAlone, "CA-ON/points/2018-01-01".into()))
    );
}

#[test]
fn points_end_by_time_alone_in_neither_ontario_nor_quebec() {
    for code in ["CA-ON", "CA-QC"] {
        let noticed = Some("2027-01-15T00:00:00Z");
        assert_eq!(ending(code, Cause::Time, ENDS, noticed).unwrap_err().0, HeldReason::TimeAlone, "{code}");
        assert!(rules(code, "2026-11-22").points_may_end_by(Cause::Time).is_err(), "{code}");
        assert_eq!(rules(code, "2026-11-22").points_may_end_by(Cause::Inactivity), Ok(()), "{code}");
    }
    assert_eq!(ending("CA-ON", Cause::Inactivity, ENDS, None), Ok(()));
}

#[test]
fn points_rules_begin_on_their_day() {
    let may = |code, day| rules(code, day).points_may_end_by(Cause::Time).is_ok();
    assert!(may("CA-ON", "2017-12-31") && !may("CA-ON", "2018-01-01"));
    assert!(may("CA-QC", "2019-07-31") && !may("CA-QC", "2019-08-01"));
}

#[test]
fn the_notice_has_a_window_where_one_is_asked_for() {
    let window = rules("CA-QC", "2026-11-22").points_notice(at(ENDS)).unwrap();
    assert_eq!(window, at("2026-12-31")..=at("2027-01-30"));
    assert_eq!(rules("CA-ON", "2026-11-22").points_notice(at(ENDS)), None);
}

#[test]
fn points_end_as_agreed_everywhere_else() {
    let others = Jurisdiction::all().into_iter().filter(|place| !["CA-ON", "CA-QC"].contains(&place.code()));
    for place in others.chain([Jurisdiction::NONE]) {
        for cause in [Cause::Time, Cause::Inactivity] {
            assert_eq!(ending(place.code(), cause, "2026-01-11", None), Ok(()), "{place:?}");
        }
    }
}
