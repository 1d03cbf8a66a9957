//! Reports: each is what anybody computes from the export, in both forms, and costs the same however much was sold.

use serde_json::{Value, json};
use shared::journal::{Line, Received};
use shared::seal::Env;
use shared::wire::call::{HandOff, JournalCall};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tests::api::Api;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::month::{History, month};
use tests::patience::until;
use tests::recount::{Asked, recount};
use tests::secrets::Secrets;
use tests::server::Server;
use tests::worker::Worker;

/// Where the book of the merchant that the tests are stands.
const BOOK: &str = "/test/noor/0";

const ALL: [&str; 7] = ["summary", "issued", "activation", "redemptions", "uplift", "outstanding", "unclaimed"];

/// The whole month, and the rest of time.
const WHOLE: (&str, &str) = ("2017-01-01", "2099-12-31");

fn environment() -> Vec<(&'static str, String)> {
    let mut environment = Secrets::development().settings().environment;
    environment.push(("RASEED_METER", "on".into()));
    environment
}

fn client(worker: &Worker) -> Api {
    Api::new(&worker.url, &Secrets::development().secret_key(Env::Test, "noor"))
}

/// Says something to the book.
#[track_caller]
fn send(worker: &Worker, body: &Value) -> Value {
    Api::new(&worker.door, "").send("POST", BOOK, &[], body.to_string().into_bytes()).unwrap().expect(200)
}

/// Hands lines of one card to the book, as the card does.
fn hand_over(worker: &Worker, lines: &[Line], last4: &str) -> Received {
    let hand_off = HandOff { lines: lines.to_vec(), last4: Some(last4.into()), recipient: None };
    let call = serde_json::to_value(JournalCall::Receive(hand_off)).unwrap();
    serde_json::from_value(send(worker, &call)).unwrap()
}

fn hand_all_over(worker: &Worker, cards: &[History]) {
    for card in cards {
        let all = Received::Ack(u64::try_from(card.lines.len()).unwrap());
        assert_eq!(hand_over(worker, &card.lines, "D5VV"), all);
    }
    let last = &cards.last().unwrap().lines;
    assert_eq!(
        hand_over(worker, last, "D5VV"),
        Received::Ack(u64::try_from(last.len()).unwrap()),
        "again changes nothing"
    );
}

fn path(asked: Asked<'_>, format: &str) -> String {
    let Asked { report, by, from, to } = asked;
    format!("/v1/reports/{report}?from={from}&to={to}&by={by}&format={format}")
}

/// A report's rows, which are the same in both forms.
#[track_caller]
fn read(api: &Api, asked: Asked<'_>) -> Vec<Value> {
    let answer = api.get(&path(asked, "json")).expect(200);
    let rows = answer["data"].as_array().unwrap().clone();
    let csv = api.get(&path(asked, "csv"));
    assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let text = String::from_utf8(csv.body).unwrap();
    let mut records = parse(&text).into_iter();
    let names = records.next().unwrap();
    let told: Vec<Value> = records.map(|record| object(&names, &record)).collect();
    assert_eq!(told, rows, "{asked:?}");
    rows
}

/// A record of CSV as the JSON row that it should be: numbers are bare, and what a spreadsheet would run has an apostrophe before it.
fn object(names: &[String], record: &[String]) -> Value {
    assert_eq!(names.len(), record.len());
    let texts = ["day", "location", "program", "campaign", "currency", "kind", "account", "jurisdiction"];
    let cell = |(name, field): (&String, &String)| {
        let is_text =
            texts.contains(&name.as_str()) || ["as_of", "dormant_since", "rule", "source"].contains(&name.as_str());
        let value = match field.strip_prefix('\'') {
            _ if !is_text => json!(field.parse::<i64>().unwrap()),
            Some(formula) => json!(formula),
            None => {
                assert!(!field.starts_with(['=', '+', '-', '@']), "a spreadsheet would run {field}");
                json!(field)
            }
        };
        (name.clone(), value)
    };
    Value::Object(names.iter().zip(record).map(cell).collect())
}

/// CSV as RFC 4180 says.
fn parse(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quoted, character) {
            (true, '"') if characters.peek() == Some(&'"') => field.extend(characters.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => record.push(std::mem::take(&mut field)),
            (false, '\r') => {
                assert_eq!(characters.next(), Some('\n'));
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(character),
        }
    }
    assert!(field.is_empty() && record.is_empty() && !quoted, "the last record ends");
    records
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(Value::to_string);
    rows
}

/// Compares every report with what its lines say, and returns how many figures that were.
#[track_caller]
fn compare(api: &Api, lines: &[Line]) -> usize {
    let mut figures = 0;
    for report in ALL {
        let of_moment = matches!(report, "outstanding" | "unclaimed");
        let ways: &[&str] =
            if of_moment || report == "summary" { &["day"] } else { &["day", "location", "program", "campaign"] };
        for by in ways {
            // The last day of a month that has passed, and a day to come.
            for (from, to) in [("2026-10-12", "2026-10-31"), WHOLE] {
                let asked = Asked { report, by, from, to };
                let rows = sorted(read(api, asked));
                assert!(!rows.is_empty(), "{asked:?}");
                assert_eq!(rows, sorted(recount(lines, asked)), "{asked:?}");
                let numbers = |row: &Value| row.as_object().unwrap().values().filter(|value| value.is_i64()).count();
                figures += rows.iter().map(numbers).sum::<usize>();
            }
        }
    }
    figures
}

/// Rows that a report reads, and how long it takes.
fn cost(api: &Api, report: &str) -> (u64, Duration) {
    let rows = || api.get("/healthz").expect(200)["meter"]["rows_read"].as_u64().unwrap();
    let (from, to) = WHOLE;
    let (before, started) = (rows(), Instant::now());
    api.get(&path(Asked { report, by: "day", from, to }, "json")).expect(200);
    let took = started.elapsed();
    (rows() - before, took)
}

#[test]
fn reports_of_a_month_are_what_its_lines_add_up_to_and_cost_the_same_after_a_hundred_times_as_many() {
    let folder = TempDir::new().unwrap();
    let worker = Worker::with_door(&environment(), folder.path());
    let api = client(&worker);
    let cards = month(1_040, 52);
    let of_card = |card: &History| {
        let mut history = shared::journal::History::default();
        card.lines.iter().map(|line| history.append(line).unwrap().len()).sum::<usize>()
    };
    let postings = |cards: &[History]| cards.iter().map(of_card).sum::<usize>();
    // What was sold in earlier years is there before, as in any shop.
    let (mut few, mut rest): (Vec<_>, Vec<_>) = cards.iter().cloned().partition(|card| card.lines.len() == 3);
    few.extend(rest.drain(..8));
    hand_all_over(&worker, &few);
    let cheap = ALL.map(|report| cost(&api, report));
    let started = Instant::now();
    hand_all_over(&worker, &rest);
    println!("handed over in {:?}", started.elapsed());
    let costs = ALL.map(|report| cost(&api, report));
    let export = Export::read(&api);
    assert_eq!(export.audit().findings, []);
    let lines = export.lines();
    let (small, large) = (postings(&few), postings(&cards));
    assert!((900..=1_200).contains(&small) && large >= 100_000, "{small} and {large} postings");
    for ((report, (before, then)), (after, now)) in ALL.into_iter().zip(cheap).zip(costs) {
        println!("{report}: {before} rows in {then:?} with {small} postings, {after} rows in {now:?} with {large}");
    }

    let is_flat = |((before, _), (after, _)): (&(u64, Duration), &(u64, Duration))| *after <= 2 * before;
    assert!(cheap.iter().zip(&costs).all(is_flat), "a report reads its totals, however much was sold");
    println!("{} lines, {} figures in rows that are the same", lines.len(), compare(&api, &lines));
}

/// The tables of the book before it kept a row for each day, and before it knew more of a card than totals needed.
const OLDER: &str = "
CREATE TABLE cards (card TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL,
  available INTEGER NOT NULL, held INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lines (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, line TEXT NOT NULL) STRICT;
CREATE TABLE totals (day TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, location TEXT NOT NULL, campaign TEXT NOT NULL, account TEXT NOT NULL,
  amount INTEGER NOT NULL, entries INTEGER NOT NULL, PRIMARY KEY (day, currency, kind, location, campaign, account)) STRICT, WITHOUT ROWID;
INSERT INTO totals VALUES ('2026-10-12', 'SAR', 'promo', '', '', 'available', 1, 1);";

/// A book of the version before, with lines of cards up to an entry each. Nothing in its other tables is true.
fn write_older_book(folder: &TempDir, cards: &[History], entries: usize) {
    let older = Worker::older(folder.path());
    send(&older, &json!([[OLDER]]));
    let lines: Vec<&Line> = cards.iter().flat_map(|card| card.lines.iter().take(entries)).collect();
    for lines in lines.chunks(1_000) {
        let insert = |line: &&Line| {
            let text = serde_json::to_string(line).unwrap();
            json!(["INSERT INTO lines (hash, line) VALUES (?, ?)", line.hash(), text])
        };
        send(&older, &Value::Array(lines.iter().map(insert).collect()));
    }
}

#[test]
fn book_of_the_version_before_is_read_again_in_steps_and_goes_on() {
    let (folder, cards) = (TempDir::new().unwrap(), month(260, 50));
    write_older_book(&folder, &cards, 49);
    let worker = Worker::with_door(&environment(), folder.path());
    let api = client(&worker);
    let busy = api.get("/v1/reports/issued");
    assert_eq!(
        (busy.problem(), busy.header("retry-after")),
        ((503, "overloaded"), Some("1")),
        "there is more than one step"
    );
    until(Duration::from_secs(30), "every line was read again", || {
        (api.get("/v1/reports/issued").status == 200).then_some(())
    });
    let export = Export::read(&api);
    assert_eq!(export.audit().findings, []);
    compare(&api, &export.lines());
    let found = |last4: &str| api.post("/v1/gift-cards/search", &json!({"last4": last4})).expect(200)["data"].clone();
    assert_eq!(found("D5VV"), json!([]), "no line says what is printed on a card");
    // Each card goes on with its next line, and says what is printed on it.
    let longer = cards.iter().filter(|card| card.lines.len() == 50);
    for card in longer.clone() {
        assert_eq!(hand_over(&worker, &card.lines[48..], "D5VV"), Received::Ack(50));
    }
    assert_eq!(found("d5vv").as_array().unwrap().len(), 100.min(longer.count()));
    compare(&api, &Export::read(&api).lines());
}

#[test]
fn order_that_several_cards_pay_counts_once() {
    let server = Server::start();
    let api = server.api();
    let card = |amount: u64, campaign: &str| {
        Card::issue_as(&api, &json!({"amount": amount, "currency": "SAR", "campaign": campaign, "location": "riyadh"}))
    };
    let (one, other, third) = (card(1_000, "one"), card(2_000, "other"), card(5_000, "third"));
    let checkout = Checkout::open(&api, 4_000);
    for card in [&one, &other] {
        checkout.apply(&api, &card.code).expect(201);
    }
    checkout.act(&api, "authorize").expect(200);
    checkout.act(&api, "capture").expect(200);
    let known = json!({"code": third.code, "amount": 700, "currency": "SAR", "reference": "order-2", "total": 1_500});
    let mut too_small = known.clone();
    too_small["total"] = json!(699);
    assert_eq!(
        api.post("/v1/redemptions", &too_small).problem(),
        (422, "amount_invalid"),
        "less than what is paid of it"
    );
    let redemption = api.post("/v1/redemptions", &known).expect(201);
    assert_eq!(redemption["total"], 1_500, "the order's total is remembered with it");
    third.redeem(&api, 50).expect(201);
    let today = |report: &str, by: &str| {
        let rows = api.get(&format!("/v1/reports/{report}?by={by}")).expect(200)["data"].clone();
        rows.as_array().unwrap().clone()
    };
    let wanted = json!([{"location": "", "currency": "SAR", "orders": 2, "redeemed": 3_700, "order_total": 5_500, "uplift": 1_800}]);
    until(Duration::from_secs(20), "the book has both orders", || {
        (json!(today("uplift", "location")) == wanted).then_some(())
    });
    // Under the campaign of one of its cards, whichever that is.
    let orders = today("uplift", "campaign").iter().map(|row| row["orders"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(orders, 2);
    let sold = until(Duration::from_secs(20), "every sale is in the book", || {
        let rows = today("issued", "location");
        rows.iter().find(|row| row["location"] == "riyadh" && row["cards"] == 3).cloned()
    });
    assert_eq!(
        sold,
        json!({"location": "riyadh", "currency": "SAR", "cards": 3, "issued": 8_000, "loaded": 0, "sold": 8_000, "given": 0})
    );
    let lines = Export::read(&api).lines();
    let day = shared::time::day(lines[0].at_ms);
    let asked = Asked { report: "uplift", by: "campaign", from: &day, to: "2099-12-31" };
    assert_eq!(sorted(read(&api, asked)), sorted(recount(&lines, asked)));
}

#[test]
fn report_that_is_asked_for_wrongly_is_refused_by_name() {
    let server = Server::start();
    let api = server.api();
    for (query, field) in [
        ("issued?by=month", "by"),
        ("issued?by=", "by"),
        ("issued?format=xml", "format"),
        ("issued?from=2026-02-30", "from"),
        ("issued?to=tomorrow", "to"),
        ("issued?from=2026-11-02&to=2026-11-01", "from"),
        ("outstanding?by=moved", "by"),
        ("summary?format", "format"),
    ] {
        let answer = api.get(&format!("/v1/reports/{query}"));
        assert_eq!((answer.problem(), answer.json["field"].as_str()), ((422, "field_invalid"), Some(field)), "{query}");
    }
    assert_eq!(api.get("/v1/reports/issued?limit=1").problem(), (422, "unknown_field"));
    assert_eq!(api.get("/v1/reports/profit").problem(), (404, "not_found"));
    // Of a day within a month that has passed, what stood is told as of the end of the month before.
    let told = api.get("/v1/reports/outstanding?to=2020-03-15").expect(200);
    assert_eq!(told, json!({"report": "outstanding", "to": "2020-02-29", "data": []}));
    assert_eq!(api.get("/v1/reports/uplift?to=2020-03-15&from=2020-03-01&by=campaign").expect(200)["by"], "campaign");
}
