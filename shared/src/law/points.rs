//! When points may end. What may not end is held back and asked about again; nothing is refused, since nobody asked.

use super::row::{PointsRule, Row, Rule, Subject};
use super::{Breach, Rules};
use crate::limits::DAY_MS;
use crate::time;
use core::ops::RangeInclusive;

/// Why points would end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Their time is over, whatever the member did.
    Time,
    /// The member neither received nor used any for so long.
    Inactivity,
}

/// An end of points that is about to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PointsEnd {
    /// Why.
    pub cause: Cause,
    /// When the member last received or used points.
    pub active_at_ms: u64,
    /// When they end, as the notice said.
    pub ends_at_ms: u64,
    /// When the notice was sent that named this end.
    pub noticed_at_ms: Option<u64>,
}

/// Why points do not end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// What is missing.
    pub reason: HeldReason,
    /// The rule that asks for it.
    pub breach: Breach,
}

/// What is missing for points to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeldReason {
    /// They may not end by time alone, ever.
    TimeAlone,
    /// The member was active; not before this moment.
    ActiveUntil {
        /// The earliest end.
        ends_at_ms: u64,
    },
    /// No notice was sent.
    NoticeMissing,
    /// The notice was sent too early or too late for this end: another end needs another notice.
    NoticeNotInTime,
}

impl Rules {
    /// Whether a programme may let points end for that cause at all: what its settings are asked.
    pub fn points_may_end_by(&self, cause: Cause) -> Result<(), Breach> {
        match (cause, self.points()) {
            (Cause::Time, Some((row, _))) => Err(Breach::of(row)),
            (Cause::Time, None) | (Cause::Inactivity, _) => Ok(()),
        }
    }

    /// Whether points may end now, or are held back and why.
    pub fn points_may_end(&self, end: &PointsEnd) -> Result<(), Held> {
        let Some((row, rule)) = self.points() else { return Ok(()) };
        let held = |reason| Err(Held { reason, breach: Breach::of(row) });
        if end.cause == Cause::Time {
            return held(HeldReason::TimeAlone);
        }
        if let Some(years) = rule.inactive_years {
            let earliest_ms = time::years_after(end.active_at_ms, years.get());
            if end.ends_at_ms < earliest_ms {
                return held(HeldReason::ActiveUntil { ends_at_ms: earliest_ms });
            }
        }
        match (notice(rule, end.ends_at_ms), end.noticed_at_ms) {
            (None, _) => Ok(()),
            (Some(_), None) => held(HeldReason::NoticeMissing),
            (Some(window), Some(at_ms)) if window.contains(&at_ms) => Ok(()),
            (Some(_), Some(_)) => held(HeldReason::NoticeNotInTime),
        }
    }

    /// When the notice of an end must be sent; `None` where none is asked for.
    pub fn points_notice(&self, ends_at_ms: u64) -> Option<RangeInclusive<u64>> {
        self.points().and_then(|(_, rule)| notice(rule, ends_at_ms))
    }

    fn points(&self) -> Option<(&'static Row, &'static PointsRule)> {
        let row = self.in_force(Subject::Points, None)?;
        match &row.rule {
            Rule::Points(rule) => Some((row, rule)),
            _ => None,
        }
    }
}

fn notice(rule: &PointsRule, ends_at_ms: u64) -> Option<RangeInclusive<u64>> {
    let days = rule.notice_days?;
    let before = |days: u32| ends_at_ms.saturating_sub(DAY_MS.saturating_mul(u64::from(days)));
    Some(before(days.most)..=before(days.least))
}
