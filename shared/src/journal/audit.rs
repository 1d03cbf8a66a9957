//! Verifying an export without the system that wrote it: chain, rules of the card, conservation, and splits.
//!
//! It uses the very code that wrote the lines, so what it proves is that the history is one that this code could have written, that nothing in it was
//! changed since, and that value was neither made nor lost.

use super::{Account, Broken, ExportLine, ExportRow, History};
use crate::money::{Amount, Currency};
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

/// What a line breaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "`fmt` says each in words")]
pub enum Rule {
    Readable,
    Order,
    Seal,
    History(Broken),
    Split,
    Conservation,
    Complete,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Readable => "readable: it is a line of an export",
            Self::Order => "order: rows are numbered 1, 2, 3 …",
            Self::Seal => "seal: the hash is that of the line",
            Self::History(Broken::Gap) => "gap: a card's entries are numbered 1, 2, 3 …",
            Self::History(Broken::Chain) => "chain: a line names the hash of the card's line before it",
            Self::History(Broken::Unreadable) => "action: the entry is one that a card can have",
            Self::History(Broken::Rules) => "rules: the card may do this at this point",
            Self::History(Broken::Counters) => "counters: available and held are what the history adds up to",
            Self::Split => "split: one attempt of a checkout is captured, and its cards take together what each of them says they do",
            Self::Conservation => "conservation: postings sum to zero, and accounts are what the cards say",
            Self::Complete => "complete: the export has its beginning, every row, and its end",
        })
    }
}

/// A line of the file that breaks a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The line of the file, from 1.
    pub line: u64,
    /// The card and entry, where the line could be read.
    pub entry: Option<(String, u64)>,
    /// What it breaks.
    pub rule: Rule,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            Some((card, seq)) => write!(f, "line {}, {card} entry {seq}: breaks {}", self.line, self.rule),
            None => write!(f, "line {}: breaks {}", self.line, self.rule),
        }
    }
}

/// What an export comes to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// Cards they belong to.
    pub cards: usize,
    /// Every account's balance in minor units.
    pub balances: BTreeMap<(Currency, Account), i128>,
    /// Checkouts of which a card is missing: its entry had not reached the book when the export was made.
    pub unfinished: usize,
    /// Everything that is wrong, in the order of the file.
    pub findings: Vec<Finding>,
}

/// An audit in progress: lines go in, one by one, in the order of the file.
#[derive(Debug, Default)]
pub struct Audit {
    report: Report,
    lines: u64,
    watermark: Option<u64>,
    ended: bool,
    last_number: u64,
    histories: BTreeMap<String, History>,
    /// Cards whose history broke: what follows on them would only repeat the finding.
    given_up: BTreeSet<String>,
    /// What is captured of each checkout.
    captured: BTreeMap<String, Captured>,
}

/// What the lines so far say of one captured checkout.
#[derive(Debug)]
struct Captured {
    attempt: String,
    /// What its cards take together, as each of them says.
    whole: Amount,
    /// What the cards that were read have taken.
    so_far: Amount,
}

impl Audit {
    /// Reads the next line of the file.
    pub fn read(&mut self, text: &str) {
        self.lines = self.lines.saturating_add(1);
        match serde_json::from_str(text) {
            Ok(ExportLine::Begin { watermark }) => self.watermark = Some(watermark),
            Ok(ExportLine::End { watermark }) => self.ended = self.watermark == Some(watermark),
            Ok(ExportLine::Row(row)) => self.row(&row),
            Err(_) => self.find(None, Rule::Readable),
        }
    }

    fn row(&mut self, row: &ExportRow) {
        let entry = Some((row.line.card.clone(), row.line.seq));
        if row.number != self.last_number.saturating_add(1) {
            self.find(entry.clone(), Rule::Order);
        }
        self.last_number = row.number;
        if self.given_up.contains(&row.line.card) {
            return;
        }
        if row.line.hash() != row.hash {
            self.give_up(row, Rule::Seal);
            return;
        }
        let history = self.histories.entry(row.line.card.clone()).or_default();
        match history.append(&row.line) {
            Err(broken) => self.give_up(row, Rule::History(broken)),
            Ok(postings) => {
                self.report.entries = self.report.entries.saturating_add(1);
                if let Some(currency) = history.currency() {
                    for posting in postings {
                        let balance = self.report.balances.entry((currency, posting.account)).or_default();
                        *balance = balance.saturating_add(i128::from(posting.change));
                    }
                }
                self.check_split(row);
            }
        }
    }

    /// Claims are named `{checkout}.{attempt}.{tender}`.
    fn check_split(&mut self, row: &ExportRow) {
        let attempt =
            row.line.claim.as_deref().filter(|_| row.line.action == "commit").and_then(|claim| claim.rsplit_once('.'));
        let Some((attempt, checkout)) =
            attempt.and_then(|(attempt, _)| attempt.split_once('.').map(|(checkout, _)| (attempt, checkout)))
        else {
            return;
        };
        let whole = row.line.detail.captured.unwrap_or_default();
        let first = Captured { attempt: attempt.into(), whole, so_far: Amount::ZERO };
        let captured = self.captured.entry(checkout.into()).or_insert(first);
        let so_far = captured.so_far.plus(row.line.amount).filter(|so_far| *so_far <= captured.whole);
        let is_same = captured.attempt == attempt && captured.whole == whole;
        captured.so_far = so_far.unwrap_or(captured.whole);
        if !is_same || so_far.is_none() {
            self.find(Some((row.line.card.clone(), row.line.seq)), Rule::Split);
        }
    }

    fn give_up(&mut self, row: &ExportRow, rule: Rule) {
        self.given_up.insert(row.line.card.clone());
        self.find(Some((row.line.card.clone(), row.line.seq)), rule);
    }

    fn find(&mut self, entry: Option<(String, u64)>, rule: Rule) {
        self.report.findings.push(Finding { line: self.lines, entry, rule });
    }

    /// Ends the audit: what can only be said of the whole.
    pub fn finish(mut self) -> Report {
        if !self.ended || self.watermark != Some(self.last_number) {
            self.find(None, Rule::Complete);
        }
        self.report.cards = self.histories.len();
        self.report.unfinished = self.captured.values().filter(|captured| captured.so_far < captured.whole).count();
        if self.report.findings.is_empty() && !self.is_conserved() {
            self.find(None, Rule::Conservation);
        }
        self.report
    }

    /// Whether the book is balanced and agrees with the cards that its own lines make.
    fn is_conserved(&self) -> bool {
        let mut counted: BTreeMap<(Currency, Account), i128> = BTreeMap::new();
        for card in self.histories.values().filter_map(|history| history.account().card.as_ref()) {
            let counters = [
                (Account::Issued, i128::from(card.issued.signed().saturating_neg())),
                (Account::Available, i128::from(card.available.minor())),
                (Account::Held, i128::from(card.held.minor())),
                (Account::Redeemed, i128::from(card.captured.minor())),
                (Account::Refunded, i128::from(card.refunded.signed().saturating_neg())),
            ];
            for (account, amount) in counters {
                let sum = counted.entry((card.currency, account)).or_default();
                *sum = sum.saturating_add(amount);
            }
        }
        let of = |balances: &BTreeMap<(Currency, Account), i128>, key| balances.get(&key).copied().unwrap_or_default();
        let currencies: BTreeSet<Currency> = counted.keys().map(|(currency, _)| *currency).collect();
        currencies.into_iter().all(|currency| {
            let agrees = Account::ALL
                .iter()
                .all(|account| of(&self.report.balances, (currency, *account)) == of(&counted, (currency, *account)));
            let sum: i128 = Account::ALL.iter().map(|account| of(&counted, (currency, *account))).sum();
            agrees && sum == 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Account as Card, Command};
    use crate::journal::{GENESIS, Line};
    use crate::program::Kind;
    use crate::wire::request::Note;
    use crate::wire::row::Detail;

    fn amount(minor: u64) -> Amount {
        Amount::new(minor).unwrap()
    }

    /// The lines of a card of 1,000 of which one leg was taken.
    fn leg(card: &str, claim: &str, taken: u64, captured: u64) -> Vec<Line> {
        let currency = Currency::parse("SAR").unwrap();
        let commands = [
            Command::Issue {
                amount: amount(1_000),
                currency,
                kind: Kind::PaidGift,
                key_id: 0,
                active: true,
                expires_at_ms: None,
            },
            Command::Hold { claim: claim.into(), amount: amount(taken), currency, deadline_ms: 99 },
            Command::Commit { claim: claim.into(), amount: amount(taken), captured: amount(captured) },
        ];
        let (mut account, mut previous) = (Card::default(), GENESIS.to_string());
        let line = |command: &Command| {
            let entry = account.apply(command, 7).unwrap();
            let line = Line::new(card, &entry, Detail::new(&entry.action, Note::default()), &previous);
            previous = line.hash();
            line
        };
        commands.iter().map(line).collect()
    }

    /// What an audit says to an export of these lines.
    fn audit(legs: &[Vec<Line>]) -> (Vec<(Rule, String)>, usize) {
        let mut audit = Audit::default();
        let watermark = u64::try_from(legs.iter().map(Vec::len).sum::<usize>()).unwrap();
        let mut read = |line: &ExportLine| audit.read(&serde_json::to_string(line).unwrap());
        read(&ExportLine::Begin { watermark });
        for (line, number) in legs.iter().flatten().zip(1..) {
            read(&ExportLine::Row(Box::new(ExportRow { number, hash: line.hash(), line: line.clone() })));
        }
        read(&ExportLine::End { watermark });
        let report = audit.finish();
        let findings = report.findings.into_iter().map(|finding| (finding.rule, finding.entry.unwrap().0));
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
        let found = (vec![(Rule::Split, "gc_2".to_string())], 0);
        assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.2.tn_1", 600, 600)]), found, "by another attempt");
        assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.1.tn_9", 600, 600)]), found, "by the same attempt again");
        assert_eq!(audit(&[first.clone(), leg("gc_2", "co_1.1.tn_9", 100, 700)]), found, "by one with another sum");
        assert_eq!(audit(&[first, leg("gc_2", "co_2.1.tn_1", 600, 600)]), (vec![], 0), "two orders are two orders");
    }
}
