//! Reports: what each is made of, and how the rows of kept totals become its own.
//!
//! In scope: which totals a report needs ([`Report::plan`]), its rows ([`Report::table`]), and the moment that it speaks of ([`as_of`]). The journal reads
//! rows, the Worker writes the answer; neither knows what a figure means. Out of scope: the totals themselves (`journal::totals`).
//!
//! Every figure is a sum over lines of the book, so whoever has an export can compute it again.

use crate::journal::{Account, STANDING};
use crate::law::{Jurisdiction, Law};
use crate::limits::{DAY_MS, REPORT_ROWS_MAX};
use crate::program::Kind;
use crate::rejection::Rejection;
use crate::time;

mod table;
#[cfg(test)]
mod tests;

pub use table::{Cell, Table};

/// One of the reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each")]
pub enum Report {
    Summary,
    Issued,
    Activation,
    Redemptions,
    Outstanding,
    Uplift,
    Unclaimed,
}

/// What a report has a row for each of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum By {
    Day,
    Location,
    Program,
    Campaign,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Day, Self::Location, Self::Program, Self::Campaign];

    /// The name in requests, and of the column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Location => "location",
            Self::Program => "program",
            Self::Campaign => "campaign",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.name() == name)
    }
}

/// The totals that a report is made of: sums of columns, for each combination of others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Whether they are those of what stands on cards, and not those of days.
    pub of_standing: bool,
    /// The columns whose values tell rows apart, in the order of the report.
    pub keys: Vec<&'static str>,
    /// The columns that are summed.
    pub sums: Vec<&'static str>,
}

/// A row of totals, as a plan asks for it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "see `Plan`")]
pub struct Kept {
    pub keys: Vec<String>,
    pub sums: Vec<i64>,
}

/// What a row of totals adds to a row of the report.
type Figures = Vec<i64>;

impl Report {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Summary,
        Self::Issued,
        Self::Activation,
        Self::Redemptions,
        Self::Outstanding,
        Self::Uplift,
        Self::Unclaimed,
    ];

    /// The name in the path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Issued => "issued",
            Self::Activation => "activation",
            Self::Redemptions => "redemptions",
            Self::Outstanding => "outstanding",
            Self::Uplift => "uplift",
            Self::Unclaimed => "unclaimed",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|report| report.name() == name)
    }

    /// Whether it speaks of a moment and not of a time.
    pub fn is_of_a_moment(self) -> bool {
        matches!(self, Self::Outstanding | Self::Unclaimed)
    }

    /// The totals that it is made of.
    pub fn plan(self, by: By) -> Plan {
        let of_days = |more: &[&'static str], sums: &[&'static str]| Plan {
            of_standing: false,
            keys: [&[by.name(), "currency"], more].concat(),
            sums: sums.to_vec(),
        };
        let of_standing =
            |keys: &[&'static str]| Plan { of_standing: true, keys: keys.to_vec(), sums: STANDING.to_vec() };
        match self {
            Self::Summary => Plan {
                of_standing: false,
                keys: vec!["day", "currency", "kind", "location", "campaign"],
                sums: Account::ALL.map(Account::name).into_iter().chain(Account::ALL.map(Account::entries)).collect(),
            },
            Self::Issued => of_days(&["kind"], &["issued_entries", "issued", "loaded"]),
            Self::Activation => of_days(&[], &["issued_entries", "activated"]),
            Self::Redemptions => of_days(&[], &["redeemed_entries", "redeemed", "refunded", "issued"]),
            Self::Uplift => of_days(&[], &["orders", "order_redeemed", "order_total"]),
            Self::Outstanding => of_standing(&["program", "currency", "jurisdiction", "moved"]),
            Self::Unclaimed => of_standing(&["jurisdiction", "currency", "kind", "moved"]),
        }
    }

    /// Its rows, from those that its plan asks for, in their order. `day`: the moment that it speaks of, where it is one.
    pub fn table(self, by: By, day: &str, kept: &[Kept]) -> Table {
        match self {
            Self::Summary => summary(kept),
            Self::Unclaimed => unclaimed(day, kept),
            Self::Outstanding => {
                let mut table = self.fold(&["program", "currency", "jurisdiction"], day, kept);
                table.widen(&["as_of"], |_| Some(vec![Cell::Text(day.into())]));
                table
            }
            _ => self.fold(&[by.name(), "currency"], day, kept),
        }
    }

    /// One row for each combination of the first keys; what rows of the same add is added up. A row without any figure is left out.
    fn fold(self, keys: &[&'static str], day: &str, kept: &[Kept]) -> Table {
        let mut rows: Vec<(&[String], Figures)> = Vec::new();
        for row in kept {
            let Some((key, rest)) = row.keys.split_at_checked(keys.len()) else { continue };
            let adds = self.adds(rest, &row.sums, day);
            match rows.last_mut() {
                Some((last, sums)) if *last == key => {
                    sums.iter_mut().zip(adds).for_each(|(sum, more)| *sum = sum.saturating_add(more));
                }
                _ => rows.push((key, adds)),
            }
        }
        rows.retain(|(_, sums)| sums.iter().any(|sum| *sum != 0));
        let cells = |(key, sums): (&[String], Figures)| {
            key.iter().cloned().map(Cell::Text).chain(sums.into_iter().map(Cell::Number)).collect()
        };
        Table { columns: [keys, self.figures()].concat(), rows: rows.into_iter().map(cells).collect() }
    }

    /// The columns of its figures.
    fn figures(self) -> &'static [&'static str] {
        match self {
            Self::Summary => &[],
            Self::Issued => &["cards", "issued", "loaded", "sold", "given"],
            Self::Activation => &["cards", "activated"],
            Self::Redemptions => &["redemptions", "redeemed", "refunded", "issued"],
            Self::Outstanding => {
                &["cards", "available", "held", "stock", "unused", "age_30", "age_90", "age_365", "age_older"]
            }
            Self::Uplift => &["orders", "redeemed", "order_total", "uplift"],
            Self::Unclaimed => &["cards", "balance"],
        }
    }

    /// What a row of totals adds to them. Accounts that value comes from are below zero in the book, and above it here.
    fn adds(self, rest: &[String], sums: &[i64], day: &str) -> Figures {
        match (self, sums, rest) {
            (Self::Issued, [cards, issued, loaded], [kind]) => {
                let (issued, loaded) = (issued.saturating_neg(), loaded.saturating_neg());
                let put = issued.saturating_add(loaded);
                let (sold, given) = if *kind == Kind::PaidGift.name() { (put, 0) } else { (0, put) };
                vec![*cards, issued, loaded, sold, given]
            }
            (Self::Redemptions, [redemptions, redeemed, refunded, issued], _) => {
                vec![*redemptions, *redeemed, refunded.saturating_neg(), issued.saturating_neg()]
            }
            (Self::Uplift, [orders, redeemed, total], _) => {
                vec![*orders, *redeemed, *total, total.saturating_sub(*redeemed)]
            }
            (Self::Outstanding, [cards, available, held, _, stock, unused], [moved]) => {
                let value = available.saturating_add(*held);
                let age = age_days(moved, day);
                let aged = |from: u64, to: u64| if (from..=to).contains(&age) { value } else { 0 };
                let ages = [aged(0, 30), aged(31, 90), aged(91, 365), aged(366, u64::MAX)];
                [&[*cards, *available, *held, *stock, *unused], &ages[..]].concat()
            }
            (Self::Unclaimed, [cards, available, held, stock_cards, stock, _], _) => {
                // What nobody has bought yet belongs to nobody else.
                vec![cards.saturating_sub(*stock_cards), available.saturating_add(*held).saturating_sub(*stock)]
            }
            _ => sums.to_vec(),
        }
    }
}

/// The whole answer: CSV, or JSON with what was asked for. `limit_exceeded` when it would be made of more than [`REPORT_ROWS_MAX`] rows.
pub fn tell(report: Report, by: By, (from, to): (&str, &str), csv: bool, kept: &[Kept]) -> Result<String, Rejection> {
    if kept.len() > REPORT_ROWS_MAX {
        return Err(Rejection::LimitExceeded);
    }
    let table = report.table(by, to, kept);
    if csv {
        return Ok(table.csv());
    }
    // Days and names of ours: nothing of it needs escaping.
    let mut text = ["{\"report\":\"", report.name(), "\",\"to\":\"", to].concat();
    if !report.is_of_a_moment() {
        text.push_str(&["\",\"from\":\"", from].concat());
        if report != Report::Summary {
            text.push_str(&["\",\"by\":\"", by.name()].concat());
        }
    }
    text.push_str(&["\",\"data\":", &table.json(), "}"].concat());
    Ok(text)
}

/// One row for each account of each combination that has entries.
fn summary(kept: &[Kept]) -> Table {
    let keys = Report::Summary.plan(By::Day).keys;
    let mut rows = Vec::new();
    for row in kept {
        let Some((amounts, entries)) = row.sums.split_at_checked(Account::ALL.len()) else { continue };
        let accounts = Account::ALL.into_iter().zip(amounts.iter().zip(entries));
        for (account, (amount, entries)) in accounts.filter(|(_, (_, entries))| **entries != 0) {
            let keys = row.keys.iter().cloned().map(Cell::Text);
            let own = [Cell::Text(account.name().into()), Cell::Number(*amount), Cell::Number(*entries)];
            rows.push(keys.chain(own).collect());
        }
    }
    Table { columns: [&keys, &["account", "amount", "entries"][..]].concat(), rows }
}

/// What nobody has moved for as long as the rule of its place says, of cards that were sold or stand for money that was given back. A place without such a
/// rule has no row.
fn unclaimed(day: &str, kept: &[Kept]) -> Table {
    let at_ms = moment(day);
    let rule = |place: &str| Law::of(Jurisdiction::nearest(Some(place)), at_ms).unclaimed_by();
    let since = |place: &str| rule(place).map(|(unclaimed, _)| time::years_before(day, unclaimed.years.get()));
    let is_dormant = |row: &&Kept| match row.keys.as_slice() {
        [place, _, kind, moved] => {
            let is_owed = [Kind::PaidGift, Kind::RefundCredit].iter().any(|owed| owed.name() == kind);
            is_owed && since(place).is_some_and(|since| *moved <= since)
        }
        _ => false,
    };
    let dormant: Vec<Kept> = kept.iter().filter(is_dormant).cloned().collect();
    let mut table = Report::Unclaimed.fold(&["jurisdiction", "currency"], day, &dormant);
    table.widen(&["amount", "dormant_since", "rule", "source", "as_of"], |row| {
        let [Cell::Text(place), _, _, Cell::Number(balance)] = row else { return None };
        let (unclaimed, breach) = rule(place)?;
        // To the minor unit below: what is reported is never more than the share that the law names.
        let (percent, hundreds) = (i64::from(unclaimed.percent), balance.checked_div(100)?);
        let rest = balance.checked_rem(100)?.checked_mul(percent)?.checked_div(100)?;
        let amount = hundreds.checked_mul(percent)?.checked_add(rest)?;
        let since = time::years_before(day, unclaimed.years.get());
        let texts = [since, breach.rule(), breach.source.into(), day.into()];
        Some([Cell::Number(amount)].into_iter().chain(texts.map(Cell::Text)).collect())
    });
    table
}

/// The day that a report of a moment speaks of when it is asked for that of `to`: today and later itself, before today the last day of a month. What stood on
/// cards is kept for each month, so of another day it is told as of the end of the month before.
pub fn as_of(to: &str, today: &str) -> String {
    let at_ms = moment(to);
    let is_last_of_month = time::day(at_ms.saturating_add(DAY_MS)).ends_with("-01");
    if to >= today || is_last_of_month {
        return to.into();
    }
    let of_month = to.get(8..).and_then(|day| day.parse().ok()).unwrap_or(0_u64);
    time::day(at_ms.saturating_sub(of_month.saturating_mul(DAY_MS)))
}

/// How many days a day lies before another; none when it lies behind it, as when a clock was wrong.
fn age_days(moved: &str, day: &str) -> u64 {
    moment(day).saturating_sub(moment(moved)).checked_div(DAY_MS).unwrap_or(0)
}

/// The first moment of a day.
fn moment(day: &str) -> u64 {
    time::read(&[day, "T00:00:00Z"].concat()).unwrap_or(0)
}
