//! What the platform bills, counted: rows written and requests to objects. Counts never vary, so a bound that breaks is a change that costs money.

use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;
use tests::api::Api;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::{Server, Settings};

/// Rows written and requests to objects since the server was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Count {
    rows: u64,
    requests: u64,
}

fn count(api: &Api) -> Count {
    let health: Value = api.get("/healthz").expect(200);
    Count { rows: health["rows_written"].as_u64().unwrap(), requests: health["object_requests"].as_u64().unwrap() }
}

/// What something costs until it is in the book as well. Nothing else may run meanwhile.
fn cost(api: &Api, act: impl FnOnce()) -> (Count, Count) {
    settle(api);
    let before = count(api);
    act();
    let asked = count(api);
    settle(api);
    let after = count(api);
    let since = |now: Count| Count { rows: now.rows - before.rows, requests: now.requests - before.requests };
    (since(asked), since(after))
}

/// Waits until every entry is in the book and nothing is written any more.
fn settle(api: &Api) {
    let last = Cell::new(Count { rows: u64::MAX, requests: 0 });
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
    let (asked, all) = cost(&api, || redemption = card.redeem(&api, 100).expect(201));
    // Entry, its key, counters, alarm; and the number that the book acknowledged. The book's own rows are counted apart.
    assert_eq!(asked, Count { rows: 4, requests: 1 });
    assert_eq!(all.requests, 2, "one hand-off");
    assert!(all.rows <= 4 + 1 + 5, "{all:?}");
    let path = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    let (asked, all) = cost(&api, || drop(api.post(&path, &json!({"amount": 50})).expect(201)));
    assert_eq!(asked, Count { rows: 5, requests: 1 });
    assert!(all.rows <= 5 + 1 + 5, "{all:?}");
}

#[test]
fn entries_of_a_busy_card_are_handed_over_together() {
    let server = metered();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (asked, all) = cost(&api, || (0..50).for_each(|_| drop(card.redeem(&api, 1).expect(201))));
    println!("50 redemptions: {asked:?}, in the book: {all:?}");
    assert!(asked.rows <= 50 * 3 + 3, "the alarm is set once, not for every sale: {asked:?}");
    assert!(all.requests <= 50 + 3, "{all:?}");
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
        let (asked, all) = cost(&api, || {
            checkout.act(&api, "authorize").expect(200);
            checkout.act(&api, "capture").expect(200);
        });
        println!("{legs} legs: {asked:?}, in the book: {all:?}");
        // Every card notes once what the book acknowledged.
        assert!(asked.rows + legs <= 10 + 10 * legs, "{legs} legs: {asked:?}");
        assert_eq!(asked.requests, 2 + 2 * legs);
        assert_eq!(all.requests, 2 + 3 * legs, "one hand-off for each card");
    }
}
