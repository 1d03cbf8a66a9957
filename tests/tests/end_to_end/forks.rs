//! An older copy of one object's file comes back, as a careless restore would do it. It is noticed at the next hand-off, and nothing is doubled.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::{Api, fresh_key};
use tests::backup::{BOOK, Backup, CARDS, CHECKOUTS, while_down};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

#[test]
fn older_copy_of_a_card_is_frozen_at_the_next_hand_off() {
    let mut server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    card.redeem(&api, 100).expect(201);
    Export::with(&api, &card.id, 2);
    let older = while_down(&mut server, |state| Backup::take(state, CARDS));
    card.redeem(&api, 200).expect(201);
    let honest = Export::with(&api, &card.id, 3);

    while_down(&mut server, |_| older.put_back());
    assert_eq!(card.counters(&api), (9_900, 0), "the older copy knows nothing of the last sale");
    card.redeem(&api, 300).expect(201);
    until(Duration::from_secs(20), "the fork is noticed", || (card.read(&api)["status"] == "frozen").then_some(()));
    assert_eq!(card.redeem(&api, 1).problem(), (409, "card_frozen"));
    assert_eq!(api.post(&card.path("/unfreeze"), &json!({})).problem(), (409, "card_forked"));
    let book = Export::read(&api);
    assert_eq!(book.audit().findings, []);
    let lines = |export: &Export| export.lines().into_iter().filter(|line| line.card == card.id).collect::<Vec<_>>();
    assert_eq!(lines(&book), lines(&honest), "the book keeps what really happened");
}

#[test]
fn older_copy_of_the_book_is_filled_up_again() {
    let mut server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    card.redeem(&api, 100).expect(201);
    Export::with(&api, &card.id, 2);
    let older = while_down(&mut server, |state| Backup::take(state, BOOK));
    card.redeem(&api, 200).expect(201);
    let before = Export::with(&api, &card.id, 3);
    while_down(&mut server, |_| older.put_back());
    assert!(Export::read(&api).0.len() < before.0.len());
    card.redeem(&api, 300).expect(201);
    let after = Export::with(&api, &card.id, 4);
    assert_eq!(after.audit().findings, []);
    assert_eq!(card.read(&api)["status"], "active");
}

#[test]
fn older_copy_of_a_checkout_cannot_take_back_a_capture() {
    let mut server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 1_000);
    let checkout = Checkout::open(&api, 1_000);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act_with(&api, "authorize", &json!({"hold_seconds": 60})).expect(200);
    let older = while_down(&mut server, |state| Backup::take(state, CHECKOUTS));
    checkout.act(&api, "capture").expect(200);
    assert_eq!(card.counters(&api), (0, 0));

    while_down(&mut server, |_| older.put_back());
    assert_eq!(checkout.read(&api)["status"], "authorized", "the older copy has forgotten the capture");
    // It voids; the card has committed and says so, and nothing comes back.
    assert_eq!(checkout.void(&api).problem(), (409, "checkout_broken"));
    assert_eq!(card.counters(&api), (0, 0));
    assert_eq!(checkout.read(&api)["status"], "broken");
    let export = Export::with(&api, &card.id, 3);
    assert_eq!(export.audit().findings, []);
}

/// A checkout of 1,000 that one card of 5,000 pays for.
fn open(api: &Api) -> (Checkout, Card) {
    let (checkout, card) = (Checkout::open(api, 1_000), Card::issue(api, 5_000));
    checkout.apply(api, &card.code).expect(201);
    (checkout, card)
}

/// What a checkout is, and what its card has.
fn state(api: &Api, checkout: &Checkout, card: &Card) -> (Value, (u64, u64)) {
    (checkout.read(api)["status"].clone(), card.counters(api))
}

#[test]
fn older_copy_of_an_open_checkout_cannot_take_its_card_again() {
    let mut server = Server::start();
    let api = server.api();
    let (checkout, card) = open(&api);
    let older = while_down(&mut server, |state| Backup::take(state, CHECKOUTS));
    checkout.act(&api, "capture").expect(200);
    while_down(&mut server, |_| older.put_back());
    assert_eq!(state(&api, &checkout, &card), (json!("open"), (4_000, 0)), "the older copy knows of no capture");
    // The card knows of it. Whoever goes on asking gets no further.
    for act in ["authorize", "capture", "authorize"] {
        assert_eq!(checkout.act(&api, act).status, 409, "{act}");
        assert_eq!(state(&api, &checkout, &card), (json!("broken"), (4_000, 0)));
    }
    assert_eq!(checkout.apply(&api, &Card::issue(&api, 1).code).problem(), (409, "checkout_broken"));
    assert_eq!(Export::with(&api, &card.id, 3).audit().findings, []);
    assert!(server.log().contains(&format!("fork: {}", checkout.id)), "somebody is told");
}

#[test]
fn older_copy_of_a_checkout_cannot_refund_what_was_refunded() {
    let mut server = Server::start();
    let api = server.api();
    let (checkout, card) = open(&api);
    checkout.act(&api, "capture").expect(200);
    let older = while_down(&mut server, |state| Backup::take(state, CHECKOUTS));
    let (key, other) = (fresh_key(), fresh_key());
    let refund = || api.post_once(&checkout.path("/refunds"), &json!({"amount": 600}), &key);
    let told = refund().expect(201);
    while_down(&mut server, |_| older.put_back());
    assert_eq!((checkout.read(&api)["refunded"].clone(), card.counters(&api)), (json!(0), (4_600, 0)));
    // The same request is the same refund, to the card as well.
    let again = refund().expect(201);
    assert_eq!((&again["id"], &again["amount"]), (&told["id"], &told["amount"]));
    assert_eq!(state(&api, &checkout, &card), (json!("captured"), (4_600, 0)));

    while_down(&mut server, |_| older.put_back());
    // Another one is not, though the card has room for it: the two count differently.
    let refused = || api.post_once(&checkout.path("/refunds"), &json!({"amount": 100}), &other);
    assert_eq!([refused().problem(), refused().problem()], [(409, "checkout_broken"); 2], "and is not told as done");
    assert_eq!(state(&api, &checkout, &card), (json!("broken"), (4_600, 0)));
    assert_eq!(Export::with(&api, &card.id, 4).audit().findings, []);
}

#[test]
fn older_copy_of_a_card_that_knows_of_no_hold_breaks_the_order_and_is_frozen() {
    let mut server = Server::start();
    let api = server.api();
    let (checkout, card) = open(&api);
    Export::with(&api, &card.id, 1);
    let older = while_down(&mut server, |state| Backup::take(state, CARDS));
    checkout.act(&api, "authorize").expect(200);
    Export::with(&api, &card.id, 2);
    while_down(&mut server, |_| older.put_back());
    assert_eq!(
        checkout.act(&api, "capture").problem(),
        (409, "checkout_broken"),
        "there is no hold that could be taken"
    );
    assert_eq!(state(&api, &checkout, &card), (json!("broken"), (5_000, 0)));
    assert_eq!(card.redeem(&api, 100).problem(), (409, "card_frozen"), "an older copy sells nothing more");
    assert_eq!(Export::read(&api).audit().findings, []);
    assert!(server.log().contains(&format!("fork: {} contradicts", card.id)), "somebody is told");
}
