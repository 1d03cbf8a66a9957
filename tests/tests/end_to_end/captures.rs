//! Capture: one decision, one debit; and what comes back afterwards.

use serde_json::{Value, json};
use tests::api::{Api, fresh_key};
use tests::card::{Card, fold};
use tests::checkout::{Checkout, with};
use tests::server::Server;

/// A checkout of 12,000 with cards of 4,000 (which pays first), 6,000 and 10,000: they pay 4,000, 6,000 and 2,000.
fn three_cards(api: &Api) -> (Checkout, [Card; 3]) {
    let cards = [Card::issue(api, 4_000), Card::issue(api, 6_000), Card::issue(api, 10_000)];
    let checkout = Checkout::open(api, 12_000);
    for card in &cards {
        checkout.apply(api, &card.code).expect(201);
    }
    (checkout, cards)
}

/// What the cards have left; nothing is held.
#[track_caller]
fn check(api: &Api, cards: &[Card; 3], available: [u64; 3]) {
    assert_eq!(cards.each_ref().map(|card| card.counters(api)), available.map(|amount| (amount, 0)));
    assert_eq!(cards.each_ref().map(|card| fold(&card.entries(api))), available.map(|amount| (amount, 0)));
}

fn parts(refund: &Value) -> Vec<(String, u64)> {
    let part = |part: &Value| (part["last4"].as_str().unwrap().to_owned(), part["amount"].as_u64().unwrap());
    refund["tenders"].as_array().unwrap().iter().map(part).collect()
}

#[test]
fn capture_takes_what_is_held() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    checkout.act(&api, "authorize").expect(200);
    let captured = checkout.act(&api, "capture").expect(200);
    assert_eq!(
        (&captured["status"], &captured["captured"], &captured["refunded"]),
        (&json!("captured"), &json!(12_000), &json!(0))
    );
    check(&api, &cards, [0, 0, 8_000]);
    let entries = cards[0].entries(&api);
    let actions: Vec<&str> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["issue", "hold", "commit"]);
    assert_eq!(entries[2]["reference"], checkout.order["reference"]);
}

#[test]
fn capture_of_an_open_checkout_does_both_steps() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    assert_eq!(checkout.act(&api, "capture").expect(200)["status"], "captured");
    check(&api, &cards, [0, 0, 8_000]);
    // Without a card there is nothing to take, and the order is still closed.
    let empty = Checkout::open(&api, 500);
    let captured = empty.act(&api, "capture").expect(200);
    assert_eq!((&captured["status"], &captured["captured"]), (&json!("captured"), &json!(0)));
    // A leg that is declined ends it before the decision.
    let (declined, cards) = three_cards(&api);
    cards[2].redeem(&api, "max").expect(201);
    assert_eq!(declined.act(&api, "capture").problem(), (409, "tender_declined"));
    check(&api, &cards, [4_000, 6_000, 0]);
    assert_eq!(declined.read(&api)["status"], "open");
}

#[test]
fn partial_capture_fills_the_legs_in_order_and_releases_the_rest() {
    let server = Server::start();
    let api = server.api();
    for (amount, left) in
        [(1, [3_999, 6_000, 10_000]), (4_000, [0, 6_000, 10_000]), (7_500, [0, 2_500, 10_000]), (12_000, [0, 0, 8_000])]
    {
        let (checkout, cards) = three_cards(&api);
        checkout.act(&api, "authorize").expect(200);
        let captured = checkout.act_with(&api, "capture", &json!({"amount": amount})).expect(200);
        assert_eq!((&captured["captured"], &captured["quote"]["covered"]), (&json!(amount), &json!(amount)));
        assert_eq!(captured["quote"]["remaining"], 12_000 - amount);
        check(&api, &cards, left);
        assert_eq!(checkout.refund(&api, amount + 1).problem(), (409, "exceeds_refundable"));
        checkout.refund(&api, amount).expect(201);
        check(&api, &cards, [4_000, 6_000, 10_000]);
    }
}

#[test]
fn capture_over_what_is_held_is_refused_and_changes_nothing() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    checkout.act(&api, "authorize").expect(200);
    let over = json!({"amount": 12_001});
    assert_eq!(checkout.act_with(&api, "capture", &over).problem(), (409, "exceeds_authorized"));
    assert_eq!(cards.each_ref().map(|card| card.counters(&api)), [(0, 4_000), (0, 6_000), (8_000, 2_000)]);
    assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 12_000);
    check(&api, &cards, [0, 0, 8_000]);
}

#[test]
fn captured_checkout_is_captured_once() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    let key = fresh_key();
    let captured = api.post_once(&checkout.path("/capture"), &checkout.order, &key).expect(200);
    let again = api.post_once(&checkout.path("/capture"), &checkout.order, &key);
    assert!(again.is_replayed() && again.json == captured);
    let part = with(&checkout.order, &json!({"amount": 1}));
    assert_eq!(api.post_once(&checkout.path("/capture"), &part, &key).problem(), (422, "idempotency_key_reused"));
    assert_eq!(checkout.act(&api, "capture").problem(), (409, "already_captured"));
    assert_eq!(checkout.act(&api, "authorize").problem(), (409, "already_captured"));
    assert_eq!(checkout.void(&api).problem(), (409, "already_captured"));
    let spare = Card::issue(&api, 1);
    assert_eq!(checkout.apply(&api, &spare.code).problem(), (409, "checkout_not_open"));
    assert_eq!(api.change("PATCH", &checkout.path(""), &json!({"total": 1})).problem(), (409, "checkout_not_open"));
    check(&api, &cards, [0, 0, 8_000]);
    assert_eq!(checkout.read(&api), captured);
}

#[test]
fn refunds_go_back_in_reverse_order_and_never_over_the_capture() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    assert_eq!(checkout.refund(&api, 1).problem(), (409, "checkout_not_authorized"));
    checkout.act(&api, "authorize").expect(200);
    assert_eq!(checkout.refund(&api, 1).problem(), (409, "checkout_not_authorized"), "held is not captured");
    checkout.act(&api, "capture").expect(200);
    let to = |place: usize, amount: u64| (cards[place].last4.clone(), amount);

    let first = checkout.refund(&api, 500).expect(201);
    assert_eq!((parts(&first), &first["refunded"]), (vec![to(2, 500)], &json!(500)));
    check(&api, &cards, [0, 0, 8_500]);
    let second = checkout.refund(&api, 8_000).expect(201);
    assert_eq!((parts(&second), &second["refunded"]), (vec![to(2, 1_500), to(1, 6_000), to(0, 500)], &json!(8_500)));
    check(&api, &cards, [500, 6_000, 10_000]);
    assert_eq!(checkout.refund(&api, 3_501).problem(), (409, "exceeds_refundable"));
    check(&api, &cards, [500, 6_000, 10_000]);
    assert_eq!(parts(&checkout.refund(&api, 3_500).expect(201)), [to(0, 3_500)]);
    check(&api, &cards, [4_000, 6_000, 10_000]);
    assert_eq!(checkout.refund(&api, 1).problem(), (409, "exceeds_refundable"));
    let after = checkout.read(&api);
    assert_eq!(
        (&after["status"], &after["captured"], &after["refunded"]),
        (&json!("captured"), &json!(12_000), &json!(12_000))
    );
}

#[test]
fn what_came_back_may_be_spent_again() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = three_cards(&api);
    checkout.act(&api, "capture").expect(200);
    checkout.refund(&api, 12_000).expect(201);
    let next = Checkout::open(&api, 20_000);
    for card in &cards {
        next.apply(&api, &card.code).expect(201);
    }
    assert_eq!(next.act(&api, "capture").expect(200)["captured"], 20_000);
    check(&api, &cards, [0, 0, 0]);
}
