//! What happens without a request: at its time, late, twice, and after the server was down. Nothing is done twice, and nothing is forgotten.

use serde_json::json;
use std::time::Duration;
use tests::api::Api;
use tests::backup::{Backup, CARDS, CHECKOUTS, Object, Outage, while_down};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

const ALARM: Duration = Duration::from_secs(20);

fn with_card(api: &Api, total: u64) -> (Checkout, Card) {
    let (checkout, card) = (Checkout::open(api, total), Card::issue(api, 10_000));
    checkout.apply(api, &card.code).expect(201);
    (checkout, card)
}

/// Looks at the card alone until nothing of it is held.
fn wait_until_free(api: &Api, card: &Card) {
    until(ALARM, "the hold ends", || (card.counters(api) == (10_000, 0)).then_some(()));
}

#[test]
fn alarm_that_comes_a_day_late_and_then_once_more_releases_once() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let (checkout, card) = with_card(&api, 4_000);
    checkout.act_with(&api, "authorize", &json!({"hold_seconds": 60})).expect(200);
    assert_eq!(card.counters(&api), (6_000, 4_000));
    server.kill();
    // As it is before the alarm: the checkout is authorized, and its alarm is set.
    let before = Backup::take_with_alarms(server.folder(), CHECKOUTS);
    server.restart_with(clock.off_by(DAY_SECONDS));
    wait_until_free(&api, &card);
    until(ALARM, "the checkout ends", || (checkout.read(&api)["status"] == "expired").then_some(()));
    let entries = card.entries(&api);
    assert_eq!(entries.last().unwrap()["action"], "release");

    while_down(&mut server, |_| before.put_back());
    // It was authorized again; that it is not is the alarm's doing, which has run a second time.
    until(ALARM, "the alarm runs again", || (checkout.read(&api)["status"] == "expired").then_some(()));
    assert_eq!(card.entries(&api), entries, "and the card has nothing to add");
    assert_eq!(card.counters(&api), (10_000, 0));
    let export = Export::with(&api, &card.id, entries.len());
    assert_eq!(export.audit().findings, []);
}

#[test]
fn alarm_that_settles_a_capture_twice_takes_once() {
    let mut server = Server::start();
    let api = server.api();
    let (object, card) = Object::made_by(&server, CARDS, || Card::issue(&api, 10_000));
    let checkout = Checkout::open(&api, 4_000);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "authorize").expect(200);
    let outage = while_down(&mut server, |state| Outage::begin(state, &object));
    assert_eq!(checkout.act(&api, "capture").status, 202);
    let before = while_down(&mut server, |state| {
        outage.end();
        Backup::take_with_alarms(state, CHECKOUTS)
    });
    let captured = || {
        until(ALARM, "the alarm has settled it", || {
            Some(checkout.read(&api)).filter(|checkout| checkout["status"] == "captured")
        })
    };
    let (settled, entries) = (captured(), card.entries(&api));
    assert_eq!((fold(&entries), card.counters(&api)), ((6_000, 0), (6_000, 0)));

    while_down(&mut server, |_| before.put_back());
    // It was settling again, and no request has told it to go on.
    assert_eq!((captured(), card.entries(&api)), (settled, entries));
}

#[test]
fn abandoned_checkout_holds_nothing_and_ends_at_its_time() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let (checkout, card) = with_card(&api, 4_000);
    assert_eq!(checkout.read(&api)["quote"]["covered"], 4_000);
    assert_eq!(card.counters(&api), (10_000, 0), "a quote holds nothing");
    assert_eq!(card.entries(&api).len(), 1);
    // Just before its day is over it may still be paid, and just after it may not.
    clock.set(&mut server, DAY_SECONDS - 600);
    assert_eq!(checkout.read(&api)["status"], "open");
    clock.set(&mut server, DAY_SECONDS + 600);
    assert_eq!(checkout.read(&api)["status"], "expired");
    assert_eq!(checkout.act(&api, "authorize").problem(), (409, "checkout_not_open"));
    assert_eq!((card.counters(&api), card.entries(&api).len()), ((10_000, 0), 1));
}
