//! Verifying an export without the system that wrote it: chain, rules of the card, conservation, splits, and refunds.
//!
//! It uses the very code that wrote the lines, so what it proves is that the history is one that this code could have written, that nothing in it was
//! changed since, and that value was neither made nor lost.

use super::{Account, ExportLine, ExportRow, History, Line, balances};
use crate::money::Currency;
use std::collections::{BTreeMap, BTreeSet};

mod refund;
mod report;
mod split;
#[cfg(test)]
mod tests;

use refund::Refunds;
pub use report::{Finding, Report, Rule};
use split::Splits;

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
    splits: Splits,
    refunds: Refunds,
    /// The time of the newest line.
    newest_ms: u64,
}

impl Audit {
    /// Reads the next line of the file.
    pub fn read(&mut self, text: &str) {
        self.lines = self.lines.saturating_add(1);
        match serde_json::from_str(text) {
            Ok(ExportLine::Begin { watermark }) => self.watermark = Some(watermark),
            Ok(ExportLine::End { watermark }) => self.ended = self.watermark == Some(watermark),
            Ok(ExportLine::Row(row)) => self.row(&row),
            Err(_) => self.find_here(Rule::Readable),
        }
    }

    fn row(&mut self, row: &ExportRow) {
        if row.number != self.last_number.saturating_add(1) {
            self.find(&row.line, Rule::Order);
        }
        self.last_number = row.number;
        if self.given_up.contains(&row.line.card) {
            return;
        }
        if row.line.hash() != row.hash {
            self.give_up(&row.line, Rule::Seal);
            return;
        }
        let history = self.histories.entry(row.line.card.clone()).or_default();
        match history.append(&row.line) {
            Err(broken) => self.give_up(&row.line, Rule::History(broken)),
            Ok(postings) => {
                self.report.entries = self.report.entries.saturating_add(1);
                if let Some(currency) = history.currency() {
                    for posting in postings {
                        let balance = self.report.balances.entry((currency, posting.account)).or_default();
                        *balance = balance.saturating_add(i128::from(posting.change));
                    }
                }
                self.believed(&row.line);
            }
        }
    }

    /// What a line that its card's history bears out says beyond its card.
    fn believed(&mut self, line: &Line) {
        self.newest_ms = self.newest_ms.max(line.at_ms);
        if !self.splits.agrees(line, self.lines) {
            self.find(line, Rule::Split);
        }
        let account = self.histories.get(&line.card).map(History::account);
        if !account.is_none_or(|account| self.refunds.agrees(line, account)) {
            self.find(line, Rule::Refund);
        }
    }

    fn give_up(&mut self, line: &Line, rule: Rule) {
        self.given_up.insert(line.card.clone());
        self.find(line, rule);
    }

    fn find(&mut self, line: &Line, rule: Rule) {
        self.report.findings.push(Finding::of(line, self.lines, rule));
    }

    /// A finding where no line could be read, or that is one of the whole.
    fn find_here(&mut self, rule: Rule) {
        self.report.findings.push(Finding { line: self.lines, entry: None, rule });
    }

    /// Ends the audit: what can only be said of the whole.
    pub fn finish(mut self) -> Report {
        if !self.ended || self.watermark != Some(self.last_number) {
            self.find_here(Rule::Complete);
        }
        self.report.cards = self.histories.len();
        if self.report.findings.is_empty() && !self.is_conserved() {
            self.find_here(Rule::Conservation);
        }
        let (unfinished, lost) = self.splits.unfinished(self.newest_ms);
        self.report.unfinished = unfinished;
        if self.given_up.is_empty() {
            self.report.findings.extend(lost);
        } else {
            // What is missing may stand on a card that is not believed, and that is said already.
            self.report.unfinished = unfinished.saturating_add(lost.len());
        }
        self.report.findings.sort_by_key(|finding| finding.line);
        self.report
    }

    /// Whether the book is balanced and agrees with the cards that its own lines make.
    fn is_conserved(&self) -> bool {
        let mut counted: BTreeMap<(Currency, Account), i128> = BTreeMap::new();
        for card in self.histories.values().filter_map(|history| history.account().card.as_ref()) {
            for (account, amount) in balances(card) {
                let sum = counted.entry((card.facts.currency, account)).or_default();
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
