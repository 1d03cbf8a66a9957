//! Moments: milliseconds since 1970 in the system, RFC 3339 in UTC on the wire. The clock itself is an argument everywhere.

use crate::limits::TIME_MS_MAX;
use chrono::{DateTime, Datelike, Months, NaiveDate, SecondsFormat, TimeDelta};

/// Writes a moment as RFC 3339, UTC, with milliseconds.
pub fn write(at_ms: u64) -> String {
    i64::try_from(at_ms.min(TIME_MS_MAX))
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true))
        .unwrap_or_default()
}

/// Reads RFC 3339 with any offset; `None` for anything else and for moments before 1970 or after the year 9999.
pub fn read(text: &str) -> Option<u64> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    u64::try_from(moment.timestamp_millis()).ok().filter(|at_ms| *at_ms <= TIME_MS_MAX)
}

/// The day of a moment, in UTC: `YYYY-MM-DD`.
pub fn day(at_ms: u64) -> String {
    let mut moment = write(at_ms);
    moment.truncate(10);
    moment
}

/// Whether a text is a day as [`day`] writes it.
pub fn is_day(text: &str) -> bool {
    read(&format!("{text}T00:00:00Z")).is_some_and(|at_ms| day(at_ms) == text)
}

/// The same moment of the same day, so many years later. From 29 February it is 1 March where there is no 29th, so a period is never too short; after the
/// year 9999 it is the last moment that can be written.
pub fn years_after(at_ms: u64, years: u32) -> u64 {
    let later = || {
        let moment = DateTime::from_timestamp_millis(i64::try_from(at_ms).ok()?)?;
        let same_day = moment.checked_add_months(Months::new(years.checked_mul(12)?))?;
        let is_cut = same_day.day() != moment.day();
        same_day.checked_add_signed(TimeDelta::days(i64::from(is_cut)))
    };
    later().map_or(TIME_MS_MAX, |moment| within_range(moment.timestamp_millis()))
}

/// The same day so many years before: `2024-11-22`. From 29 February it is 28 February where there is no 29th, so no later day counts as that long ago.
pub fn years_before(day: &str, years: u32) -> String {
    let earlier = || {
        let (year, rest) = day.split_once('-')?;
        let year = year.parse::<u32>().ok()?.checked_sub(years).filter(|year| *year >= 1_000)?.to_string();
        let same = [&year, "-", rest].concat();
        Some(if rest == "02-29" && !is_day(&same) { [&year, "-02-28"].concat() } else { same })
    };
    earlier().unwrap_or_default()
}

/// The first moment of the year after that of a moment, in UTC.
pub fn next_year(at_ms: u64) -> u64 {
    let next = || {
        let moment = DateTime::from_timestamp_millis(i64::try_from(at_ms).ok()?)?;
        NaiveDate::from_ymd_opt(moment.year().checked_add(1)?, 1, 1)?.and_hms_opt(0, 0, 0)
    };
    next().map_or(TIME_MS_MAX, |moment| within_range(moment.and_utc().timestamp_millis()))
}

fn within_range(at_ms: i64) -> u64 {
    u64::try_from(at_ms).map_or(TIME_MS_MAX, |at_ms| at_ms.min(TIME_MS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_format_unchanged() {
        assert_eq!(write(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(write(1_795_305_600_123), "2026-11-22T00:00:00.123Z");
        assert_eq!(write(u64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn day_is_read_only_as_it_is_written() {
        assert_eq!(day(1_795_305_600_123), "2026-11-22");
        assert!(is_day("2026-11-22"));
        for text in ["2026-11-31", "2026-1-1", "22.11.2026", "2026-11-22T00:00:00Z", ""] {
            assert!(!is_day(text), "{text}");
        }
    }

    #[test]
    fn a_year_later_is_the_same_moment_of_the_same_day() {
        let later = |text: &str, years| write(years_after(read(text).unwrap(), years));
        assert_eq!(later("2026-11-22T15:04:05.678Z", 5), "2031-11-22T15:04:05.678Z");
        assert_eq!(later("2026-12-31T23:59:59.999Z", 1), "2027-12-31T23:59:59.999Z");
        assert_eq!(later("2024-01-31T00:00:00Z", 1), "2025-01-31T00:00:00.000Z");
        assert_eq!(later("9998-01-01T00:00:00Z", 5), "9999-12-31T23:59:59.999Z");
        assert_eq!(years_after(u64::MAX, u32::MAX), TIME_MS_MAX);
    }

    #[test]
    fn the_29th_of_february_becomes_the_1st_of_march_unless_there_is_one() {
        let later = |text: &str, years| day(years_after(read(text).unwrap(), years));
        assert_eq!(later("2028-02-28T12:00:00Z", 5), "2033-02-28");
        assert_eq!(later("2028-02-29T12:00:00Z", 5), "2033-03-01");
        assert_eq!(later("2028-02-29T12:00:00Z", 4), "2032-02-29");
        assert_eq!(later("2096-02-29T12:00:00Z", 4), "2100-03-01");
        assert_eq!(later("2027-02-28T12:00:00Z", 1), "2028-02-28");
    }

    #[test]
    fn years_before_is_the_same_day_or_the_last_of_february() {
        assert_eq!(years_before("2026-11-22", 5), "2021-11-22");
        assert_eq!(years_before("2028-02-29", 5), "2023-02-28");
        assert_eq!(years_before("2028-02-29", 4), "2024-02-29");
        assert_eq!(years_before("2026-11-22", 1_500), "");
    }

    #[test]
    fn the_next_year_begins_after_the_last_moment_of_this() {
        let next = |text: &str| write(next_year(read(text).unwrap()));
        assert_eq!(next("2026-01-01T00:00:00Z"), "2027-01-01T00:00:00.000Z");
        assert_eq!(next("2026-12-31T23:59:59.999Z"), "2027-01-01T00:00:00.000Z");
        assert_eq!(next("9999-12-31T23:59:59.999Z"), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn read_takes_any_offset_and_refuses_the_rest() {
        assert_eq!(read("2026-11-22T03:00:00+03:00"), Some(1_795_305_600_000));
        for text in ["", "2026-11-22", "tomorrow", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
