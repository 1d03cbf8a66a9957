//! Keys: whatever changes something needs an idempotency key of its own, and an API key that was revoked counts no more.

use serde_json::{Value, json};
use shared::seal::{KeyKind, Scope};
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::checkout::{Checkout, with};
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

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

/// Revokes a key. It needs no idempotency key: a key that was revoked is revoked.
fn revoke(api: &Api, id: &str) -> Answer {
    api.change("POST", &format!("/v1/keys/{id}/revoke"), &json!({}))
}

#[test]
fn revoked_key_counts_no_more_and_the_others_do() {
    const ORIGIN: &str = "https://shop.example";
    let mut server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let (api, secrets) = (server.api(), Secrets::development());
    let client = |kind, number| match kind {
        KeyKind::Publishable => api.page(&secrets.numbered_key(kind, "noor", number), ORIGIN),
        _ => api.with_key(&secrets.numbered_key(kind, "noor", number)),
    };
    let pos = |number| api.with_key(&secrets.restricted_key(&[Scope::Pos], "noor", number));
    let card = Card::issue(&api, 10_000);
    let ask = |api: &Api| api.change("POST", "/v1/balances", &json!({"code": card.code}));
    for (id, revoked, other) in [
        ("sk_2", client(KeyKind::Secret, 2), client(KeyKind::Secret, 3)),
        ("pk_2", client(KeyKind::Publishable, 2), client(KeyKind::Publishable, 3)),
        ("rk_2", pos(2), pos(3)),
    ] {
        assert_eq!((ask(&revoked).status, ask(&other).status), (200, 200), "{id}");
        let answer = revoke(&api, id).expect(200);
        assert!(answer["revoked_keys"].as_array().unwrap().contains(&json!(id)));
        assert_eq!(revoke(&api, id).expect(200), answer, "again it is the same");
        assert_eq!(ask(&revoked).problem(), (401, "key_revoked"), "{id}");
        assert_eq!(ask(&other).status, 200, "{id}");
    }
    assert_eq!(card.redeem(&client(KeyKind::Secret, 2), 100).problem(), (401, "key_revoked"));
    let both = api.with_key(&secrets.restricted_key(&[Scope::Pos, Scope::Reports], "noor", 2));
    assert_eq!(both.get("/v1/reports/summary").problem(), (401, "key_revoked"), "whatever its scopes");
    assert_eq!(api.get("/v1/settings").expect(200)["revoked_keys"], json!(["pk_2", "rk_2", "sk_2"]));
    server.kill();
    server.restart();
    assert_eq!(ask(&client(KeyKind::Secret, 2)).problem(), (401, "key_revoked"));
    assert_eq!(card.counters(&api), (10_000, 0));
}

#[test]
fn key_cannot_revoke_itself_and_history_tells_who_revoked_which() {
    let server = Server::start();
    let (api, second) = (server.api(), Secrets::development().numbered_key(KeyKind::Secret, "noor", 2));
    let second = server.api().with_key(&second);
    let itself = revoke(&api, "sk_1");
    assert_eq!((itself.problem(), &itself.json["retryable"]), ((409, "key_revokes_itself"), &json!(false)));
    api.get("/v1/settings").expect(200);
    for id in ["sk_", "sk_01", "ct_1", "1", "sk_test_noor_2", "sk_4294967296", "%20sk_1"] {
        assert_eq!(revoke(&api, id).problem(), (404, "not_found"), "{id}");
    }
    revoke(&second, "sk_1").expect(200);
    assert_eq!(revoke(&api, "sk_2").problem(), (401, "key_revoked"));
    let history = second.get("/v1/settings/history").expect(200);
    let change = json!({"path": "revoked_keys", "old": [], "new": ["sk_1"]});
    assert_eq!((&history["data"][0]["by"], &history["data"][0]["changed"]), (&json!("sk_2"), &json!([change])));
}

#[test]
fn key_of_another_merchant_is_not_the_same_key() {
    let server = Server::start();
    let other = Secrets::development().secret_key(shared::seal::Env::Test, "other_shop");
    let other = server.api().with_key(&other);
    revoke(&other, "sk_2").expect(200);
    let own = Secrets::development().numbered_key(KeyKind::Secret, "noor", 2);
    server.api().with_key(&own).get("/v1/settings").expect(200);
}
