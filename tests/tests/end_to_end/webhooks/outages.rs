//! Receivers that are not there, for hours and for days, and a server that is killed on the way: nothing is lost, and what comes twice comes under one id.

use super::{DELIVERY, Endpoint, check_delivered, events, events_after, id, settled, start};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::backup::{BOOK, Backup, while_down};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::killer::Killer;
use tests::patience::until;
use tests::receiver::{Manner, Receiver};
use tests::server::Server;

const HOUR_SECONDS: i64 = 3_600;

/// What the newest delivery of an event has had.
fn attempts(endpoint: &Endpoint, server: &Server, event: &str) -> usize {
    endpoint.delivery(&server.api(), event).map_or(0, |told| told["attempts"].as_array().unwrap().len())
}

/// Waits until one more attempt has failed than before.
#[track_caller]
fn wait_for_attempt(endpoint: &Endpoint, server: &Server, event: &str, before: usize) {
    until(DELIVERY, "it is tried again", || (attempts(endpoint, server, event) > before).then_some(()));
}

#[test]
fn receiver_that_is_back_after_two_days_gets_everything_in_order() {
    let (mut server, clock) = (start(), Clock::new());
    let api = server.api();
    let known = settled(&api);
    let receiver = Receiver::start();
    let (url, endpoint) = (receiver.url.clone(), Endpoint::register(&api, &receiver.url));
    drop(receiver);
    let card = Card::issue(&api, 10_000);
    for amount in 1..=5 {
        card.redeem(&api, amount).expect(201);
    }
    let told =
        until(DELIVERY, "all is in the book", || Some(events_after(&api, &known)).filter(|events| events.len() == 6));
    let first = id(&told[0]);
    // Each later than the wait before it, which the schedule makes longer by up to a fifth.
    for hours in [1, 3, 8, 16, 24, 36, 48] {
        let before = attempts(&endpoint, &server, &first);
        clock.set(&mut server, hours * HOUR_SECONDS);
        wait_for_attempt(&endpoint, &server, &first, before);
    }
    endpoint.wait_until_is(&api, "failing");
    let delivery = endpoint.delivery(&api, &first).unwrap();
    assert_eq!((&delivery["status"], &delivery["attempts"][0]["outcome"]), (&json!("waiting"), &json!("unreachable")));
    let receiver = Receiver::start_at(&url);
    clock.set(&mut server, 60 * HOUR_SECONDS);
    check_delivered(&receiver, &endpoint, &told);
    endpoint.wait_until_is(&api, "active");
    assert_eq!(receiver.got().len(), 6, "each once, since none was taken before");
    assert!(endpoint.deliveries(&api).iter().all(|delivery| delivery["status"] == "delivered"));
}

#[test]
fn receiver_that_is_down_for_three_days_is_disabled_and_gets_everything_when_it_is_enabled() {
    let (mut server, clock) = (start(), Clock::new());
    let api = server.api();
    let known = settled(&api);
    let (down, witness) = (Receiver::start(), Receiver::start());
    let (url, endpoint) = (down.url.clone(), Endpoint::register(&api, &down.url));
    drop(down);
    let wanted = json!({"url": witness.url, "events": ["webhook_endpoint.disabled"]});
    api.post("/v1/webhook-endpoints", &wanted).expect(201);
    let card = Card::issue(&api, 10_000);
    let before =
        until(DELIVERY, "it is in the book", || Some(events_after(&api, &known)).filter(|events| events.len() == 1));
    let first = id(&before[0]);
    wait_for_attempt(&endpoint, &server, &first, 0);
    for hours in [24, 48, 60] {
        let before = attempts(&endpoint, &server, &first);
        clock.set(&mut server, hours * HOUR_SECONDS);
        wait_for_attempt(&endpoint, &server, &first, before);
        assert_ne!(endpoint.read(&api)["status"], "disabled", "{hours} hours are less than three days");
    }
    clock.set(&mut server, 3 * DAY_SECONDS + HOUR_SECONDS);
    endpoint.wait_until_is(&api, "disabled");
    assert_eq!(endpoint.delivery(&api, &first).unwrap()["status"], "failed");
    until(DELIVERY, "somebody is told", || (!witness.got().is_empty()).then_some(()));
    let event = witness.got()[0].event();
    assert_eq!(
        (&event["type"], &event["data"]["endpoint"]),
        (&json!("webhook_endpoint.disabled"), &json!(endpoint.id))
    );
    assert!(event["data"]["failing_since"].as_str() < event["at"].as_str());

    // What happens meanwhile waits in the book, and costs the endpoint nothing.
    card.redeem(&api, 100).expect(201);
    let receiver = Receiver::start_at(&url);
    let told =
        until(DELIVERY, "all is in the book", || Some(events_after(&api, &known)).filter(|events| events.len() == 3));
    clock.set(&mut server, 4 * DAY_SECONDS);
    assert_eq!((receiver.got().len(), endpoint.deliveries(&api).len()), (0, 1));
    assert_eq!(api.post(&endpoint.path("/enable"), &json!({})).expect(200)["status"], "active");
    check_delivered(&receiver, &endpoint, &told);
    assert_eq!((receiver.got().len(), witness.got().len()), (3, 1), "and nothing twice");
}

/// Each body that came under an id.
fn bodies(receiver: &Receiver) -> BTreeMap<String, Vec<String>> {
    let mut bodies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for delivery in receiver.got() {
        bodies.entry(delivery.id().to_owned()).or_default().push(delivery.body);
    }
    bodies
}

#[test]
fn server_that_is_killed_at_any_step_of_a_delivery_loses_none() {
    let (mut server, clock) = (start(), Clock::new());
    let api = server.api();
    let known = settled(&api);
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let (mut cards, mut struck_at) = (Vec::new(), Vec::new());
    for step in 1..=12 {
        let killer = Killer::at_step(&server, step);
        // Its answer may be lost, and the card with it; the retry is the same card.
        let issue = || {
            api.try_post("/v1/gift-cards", &json!({"amount": 500, "currency": "SAR"}), &format!("killed-{step:010}"))
        };
        let _ = issue();
        let struck = until(DELIVERY, "it is killed, or everything is done", || {
            let health = api.send("GET", "/healthz", &[], Vec::new());
            let known: BTreeSet<String> = receiver.ids().into_iter().collect();
            (health.is_err() || known.len() > cards.len()).then_some(health.is_err())
        });
        drop(killer);
        struck_at.extend(struck.then_some(step));
        // Later than a courier waits that was not told.
        server.kill();
        server.restart_with(clock.off_by(600 * i64::from(step)));
        cards.push(Card::of(
            &until(DELIVERY, "it is issued", || issue().ok().filter(|answer| answer.status == 201)).json,
        ));
    }
    let told = until(DELIVERY, "all is in the book", || {
        Some(events_after(&api, &known)).filter(|events| events.len() == cards.len())
    });
    println!("killed at steps {struck_at:?}");
    assert!(struck_at.len() >= 6, "{struck_at:?}");
    clock.set(&mut server, 12_000);
    check_delivered(&receiver, &endpoint, &told);
    for (id, bodies) in bodies(&receiver) {
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{id} is one event, however often it comes");
    }
    assert_eq!(bodies(&receiver).len(), cards.len());
}

#[test]
fn older_copy_of_the_book_makes_no_endpoint_miss_anything() {
    let mut server = start();
    let api = server.api();
    let known = settled(&api);
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let cards = [Card::issue(&api, 1_000), Card::issue(&api, 1_000)];
    let listed = |count: usize| {
        until(DELIVERY, "all is in the book", || {
            Some(events_after(&api, &known)).filter(|events| events.len() == count)
        })
    };
    check_delivered(&receiver, &endpoint, &listed(2));
    let older = while_down(&mut server, |state| Backup::take(state, BOOK));
    cards[0].redeem(&api, 1).expect(201);
    cards[0].redeem(&api, 2).expect(201);
    check_delivered(&receiver, &endpoint, &listed(4));
    while_down(&mut server, |_| older.put_back());
    // What comes now gets the numbers that the courier has read before. The book fills up again when the first card speaks.
    cards[1].redeem(&api, 3).expect(201);
    cards[1].redeem(&api, 4).expect(201);
    cards[0].redeem(&api, 5).expect(201);
    let told = listed(7);
    check_delivered(&receiver, &endpoint, &told);
    assert_eq!(receiver.got().len(), 7, "what was sent before is not sent again");
}

#[test]
fn receiver_that_hangs_holds_neither_sales_nor_the_book_nor_another_endpoint() {
    let server = start();
    let api = server.api();
    let known = settled(&api);
    let (slow, quick) = (Receiver::start(), Receiver::start());
    slow.behaves(Manner::Hangs);
    let endpoints = [Endpoint::register(&api, &slow.url), Endpoint::register(&api, &quick.url)];
    let card = Card::issue(&api, 10_000);
    until(DELIVERY, "the slow one has it in hand", || (!slow.got().is_empty()).then_some(()));
    (0..5).for_each(|_| drop(card.redeem(&api, 1).expect(201)));
    let checkout = Checkout::open(&api, 500);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "capture").expect(200);
    let told =
        until(DELIVERY, "all is in the book", || Some(events_after(&api, &known)).filter(|events| events.len() == 9));
    check_delivered(&quick, &endpoints[1], &told);
    assert!(slow.got().len() < told.len(), "the slow one still has the first ones in hand");
    let timed_out = |told: &Value| told["attempts"][0]["outcome"] == "timeout";
    until(DELIVERY, "its time is up", || endpoints[0].deliveries(&api).iter().any(timed_out).then_some(()));
    slow.behaves(Manner::Takes);
    check_delivered(&slow, &endpoints[0], &told);
    assert_eq!(events(&api).len(), known.len() + told.len());
}
