//! How an order is split over its cards: the Worker's quote is what `shared` computes, to the last minor unit.

use serde_json::{Value, json};
use shared::checkout::{Tender, split};
use shared::money::Amount;
use shared::program::Kind;
use tests::api::Api;
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::dice::Dice;
use tests::server::Server;

/// Cards of these amounts are applied to an order of that total in this order: each pays so much, so much remains, and the quote adds up.
#[track_caller]
fn check(api: &Api, total: u64, cards: &[u64], applied: &[u64], remaining: u64) -> (Checkout, Vec<Card>) {
    let checkout = Checkout::open(api, total);
    let cards: Vec<Card> = cards.iter().map(|amount| Card::issue(api, *amount)).collect();
    for card in &cards {
        checkout.apply(api, &card.code).expect(201);
    }
    let quote = checkout.read(api)["quote"].clone();
    assert_eq!(numbers(&quote, "applied"), applied);
    assert_eq!((&quote["covered"], &quote["remaining"]), (&json!(total - remaining), &json!(remaining)));
    (checkout, cards)
}

fn numbers(quote: &Value, name: &str) -> Vec<u64> {
    quote["tenders"].as_array().unwrap().iter().map(|tender| tender[name].as_u64().unwrap()).collect()
}

fn tender_path(checkout: &Checkout, quote: &Value, place: usize) -> String {
    checkout.path(&format!("/tenders/{}", quote["tenders"][place]["id"].as_str().unwrap()))
}

#[test]
fn cards_pay_what_they_have_the_smallest_first() {
    let server = Server::start();
    let api = server.api();
    check(&api, 25_000, &[10_000], &[10_000], 15_000);
    check(&api, 25_000, &[10_000, 1_500], &[10_000, 1_500], 13_500);
    check(&api, 5_000, &[10_000, 4_000], &[1_000, 4_000], 0);
    check(&api, 1, &[1, 1], &[1, 0], 0);
    check(&api, 9_007_199_254_740_991, &[9_007_199_254_740_991], &[9_007_199_254_740_991], 0);
}

#[test]
fn removed_card_leaves_its_share_to_the_others() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = check(&api, 12_000, &[10_000, 4_000], &[8_000, 4_000], 0);
    let quote = checkout.read(&api)["quote"].clone();
    let small = tender_path(&checkout, &quote, 1);
    let left = api.delete(&small).expect(200)["quote"].clone();
    assert_eq!((numbers(&left, "applied"), &left["remaining"]), (vec![10_000], &json!(2_000)));
    assert_eq!(api.delete(&small).problem(), (404, "not_found"), "what is gone stays gone");
    let back = checkout.apply(&api, &cards[1].code).expect(201)["quote"].clone();
    assert_eq!((numbers(&back, "applied"), &back["remaining"]), (vec![8_000, 4_000], &json!(0)));
}

#[test]
fn changed_total_changes_every_share() {
    let server = Server::start();
    let api = server.api();
    let (checkout, _) = check(&api, 12_000, &[10_000, 4_000], &[8_000, 4_000], 0);
    for (total, applied, remaining) in
        [(20_000, [10_000, 4_000], 6_000), (3_000, [0, 3_000], 0), (14_000, [10_000, 4_000], 0)]
    {
        let answer = api.change("PATCH", &checkout.path(""), &json!({"total": total})).expect(200);
        assert_eq!(
            (numbers(&answer["quote"], "applied"), &answer["quote"]["remaining"]),
            (applied.to_vec(), &json!(remaining))
        );
        assert_eq!((&answer["total"], &answer["eligible_total"]), (&json!(total), &json!(total)));
    }
    let part = api.change("PATCH", &checkout.path(""), &json!({"total": 14_000, "eligible_total": 5_000})).expect(200);
    assert_eq!((numbers(&part["quote"], "applied"), &part["quote"]["remaining"]), (vec![1_000, 4_000], &json!(9_000)));
    let refused = api.change("PATCH", &checkout.path(""), &json!({"total": 1, "eligible_total": 2}));
    assert_eq!(refused.problem(), (422, "amount_invalid"));
    assert_eq!(checkout.read(&api), part);
}

#[test]
fn same_card_is_applied_once_and_an_eleventh_not_at_all() {
    let server = Server::start();
    let api = server.api();
    let (checkout, cards) = check(&api, 100_000, &[1_000; 10], &[1_000; 10], 90_000);
    let again = checkout.apply(&api, &cards[3].code.to_lowercase());
    assert_eq!(again.problem(), (409, "already_applied"));
    let eleventh = Card::issue(&api, 1_000);
    assert_eq!(checkout.apply(&api, &eleventh.code).problem(), (409, "too_many_tenders"));
    let quote = checkout.read(&api)["quote"].clone();
    api.delete(&tender_path(&checkout, &quote, 0)).expect(200);
    assert_eq!(checkout.apply(&api, &eleventh.code).expect(201)["quote"]["covered"], 10_000);
    checkout.act(&api, "capture").expect(200);
    assert_eq!(eleventh.counters(&api), (0, 0));
    assert_eq!(cards[0].counters(&api), (1_000, 0), "the card that was removed keeps its value");
}

#[test]
fn amount_that_was_asked_for_is_a_bound_and_must_be_there() {
    let server = Server::start();
    let api = server.api();
    let (bounded, free) = (Card::issue(&api, 10_000), Card::issue(&api, 1_000));
    let checkout = Checkout::open(&api, 5_000);
    let over = checkout.apply_with(&api, &bounded.code, &json!({"amount": 10_001}));
    assert_eq!((over.problem(), &over.json["available"]), ((409, "insufficient_balance"), &json!(10_000)));
    let quote = checkout.apply_with(&api, &bounded.code, &json!({"amount": 2_500})).expect(201)["quote"].clone();
    assert_eq!((&quote["tenders"][0]["requested"], &quote["remaining"]), (&json!(2_500), &json!(2_500)));
    let quote = checkout.apply(&api, &free.code).expect(201)["quote"].clone();
    assert_eq!((numbers(&quote, "applied"), numbers(&quote, "balance_after")), (vec![2_500, 1_000], vec![7_500, 0]));
    checkout.act(&api, "capture").expect(200);
    assert_eq!((bounded.counters(&api), free.counters(&api)), ((7_500, 0), (0, 0)));
}

#[test]
fn checkout_takes_only_cards_of_its_currency() {
    let server = Server::start();
    let api = server.api();
    for (currency, other) in [("JPY", "SAR"), ("KWD", "JPY")] {
        let card = Card::issue_as(&api, &json!({"amount": 1_234, "currency": currency}));
        let refusal = Checkout::open_as(&api, &json!({"total": 5_000, "currency": other})).apply(&api, &card.code);
        assert_eq!((refusal.problem(), &refusal.json["currency"]), ((422, "currency_mismatch"), &json!(currency)));
        let own = Checkout::open_as(&api, &json!({"total": 5_000, "currency": currency}));
        let quote = own.apply(&api, &card.code).expect(201)["quote"].clone();
        assert_eq!((&quote["currency"], &quote["remaining"]), (&json!(currency), &json!(3_766)));
    }
}

/// A card of the dice, applied as they say.
fn apply_any(api: &Api, dice: &mut Dice, checkout: &Checkout) -> (Card, Tender) {
    let kind =
        *dice.pick(&[Kind::PaidGift, Kind::PaidGift, Kind::Promo, Kind::Reward, Kind::Donated, Kind::RefundCredit]);
    let available = dice.roll(1..=40) * dice.roll(1..=500);
    let expires_at = dice.pick(&[None, Some("2990-01-01T00:00:00.000Z"), Some("2991-01-01T00:00:00.000Z")]);
    let requested = (dice.roll(0..=3) == 0).then(|| dice.roll(1..=available));
    let card = Card::issue_as(
        api,
        &json!({"amount": available, "currency": "SAR", "kind": kind.name(), "expires_at": expires_at}),
    );
    checkout.apply_with(api, &card.code, &json!({"amount": requested})).expect(201);
    let tender = Tender {
        id: String::new(),
        card: card.id.clone(),
        key_id: 0,
        kind,
        last4: card.last4.clone(),
        requested: requested.and_then(Amount::new),
        available: Amount::new(available).unwrap(),
        expires_at_ms: expires_at.and_then(shared::time::read),
        disclosures: Vec::new(),
        authorized: Amount::ZERO,
        captured: Amount::ZERO,
        refunded: Amount::ZERO,
    };
    (card, tender)
}

#[test]
fn generated_orders_are_quoted_captured_and_refunded_exactly() {
    let server = Server::start();
    let api = server.api();
    let mut dice = Dice::new(2026);
    let (mut whole, mut part) = (0, 0);
    for case in 0..60 {
        let total = dice.roll(1..=30_000);
        let eligible = if dice.roll(0..=2) == 0 { dice.roll(0..=total) } else { total };
        let checkout = Checkout::open_as(&api, &json!({"total": total, "eligible_total": eligible}));
        let (cards, tenders): (Vec<Card>, Vec<Tender>) =
            (0..dice.roll(1..=4)).map(|_| apply_any(&api, &mut dice, &checkout)).unzip();
        let payers: Vec<_> = tenders.iter().map(Tender::payer).collect();
        let shares = split(Amount::new(eligible).unwrap(), &payers);
        let applied: Vec<u64> = shares.iter().map(|share| share.applied.minor()).collect();
        let left: Vec<u64> = shares.iter().map(|share| share.balance_after.minor()).collect();
        let covered: u64 = applied.iter().sum();
        for answer in [checkout.read(&api), checkout.act(&api, "capture").expect(200)] {
            let quote = &answer["quote"];
            assert_eq!(
                (numbers(quote, "applied"), numbers(quote, "balance_after")),
                (applied.clone(), left.clone()),
                "case {case}"
            );
            assert_eq!(
                (&quote["covered"], &quote["remaining"]),
                (&json!(covered), &json!(total - covered)),
                "case {case}"
            );
        }
        assert!(covered <= eligible);
        let balances: Vec<u64> = cards.iter().map(|card| fold(&card.entries(&api)).0).collect();
        assert_eq!(balances, left, "case {case}");
        let mut refunded = 0;
        while refunded < covered {
            let amount = dice.roll(1..=covered - refunded);
            refunded += amount;
            assert_eq!(checkout.refund(&api, amount).expect(201)["refunded"], refunded, "case {case}");
        }
        assert_eq!(checkout.refund(&api, 1).problem(), (409, "exceeds_refundable"));
        for (card, tender) in cards.iter().zip(&tenders) {
            assert_eq!(card.counters(&api), (tender.available.minor(), 0), "case {case}");
        }
        if covered == total { whole += 1 } else { part += 1 }
    }
    assert!(whole >= 10 && part >= 10, "the dice make both: {whole} paid whole, {part} in part");
}
