//! Pages: which origin may ask, and what a browser lets it read.

use serde_json::{Value, json};
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// Origins that look like the shop's and are not.
const FOREIGN: [&str; 11] = [
    "null",
    "https://shop.example.evil.example",
    "https://evil.example",
    "https://evilshop.example",
    "https://sub.shop.example",
    "http://shop.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "https://shop.example/",
    "https://shop.example, https://evil.example",
    "*",
];

fn start() -> Server {
    Server::start_with(Settings { origins: vec![ORIGIN.into(), "http://127.0.0.1:4000".into()], ..Settings::default() })
}

/// The answer is a refusal that no page can read.
#[track_caller]
fn check_unreadable(answer: &Answer, origin: &str) {
    assert_eq!(answer.problem(), (403, "origin_not_allowed"), "{origin}");
    assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{origin}");
    assert_eq!(answer.header("vary"), Some("Origin"));
}

fn order(total: u64) -> Value {
    json!({"total": total, "currency": "SAR", "reference": "order-1"})
}

#[test]
fn page_of_an_allowed_origin_may_read_its_answers() {
    let server = start();
    let card = Card::issue(&server.api(), 10_000);
    for origin in [ORIGIN, "http://127.0.0.1:4000"] {
        let page = server.api().page(&server.ready.publishable_key, origin);
        let readable = |answer: &Answer| {
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("vary"), Some("Origin"));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
        };
        let opened = page.post("/v1/checkouts", &order(5_000));
        readable(&opened);
        assert_eq!(opened.status, 201);
        let refused = page.post("/v1/checkouts", &order(0));
        readable(&refused);
        assert_eq!(refused.problem(), (422, "amount_invalid"));
        let balance = page.change("POST", "/v1/balances", &json!({"code": card.code}));
        readable(&balance);
        let balance = balance.expect(200);
        assert_eq!(
            (&balance["available"], &balance["last4"], balance.get("id")),
            (&json!(10_000), &json!(card.last4), None)
        );
    }
}

#[test]
fn page_of_another_origin_is_refused_without_effect() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let checkout = Checkout::open_as(&api, &json!({"total": 5_000, "origin": ORIGIN}));
    let (objects, asked) = (server.objects(), server.objects_asked());
    let check = |publishable: &Api, token: &Api, origin: &str| {
        check_unreadable(&publishable.post("/v1/checkouts", &order(5_000)), origin);
        check_unreadable(&publishable.post("/v1/balances", &json!({"code": card.code})), origin);
        check_unreadable(&checkout.apply(token, &card.code), origin);
        check_unreadable(&token.get(&checkout.path("")), origin);
    };
    for origin in FOREIGN {
        check(&api.page(&server.ready.publishable_key, origin), &api.page(&checkout.token, origin), origin);
    }
    // Without an origin it is no page, and these keys are for pages.
    check(&api.with_key(&server.ready.publishable_key), &api.with_key(&checkout.token), "none");
    let of_no_page = Checkout::open(&api, 5_000);
    check_unreadable(&api.page(&of_no_page.token, ORIGIN).get(&of_no_page.path("")), ORIGIN);
    assert_eq!(api.with_key(&of_no_page.token).get(&of_no_page.path("")).status, 200);
    assert_eq!((server.objects(), server.objects_asked()), (objects + 1, asked + 1), "the last checkout");
    assert_eq!(checkout.read(&api)["quote"]["tenders"], json!([]));
}

#[test]
fn preflight_is_answered_for_any_origin_since_it_carries_no_key() {
    let server = start();
    for origin in [ORIGIN, "https://evil.example", "null"] {
        for path in ["/v1/checkouts", "/v1/checkouts/co_1/tenders", "/v1/balances"] {
            let headers = [
                ("Origin", origin),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"),
            ];
            let answer = server.api().with_key("").send("OPTIONS", path, &headers, Vec::new()).unwrap();
            assert_eq!((answer.status, answer.body.len()), (204, 0));
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("vary"), Some("Origin"));
            let allows = |name: &str, wanted: &[&str]| {
                let told = answer.header(name).unwrap().to_lowercase();
                wanted.iter().all(|one| told.split(", ").any(|entry| entry == *one))
            };
            assert!(allows("access-control-allow-methods", &["get", "post", "patch", "delete"]));
            assert!(allows("access-control-allow-headers", &["authorization", "content-type", "idempotency-key"]));
            assert!(answer.header("access-control-max-age").unwrap().parse::<u64>().unwrap() >= 600);
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
}

#[test]
fn settings_name_the_origins_and_count_at_once() {
    let server = start();
    let api = server.api();
    let page = api.page(&server.ready.publishable_key, ORIGIN);
    assert_eq!(api.get("/v1/settings").expect(200)["origins"], json!([ORIGIN, "http://127.0.0.1:4000"]));
    for origins in [
        json!(["null"]),
        json!(["*"]),
        json!(["https://shop.example/"]),
        json!(["shop.example"]),
        json!([5]),
        json!("https://shop.example"),
        json!(null),
    ] {
        let refusal = api.change("PUT", "/v1/settings", &json!({"origins": origins}));
        let named = if origins.is_array() { "origins[0]" } else { "origins" };
        assert_eq!((refusal.problem(), refusal.json["field"].as_str()), ((422, "field_invalid"), Some(named)));
    }
    let too_many: Vec<String> = (0..51).map(|number| format!("https://shop{number}.example")).collect();
    assert_eq!(api.change("PUT", "/v1/settings", &json!({"origins": too_many})).problem(), (422, "field_invalid"));
    assert_eq!(page.post("/v1/checkouts", &order(5_000)).status, 201, "a refused change changes nothing");
    api.change("PUT", "/v1/settings", &json!({"origins": ["https://other.example"]})).expect(200);
    check_unreadable(&page.post("/v1/checkouts", &order(5_000)), ORIGIN);
    let other = api.page(&server.ready.publishable_key, "https://other.example");
    assert_eq!(other.post("/v1/checkouts", &order(5_000)).status, 201);
}
