//! Gift cards: what an issue makes, what changes a card's state, and who is told of it.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::{Checkout, with};
use tests::patience::until;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// Whoever shows the code is refused for that reason, a server and a page alike; only the server is told a balance.
#[track_caller]
fn check_refused(server: &Server, card: &Card, expected: (u16, &str)) -> Value {
    let api = server.api();
    let before = (card.counters(&api), card.entries(&api).len());
    let page = api.page(&server.ready.publishable_key, ORIGIN);
    let of_page = Checkout::open(&page, 5_000);
    let of_server = Checkout::open(&api, 5_000);
    let objects = server.objects();
    let told: Vec<Answer> = vec![
        card.redeem(&api, "max"),
        card.redeem(&api, 1),
        of_server.apply(&api, &card.code),
        of_page.apply(&page.page(&of_page.token, ORIGIN), &card.code),
    ];
    for answer in &told {
        assert_eq!(answer.problem(), expected);
    }
    assert_eq!(told[3].json.get("available"), None);
    assert_eq!(server.objects(), objects, "a refused tender stores no checkout");
    assert_eq!((card.counters(&api), card.entries(&api).len()), before);
    told[0].json.clone()
}

fn start() -> Server {
    Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() })
}

fn status(api: &Api, card: &Card) -> String {
    card.read(api)["status"].as_str().unwrap().into()
}

#[test]
fn issue_answers_with_the_whole_card_and_its_code_once() {
    let server = start();
    let api = server.api();
    let plain = api.post("/v1/gift-cards", &json!({"amount": 10_000, "currency": "SAR"})).expect(201);
    for (name, value) in [
        ("kind", json!("paid_gift")),
        ("status", json!("active")),
        ("currency", json!("SAR")),
        ("issued", json!(10_000)),
        ("available", json!(10_000)),
        ("held", json!(0)),
        ("expires_at", json!(null)),
    ] {
        assert_eq!(plain[name], value, "{name}");
    }
    let card = Card::of(&plain);
    assert_eq!(card.code.len(), 24);
    assert!(card.code.ends_with(&card.last4));
    let mut read = plain;
    for told_once in ["code", "link"] {
        assert!(read.as_object_mut().unwrap().remove(told_once).is_some(), "{told_once}");
    }
    assert_eq!(card.read(&api), read);

    for kind in ["paid_gift", "promo", "refund_credit", "reward", "donated"] {
        let fields = json!({"amount": 1, "currency": "KWD", "kind": kind, "active": false, "expires_at": "2999-12-31T23:59:59+03:00",
            "reference": "طلب ١", "campaign": "ramadan", "location": "riyadh"});
        let card = Card::issue_as(&api, &fields).read(&api);
        assert_eq!((&card["kind"], &card["status"]), (&json!(kind), &json!("inactive")));
        assert_eq!(card["expires_at"], "2999-12-31T20:59:59.000Z");
    }
}

#[test]
fn inactive_card_is_refused_until_it_is_activated() {
    let server = start();
    let api = server.api();
    let card = Card::issue_as(&api, &json!({"amount": 10_000, "currency": "SAR", "active": false}));
    check_refused(&server, &card, (409, "card_inactive"));
    assert_eq!(status(&api, &card), "inactive");
    assert_eq!(api.post(&card.path("/activate"), &json!({"location": "till-3"})).expect(200)["status"], "active");
    assert_eq!(api.post(&card.path("/activate"), &json!({})).problem(), (409, "card_already_active"));
    assert_eq!(card.redeem(&api, 10_000).expect(201)["balance_after"], 0);
}

#[test]
fn frozen_card_is_refused_until_it_is_unfrozen_but_takes_refunds() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 4_000).expect(201);
    assert_eq!(api.post(&card.path("/unfreeze"), &json!({})).problem(), (409, "card_not_frozen"));
    assert_eq!(api.post(&card.path("/freeze"), &json!({"reason": "lost"})).expect(200)["status"], "frozen");
    assert_eq!(api.post(&card.path("/freeze"), &json!({})).problem(), (409, "card_frozen"));
    check_refused(&server, &card, (409, "card_frozen"));
    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    assert_eq!(api.post(&refunds, &json!({"amount": 4_000})).expect(201)["balance_after"], 10_000);
    assert_eq!(api.post(&card.path("/unfreeze"), &json!({})).expect(200)["status"], "active");
    assert_eq!(card.redeem(&api, "max").expect(201)["amount"], 10_000);
    assert_eq!(fold(&card.entries(&api)), (0, 0));
}

#[test]
fn expired_card_is_refused_and_its_holder_told_since_when() {
    let server = start();
    let api = server.api();
    let probe = Card::issue(&api, 1).read(&api)["created_at"].as_str().unwrap().to_owned();
    let expires_at = shared::time::write(shared::time::read(&probe).unwrap() + 1_500);
    let fields = json!({"amount": 10_000, "currency": "SAR", "expires_at": expires_at});
    let (card, inactive) =
        (Card::issue_as(&api, &fields), Card::issue_as(&api, &with(&fields, &json!({"active": false}))));
    let checkout = Checkout::open(&api, 6_000);
    checkout.apply(&api, &card.code).expect(201);
    checkout.act(&api, "authorize").expect(200);
    assert_eq!(card.redeem(&api, 1_000).expect(201)["balance_after"], 3_000);

    until(Duration::from_secs(10), "the card expires", || (status(&api, &card) == "expired").then_some(()));
    assert_eq!(check_refused(&server, &card, (410, "card_expired"))["expired_at"], expires_at);
    assert_eq!(api.post(&card.path("/activate"), &json!({})).problem(), (409, "card_already_active"));
    assert_eq!(api.post(&inactive.path("/activate"), &json!({})).problem(), (410, "card_expired"));
    let balance = api.change("POST", "/v1/balances", &json!({"code": card.code})).expect(200);
    assert_eq!((&balance["status"], &balance["expires_at"]), (&json!("expired"), &json!(expires_at)));
    // What was held before is still paid with: the shopper chose in time.
    checkout.act(&api, "capture").expect(200);
    assert_eq!(card.counters(&api), (3_000, 0));
}

#[test]
fn used_up_card_is_refused_as_empty() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 100);
    card.redeem(&api, 100).expect(201);
    assert_eq!(check_refused(&server, &card, (409, "insufficient_balance"))["available"], 0);
    assert_eq!(status(&api, &card), "used_up");
}

#[test]
fn entries_come_in_pages_that_join_without_gap_or_repetition() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    for amount in 1..=6 {
        card.redeem(&api, amount).expect(201);
    }
    let page = |query: &str| api.get(&card.path(&format!("/entries?{query}")));
    let whole = page("").expect(200);
    assert_eq!((whole["data"].as_array().unwrap().len(), &whole["next_cursor"]), (7, &json!(null)));
    for limit in [1, 3, 7, 100] {
        let (mut joined, mut cursor) = (Vec::new(), String::new());
        loop {
            let part = page(&format!("limit={limit}{cursor}")).expect(200);
            let data = part["data"].as_array().unwrap();
            assert!(data.len() <= limit);
            joined.extend(data.iter().cloned());
            match part["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(json!(joined), whole["data"], "limit {limit}");
    }
    let line = &whole["data"][1];
    assert_eq!(
        (&line["seq"], &line["action"], &line["amount"], &line["reference"]),
        (&json!(2), &json!("redeem"), &json!(1), &json!("order-1"))
    );

    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=-1",
        "cursor=x",
        "cursor=-1",
        "cursor=1.5",
        "cursor=%31",
        "cursor=",
        "cursor=9007199254740992",
        "cursor=18446744073709551615",
        "cursor=18446744073709551616",
        "cursor=1'--",
    ] {
        assert_eq!(page(query).problem(), (400, "cursor_invalid"), "{query}");
    }
    assert_eq!(page("page=2").problem(), (422, "unknown_field"));
    assert_eq!(page("cursor=9007199254740991").expect(200)["data"], json!([]), "beyond the end there is nothing");
}

#[test]
fn reference_that_no_card_has_is_not_found_and_writes_nothing() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 100);
    let before = server.objects();
    for id in [
        "gc_00000000000000000000000000000000",
        "gc_",
        "gc_0",
        &card.id.to_uppercase(),
        &card.id[3..],
        &card.code,
        "gc_'%20OR%201=1%20--%20aaaaaaaaaaaaaaaa",
        "%2e%2e",
    ] {
        for below in ["", "/entries"] {
            assert_eq!(api.get(&format!("/v1/gift-cards/{id}{below}")).problem(), (404, "not_found"), "{id}{below}");
        }
        for act in ["activate", "freeze", "unfreeze"] {
            assert_eq!(
                api.post(&format!("/v1/gift-cards/{id}/{act}"), &json!({})).problem(),
                (404, "not_found"),
                "{id}"
            );
        }
    }
    assert_eq!(server.objects(), before);
}
