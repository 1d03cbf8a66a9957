//! The same key has one effect and one answer.

use serde_json::{Value, json};
use shared::seal::Env;
use tests::api::{Answer, fresh_key};
use tests::card::{Card, fold};
use tests::checkout::{Checkout, with};
use tests::crowd::at_once;
use tests::secrets::Secrets;
use tests::server::Server;

/// Sends a request twice under one key: the answers are the same, and only the second says that it was given before. A third with another body is
/// refused. Returns the answer.
#[track_caller]
fn check(server: &Server, path: &str, body: &Value, other: &Value, status: u16) -> Value {
    let (api, key) = (server.api(), fresh_key());
    let first = api.post_once(path, body, &key);
    let again = api.post_once(path, body, &key);
    assert_eq!((first.status, first.is_replayed()), (status, false), "{}", first.json);
    assert_eq!((again.status, again.is_replayed()), (status, true));
    assert_eq!(first.json, again.json);
    assert_eq!(api.post_once(path, other, &key).problem(), (422, "idempotency_key_reused"), "{path}");
    first.json
}

#[test]
fn same_key_has_one_effect_on_every_resource() {
    let server = Server::start();
    let api = server.api();
    let issue = json!({"amount": 10_000, "currency": "SAR"});
    let card = Card::of(&check(&server, "/v1/gift-cards", &issue, &with(&issue, &json!({"amount": 9_999})), 201));
    check(&server, &card.path("/freeze"), &json!({}), &json!({"reason": "lost"}), 200);
    check(&server, &card.path("/unfreeze"), &json!({"reason": "found"}), &json!({}), 200);
    let inactive = Card::issue_as(&api, &with(&issue, &json!({"active": false})));
    check(&server, &inactive.path("/activate"), &json!({}), &json!({"reason": "sold"}), 200);
    let redemption = card.redemption(1_000);
    let other = with(&redemption, &json!({"reference": "order-2"}));
    let redeemed = check(&server, "/v1/redemptions", &redemption, &other, 201);
    let refunds = format!("/v1/redemptions/{}/refunds", redeemed["id"].as_str().unwrap());
    check(&server, &refunds, &json!({"amount": 400}), &json!({"amount": 401}), 201);
    assert_eq!(card.counters(&api), (9_400, 0));

    let order = json!({"total": 5_000, "currency": "SAR", "reference": "order-3"});
    check(&server, "/v1/checkouts", &order, &with(&order, &json!({"total": 5_001})), 201);
    let checkout = Checkout::open(&api, 5_000);
    let tender = json!({"gift_card": {"code": card.code}});
    check(&server, &checkout.path("/tenders"), &tender, &with(&tender, &json!({"amount": 1})), 201);
}

#[test]
fn same_key_has_one_effect_on_the_order() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let other = json!({"hold_seconds": 60});
    let checkout = Checkout::open(&api, 5_000);
    checkout.apply(&api, &card.code).expect(201);
    check(&server, &checkout.path("/authorize"), &checkout.order, &with(&checkout.order, &other), 200);
    assert_eq!(card.counters(&api), (5_000, 5_000));
    check(&server, &checkout.path("/extend"), &json!({"hold_seconds": 1_000}), &json!({"hold_seconds": 1_001}), 200);
    let part = with(&checkout.order, &json!({"amount": 3_000}));
    check(&server, &checkout.path("/capture"), &part, &with(&part, &json!({"amount": 2_000})), 200);
    assert_eq!(card.counters(&api), (7_000, 0));
    check(&server, &checkout.path("/refunds"), &json!({"amount": 1_000}), &json!({"amount": 999}), 201);
    assert_eq!(card.counters(&api), (8_000, 0));
    assert_eq!(fold(&card.entries(&api)), (8_000, 0));
}

#[test]
fn same_key_never_applies_another_card() {
    let server = Server::start();
    let api = server.api();
    let (first, other) = (Card::issue(&api, 1_000), Card::issue(&api, 2_000));
    let checkout = Checkout::open(&api, 5_000);
    let key = fresh_key();
    let apply = |code: &str| api.post_once(&checkout.path("/tenders"), &json!({"gift_card": {"code": code}}), &key);
    apply(&first.code).expect(201);
    assert_eq!(apply(&other.code).problem(), (422, "idempotency_key_reused"));
    assert!(apply(&first.code.to_lowercase()).is_replayed(), "another spelling is the same card");
    assert_eq!(checkout.read(&api)["quote"]["covered"], 1_000);
}

#[test]
fn key_that_is_missing_or_out_of_bounds_is_refused_and_nothing_happens() {
    let server = Server::start();
    let api = server.api();
    let before = server.objects();
    let send = |key: Option<&str>| -> Answer {
        let mut headers = vec![("Content-Type", "application/json")];
        headers.extend(key.map(|key| ("Idempotency-Key", key)));
        api.send("POST", "/v1/gift-cards", &headers, br#"{"amount":1,"currency":"SAR"}"#.to_vec()).unwrap()
    };
    assert_eq!(send(None).problem(), (400, "idempotency_key_missing"));
    for key in ["", "fifteen-symbols", &"x".repeat(256), "sixteen-symbols-\u{e9}", "مفتاح-من-ستة-عشر-حرفا"]
    {
        assert_eq!(send(Some(key)).problem(), (400, "idempotency_key_invalid"), "{key}");
    }
    assert_eq!(server.objects(), before);
    for key in ["sixteen-symbols-", &"x".repeat(255), "' OR 1=1; DROP TABLE card; --"] {
        assert_eq!(send(Some(key)).status, 201, "{key}");
    }
    assert_eq!(server.objects(), before + 3);
}

#[test]
fn hundred_at_once_with_one_key_have_one_effect() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (body, key) = (card.redemption(100), fresh_key());
    let answers = at_once(100, |_| api.post_once("/v1/redemptions", &body, &key));
    // An answer that is still being made may be asked for later; whoever got one got the same.
    let told: Vec<&Answer> =
        answers.iter().filter(|answer| answer.problem() != (409, "operation_in_progress")).collect();
    assert!(!told.is_empty() && told.iter().all(|answer| answer.status == 201 && answer.json == told[0].json));
    assert_eq!(told.iter().filter(|answer| !answer.is_replayed()).count(), 1);
    assert_eq!(card.entries(&api).len(), 2);
    assert_eq!(card.counters(&api), (9_900, 0));
}

#[test]
fn hundred_captures_and_hundred_refunds_at_once_with_one_key_have_one_effect() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let checkout = Checkout::open(&api, 5_000);
    checkout.apply(&api, &card.code).expect(201);
    for (path, body, status, left) in [
        ("/authorize", &checkout.order, 200, (5_000, 5_000)),
        ("/capture", &checkout.order, 200, (5_000, 0)),
        ("/refunds", &json!({"amount": 2_000}), 201, (7_000, 0)),
    ] {
        let key = fresh_key();
        let answers = at_once(100, |_| api.post_once(&checkout.path(path), body, &key));
        let is_early = |answer: &&Answer| answer.status == 202 || answer.problem() == (409, "operation_in_progress");
        let (early, told): (Vec<&Answer>, Vec<&Answer>) = answers.iter().partition(is_early);
        let last = api.post_once(&checkout.path(path), body, &key);
        assert!(last.is_replayed() && told.iter().all(|answer| answer.json == last.json), "{path}");
        assert!(told.iter().all(|answer| answer.status == status) && told.len() + early.len() == 100, "{path}");
        assert!(answers.iter().filter(|answer| answer.status < 300 && !answer.is_replayed()).count() <= 1, "{path}");
        assert_eq!((card.counters(&api), fold(&card.entries(&api))), (left, left), "{path}");
    }
    assert_eq!(card.entries(&api).len(), 4);
}

#[test]
fn hundred_at_once_on_a_card_that_covers_sixty_succeed_sixty_times() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 6_050);
    let answers = at_once(100, |_| card.redeem(&api, 100));
    let count = |wanted: (u16, &str)| answers.iter().filter(|answer| answer.problem() == wanted).count();
    assert_eq!((count((201, "")), count((409, "insufficient_balance"))), (60, 40));
    assert_eq!(card.entries(&api).len(), 61);
    assert_eq!(fold(&card.entries(&api)), (50, 0));
    assert_eq!(card.counters(&api), (50, 0));
}

#[test]
fn refused_key_stays_refused_after_the_card_is_topped_up() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 1_000);
    let redemption = card.redeem(&api, 600).expect(201);
    let (body, key) = (card.redemption(500), fresh_key());
    let refusal = api.post_once("/v1/redemptions", &body, &key);
    assert_eq!(refusal.problem(), (409, "insufficient_balance"));
    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    api.post(&refunds, &json!({"amount": 600})).expect(201);
    let again = api.post_once("/v1/redemptions", &body, &key);
    assert_eq!((again.problem(), again.is_replayed()), ((409, "insufficient_balance"), true));
    assert_eq!(again.json, refusal.json);
    assert_eq!(api.post("/v1/redemptions", &body).expect(201)["balance_after"], 500);
}

#[test]
fn refusal_of_a_page_is_told_again_as_one_that_was_told() {
    const ORIGIN: &str = "https://shop.example";
    let server = Server::start();
    let api = server.api();
    let card = Card::issue_as(&api, &json!({"amount": 1_000, "currency": "SAR", "active": false}));
    let checkout = Checkout::open_as(&api, &json!({"total": 1_000, "origin": ORIGIN}));
    let (page, key) = (api.page(&checkout.token, ORIGIN), fresh_key());
    let send = || page.post_once(&checkout.path("/tenders"), &json!({"gift_card": {"code": card.code}}), &key);
    let first = send();
    assert_eq!((first.problem(), first.is_replayed()), ((409, "card_inactive"), false));
    api.post(&card.path("/activate"), &json!({})).expect(200);
    let again = send();
    assert_eq!((&again.json, again.is_replayed()), (&first.json, true));
    assert_eq!(checkout.apply(&page, &card.code).expect(201)["quote"]["covered"], 1_000);
}

#[test]
fn refusal_that_may_pass_is_not_kept_for_its_key() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 1_000);
    let checkout = Checkout::open(&api, 1_000);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "authorize").expect(200);
    let (body, key) = (card.redemption(1_000), fresh_key());
    assert_eq!(api.post_once("/v1/redemptions", &body, &key).problem(), (409, "card_held_elsewhere"));
    checkout.void(&api).expect(200);
    // So is one of the request itself: it was corrected, and the key is still good.
    let bad = with(&body, &json!({"amount": 0}));
    assert_eq!(api.post_once("/v1/redemptions", &bad, &key).problem(), (422, "amount_invalid"));
    assert_eq!(api.post_once("/v1/redemptions", &body, &key).expect(201)["balance_after"], 0);
}

#[test]
fn same_key_at_two_merchants_is_independent() {
    let server = Server::start();
    let noor = server.api();
    let other = noor.with_key(&Secrets::development().secret_key(Env::Test, "other_shop"));
    let key = fresh_key();
    let mut cards = Vec::new();
    for (api, amount) in [(&noor, 100), (&other, 200)] {
        let issued = api.post_once("/v1/gift-cards", &json!({"amount": amount, "currency": "SAR"}), &key);
        assert!(!issued.is_replayed());
        cards.push((api, amount, Card::of(&issued.expect(201))));
    }
    for (api, amount, card) in &cards {
        let redeemed = api.post_once("/v1/redemptions", &card.redemption(*amount), "the-same-key-again");
        assert_eq!(redeemed.expect(201)["amount"], *amount);
        assert_eq!(card.counters(api), (0, 0));
    }
    assert_ne!(cards[0].2.code, cards[1].2.code);
}
