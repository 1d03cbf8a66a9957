//! Reports at the console, of the server's own figures: every column has a word, what is added up agrees with the book, and a file opens as what was shown.

use super::{Desk, shop};
use serde_json::{Value, json};
use std::time::Duration;
use tests::api::Api;
use tests::batch::Batch;
use tests::patience::until;
use tests::words::{LANGUAGES, Language};

/// Entries reach the book within seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first and the last day that a report is asked for: today is among them, and by the last nobody has moved a card for longer than any law says.
const DAYS: (&str, &str) = ("2025-01-01", "2099-12-31");

/// Keeps the file that is handed to the browser.
const FILES: &str = r"
const make = URL.createObjectURL;
URL.createObjectURL = (file) => {
  watched.file = file;
  return make.call(URL, file);
};";

const REPORTS: [(&str, &[&str]); 7] = [
    ("overview", &[""]),
    ("issued", &["day", "program", "location", "campaign"]),
    ("activation", &["day", "program", "location", "campaign"]),
    ("redemptions", &["day", "program", "location", "campaign"]),
    ("outstanding", &["program"]),
    ("uplift", &["day", "location"]),
    ("unclaimed", &[""]),
];

impl Desk {
    /// A desk whose shop has had something of everything that a report tells.
    fn with_a_past() -> Self {
        let desk = Self::start();
        let api = desk.server.api();
        let mut shop = shop();
        let away = json!({"id": "away", "currency": "USD", "name": {"en": "Away"}, "jurisdiction": "US-NJ"});
        shop["programs"].as_array_mut().unwrap().push(away);
        api.change("PUT", "/v1/settings", &shop).expect(200);
        let issue = |amount: u64, program: &str, active: bool| {
            let body = json!({"amount": amount, "program": program, "active": active, "location": "riyadh"});
            api.post("/v1/gift-cards", &body).expect(201)
        };
        let act = |card: &Value, act: &str, body: &Value| {
            api.post(&format!("/v1/gift-cards/{}/{act}", card["id"].as_str().unwrap()), body).expect(200)
        };
        let card = issue(25_000, "gift", true);
        let spent = json!({"code": card["code"], "amount": 4_000, "currency": "SAR", "total": 9_950, "reference": "order-2001", "location": "jeddah"});
        api.post("/v1/redemptions", &spent).expect(201);
        let adjust = |direction: &str, amount: u64| json!({"amount": amount, "currency": "SAR", "direction": direction, "reason": "counted"});
        act(&card, "adjust", &adjust("debit", 1_005));
        act(&card, "adjust", &adjust("credit", 300));
        act(&issue(10_000, "gift", true), "cancel", &json!({"reason": "sold by mistake"}));
        issue(5_000, "gift", false);
        issue(7_500, "away", true);
        until(PATIENCE, "the book has all of it", || {
            let summary = rows(&api, "summary", "day");
            let has = |account: &str, entries: u64| {
                let of = summary.iter().filter(|row| row["account"] == account);
                (of.map(|row| row["entries"].as_u64().unwrap()).sum::<u64>() >= entries).then_some(())
            };
            has("issued", 4)
                .and_then(|()| has("cancelled", 1))
                .and_then(|()| has("adjusted", 2))
                .and_then(|()| has("redeemed", 1))
        });
        desk
    }

    #[track_caller]
    fn file(&self) -> String {
        let read = r"return watched.file && new TextDecoder('utf-8', { ignoreBOM: true }).decode(await watched.file.arrayBuffer());";
        let file = self.browser.until("the file is handed over", read, &[]);
        self.browser.run("watched.file = null", &[]);
        file.as_str().unwrap().to_owned()
    }
}

fn path(report: &str, by: &str) -> String {
    let (from, to) = DAYS;
    let by = if by.is_empty() { String::new() } else { format!("&by={by}") };
    format!("{report}?from={from}&to={to}{by}")
}

/// What the server says.
fn rows(api: &Api, report: &str, by: &str) -> Vec<Value> {
    let answer = api.get(&format!("/v1/reports/{}", path(report, by))).expect(200);
    answer["data"].as_array().unwrap().clone()
}

#[test]
fn every_column_that_the_server_sends_has_a_word_and_its_figures_are_figures() {
    let desk = Desk::with_a_past();
    let api = desk.server.api();
    for language in LANGUAGES {
        desk.sign_in(language);
        for (report, ways) in REPORTS {
            for by in ways {
                desk.go(&format!("reports/{}", path(report, by)));
                let script = r"
                const texts = (selector) => [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);
                const raw = texts('.report :is(th, td, dt, dd, p, li, figcaption)').filter((text) => /col_|NaN|undefined|\{/.test(text));
                return { raw, heads: texts('.report:first-child thead th'), words: texts('.report > p.quiet') };";
                let shown = desk.browser.run(script, &[]);
                assert_eq!(shown["raw"], json!([]), "{report} by {by}");
                let heads = shown["heads"].as_array().unwrap().len();
                if report == "overview" {
                    assert!(heads > 3, "{heads}");
                    continue;
                }
                let sent = rows(&api, report, by);
                let said_elsewhere = |name: &&String| !["currency", "as_of"].contains(&name.as_str());
                assert_eq!(
                    heads,
                    sent[0].as_object().unwrap().keys().filter(said_elsewhere).count(),
                    "{report} by {by}"
                );
                let is_of_a_moment = sent[0]["as_of"].is_string();
                assert_eq!(
                    !shown["words"].as_array().unwrap().is_empty(),
                    is_of_a_moment,
                    "{report} says its day once"
                );
            }
        }
    }
    assert_eq!(desk.browser.complaints(), Vec::<String>::new());
}

#[test]
fn what_came_onto_cards_less_what_left_them_is_what_stands_on_them() {
    let desk = Desk::with_a_past();
    desk.sign_in(Language::English);
    desk.go(&format!("reports/{}", path("overview", "")));
    let script = r"
    const block = [...document.querySelectorAll('.report')].find((each) => each.querySelector('h2').textContent === 'SAR');
    const heads = [...block.querySelectorAll('thead th')].map(({ textContent }) => textContent);
    const minor = (text) => Number(text.replace(/[^\d-]/g, ''));
    const sum = (name) => [...block.querySelectorAll('tbody tr')].reduce((all, { cells }) => all + minor(cells[heads.indexOf(name)].textContent), 0);
    return sum('Put onto cards') + sum('Adjusted') - sum('Spent') - sum('Cancelled');";
    let outstanding = rows(&desk.server.api(), "outstanding", "program");
    let of = |row: &Value| row["available"].as_i64().unwrap() + row["held"].as_i64().unwrap();
    let stands: i64 = outstanding.iter().filter(|row| row["currency"] == "SAR").map(of).sum();
    assert!(stands >= 25_295, "{stands}: what this shop began with, and what is left of the two cards");
    assert_eq!(desk.browser.run(script, &[]), json!(stands));
}

#[test]
fn files_for_a_spreadsheet_have_decimals_and_say_their_alphabet() {
    let desk = Desk::start();
    let api = desk.server.api();
    let batch = json!({"count": 3, "amount": 5_000, "program": "gift", "reference": "printer-7"});
    let batch = Batch::order(&api, &batch);
    batch.finish(&api);
    let told = until(PATIENCE, "the book has the cards", || {
        let csv = api.get(&format!("/v1/reports/{}&format=csv", path("issued", "program")));
        let text = String::from_utf8(csv.body).unwrap();
        text.contains("gift,SAR,3,15000,").then_some(text)
    });
    desk.browser.begin_pages_with(FILES);
    desk.sign_in(Language::Arabic);
    desk.go(&format!("reports/{}", path("issued", "program")));
    desk.browser.click(".period > .button");
    // Names and counts are what they were; after them, amounts have the two decimals of the riyal.
    let (names, rows) = told.split_once("\r\n").unwrap();
    assert_eq!(names, "program,currency,cards,issued,loaded,sold,given");
    let decimal = |cell: &str| {
        let minor: u64 = cell.parse().unwrap();
        format!("{}.{:02}", minor / 100, minor % 100)
    };
    let of_row = |row: &str| {
        let cells: Vec<&str> = row.split(',').collect();
        let amounts = cells[3..].iter().map(|cell| decimal(cell));
        cells[..3].iter().map(ToString::to_string).chain(amounts).collect::<Vec<_>>().join(",")
    };
    let rows: String = rows.lines().map(|row| format!("{}\r\n", of_row(row))).collect();
    assert!(rows.contains("gift,SAR,3,150.00,0.00,150.00,0.00"), "{rows}");
    assert_eq!(desk.file(), format!("\u{feff}{names}\r\n{rows}"));
    desk.go("batches");
    desk.browser.click("[data-batch]");
    desk.browser.click("dialog [type=submit]");
    let codes = batch.codes(&api, "csv").replace(",5000,", ",50.00,").replace("\r\n", "\n").replace('\n', "\r\n");
    assert_eq!(desk.file(), format!("\u{feff}{codes}"));
}
