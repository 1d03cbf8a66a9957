//! The short road: one code, one request.

use serde_json::{Value, json};
use std::time::Duration;
use tests::card::{Card, fold};
use tests::checkout::with;
use tests::patience::until;
use tests::server::Server;

#[test]
fn redemption_takes_from_the_balance_and_a_refund_brings_it_back() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 2_500).expect(201);
    assert_eq!((&redemption["amount"], &redemption["balance_after"]), (&json!(2_500), &json!(7_500)));
    assert_eq!((&redemption["gift_card"], &redemption["last4"]), (&json!(card.id), &json!(card.last4)));
    let path = format!("/v1/redemptions/{}", redemption["id"].as_str().unwrap());
    let refunds = format!("{path}/refunds");
    assert_eq!(api.get(&path).expect(200), redemption);

    assert_eq!(api.post(&refunds, &json!({"amount": 500})).expect(201)["balance_after"], 8_000);
    assert_eq!(api.post(&refunds, &json!({"amount": 2_001})).problem(), (409, "exceeds_refundable"));
    let rest = api.post(&refunds, &json!({"amount": 2_000, "reason": "returned"})).expect(201);
    assert_eq!(
        (&rest["refunded"], &rest["balance_after"], &rest["reason"]),
        (&json!(2_500), &json!(10_000), &json!("returned"))
    );
    assert_eq!(api.post(&refunds, &json!({"amount": 1})).problem(), (409, "exceeds_refundable"));
    assert_eq!(api.get(&path).expect(200), with(&redemption, &json!({"refunded": 2_500})));
    assert_eq!(fold(&card.entries(&api)), (10_000, 0));
}

#[test]
fn refund_belongs_to_the_order_and_the_place_of_its_redemption() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let sale = with(&card.redemption(2_500), &json!({"reference": "order-7", "location": "riyadh", "total": 4_000}));
    let redemption = api.post("/v1/redemptions", &sale).expect(201);
    let path = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    let refund = api.post(&path, &json!({"amount": 500, "reason": "returned"})).expect(201);
    let told = |name: &str| refund[name].clone();
    assert_eq!(
        [told("reference"), told("location"), told("reason")],
        ["order-7", "riyadh", "returned"].map(Value::from)
    );
    assert_eq!(told("total"), Value::Null, "an order counts once");
    until(Duration::from_secs(20), "the book has it", || {
        let report = api.get("/v1/reports/redemptions?by=location").expect(200);
        let rows = report["data"].as_array().unwrap();
        rows.iter()
            .any(|row| row["location"] == "riyadh" && row["redeemed"] == 2_500 && row["refunded"] == 500)
            .then_some(())
    });
}

#[test]
fn max_redeems_all_that_is_left_and_nothing_of_an_empty_card() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    card.redeem(&api, 1).expect(201);
    let all = card.redeem(&api, "max").expect(201);
    assert_eq!((&all["amount"], &all["balance_after"]), (&json!(9_999), &json!(0)));
    assert_eq!(card.read(&api)["status"], "used_up");
    assert_eq!(card.redeem(&api, "max").problem(), (409, "insufficient_balance"));
    assert_eq!(card.redeem(&api, "all").problem(), (422, "amount_invalid"));
}

#[test]
fn redemption_over_the_balance_is_refused_whole_and_told_what_is_there() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let refusal = card.redeem(&api, 10_001);
    assert_eq!(refusal.problem(), (409, "insufficient_balance"));
    assert_eq!((&refusal.json["available"], &refusal.json["retryable"]), (&json!(10_000), &json!(false)));
    assert_eq!(card.counters(&api), (10_000, 0));
    assert_eq!(card.entries(&api).len(), 1, "a refusal is no entry");
}

#[test]
fn redemption_in_another_currency_is_refused_with_the_cards_own() {
    let server = Server::start();
    let api = server.api();
    // No digits after the point, two, three: amounts are minor units of whatever the currency has.
    for (currency, other) in [("JPY", "SAR"), ("SAR", "KWD"), ("KWD", "JPY")] {
        let card = Card::issue_as(&api, &json!({"amount": 12_345, "currency": currency}));
        let refusal = api.post("/v1/redemptions", &with(&card.redemption(1), &json!({"currency": other})));
        assert_eq!(refusal.problem(), (422, "currency_mismatch"));
        assert_eq!(refusal.json["currency"], currency);
        let redemption = api.post("/v1/redemptions", &with(&card.redemption(345), &json!({"currency": currency})));
        let redemption = redemption.expect(201);
        assert_eq!((&redemption["currency"], &redemption["balance_after"]), (&json!(currency), &json!(12_000)));
    }
}

#[test]
fn another_merchant_finds_neither_redemption_nor_card() {
    let server = Server::start();
    let api = server.api();
    let stranger =
        api.with_key(&tests::secrets::Secrets::development().secret_key(shared::seal::Env::Test, "other_shop"));
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 100).expect(201);
    let path = format!("/v1/redemptions/{}", redemption["id"].as_str().unwrap());
    let before = server.objects();
    assert_eq!(stranger.get(&path).problem(), (404, "not_found"));
    assert_eq!(stranger.post(&format!("{path}/refunds"), &json!({"amount": 1})).problem(), (404, "not_found"));
    for below in ["", "/entries"] {
        assert_eq!(stranger.get(&card.path(below)).problem(), (404, "not_found"));
    }
    for act in ["/activate", "/freeze", "/unfreeze"] {
        assert_eq!(stranger.post(&card.path(act), &json!({})).problem(), (404, "not_found"));
    }
    assert_eq!(server.objects(), before);
    assert_eq!(card.read(&api)["status"], "active");
}

#[test]
fn only_a_redemption_has_the_id_of_one() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let redemption = card.redeem(&api, 100).expect(201)["id"].as_str().unwrap().to_owned();
    let stem = redemption.strip_suffix("_2").unwrap();
    // Entry 1 is the issue; 3 is not there yet; the rest are other spellings, numbers beyond what is counted, and no ids at all.
    for id in [
        format!("{stem}_1"),
        format!("{stem}_3"),
        format!("{stem}_0"),
        format!("{stem}_02"),
        format!("{stem}_-2"),
        format!("{stem}_9007199254740992"),
        format!("{stem}_18446744073709551615"),
        format!("{stem}_18446744073709551616"),
        stem.into(),
        "rd_x_2".into(),
        "rd_'%20OR%201=1--_2".into(),
    ] {
        assert_eq!(api.get(&format!("/v1/redemptions/{id}")).problem(), (404, "not_found"), "{id}");
        let refund = api.post(&format!("/v1/redemptions/{id}/refunds"), &json!({"amount": 1}));
        assert_eq!(refund.problem(), (404, "not_found"), "{id}");
    }
    assert_eq!(card.counters(&api), (9_900, 0));
}

#[test]
fn text_of_a_shop_is_kept_as_it_was_written() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    let texts = [
        "'); DROP TABLE entries; --",
        "<script>alert(1)</script>",
        "\u{202e}txet\u{202c}",
        "طلب رقم ١٠٤٢",
        "a: b; c=\"d\" \\ %0d%0a {}",
        &"🎁".repeat(128),
    ];
    for text in texts {
        let request = with(&card.redemption(1), &json!({"reference": text, "location": text}));
        let redemption = api.post("/v1/redemptions", &request).expect(201);
        assert_eq!((&redemption["reference"], &redemption["location"]), (&json!(text), &json!(text)));
    }
    let entries = card.entries(&api);
    let kept: Vec<&str> = entries.iter().skip(1).map(|entry| entry["reference"].as_str().unwrap()).collect();
    assert_eq!(kept, texts);
    assert_eq!(fold(&entries), (9_994, 0));
}
