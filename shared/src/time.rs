//! Moments: milliseconds since 1970 in the system, RFC 3339 in UTC on the wire. The clock itself is an argument everywhere.

use crate::limits::TIME_MS_MAX;
use chrono::{DateTime, SecondsFormat};

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
    fn read_takes_any_offset_and_refuses_the_rest() {
        assert_eq!(read("2026-11-22T03:00:00+03:00"), Some(1_795_305_600_000));
        for text in ["", "2026-11-22", "tomorrow", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
