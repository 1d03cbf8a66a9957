//! What the platform bills, counted: rows read and written, and requests to objects. Counts never vary, so a bound that breaks is a change that costs money.

use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;
use tests::api::Api;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::{Server, Settings};

/// What was counted since the server was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Count {
    /// Rows of the money path.
    rows: u64,
    /// Rows of the book, which no sale waits for.
    book_rows: u64,
    /// Requests to objects.
    requests: u64,
    /// Hand-offs to the book.
    hand_offs: u64,
}

fn count(api: &Api) -> Count {
    let health: Value = api.get("/healthz").expect(200);
    let number = |name: &str| health["meter"][name].as_u64().unwrap();
    Count {
        rows: number("rows_written"),
        book_rows: number("book_rows_written"),
        requests: number("object_requests"),
        hand_offs: number("hand_offs"),
    }
}

/// What something costs until it is in the book as well. Nothing else may run meanwhile.
fn cost(api: &Api, act: impl FnOnce()) -> Count {
    settle(api);
    let before = count(api);
    act();
    settle(api);
    let after = count(api);
    Count {
        rows: after.rows - before.rows,
        book_rows: after.book_rows - before.book_rows,
        requests: after.requests - before.requests,
        hand_offs: after.hand_offs - before.hand_offs,
    }
}

/// Waits until every entry is in the book and nothing is written any more.
fn settle(api: &Api) {
    let last = Cell::new(count(api));
    let calm = Cell::new(0);
    until(Duration::from_secs(30), "the server is calm", || {
        let now = count(api);
        calm.set(if now == last.replace(now) { calm.get() + 1 } else { 0 });
        // Longer than entries wait to be handed over together.
        (calm.get() > 30).then_some(())
    });
}

fn metered() -> Server {
    Server::start_with(Settings { environment: vec![("RASEED_METER", "on".into())], ..Settings::default() })
}

#[test]
fn redemption_and_refund_stay_within_their_rows() {
    let server = metered();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let mut redemption = Value::Null;
    let spent = cost(&api, || redemption = card.redeem(&api, 100).expect(201));
    // Entry, its key, counters, alarm, and the number that the book acknowledged; in the book the line, the card's last line, the figures of the
    // day, and what stands on cards.
    assert_eq!(spent, Count { rows: 5, book_rows: 4, requests: 1, hand_offs: 1 });
    let path = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    let spent = cost(&api, || drop(api.post(&path, &json!({"amount": 50})).expect(201)));
    // The claim as well, which a redemption has once something of it is refunded.
    assert_eq!(spent, Count { rows: 6, book_rows: 4, requests: 1, hand_offs: 1 });
}

#[test]
fn issue_writes_a_row_for_each_way_to_find_the_card() {
    let server = metered();
    let api = server.api();
    // The line, the card, the figures of the day, what stands on cards, and the way by what is printed on it.
    assert_eq!(cost(&api, || drop(Card::issue(&api, 100))).book_rows, 5);
    let fields = json!({"amount": 100, "currency": "SAR", "reference": "order-1", "campaign": "eid"});
    assert_eq!(cost(&api, || drop(Card::issue_as(&api, &fields))).book_rows, 7);
}

#[test]
fn entries_of_a_busy_card_are_handed_over_together() {
    let server = metered();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let spent = cost(&api, || (0..50).for_each(|_| drop(card.redeem(&api, 1).expect(201))));
    println!("50 redemptions: {spent:?}");
    assert_eq!(spent.requests, 50);
    assert!(spent.hand_offs <= 25, "several sales share a hand-off: {spent:?}");
    // Alarm and acknowledgement are shared as well.
    assert!(spent.rows <= 50 * 3 + 2 * spent.hand_offs, "{spent:?}");
    assert!(spent.book_rows <= 50 * 3 + spent.hand_offs, "{spent:?}");
    assert_eq!(Export::read(&api).audit().findings, []);
}

#[test]
fn authorize_and_capture_stay_within_ten_rows_and_ten_for_each_leg() {
    let server = metered();
    let api = server.api();
    for legs in [1, 3, 10] {
        let checkout = Checkout::open(&api, legs * 100);
        for _ in 0..legs {
            checkout.apply(&api, &Card::issue(&api, 100).code).expect(201);
        }
        let spent = cost(&api, || {
            checkout.act(&api, "authorize").expect(200);
            checkout.act(&api, "capture").expect(200);
        });
        println!("{legs} legs: {spent:?}");
        // Each card hands over once, and the checkout tells its events once. One that came between the two cost an acknowledgement and two alarms.
        assert!(spent.rows <= 10 + 10 * legs + 3 * spent.hand_offs.saturating_sub(legs + 1), "{legs} legs: {spent:?}");
        assert_eq!(spent.requests, 2 + 2 * legs);
    }
}

#[test]
fn capture_long_after_authorize_costs_three_rows_more_for_each_leg() {
    let server = metered();
    let api = server.api();
    for legs in [1, 3] {
        let checkout = Checkout::open(&api, legs * 100);
        for _ in 0..legs {
            checkout.apply(&api, &Card::issue(&api, 100).code).expect(201);
        }
        let authorized = cost(&api, || drop(checkout.act(&api, "authorize").expect(200)));
        let captured = cost(&api, || drop(checkout.act(&api, "capture").expect(200)));
        println!("{legs} legs: {authorized:?}, {captured:?}");
        // The checkout tells its own event each time, which is an alarm.
        assert_eq!((authorized.hand_offs, captured.hand_offs), (legs + 1, legs + 1));
        assert!(authorized.rows + captured.rows <= 12 + 13 * legs, "{legs} legs: {authorized:?}, {captured:?}");
    }
}

#[test]
fn report_reads_the_same_rows_whatever_was_sold() {
    let server = metered();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let sell = |count: u64| (0..count).for_each(|_| drop(card.redeem(&api, 1).expect(201)));
    let report = || {
        settle(&api);
        let read = || api.get("/healthz").expect(200)["meter"]["rows_read"].as_u64().unwrap();
        let before = read();
        let summary = api.get("/v1/reports/summary?from=2000-01-01&to=2999-12-31").expect(200);
        let entries = summary["data"].as_array().unwrap().iter();
        let sold = entries.filter(|row| row["account"] == "redeemed").map(|row| row["entries"].as_u64().unwrap());
        (sold.sum::<u64>(), read() - before)
    };
    sell(50);
    let (sold, few) = report();
    assert_eq!(sold, 50);
    sell(450);
    let (sold, many) = report();
    println!("rows read by a report: {few} after 50 sales, {many} after 500");
    assert_eq!((sold, many), (500, few));
    // What it reads are its own rows: one for each account of the day.
    assert!((1..=20).contains(&few), "{few}");
}
