//! The book: what each entry of a card means in double entry, and the chain of hashes that makes a history tamper-evident.
//!
//! In scope: the line that stands for an entry in hand-offs and exports, its hash, and its postings. A line carries the hash of the line before it on
//! the same card, so no line can be changed, dropped or inserted without breaking every hash after it.
//!
//! The invariants:
//! 1. the postings of every line sum to zero;
//! 2. lines of a card are gapless from 1, and each names the hash of the one before;
//! 3. folding a card's lines gives the counters that its last line carries.
//!
//! Out of scope: where lines are kept, what a report is called.

mod audit;
mod known;
mod receive;
mod totals;

pub use audit::{Audit, Finding, Report, Rule};
pub use known::Known;
pub use receive::{Received, Step, Taken, receive};
pub use totals::{FIGURES, STANDING, Standing, Tally, standing, tallies};

use crate::card::{Account as CardAccount, Action, Card, Entry, Flow};
use crate::money::{Amount, Currency};
use crate::wire::row::Detail;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The hash that the first line of a card names.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One entry of one card, as it is handed to the journal and exported. Field order is part of the format: the hash is over these bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "fields are those of `Entry`")]
pub struct Line {
    pub card: String,
    pub seq: u64,
    pub at_ms: u64,
    pub action: String,
    pub amount: Amount,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub claim: Option<String>,
    pub available: Amount,
    pub held: Amount,
    pub detail: Detail,
    /// The hash of the card's line before this one.
    pub previous: String,
}

/// A line as it is exported: its number in the book, and its hash, so that the last line of a card is sealed as well.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "see above")]
pub struct ExportRow {
    pub number: u64,
    pub hash: String,
    pub line: Line,
}

/// One line of an export file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ExportLine {
    /// First: the number of the last row that this export will have.
    Begin {
        watermark: u64,
    },
    Row(Box<ExportRow>),
    /// Last: without it, the export was cut short.
    End {
        watermark: u64,
    },
}

/// Why a history is not to be believed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Broken {
    /// A line's number does not follow the one before.
    Gap,
    /// A line does not name the hash of the one before.
    Chain,
    /// A line is not an entry that this code could have written.
    Unreadable,
    /// A line does not follow from those before it by the rules of the card.
    Rules,
    /// A line's counters are not what the history adds up to.
    Counters,
}

impl Line {
    /// The line of an entry.
    pub fn new(card: &str, entry: &Entry, detail: Detail, previous: &str) -> Self {
        Self {
            card: card.into(),
            seq: entry.seq,
            at_ms: entry.at_ms,
            action: entry.action.name().into(),
            amount: entry.action.amount(),
            claim: entry.action.claim().map(Into::into),
            available: entry.available,
            held: entry.held,
            detail,
            previous: previous.into(),
        }
    }

    /// The entry of a line; `None` when it is none.
    pub fn entry(&self) -> Option<Entry> {
        let action = self.detail.action(&self.action, self.amount, self.claim.clone())?;
        Some(Entry { seq: self.seq, at_ms: self.at_ms, action, available: self.available, held: self.held })
    }

    /// SHA-256 over the line's canonical form, in hex.
    pub fn hash(&self) -> String {
        // A line has no map with keys that are not strings, the only thing that could fail here.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Where value is. Each account's balance is the sum of its postings. Those where value comes from are below zero; what was replaced and what was adjusted
/// may be either.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Account {
    Issued,
    Loaded,
    Available,
    Held,
    Redeemed,
    Refunded,
    Expired,
    CashedOut,
    Adjusted,
    Cancelled,
    /// On its way from a card to its successor.
    Replaced,
}

impl Account {
    /// Every account.
    pub const ALL: [Self; 11] = [
        Self::Issued,
        Self::Loaded,
        Self::Available,
        Self::Held,
        Self::Redeemed,
        Self::Refunded,
        Self::Expired,
        Self::CashedOut,
        Self::Adjusted,
        Self::Cancelled,
        Self::Replaced,
    ];

    /// The account on the other side of what comes onto a card or leaves it.
    pub fn of(flow: Flow) -> Self {
        match flow {
            Flow::Issued => Self::Issued,
            Flow::Loaded => Self::Loaded,
            Flow::Refunded => Self::Refunded,
            Flow::ReplacedIn | Flow::ReplacedOut => Self::Replaced,
            Flow::AdjustedIn | Flow::AdjustedOut => Self::Adjusted,
            Flow::Redeemed => Self::Redeemed,
            Flow::CashedOut => Self::CashedOut,
            Flow::Expired => Self::Expired,
            Flow::Cancelled => Self::Cancelled,
        }
    }

    /// The name in rows and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Loaded => "loaded",
            Self::Available => "available",
            Self::Held => "held",
            Self::Redeemed => "redeemed",
            Self::Refunded => "refunded",
            Self::Expired => "expired",
            Self::CashedOut => "cashed_out",
            Self::Adjusted => "adjusted",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }

    /// The name of the total that counts its entries.
    pub fn entries(self) -> &'static str {
        match self {
            Self::Issued => "issued_entries",
            Self::Loaded => "loaded_entries",
            Self::Available => "available_entries",
            Self::Held => "held_entries",
            Self::Redeemed => "redeemed_entries",
            Self::Refunded => "refunded_entries",
            Self::Expired => "expired_entries",
            Self::CashedOut => "cashed_out_entries",
            Self::Adjusted => "adjusted_entries",
            Self::Cancelled => "cancelled_entries",
            Self::Replaced => "replaced_entries",
        }
    }
}

/// A change of one account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Posting {
    /// Which.
    pub account: Account,
    /// By how much, in minor units.
    pub change: i64,
}

/// What an entry posts, given the counters before it. The changes sum to zero, and none is zero.
pub fn postings(before: (Amount, Amount), entry: &Entry) -> Vec<Posting> {
    let (available, held) = before;
    let amount = entry.action.amount().signed();
    let source = entry.action.flow().map(|flow| {
        // What an extension brings back had left the card before.
        let comes_in = flow.comes_in() || matches!(entry.action, Action::Extend { .. });
        (Account::of(flow), if comes_in { amount.saturating_neg() } else { amount })
    });
    let moved = [
        (Account::Available, entry.available.signed().saturating_sub(available.signed())),
        (Account::Held, entry.held.signed().saturating_sub(held.signed())),
    ];
    source
        .into_iter()
        .chain(moved)
        .filter(|(_, change)| *change != 0)
        .map(|(account, change)| Posting { account, change })
        .collect()
}

/// What each account has of a card, by its own counters.
pub fn balances(card: &Card) -> impl Iterator<Item = (Account, i128)> {
    let flows = card.flows.iter().map(|(flow, amount)| {
        let amount = i128::from(amount.minor());
        (Account::of(flow), if flow.comes_in() { amount.saturating_neg() } else { amount })
    });
    let kept = [(Account::Available, card.available), (Account::Held, card.held)];
    flows.chain(kept.map(|(account, amount)| (account, i128::from(amount.minor()))))
}

/// A card's history while it is being read, line by line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    account: CardAccount,
    head: Option<String>,
}

impl History {
    /// Takes the next line over, or says why it cannot be.
    pub fn append(&mut self, line: &Line) -> Result<Vec<Posting>, Broken> {
        let (seq, available, held) = self
            .account
            .card
            .as_ref()
            .map_or((0, Amount::ZERO, Amount::ZERO), |card| (card.seq, card.available, card.held));
        if line.seq != seq.saturating_add(1) {
            return Err(Broken::Gap);
        }
        if line.previous != self.head() {
            return Err(Broken::Chain);
        }
        let entry = line.entry().ok_or(Broken::Unreadable)?;
        let again = self.account.follow(&entry).map_err(|_| Broken::Rules)?;
        if again != entry {
            return Err(Broken::Counters);
        }
        self.head = Some(line.hash());
        Ok(postings((available, held), &entry))
    }

    /// The hash of the last line.
    pub fn head(&self) -> &str {
        self.head.as_deref().unwrap_or(GENESIS)
    }

    /// The card with its claims, as the lines so far make it.
    pub fn account(&self) -> &CardAccount {
        &self.account
    }

    /// The card's currency, once issued.
    pub fn currency(&self) -> Option<Currency> {
        self.account.card.as_ref().map(|card| card.facts.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Command, Facts, Successor, Wanted};
    use crate::program::Kind;
    use crate::wire::request::Note;

    fn amount(minor: u64) -> Amount {
        Amount::new(minor).unwrap()
    }

    /// A history with every kind of entry that moves value.
    fn lines() -> Vec<Line> {
        let currency = Currency::parse("SAR").unwrap();
        let claim = || "co_1.1.tn_1".to_string();
        let to = Successor { card: "gc_2".into(), last4: "D5VV".into(), key_id: 0 };
        let commands = [
            Command::Issue {
                amount: amount(10_000),
                facts: Facts { active: false, ..Facts::plain(currency, Kind::PaidGift, 0) },
            },
            Command::Activate,
            Command::Redeem { amount: Wanted::Exactly(amount(1_000)), currency },
            Command::Hold { claim: claim(), amount: amount(3_000), currency, deadline_ms: 99 },
            Command::Commit { claim: claim(), amount: amount(2_000), captured: amount(2_000) },
            Command::Refund { claim: claim(), amount: amount(500), refunded: None },
            Command::Release { claim: "co_2.1.tn_1".into() },
            Command::Load { amount: amount(700), currency, expires_at_ms: None },
            Command::AdjustIn { amount: amount(40), currency },
            Command::AdjustOut { amount: amount(10), currency },
            Command::Replace { to },
            Command::Refund { claim: "rd.3".into(), amount: amount(100), refunded: None },
            Command::Forward,
        ];
        let mut account = CardAccount::default();
        let mut previous = GENESIS.to_string();
        let line = |command: &Command| {
            let entry = account.apply(command, 7).unwrap();
            let line = Line::new("gc_1", &entry, Detail::new(&entry.action, Note::default()), &previous);
            previous = line.hash();
            line
        };
        commands.iter().map(line).collect()
    }

    fn read(lines: &[Line]) -> Result<Vec<Posting>, Broken> {
        let mut history = History::default();
        lines.iter().try_fold(Vec::new(), |mut all, line| {
            let postings = history.append(line)?;
            assert_eq!(postings.iter().map(|posting| posting.change).sum::<i64>(), 0, "{}", line.action);
            all.extend(postings);
            Ok(all)
        })
    }

    #[test]
    fn postings_of_every_line_sum_to_zero_and_give_the_counters() {
        let all = read(&lines()).unwrap();
        let balance = |account| {
            all.iter().filter(|posting| posting.account == account).map(|posting| posting.change).sum::<i64>()
        };
        assert_eq!(Account::ALL.map(balance), [-10_000, -700, 0, 0, 3_000, -600, 0, 0, -30, 0, 8_330]);
    }

    #[test]
    fn history_names_what_is_broken() {
        let broken = |change: fn(&mut Vec<Line>)| {
            let mut lines = lines();
            change(&mut lines);
            read(&lines).unwrap_err()
        };
        assert_eq!(broken(|lines| drop(lines.remove(2))), Broken::Gap);
        assert_eq!(broken(|lines| lines[2].at_ms = 8), Broken::Chain);
        assert_eq!(broken(|lines| lines[0].previous = "0".into()), Broken::Chain);
        assert_eq!(broken(|lines| lines[6].action = "gift".into()), Broken::Unreadable);
        assert_eq!(broken(|lines| lines[6].available = amount(9_999)), Broken::Counters);
        assert_eq!(
            broken(|lines| {
                lines[6].claim = Some("co_1.1.tn_1".into());
            }),
            Broken::Rules
        );
    }

    #[test]
    fn line_format_unchanged() {
        let lines = lines();
        assert_eq!(
            serde_json::to_string(&lines[0]).unwrap(),
            concat!(
                r#"{"card":"gc_1","seq":1,"at_ms":7,"action":"issue","amount":10000,"available":10000,"held":0,"#,
                r#""detail":{"issue":{"currency":"SAR","kind":"paid_gift","key_id":0,"active":false}},"#,
                r#""previous":"0000000000000000000000000000000000000000000000000000000000000000"}"#
            )
        );
        assert_eq!(lines[1].previous, "d216b225737ffa0816d90840e4449535892c8c589fe45f7cc3f7bfcc6921ddf5");
    }
    #[test]
    fn export_format_unchanged() {
        let line = lines().swap_remove(1);
        let hash = line.hash();
        for (export, text) in [
            (ExportLine::Begin { watermark: 2 }, r#"{"begin":{"watermark":2}}"#),
            (
                ExportLine::Row(Box::new(ExportRow { number: 2, hash, line })),
                concat!(
                    r#"{"row":{"number":2,"hash":"4a425321985861aad470293d8e70e5b3666029a69496337acc96821812ceaa5a","#,
                    r#""line":{"card":"gc_1","seq":2,"at_ms":7,"action":"activate","amount":0,"available":10000,"held":0,"#,
                    r#""detail":{},"#,
                    r#""previous":"d216b225737ffa0816d90840e4449535892c8c589fe45f7cc3f7bfcc6921ddf5"}}}"#
                ),
            ),
            (ExportLine::End { watermark: 2 }, r#"{"end":{"watermark":2}}"#),
        ] {
            assert_eq!(serde_json::to_string(&export).unwrap(), text);
            assert_eq!(serde_json::from_str::<ExportLine>(text).unwrap(), export);
        }
    }
}
