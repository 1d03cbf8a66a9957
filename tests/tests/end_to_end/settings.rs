//! A merchant's settings: what a shop says of itself, who changed it, and what happens when nobody can be asked.

use serde_json::{Value, json};
use shared::seal::Env;
use tests::api::{Answer, Api};
use tests::backup::{MERCHANTS, Object, Outage, while_down};
use tests::card::Card;
use tests::secrets::Secrets;
use tests::server::{self, Server};

fn put(api: &Api, settings: &Value) -> Answer {
    api.change("PUT", "/v1/settings", settings)
}

fn get(api: &Api) -> Value {
    api.get("/v1/settings").expect(200)
}

/// The history, page by page.
fn history(api: &Api) -> Vec<Value> {
    let mut versions = Vec::new();
    let mut query = String::new();
    loop {
        let page = api.get(&format!("/v1/settings/history{query}")).expect(200);
        versions.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("?cursor={cursor}"),
            None => return versions,
        }
    }
}

/// A refusal with the field that it names.
fn refusal(answer: &Answer) -> (u16, &str, &str) {
    let (status, code) = answer.problem();
    (status, code, answer.json["field"].as_str().unwrap_or_default())
}

#[test]
fn shop_that_gives_its_name_has_a_programme_to_sell() {
    let server = Server::start();
    let api = server.api();
    let untouched = get(&api);
    assert_eq!((&untouched["version"], &untouched["updated_at"]), (&json!(0), &json!(null)));
    let named = put(&api, &json!({"name": {"ar": "نور", "en": "Noor"}})).expect(200);
    assert_eq!(named, get(&api));
    assert_eq!((&named["version"], &named["name"]["ar"], &named["origins"]), (&json!(1), &json!("نور"), &json!([])));
    let gift = &named["programs"][0];
    assert_eq!((&gift["id"], &gift["kind"], &gift["currency"]), (&json!("gift"), &json!("paid_gift"), &json!("SAR")));
    assert_eq!(gift["amounts"], json!({"preset": [5_000, 10_000, 25_000, 50_000]}));
    assert_eq!(gift["look"]["on_colour"], "#ffffff");
    assert_eq!((&gift["validity_days"], &gift["archived"]), (&json!(null), &json!(false)));
}

#[test]
fn what_was_read_is_written_back_and_makes_no_version() {
    let server = Server::start();
    let api = server.api();
    let first = put(&api, &json!({"name": {"en": "Noor"}, "origins": ["https://shop.example"]})).expect(200);
    assert_eq!(put(&api, &first).expect(200), first);
    let mut second = first.clone();
    second["programs"][0]["look"]["colour"] = json!("#1d4ed8");
    let second = put(&api, &second).expect(200);
    assert_eq!((&second["version"], &second["programs"][0]["look"]["colour"]), (&json!(2), &json!("#1d4ed8")));
    assert_eq!(history(&api).len(), 2);
}

/// The page's.
const ORIGIN: &str = "https://shop.example";

/// What pages are told of old codes by each request about a checkout, and that servers are told nothing of them.
#[track_caller]
fn check_old_codes(server: &Server, expected: &Value) {
    let api = server.api();
    let order = json!({"total": 900, "currency": "SAR", "reference": "old", "origin": ORIGIN});
    let served = api.post("/v1/checkouts", &order).expect(201);
    let path = format!("/v1/checkouts/{}", served["id"].as_str().unwrap());
    let page = api.page(served["token"].as_str().unwrap(), ORIGIN);
    let code = Card::issue(&api, 500).code;
    let key = "old-codes-and-a-key-of-their-own";
    let apply = || page.post_once(&format!("{path}/tenders"), &json!({"gift_card": {"code": code}}), key);
    let (read, applied, again) = (page.get(&path).expect(200), apply().expect(201), apply());
    assert!(again.is_replayed());
    let tender = applied["quote"]["tenders"][0]["id"].as_str().unwrap();
    let removed = page.delete(&format!("{path}/tenders/{tender}")).expect(200);
    let by_key = api.page(&server.ready.publishable_key, ORIGIN);
    let made = by_key.post("/v1/checkouts", &json!({"total": 900, "currency": "SAR", "reference": "page"})).expect(201);
    let here = format!("/v1/checkouts/{}", made["id"].as_str().unwrap());
    let own = api.page(made["token"].as_str().unwrap(), ORIGIN);
    let changed = own.change("PATCH", &here, &json!({"total": 800})).expect(200);
    assert!(made["token"].is_string() && changed["token"].is_string() && changed["token"] != made["token"]);
    for told in [read, applied, again.json, removed, made, changed] {
        assert_eq!(&told["old_codes"], expected, "{told}");
    }
    for untold in [served, api.get(&path).expect(200)] {
        assert_eq!(untold["old_codes"], Value::Null, "{untold}");
    }
}

#[test]
fn pages_are_told_which_codes_are_old_ones_for_as_long_as_the_settings_say_so() {
    let server = Server::start_with(server::Settings { origins: vec![ORIGIN.into()], ..server::Settings::default() });
    let api = server.api();
    let settings = |old_codes: Value| json!({"origins": [ORIGIN], "old_codes": old_codes});
    check_old_codes(&server, &Value::Null);
    let message = json!({"en": "Exchange it at any till.", "ar": "استبدله في أي فرع."});
    let told = json!({"patterns": ["NR####????", "555###"], "message": message});
    let written = json!({"patterns": ["nr-####-????", "٥٥٥ ###"], "message": message});
    assert_eq!(put(&api, &settings(written)).expect(200)["old_codes"], told);
    check_old_codes(&server, &told);
    let changed = &history(&api)[0]["changed"];
    assert!(changed.as_array().unwrap().contains(&json!({"path": "old_codes", "old": null, "new": told})), "{changed}");
    for (old_codes, field) in [
        (json!({"patterns": ["NR_####"], "message": message}), "old_codes.patterns[0]"),
        (json!({"patterns": ["????-????-????-????-????"], "message": message}), "old_codes.patterns[0]"),
        (json!({"patterns": [], "message": message}), "old_codes.patterns"),
        (json!({"patterns": ["NR####"]}), "old_codes.message"),
    ] {
        assert_eq!(refusal(&put(&api, &settings(old_codes))), (422, "field_invalid", field));
    }
    put(&api, &settings(Value::Null)).expect(200);
    check_old_codes(&server, &Value::Null);
}

#[test]
fn second_of_two_changes_of_one_version_is_a_conflict() {
    let server = Server::start();
    let api = server.api();
    let read = put(&api, &json!({"name": {"en": "Noor"}})).expect(200);
    let change = |name: &str| {
        let mut settings = read.clone();
        settings["name"]["en"] = json!(name);
        put(&api, &settings)
    };
    change("First").expect(200);
    let conflict = change("Second");
    assert_eq!((conflict.problem(), &conflict.json["version"]), ((409, "settings_conflict"), &json!(2)));
    assert_eq!(conflict.json["retryable"], false);
    assert_eq!(get(&api)["name"]["en"], "First");
}

#[test]
fn refused_change_names_the_field_and_changes_nothing() {
    let server = Server::start();
    let api = server.api();
    let program = |id: &str| json!({"id": id, "currency": "SAR"});
    let before = put(&api, &json!({"programs": [program("a"), program("b"), program("c")]})).expect(200);
    let change = |pointer: &str, value: Value| {
        let mut settings = before.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        settings.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.into(), value);
        put(&api, &settings)
    };
    for (pointer, value, expected) in [
        ("/programs/2/kind", json!("promo"), (422, "field_invalid", "programs[2].kind")),
        ("/programs/1/currency", json!("KWD"), (422, "field_invalid", "programs[1].currency")),
        ("/programs/1/locations", json!(["riyadh"]), (422, "field_invalid", "programs[1].locations")),
        ("/programs/0/min_spend", json!("10"), (422, "amount_invalid", "programs[0].min_spend")),
        ("/programs/0/inactivity_fee", json!(500), (422, "fee_not_allowed", "programs[0].inactivity_fee")),
        ("/programs/0/price", json!(500), (422, "unknown_field", "programs[0].price")),
        ("/programs/0/look/on_colour", json!("#0f766f"), (422, "field_invalid", "programs[0].look.on_colour")),
        ("/programs", json!([program("a"), program("c")]), (422, "program_removed", "programs[b]")),
        ("/revoked_keys", json!(["sk_9"]), (422, "field_invalid", "revoked_keys")),
        ("/fees", json!({}), (422, "fee_not_allowed", "fees")),
    ] {
        assert_eq!(refusal(&change(pointer, value)), expected);
    }
    assert_eq!((get(&api), history(&api).len()), (before, 1));
}

#[test]
fn history_tells_who_changed_what_and_when() {
    let mut server = Server::start();
    let api = server.api();
    put(&api, &json!({"name": {"en": "Noor"}})).expect(200);
    for number in 0..24 {
        let mut settings = get(&api);
        settings["origins"] = json!([format!("https://shop{number}.example")]);
        put(&api, &settings).expect(200);
    }
    let told = history(&api);
    let versions: Vec<u64> = told.iter().map(|version| version["version"].as_u64().unwrap()).collect();
    assert_eq!(versions, (1..=25).rev().collect::<Vec<_>>(), "each once, the newest first");
    let newest = &told[0];
    assert_eq!(newest["by"], "sk_1");
    assert_eq!(newest["at"], get(&api)["updated_at"]);
    let change = json!({"path": "origins", "old": ["https://shop22.example"], "new": ["https://shop23.example"]});
    assert_eq!(newest["changed"], json!([change]));
    let first: Vec<&str> =
        told[24]["changed"].as_array().unwrap().iter().map(|c| c["path"].as_str().unwrap()).collect();
    assert_eq!(first, ["name", "programs[gift]"]);
    for cursor in ["0x", "-1", "99999999999999999999", ""] {
        assert_eq!(api.get(&format!("/v1/settings/history?cursor={cursor}")).problem(), (400, "cursor_invalid"));
    }
    server.kill();
    server.restart();
    assert_eq!(history(&api), told);
}

#[test]
fn settings_may_be_longer_than_other_requests_and_have_their_own_bound() {
    let server = Server::start();
    let api = server.api();
    let programs = |count: usize| -> Vec<Value> {
        let name = "بطاقة هدية لمن تحب في كل مناسبة";
        (0..count)
            .map(|n| json!({"id": format!("p{n}"), "currency": "SAR", "name": {"ar": name, "en": name}}))
            .collect()
    };
    let body = json!({"programs": programs(100)});
    assert!(body.to_string().len() > 16_384);
    assert_eq!(put(&api, &body).expect(200)["programs"].as_array().unwrap().len(), 100);
    assert_eq!(refusal(&put(&api, &json!({"programs": programs(101)}))), (422, "field_invalid", "programs"));
    let headers = [("Content-Type", "application/json")];
    let too_long = api.announce("PUT", "/v1/settings", &headers, 262_145);
    assert_eq!(too_long.problem(), (413, "body_too_large"));
}

#[test]
fn key_of_a_merchant_that_cannot_be_asked_is_refused_until_it_can() {
    let mut server = Server::start();
    let own = server.api();
    let api = own.with_key(&Secrets::development().secret_key(Env::Test, "other_shop"));
    let (merchant, before) =
        Object::made_by(&server, MERCHANTS, || put(&api, &json!({"name": {"en": "Other"}})).expect(200));
    let card = Card::issue(&api, 10_000);
    // Started again, the Worker knows nothing of the shop, and cannot learn which of its keys were revoked.
    let outage = while_down(&mut server, |state| Outage::begin(state, &merchant));
    for answer in [card.redeem(&api, 100), api.get(&card.path("")), api.get("/v1/settings")] {
        assert_eq!((answer.problem(), &answer.json["retryable"]), ((500, "fault"), &json!(true)));
    }
    assert_eq!(own.get("/v1/settings").status, 200, "another shop is none of its concern");
    while_down(&mut server, |_| outage.end());
    assert_eq!((card.counters(&api), get(&api)), ((10_000, 0), before), "what was refused had no effect");
}
