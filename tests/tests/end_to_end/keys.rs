//! Whatever changes something needs a key of its own: without one, or with one that is none, nothing happens.

use serde_json::{Value, json};
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::checkout::{Checkout, with};
use tests::server::Server;

/// Every request that changes something, as it would be done.
fn changes(api: &Api) -> (Card, Checkout, Vec<(String, Value)>) {
    let card = Card::issue(api, 10_000);
    let inactive = Card::issue_as(api, &json!({"amount": 1, "currency": "SAR", "active": false}));
    let sale = card.redeem(api, 100).expect(201);
    let checkout = Checkout::open(api, 5_000);
    checkout.apply(api, &card.code).expect(201);
    let nothing = json!({});
    let changes = vec![
        ("/v1/gift-cards".into(), json!({"amount": 100, "currency": "SAR"})),
        (inactive.path("/activate"), nothing.clone()),
        (card.path("/freeze"), nothing.clone()),
        (card.path("/unfreeze"), nothing.clone()),
        ("/v1/redemptions".into(), card.redemption(100)),
        (format!("/v1/redemptions/{}/refunds", sale["id"].as_str().unwrap()), json!({"amount": 100})),
        ("/v1/checkouts".into(), with(&checkout.order, &json!({"reference": "order-2"}))),
        (checkout.path("/tenders"), json!({"gift_card": {"code": inactive.code}})),
        (checkout.path("/tokens"), nothing.clone()),
        (checkout.path("/authorize"), checkout.order.clone()),
        (checkout.path("/capture"), checkout.order.clone()),
        (checkout.path("/extend"), nothing.clone()),
        (checkout.path("/void"), nothing),
        (checkout.path("/refunds"), json!({"amount": 100})),
    ];
    (card, checkout, changes)
}

#[test]
fn change_without_a_good_key_is_refused_on_every_resource_and_nothing_happens() {
    let server = Server::start();
    let api = server.api();
    let (card, checkout, changes) = changes(&api);
    let seen = || (server.objects(), card.read(&api), card.entries(&api), checkout.read(&api));
    let before = seen();
    for (path, body) in &changes {
        let send = |key: Option<&str>| -> Answer {
            let mut headers = vec![("Content-Type", "application/json")];
            headers.extend(key.map(|key| ("Idempotency-Key", key)));
            api.send("POST", path, &headers, body.to_string().into_bytes()).unwrap()
        };
        assert_eq!(send(None).problem(), (400, "idempotency_key_missing"), "{path}");
        for bad in ["", "fifteen-symbols", &"x".repeat(256), "sixteen-symbols-\u{e9}", "tab\tin-the-middle-of-it"] {
            assert_eq!(send(Some(bad)).problem(), (400, "idempotency_key_invalid"), "{path} {bad}");
        }
    }
    assert_eq!(seen(), before);
}
