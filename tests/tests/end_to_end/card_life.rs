//! What becomes of a card besides being spent: loads, extensions, cash-outs, corrections, cancelled and replaced cards, and expiry.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::Api;
use tests::backup::{CARDS, Object, Outage, while_down};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::clock::{Clock, DAY_SECONDS};
use tests::killer::Killer;
use tests::ledger::{Export, total};
use tests::patience::until;
use tests::server::Server;

const ALARM: Duration = Duration::from_secs(20);

/// More steps than a replacement takes.
const STEPS_MAX: u32 = 30;

fn act(api: &Api, card: &Card, verb: &str, body: &Value) -> (u16, Value) {
    let answer = api.post(&card.path(&format!("/{verb}")), body);
    (answer.status, answer.json)
}

#[track_caller]
fn check_refused(api: &Api, card: &Card, verb: &str, body: &Value, expected: (u16, &str)) {
    let before = (card.read(api), card.entries(api).len());
    assert_eq!(api.post(&card.path(&format!("/{verb}")), body).problem(), expected, "{verb} {body}");
    assert_eq!((card.read(api), card.entries(api).len()), before, "a refusal changes nothing");
}

/// A card's successor: the card of the answer, with its code.
fn replace(api: &Api, card: &Card) -> Card {
    Card::of(&api.post(&card.path("/replace"), &json!({"reason": "lost"})).expect(201))
}

#[test]
fn load_adds_to_a_card_up_to_its_cap() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue_as(&api, &json!({"amount": 10_000, "currency": "SAR", "balance_max": 15_000}));
    let load = |amount: u64| json!({"amount": amount, "currency": "SAR", "reference": "sale-7", "location": "riyadh"});
    let (status, loaded) = act(&api, &card, "load", &load(5_000));
    assert_eq!((status, &loaded["amount"], &loaded["available"]), (200, &json!(5_000), &json!(15_000)));
    check_refused(&api, &card, "load", &load(1), (409, "limit_exceeded"));
    check_refused(&api, &card, "load", &json!({"amount": 1, "currency": "KWD"}), (422, "currency_mismatch"));
    check_refused(&api, &card, "load", &json!({"amount": 0, "currency": "SAR"}), (422, "amount_invalid"));
    check_refused(&api, &card, "load", &json!({"amount": 1}), (422, "field_invalid"));
    check_refused(&api, &card, "load", &json!({"amount": 1, "currency": "SAR", "fee": 1}), (422, "unknown_field"));
    assert_eq!(card.redeem(&api, "max").expect(201)["amount"], 15_000);
    assert_eq!(act(&api, &card, "load", &load(100)).1["status"], "active", "a used-up card may be loaded again");
    let entries = card.entries(&api);
    assert_eq!(fold(&entries), (100, 0));
    assert_eq!((&entries[1]["reference"], &entries[1]["location"]), (&json!("sale-7"), &json!("riyadh")));
}

#[test]
fn act_on_a_card_is_done_once_for_its_key() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let body = json!({"amount": 500, "currency": "SAR"});
    let path = card.path("/load");
    let first = api.post_once(&path, &body, "a-load-and-its-repetition");
    let again = api.post_once(&path, &body, "a-load-and-its-repetition");
    assert_eq!((again.status, &again.json, again.is_replayed()), (200, &first.json, true));
    let other = json!({"amount": 501, "currency": "SAR"});
    assert_eq!(api.post_once(&path, &other, "a-load-and-its-repetition").problem(), (422, "idempotency_key_reused"));
    assert_eq!(card.counters(&api), (10_500, 0));
}

#[test]
fn extension_never_shortens_and_law_sets_the_floor_of_an_issue() {
    let server = Server::start();
    let api = server.api();
    let issue = |place: &str, day: &str| {
        let expires_at = format!("{day}T00:00:00Z");
        let body = json!({"amount": 100, "currency": "EUR", "jurisdiction": place, "expires_at": expires_at});
        api.post("/v1/gift-cards", &body)
    };
    let refused = issue("IE", "2027-01-01");
    assert_eq!(refused.problem(), (422, "expiry_too_short"));
    assert!(refused.json["rule"].as_str().unwrap().starts_with("IE/expiry/"), "{}", refused.json);
    assert!(refused.json["source"].as_str().unwrap().contains("Act"), "{}", refused.json);
    assert_eq!(issue("Ireland", "2099-01-01").problem(), (422, "field_invalid"));
    let card = Card::of(&issue("IE", "2050-01-01").expect(201));
    check_refused(&api, &card, "extend", &json!({"expires_at": "2049-12-31T00:00:00Z"}), (422, "expiry_too_short"));
    check_refused(&api, &card, "extend", &json!({}), (422, "field_invalid"));
    let (status, extended) = act(&api, &card, "extend", &json!({"expires_at": "2051-01-01T00:00:00Z"}));
    assert_eq!((status, &extended["expires_at"]), (200, &json!("2051-01-01T00:00:00.000Z")));
    assert_eq!(act(&api, &card, "extend", &json!({"expires_at": "never"})).1["expires_at"], json!(null));
    check_refused(&api, &card, "extend", &json!({"expires_at": "never"}), (422, "expiry_too_short"));
}

#[test]
fn cash_out_follows_the_law_of_the_cards_place() {
    let server = Server::start();
    let api = server.api();
    let issue = |amount: u64, place: &str, kind: &str| {
        Card::issue_as(&api, &json!({"amount": amount, "currency": "USD", "jurisdiction": place, "kind": kind}))
    };
    let card = issue(1_500, "US-CA", "paid_gift");
    check_refused(&api, &card, "cash-out", &json!({}), (409, "not_cash_redeemable"));
    let one = json!({"amount": 1, "currency": "USD", "direction": "debit", "reason": "a test"});
    act(&api, &card, "adjust", &one);
    let (status, paid) = act(&api, &card, "cash-out", &json!({"location": "till-1"}));
    assert_eq!((status, &paid["amount"], &paid["status"]), (200, &json!(1_499), &json!("cashed_out")));
    check_refused(&api, &card, "load", &json!({"amount": 1, "currency": "USD"}), (409, "card_closed"));
    check_refused(&api, &issue(100, "US-CA", "promo"), "cash-out", &json!({}), (409, "not_cash_redeemable"));
    check_refused(&api, &issue(100, "SA", "paid_gift"), "cash-out", &json!({}), (409, "not_cash_redeemable"));
    assert_eq!(fold(&card.entries(&api)), (0, 0));
}

#[test]
fn adjustment_needs_a_direction_and_a_reason() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let adjust = |direction: &str, amount: u64| json!({"amount": amount, "currency": "SAR", "direction": direction, "reason": "counted twice"});
    let no_reason = json!({"amount": 1, "currency": "SAR", "direction": "credit"});
    check_refused(&api, &card, "adjust", &no_reason, (422, "field_invalid"));
    check_refused(&api, &card, "adjust", &adjust("up", 1), (422, "field_invalid"));
    check_refused(&api, &card, "adjust", &adjust("debit", 10_001), (409, "insufficient_balance"));
    assert_eq!(act(&api, &card, "adjust", &adjust("debit", 10_000)).1["available"], 0);
    assert_eq!(act(&api, &card, "adjust", &adjust("credit", 70)).1["available"], 70);
    let entries = card.entries(&api);
    assert_eq!((fold(&entries), &entries[1]["reason"]), ((70, 0), &json!("counted twice")));
}

#[test]
fn cancelled_card_is_one_that_was_never_spent() {
    let server = Server::start();
    let api = server.api();
    let (spent, fresh) = (Card::issue(&api, 10_000), Card::issue(&api, 10_000));
    spent.redeem(&api, 1).expect(201);
    check_refused(&api, &spent, "cancel", &json!({}), (409, "card_used"));
    let (status, cancelled) = act(&api, &fresh, "cancel", &json!({"reason": "sale undone"}));
    assert_eq!((status, &cancelled["status"], &cancelled["amount"]), (200, &json!("cancelled"), &json!(10_000)));
    assert_eq!(fresh.redeem(&api, 1).problem(), (409, "insufficient_balance"));
    check_refused(&api, &fresh, "activate", &json!({}), (409, "card_closed"));
}

#[test]
fn card_with_a_hold_is_neither_replaced_nor_cashed_out_nor_cancelled() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue_as(&api, &json!({"amount": 1_000, "currency": "SAR", "jurisdiction": "US-CA"}));
    let checkout = Checkout::open(&api, 500);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "authorize").expect(200);
    check_refused(&api, &card, "replace", &json!({}), (409, "card_has_holds"));
    check_refused(&api, &card, "cancel", &json!({}), (409, "card_has_holds"));
    let dollars = Card::issue_as(&api, &json!({"amount": 1_000, "currency": "USD", "jurisdiction": "US-CA"}));
    let order = json!({"total": 500, "currency": "USD", "reference": "order-9"});
    let opened = api.post("/v1/checkouts", &order).expect(201);
    let path = format!("/v1/checkouts/{}", opened["id"].as_str().unwrap());
    api.post(&format!("{path}/tenders"), &json!({"gift_card": {"code": dollars.code}})).expect(201);
    api.post(&format!("{path}/authorize"), &order).expect(200);
    check_refused(&api, &dollars, "cash-out", &json!({}), (409, "card_has_holds"));
}

#[test]
fn replaced_card_is_dead_and_its_successor_has_everything() {
    let server = Server::start();
    let api = server.api();
    let old = Card::issue_as(&api, &json!({"amount": 10_000, "currency": "SAR", "campaign": "ramadan"}));
    let redemption = old.redeem(&api, 3_000).expect(201);
    act(&api, &old, "freeze", &json!({"reason": "lost"}));
    let body = json!({"reason": "lost"});
    let first = api.post_once(&old.path("/replace"), &body, "one-replacement-and-no-more");
    let new = Card::of(&first.json);
    let told = (first.status, &first.json["replaces"], &first.json["available"], &first.json["status"]);
    assert_eq!(told, (201, &json!(old.id), &json!(7_000), &json!("active")));
    let again = api.post_once(&old.path("/replace"), &body, "one-replacement-and-no-more");
    assert_eq!((&again.json, again.is_replayed()), (&first.json, true), "the code is told again for the same key");
    assert_eq!(api.post(&old.path("/replace"), &body).problem(), (409, "card_replaced"));
    assert_eq!(old.redeem(&api, 1).problem(), (409, "card_replaced"));
    assert_eq!(old.read(&api)["replaced_by"], json!(new.id));
    assert_eq!(new.redeem(&api, 7_000).expect(201)["balance_after"], 0);

    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    api.post(&refunds, &json!({"amount": 1_200})).expect(201);
    let arrived = || (new.counters(&api) == (1_200, 0)).then_some(());
    until(ALARM, "the refund at the successor", arrived);
    assert_eq!((fold(&old.entries(&api)), fold(&new.entries(&api))), ((0, 0), (1_200, 0)));
    until(ALARM, "the book to have both sides", || (total(&api, "replaced") == 0).then_some(()));
    assert_eq!(Export::with(&api, &new.id, 3).audit().findings, []);
}

#[test]
fn chain_of_replaced_cards_passes_on_what_comes_back() {
    let server = Server::start();
    let api = server.api();
    let first = Card::issue(&api, 5_000);
    let redemption = first.redeem(&api, 1_000).expect(201);
    let second = replace(&api, &first);
    let third = replace(&api, &second);
    assert_eq!(third.counters(&api), (4_000, 0));
    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    api.post(&refunds, &json!({"amount": 1_000})).expect(201);
    until(ALARM, "the refund at the last of them", || (third.counters(&api) == (5_000, 0)).then_some(()));
    assert_eq!((first.counters(&api), second.counters(&api)), ((0, 0), (0, 0)));
}

#[test]
fn expired_value_leaves_the_card_a_day_later_and_comes_back_when_it_is_extended() {
    let (mut server, clock) = (Server::start(), Clock::new());
    let api = server.api();
    let expires_ms =
        shared::time::read(Card::issue(&api, 1).read(&api)["created_at"].as_str().unwrap()).unwrap() + 3_600_000;
    let fields =
        json!({"amount": 900, "currency": "SAR", "kind": "promo", "expires_at": shared::time::write(expires_ms)});
    let card = Card::issue_as(&api, &fields);
    clock.set(&mut server, DAY_SECONDS / 2);
    assert_eq!(card.redeem(&api, 1).problem(), (410, "card_expired"));
    assert_eq!(card.counters(&api), (900, 0), "nothing goes before a day is over");
    clock.set(&mut server, 2 * DAY_SECONDS);
    until(ALARM, "the alarm that lets it go", || (card.counters(&api) == (0, 0)).then_some(()));
    until(ALARM, "the book to say so", || (total(&api, "expired") == 900).then_some(()));
    let later = shared::time::write(expires_ms + 30 * 86_400_000);
    let (status, extended) = act(&api, &card, "extend", &json!({"expires_at": later, "reason": "goodwill"}));
    assert_eq!((status, &extended["amount"], &extended["available"]), (200, &json!(900), &json!(900)));
    card.redeem(&api, 900).expect(201);
    until(ALARM, "the book to follow", || (total(&api, "expired") == 0).then_some(()));
}

#[test]
fn replacement_that_is_repeated_while_the_new_card_is_out_of_reach_tells_no_other_code() {
    let mut server = Server::start();
    let api = server.api();
    let old = Card::issue(&api, 10_000);
    let key = "replaced-and-out-of-reach";
    let send = || api.post_once(&old.path("/replace"), &json!({}), key);
    let (object, first) = Object::made_by(&server, CARDS, || send().expect(201));
    let outage = while_down(&mut server, |state| Outage::begin(state, &object));
    let meanwhile = send();
    assert_eq!((meanwhile.problem(), meanwhile.json.get("code")), ((500, "fault"), Some(&json!("fault"))));
    while_down(&mut server, |_| outage.end());
    let again = send();
    assert_eq!((again.status, &again.json, again.is_replayed()), (201, &first, true));
    assert_eq!(Card::of(&first).counters(&api), (10_000, 0));
}

#[test]
fn replacement_that_is_cut_off_at_any_step_moves_everything_once() {
    let mut server = Server::start();
    let api = server.api();
    for step in 1..=STEPS_MAX {
        let card = Card::issue(&api, 10_000);
        let key = format!("replacement-cut-off-{step:04}");
        let killer = Killer::at_step(&server, step);
        let _ = api.try_post(&card.path("/replace"), &json!({}), &key);
        if !killer.has_struck(&api) {
            assert!(step > 2, "both cards make something durable");
            return until(ALARM, "the book to have both sides", || (total(&api, "replaced") == 0).then_some(()));
        }
        server.kill();
        server.restart();
        let new = Card::of(&api.post_once(&card.path("/replace"), &json!({}), &key).expect(201));
        assert_eq!((card.counters(&api), new.counters(&api)), ((0, 0), (10_000, 0)), "step {step}");
    }
    panic!("it takes more than {STEPS_MAX} steps");
}
