//! Taking a hand-off into the book: at least once from the card, exactly once in the book.
//!
//! What the book knows of a card is its last line: number, hash, counters. A hand-off either follows from there, or says where to resend from, or
//! contradicts it; then an older copy of the card or of the book came back, and nothing of it is taken.

use super::{GENESIS, Line, Posting, postings};
use crate::money::{Amount, Currency};
use crate::program::Kind;
use serde::{Deserialize, Serialize};

/// What the book knows of a card: its last line, and the facts that totals are kept by.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of `Line`")]
pub struct Known {
    pub seq: u64,
    pub hash: String,
    pub currency: Currency,
    pub kind: Kind,
    pub campaign: String,
    pub available: Amount,
    pub held: Amount,
}

/// What the book says to a hand-off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Received {
    /// Everything up to this entry is in the book.
    Ack(u64),
    /// Entries are missing before the first line: send from this one on.
    ResendFrom(u64),
    /// The lines contradict what the book has of this card: an older copy of one of the two came back.
    Fork,
}

/// A line that is to be stored, with what it posts and what is known after it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "see above")]
pub struct Step {
    pub line: Line,
    pub postings: Vec<Posting>,
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
    match new.first() {
        Some(line) if line.previous != hash => only(Received::Fork),
        Some(_) => take(known, &new),
        // A card whose newest line is older than the book's is an older copy; one that ends with the book's is a repetition.
        None if newest_known.as_deref() == Some(hash) => only(Received::Ack(seq)),
        None => only(Received::Fork),
    }
}

fn take(known: Option<&Known>, lines: &[&Line]) -> Option<Taken> {
    let mut known = known.cloned();
    let mut steps: Vec<Step> = Vec::with_capacity(lines.len());
    for line in lines {
        let (seq, hash, before) = known.as_ref().map_or((0, GENESIS, Default::default()), |known| {
            (known.seq, known.hash.as_str(), (known.available, known.held))
        });
        if line.seq != seq.saturating_add(1) || line.previous != hash {
            return None;
        }
        let next = Known::after(known.as_ref(), line)?;
        steps.push(Step { line: (*line).clone(), postings: postings(before, &line.entry()?), known: next.clone() });
        known = Some(next);
    }
    Some(Taken { steps, answer: Received::Ack(known?.seq) })
}

impl Known {
    /// What is known after a line; `None` when a card does not begin with its issue.
    fn after(before: Option<&Self>, line: &Line) -> Option<Self> {
        let (currency, kind, campaign) = match before {
            Some(known) => (known.currency, known.kind, known.campaign.clone()),
            None => {
                let issue = line.detail.issue.as_ref()?;
                (issue.currency, issue.kind, line.detail.note.campaign.clone().unwrap_or_default())
            }
        };
        Some(Self {
            seq: line.seq,
            hash: line.hash(),
            currency,
            kind,
            campaign,
            available: line.available,
            held: line.held,
        })
    }
}
