//! Bad requests: each is refused for its own reason, changes nothing, and the next good one works.

use serde_json::{Value, json};
use tests::api::{Answer, Api, fresh_key};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::server::Server;

/// Sends exactly these bytes with everything else right.
fn post(api: &Api, path: &str, body: &[u8]) -> Answer {
    post_as(api, path, "application/json", body)
}

fn post_as(api: &Api, path: &str, content_type: &str, body: &[u8]) -> Answer {
    let headers = [("Content-Type", content_type), ("Idempotency-Key", &fresh_key())];
    api.send("POST", path, &headers, body.to_vec()).unwrap()
}

/// The request is refused with a whole problem document that names the field, and an honest shop is served at once.
#[track_caller]
fn check(api: &Api, path: &str, body: &[u8], expected: (u16, &str, Option<&str>)) {
    let (status, code, field) = expected;
    let answer = post(api, path, body);
    let shown = String::from_utf8_lossy(&body[..body.len().min(100)]);
    assert_eq!(answer.problem(), (status, code), "{path} {shown}");
    assert_eq!(answer.json["field"].as_str(), field, "{path} {shown}");
    assert_eq!((&answer.json["status"], &answer.json["retryable"]), (&json!(status), &json!(false)));
    assert_eq!(answer.json["type"], format!("urn:raseed:problem:{code}"));
    assert!(answer.json["title"].is_string());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(api.get("/v1/settings").status, 200);
}

#[test]
fn amount_is_a_whole_number_of_minor_units_everywhere() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 100).expect(201);
    let checkout = Checkout::open(&api, 5_000);
    checkout.apply(&api, &card.code).expect(201);
    let order = format!(r#""currency":"SAR","reference":{}"#, checkout.order["reference"]);
    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    let code = &card.code;
    let requests = [
        ("/v1/gift-cards".into(), r#"{"amount":NUMBER,"currency":"SAR"}"#.into(), "amount"),
        (
            "/v1/redemptions".into(),
            format!(r#"{{"code":"{code}","amount":NUMBER,"currency":"SAR","reference":"order-1"}}"#),
            "amount",
        ),
        (refunds, r#"{"amount":NUMBER}"#.into(), "amount"),
        ("/v1/checkouts".into(), format!(r#"{{"total":NUMBER,{order}}}"#), "total"),
        (checkout.path("/tenders"), format!(r#"{{"gift_card":{{"code":"{code}"}},"amount":NUMBER}}"#), "amount"),
        (checkout.path("/authorize"), format!(r#"{{"total":NUMBER,{order}}}"#), "total"),
        (checkout.path("/capture"), format!(r#"{{"total":5000,"amount":NUMBER,{order}}}"#), "amount"),
        (checkout.path("/refunds"), r#"{"amount":NUMBER}"#.into(), "amount"),
    ];
    let before = server.objects();
    let entries = card.entries(&api).len();
    for (path, body, field) in &requests {
        let with = |number: &str| body.replace("NUMBER", number).into_bytes();
        // 2^53, 2^64 − 1 and 2^64 are numbers to JSON, and none of ours.
        for number in [
            "0",
            "-1",
            "-0",
            "10.5",
            "\"10\"",
            "1e3",
            "1.0",
            "1E0",
            "9007199254740992",
            "18446744073709551615",
            "18446744073709551616",
            "true",
            "[]",
            "{}",
        ] {
            check(&api, path, &with(number), (422, "amount_invalid", Some(field)));
        }
        for no_json in ["NaN", "Infinity", "1e400", "01", "+1", "0x10", "1_000", "١٠"] {
            check(&api, path, &with(no_json), (400, "json_invalid", None));
        }
    }
    check(&api, "/v1/gift-cards", br#"{"currency":"SAR"}"#, (422, "amount_invalid", Some("amount")));
    check(&api, "/v1/gift-cards", br#"{"amount":null,"currency":"SAR"}"#, (422, "amount_invalid", Some("amount")));
    assert_eq!((server.objects(), card.entries(&api).len()), (before, entries));
    assert_eq!(card.counters(&api), (9_900, 0));
    let largest = Card::issue(&api, 9_007_199_254_740_991);
    assert_eq!(largest.counters(&api), (9_007_199_254_740_991, 0));
}

#[test]
fn body_that_is_no_strict_json_object_is_refused() {
    let server = Server::start();
    let api = server.api();
    let before = server.objects();
    let deep =
        |open: &str| format!(r#"{{"amount":1,"currency":"SAR","x":{}"#, open.repeat(10_000 / open.len())).into_bytes();
    for body in [
        &b"x"[..],
        b" ",
        b"[]",
        b"1",
        b"null",
        b"\"{}\"",
        b"{\"amount\":1,\"amount\":1,\"currency\":\"SAR\"}",
        b"{\"amount\":1,\"currency\":\"SAR\",\"\\u0061mount\":2}",
        b"\xef\xbb\xbf{\"amount\":1,\"currency\":\"SAR\"}",
        b"{\"amount\":1,\"currency\":\"SAR\"}{}",
        b"{\"amount\":1,\"currency\":\"SAR\",}",
        b"{'amount':1}",
        b"{\"amount\":1,\"currency\":\"SAR\"",
        b"{\"amount\":1,\"currency\":\"\xff\xfe\"}",
        b"amount=1&currency=SAR",
    ] {
        check(&api, "/v1/gift-cards", body, (400, "json_invalid", None));
    }
    for body in [vec![b'['; 10_000], vec![b'{'; 10_000], deep("["), deep("{\"a\":")] {
        check(&api, "/v1/gift-cards", &body, (400, "json_too_deep", None));
    }
    // No body is an empty object, which lacks an amount here and nothing elsewhere.
    check(&api, "/v1/gift-cards", b"", (422, "amount_invalid", Some("amount")));
    assert_eq!(server.objects(), before);
    let card = Card::issue(&api, 100);
    assert_eq!(post(&api, &card.path("/freeze"), b"").expect(200)["status"], "frozen");
}

#[test]
fn field_of_the_wrong_kind_is_named() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let checkout = Checkout::open(&api, 5_000);
    let before = server.objects();
    let issue = |name: &str, value: &Value| {
        tests::checkout::with(&json!({"amount": 1, "currency": "SAR"}), &json!({name: value}))
    };
    let long = "x".repeat(129);
    for (name, value) in [
        ("currency", json!("sar")),
        ("currency", json!("SA")),
        ("currency", json!("ABC")),
        ("currency", json!(682)),
        ("kind", json!("gold")),
        ("kind", json!(1)),
        ("active", json!("yes")),
        ("active", json!(1)),
        ("expires_at", json!("tomorrow")),
        ("expires_at", json!(2_000_000_000)),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("expires_at", json!("10000-01-01T00:00:00Z")),
        ("reference", json!("")),
        ("reference", json!(5)),
        ("reference", json!(long)),
        ("reference", json!("a\r\nSet-Cookie: x")),
        ("campaign", json!("\u{0}")),
        ("location", json!(["x"])),
    ] {
        check(&api, "/v1/gift-cards", issue(name, &value).to_string().as_bytes(), (422, "field_invalid", Some(name)));
    }
    let order = |extra: Value| tests::checkout::with(&checkout.order, &extra).to_string().into_bytes();
    for (extra, field) in [
        (json!({"ttl_seconds": 59}), "ttl_seconds"),
        (json!({"ttl_seconds": "60"}), "ttl_seconds"),
        (json!({"ttl_seconds": 604_801}), "ttl_seconds"),
        (json!({"origin": "null"}), "origin"),
        (json!({"origin": "https://shop.example/"}), "origin"),
        (json!({"origin": "*"}), "origin"),
        (json!({"reference": null}), "reference"),
        (json!({"currency": {}}), "currency"),
    ] {
        check(&api, "/v1/checkouts", &order(extra), (422, "field_invalid", Some(field)));
    }
    check(
        &api,
        "/v1/checkouts",
        &order(json!({"eligible_total": 5_001})),
        (422, "amount_invalid", Some("eligible_total")),
    );
    for seconds in [json!(9), json!(604_801), json!("60"), json!(60.5)] {
        check(
            &api,
            &checkout.path("/authorize"),
            &order(json!({"hold_seconds": seconds})),
            (422, "field_invalid", Some("hold_seconds")),
        );
    }
    for (body, field) in [
        (json!({}), "gift_card"),
        (json!({"gift_card": card.code}), "gift_card"),
        (json!({"gift_card": {}}), "gift_card.code"),
        (json!({"gift_card": {"code": 5}}), "gift_card.code"),
    ] {
        check(&api, &checkout.path("/tenders"), body.to_string().as_bytes(), (422, "field_invalid", Some(field)));
    }
    assert_eq!((server.objects(), card.entries(&api).len()), (before, 1));
}

#[test]
fn field_that_nobody_knows_is_refused() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let checkout = Checkout::open(&api, 5_000);
    let before = server.objects();
    let redemption =
        format!(r#"{{"code":"{}","amount":1,"currency":"SAR","reference":"order-1","Amount":1}}"#, card.code);
    let tender = format!(r#"{{"gift_card":{{"code":"{}","pin":"1234"}}}}"#, card.code);
    for (path, body, field) in [
        ("/v1/gift-cards".into(), r#"{"amount":1,"currency":"SAR","ammount":2}"#.into(), "ammount"),
        ("/v1/gift-cards".into(), r#"{"amount":1,"currency":"SAR","":2}"#.into(), ""),
        ("/v1/balances".into(), format!(r#"{{"code":"{}","__proto__":{{}}}}"#, card.code), "__proto__"),
        ("/v1/redemptions".into(), redemption, "Amount"),
        (card.path("/freeze"), r#"{"until":"tomorrow"}"#.into(), "until"),
        (checkout.path("/tenders"), tender, "gift_card.pin"),
        (checkout.path("/void"), r#"{"reason":"none"}"#.into(), "reason"),
    ] {
        check(&api, &path, body.as_bytes(), (422, "unknown_field", Some(field)));
    }
    assert_eq!((server.objects(), card.entries(&api).len()), (before, 1));
    assert_eq!(
        (card.read(&api)["status"].as_str(), checkout.read(&api)["status"].as_str()),
        (Some("active"), Some("open"))
    );
}

#[test]
fn text_that_is_no_code_is_refused_without_asking_anybody() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    // The good request that follows each bad one asks for the merchant.
    assert_eq!(api.get("/v1/settings").status, 200);
    let asked = server.objects_asked();
    let mut swapped: Vec<char> = card.code.chars().collect();
    let other = (1..4).find(|place| swapped[*place] != swapped[0]).unwrap();
    swapped.swap(0, other);
    let swapped: String = swapped.into_iter().collect();
    for (code, expected) in [
        ("", "code_malformed"),
        ("   ", "code_malformed"),
        ("----", "code_malformed"),
        ("\u{0}", "code_malformed"),
        (&card.code[..23], "code_malformed"),
        (&card.code[..14], "code_malformed"),
        (&card.code.replacen('-', "_", 1), "code_malformed"),
        ("🎁", "code_malformed"),
        ("' OR 1=1 --", "code_malformed"),
        (&"A".repeat(10_000), "code_malformed"),
        (&swapped, "code_check_failed"),
        ("4111 1111 1111 1111", "looks_like_payment_card"),
        ("٤١١١١١١١١١١١١١١١", "looks_like_payment_card"),
    ] {
        for (path, body) in [
            ("/v1/balances".into(), json!({"code": code})),
            ("/v1/redemptions".into(), json!({"code": code, "amount": 1, "currency": "SAR", "reference": "order-1"})),
            (
                "/v1/checkouts/co_00000000000000000000000000000000/tenders".to_owned(),
                json!({"gift_card": {"code": code}}),
            ),
        ] {
            check(&api, &path, body.to_string().as_bytes(), (422, expected, None));
        }
    }
    assert_eq!(server.objects_asked(), asked);
}

#[test]
fn body_that_is_too_long_or_of_another_type_is_refused_before_it_is_read() {
    let server = Server::start();
    let api = server.api();
    let padded = |bytes: usize| {
        let body = br#"{"amount":1,"currency":"SAR"}"#;
        [&body[..], &vec![b' '; bytes - body.len()]].concat()
    };
    for bytes in [16_385, 1_000_000] {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &*fresh_key())];
        assert_eq!(api.announce("POST", "/v1/gift-cards", &headers, bytes).problem(), (413, "body_too_large"));
        let chunked = api.send_chunked("POST", "/v1/gift-cards", &headers, &padded(bytes));
        assert_eq!(chunked.problem(), (413, "body_too_large"), "without a length");
        assert_eq!(api.get("/v1/settings").status, 200);
    }
    assert_eq!(post(&api, "/v1/gift-cards", &padded(16_384)).status, 201);
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "text/json, application/json"]
    {
        assert_eq!(
            post_as(&api, "/v1/gift-cards", content_type, &padded(100)).problem(),
            (415, "content_type"),
            "{content_type}"
        );
    }
    let untyped = api.send("POST", "/v1/gift-cards", &[("Idempotency-Key", &fresh_key())], padded(100)).unwrap();
    assert_eq!(untyped.problem(), (415, "content_type"));
    for content_type in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(post_as(&api, "/v1/gift-cards", content_type, &padded(100)).status, 201, "{content_type}");
    }
}
