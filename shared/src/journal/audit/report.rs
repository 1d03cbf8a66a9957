//! What an audit says: the rules, the lines that break them, and what the whole comes to.

use crate::journal::{Account, Broken, Line};
use crate::money::Currency;
use core::fmt;
use std::collections::BTreeMap;

/// What a line breaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "`fmt` says each in words")]
pub enum Rule {
    Readable,
    Order,
    Seal,
    History(Broken),
    Split,
    Refund,
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
            Self::Refund => "refund: each is made once, and says what was given back of its claim so far",
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

impl Finding {
    /// About that line of the file, which could be read.
    pub(super) fn of(line: &Line, number: u64, rule: Rule) -> Self {
        Self { line: number, entry: Some((line.card.clone(), line.seq)), rule }
    }
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
    /// Checkouts of which a card is missing, for less time than an entry may need to reach the book.
    pub unfinished: usize,
    /// Everything that is wrong, in the order of the file.
    pub findings: Vec<Finding>,
}
