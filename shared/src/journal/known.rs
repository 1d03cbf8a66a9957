//! What the book knows of a card: its last line, the facts that totals are kept by, and what a search tells of it.
//!
//! It follows from the card's lines alone, so a book that has only its lines left can make it again.

use super::Line;
use crate::card::{Action, Status};
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::time;

/// What is known of one card after its last line.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of `Line`, and of the first line's `Facts` and `Note`")]
pub struct Known {
    pub seq: u64,
    pub hash: String,
    pub currency: Currency,
    pub kind: Kind,
    /// Empty without one, like the next three.
    pub campaign: String,
    pub program: String,
    pub jurisdiction: String,
    /// The shop's own name for the sale.
    pub reference: String,
    pub available: Amount,
    pub held: Amount,
    /// What it was issued with, or what came from the card that it replaces.
    pub issued: Amount,
    pub created_at_ms: u64,
    pub expires_at_ms: Option<u64>,
    /// The day on which value last came, went, was held or let go, or the card was activated. It never goes back, whatever a clock did.
    pub moved: String,
    /// What was done to it, a bit each: `1` activated, `2` frozen, `4` spent from, `8` replaced, `16` cashed out, `32` cancelled.
    pub marks: u64,
}

const ACTIVE: u64 = 1;
const FROZEN: u64 = 2;
const SPENT: u64 = 4;
const REPLACED: u64 = 8;
const CASHED_OUT: u64 = 16;
const CANCELLED: u64 = 32;

impl Known {
    /// What is known after a line; `None` when a card does not begin with its issue. `moves`: whether the line moves value.
    pub(super) fn after(before: Option<&Self>, line: &Line, action: &Action, moves: bool) -> Option<Self> {
        let mut known = match before {
            Some(known) => known.clone(),
            None => Self::issued(line)?,
        };
        known.seq = line.seq;
        known.hash = line.hash();
        (known.available, known.held) = (line.available, line.held);
        if moves || matches!(action, Action::Activate) {
            known.moved = known.moved.max(time::day(line.at_ms));
        }
        match action {
            Action::Issue { facts, .. } if facts.active => known.marks |= ACTIVE,
            Action::Activate => known.marks |= ACTIVE,
            Action::Freeze => known.marks |= FROZEN,
            Action::Unfreeze => known.marks &= !FROZEN,
            Action::Load { expires_at_ms: Some(later), .. } => known.expires_at_ms = Some(*later),
            Action::Extend { expires_at_ms, .. } => known.expires_at_ms = *expires_at_ms,
            Action::Redeem { .. } | Action::Commit { .. } => known.marks |= SPENT,
            Action::ReplaceOut { .. } => known.marks |= REPLACED,
            Action::ReplaceIn { amount, .. } => known.issued = known.issued.plus(*amount).unwrap_or(known.issued),
            Action::CashOut { .. } => known.marks |= CASHED_OUT,
            // A refund opens a card again that was cashed out.
            Action::Refund { .. } => known.marks &= !CASHED_OUT,
            Action::Cancel { .. } => known.marks |= CANCELLED,
            _ => {}
        }
        Some(known)
    }

    fn issued(line: &Line) -> Option<Self> {
        let (issue, note) = (line.detail.issue.as_ref()?, &line.detail.note);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Some(Self {
            seq: line.seq,
            hash: String::new(),
            currency: issue.currency,
            kind: issue.kind,
            campaign: text(&note.campaign),
            program: text(&issue.program),
            jurisdiction: text(&issue.jurisdiction),
            reference: text(&note.reference),
            available: line.available,
            held: line.held,
            issued: line.amount,
            created_at_ms: line.at_ms,
            expires_at_ms: issue.expires_at_ms,
            moved: String::new(),
            marks: 0,
        })
    }

    fn is(&self, mark: u64) -> bool {
        self.marks & mark != 0
    }

    /// What the card is at that moment, as [`Card::status`](crate::card::Card::status) says it.
    pub fn status(&self, now_ms: u64) -> Status {
        match () {
            () if self.is(REPLACED) => Status::Replaced,
            () if self.is(CASHED_OUT) => Status::CashedOut,
            () if self.is(CANCELLED) => Status::Cancelled,
            () if !self.is(ACTIVE) => Status::Inactive,
            () if self.is(FROZEN) => Status::Frozen,
            () if self.expires_at_ms.is_some_and(|at_ms| at_ms <= now_ms) => Status::Expired,
            () if self.available.is_zero() && self.held.is_zero() => Status::UsedUp,
            () => Status::Active,
        }
    }

    /// What it adds to what stands on cards, in the order of [`STANDING`](super::STANDING).
    pub(super) fn stands(&self) -> [i64; 6] {
        let value = self.available.signed().saturating_add(self.held.signed());
        let card = i64::from(value != 0);
        let (is_stock, is_unused) = (!self.is(ACTIVE), self.is(ACTIVE) && !self.is(SPENT));
        let where_so = |so: bool, amount: i64| if so { amount } else { 0 };
        [
            card,
            self.available.signed(),
            self.held.signed(),
            where_so(is_stock, card),
            where_so(is_stock, value),
            where_so(is_unused, value),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{GENESIS, receive};
    use super::*;
    use crate::card::{Account, Command, Facts, Successor, Wanted};
    use crate::wire::request::Note;
    use crate::wire::row::Detail;

    fn amount(minor: u64) -> Amount {
        Amount::new(minor).unwrap()
    }

    /// Does one thing after the other to a card and a book, and compares what they say of its state each time.
    fn compare(facts: Facts, commands: &[Command]) -> Known {
        let (mut account, mut known, mut previous) = (Account::default(), None, GENESIS.to_string());
        let issue = Command::Issue { amount: amount(1_000), facts };
        for (place, command) in std::iter::once(&issue).chain(commands).enumerate() {
            let entry = account.apply(command, 7 + u64::try_from(place).unwrap()).unwrap();
            let line = Line::new("gc_1", &entry, Detail::new(&entry.action, Note::default()), &previous);
            previous = line.hash();
            let step = receive(known.as_ref(), &[line]).unwrap().steps.pop().unwrap();
            for now_ms in [entry.at_ms, 1_000_000] {
                let card = account.card.as_ref().unwrap();
                assert_eq!(step.known.status(now_ms), card.status(now_ms), "{command:?}");
                assert_eq!(step.known.expires_at_ms, card.facts.expires_at_ms, "{command:?}");
            }
            known = Some(step.known);
        }
        known.unwrap()
    }

    #[test]
    fn book_knows_a_card_for_what_it_is_after_every_act() {
        let currency = Currency::parse("SAR").unwrap();
        let facts = || Facts { expires_at_ms: Some(500), ..Facts::plain(currency, Kind::PaidGift, 0) };
        let redeem = |minor| Command::Redeem { amount: Wanted::Exactly(amount(minor)), currency };
        let to = || Successor { card: "gc_2".into(), last4: "D5VV".into(), key_id: 0 };
        let refund = Command::Refund { claim: "rd.2".into(), amount: amount(1), refunded: None };
        let stock = Facts { active: false, ..facts() };
        let known = compare(stock, &[Command::Freeze, Command::Activate, Command::Unfreeze, redeem(400), redeem(600)]);
        assert_eq!((known.marks, known.issued), (5, amount(1_000)));
        compare(facts(), &[Command::Load { amount: amount(1), currency, expires_at_ms: Some(900) }]);
        compare(facts(), &[Command::Extend { expires_at_ms: None }, Command::Cancel]);
        compare(facts(), &[redeem(1), Command::CashOut, refund.clone()]);
        compare(facts(), &[redeem(1), Command::Replace { to: to() }, refund, Command::Forward]);
    }

    #[test]
    fn marks_format_unchanged() {
        assert_eq!([ACTIVE, FROZEN, SPENT, REPLACED, CASHED_OUT, CANCELLED], [1, 2, 4, 8, 16, 32]);
    }
}
