//! A batch: many cards that were ordered together, and how far their issue has come. An import is a batch whose cards stand for codes of another system.
//!
//! The cards have places, from 0 on, and are issued in that order, a step at a time. Everything about a card follows from the batch and its place, so a step that
//! was cut off is taken again from its beginning: whoever was issued already says so. How far the batch has come is therefore one number, written after a step.
//!
//! What does not follow from a place is kept: which id a card got when its first belonged to somebody else's, and which lines of an import were refused because
//! their code was imported before ([`Exceptions`]).
//!
//! Out of scope: keys and ids, the cards themselves, storage, when the next step is.

use crate::card::{Command, Facts};
use crate::law;
use crate::limits::{BATCH_STEP_CARDS, REFUSED_LINES_KEPT};
use crate::money::Amount;
use crate::rejection::Rejection;
use crate::wire::request::Note;
use core::ops::Range;

/// A batch, and how far it has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    /// How many cards it has.
    pub count: u32,
    /// What each of them is issued over. An import says so for each.
    pub amount: Option<Amount>,
    /// What all of them come to.
    pub total: Amount,
    /// What each of them is made of.
    pub facts: Facts,
    /// What is remembered with each of them.
    pub note: Note,
    /// When it was ordered.
    pub created_at_ms: u64,
    /// How many places are behind it.
    pub done: u32,
    /// How many places have no card.
    pub refused: u32,
    /// What does not follow from a place.
    pub exceptions: Exceptions,
    /// When its last card was issued.
    pub finished_at_ms: Option<u64>,
    /// The refusal that put an end to it.
    pub stopped: Option<String>,
}

/// What became of one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placed {
    /// Its card is issued, under the id of that try.
    Issued {
        /// 0 unless ids were taken.
        retry: u8,
    },
    /// It has no card: another import has made that of its old code, or it was refused for good.
    Refused,
}

/// Places whose card has another id than its first, and the first of those that were refused, in their order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Exceptions(Vec<(u32, Placed)>);

impl Exceptions {
    /// What became of a place that is behind the batch.
    pub fn of(&self, place: u32) -> Placed {
        let kept = self.0.iter().find(|(other, _)| *other == place);
        kept.map_or(Placed::Issued { retry: 0 }, |(_, placed)| *placed)
    }

    /// The places that were refused, as lines of a file as an editor counts them: the file begins with line 1, which names the columns.
    pub fn refused_lines(&self) -> Vec<u32> {
        let refused = |(place, placed): &(u32, Placed)| (*placed == Placed::Refused).then(|| line_of(*place));
        self.0.iter().filter_map(refused).collect()
    }

    /// The form in rows: `7:2,9:x` when place 7 got the id of its third try and 9 was refused.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (place, placed) in &self.0 {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&place.to_string());
            text.push(':');
            match placed {
                Placed::Issued { retry } => text.push_str(&retry.to_string()),
                Placed::Refused => text.push('x'),
            }
        }
        text
    }

    /// Reads what [`Exceptions::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let exception = |text: &str| {
            let (place, placed) = text.split_once(':')?;
            let placed = match placed {
                "x" => Placed::Refused,
                retry => Placed::Issued { retry: retry.parse().ok()? },
            };
            Some((place.parse().ok()?, placed))
        };
        text.split(',').filter(|text| !text.is_empty()).map(exception).collect::<Option<_>>().map(Self)
    }
}

/// The line of a place in the file of an import.
pub fn line_of(place: u32) -> u32 {
    place.saturating_add(2)
}

impl Batch {
    /// A batch that nothing was issued of yet. Refused when one of its cards would be: what is lawful now stays so until the last one is there.
    pub fn new(
        (count, amount, total): (u32, Option<Amount>, Amount),
        (facts, note): (Facts, Note),
        now_ms: u64,
    ) -> Result<Self, Rejection> {
        check_expiry(&facts, facts.expires_at_ms, "expires_at", now_ms)?;
        Ok(Self {
            count,
            amount,
            total,
            facts,
            note,
            created_at_ms: now_ms,
            done: 0,
            refused: 0,
            exceptions: Exceptions::default(),
            finished_at_ms: None,
            stopped: None,
        })
    }

    /// Whether its cards stand for codes of another system.
    pub fn is_import(&self) -> bool {
        self.amount.is_none()
    }

    /// The places of the next step; none when there is nothing left to do. Steps end where rows of an import are kept apart.
    pub fn next_step(&self) -> Range<u32> {
        let end = self.done.saturating_add(1).checked_next_multiple_of(BATCH_STEP_CARDS).unwrap_or(u32::MAX);
        if self.stopped.is_some() { self.done..self.done } else { self.done..end.min(self.count) }
    }

    /// Takes over what became of the next places.
    pub fn advance(&mut self, placed: &[Placed], now_ms: u64) {
        for outcome in placed {
            let told = match outcome {
                Placed::Issued { retry } => *retry > 0,
                Placed::Refused => {
                    self.refused = self.refused.saturating_add(1);
                    self.refused <= REFUSED_LINES_KEPT
                }
            };
            if told {
                self.exceptions.0.push((self.done, *outcome));
            }
            self.done = self.done.saturating_add(1);
        }
        if self.done >= self.count && self.finished_at_ms.is_none() {
            self.finished_at_ms = Some(now_ms);
        }
    }

    /// Ends it before its end: a card was refused, and would be again.
    pub fn stop(&mut self, code: &str) {
        self.stopped = Some(code.into());
    }

    /// The name of its state in answers.
    pub fn status(&self) -> &'static str {
        match (&self.stopped, self.finished_at_ms) {
            (Some(_), _) => "stopped",
            (None, Some(_)) => "issued",
            (None, None) => "issuing",
        }
    }
}

/// Refuses an expiry that is past, or that the law does not allow a card that is issued now.
pub fn check_expiry(facts: &Facts, expires_at_ms: Option<u64>, field: &str, now_ms: u64) -> Result<(), Rejection> {
    if expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        return Err(Rejection::field(field));
    }
    let facts = Facts { expires_at_ms, batch: None, ..facts.clone() };
    law::card::check(None, &Command::Issue { amount: Amount::ZERO, facts }, now_ms).map_err(|rejection| match rejection
    {
        Rejection::ExpiryTooShort { breach, .. } => Rejection::ExpiryTooShort { field: field.into(), breach },
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::program::Kind;
    use crate::time;

    const ISSUED: Placed = Placed::Issued { retry: 0 };

    fn facts() -> Facts {
        Facts { batch: Some("gb_1".into()), ..Facts::plain(Currency::parse("SAR").unwrap(), Kind::PaidGift, 1) }
    }

    fn batch(count: u32, amount: Option<u64>) -> Batch {
        let amount = amount.map(|minor| Amount::new(minor).unwrap());
        Batch::new((count, amount, Amount::new(9_000).unwrap()), (facts(), Note::default()), 7).unwrap()
    }

    #[test]
    fn steps_cover_every_place_once_wherever_they_are_cut_off() {
        for cut in [1, 499, 500, 7] {
            let (mut batch, mut places) = (batch(1_203, Some(5)), Vec::new());
            while !batch.next_step().is_empty() {
                assert_eq!(batch.status(), "issuing");
                let step: Vec<u32> = batch.next_step().take(cut).collect();
                assert!(step[0] / BATCH_STEP_CARDS == step[step.len() - 1] / BATCH_STEP_CARDS, "{step:?}");
                batch.advance(&vec![ISSUED; step.len()], 9);
                places.extend(step);
            }
            assert!(places.into_iter().eq(0..1_203));
            assert_eq!((batch.status(), batch.finished_at_ms), ("issued", Some(9)));
        }
    }

    #[test]
    fn step_that_came_to_nothing_is_taken_again() {
        let mut batch = batch(800, Some(5));
        batch.advance(&[ISSUED; 500], 8);
        let step = batch.next_step();
        batch.advance(&[], 9);
        assert_eq!((batch.next_step(), step), (500..800, 500..800));
    }

    #[test]
    fn what_does_not_follow_from_a_place_is_kept() {
        let mut import = batch(4, None);
        import.advance(&[ISSUED, Placed::Issued { retry: 2 }], 8);
        import.advance(&[Placed::Refused, ISSUED], 9);
        let exceptions = &import.exceptions;
        let expected = [ISSUED, Placed::Issued { retry: 2 }, Placed::Refused, ISSUED];
        assert_eq!([0, 1, 2, 3].map(|place| exceptions.of(place)), expected);
        assert_eq!((import.refused, exceptions.refused_lines()), (1, vec![4]));
        let mut twice = batch(200, None);
        twice.advance(&[Placed::Refused; 200], 9);
        assert_eq!((twice.refused, twice.exceptions.refused_lines().len()), (200, 100));
    }

    #[test]
    fn exceptions_format_unchanged() {
        let mut batch = batch(10, None);
        assert_eq!(batch.exceptions.text(), "");
        batch.advance(&[ISSUED, Placed::Issued { retry: 1 }, Placed::Refused, Placed::Issued { retry: 7 }], 9);
        assert_eq!(batch.exceptions.text(), "1:1,2:x,3:7");
        for exceptions in [Exceptions::default(), batch.exceptions] {
            assert_eq!(Exceptions::parse(&exceptions.text()), Some(exceptions));
        }
        for text in ["1", "1:", "1:256", ":1", "1:1,,x"] {
            assert_eq!(Exceptions::parse(text), None, "{text}");
        }
    }

    #[test]
    fn batch_that_was_stopped_does_nothing_more() {
        let mut batch = batch(10, Some(5));
        batch.advance(&[ISSUED; 3], 8);
        batch.stop("field_invalid");
        assert!(batch.next_step().is_empty());
        assert_eq!((batch.status(), batch.done), ("stopped", 3));
    }

    #[test]
    fn batch_that_would_break_a_law_is_refused_as_one_card_would_be() {
        let at = |day: &str| time::read(&format!("{day}T00:00:00Z")).unwrap();
        for (expires, code) in
            [("2031-11-22", None), ("2031-11-21", Some("expiry_too_short")), ("2026-11-22", Some("field_invalid"))]
        {
            let facts = Facts { jurisdiction: Some("IE".into()), expires_at_ms: Some(at(expires)), ..facts() };
            let made = Batch::new((2, None, Amount::ZERO), (facts, Note::default()), at("2026-11-22"));
            assert_eq!(made.err().map(|rejection| rejection.code()), code, "{expires}");
        }
    }
}
