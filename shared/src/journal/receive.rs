//! Taking a hand-off into the book: at least once from the card, exactly once in the book.
//!
//! What the book knows of a card is its last line: number, hash, counters. A hand-off either follows from there, or does not reach it yet and is asked to go
//! on, or contradicts it; then an older copy of the card or of the book came back, and nothing of it is taken.

use super::{GENESIS, Known, Line, Posting, Standing, Tally, postings, standing, tallies};
use serde::{Deserialize, Serialize};

/// What the book says to a hand-off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Received {
    /// Everything up to this entry is in the book.
    Ack(u64),
    /// These lines do not meet what the book has: send from this one on.
    ResendFrom(u64),
    /// The lines contradict what the book has of this card: an older copy of one of the two came back.
    Fork,
}

/// A line that is to be stored, with what it posts, what it adds to the totals of its day and of what stands on cards, and what is known after it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "see above")]
pub struct Step {
    pub line: Line,
    pub postings: Vec<Posting>,
    pub tallies: Vec<Tally>,
    pub standing: Vec<Standing>,
    pub known: Known,
}

/// What a hand-off comes to: the steps to store, in one transaction, and then the answer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "see above")]
pub struct Taken {
    pub steps: Vec<Step>,
    pub answer: Received,
}

/// Decides a hand-off of one card's lines, oldest first. `None` when the lines are none that a card could have sent: empty, of several cards, or without
/// an issue at the beginning.
pub fn receive(known: Option<&Known>, lines: &[Line]) -> Option<Taken> {
    let first = lines.first()?;
    let (seq, hash) = known.map_or((0, GENESIS), |known| (known.seq, known.hash.as_str()));
    let only = |answer| Some(Taken { steps: Vec::new(), answer });
    if first.seq > seq.saturating_add(1) {
        return only(Received::ResendFrom(seq.saturating_add(1)));
    }
    let new: Vec<&Line> = lines.iter().filter(|line| line.seq > seq).collect();
    let newest_known = lines.iter().find(|line| line.seq == seq).map(Line::hash);
    match (new.first(), lines) {
        (Some(line), _) if line.previous != hash => only(Received::Fork),
        (Some(_), _) => take(known, &new),
        // One that ends with the book's newest line is a repetition.
        (None, _) if newest_known.as_deref() == Some(hash) => only(Received::Ack(seq)),
        // A hand-off has an end, and the card may have more behind it: a card that has forgotten what was acknowledged comes along here, hand-off by
        // hand-off. Asked from its last line on, and not from the one after it, a card that has no more says so by sending that line alone.
        (None, [_, .., last]) if last.seq < seq => only(Received::ResendFrom(last.seq)),
        // Another line than the book's, or none so new: this card is an older copy, or the book's was another card.
        (None, _) => only(Received::Fork),
    }
}

fn take(known: Option<&Known>, lines: &[&Line]) -> Option<Taken> {
    let mut steps: Vec<Step> = Vec::with_capacity(lines.len());
    for line in lines {
        let known = steps.last().map(|step| &step.known).or(known);
        let (seq, hash, before) = known.map_or((0, GENESIS, Default::default()), |known| {
            (known.seq, known.hash.as_str(), (known.available, known.held))
        });
        if line.seq != seq.saturating_add(1) || line.previous != hash {
            return None;
        }
        let entry = line.entry()?;
        let postings = postings(before, &entry);
        let next = Known::after(known, line, &entry.action, !postings.is_empty())?;
        steps.push(Step {
            tallies: tallies(line, &entry.action, &postings),
            standing: standing(known, &next),
            line: (*line).clone(),
            postings,
            known: next,
        });
    }
    let answer = Received::Ack(steps.last()?.known.seq);
    Some(Taken { steps, answer })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Account, Command, Facts, Wanted};
    use crate::limits::HAND_OFF_LINES_MAX;
    use crate::money::{Amount, Currency};
    use crate::program::Kind;
    use crate::wire::request::Note;
    use crate::wire::row::Detail;

    /// The lines of a card that was issued and then redeemed from, so much each time.
    fn lines(redemptions: impl IntoIterator<Item = u64>) -> Vec<Line> {
        let (currency, amount) = (Currency::parse("SAR").unwrap(), |minor| Amount::new(minor).unwrap());
        let issue = Command::Issue { amount: amount(10_000), facts: Facts::plain(currency, Kind::PaidGift, 0) };
        let redeem = |minor| Command::Redeem { amount: Wanted::Exactly(amount(minor)), currency };
        let (mut account, mut previous) = (Account::default(), GENESIS.to_string());
        let line = |command: Command| {
            let entry = account.apply(&command, 7).unwrap();
            let line = Line::new("gc_1", &entry, Detail::new(&entry.action, Note::default()), &previous);
            previous = line.hash();
            line
        };
        std::iter::once(issue).chain(redemptions.into_iter().map(redeem)).map(line).collect()
    }

    /// What a book knows that has taken all these lines.
    fn known(lines: &[Line]) -> Known {
        receive(None, lines).unwrap().steps.pop().unwrap().known
    }

    /// Hands a card's lines over as the card does, from the first that is not acknowledged, until the book has them or calls them a fork. Returns the book's
    /// answers and how many lines it has taken.
    fn hand_over(mut known: Option<Known>, lines: &[Line], mut acknowledged: usize) -> (Vec<Received>, usize) {
        let (mut answers, mut taken) = (Vec::new(), 0);
        while acknowledged < lines.len() && answers.last() != Some(&Received::Fork) {
            assert!(answers.len() < 10, "it comes to no end: {answers:?}");
            let sent: Vec<Line> = lines.iter().skip(acknowledged).take(HAND_OFF_LINES_MAX).cloned().collect();
            let Taken { steps, answer } = receive(known.as_ref(), &sent).unwrap();
            taken += steps.len();
            known = steps.into_iter().next_back().map(|step| step.known).or(known);
            match answer {
                Received::Ack(seq) => acknowledged = usize::try_from(seq).unwrap(),
                Received::ResendFrom(seq) => acknowledged = usize::try_from(seq).unwrap() - 1,
                Received::Fork => {}
            }
            answers.push(answer);
        }
        (answers, taken)
    }

    #[test]
    fn card_that_has_forgotten_what_was_acknowledged_is_no_fork() {
        use Received::{Ack, ResendFrom};
        let card = lines([1; 260]);
        let book = || Some(known(&card[..250]));
        assert_eq!(hand_over(book(), &card[..250], 0), (vec![ResendFrom(200), Ack(250)], 0), "nothing is new");
        assert_eq!(hand_over(book(), &card, 0), (vec![ResendFrom(200), Ack(261)], 11), "and some lines are");
        assert_eq!(
            hand_over(book(), &card, 50),
            (vec![Ack(250), Ack(261)], 11),
            "the hand-off ends with what is known"
        );
        assert_eq!(hand_over(None, &card, 250), (vec![ResendFrom(1), Ack(200), Ack(261)], 261), "the book forgot more");
    }

    #[test]
    fn copy_of_a_card_that_contradicts_the_book_is_a_fork_however_far_it_is_behind() {
        use Received::{Fork, ResendFrom};
        let book = || Some(known(&lines([1; 450])));
        let other = lines([vec![1; 440], vec![2; 20]].concat());
        assert_eq!(hand_over(book(), &other[..1], 0), (vec![Fork], 0), "only its issue is left");
        assert_eq!(hand_over(book(), &other[..3], 0), (vec![ResendFrom(3), Fork], 0), "it ends before the book does");
        assert_eq!(hand_over(book(), &other[..200], 0), (vec![ResendFrom(200), Fork], 0), "it ends with a hand-off");
        for (length, last) in [(201, 201), (300, 300), (399, 399)] {
            let answers = vec![ResendFrom(200), ResendFrom(last), Fork];
            assert_eq!(hand_over(book(), &other[..length], 0), (answers, 0), "{length}");
        }
        for length in [451, 460] {
            let answers = vec![ResendFrom(200), ResendFrom(399), Fork];
            assert_eq!(hand_over(book(), &other[..length], 0), (answers, 0), "{length}");
        }
    }
}
