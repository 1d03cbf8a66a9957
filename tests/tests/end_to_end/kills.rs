//! The server is killed after each step that it makes durable on the way to an answer, one step after the other: all legs or none, and a retry ends it.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::Clock;
use tests::killer::Killer;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

/// Longer than a crashed attempt may run, by the clock that the server is restarted with.
const LATER_SECONDS: i64 = 15;

const ALARM: Duration = Duration::from_secs(20);

/// More steps than any request takes.
const STEPS_MAX: u32 = 60;

/// An order of 3,000 that takes all of two cards.
struct Order {
    checkout: Checkout,
    cards: [Card; 2],
}

type Counters = [(u64, u64); 2];

const FREE: Counters = [(1_000, 0), (2_000, 0)];
const HELD: Counters = [(0, 1_000), (0, 2_000)];
const TAKEN: Counters = [(0, 0), (0, 0)];
const PART_BACK: Counters = [(500, 0), (2_000, 0)];

impl Order {
    fn open(api: &Api) -> Self {
        let cards = [Card::issue(api, 1_000), Card::issue(api, 2_000)];
        let checkout = Checkout::open(api, 3_000);
        for card in &cards {
            checkout.apply(api, &card.code).expect(201);
        }
        Self { checkout, cards }
    }

    fn counters(&self, api: &Api) -> Counters {
        self.cards.each_ref().map(|card| card.counters(api))
    }

    /// Waits until everything that this order did is in the book, so that nothing of it is written later.
    fn wait_for_the_book(&self, api: &Api) {
        for card in &self.cards {
            Export::with(api, &card.id, card.entries(api).len());
        }
    }
}

/// A request that changes an order, and what the order may be when it was cut short.
struct Act {
    /// What is done before it.
    before: fn(&Api, &Checkout),
    path: &'static str,
    body: fn(&Checkout) -> Value,
    status: u16,
    /// The states in which the cards agree with one another, each with what the checkout says of itself.
    whole: &'static [(&'static str, Counters)],
    /// The last of them is what it is for.
    done: (&'static str, Counters),
}

/// Does it on one order after the other, with a kill at one step later each time, until it gets through unharmed.
fn check(act: &Act) {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let mut kills = 0;
    for step in 1..STEPS_MAX {
        let order = Order::open(&api);
        (act.before)(&api, &order.checkout);
        order.wait_for_the_book(&api);
        let key = format!("killed-at-step-{step:08}");
        let path = order.checkout.path(act.path);
        let send = || api.try_post(&path, &(act.body)(&order.checkout), &key);
        let killer = Killer::at_step(&server, step);
        let answer = send();
        if !killer.has_struck(&api) {
            let answer = answer.unwrap();
            assert_eq!(answer.status, act.status, "{}", answer.json);
            assert!(kills >= 4, "only {kills} steps were seen: something is not durable");
            println!("{}: killed at each of {kills} steps", act.path);
            return;
        }
        kills += 1;
        server.kill();
        server.restart_with(clock.off_by(LATER_SECONDS * i64::from(kills)));
        check_whole(&api, &order, act, step, answer.ok().as_ref());
        let again = until(ALARM, "the retry is answered", || send().ok().filter(|answer| answer.status < 300));
        assert_eq!(again.status, act.status, "step {step}: {}", again.json);
        let (status, counters) = act.done;
        assert_eq!((order.checkout.read(&api)["status"].as_str(), order.counters(&api)), (Some(status), counters));
        let again = send().unwrap();
        assert!(again.is_replayed() && order.counters(&api) == counters, "step {step}");
        for (card, counters) in order.cards.iter().zip(counters) {
            assert_eq!(fold(&card.entries(&api)), counters);
        }
        order.wait_for_the_book(&api);
    }
    panic!("it never got through");
}

/// Without any request to the order, it comes to rest with all legs or none; what was answered is what it is.
#[track_caller]
fn check_whole(api: &Api, order: &Order, act: &Act, step: u32, answer: Option<&Answer>) {
    let whole = until(ALARM, "the checkout and both cards agree", || {
        let status = order.checkout.read(api)["status"].as_str().unwrap().to_owned();
        let seen = (&*status, order.counters(api));
        act.whole.iter().find(|state| **state == seen).copied()
    });
    assert!(answer.is_none_or(|answer| answer.status == act.status && act.done == whole), "step {step}: {whole:?}");
}

#[test]
fn authorize_that_is_killed_at_any_step_holds_both_legs_or_none() {
    check(&Act {
        before: |_, _| {},
        path: "/authorize",
        body: |checkout| checkout.order.clone(),
        status: 200,
        whole: &[("open", FREE), ("authorized", HELD)],
        done: ("authorized", HELD),
    });
}

#[test]
fn capture_that_is_killed_at_any_step_takes_both_legs_or_none() {
    check(&Act {
        before: |api, checkout| drop(checkout.act(api, "authorize").expect(200)),
        path: "/capture",
        body: |checkout| checkout.order.clone(),
        status: 200,
        whole: &[("authorized", HELD), ("captured", TAKEN)],
        done: ("captured", TAKEN),
    });
}

#[test]
fn capture_in_one_step_that_is_killed_at_any_of_its_steps_takes_both_legs_or_none() {
    check(&Act {
        before: |_, _| {},
        path: "/capture",
        body: |checkout| checkout.order.clone(),
        status: 200,
        whole: &[("open", FREE), ("authorized", HELD), ("captured", TAKEN)],
        done: ("captured", TAKEN),
    });
}

#[test]
fn void_that_is_killed_at_any_step_lets_go_of_both_legs_or_none() {
    check(&Act {
        before: |api, checkout| drop(checkout.act(api, "authorize").expect(200)),
        path: "/void",
        body: |_| json!({}),
        status: 200,
        whole: &[("authorized", HELD), ("voided", FREE)],
        done: ("voided", FREE),
    });
}

#[test]
fn refund_that_is_killed_at_any_step_gives_back_to_both_cards_or_none() {
    check(&Act {
        before: |api, checkout| drop(checkout.act(api, "capture").expect(200)),
        path: "/refunds",
        body: |_| json!({"amount": 2_500}),
        status: 201,
        whole: &[("captured", TAKEN), ("captured", PART_BACK)],
        done: ("captured", PART_BACK),
    });
}
