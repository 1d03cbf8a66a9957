//! The answer is lost on its way: whoever asks again under the same key gets it, and what was asked for has happened once.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::{Answer, Api, fresh_key};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::patience::until;
use tests::server::Server;

/// Longer than an attempt that nobody waits for may run.
const PATIENCE: Duration = Duration::from_secs(40);

/// Nobody reads the answer, or its first byte alone.
const READ: [usize; 2] = [0, 1];

/// Asks, hangs up, and asks again until there is an answer; then once more. Both answers are the same.
#[track_caller]
fn ask_again(api: &Api, path: &str, body: &Value, read: usize) -> Answer {
    let key = fresh_key();
    api.post_and_hang_up(path, body, &key, read);
    let busy = |answer: &Answer| answer.problem() == (409, "operation_in_progress") || answer.status == 202;
    let answer = until(PATIENCE, "it is answered", || Some(api.post_once(path, body, &key)).filter(|a| !busy(a)));
    assert!(answer.status < 300, "{path}: {}", answer.json);
    assert!(read == 0 || answer.is_replayed(), "{path}: an answer that was begun was decided");
    let again = api.post_once(path, body, &key);
    assert!(again.is_replayed() && (again.status, &again.json) == (answer.status, &answer.json), "{path}");
    answer
}

#[test]
fn sale_whose_answer_was_lost_is_made_once() {
    let server = Server::start();
    let api = server.api();
    for read in READ.repeat(4) {
        let issued = ask_again(&api, "/v1/gift-cards", &json!({"amount": 10_000, "currency": "SAR"}), read);
        let card = Card::of(&issued.expect(201));
        let sale = ask_again(&api, "/v1/redemptions", &card.redemption(4_000), read).expect(201);
        let refunds = format!("/v1/redemptions/{}/refunds", sale["id"].as_str().unwrap());
        ask_again(&api, &refunds, &json!({"amount": 1_500}), read);
        assert_eq!((card.counters(&api), fold(&card.entries(&api))), ((7_500, 0), (7_500, 0)));
        assert_eq!(card.entries(&api).len(), 3);
    }
}

#[test]
fn order_whose_answers_were_lost_is_held_taken_and_refunded_once() {
    let server = Server::start();
    let api = server.api();
    for read in READ.repeat(4) {
        let cards = [Card::issue(&api, 3_000), Card::issue(&api, 10_000)];
        let counters = || cards.each_ref().map(|card| card.counters(&api));
        let checkout = Checkout::open(&api, 5_000);
        for card in &cards {
            ask_again(&api, &checkout.path("/tenders"), &json!({"gift_card": {"code": card.code}}), read);
        }
        let authorized = ask_again(&api, &checkout.path("/authorize"), &checkout.order, read);
        assert_eq!((&authorized.json["status"], counters()), (&json!("authorized"), [(0, 3_000), (8_000, 2_000)]));
        let captured = ask_again(&api, &checkout.path("/capture"), &checkout.order, read);
        assert_eq!((&captured.json["captured"], counters()), (&json!(5_000), [(0, 0), (8_000, 0)]));
        let refunded = ask_again(&api, &checkout.path("/refunds"), &json!({"amount": 2_500}), read);
        assert_eq!((&refunded.json["refunded"], counters()), (&json!(2_500), [(500, 0), (10_000, 0)]));
        assert_eq!(cards.each_ref().map(|card| fold(&card.entries(&api))), counters());
    }
}

#[test]
fn order_whose_void_was_lost_holds_nothing() {
    let server = Server::start();
    let api = server.api();
    for read in READ.repeat(4) {
        let (checkout, card) = (Checkout::open(&api, 5_000), Card::issue(&api, 10_000));
        checkout.apply(&api, &card.code).expect(201);
        checkout.act(&api, "authorize").expect(200);
        let voided = ask_again(&api, &checkout.path("/void"), &json!({}), read);
        assert_eq!((&voided.json["status"], card.counters(&api)), (&json!("voided"), (10_000, 0)));
        assert_eq!(card.entries(&api).len(), 3);
    }
}
