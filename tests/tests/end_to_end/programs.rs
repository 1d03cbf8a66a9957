//! Cards of a programme: what the shop's settings say of a card when it is issued, and what holds of it from then on.

use serde_json::{Value, json};
use tests::api::{Answer, Api, fresh_key};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::server::Server;

/// A shop with one programme, changed in these fields.
fn shop(api: &Api, fields: &Value) {
    let mut program =
        json!({"id": "eid", "kind": "paid_gift", "currency": "SAR", "amounts": {"preset": [10_000, 25_000]}});
    program.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let places = json!([{"id": "riyadh", "name": {"en": "Riyadh"}}, {"id": "jeddah", "name": {"en": "Jeddah"}}]);
    let settings = json!({"name": {"ar": "نور"}, "origins": [], "locations": places, "programs": [program]});
    api.change("PUT", "/v1/settings", &settings).expect(200);
}

fn issue(api: &Api, fields: &Value) -> Answer {
    let mut body = json!({"program": "eid", "amount": 10_000});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    api.post("/v1/gift-cards", &body)
}

#[test]
fn programme_says_what_a_card_is() {
    let server = Server::start();
    let api = server.api();
    shop(&api, &json!({"validity_days": 365, "campaign": "eid-1448", "jurisdiction": "SA"}));
    let card = issue(&api, &json!({})).expect(201);
    for (name, value) in [("currency", "SAR"), ("kind", "paid_gift"), ("program", "eid"), ("jurisdiction", "SA")] {
        assert_eq!(card[name], value, "{name}");
    }
    let at = |name: &str| shared::time::read(card[name].as_str().unwrap()).unwrap();
    let days = (at("expires_at") - at("created_at") + 43_200_000) / 86_400_000;
    assert_eq!(days, 365);
    assert_eq!(Card::of(&card).entries(&api)[0]["campaign"], "eid-1448");
}

#[test]
fn card_may_not_contradict_its_programme() {
    let server = Server::start();
    let api = server.api();
    shop(&api, &json!({}));
    for (fields, expected) in [
        (json!({"amount": 10_001}), (422, "amount_invalid")),
        (json!({"currency": "KWD"}), (422, "field_invalid")),
        (json!({"kind": "promo"}), (422, "field_invalid")),
        (json!({"program": "noel"}), (422, "field_invalid")),
    ] {
        assert_eq!(issue(&api, &fields).problem(), expected, "{fields}");
    }
    issue(&api, &json!({"currency": "SAR", "kind": "paid_gift", "amount": 25_000})).expect(201);
    shop(&api, &json!({"archived": true}));
    assert_eq!(issue(&api, &json!({})).problem(), (422, "field_invalid"));
}

#[test]
fn key_of_an_issued_card_is_answered_again_whatever_its_programme_has_become() {
    let server = Server::start();
    let api = server.api();
    shop(&api, &json!({}));
    let (key, body) = (fresh_key(), json!({"program": "eid", "amount": 10_000}));
    let first = api.post_once("/v1/gift-cards", &body, &key);
    for change in [json!({"archived": true}), json!({"amounts": {"preset": [5_000]}})] {
        shop(&api, &change);
        let again = api.post_once("/v1/gift-cards", &body, &key);
        assert_eq!((again.status, again.is_replayed(), &again.json), (201, true, &first.json), "{change}");
        let other = json!({"program": "eid", "amount": 25_000});
        assert_eq!(api.post_once("/v1/gift-cards", &other, &key).problem(), (422, "idempotency_key_reused"));
        assert_eq!(api.post("/v1/gift-cards", &body).status, 422, "another key is another card");
    }
}

#[test]
fn programme_that_would_expire_too_early_is_refused_with_its_rule() {
    let server = Server::start();
    let api = server.api();
    let program =
        json!({"id": "gift", "kind": "paid_gift", "currency": "EUR", "validity_days": 365, "jurisdiction": "IE"});
    let refused = api.change("PUT", "/v1/settings", &json!({"origins": [], "programs": [program]}));
    assert_eq!(refused.problem(), (422, "expiry_too_short"));
    assert_eq!(refused.json["field"], "programs[0].validity_days");
    assert!(refused.json["rule"].as_str().unwrap().starts_with("IE/expiry/"), "{}", refused.json);
}

#[test]
fn card_takes_loads_only_where_its_programme_did_and_up_to_its_cap() {
    let server = Server::start();
    let api = server.api();
    let load = |card: &Card, amount: u64| api.post(&card.path("/load"), &json!({"amount": amount, "currency": "SAR"}));
    shop(&api, &json!({}));
    let fixed = Card::of(&issue(&api, &json!({})).expect(201));
    assert_eq!(load(&fixed, 1).problem(), (409, "not_reloadable"));
    shop(&api, &json!({"reloadable": true, "balance_max": 30_000}));
    let open = Card::of(&issue(&api, &json!({})).expect(201));
    assert_eq!(load(&open, 20_001).problem(), (409, "limit_exceeded"));
    assert_eq!(load(&open, 20_000).expect(200)["available"], 30_000);
    assert_eq!(load(&fixed, 1).problem(), (409, "not_reloadable"), "a card keeps what it was sold with");
}

#[test]
fn card_is_spent_only_where_its_programme_says() {
    let server = Server::start();
    let api = server.api();
    shop(&api, &json!({"locations": ["riyadh"]}));
    let card = Card::of(&issue(&api, &json!({})).expect(201));
    let redeem = |location: Option<&str>| {
        let mut body = card.redemption(1_000);
        if let Some(place) = location {
            body["location"] = json!(place);
        }
        api.post("/v1/redemptions", &body)
    };
    for place in [None, Some("jeddah")] {
        assert_eq!(redeem(place).problem(), (409, "location_not_allowed"), "{place:?}");
    }
    redeem(Some("riyadh")).expect(201);
    let order = |location: &str| json!({"total": 500, "currency": "SAR", "reference": "order-1", "location": location});
    let jeddah = Checkout::open_as(&api, &order("jeddah"));
    assert_eq!(jeddah.apply(&api, &card.code).problem(), (409, "location_not_allowed"));
    let riyadh = Checkout::open_as(&api, &order("riyadh"));
    riyadh.apply(&api, &card.code).expect(201);
    riyadh.act(&api, "capture").expect(200);
    assert_eq!(card.counters(&api), (8_500, 0));
}

#[test]
fn card_pays_only_for_orders_that_are_large_enough() {
    let server = Server::start();
    let api = server.api();
    shop(&api, &json!({"min_spend": 20_000}));
    let card = Card::of(&issue(&api, &json!({})).expect(201));
    let small = Checkout::open(&api, 19_999);
    let refused = small.apply(&api, &card.code);
    assert_eq!((refused.problem(), &refused.json["minimum"]), ((409, "min_spend_not_met"), &json!(20_000)));
    let mut redemption = card.redemption(5_000);
    assert_eq!(api.post("/v1/redemptions", &redemption).problem(), (409, "min_spend_not_met"), "no total is none");
    redemption["total"] = json!(20_000);
    api.post("/v1/redemptions", &redemption).expect(201);
    let shrinking = Checkout::open(&api, 20_000);
    shrinking.apply(&api, &card.code).expect(201);
    api.change("PATCH", &shrinking.path(""), &json!({"total": 10_000})).expect(200);
    let order = json!({"total": 10_000, "currency": "SAR", "reference": shrinking.order["reference"]});
    let declined = api.post(&shrinking.path("/authorize"), &order);
    assert_eq!((declined.problem(), &declined.json["cause"]), ((409, "tender_declined"), &json!("min_spend_not_met")));
    assert_eq!(card.counters(&api), (5_000, 0), "nothing is held");
}
