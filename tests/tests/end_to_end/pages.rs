//! Checkouts that a page starts: nothing is stored before the first card, and the server pays only for the order that it knows.

use serde_json::{Value, json};
use shared::checkout::Order;
use shared::money::{Amount, Currency};
use shared::seal::{CheckoutToken, Env, Merchant};
use std::time::Duration;
use tests::api::{Api, fresh_key};
use tests::card::Card;
use tests::checkout::{Checkout, with};
use tests::patience::until;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

fn start() -> Server {
    Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() })
}

/// The page's checkout, and a client with its token.
fn open(server: &Server, total: u64) -> (Checkout, Api) {
    let checkout = Checkout::open(&server.api().page(&server.ready.publishable_key, ORIGIN), total);
    let page = server.api().page(&checkout.token, ORIGIN);
    (checkout, page)
}

/// The page's order is refused by the server for that reason, and nothing is held.
#[track_caller]
fn check_refused(api: &Api, checkout: &Checkout, card: &Card, order: &Value, code: &str) {
    for act in ["authorize", "capture"] {
        let answer = api.post(&checkout.path(&format!("/{act}")), &with(&checkout.order, order));
        assert_eq!(answer.problem(), (422, code), "{act}");
    }
    assert_eq!(card.counters(api).1, 0);
}

#[test]
fn nothing_is_stored_before_the_first_card() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let inactive = Card::issue_as(&api, &json!({"amount": 10_000, "currency": "SAR", "active": false}));
    let before = server.objects();
    let (checkout, page) = open(&server, 25_000);
    let opened = page.get(&checkout.path("")).expect(200);
    assert_eq!(
        (&opened["status"], &opened["total"], &opened["quote"]["remaining"]),
        (&json!("open"), &json!(25_000), &json!(25_000))
    );
    assert_eq!(checkout.apply(&page, &inactive.code).problem(), (409, "card_inactive"));
    assert_eq!(page.delete(&checkout.path("/tenders/tn_1")).problem(), (404, "not_found"));
    page.change("PATCH", &checkout.path(""), &json!({"total": 20_000})).expect(200);
    assert_eq!(server.objects(), before);
    assert_eq!(api.get(&checkout.path("")).problem(), (404, "not_found"), "the server cannot know of it yet");
    for act in ["authorize", "capture"] {
        assert_eq!(checkout.act(&api, act).problem(), (404, "not_found"));
    }
    assert_eq!(checkout.void(&api).problem(), (404, "not_found"));
    assert_eq!(server.objects(), before);

    let applied = checkout.apply(&page, &card.code).expect(201);
    assert_eq!((&applied["id"], &applied["quote"]["remaining"]), (&json!(checkout.id), &json!(15_000)));
    assert_eq!(server.objects(), before + 1);
    assert_eq!(checkout.read(&api), applied);
}

#[test]
fn page_made_checkouts_never_share_an_id() {
    let server = start();
    let page = server.api().page(&server.ready.publishable_key, ORIGIN);
    let (order, key) = (json!({"total": 5_000, "currency": "SAR", "reference": "order-1"}), fresh_key());
    let mut ids: Vec<String> = (0..20)
        .map(|_| page.post_once("/v1/checkouts", &order, &key).expect(201)["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20, "nothing is stored that a key could repeat, and nobody is given another's");
}

#[test]
fn token_carries_the_total_until_something_is_stored() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (checkout, page) = open(&server, 25_000);
    let patched =
        page.change("PATCH", &checkout.path(""), &json!({"total": 8_000, "eligible_total": 6_000})).expect(200);
    assert_eq!((&patched["total"], &patched["eligible_total"]), (&json!(8_000), &json!(6_000)));
    assert_eq!(page.get(&checkout.path("")).expect(200)["total"], 25_000, "the old token says what it said");
    let page = page.page(patched["token"].as_str().unwrap(), ORIGIN);
    assert_eq!(page.get(&checkout.path("")).expect(200)["total"], 8_000);
    let applied = checkout.apply(&page, &card.code).expect(201);
    assert_eq!((&applied["quote"]["covered"], &applied["quote"]["remaining"]), (&json!(6_000), &json!(2_000)));

    // From now on the stored checkout counts, whichever token asks.
    let old = server.api().page(&checkout.token, ORIGIN);
    assert_eq!(old.get(&checkout.path("")).expect(200)["total"], 8_000);
    let raised = old.change("PATCH", &checkout.path(""), &json!({"total": 9_000})).expect(200);
    assert_eq!(page.get(&checkout.path("")).expect(200)["quote"], raised["quote"]);
    let tender = raised["quote"]["tenders"][0]["id"].as_str().unwrap();
    let removed = page.delete(&checkout.path(&format!("/tenders/{tender}"))).expect(200);
    assert_eq!((&removed["quote"]["tenders"], &removed["quote"]["remaining"]), (&json!([]), &json!(9_000)));
}

#[test]
fn server_pays_only_for_the_order_that_it_knows() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (checkout, page) = open(&server, 25_000);
    checkout.apply(&page, &card.code).expect(201);
    for (order, code) in [
        (json!({"total": 24_999}), "total_mismatch"),
        (json!({"eligible_total": 1}), "total_mismatch"),
        (json!({"currency": "KWD"}), "currency_mismatch"),
        (json!({"reference": "order-2"}), "reference_mismatch"),
    ] {
        check_refused(&api, &checkout, &card, &order, code);
    }
    // The page changes what the server believes it is paid for.
    page.change("PATCH", &checkout.path(""), &json!({"total": 10_000})).expect(200);
    check_refused(&api, &checkout, &card, &json!({}), "total_mismatch");
    page.change("PATCH", &checkout.path(""), &json!({"total": 25_000, "eligible_total": 1})).expect(200);
    check_refused(&api, &checkout, &card, &json!({}), "total_mismatch");
    page.change("PATCH", &checkout.path(""), &json!({"total": 25_000})).expect(200);
    assert_eq!(checkout.act(&api, "authorize").expect(200)["quote"]["remaining"], 15_000);
    // Once authorized, the page changes nothing any more.
    assert_eq!(page.change("PATCH", &checkout.path(""), &json!({"total": 1})).problem(), (409, "checkout_not_open"));
    assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 10_000);
    assert_eq!(card.counters(&api), (0, 0));
}

#[test]
fn checkout_of_another_order_pays_for_nothing() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (paid, page) = open(&server, 5_000);
    paid.apply(&page, &card.code).expect(201);
    paid.act(&api, "capture").expect(200);
    // The page of a second order sends the first one's checkout.
    let second = with(&paid.order, &json!({"reference": "order-2"}));
    for act in ["authorize", "capture"] {
        assert_eq!(api.post(&paid.path(&format!("/{act}")), &second).problem(), (422, "reference_mismatch"));
        assert_eq!(paid.act(&api, act).problem(), (409, "already_captured"));
    }
    assert_eq!(card.counters(&api), (5_000, 0));
}

#[test]
fn fresh_token_of_a_page_made_checkout_may_do_what_the_first_could() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (checkout, page) = open(&server, 25_000);
    checkout.apply(&page, &card.code).expect(201);
    let fresh = api.post(&checkout.path("/tokens"), &json!({})).expect(200)["token"].as_str().unwrap().to_owned();
    let page = api.page(&fresh, ORIGIN);
    let changed = page.change("PATCH", &checkout.path(""), &json!({"total": 20_000})).expect(200);
    assert_eq!(changed["quote"]["remaining"], 10_000);
    assert_eq!(checkout.read(&api)["total"], 20_000);
}

#[test]
fn open_checkout_ends_at_its_time() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    // Nobody may open one for seconds, so its token is signed here, as the Worker would.
    let now_ms = shared::time::read(card.read(&api)["created_at"].as_str().unwrap()).unwrap();
    let (total, reference) = (Amount::new(5_000).unwrap(), "order-1".to_owned());
    let currency = Currency::parse("SAR").unwrap();
    let token = CheckoutToken {
        env: Env::Test,
        merchant: Merchant::parse("noor").unwrap(),
        checkout: format!("co_{}", "0".repeat(26)),
        origin: Some(ORIGIN.into()),
        expires_at_ms: now_ms + 1_500,
        order: Some(Order { total, eligible_total: total, currency, reference }),
    };
    let token = Secrets::development().keys().seal_token(&token).unwrap();
    let order = json!({"total": 5_000, "currency": "SAR", "reference": "order-1"});
    let checkout = Checkout { id: format!("co_{}", "0".repeat(26)), order, token };
    let page = api.page(&checkout.token, ORIGIN);
    checkout.apply(&page, &card.code).expect(201);
    until(Duration::from_secs(10), "the checkout ends", || (checkout.read(&api)["status"] == "expired").then_some(()));
    assert_eq!(page.get(&checkout.path("")).problem(), (401, "token_expired"));
    for act in ["authorize", "capture"] {
        assert_eq!(checkout.act(&api, act).problem(), (409, "checkout_not_open"));
    }
    assert_eq!(checkout.apply(&api, &Card::issue(&api, 1).code).problem(), (409, "checkout_not_open"));
    assert_eq!(api.change("PATCH", &checkout.path(""), &json!({"total": 1})).problem(), (409, "checkout_not_open"));
    assert_eq!(card.counters(&api), (10_000, 0));
}

#[test]
fn page_names_neither_an_origin_nor_a_place() {
    let server = start();
    let page = server.api().page(&server.ready.publishable_key, ORIGIN);
    let order = json!({"total": 5_000, "currency": "SAR", "reference": "order-1"});
    for (extra, field) in [(json!({"origin": ORIGIN}), "origin"), (json!({"location": "riyadh"}), "location")] {
        let refusal = page.post("/v1/checkouts", &with(&order, &extra));
        assert_eq!((refusal.problem(), refusal.json["field"].as_str()), ((422, "field_invalid"), Some(field)));
    }
}

#[test]
fn page_of_a_servers_checkout_adds_and_removes_cards_but_not_the_total() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let checkout = Checkout::open_as(&api, &json!({"total": 25_000, "origin": ORIGIN}));
    let page = api.page(&checkout.token, ORIGIN);
    let applied = checkout.apply(&page, &card.code).expect(201);
    assert_eq!(page.get(&checkout.path("")).expect(200), applied);
    assert_eq!(page.change("PATCH", &checkout.path(""), &json!({"total": 1})).problem(), (403, "key_scope"));
    let tender = applied["quote"]["tenders"][0]["id"].as_str().unwrap();
    assert_eq!(page.delete(&checkout.path(&format!("/tenders/{tender}"))).expect(200)["quote"]["remaining"], 25_000);
    assert_eq!(api.change("PATCH", &checkout.path(""), &json!({"total": 20_000})).expect(200)["total"], 20_000);
    assert_eq!(page.get(&checkout.path("")).expect(200)["quote"]["remaining"], 20_000);
}

#[test]
fn page_that_asks_for_more_than_there_is_is_not_told_what_there_is() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 1_234);
    let (checkout, page) = open(&server, 5_000);
    let more = json!({"amount": 1_235});
    let told = checkout.apply_with(&page, &card.code, &more);
    assert_eq!(told.problem(), (409, "insufficient_balance"));
    assert!(!String::from_utf8(told.body).unwrap().contains("1234"));
    let of_server = Checkout::open(&api, 5_000).apply_with(&api, &card.code, &more);
    assert_eq!((of_server.problem(), &of_server.json["available"]), ((409, "insufficient_balance"), &json!(1_234)));
    assert_eq!((card.counters(&api), card.entries(&api).len()), ((1_234, 0), 1));
}
