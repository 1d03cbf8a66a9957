//! Which event what means, and its bytes.

use super::*;
use crate::card::{Account, Command, Facts, Wanted};
use crate::checkout::{Command as Step, Order, Seen};
use crate::journal::GENESIS;
use crate::wire::row::Detail;
use std::collections::BTreeSet;

fn facts() -> CardFacts {
    CardFacts { currency: sar(), kind: Kind::PaidGift }
}

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

/// A card's whole life, line by line.
fn lines() -> Vec<Line> {
    let (currency, claim) = (sar(), || "co_1.1.tn_1".to_string());
    let commands = [
        Command::Issue {
            amount: amount(10_000),
            facts: Facts {
                active: false,
                expires_at_ms: Some(86_400_000),
                ..Facts::plain(currency, Kind::PaidGift, 0)
            },
        },
        Command::Activate,
        Command::Redeem { amount: Wanted::Exactly(amount(1_000)), currency },
        Command::Hold { claim: claim(), amount: amount(3_000), currency, deadline_ms: 99 },
        Command::Commit { claim: claim(), amount: amount(2_000), captured: amount(2_000) },
        Command::Refund { claim: claim(), amount: amount(500), refunded: None },
        Command::Refund { claim: "rd.3".into(), amount: amount(1_000), refunded: None },
        Command::Release { claim: "co_2.1.tn_1".into() },
        Command::Freeze,
        Command::Unfreeze,
    ];
    let mut account = Account::default();
    let note = Note { reference: Some("order-1".into()), reason: Some("Sara has lost it".into()), ..Note::default() };
    let line = |command: &Command| {
        let entry = account.apply(command, 7).unwrap();
        Line::new("gc_abc", &entry, Detail::new(&entry.action, note.clone()), GENESIS)
    };
    commands.iter().map(line).collect()
}

fn events() -> Vec<Event> {
    lines().iter().filter_map(|line| of_line(line, facts())).collect()
}

#[test]
fn every_line_that_concerns_somebody_means_one_event() {
    let told: Vec<(String, &str)> = events().into_iter().map(|event| (event.id, event.kind)).collect();
    let expected = [
        ("ev_abc_1", "gift_card.issued"),
        ("ev_abc_2", "gift_card.activated"),
        ("ev_abc_3", "redemption.captured"),
        ("ev_abc_5", "redemption.captured"),
        ("ev_abc_6", "redemption.refunded"),
        ("ev_abc_7", "redemption.refunded"),
        ("ev_abc_9", "gift_card.frozen"),
        ("ev_abc_10", "gift_card.unfrozen"),
    ];
    assert_eq!(told, expected.map(|(id, kind)| (id.to_string(), kind)));
}

#[test]
fn event_says_what_took_the_value() {
    let of = |place: usize| events().swap_remove(place).data;
    let sources = |data: Data| (data.redemption, data.checkout);
    assert_eq!(sources(of(2)), (Some("rd_abc_3".into()), None));
    assert_eq!(sources(of(3)), (None, Some("co_1".into())));
    assert_eq!(sources(of(4)), (None, Some("co_1".into())));
    assert_eq!(sources(of(5)), (Some("rd_abc_3".into()), None));
}

#[test]
fn event_tells_no_reason_that_somebody_typed() {
    for event in events() {
        let Notice { body, .. } = event.into();
        assert!(body.contains("order-1") && !body.contains("Sara"), "{body}");
    }
}

#[test]
fn card_that_nobody_can_spend_yet_has_no_message() {
    assert_eq!(events()[0].data.message, None);
    assert!(events()[1].data.message.is_some());
}

#[test]
fn event_format_unchanged() {
    let Notice { id, kind, body } = events().swap_remove(2).into();
    assert_eq!((id.as_str(), kind.as_str()), ("ev_abc_3", "redemption.captured"));
    let text = r#"{"id":"ev_abc_3","type":"redemption.captured","at":"1970-01-01T00:00:00.007Z","data":{"gift_card":"gc_abc","kind":"paid_gift","redemption":"rd_abc_3","currency":"SAR","amount":1000,"available":9000,"reference":"order-1","message":{"ar":"خُصم 10 ريالات سعودية من بطاقة هديتك، والمتبقي فيها 90 ريالًا سعوديًا.","en":"SAR 10.00 was spent from your gift card. SAR 90.00 is left on it."}}}"#;
    assert_eq!(body, text);
}

/// A checkout of 5,000 with a card of 3,000.
fn checkout() -> Checkout {
    let order =
        Order { total: amount(5_000), eligible_total: amount(5_000), currency: sar(), reference: "order-1".into() };
    let add = Step::AddTender {
        id: "tn_1".into(),
        card: "gc_abc".into(),
        key_id: 0,
        last4: "D5VV".into(),
        requested: None,
        seen: Seen { kind: Kind::PaidGift, available: amount(3_000), expires_at_ms: None, disclosures: Vec::new() },
    };
    Checkout::open(order, None, false, Some("riyadh-1".into()), 0, 86_400_000).apply("co_1", &add, 1).unwrap()
}

/// What the steps of a checkout mean, each with what is told of the amounts.
fn told(steps: &[Step], now_ms: u64) -> Vec<(String, &'static str, u64, Option<u64>)> {
    let mut checkout = checkout();
    let mut told = Vec::new();
    for step in steps {
        let next = checkout.apply("co_1", step, now_ms).unwrap();
        told.extend(of_step("co_1", &checkout, &next, now_ms));
        assert_eq!(of_step("co_1", &next, &next, now_ms), [], "what is, is not told again");
        checkout = next;
    }
    let minor = |amount: Option<Amount>| amount.map(Amount::minor);
    told.into_iter()
        .map(|Event { id, kind, data, .. }| (id, kind, minor(data.amount).unwrap(), minor(data.remaining)))
        .collect()
}

#[test]
fn checkout_tells_each_of_its_ends_once() {
    let order = checkout().order;
    let authorize = || Step::Authorize { order: order.clone(), hold_ms: 10_000 };
    let granted = || Step::Granted { attempt: 1 };
    let authorized = ("ev_1_authorized".to_string(), "checkout.authorized", 3_000, Some(2_000));
    let capture = Step::Capture { order: order.clone(), amount: Some(amount(1_000)) };
    assert_eq!(
        told(&[authorize(), granted(), capture], 5),
        [authorized.clone(), ("ev_1_captured".into(), "checkout.captured", 1_000, Some(4_000))]
    );
    assert_eq!(
        told(&[authorize(), granted(), Step::Void], 5),
        [authorized.clone(), ("ev_1_voided".into(), "checkout.voided", 3_000, None)]
    );
    assert_eq!(told(&[authorize(), Step::Refused { attempt: 1, tender: None }], 5), [], "a try that failed is no end");
    let mut held = checkout().apply("co_1", &authorize(), 5).unwrap().apply("co_1", &granted(), 5).unwrap();
    let expired = held.apply("co_1", &Step::Overdue, 20_000).unwrap();
    assert_eq!(of_step("co_1", &held, &expired, 20_000)[0].kind, "checkout.expired");
    held = checkout();
    let closed = held.apply("co_1", &Step::Overdue, 86_400_000).unwrap();
    assert_eq!((closed.state.clone(), of_step("co_1", &held, &closed, 86_400_000)), (State::Expired, Vec::new()));
}

#[test]
fn broken_checkout_and_forked_card_raise_an_alarm() {
    let order = checkout().order;
    let captured = [
        Step::Authorize { order: order.clone(), hold_ms: 10_000 },
        Step::Granted { attempt: 1 },
        Step::Capture { order, amount: None },
    ];
    let captured = captured.iter().fold(checkout(), |checkout, step| checkout.apply("co_1", step, 5).unwrap());
    let call = captured.pending[0].clone();
    let broken = captured.apply("co_1", &Step::Contradicted { call }, 6).unwrap();
    let [alarm] = of_step("co_1", &captured, &broken, 6).try_into().unwrap();
    assert_eq!((&*alarm.id, alarm.kind, alarm.data.alarm), ("ev_1_broken", "guard.alarm", Some("checkout_broken")));
    let alarm = of_fork("gc_abc", 7, 9);
    assert_eq!((&*alarm.id, alarm.data.alarm), ("ev_abc_7_fork", Some("card_forked")));
}

#[test]
fn every_event_is_of_a_known_type() {
    let types: BTreeSet<&str> = TYPES.into_iter().collect();
    assert_eq!(types.len(), TYPES.len());
    let made = events().into_iter().chain([of_fork("gc_abc", 7, 9), of_disabled("we_1", 1, 2)]);
    assert!(made.map(|event| event.kind).all(|kind| types.contains(kind)));
}
