//! A release that comes before its hold leaves a tombstone, so that the hold is refused however late it comes.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::Api;
use tests::backup::{Backup, CARDS, CHECKOUTS, Object, Outage, while_down};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

const ALARM: Duration = Duration::from_secs(30);

fn actions(api: &Api, card: &Card) -> Vec<(String, Value)> {
    let entries = card.entries(api).into_iter();
    entries.map(|entry| (entry["action"].as_str().unwrap().to_owned(), entry["amount"].clone())).collect()
}

/// Authorizes an order over two cards while the second cannot be reached, and gives the checkout as it was before that, the cards, and an end to it.
/// `give_up` is what ends the attempt.
#[track_caller]
fn check(give_up: impl Fn(&Api, &Checkout)) {
    let mut server = Server::start();
    let api = server.api();
    let near = Card::issue(&api, 1_000);
    let (object, far) = Object::made_by(&server, CARDS, || Card::issue(&api, 2_000));
    let checkout = Checkout::open(&api, 3_000);
    for card in [&near, &far] {
        checkout.apply(&api, &card.code).expect(201);
    }
    let (before, outage) =
        while_down(&mut server, |state| (Backup::take(state, CHECKOUTS), Outage::begin(state, &object)));
    let unknown = checkout.act(&api, "authorize");
    assert_eq!((unknown.status, &unknown.json["retryable"]), (500, &json!(true)));
    give_up(&api, &checkout);
    assert_eq!(near.counters(&api), (1_000, 0), "the leg that was held is free again");

    while_down(&mut server, |_| outage.end());
    until(ALARM, "the release arrives", || (far.entries(&api).len() == 2).then_some(()));
    assert_eq!(actions(&api, &far)[1], ("release".into(), json!(0)), "of a hold that never came");
    assert_eq!(far.counters(&api), (2_000, 0));
    // The checkout forgets that it gave the attempt up, and sends the hold of that very attempt: late, as a message may be.
    while_down(&mut server, |_| before.put_back());
    let declined = checkout.act(&api, "authorize");
    assert_eq!((declined.problem(), &declined.json["cause"]), ((409, "tender_declined"), &json!("already_voided")));
    for (card, amount) in [(&near, 1_000), (&far, 2_000)] {
        assert_eq!((card.counters(&api), fold(&card.entries(&api))), ((amount, 0), (amount, 0)));
    }
    assert_eq!(actions(&api, &far).len(), 2, "the late hold is no entry");
    // The next attempt has claims of its own.
    assert_eq!(checkout.act(&api, "authorize").expect(200)["quote"]["covered"], 3_000);
    assert_eq!(far.counters(&api), (0, 2_000));
    assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 3_000);
    assert_eq!(Export::with(&api, &far.id, 4).audit().findings, []);
}

#[test]
fn hold_that_comes_after_its_attempt_was_given_up_is_refused() {
    check(|api, checkout| assert_eq!(checkout.read(api)["status"], "open"));
}

#[test]
fn hold_that_comes_after_its_order_was_voided_is_refused() {
    check(|api, checkout| assert_eq!(checkout.void(api).expect(200)["status"], "voided"));
}
