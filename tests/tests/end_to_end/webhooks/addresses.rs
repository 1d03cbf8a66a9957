//! Where webhooks may go, and who may say so.

use super::{Endpoint, start};
use serde_json::{Value, json};
use shared::seal::Env;
use tests::api::{Api, fresh_key};
use tests::receiver::Receiver;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

#[track_caller]
fn check_refused(api: &Api, url: &str) {
    let answer = api.post("/v1/webhook-endpoints", &json!({"url": url}));
    assert_eq!((answer.problem(), &answer.json["field"]), ((422, "field_invalid"), &json!("url")), "{url}");
}

#[test]
fn live_webhooks_go_to_public_names_over_https_only() {
    let secrets = Secrets::private();
    let server = Server::start_with(secrets.settings());
    let live = server.api().with_key(&secrets.secret_key(Env::Live, "noor"));
    Endpoint::register(&live, "https://hooks.shop.example/raseed?shop=1");
    for url in [
        "http://hooks.shop.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://metadata.google.internal/",
        "https://hooks.shop.example./",
        "https://user@hooks.shop.example/",
        "https://hooks.shop.example\\@127.0.0.1/",
        "https://①②⑦.0.0.1/",
    ] {
        check_refused(&live, url);
    }
    assert_eq!(live.get("/v1/webhook-endpoints").expect(200)["data"].as_array().unwrap().len(), 1);
}

#[test]
fn server_with_secrets_of_its_own_connects_to_public_addresses_only() {
    let secrets = Secrets::private();
    let server = Server::start_with(secrets.settings());
    let receiver = Receiver::start();
    // In `test` a merchant may name any address; where it leads to is not the merchant's to choose.
    for url in [receiver.url.clone(), receiver.url.replace("127.0.0.1", "localhost")] {
        let endpoint = Endpoint::register(&server.api(), &url);
        let told = server.api().post(&endpoint.path("/test"), &json!({})).expect(200);
        assert_eq!((&told["status"], &told["attempts"][0]["outcome"]), (&json!("failed"), &json!("unreachable")));
    }
    assert_eq!(receiver.got(), []);
}

#[test]
fn request_that_is_no_endpoint_is_refused_by_its_field() {
    let server = start();
    let api = server.api();
    for (body, code, field) in [
        (json!({}), "field_invalid", "url"),
        (json!({"url": 5}), "field_invalid", "url"),
        (json!({"url": "ftp://shop.example"}), "field_invalid", "url"),
        (json!({"url": "https://shop.example", "events": "all"}), "field_invalid", "events"),
        (json!({"url": "https://shop.example", "events": ["gift_card.sold"]}), "field_invalid", "events[0]"),
        (json!({"url": "https://shop.example", "events": ["guard.alarm", "guard.alarm"]}), "field_invalid", "events"),
        (json!({"url": "https://shop.example", "secret": "mine"}), "unknown_field", "secret"),
    ] {
        let answer = api.post("/v1/webhook-endpoints", &body);
        assert_eq!((answer.problem(), &answer.json["field"]), ((422, code), &json!(field)), "{body}");
    }
    assert_eq!(api.get("/v1/webhook-endpoints").expect(200)["data"], json!([]));
}

/// Every request about webhooks, on an endpoint.
fn requests(endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    let mut requests = vec![
        ("GET", "/v1/events".into()),
        ("GET", "/v1/webhook-endpoints".into()),
        ("POST", "/v1/webhook-endpoints".into()),
        ("GET", endpoint.path("")),
        ("DELETE", endpoint.path("")),
        ("GET", endpoint.path("/deliveries")),
        ("POST", endpoint.path("/deliveries/ev_1/redeliver")),
    ];
    requests.extend(["/rotate", "/enable", "/test"].map(|act| ("POST", endpoint.path(act))));
    requests
}

#[test]
fn webhooks_are_the_business_of_the_merchant_s_own_server() {
    const ORIGIN: &str = "https://shop.example";
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let page = api.page(&server.ready.publishable_key, ORIGIN);
    let stranger = api.with_key(&Secrets::development().secret_key(Env::Test, "other"));
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "a-key-of-a-stranger")];
    for (method, path) in requests(&endpoint) {
        let body = if method == "POST" { b"{}".to_vec() } else { Vec::new() };
        let answer = page.send(method, &path, &headers, body.clone()).unwrap();
        assert_eq!(answer.problem(), (403, "key_scope"), "{method} {path}");
        if path.contains(&endpoint.id) {
            let answer = stranger.send(method, &path, &headers, body).unwrap();
            assert_eq!(answer.problem(), (404, "not_found"), "{method} {path}");
        }
    }
    assert_eq!(stranger.get("/v1/events").expect(200)["data"], json!([]));
    assert_eq!((&endpoint.read(&api)["status"], receiver.got()), (&json!("active"), Vec::new()));
    for act in ["/rotate", "/enable", "/test", "/deliveries/ev_1/redeliver"] {
        let json = [("Content-Type", "application/json")];
        let answer = api.send("POST", &endpoint.path(act), &json, b"{}".to_vec()).unwrap();
        assert_eq!(answer.problem(), (400, "idempotency_key_missing"), "{act}");
        let answer = api.post_once(&endpoint.path(act), &json!({"now": true}), &fresh_key());
        assert_eq!((answer.problem(), &answer.json["field"]), ((422, "unknown_field"), &json!("now")), "{act}");
    }
    assert_eq!(api.get(&endpoint.path("/deliveries?cursor=x")).problem(), (400, "cursor_invalid"));
    assert_eq!(endpoint.read(&api)["rotated_at"], Value::Null);
}
