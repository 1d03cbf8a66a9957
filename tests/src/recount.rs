//! Reports as somebody computes them who has nothing but the exported lines: line by line, with no code of the reports and no totals.

#![allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use serde_json::{Map, Value, json};
use shared::journal::Line;
use shared::law::{Jurisdiction, Law};
use shared::limits::DAY_MS;
use shared::program::Kind;
use shared::time;
use std::collections::BTreeMap;

/// What is asked for: the report, what it has a row for each of, and the days.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "see above")]
pub struct Asked<'a> {
    pub report: &'a str,
    pub by: &'a str,
    pub from: &'a str,
    pub to: &'a str,
}

/// A card as its lines so far make it.
#[derive(Clone, Debug)]
struct Card {
    first: Line,
    last: Line,
    active: bool,
    spent: bool,
    moved: String,
}

type Rows = BTreeMap<Vec<String>, BTreeMap<&'static str, i64>>;

/// The rows of a report, in the order of their keys.
pub fn recount(lines: &[Line], asked: Asked<'_>) -> Vec<Value> {
    let mut cards: BTreeMap<&str, Card> = BTreeMap::new();
    let mut rows = Rows::new();
    for line in lines {
        let day = time::day(line.at_ms);
        let before = cards.get(line.card.as_str()).cloned();
        if matches!(asked.report, "outstanding" | "unclaimed") && day.as_str() > asked.to {
            continue;
        }
        let card = after(before.as_ref(), line);
        if (asked.from..=asked.to).contains(&day.as_str()) {
            add_line(&mut rows, asked, line, before.as_ref(), &card);
        }
        cards.insert(&line.card, card);
    }
    for card in cards.values() {
        add_card(&mut rows, asked, card);
    }
    rows.retain(|_, sums| sums.values().any(|sum| *sum != 0));
    rows.into_iter().filter_map(|(keys, sums)| tell(asked, &keys, &sums)).collect()
}

fn after(before: Option<&Card>, line: &Line) -> Card {
    let mut card = before.cloned().unwrap_or_else(|| Card {
        first: line.clone(),
        last: line.clone(),
        active: line.detail.issue.as_ref().unwrap().active,
        spent: false,
        moved: String::new(),
    });
    let is_same = before.is_some_and(|before| (before.last.available, before.last.held) == (line.available, line.held));
    card.active |= line.action == "activate";
    card.spent |= matches!(line.action.as_str(), "redeem" | "commit");
    // A commit of all that was held moves nothing back, and still it takes; nothing else leaves both counters as they are and moves something.
    if !is_same || line.action == "activate" {
        card.moved = time::day(line.at_ms);
    }
    card.last = line.clone();
    card
}

/// The names of the figures of each report, and those that are keys.
fn columns(report: &str) -> &'static [&'static str] {
    match report {
        "issued" => &["cards", "issued", "loaded", "sold", "given"],
        "activation" => &["cards", "activated"],
        "redemptions" => &["redemptions", "redeemed", "refunded", "issued"],
        "uplift" => &["orders", "redeemed", "order_total", "uplift"],
        "outstanding" => &["cards", "available", "held", "stock", "unused", "age_30", "age_90", "age_365", "age_older"],
        "unclaimed" => &["cards", "balance"],
        _ => &["amount", "entries"],
    }
}

fn tell(asked: Asked<'_>, keys: &[String], sums: &BTreeMap<&'static str, i64>) -> Option<Value> {
    let mut row = Map::new();
    let names: Vec<&str> = match asked.report {
        "summary" => vec!["day", "currency", "kind", "location", "campaign", "account"],
        "outstanding" => vec!["program", "currency", "jurisdiction"],
        "unclaimed" => vec!["jurisdiction", "currency"],
        _ => vec![asked.by, "currency"],
    };
    row.extend(names.into_iter().zip(keys).map(|(name, key)| (name.to_owned(), json!(key))));
    let figures = columns(asked.report).iter();
    row.extend(figures.map(|name| ((*name).to_owned(), json!(sums.get(name).copied().unwrap_or_default()))));
    if matches!(asked.report, "outstanding" | "unclaimed") {
        row.insert("as_of".into(), json!(asked.to));
    }
    if asked.report == "unclaimed" {
        // By hand, for the places that the month has.
        let (years, percent, rule) = match keys[0].as_str() {
            "US-ME" => (2, 60, "US-ME/unclaimed_property/2011-12-31"),
            "US-NJ" => (5, 60, "US-NJ/unclaimed_property/2012-09-01"),
            _ => return None,
        };
        let at_ms = time::read(&format!("{}T00:00:00Z", asked.to)).unwrap();
        let place = Jurisdiction::parse(&keys[0]).unwrap();
        let (_, breach) = Law::of(place, at_ms).unclaimed_by().unwrap();
        row.insert("amount".into(), json!(sums["balance"] * percent / 100));
        row.insert("dormant_since".into(), json!(years_before(asked.to, years)));
        row.insert("rule".into(), json!(rule));
        row.insert("source".into(), json!(breach.source));
    }
    Some(Value::Object(row))
}

fn years_before(day: &str, years: u32) -> String {
    let (year, rest) = day.split_once('-').unwrap();
    format!("{}-{rest}", year.parse::<u32>().unwrap() - years)
}

fn add(rows: &mut Rows, keys: &[&str], figure: &'static str, more: i64) {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    *rows.entry(keys).or_default().entry(figure).or_default() += more;
}

/// What a line adds to reports of what happened.
fn add_line(rows: &mut Rows, asked: Asked<'_>, line: &Line, before: Option<&Card>, card: &Card) {
    let issue = card.first.detail.issue.as_ref().unwrap();
    let day = time::day(line.at_ms);
    let location = line.detail.note.location.as_deref().unwrap_or_default();
    let campaign = card.first.detail.note.campaign.as_deref().unwrap_or_default();
    let place = match asked.by {
        "day" => day.as_str(),
        "location" => location,
        "program" => issue.program.as_deref().unwrap_or_default(),
        _ => campaign,
    };
    let keys = [place, issue.currency.code()];
    let amount = i64::try_from(line.amount.minor()).unwrap();
    let action = line.action.as_str();
    match (asked.report, action) {
        ("issued", "issue" | "load") => {
            if action == "issue" {
                add(rows, &keys, "cards", 1);
            }
            add(rows, &keys, if action == "issue" { "issued" } else { "loaded" }, amount);
            add(rows, &keys, if issue.kind == Kind::PaidGift { "sold" } else { "given" }, amount);
        }
        ("activation", "issue") => {
            add(rows, &keys, "cards", 1);
            add(rows, &keys, "activated", i64::from(issue.active));
        }
        ("activation", "activate") => add(rows, &keys, "activated", 1),
        ("redemptions", "redeem" | "commit") => {
            add(rows, &keys, "redemptions", 1);
            add(rows, &keys, "redeemed", amount);
        }
        ("redemptions", "refund") => add(rows, &keys, "refunded", amount),
        ("redemptions", "issue") => add(rows, &keys, "issued", amount),
        ("uplift", "redeem" | "commit") => {
            if let Some(total) = line.detail.note.total {
                let paid = line.detail.captured.unwrap_or(line.amount);
                let (total, paid) = (i64::try_from(total.minor()).unwrap(), i64::try_from(paid.minor()).unwrap());
                for (figure, more) in
                    [("orders", 1), ("redeemed", paid), ("order_total", total), ("uplift", total - paid)]
                {
                    add(rows, &keys, figure, more);
                }
            }
        }
        ("summary", _) => {
            let zero = shared::money::Amount::ZERO;
            let (available, held) = before.map_or((zero, zero), |card| (card.last.available, card.last.held));
            let change = |now: shared::money::Amount, then: shared::money::Amount| {
                i64::try_from(now.minor()).unwrap() - i64::try_from(then.minor()).unwrap()
            };
            let source = match action {
                "issue" => Some(("issued", -amount)),
                "load" => Some(("loaded", -amount)),
                "refund" => Some(("refunded", -amount)),
                "redeem" | "commit" => Some(("redeemed", amount)),
                _ => None,
            };
            let moved = [("available", change(line.available, available)), ("held", change(line.held, held))];
            for (account, change) in source.into_iter().chain(moved).filter(|(_, change)| *change != 0) {
                let keys = [day.as_str(), issue.currency.code(), issue.kind.name(), location, campaign, account];
                add(rows, &keys, "amount", change);
                add(rows, &keys, "entries", 1);
            }
        }
        _ => {}
    }
}

/// What a card adds to reports of what stands on cards.
fn add_card(rows: &mut Rows, asked: Asked<'_>, card: &Card) {
    let issue = card.first.detail.issue.as_ref().unwrap();
    let of = |text: &Option<String>| text.clone().unwrap_or_default();
    let (program, place) = (of(&issue.program), of(&issue.jurisdiction));
    let (available, held) = (card.last.available.minor(), card.last.held.minor());
    let value = i64::try_from(available + held).unwrap();
    if value == 0 {
        return;
    }
    let moment = |day: &str| time::read(&format!("{day}T00:00:00Z")).unwrap();
    match asked.report {
        "outstanding" => {
            let keys = [program.as_str(), issue.currency.code(), &place];
            let age = (moment(asked.to).saturating_sub(moment(&card.moved))) / DAY_MS;
            let aged = match age {
                0..=30 => "age_30",
                31..=90 => "age_90",
                91..=365 => "age_365",
                _ => "age_older",
            };
            add(rows, &keys, "cards", 1);
            add(rows, &keys, "available", i64::try_from(available).unwrap());
            add(rows, &keys, "held", i64::try_from(held).unwrap());
            add(rows, &keys, "stock", if card.active { 0 } else { value });
            add(rows, &keys, "unused", if card.active && !card.spent { value } else { 0 });
            add(rows, &keys, aged, value);
        }
        "unclaimed" => {
            let years = match place.as_str() {
                "US-ME" => 2,
                "US-NJ" => 5,
                _ => return,
            };
            let is_owed = matches!(issue.kind, Kind::PaidGift | Kind::RefundCredit);
            if is_owed && card.active && card.moved <= years_before(asked.to, years) {
                add(rows, &[&place, issue.currency.code()], "cards", 1);
                add(rows, &[&place, issue.currency.code()], "balance", value);
            }
        }
        _ => {}
    }
}
