//! At the very end of a hold: whoever comes first wins, and the cards know of nobody else.

use serde_json::json;
use std::time::Duration;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::crowd::at_once;
use tests::patience::until;
use tests::server::Server;

/// Orders that end at about the same moment.
const ORDERS: usize = 24;

/// An order whose hold ends so many seconds after it was authorized.
fn authorize(api: &Api, hold_seconds: u64) -> (Checkout, Card, u64) {
    let (checkout, card) = (Checkout::open(api, 5_000), Card::issue(api, 10_000));
    checkout.apply(api, &card.code).expect(201);
    let authorized = checkout.act_with(api, "authorize", &json!({"hold_seconds": hold_seconds})).expect(200);
    let deadline_ms = shared::time::read(authorized["hold_expires_at"].as_str().unwrap()).unwrap();
    (checkout, card, deadline_ms)
}

/// The server's clock.
fn now_ms(api: &Api) -> u64 {
    shared::time::read(Checkout::open(api, 1).read(api)["created_at"].as_str().unwrap()).unwrap()
}

#[test]
fn of_capture_void_and_expiry_one_wins() {
    let server = Server::start();
    let api = server.api();
    let hold_seconds = |place| if place < ORDERS / 2 { 10 } else { 12 };
    let orders: Vec<(Checkout, Card, u64)> = (0..ORDERS).map(|place| authorize(&api, hold_seconds(place))).collect();
    // Some have ended by then, some end in the very moment, and some have a while left.
    let moment = orders[ORDERS / 4].2;
    until(Duration::from_secs(20), "the first holds end", || (now_ms(&api) >= moment).then_some(()));
    let answers = at_once(ORDERS * 2, |place| {
        let checkout = &orders[place / 2].0;
        if place % 2 == 0 { checkout.act(&api, "capture") } else { checkout.void(&api) }
    });
    let mut ends = Vec::new();
    for ((checkout, card, _), pair) in orders.iter().zip(answers.chunks(2)) {
        let status = until(Duration::from_secs(20), "it has ended", || {
            let status = checkout.read(&api)["status"].as_str().unwrap().to_owned();
            ["captured", "voided", "expired"].into_iter().find(|end| *end == status)
        });
        let (left, told): (u64, [(u16, &str); 2]) = match status {
            "captured" => (5_000, [(200, ""), (409, "already_captured")]),
            "voided" => (10_000, [(409, "already_voided"), (200, "")]),
            _ => (10_000, [(409, "hold_expired"), (409, "hold_expired")]),
        };
        assert_eq!([&pair[0], &pair[1]].map(Answer::problem), told, "{status}");
        assert_eq!((card.counters(&api), fold(&card.entries(&api))), ((left, 0), (left, 0)));
        assert_eq!(card.entries(&api).len(), 3, "held, and then taken or let go: once");
        ends.push(status);
    }
    assert!(ends.contains(&"expired") && ends.iter().any(|end| *end != "expired"), "{ends:?}");
}
