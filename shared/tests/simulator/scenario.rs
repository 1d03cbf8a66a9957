//! The small configurations that are explored in full, each named after what meets in it.

use crate::explore::{Budget, explore};
use crate::guard::Guards;
use crate::message::{Ask, Node};
use crate::workload::{amount, once, order, sar};
use crate::world::{START_MS, World};
use shared::card::Facts;
use shared::program::Kind;
use shared::wire::call::{CardOrder, CheckoutOrder, NewCheckout};
use shared::wire::request::Note;
use std::time::Instant;

/// How long a hold lasts here: shorter than late.
const HOLD_MS: u64 = 900_000;

/// Something that a client does in a configuration.
#[derive(Clone, Copy)]
enum Act {
    Authorize,
    Capture(Option<u64>),
    Void,
    Extend,
    Refund(u64),
}

/// One checkout: its total, how many of the cards pay, and what is done to it; an act with `true` waits for the one before it.
struct Plan {
    total: u64,
    cards: usize,
    acts: &'static [(Act, bool)],
}

/// A world in which cards of 100 are issued, checkouts opened and tenders added, and nothing is on its way.
fn beginning(guards: Guards, cards: usize, plans: &[Plan], book: bool) -> World {
    let mut world = World::new(guards, cards, plans.len(), book);
    for card in 0..cards {
        let (note, once) = (Note::default(), once(&format!("i{card}")));
        let issue = CardOrder::Issue {
            last4: String::new(),
            amount: amount(100),
            facts: Box::new(Facts::plain(sar(), Kind::PaidGift, 0)),
            note,
            sealed: None,
            once,
        };
        ask_now(&mut world, Node::Card(card), Ask::Card(issue));
    }
    for (place, plan) in plans.iter().enumerate() {
        let new = NewCheckout {
            order: order(plan.total),
            origin: None,
            location: None,
            expires_at_ms: START_MS + 86_400_000,
        };
        ask_now(&mut world, Node::Checkout(place), Ask::Checkout(CheckoutOrder::Open { new, once: once("open") }));
        for card in 0..plan.cards {
            let (tender, once) = (format!("tn_{card}"), once(&format!("t{card}")));
            let add = CheckoutOrder::AddTender { tender, card: format!("gc_{card}"), key_id: 0, amount: None, once };
            ask_now(&mut world, Node::Checkout(place), Ask::Checkout(add));
        }
    }
    world.clients = Default::default();
    world.checks.effects = Default::default();
    world
}

fn ask_now(world: &mut World, to: Node, ask: Ask) {
    let operation = world.clients.add(to, ask, None);
    world.send(operation);
    while let Some(message) = world.net.pop() {
        world.deliver(&message, crate::world::Crash::Never).unwrap();
    }
}

/// Explores a configuration under some faults and prints what it came to.
fn check(name: &str, cards: usize, plans: &[Plan], budget: Budget) {
    let begun = Instant::now();
    let mut world = beginning(Guards::default(), cards, plans, false);
    let mut after = Vec::new();
    for (place, plan) in plans.iter().enumerate() {
        for (number, (act, waits)) in plan.acts.iter().enumerate() {
            let key = format!("c{place}.{number}");
            after.push(waits.then(|| world.clients.operations.len() - 1));
            world.clients.add(Node::Checkout(place), Ask::Checkout(act.order(plan.total, &key)), Some(key));
        }
    }
    match explore(&world, &after, budget) {
        Ok(found) => println!(
            "{name}, {budget}: {} states, {} transitions, {} rests in {:.1} s, no violation",
            found.states,
            found.transitions,
            found.rests,
            begun.elapsed().as_secs_f64()
        ),
        Err(violation) => panic!("{name}, {budget}: {violation}"),
    }
}

impl Act {
    fn order(self, total: u64, key: &str) -> CheckoutOrder {
        let once = once(key);
        match self {
            Self::Authorize => CheckoutOrder::Authorize { order: order(total), hold_ms: HOLD_MS, once },
            Self::Capture(part) => CheckoutOrder::Capture { order: order(total), amount: part.map(amount), once },
            Self::Void => CheckoutOrder::Void { once },
            Self::Extend => CheckoutOrder::Extend { hold_ms: 2 * HOLD_MS, once },
            Self::Refund(minor) => {
                CheckoutOrder::Refund { refund: format!("rf_{key}"), amount: amount(minor), reason: None, once }
            }
        }
    }
}

const CALM: Budget = Budget { crashes: 0, lost: 0, doubled: 0, late: 0, questions: 0, late_clocks: 0, impatient: true };
const CRASH: Budget = Budget { crashes: 1, ..CALM };
const LOSS: Budget = Budget { lost: 1, ..CALM };
const DOUBLE: Budget = Budget { doubled: 1, ..CALM };
const EXPIRY: Budget = Budget { late: 1, ..CALM };
/// An expiry that the card asks about as well.
const QUESTION: Budget = Budget { questions: 1, ..EXPIRY };
/// A crash anywhere, a message lost and one doubled.
const FAULTS: Budget = Budget { crashes: 1, lost: 1, doubled: 1, ..CALM };

/// The same, with clients that ask again only at rest.
const PATIENT: Budget = Budget { impatient: false, ..FAULTS };

/// Budgets that take minutes are explored only when `EXPLORE=long` asks for them.
fn budgets(short: &[Budget], long: &[Budget]) -> Vec<Budget> {
    let is_long = std::env::var("EXPLORE").is_ok_and(|length| length == "long");
    short.iter().chain(long.iter().filter(|_| is_long)).copied().collect()
}

/// An order that its cards cannot all pay for.
fn contended(cards: usize, total: u64) -> Plan {
    Plan { total, cards, acts: &[(Act::Capture(None), false)] }
}

#[test]
fn two_checkouts_that_share_two_cards_hold_in_every_state() {
    let crash_and_double = Budget { crashes: 1, ..DOUBLE };
    let short = [CALM, CRASH, LOSS, DOUBLE, EXPIRY, PATIENT];
    let long = [crash_and_double, Budget { lost: 1, ..DOUBLE }, QUESTION, Budget { crashes: 1, ..LOSS }];
    for budget in budgets(&short, &long) {
        check("two checkouts on two cards", 2, &[contended(2, 150), contended(2, 150)], budget);
    }
}

#[test]
fn two_checkouts_that_share_a_card_hold_in_every_state() {
    for budget in budgets(&[Budget { crashes: 1, ..LOSS }], &[FAULTS]) {
        check("two checkouts on one card", 1, &[contended(1, 80), contended(1, 80)], budget);
    }
}

#[test]
fn both_legs_of_a_split_hold_in_every_state() {
    check("one checkout on two cards", 2, &[contended(2, 150)], FAULTS);
}

#[test]
fn capture_void_and_expiry_of_one_checkout_hold_in_every_state() {
    let acts = &[(Act::Authorize, false), (Act::Capture(Some(120)), true), (Act::Void, false)];
    for budget in budgets(&[CRASH, QUESTION], &[Budget { crashes: 1, ..EXPIRY }]) {
        check("capture beside void", 2, &[Plan { total: 150, cards: 2, acts }], budget);
    }
}

#[test]
fn refunds_beside_a_settling_capture_hold_in_every_state() {
    let acts = &[(Act::Capture(Some(90)), false), (Act::Refund(60), true), (Act::Refund(50), false)];
    check("refunds while settling", 1, &[Plan { total: 100, cards: 1, acts }], FAULTS);
}

#[test]
fn extending_beside_expiry_and_late_clocks_holds_in_every_state() {
    let acts = &[(Act::Authorize, false), (Act::Extend, true), (Act::Capture(None), true)];
    for budget in [QUESTION, Budget { late_clocks: 1, ..EXPIRY }, Budget { crashes: 1, ..EXPIRY }] {
        check("extend beside expiry", 1, &[Plan { total: 100, cards: 1, acts }], budget);
    }
}
