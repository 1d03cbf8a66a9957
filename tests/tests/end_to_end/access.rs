//! Who may do what: keys, scopes and tokens, and which refusal comes first.

use serde_json::{Value, json};
use shared::seal::{CheckoutToken, Env, Merchant};
use tests::api::{Api, fresh_key};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

fn start() -> Server {
    Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() })
}

/// Every request that is the server's alone, on a card, a redemption and a checkout.
fn of_servers(card: &Card, redemption: &str, checkout: &Checkout) -> Vec<(&'static str, String)> {
    let mut requests = vec![
        ("POST", "/v1/gift-cards".into()),
        ("GET", card.path("")),
        ("GET", card.path("/entries")),
        ("POST", "/v1/redemptions".into()),
        ("GET", format!("/v1/redemptions/{redemption}")),
        ("POST", format!("/v1/redemptions/{redemption}/refunds")),
        ("GET", "/v1/settings".into()),
        ("PUT", "/v1/settings".into()),
        ("PATCH", checkout.path("")),
    ];
    requests.extend(["/activate", "/freeze", "/unfreeze"].map(|act| ("POST", card.path(act))));
    requests.extend(["/tokens", "/authorize", "/capture", "/void", "/refunds"].map(|act| ("POST", checkout.path(act))));
    requests
}

/// The request is refused with `key_scope`, however bad it is otherwise.
#[track_caller]
fn check_scope(page: &Api, method: &str, path: &str) {
    let headers = [("Content-Type", "application/json")];
    let body = if method == "GET" || method == "DELETE" { Vec::new() } else { b"no json".to_vec() };
    let answer = page.send(method, path, &headers, body).unwrap();
    assert_eq!(answer.problem(), (403, "key_scope"), "{method} {path}");
}

#[test]
fn page_may_not_do_what_is_the_servers() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 100).expect(201)["id"].as_str().unwrap().to_owned();
    let checkout = Checkout::open_as(&api, &json!({"total": 5_000, "origin": ORIGIN}));
    let other = Checkout::open_as(&api, &json!({"total": 6_000, "origin": ORIGIN}));
    let tender = checkout.apply(&api, &card.code).expect(201)["quote"]["tenders"][0]["id"].as_str().unwrap().to_owned();
    let (publishable, token) = (api.page(&server.ready.publishable_key, ORIGIN), api.page(&checkout.token, ORIGIN));
    let before = (server.objects(), card.entries(&api).len(), checkout.read(&api), other.read(&api));
    for (method, path) in of_servers(&card, &redemption, &checkout) {
        check_scope(&publishable, method, &path);
        check_scope(&token, method, &path);
    }
    // A publishable key has no checkout at all, a token only its own.
    for (method, below) in [("GET", ""), ("POST", "/tenders")] {
        check_scope(&publishable, method, &checkout.path(below));
        check_scope(&token, method, &other.path(below));
    }
    check_scope(&publishable, "DELETE", &checkout.path(&format!("/tenders/{tender}")));
    check_scope(&token, "DELETE", &other.path(&format!("/tenders/{tender}")));
    check_scope(&token, "POST", "/v1/checkouts");
    check_scope(&token, "POST", "/v1/balances");
    let after = (server.objects(), card.entries(&api).len(), checkout.read(&api), other.read(&api));
    assert_eq!(after, before);
    assert_eq!(token.get(&checkout.path("")).expect(200)["quote"]["covered"], 5_000, "its own it may read");
}

#[test]
fn key_that_was_not_signed_here_is_refused() {
    let server = start();
    let api = server.api();
    let secrets = Secrets::development();
    let foreign = Secrets { auth: format!("0:sign:{}", "77".repeat(32)), ..secrets.clone() };
    let key = &server.ready.secret_key;
    let checkout = Checkout::open(&api, 5_000);
    let (payload, tag) = checkout.token.split_once('.').unwrap();
    let before = server.objects_asked();
    let cut = key[..key.len() - 1].to_owned();
    for bearer in [
        "x".into(),
        key.replace("_1_", "_2_"),
        key.replace("_1_", "_01_"),
        key.replace("noor", "other_shop"),
        key.replace("sk_test", "sk_live"),
        key.replace("sk_", "pk_"),
        server.ready.publishable_key.replace("pk_", "sk_"),
        cut,
        format!("{key}0"),
        key.to_uppercase(),
        foreign.secret_key(Env::Test, "noor"),
        format!("{payload}.{}", tag.to_lowercase()),
        format!("{payload}x.{tag}"),
        format!("{payload}."),
        "ct_e30.e30".into(),
        format!("mt_{tag}"),
    ] {
        let answer = api.with_key(&bearer).post("/v1/gift-cards", &json!({"amount": 1, "currency": "SAR"}));
        assert_eq!(answer.problem(), (401, "key_invalid"), "{bearer}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(api.with_key("").post("/v1/gift-cards", &json!({})).problem(), (401, "key_missing"));
    for authorization in ["", "Basic bm9vcjpub29y", key] {
        let answer = api.with_key("").send("GET", "/v1/settings", &[("Authorization", authorization)], Vec::new());
        assert_eq!(answer.unwrap().problem(), (401, "key_missing"), "{authorization}");
    }
    assert_eq!(server.objects_asked(), before);
}

#[test]
fn secret_key_in_a_browser_is_refused_without_effect() {
    let server = start();
    let before = server.objects();
    for origin in [ORIGIN, "https://evil.example", "null"] {
        let page = server.api().page(&server.ready.secret_key, origin);
        let answer = page.post("/v1/gift-cards", &json!({"amount": 1, "currency": "SAR"}));
        assert_eq!(answer.problem(), (403, "secret_key_in_browser"), "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(server.objects(), before);
}

#[test]
fn checkout_of_another_merchant_or_of_nobody_is_not_found() {
    let server = start();
    let api = server.api();
    let stranger = api.with_key(&Secrets::development().secret_key(Env::Test, "other_shop"));
    let (theirs, card) = (Checkout::open(&api, 5_000), Card::issue(&api, 10_000));
    theirs.apply(&api, &card.code).expect(201);
    theirs.act(&api, "authorize").expect(200);
    let of_nobody = |id: String| Checkout { id, ..theirs.clone() };
    let (before, authorized) = (server.objects(), theirs.read(&api));
    for (client, checkout) in [
        (&stranger, theirs.clone()),
        (&api, of_nobody(format!("co_{}", "0".repeat(32)))),
        (&api, of_nobody(format!("co_{}", "0".repeat(26)))),
        (&api, of_nobody("co_'%20OR%201=1--".into())),
        (&api, of_nobody(theirs.id.to_uppercase())),
        (&api, of_nobody(theirs.id.replace("co_", "gc_"))),
    ] {
        let own = Card::issue(client, 100);
        for answer in [
            client.get(&checkout.path("")),
            client.change("PATCH", &checkout.path(""), &json!({"total": 1})),
            client.post(&checkout.path("/tokens"), &json!({})),
            checkout.apply(client, &own.code),
            client.delete(&checkout.path("/tenders/tn_1")),
            checkout.act(client, "authorize"),
            checkout.act(client, "capture"),
            checkout.void(client),
            checkout.refund(client, 1),
        ] {
            assert_eq!(answer.problem(), (404, "not_found"), "{}", checkout.id);
        }
    }
    assert_eq!(server.objects(), before + 6, "the cards that were issued here");
    assert_eq!((theirs.read(&api), card.counters(&api)), (authorized, (5_000, 5_000)));
}

#[test]
fn expired_token_is_told_to_its_own_page_alone() {
    let server = start();
    let api = server.api();
    let checkout = Checkout::open_as(&api, &json!({"total": 5_000, "origin": ORIGIN}));
    let token = |expires_at_ms| {
        let token = CheckoutToken {
            env: Env::Test,
            merchant: Merchant::parse("noor").unwrap(),
            checkout: checkout.id.clone(),
            origin: Some(ORIGIN.into()),
            expires_at_ms,
            order: None,
        };
        Secrets::development().keys().seal_token(&token).unwrap()
    };
    let opened = shared::time::read(checkout.read(&api)["created_at"].as_str().unwrap()).unwrap();
    let (fresh, expired) = (token(opened + 60_000), token(opened));
    assert_eq!(api.page(&fresh, ORIGIN).get(&checkout.path("")).status, 200);
    let own = api.page(&expired, ORIGIN).get(&checkout.path(""));
    assert_eq!(own.problem(), (401, "token_expired"));
    assert_eq!(own.header("access-control-allow-origin"), Some(ORIGIN));
    let other = api.page(&expired, "https://evil.example").get(&checkout.path(""));
    assert_eq!(other.problem(), (403, "origin_not_allowed"));
    assert_eq!(other.header("access-control-allow-origin"), None);
    let again = api.post(&checkout.path("/tokens"), &json!({})).expect(200);
    assert_eq!(api.page(again["token"].as_str().unwrap(), ORIGIN).get(&checkout.path("")).status, 200);
}

#[test]
fn method_that_a_resource_does_not_take_is_refused_with_those_it_does() {
    let server = start();
    let stranger = server.api().with_key("");
    for (path, allowed) in [
        ("/healthz", "GET"),
        ("/widget/v1/raseed.js", "GET, HEAD"),
        ("/v1/gift-cards", "POST"),
        ("/v1/gift-cards/gc_1", "GET"),
        ("/v1/gift-cards/gc_1/entries", "GET"),
        ("/v1/gift-cards/gc_1/freeze", "POST"),
        ("/v1/balances", "POST"),
        ("/v1/redemptions", "POST"),
        ("/v1/redemptions/rd_1", "GET"),
        ("/v1/redemptions/rd_1/refunds", "POST"),
        ("/v1/checkouts", "POST"),
        ("/v1/checkouts/co_1", "GET, PATCH"),
        ("/v1/checkouts/co_1/capture", "POST"),
        ("/v1/checkouts/co_1/tenders", "POST"),
        ("/v1/checkouts/co_1/tenders/tn_1", "DELETE"),
        ("/v1/settings", "GET, PUT"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"] {
            if allowed.split(", ").any(|allowed| allowed == method) {
                continue;
            }
            let answer = stranger.send(method, path, &[], Vec::new()).unwrap();
            assert_eq!(answer.problem(), (405, "method_not_allowed"), "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        }
    }
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/gift-cards",
        "/v1/giftcards",
        "/v1/gift-cards/gc_1/x",
        "/v1/checkouts/co_1/tenders/tn_1/x",
        "/v1/%67ift-cards",
        "/.env",
        "/widget/v1/",
    ] {
        assert_eq!(stranger.get(path).problem(), (404, "not_found"), "{path}");
    }
}

#[test]
fn refusals_come_in_their_order() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let (stranger, in_browser) = (api.with_key(""), api.page(&server.ready.secret_key, ORIGIN));
    let key = fresh_key();
    let (text, json_type, once) =
        (("Content-Type", "text/plain"), ("Content-Type", "application/json"), ("Idempotency-Key", &*key));
    let bad_fields =
        json!({"code": "0000-0000-0000-0000-0000", "amount": 0, "currency": "SAR", "reference": "order-1"});
    let unknown = json!({"amount": 0});
    let bytes = |value: &Value| value.to_string().into_bytes();
    assert_eq!(stranger.announce("POST", "/v1/redemptions", &[text], 20_000).problem(), (413, "body_too_large"));
    // Each line mends the first fault of the line before.
    for (client, method, path, headers, body, expected) in [
        (&stranger, "PUT", "/v1/redemptions", vec![text], b"x".to_vec(), (405, "method_not_allowed")),
        (&stranger, "POST", "/v1/redemptions", vec![text], b"x".to_vec(), (415, "content_type")),
        (&stranger, "POST", "/v1/redemptions", vec![json_type], b"x".to_vec(), (401, "key_missing")),
        (&in_browser, "POST", "/v1/redemptions", vec![json_type], b"x".to_vec(), (403, "secret_key_in_browser")),
        (&api, "POST", "/v1/redemptions", vec![json_type], b"x".to_vec(), (400, "idempotency_key_missing")),
        (&api, "POST", "/v1/redemptions", vec![json_type, once], b"x".to_vec(), (400, "json_invalid")),
        (&api, "POST", "/v1/redemptions", vec![json_type, once], bytes(&bad_fields), (422, "amount_invalid")),
        (&api, "POST", "/v1/redemptions/rd_1/refunds", vec![json_type, once], bytes(&unknown), (422, "amount_invalid")),
        (
            &api,
            "POST",
            "/v1/redemptions/rd_1/refunds",
            vec![json_type, once],
            br#"{"amount":1}"#.to_vec(),
            (404, "not_found"),
        ),
        (
            &api,
            "POST",
            "/v1/redemptions",
            vec![json_type, once],
            bytes(&card.redemption(10_001)),
            (409, "insufficient_balance"),
        ),
    ] {
        let answer = client.send(method, path, &headers, body).unwrap();
        assert_eq!(answer.problem(), expected);
    }
}
