//! A clock that is a day behind or ahead: what happened stays in its order, nothing is doubled, nothing is lost, and deadlines follow the clock as it is.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::killer::Killer;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

const ALARM: Duration = Duration::from_secs(20);

/// Now, an hour ahead, a day ahead, a day behind, an hour behind, and now.
const CLOCKS: [i64; 6] = [0, 3_600, DAY_SECONDS, -DAY_SECONDS, -3_600, 0];

fn at(entry: &Value) -> u64 {
    shared::time::read(entry["at"].as_str().unwrap()).unwrap()
}

/// The sum of an account over all days.
fn total(api: &Api, account: &str) -> i64 {
    let summary = api.get("/v1/reports/summary?from=2000-01-01&to=2999-12-31").expect(200);
    let rows = summary["data"].as_array().unwrap().iter().filter(|row| row["account"] == account);
    rows.map(|row| row["amount"].as_i64().unwrap()).sum()
}

#[test]
fn sales_keep_their_order_and_their_keys_whatever_the_clock_says() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let sell = |turn: usize| {
        let key = format!("whatever-the-clock-{turn:08}");
        api.post_once("/v1/redemptions", &card.redemption(10 * (turn as u64 + 1)), &key)
    };
    let mut told: Vec<Answer> = Vec::new();
    for (turn, offset) in CLOCKS.into_iter().enumerate() {
        clock.set(&mut server, offset);
        let first = sell(turn);
        assert_eq!((first.status, first.is_replayed()), (201, false));
        told.push(first);
        for (earlier, answer) in told.iter().enumerate() {
            let again = sell(earlier);
            assert!(again.is_replayed() && again.json == answer.json, "the key of turn {earlier} in turn {turn}");
        }
        let refunds = format!("/v1/redemptions/{}/refunds", told[0].json["id"].as_str().unwrap());
        api.post(&refunds, &json!({"amount": 1})).expect(201);
    }
    let entries = card.entries(&api);
    // The issue, and a sale and a refund for each clock: 10 + 20 + … + 60 less 6.
    assert_eq!((entries.len(), fold(&entries)), (13, (10_000 - 210 + 6, 0)));
    assert_eq!(card.counters(&api), (9_796, 0));
    assert!(entries.windows(2).any(|pair| at(&pair[1]) + 86_000_000 < at(&pair[0])), "the clock did go back");
    assert!(entries.windows(2).any(|pair| at(&pair[0]) + 80_000_000 < at(&pair[1])), "and ahead");
    let export = Export::with(&api, &card.id, 13);
    assert_eq!(export.audit().findings, []);
    assert_eq!(export.lines().iter().filter(|line| line.card == card.id).count(), 13);
    assert_eq!((total(&api, "redeemed"), total(&api, "refunded")), (210, -6));
}

#[test]
fn order_is_held_taken_and_refunded_once_while_the_clock_jumps() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let cards = [Card::issue(&api, 3_000), Card::issue(&api, 10_000)];
    let checkout = Checkout::open(&api, 5_000);
    for card in &cards {
        checkout.apply(&api, &card.code).expect(201);
    }
    let counters = || cards.each_ref().map(|card| card.counters(&api));
    let week = json!({"hold_seconds": 604_800});
    checkout.act_with(&api, "authorize", &week).expect(200);
    for offset in [DAY_SECONDS, -DAY_SECONDS] {
        clock.set(&mut server, offset);
        assert_eq!(
            (checkout.read(&api)["status"].as_str(), counters()),
            (Some("authorized"), [(0, 3_000), (8_000, 2_000)])
        );
    }
    let capture = || api.post_once(&checkout.path("/capture"), &checkout.order, "capture-a-day-before");
    let captured = capture().expect(200);
    for (offset, left) in [(DAY_SECONDS, [(500, 0), (10_000, 0)]), (0, [(3_000, 0), (10_000, 0)])] {
        clock.set(&mut server, offset);
        let again = capture();
        assert!(again.is_replayed() && again.json == captured);
        checkout.refund(&api, 2_500).expect(201);
        assert_eq!(counters(), left);
    }
    assert_eq!(checkout.refund(&api, 1).problem(), (409, "exceeds_refundable"));
    let entries = cards.each_ref().map(|card| card.entries(&api));
    assert_eq!(entries.each_ref().map(|entries| fold(entries)), counters());
    assert_eq!(Export::with(&api, &cards[0].id, entries[0].len()).audit().findings, []);
}

#[test]
fn hold_that_a_fast_clock_ended_is_not_held_again_when_the_clock_is_set_right() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let (checkout, card) = (Checkout::open(&api, 4_000), Card::issue(&api, 4_000));
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "authorize").expect(200);
    clock.set(&mut server, DAY_SECONDS);
    until(ALARM, "the hold ends", || (card.counters(&api) == (4_000, 0)).then_some(()));
    for offset in [0, -DAY_SECONDS] {
        clock.set(&mut server, offset);
        assert_eq!(checkout.read(&api)["status"], "expired");
        for (act, code) in [("capture", "hold_expired"), ("authorize", "checkout_not_open")] {
            assert_eq!(checkout.act(&api, act).problem(), (409, code));
        }
        assert_eq!((card.counters(&api), card.entries(&api).len()), ((4_000, 0), 3));
    }
    // What it let go is somebody else's now, and only once.
    let next = Checkout::open(&api, 4_000);
    next.apply(&api, &card.code).expect(201);
    assert_eq!(next.act(&api, "capture").expect(200)["captured"], 4_000);
    assert_eq!(card.redeem(&api, 1).problem(), (409, "insufficient_balance"));
}

#[test]
fn hold_of_a_fast_clock_can_be_taken_or_let_go_when_the_clock_is_set_right() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    clock.set(&mut server, DAY_SECONDS);
    let orders = [0; 2].map(|_| {
        let (checkout, card) = (Checkout::open(&api, 1_000), Card::issue(&api, 4_000));
        checkout.apply(&api, &card.code).expect(201);
        checkout.act(&api, "authorize").expect(200);
        (checkout, card)
    });
    clock.set(&mut server, 0);
    let [(taken, first), (let_go, second)] = &orders;
    assert_eq!(first.redeem(&api, 3_001).problem(), (409, "card_held_elsewhere"));
    assert_eq!(first.redeem(&api, 3_000).expect(201)["balance_after"], 0);
    assert_eq!(taken.act(&api, "capture").expect(200)["captured"], 1_000);
    let_go.void(&api).expect(200);
    assert_eq!((first.counters(&api), second.counters(&api)), ((0, 0), (4_000, 0)));
    for (card, entries) in [(first, 4), (second, 3)] {
        assert_eq!(card.entries(&api).len(), entries);
        assert_eq!(Export::with(&api, &card.id, entries).audit().findings, []);
    }
}

#[test]
fn card_expires_by_the_clock_as_it_is_and_what_was_refused_keeps_its_key() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let now_ms = shared::time::read(Card::issue(&api, 1).read(&api)["created_at"].as_str().unwrap()).unwrap();
    let expires_at = shared::time::write(now_ms + 3_600_000);
    let card = Card::issue_as(&api, &json!({"amount": 1_000, "currency": "SAR", "expires_at": expires_at}));
    let refused = || api.post_once("/v1/redemptions", &card.redemption(1_000), "asked-a-day-ahead");
    clock.set(&mut server, DAY_SECONDS);
    assert_eq!(refused().problem(), (410, "card_expired"));
    clock.set(&mut server, 0);
    let again = refused();
    assert_eq!((again.problem(), again.is_replayed()), ((410, "card_expired"), true));
    assert_eq!(card.redeem(&api, 1_000).expect(201)["balance_after"], 0, "another key is another question");
    assert_eq!(card.entries(&api).len(), 2);
}

#[test]
fn attempt_that_a_fast_clock_began_and_a_kill_cut_short_lets_go_when_it_is_voided() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let (checkout, card) = (1..12)
        .find_map(|step| {
            clock.set(&mut server, DAY_SECONDS);
            let (checkout, card) = (Checkout::open(&api, 1_000), Card::issue(&api, 4_000));
            checkout.apply(&api, &card.code).expect(201);
            Export::with(&api, &card.id, 1);
            let killer = Killer::at_step(&server, step);
            let key = format!("cut-short-at-step-{step:08}");
            let answer = api.try_post(&checkout.path("/authorize"), &checkout.order, &key);
            assert!(killer.has_struck(&api) || answer.is_ok());
            clock.set(&mut server, 0);
            let is_held = card.counters(&api) == (3_000, 1_000);
            (checkout.read(&api)["status"] == "authorizing" && is_held).then_some((checkout, card))
        })
        .unwrap();
    // Its patience ends in a day only, and so does the hold's deadline; whoever does not want to wait says so.
    assert_eq!(checkout.act(&api, "authorize").problem(), (409, "operation_in_progress"));
    assert_eq!(checkout.void(&api).expect(200)["status"], "voided");
    assert_eq!((card.counters(&api), card.entries(&api).len()), ((4_000, 0), 3));
}
