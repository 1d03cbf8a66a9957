use super::*;
use crate::card::{Account as CardAccount, Command, Facts, Successor, Wanted};
use crate::journal::{GENESIS, Line, Step, receive};
use crate::money::{Amount, Currency};
use crate::wire::request::Note;
use crate::wire::row::Detail;
use std::collections::BTreeMap;

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

fn facts(kind: Kind, place: &str, active: bool) -> Facts {
    let (program, jurisdiction) = (Some("gift".into()), Some(place.into()));
    Facts { program, jurisdiction, active, ..Facts::plain(sar(), kind, 0) }
}

fn issue(minor: u64, facts: Facts) -> Command {
    Command::Issue { amount: amount(minor), facts }
}

fn redeem(minor: u64) -> Command {
    Command::Redeem { amount: Wanted::Exactly(amount(minor)), currency: sar() }
}

/// A book in memory: its totals, as the journal's two tables have them.
#[derive(Default)]
struct Book {
    days: BTreeMap<[String; 7], BTreeMap<&'static str, i64>>,
    standing: BTreeMap<[String; 6], [i64; 6]>,
    cards: usize,
}

impl Book {
    /// A card with what happens to it: on which day, where, and what the order came to.
    fn card(&mut self, acts: &[(&str, &str, Option<u64>, Command)]) {
        self.cards += 1;
        let (mut account, mut known, mut previous) = (CardAccount::default(), None, GENESIS.to_string());
        for (day, place, total, command) in acts {
            let note = Note {
                location: Some((*place).to_owned()).filter(|place| !place.is_empty()),
                campaign: Some("eid".into()),
                total: total.map(amount),
                ..Note::default()
            };
            let entry = account.apply(command, moment(day)).unwrap();
            let line = Line::new(&format!("gc_{}", self.cards), &entry, Detail::new(&entry.action, note), &previous);
            previous = line.hash();
            let step = receive(known.as_ref(), &[line]).unwrap().steps.pop().unwrap();
            self.count(&step);
            known = Some(step.known);
        }
    }

    fn count(&mut self, Step { line, known, tallies, standing, .. }: &Step) {
        let location = line.detail.note.location.clone().unwrap_or_default();
        let (currency, kind) = (known.currency.code().to_owned(), known.kind.name().to_owned());
        let (program, place, campaign) = (known.program.clone(), known.jurisdiction.clone(), known.campaign.clone());
        let of = (program.clone(), place.clone());
        let day = [time::day(line.at_ms), currency.clone(), kind.clone(), location, campaign, program, place];
        for (figure, more) in tallies {
            *self.days.entry(day.clone()).or_default().entry(figure).or_default() += more;
        }
        for change in standing {
            let (program, place) = of.clone();
            let key = [change.month.clone(), currency.clone(), kind.clone(), program, place, change.moved.clone()];
            let sums = self.standing.entry(key).or_default();
            sums.iter_mut().zip(change.sums).for_each(|(sum, more)| *sum += more);
        }
    }

    /// What the journal reads for a plan.
    fn kept(&self, plan: &Plan, from: &str, to: &str) -> Vec<Kept> {
        let days = ["day", "currency", "kind", "location", "campaign", "program", "jurisdiction"];
        let standing = ["month", "currency", "kind", "program", "jurisdiction", "moved"];
        let mut kept: BTreeMap<Vec<String>, Vec<i64>> = BTreeMap::new();
        let mut add = |names: &[&str], values: &[String], sums: Vec<i64>| {
            let place = |key: &&str| names.iter().position(|name| name == key).unwrap();
            let keys = plan.keys.iter().map(|key| values[place(key)].clone()).collect();
            let kept = kept.entry(keys).or_insert_with(|| vec![0; sums.len()]);
            kept.iter_mut().zip(sums).for_each(|(kept, more)| *kept += more);
        };
        if plan.of_standing {
            let rows = self.standing.iter().filter(|(key, _)| key[0].as_str() <= &to[..7]);
            rows.for_each(|(key, sums)| add(&standing, key, sums.to_vec()));
        } else {
            for (key, figures) in self.days.iter().filter(|(key, _)| (from..=to).contains(&key[0].as_str())) {
                let sums = plan.sums.iter().map(|name| figures.get(name).copied().unwrap_or_default());
                add(&days, key, sums.collect());
            }
        }
        kept.into_iter().map(|(keys, sums)| Kept { keys, sums }).collect()
    }

    fn csv(&self, report: Report, by: By, from: &str, to: &str) -> String {
        report.table(by, to, &self.kept(&report.plan(by), from, to)).csv().replace("\r\n", "\n")
    }
}

/// Three cards: one that is spent from in two places, given and loaded; stock that is activated later; and one that is lost.
fn book() -> Book {
    let mut book = Book::default();
    let claim = || "co_1.1.tn_1".to_string();
    book.card(&[
        ("2026-09-01", "", None, issue(10_000, facts(Kind::PaidGift, "SA", true))),
        ("2026-10-02", "riyadh", Some(2_500), redeem(1_000)),
        ("2026-10-02", "riyadh", None, redeem(500)),
        ("2026-10-03", "jeddah", None, Command::Refund { claim: "rd.2".into(), amount: amount(200), refunded: None }),
        ("2026-10-03", "", None, Command::Load { amount: amount(300), currency: sar(), expires_at_ms: None }),
        (
            "2026-10-04",
            "",
            None,
            Command::Hold { claim: claim(), amount: amount(900), currency: sar(), deadline_ms: u64::MAX },
        ),
        (
            "2026-10-05",
            "",
            Some(4_000),
            Command::Commit { claim: claim(), amount: amount(900), captured: amount(3_000) },
        ),
    ]);
    book.card(&[
        ("2026-10-02", "", None, issue(700, facts(Kind::Promo, "SA", false))),
        ("2026-11-01", "riyadh", None, Command::Activate),
    ]);
    let to = Successor { card: "gc_4".into(), last4: "D5VV".into(), key_id: 0 };
    book.card(&[
        ("2026-10-02", "", None, issue(400, facts(Kind::PaidGift, "US-ME", true))),
        ("2026-10-06", "", None, Command::Replace { to }),
    ]);
    let successor = Facts { from: Some("gc_3".into()), ..facts(Kind::PaidGift, "US-ME", true) };
    book.card(&[("2026-10-06", "", None, issue(400, successor))]);
    book
}

#[test]
fn each_report_says_what_happened() {
    let (book, from, to) = (book(), "2026-10-01", "2026-11-30");
    let csv = |report, by| book.csv(report, by, from, to);
    assert_eq!(
        csv(Report::Issued, By::Day),
        "day,currency,cards,issued,loaded,sold,given\n2026-10-02,SAR,2,1100,0,400,700\n2026-10-03,SAR,0,0,300,300,0\n",
        "a card that replaces another was not sold again"
    );
    assert_eq!(csv(Report::Activation, By::Location), "location,currency,cards,activated\n,SAR,2,1\nriyadh,SAR,0,1\n");
    assert_eq!(
        csv(Report::Redemptions, By::Location),
        "location,currency,redemptions,redeemed,refunded,issued\n,SAR,1,900,0,1100\njeddah,SAR,0,0,200,0\nriyadh,SAR,2,1500,0,0\n"
    );
    assert_eq!(
        csv(Report::Uplift, By::Program),
        "program,currency,orders,redeemed,order_total,uplift\ngift,SAR,2,4000,6500,2500\n",
        "an order counts once, with what all its cards paid, and only where its total is known"
    );
    assert_eq!(
        csv(Report::Uplift, By::Campaign),
        csv(Report::Uplift, By::Program).replace("program", "campaign").replace("gift", "eid")
    );
    assert_eq!(
        book.csv(Report::Summary, By::Day, "2026-11-01", "2026-11-30"),
        "day,currency,kind,location,campaign,account,amount,entries\n",
        "an activation moves no value"
    );
    assert_eq!(
        book.csv(Report::Summary, By::Day, "2026-10-06", "2026-10-06").lines().skip(1).collect::<Vec<_>>(),
        ["2026-10-06,SAR,paid_gift,,eid,available,0,2", "2026-10-06,SAR,paid_gift,,eid,replaced,0,2"]
    );
}

#[test]
fn outstanding_says_what_stood_at_the_end_of_any_month() {
    let book = book();
    let told =
        |to| book.csv(Report::Outstanding, By::Day, "", to).lines().skip(1).map(Into::into).collect::<Vec<String>>();
    assert_eq!(told("2026-08-31"), Vec::<String>::new());
    assert_eq!(told("2026-09-30"), ["gift,SAR,SA,1,10000,0,0,10000,10000,0,0,0,2026-09-30"]);
    // The stock stands, and is neither sold nor unused; what was replaced stands on the other card, once.
    assert_eq!(
        told("2026-10-31"),
        ["gift,SAR,SA,2,8800,0,700,0,8800,0,0,0,2026-10-31", "gift,SAR,US-ME,1,400,0,0,400,400,0,0,0,2026-10-31"]
    );
    // Activated on 1 November; the first card last moved on 5 October.
    assert_eq!(told("2026-11-30")[0], "gift,SAR,SA,2,8800,0,0,700,700,8100,0,0,2026-11-30");
    assert_eq!(told("2027-10-05")[0], "gift,SAR,SA,2,8800,0,0,700,0,0,8800,0,2027-10-05");
    assert_eq!(told("2027-10-06")[0], "gift,SAR,SA,2,8800,0,0,700,0,0,700,8100,2027-10-06");
}

#[test]
fn unclaimed_is_what_the_law_of_the_place_says_on_the_day() {
    let mut book = book();
    // Neither given away nor still in the shop.
    book.card(&[("2026-10-06", "", None, issue(99, facts(Kind::Promo, "US-ME", true)))]);
    book.card(&[("2026-10-06", "", None, issue(98, facts(Kind::PaidGift, "US-ME", false)))]);
    book.card(&[("2026-10-06", "", None, issue(1, facts(Kind::RefundCredit, "US-ME", true)))]);
    book.card(&[("2026-10-06", "", None, issue(97, facts(Kind::PaidGift, "US-CA", true)))]);
    let csv = |to| book.csv(Report::Unclaimed, By::Day, "", to);
    let head = "jurisdiction,currency,cards,balance,amount,dormant_since,rule,source,as_of\n";
    assert_eq!(csv("2028-10-05"), head, "a day before");
    let row = "US-ME,SAR,2,401,240,2026-10-06,US-ME/unclaimed_property/2011-12-31,33 M.R.S. 1953(1)(G),2028-10-06\n";
    assert_eq!(csv("2028-10-06"), [head, row].concat(), "sixty of a hundred, to the minor unit below");
}

#[test]
fn what_stands_is_told_as_of_today_or_of_the_end_of_a_month() {
    for (to, told) in [
        ("2026-11-22", "2026-11-22"),
        ("2027-01-15", "2027-01-15"),
        ("2026-11-21", "2026-10-31"),
        ("2026-10-31", "2026-10-31"),
        ("2024-02-29", "2024-02-29"),
        ("2024-02-28", "2024-01-31"),
        ("2024-03-01", "2024-02-29"),
    ] {
        assert_eq!(as_of(to, "2026-11-22"), told, "{to}");
    }
}

#[test]
fn names_of_reports_and_ways_are_read_as_they_are_told() {
    assert!(Report::ALL.into_iter().all(|report| Report::parse(report.name()) == Some(report)));
    assert!(By::ALL.into_iter().all(|by| By::parse(by.name()) == Some(by)));
    assert_eq!((Report::parse("profit"), By::parse("month")), (None, None));
}

#[test]
fn plan_asks_only_for_columns_that_are_kept() {
    for (report, by) in Report::ALL.into_iter().flat_map(|report| By::ALL.map(|by| (report, by))) {
        let plan = report.plan(by);
        let kept: &[&str] = if plan.of_standing { &STANDING } else { &crate::journal::FIGURES };
        assert!(plan.sums.iter().all(|sum| kept.contains(sum)), "{report:?}");
    }
}

#[test]
fn answer_format_unchanged() {
    let kept = [Kept { keys: vec!["2026-10-02".into(), "SAR".into()], sums: vec![2, 1] }];
    let told = |report, csv| tell(report, By::Day, ("2026-10-01", "2026-10-31"), csv, &kept).unwrap();
    assert_eq!(
        told(Report::Activation, false),
        concat!(
            r#"{"report":"activation","to":"2026-10-31","from":"2026-10-01","by":"day","#,
            r#""data":[{"day":"2026-10-02","currency":"SAR","cards":2,"activated":1}]}"#
        )
    );
    assert_eq!(told(Report::Activation, true), "day,currency,cards,activated\r\n2026-10-02,SAR,2,1\r\n");
    assert_eq!(
        tell(Report::Summary, By::Day, ("2026-10-01", "2026-10-31"), false, &[]).unwrap(),
        r#"{"report":"summary","to":"2026-10-31","from":"2026-10-01","data":[]}"#
    );
    assert_eq!(
        tell(Report::Outstanding, By::Day, ("2026-10-01", "2026-10-31"), false, &[]).unwrap(),
        r#"{"report":"outstanding","to":"2026-10-31","data":[]}"#
    );
}

#[test]
fn report_of_more_rows_than_memory_is_for_is_refused() {
    let row = Kept { keys: vec!["2026-10-01".into(), "SAR".into()], sums: vec![1; 5] };
    let told = |rows| tell(Report::Issued, By::Day, ("2026-10-01", "2026-10-31"), false, &vec![row.clone(); rows]);
    assert!(told(REPORT_ROWS_MAX).is_ok());
    assert_eq!(told(REPORT_ROWS_MAX + 1), Err(Rejection::LimitExceeded));
}
