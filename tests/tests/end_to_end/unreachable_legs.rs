//! A card that cannot be reached: what was decided about it is done when it is back, however long that takes and whatever its deadlines say.

use serde_json::json;
use std::time::Duration;
use tests::api::{Api, fresh_key};
use tests::backup::{CARDS, CHECKOUTS, Object, Outage, while_down};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::patience::until;
use tests::server::Server;

/// Longer than the alarm waits between two tries, on a machine that does other things as well.
const ALARM: Duration = Duration::from_secs(20);

/// An authorized checkout of 5,000 with cards of 3,000 and 10,000: they pay 3,000 and 2,000. The second is an object of its own.
struct Split {
    checkout: Checkout,
    cards: [Card; 2],
    second: Object,
}

impl Split {
    fn authorize(server: &Server, hold_seconds: u64) -> Self {
        let api = server.api();
        let first = Card::issue(&api, 3_000);
        let (second, card) = Object::made_by(server, CARDS, || Card::issue(&api, 10_000));
        let cards = [first, card];
        let checkout = Checkout::open(&api, 5_000);
        for card in &cards {
            checkout.apply(&api, &card.code).expect(201);
        }
        checkout.act_with(&api, "authorize", &json!({"hold_seconds": hold_seconds})).expect(200);
        Self { checkout, cards, second }
    }

    /// Looks at the cards alone until they have that much and hold nothing: nobody asks the checkout, so its alarm did it, or the card's own.
    fn wait_for(&self, api: &Api, available: [u64; 2]) {
        let wanted = available.map(|amount| (amount, 0));
        until(ALARM, "the legs are settled", || {
            (self.cards.each_ref().map(|card| card.counters(api)) == wanted).then_some(())
        });
        assert_eq!(self.cards.each_ref().map(|card| fold(&card.entries(api))), wanted);
    }
}

#[test]
fn capture_with_an_unreachable_leg_is_settling_and_its_alarm_finishes_it() {
    let mut server = Server::start();
    let api = server.api();
    let split = Split::authorize(&server, 600);
    let Split { checkout, cards, second } = &split;
    let outage = while_down(&mut server, |state| Outage::begin(state, second));
    let key = fresh_key();
    let capture = || api.post_once(&checkout.path("/capture"), &checkout.order, &key);
    let settling = capture();
    assert_eq!((settling.status, &settling.json["status"]), (202, &json!("settling")));
    assert_eq!(settling.json["captured"], 5_000, "it is decided");
    assert_eq!(cards[0].counters(&api), (0, 0), "the leg that can be reached is taken at once");
    let again = capture();
    assert_eq!((again.status, again.is_replayed(), &again.json["status"]), (202, true, &json!("settling")));
    assert_eq!(checkout.act(&api, "capture").problem(), (409, "already_captured"));
    assert_eq!(checkout.void(&api).problem(), (409, "already_captured"));

    while_down(&mut server, |_| outage.end());
    split.wait_for(&api, [0, 8_000]);
    let captured = until(ALARM, "the checkout knows", || Some(capture()).filter(|answer| answer.status == 200));
    assert_eq!((captured.is_replayed(), &captured.json["status"]), (true, &json!("captured")));
    assert_eq!(checkout.read(&api), captured.json);
}

#[test]
fn refund_to_an_unreachable_card_is_settling_and_its_alarm_finishes_it() {
    let mut server = Server::start();
    let api = server.api();
    let split = Split::authorize(&server, 600);
    let Split { checkout, cards, second } = &split;
    checkout.act(&api, "capture").expect(200);
    let outage = while_down(&mut server, |state| Outage::begin(state, second));
    let key = fresh_key();
    let refund = || api.post_once(&checkout.path("/refunds"), &json!({"amount": 4_500}), &key);
    let settling = refund();
    assert_eq!((settling.status, &settling.json["status"]), (202, &json!("settling")));
    assert_eq!(cards[0].counters(&api), (2_500, 0));
    assert_eq!(checkout.refund(&api, 501).problem(), (409, "exceeds_refundable"), "what is decided is reserved");

    while_down(&mut server, |_| outage.end());
    split.wait_for(&api, [2_500, 10_000]);
    let refunded = until(ALARM, "the checkout knows", || Some(refund()).filter(|answer| answer.status == 201));
    assert_eq!((refunded.is_replayed(), &refunded.json["status"]), (true, &json!("refunded")));
}

#[test]
fn capture_that_was_decided_wins_over_a_deadline_that_passes_before_it_is_done() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let split = Split::authorize(&server, 60);
    let outage = while_down(&mut server, |state| Outage::begin(state, &split.second));
    assert_eq!(split.checkout.act(&api, "capture").status, 202);
    server.kill();
    outage.end();
    // Now everything is overdue at once: the hold, its grace, and the calls that were not acknowledged.
    server.restart_with(clock.off_by(DAY_SECONDS));
    split.wait_for(&api, [0, 8_000]);
    let captured = until(ALARM, "the checkout knows", || {
        Some(split.checkout.read(&api)).filter(|checkout| checkout["status"] != "settling")
    });
    assert_eq!((&captured["status"], &captured["captured"]), (&json!("captured"), &json!(5_000)));
    assert_eq!(split.checkout.refund(&api, 5_000).expect(201)["refunded"], 5_000);
    split.wait_for(&api, [3_000, 10_000]);
}

#[test]
fn overdue_hold_whose_coordinator_is_unreachable_stays_until_it_says_what_was_decided() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let (coordinator, split) = {
        let mut split = None;
        let (coordinator, ()) = Object::made_by(&server, CHECKOUTS, || split = Some(Split::authorize(&server, 60)));
        (coordinator, split.unwrap())
    };
    let outage = while_down(&mut server, |state| Outage::begin(state, &split.second));
    assert_eq!(split.checkout.act(&api, "capture").status, 202);
    server.kill();
    outage.end();
    let outage = Outage::begin(server.folder(), &coordinator);
    server.restart_with(clock.off_by(DAY_SECONDS));
    until(ALARM, "the card has asked in vain", || {
        server.log().lines().any(|line| line.contains("claim") && line.contains("waits")).then_some(())
    });
    assert_eq!(split.cards[1].counters(&api), (8_000, 2_000), "nobody but the coordinator may let go");

    server.kill();
    outage.end();
    server.restart_with(clock.off_by(2 * DAY_SECONDS));
    split.wait_for(&api, [0, 8_000]);
    let entries = split.cards[1].entries(&api);
    let order = &split.checkout.order["reference"];
    assert!(entries[1..].iter().all(|entry| entry["reference"] == *order), "whoever settled it: {entries:?}");
}

#[test]
fn leg_that_fails_seven_times_is_asked_again_until_it_answers() {
    let mut server = Server::start();
    let api = server.api();
    let split = Split::authorize(&server, 600);
    let outage = while_down(&mut server, |state| Outage::begin(state, &split.second));
    assert_eq!(split.checkout.act(&api, "capture").status, 202);
    let waits = format!("a leg of {} waits", split.checkout.id);
    // The first was the request itself; each of the others is an alarm.
    until(Duration::from_secs(60), "seven alarms have failed", || {
        (server.log().matches(&waits).count() > 7).then_some(())
    });
    assert_eq!(split.checkout.read(&api)["status"], "settling");
    while_down(&mut server, |_| outage.end());
    split.wait_for(&api, [0, 8_000]);
    assert_eq!(split.checkout.act(&api, "capture").problem(), (409, "already_captured"));
}
