//! Refunds side by side, in parts, and to cards that can no longer be spent: never over the capture, and back to where the value came from.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::crowd::at_once;
use tests::ledger::Export;
use tests::server::Server;

/// A card that has expired a day later.
fn issue_expiring(api: &Api, amount: u64) -> Card {
    let now_ms = shared::time::read(Card::issue(api, 1).read(api)["created_at"].as_str().unwrap()).unwrap();
    let expires_at = shared::time::write(now_ms + 3_600_000);
    Card::issue_as(api, &json!({"amount": amount, "currency": "SAR", "expires_at": expires_at}))
}

fn status(api: &Api, card: &Card) -> Value {
    card.read(api)["status"].clone()
}

/// So many were done, and the others were told that there is no more to give back.
#[track_caller]
fn check(answers: &[Answer], done: usize) {
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(|answer| answer.status < 300);
    assert!(lost.iter().all(|answer| answer.problem() == (409, "exceeds_refundable")));
    assert_eq!(won.len(), done);
}

/// How much went back to each card, by its last four symbols.
fn parts<'a>(refunds: impl IntoIterator<Item = &'a Answer>) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for refund in refunds.into_iter().filter(|refund| refund.status < 300) {
        for part in refund.json["tenders"].as_array().unwrap() {
            *sums.entry(part["last4"].as_str().unwrap().to_owned()).or_default() += part["amount"].as_u64().unwrap();
        }
    }
    sums
}

#[test]
fn refunds_at_once_and_in_parts_go_back_whole_also_to_expired_and_frozen_cards() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let expired = issue_expiring(&api, 4_000);
    let [frozen, plain] = [6_000, 10_000].map(|amount| Card::issue(&api, amount));
    let cards = [&expired, &frozen, &plain];
    let checkout = Checkout::open(&api, 12_000);
    for card in cards {
        checkout.apply(&api, &card.code).expect(201);
    }
    checkout.act(&api, "capture").expect(200);
    let counters = || cards.map(|card| card.counters(&api));
    assert_eq!(counters(), [(0, 0), (0, 0), (8_000, 0)]);
    clock.set(&mut server, DAY_SECONDS);
    api.post(&frozen.path("/freeze"), &json!({})).expect(200);
    assert_eq!([status(&api, &expired), status(&api, &frozen)], ["expired", "frozen"]);

    // 17 times 700 is 11,900.
    let first = at_once(30, |_| checkout.refund(&api, 700));
    check(&first, 17);
    let second = at_once(4, |_| checkout.refund(&api, 25));
    check(&second, 4);
    check(&[checkout.refund(&api, 1)], 0);
    assert_eq!(counters(), [(4_000, 0), (6_000, 0), (10_000, 0)]);
    assert_eq!(cards.map(|card| fold(&card.entries(&api))), counters());
    let wanted = [(&expired, 4_000), (&frozen, 6_000), (&plain, 2_000)];
    assert_eq!(parts(first.iter().chain(&second)), wanted.map(|(card, amount)| (card.last4.clone(), amount)).into());
    assert_eq!(checkout.read(&api)["refunded"], 12_000);

    // The value is back; what the card may do is as it was.
    assert_eq!([status(&api, &expired), status(&api, &frozen)], ["expired", "frozen"]);
    assert_eq!(expired.redeem(&api, 1).problem(), (410, "card_expired"));
    assert_eq!(frozen.redeem(&api, 1).problem(), (409, "card_frozen"));
    api.post(&frozen.path("/unfreeze"), &json!({})).expect(200);
    assert_eq!(frozen.redeem(&api, "max").expect(201)["amount"], 6_000);
    for card in cards {
        assert_eq!(Export::with(&api, &card.id, card.entries(&api).len()).audit().findings, []);
    }
}

#[test]
fn refunds_of_one_sale_at_once_never_exceed_it_also_on_an_expired_and_frozen_card() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let card = issue_expiring(&api, 5_000);
    let [sale, other] = [1_000, 500].map(|amount| card.redeem(&api, amount).expect(201));
    let refund = |sale: &Value, amount: u64| {
        api.post(&format!("/v1/redemptions/{}/refunds", sale["id"].as_str().unwrap()), &json!({"amount": amount}))
    };
    check(&at_once(10, |_| refund(&sale, 150)), 6);
    clock.set(&mut server, DAY_SECONDS);
    api.post(&card.path("/freeze"), &json!({})).expect(200);
    check(&at_once(10, |_| refund(&sale, 30)), 3);
    check(&[refund(&sale, 11)], 0);
    check(&[refund(&sale, 10)], 1);
    check(&[refund(&sale, 1)], 0);
    // What is left of another sale is no help to this one.
    check(&[refund(&other, 500)], 1);
    assert_eq!((card.counters(&api), fold(&card.entries(&api))), ((5_000, 0), (5_000, 0)));
}
