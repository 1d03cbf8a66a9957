//! The book is down, is told the same twice, or hears of things out of order: no sale waits for it, and at the end it is exact.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::api::Api;
use tests::backup::{BOOK, Backup, CARDS, Object, Outage, while_down};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::crowd::at_once;
use tests::ledger::{Export, total};
use tests::patience::until;
use tests::server::Server;

/// Longer than a card waits before it tries again after some failures.
const CATCH_UP: Duration = Duration::from_secs(40);

/// What the three cards that every server has were issued with.
const DEVELOPMENT_CARDS: u64 = 39_000;

/// Waits until the book has every entry of these cards, and compares: each entry once and in its order, each sum what the cards say, every hash right.
#[track_caller]
fn check_exact(api: &Api, cards: &[Card]) -> Export {
    let ledgers: BTreeMap<&str, Vec<Value>> = cards.iter().map(|card| (&*card.id, card.entries(api))).collect();
    let export = until(CATCH_UP, "the book has caught up", || {
        let export = Export::read(api);
        let lines = export.lines();
        let count = |card: &str| lines.iter().filter(|line| line.card == card).count();
        ledgers.iter().all(|(card, entries)| count(card) >= entries.len()).then_some(export)
    });
    for (card, entries) in &ledgers {
        let mut lines = export.lines();
        lines.retain(|line| line.card == *card);
        let told: Vec<Value> =
            lines.iter().map(|line| json!([line.seq, line.action, line.amount, line.available, line.held])).collect();
        let kept: Vec<Value> = entries
            .iter()
            .map(|entry| json!([entry["seq"], entry["action"], entry["amount"], entry["available"], entry["held"]]))
            .collect();
        assert_eq!(told, kept, "{card}");
    }
    assert_eq!(export.audit().findings, []);
    let sums: Vec<(u64, u64)> = ledgers.values().map(|entries| fold(entries)).collect();
    let available: u64 = sums.iter().map(|(available, _)| available).sum();
    let held: u64 = sums.iter().map(|(_, held)| held).sum();
    let signed = |amount: u64| i64::try_from(amount).unwrap();
    assert_eq!(total(api, "available"), signed(available + DEVELOPMENT_CARDS));
    assert_eq!(total(api, "held"), signed(held));
    assert!(cards.iter().all(|card| card.read(api)["status"] != "frozen"));
    export
}

/// Sales and an order over all cards, from many sides at once, each sale sent twice under its key.
fn storm(api: &Api, cards: &[Card], name: &str) {
    at_once(6, |place| {
        for turn in 0..6 {
            let key = format!("{name}-{place:08}-{turn:08}");
            let request = cards[(place + turn) % cards.len()].redemption(3);
            let answers = [0, 1].map(|_| api.post_once("/v1/redemptions", &request, &key));
            assert!(answers.iter().all(|answer| answer.status == 201));
        }
    });
    let checkout = Checkout::open(api, 600);
    for card in cards {
        checkout.apply_with(api, &card.code, &json!({"amount": 200})).expect(201);
    }
    checkout.act(api, "capture").expect(200);
    checkout.refund(api, 250).expect(201);
}

#[test]
fn sales_go_on_while_the_book_is_down_and_it_is_exact_when_it_is_back() {
    let mut server = Server::start();
    let api = server.api();
    let cards = [0; 3].map(|_| Card::issue(&api, 5_000));
    check_exact(&api, &cards);
    let book = Object::book(&server);
    let outage = while_down(&mut server, |state| Outage::begin(state, &book));
    storm(&api, &cards, "while-down");
    // It is down indeed, and the cards know that they are not heard.
    until(CATCH_UP, "hand-offs have failed", || {
        cards.iter().all(|card| server.log().contains(&format!("hand-off of {} waits", card.id))).then_some(())
    });
    assert_eq!(api.get("/v1/reports/summary").status, 500);
    let counters = cards.each_ref().map(|card| card.counters(&api));
    let hold = Checkout::open(&api, 100);
    hold.apply(&api, &cards[0].code).expect(201);
    hold.act(&api, "authorize").expect(200);
    hold.void(&api).expect(200);
    assert_eq!(cards.each_ref().map(|card| card.counters(&api)), counters);

    while_down(&mut server, |_| outage.end());
    check_exact(&api, &cards);
    storm(&api, &cards, "afterwards");
    check_exact(&api, &cards);
}

#[test]
fn entries_that_are_handed_over_twice_are_in_the_book_once() {
    let mut server = Server::start();
    let api = server.api();
    let cards = [0; 3].map(|_| Card::issue(&api, 5_000));
    check_exact(&api, &cards);
    let book = Object::book(&server);
    let outage = while_down(&mut server, |state| Outage::begin(state, &book));
    storm(&api, &cards, "handed-over-twice");
    // The same entries, none of which was acknowledged.
    let before = while_down(&mut server, |state| {
        outage.end();
        Backup::take_with_alarms(state, CARDS)
    });
    let first = check_exact(&api, &cards);
    while_down(&mut server, |_| before.put_back());
    let handed_over = |card: &Card| {
        let next = card.redeem(&api, 1).expect(201);
        next["id"].as_str().unwrap().to_owned()
    };
    // A sale follows what was handed over again, so that it is seen when that has happened.
    let next = cards.each_ref().map(handed_over);
    let second = check_exact(&api, &cards);
    assert_eq!(second.lines().len(), first.lines().len() + next.len());
    assert_eq!(second.lines()[..first.lines().len()], first.lines());
}

#[test]
fn entries_that_come_before_those_they_follow_wait_for_them() {
    let mut server = Server::start();
    let api = server.api();
    let cards = [0; 3].map(|_| Card::issue(&api, 5_000));
    check_exact(&api, &cards);
    let older = while_down(&mut server, |state| Backup::take(state, BOOK));
    storm(&api, &cards, "forgotten");
    let newer = check_exact(&api, &cards);
    while_down(&mut server, |_| older.put_back());
    // Every card believes that the book has what the book has lost, and what it hands over next comes too early.
    assert!(Export::read(&api).lines().len() + 3 <= newer.lines().len());
    storm(&api, &cards, "out-of-order");
    check_exact(&api, &cards);
}
