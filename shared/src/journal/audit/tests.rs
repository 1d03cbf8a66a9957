//! What the audit finds beyond a single card, and what it does not take for a fault.

use super::*;
use crate::card::{Account as Card, Command, Facts, Wanted};
use crate::journal::{Broken, GENESIS};
use crate::limits::SPLIT_UNFINISHED_MS;
use crate::money::Amount;
use crate::program::Kind;
use crate::wire::request::Note;
use crate::wire::row::Detail;

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

/// A card that was issued with 1,000, as it is written.
struct Written {
    name: &'static str,
    account: Card,
    lines: Vec<Line>,
}

impl Written {
    fn new(name: &'static str) -> Self {
        let issue = Command::Issue { amount: amount(1_000), facts: Facts::plain(sar(), Kind::PaidGift, 0) };
        Self { name, account: Card::default(), lines: Vec::new() }.then(7, &issue, Detail::default())
    }

    /// The card after one thing more, with this beside what its action says.
    fn then(mut self, at_ms: u64, command: &Command, beside: Detail) -> Self {
        let entry = self.account.apply(command, at_ms).unwrap();
        let Detail { refund, refunded, .. } = beside;
        let detail = Detail { refund, refunded, ..Detail::new(&entry.action, Note::default()) };
        let previous = self.lines.last().map_or(GENESIS.into(), Line::hash);
        self.lines.push(Line::new(self.name, &entry, detail, &previous));
        self
    }

    /// The leg of a split is held and taken.
    fn leg(self, at_ms: u64, claim: &str, taken: u64, captured: u64) -> Self {
        let hold = Command::Hold { claim: claim.into(), amount: amount(taken), currency: sar(), deadline_ms: u64::MAX };
        let commit = Command::Commit { claim: claim.into(), amount: amount(taken), captured: amount(captured) };
        self.then(at_ms, &hold, Detail::default()).then(at_ms, &commit, Detail::default())
    }

    /// So much of a claim is given back, by a refund of that id that says so much of its claim.
    fn refund(self, claim: &str, minor: u64, id: Option<&str>, refunded: Option<u64>) -> Self {
        let refund = Command::Refund { claim: claim.into(), amount: amount(minor), refunded: None };
        let beside = Detail { refund: id.map(Into::into), refunded: refunded.map(amount), ..Detail::default() };
        self.then(7, &refund, beside)
    }
}

/// A card of which one leg was taken.
fn leg(card: &'static str, claim: &str, taken: u64, captured: u64) -> Vec<Line> {
    Written::new(card).leg(7, claim, taken, captured).lines
}

/// What an audit says to an export of these lines: the rules with line and card, and how many checkouts are unfinished.
fn audit(cards: &[Vec<Line>]) -> (Vec<(Rule, u64, String)>, usize) {
    let mut audit = Audit::default();
    let watermark = u64::try_from(cards.iter().map(Vec::len).sum::<usize>()).unwrap();
    let mut read = |line: &ExportLine| audit.read(&serde_json::to_string(line).unwrap());
    read(&ExportLine::Begin { watermark });
    for (line, number) in cards.iter().flatten().zip(1..) {
        read(&ExportLine::Row(Box::new(ExportRow { number, hash: line.hash(), line: line.clone() })));
    }
    read(&ExportLine::End { watermark });
    let report = audit.finish();
    let findings = report.findings.into_iter().map(|finding| (finding.rule, finding.line, finding.entry.unwrap().0));
    (findings.collect(), report.unfinished)
}

#[test]
fn legs_that_make_up_what_each_of_them_says_are_a_whole_split() {
    let legs = [leg("gc_1", "co_1.1.tn_1", 600, 900), leg("gc_2", "co_1.1.tn_2", 300, 900)];
    assert_eq!(audit(&legs), (vec![], 0));
    assert_eq!(audit(&legs[..1]), (vec![], 1), "a leg is still on its way to the book");
}

#[test]
fn order_that_was_paid_twice_is_found() {
    let first = leg("gc_1", "co_1.1.tn_1", 600, 600);
    let found = (vec![(Rule::Split, 7, "gc_2".to_string())], 0);
    assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.2.tn_1", 600, 600)]), found, "by another attempt");
    assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.1.tn_9", 600, 600)]), found, "by the same attempt again");
    assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.1.tn_9", 100, 700)]), found, "by one with another sum");
    assert_eq!(audit(&[first, leg("gc_2", "co_2.1.tn_1", 600, 600)]), (vec![], 0), "two orders are two orders");
}

#[test]
fn split_that_lacks_a_card_for_an_hour_is_found_at_its_newest_commit() {
    let first = |at_ms| Written::new("gc_1").leg(at_ms, "co_1.1.tn_1", 300, 900).lines;
    let second = |at_ms| Written::new("gc_2").leg(at_ms, "co_1.1.tn_2", 300, 900).lines;
    let last = |at_ms| {
        let all = Command::Redeem { amount: Wanted::Max, currency: sar() };
        Written::new("gc_3").then(at_ms, &all, Detail::default()).lines
    };
    let hour = SPLIT_UNFINISHED_MS;
    let lost = |line, card: &str| (vec![(Rule::Split, line, card.to_string())], 0);
    assert_eq!(audit(&[first(7), second(9), last(9 + hour)]), (vec![], 1), "it may be on its way");
    assert_eq!(audit(&[first(7), second(9), last(10 + hour)]), lost(7, "gc_2"));
    assert_eq!(audit(&[first(9), second(7), last(10 + hour)]), lost(4, "gc_1"), "whichever came to the book first");
    assert_eq!(audit(&[last(10 + hour), second(7), first(9)]), lost(9, "gc_1"), "the newest line may be anywhere");
    let third = Written::new("gc_4").leg(9 + hour, "co_1.1.tn_4", 300, 900).lines;
    assert_eq!(audit(&[first(7), second(9), last(10 + 2 * hour), third]), (vec![], 0), "it came late");
    let other = Written::new("gc_5").leg(9 + hour, "co_2.1.tn_1", 300, 900).lines;
    assert_eq!(audit(&[first(7), second(9), last(10 + hour), other]), (lost(7, "gc_2").0, 1), "each by its own time");
    let mut broken = last(10 + hour);
    broken[0].previous = "0".into();
    let found = (vec![(Rule::History(Broken::Chain), 10, "gc_4".to_string())], 1);
    broken.iter_mut().for_each(|line| line.card = "gc_4".into());
    assert_eq!(audit(&[first(7), last(10 + hour), second(9), broken]), found, "it may be a card that is not believed");
}

#[test]
fn findings_stand_in_the_order_of_the_file() {
    let lost = leg("gc_1", "co_1.1.tn_1", 300, 900);
    let twice = [leg("gc_2", "co_2.1.tn_1", 600, 600), leg("gc_3", "co_2.2.tn_1", 600, 600)].concat();
    let late = Written::new("gc_4").leg(8 + SPLIT_UNFINISHED_MS, "co_3.1.tn_1", 600, 600).lines;
    let (findings, _) = audit(&[lost, twice, late]);
    assert_eq!(findings.iter().map(|(_, line, _)| *line).collect::<Vec<_>>(), [4, 10]);
}

#[test]
fn refund_that_was_made_twice_is_found() {
    let card =
        || Written::new("gc_1").leg(7, "co_1.1.tn_1", 600, 900).refund("co_1.1.tn_1", 100, Some("rf_1"), Some(100));
    let other =
        || Written::new("gc_2").leg(7, "co_1.1.tn_2", 300, 900).refund("co_1.1.tn_2", 50, Some("rf_1"), Some(50));
    assert_eq!(audit(&[card().lines, other().lines]), (vec![], 0), "one refund gives back to several cards");
    let again = card().refund("co_1.1.tn_1", 100, Some("rf_1"), Some(200));
    assert_eq!(audit(&[again.lines, other().lines]), (vec![(Rule::Refund, 6, "gc_1".to_string())], 0));
    let another = card().refund("co_1.1.tn_1", 100, Some("rf_2"), Some(200));
    assert_eq!(audit(&[another.lines, other().lines]), (vec![], 0));
}

#[test]
fn refund_that_says_another_sum_of_its_claim_than_the_card_is_found() {
    let redeem = Command::Redeem { amount: Wanted::Exactly(amount(500)), currency: sar() };
    let card = || Written::new("gc_1").then(7, &redeem, Detail::default()).refund("rd.2", 100, Some("rf_1"), Some(100));
    assert_eq!(audit(&[card().refund("rd.2", 100, Some("rf_2"), Some(200)).lines]), (vec![], 0));
    let found = (vec![(Rule::Refund, 5, "gc_1".to_string())], 0);
    for refunded in [None, Some(100), Some(201)] {
        assert_eq!(audit(&[card().refund("rd.2", 100, Some("rf_2"), refunded).lines]), found, "{refunded:?}");
    }
    assert_eq!(audit(&[card().refund("rd.2", 100, None, Some(200)).lines]), found, "nobody could say which it is");
}
