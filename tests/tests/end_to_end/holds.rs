//! Authorize: every share is held or none, bound to the order, and let go at its deadline.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::Api;
use tests::card::{Card, fold};
use tests::checkout::{Checkout, with};
use tests::patience::until;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// A checkout of 5,000 with cards of 3,000 and 10,000: they pay 3,000 and 2,000.
fn two_cards(api: &Api) -> (Checkout, [Card; 2]) {
    let cards = [Card::issue(api, 3_000), Card::issue(api, 10_000)];
    let checkout = Checkout::open(api, 5_000);
    for card in &cards {
        checkout.apply(api, &card.code).expect(201);
    }
    (checkout, cards)
}

/// What the cards have and hold.
#[track_caller]
fn check(api: &Api, cards: &[Card; 2], expected: [(u64, u64); 2]) {
    assert_eq!(cards.each_ref().map(|card| card.counters(api)), expected);
    assert_eq!(cards.each_ref().map(|card| fold(&card.entries(api))), expected);
}

const FREE: [(u64, u64); 2] = [(3_000, 0), (10_000, 0)];
const HELD: [(u64, u64); 2] = [(0, 3_000), (8_000, 2_000)];

fn time_ms(answer: &Value, name: &str) -> u64 {
    shared::time::read(answer[name].as_str().unwrap()).unwrap()
}

#[test]
fn authorize_holds_every_share_and_fixes_the_order() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    check(&api, &cards, FREE);
    let authorized = checkout.act_with(&api, "authorize", &json!({"hold_seconds": 600})).expect(200);
    assert_eq!((&authorized["status"], &authorized["captured"]), (&json!("authorized"), &json!(0)));
    check(&api, &cards, HELD);
    let held = cards[0].entries(&api).pop().unwrap();
    let lasts = time_ms(&authorized, "hold_expires_at") - time_ms(&held, "at");
    assert!((595_000..=600_000).contains(&lasts), "{lasts}");

    let spare = Card::issue(&api, 1);
    let tender = authorized["quote"]["tenders"][0]["id"].as_str().unwrap();
    for refused in [
        checkout.apply(&api, &spare.code),
        api.delete(&checkout.path(&format!("/tenders/{tender}"))),
        api.change("PATCH", &checkout.path(""), &json!({"total": 6_000})),
        checkout.act(&api, "authorize"),
    ] {
        assert_eq!(refused.problem(), (409, "checkout_not_open"));
    }
    assert_eq!(checkout.read(&api), authorized);
}

#[test]
fn held_value_is_nobody_elses_and_says_when_to_ask_again() {
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    checkout.act_with(&api, "authorize", &json!({"hold_seconds": 100})).expect(200);
    let other = Checkout::open_as(&api, &json!({"total": 10_000, "origin": ORIGIN}));
    let page = api.page(&other.token, ORIGIN);
    for refused in [
        other.apply(&page, &cards[0].code),
        other.apply(&api, &cards[0].code),
        cards[0].redeem(&api, "max"),
        cards[1].redeem(&api, 8_001),
    ] {
        assert_eq!(refused.problem(), (409, "card_held_elsewhere"));
        let seconds = refused.json["retry_after_seconds"].as_u64().unwrap();
        assert!((60..=100).contains(&seconds), "what is left of the hold's time: {seconds}");
        assert_eq!(refused.header("retry-after"), Some(&*seconds.to_string()));
        assert_eq!((&refused.json["retryable"], refused.json.get("available")), (&json!(true), None));
    }
    assert_eq!(cards[1].redeem(&api, 10_001).problem(), (409, "insufficient_balance"), "waiting would not help");
    // What is not held may be spent.
    assert_eq!(other.apply(&page, &cards[1].code).expect(201)["quote"]["covered"], 8_000);
    other.act(&api, "capture").expect(200);
    checkout.act(&api, "capture").expect(200);
    check(&api, &cards, [(0, 0), (0, 0)]);
}

#[test]
fn order_that_is_not_the_checkouts_is_refused_and_nothing_is_held() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    let other_order = Checkout::open(&api, 5_000);
    let differences = [
        (json!({"total": 4_999}), "total_mismatch"),
        (json!({"total": 5_001}), "total_mismatch"),
        (json!({"eligible_total": 4_999}), "total_mismatch"),
        (json!({"eligible_total": 0}), "total_mismatch"),
        (json!({"currency": "KWD"}), "currency_mismatch"),
        (json!({"reference": "order-2"}), "reference_mismatch"),
        (other_order.order.clone(), "reference_mismatch"),
    ];
    let refuse_all = |acts: &[&str]| {
        for (difference, code) in &differences {
            for act in acts {
                let refused = checkout.act_with(&api, act, difference);
                assert_eq!(refused.problem(), (422, *code), "{act} {difference}");
                assert!(*code != "currency_mismatch" || refused.json["currency"] == "SAR");
            }
        }
    };
    refuse_all(&["authorize", "capture"]);
    assert_eq!(checkout.read(&api)["status"], "open");
    check(&api, &cards, FREE);
    checkout.act(&api, "authorize").expect(200);
    refuse_all(&["authorize", "capture"]);
    assert_eq!(checkout.read(&api)["status"], "authorized");
    check(&api, &cards, HELD);
    checkout.act(&api, "capture").expect(200);
    refuse_all(&["authorize", "capture"]);
    check(&api, &cards, [(0, 0), (8_000, 0)]);
    // The whole may be named as the eligible part: it is the same order.
    let same = Checkout::open(&api, 1_000);
    same.act_with(&api, "authorize", &json!({"eligible_total": 1_000})).expect(200);
}

#[test]
fn declined_leg_releases_the_others_and_tells_what_applies_now() {
    let server = Server::start();
    let api = server.api();
    for (drain, cause) in [(true, "insufficient_balance"), (false, "card_frozen")] {
        let (checkout, cards) = two_cards(&api);
        let tender = checkout.read(&api)["quote"]["tenders"][1]["id"].as_str().unwrap().to_owned();
        let spent = if drain {
            cards[1].redeem(&api, 9_000).expect(201);
            1_000
        } else {
            api.post(&cards[1].path("/freeze"), &json!({})).expect(200);
            10_000
        };
        let key = tests::api::fresh_key();
        let declined = api.post_once(&checkout.path("/authorize"), &checkout.order, &key);
        assert_eq!(declined.problem(), (409, "tender_declined"));
        assert_eq!((&declined.json["leg"], &declined.json["cause"]), (&json!(tender), &json!(cause)));
        let usable = if drain { 1_000 } else { 0 };
        let quote = &declined.json["quote"];
        assert_eq!((&quote["covered"], &quote["remaining"]), (&json!(3_000 + usable), &json!(2_000 - usable)));
        check(&api, &cards, [(3_000, 0), (spent, 0)]);
        let open = checkout.read(&api);
        assert_eq!((&open["status"], &open["quote"]), (&json!("open"), quote));
        let again = api.post_once(&checkout.path("/authorize"), &checkout.order, &key);
        assert!(again.is_replayed() && again.json == declined.json);

        api.delete(&checkout.path(&format!("/tenders/{tender}"))).expect(200);
        let authorized = checkout.act(&api, "authorize").expect(200);
        assert_eq!(authorized["quote"]["covered"], 3_000);
        check(&api, &cards, [(0, 3_000), (spent, 0)]);
        checkout.void(&api).expect(200);
    }
}

#[test]
fn void_releases_what_is_held_and_ends_the_checkout() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    checkout.act(&api, "authorize").expect(200);
    let voided = checkout.void(&api).expect(200);
    assert_eq!((&voided["status"], &voided["hold_expires_at"]), (&json!("voided"), &json!(null)));
    check(&api, &cards, FREE);
    for act in ["authorize", "capture"] {
        assert_eq!(checkout.act(&api, act).problem(), (409, "already_voided"));
    }
    assert_eq!(checkout.void(&api).problem(), (409, "already_voided"));
    assert_eq!(checkout.refund(&api, 1).problem(), (409, "checkout_not_authorized"));
    assert_eq!(checkout.apply(&api, &cards[0].code).problem(), (409, "checkout_not_open"));
    check(&api, &cards, FREE);
    // An open one is voided too, and its cards are free for another.
    let (open, cards) = two_cards(&api);
    assert_eq!(open.void(&api).expect(200)["status"], "voided");
    let next = Checkout::open(&api, 3_000);
    next.apply(&api, &cards[0].code).expect(201);
    next.act(&api, "capture").expect(200);
    check(&api, &cards, [(0, 0), (10_000, 0)]);
}

/// Looks at the cards alone until they are free: the checkout is not asked, so only its alarm can have let go.
fn wait_until_free(api: &Api, cards: &[Card; 2], authorized: &Value) {
    until(Duration::from_secs(20), "the hold ends", || {
        (cards.each_ref().map(|card| card.counters(api)) == FREE).then_some(())
    });
    check(api, cards, FREE);
    for card in cards {
        let release = card.entries(api).pop().unwrap();
        assert_eq!(release["action"], "release");
        assert!(time_ms(&release, "at") >= time_ms(authorized, "hold_expires_at"), "not before its time");
    }
}

#[test]
fn hold_ends_by_alarm_and_after_a_restart_when_the_server_was_down() {
    let shortest = json!({"hold_seconds": 10});
    // This one is down when its hold is over; it was authorized before the other, so by then it has missed the moment.
    let mut down = Server::start();
    let (late, late_cards) = two_cards(&down.api());
    let late_answer = late.act_with(&down.api(), "authorize", &shortest).expect(200);
    down.kill();

    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    let authorized = checkout.act_with(&api, "authorize", &shortest).expect(200);
    check(&api, &cards, HELD);
    wait_until_free(&api, &cards, &authorized);
    let expired = checkout.read(&api);
    assert_eq!((&expired["status"], &expired["captured"]), (&json!("expired"), &json!(0)));
    assert_eq!(checkout.act(&api, "capture").problem(), (409, "hold_expired"));
    assert_eq!(checkout.act(&api, "authorize").problem(), (409, "checkout_not_open"));
    assert_eq!(checkout.void(&api).problem(), (409, "hold_expired"));
    check(&api, &cards, FREE);

    down.restart();
    wait_until_free(&down.api(), &late_cards, &late_answer);
    assert_eq!(late.read(&down.api())["status"], "expired");
}

#[test]
fn card_frozen_after_it_was_held_is_still_captured_and_refunded() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = two_cards(&api);
    checkout.act(&api, "authorize").expect(200);
    api.post(&cards[0].path("/freeze"), &json!({})).expect(200);
    assert_eq!(checkout.act(&api, "capture").expect(200)["status"], "captured");
    check(&api, &cards, [(0, 0), (8_000, 0)]);
    checkout.refund(&api, 5_000).expect(201);
    check(&api, &cards, FREE);
    assert_eq!(with(&cards[0].read(&api), &json!({}))["status"], "frozen");
}
