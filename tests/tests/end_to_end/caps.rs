//! Caps: the most that is issued of a programme on a day, to one buyer, to one buyer on a day.

use serde_json::{Value, json};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::api::{Answer, Api, fresh_key};
use tests::clock::{Clock, DAY_SECONDS};
use tests::server::Server;

/// A server at whose place it is noon, so that no test runs over midnight.
fn at_noon() -> (Server, Clock, i64) {
    let clock = Clock::new();
    #[expect(clippy::disallowed_methods, reason = "how far noon is, only the clock of the test can say")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let to_noon = DAY_SECONDS / 2 - i64::try_from(now).unwrap() % DAY_SECONDS;
    (Server::start_with(clock.off_by(to_noon)), clock, to_noon)
}

/// A shop whose one programme, of cards of 100.00 and 250.00, has these caps.
fn shop(api: &Api, caps: &Value) {
    let program = json!({"id": "eid", "currency": "SAR", "amounts": {"preset": [10_000, 25_000]}, "caps": caps});
    let settings = json!({"name": {"ar": "نور"}, "programs": [program]});
    assert_eq!(api.change("PUT", "/v1/settings", &settings).expect(200)["programs"][0]["caps"], *caps);
}

fn body(amount: u64, buyer: Option<&str>) -> Value {
    let mut body = json!({"program": "eid", "amount": amount});
    if let Some(buyer) = buyer {
        body["buyer"] = json!(buyer);
    }
    body
}

fn issue(api: &Api, amount: u64, buyer: Option<&str>) -> Answer {
    api.post("/v1/gift-cards", &body(amount, buyer))
}

/// A refusal by that cap, which names what may still be issued.
fn check_capped(answer: &Answer, cap: &str, available: u64) {
    assert_eq!(answer.problem(), (409, "limit_exceeded"));
    let told = (&answer.json["field"], &answer.json["available"], &answer.json["currency"]);
    assert_eq!(told, (&json!(cap), &json!(available), &json!("SAR")));
}

#[test]
fn cap_of_a_day_is_reached_and_not_passed_and_ends_with_the_day() {
    let (mut server, clock, to_noon) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 50_000, "buyer": null, "buyer_day": null}));
    issue(&api, 25_000, None).expect(201);
    issue(&api, 10_000, None).expect(201);
    let key = fresh_key();
    let refused = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    check_capped(&refused, "caps.day", 15_000);
    issue(&api, 10_000, None).expect(201);
    check_capped(&issue(&api, 10_000, None), "caps.day", 5_000);
    server.kill();
    server.restart();
    check_capped(&issue(&api, 10_000, None), "caps.day", 5_000);
    clock.set(&mut server, to_noon + DAY_SECONDS);
    let tomorrow = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    assert_eq!((tomorrow.status, tomorrow.is_replayed()), (201, false), "nothing was kept of the refusal");
}

#[test]
fn cap_of_a_buyer_needs_a_name_and_tells_buyers_apart() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": null, "buyer": 60_000, "buyer_day": 35_000}));
    for nobody in [None, Some(" ")] {
        let nameless = issue(&api, 10_000, nobody);
        assert_eq!((nameless.problem(), &nameless.json["field"]), ((422, "field_invalid"), &json!("buyer")));
    }
    for customer in ["12-3", "1-23", "cus_aB", "cus_Ab"] {
        issue(&api, 25_000, Some(customer)).expect(201);
    }
    issue(&api, 25_000, Some("sara@shop.example")).expect(201);
    check_capped(&issue(&api, 25_000, Some(" Sara@Shop.Example ")), "caps.buyer_day", 10_000);
    issue(&api, 10_000, Some("SARA@shop.example")).expect(201);
    issue(&api, 25_000, Some("huda@shop.example")).expect(201);
    shop(&api, &json!({"day": null, "buyer": 60_000, "buyer_day": null}));
    issue(&api, 25_000, Some("sara@shop.example")).expect(201);
    check_capped(&issue(&api, 10_000, Some("sara@shop.example")), "caps.buyer", 0);
    let name = "sara@shop.example";
    assert!(server.files().iter().all(|file| !file.windows(name.len()).any(|part| part == name.as_bytes())));
    assert!(!server.log().contains(name));
}

#[test]
fn requests_at_once_do_not_pass_a_cap_together() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 50_000, "buyer": null, "buyer_day": null}));
    let answers: Vec<Answer> = thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| issue(&api, 10_000, None))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let (issued, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 201);
    assert_eq!(issued.len(), 5);
    refused.iter().for_each(|answer| check_capped(answer, "caps.day", 0));
}

#[test]
fn one_key_sent_at_once_is_one_card_also_where_there_is_room_for_one() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 25_000, "buyer": null, "buyer_day": null}));
    let key = fresh_key();
    let answers: Vec<Answer> = thread::scope(|scope| {
        let all: Vec<_> =
            (0..10).map(|_| scope.spawn(|| api.post_once("/v1/gift-cards", &body(25_000, None), &key))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for answer in &answers {
        assert_eq!((answer.status, &answer.json), (201, &answers[0].json));
    }
    check_capped(&issue(&api, 10_000, None), "caps.day", 0);
}

#[test]
fn card_from_before_the_cap_counts_for_nothing_when_it_is_asked_for_again() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &Value::Null);
    let key = fresh_key();
    let first = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    shop(&api, &json!({"day": 25_000, "buyer": null, "buyer_day": null}));
    let again = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    assert_eq!((again.status, again.is_replayed(), &again.json), (201, true, &first.json));
    issue(&api, 25_000, None).expect(201);
}

#[test]
fn request_that_is_repeated_counts_once() {
    let (mut server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 35_000, "buyer": null, "buyer_day": null}));
    let key = fresh_key();
    let first = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    for _ in 0..3 {
        let again = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
        assert_eq!((again.status, again.is_replayed(), &again.json), (201, true, &first.json));
    }
    let other = api.post_once("/v1/gift-cards", &body(10_000, None), &key);
    assert_eq!(other.problem(), (422, "idempotency_key_reused"));
    server.kill();
    server.restart();
    issue(&api, 10_000, None).expect(201);
    check_capped(&issue(&api, 10_000, None), "caps.day", 0);
    let again = api.post_once("/v1/gift-cards", &body(25_000, None), &key);
    assert_eq!((again.status, again.is_replayed()), (201, true), "the cap is reached, the card is there");
}

#[test]
fn what_is_refused_counts_nothing() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 25_000, "buyer": null, "buyer_day": null}));
    for (fields, expected) in [
        (json!({"amount": 20_000}), (422, "amount_invalid")),
        (json!({"currency": "KWD"}), (422, "field_invalid")),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), (422, "field_invalid")),
        (json!({"jurisdiction": "IE", "expires_at": "2027-01-01T00:00:00Z"}), (422, "expiry_too_short")),
    ] {
        let mut body = body(25_000, None);
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(api.post("/v1/gift-cards", &body).problem(), expected, "{fields}");
    }
    issue(&api, 25_000, None).expect(201);
}

#[test]
fn batch_counts_whole_or_is_refused_whole_and_an_import_not_at_all() {
    let (server, _clock, _) = at_noon();
    let api = server.api();
    shop(&api, &json!({"day": 50_000, "buyer": null, "buyer_day": 30_000}));
    let batch = |count: u64, buyer: &str, key: &str| {
        let body = json!({"program": "eid", "amount": 10_000, "count": count, "buyer": buyer});
        api.post_once("/v1/gift-card-batches", &body, key)
    };
    check_capped(&batch(4, "company-7", &fresh_key()), "caps.buyer_day", 30_000);
    let key = fresh_key();
    assert_eq!(batch(3, "company-7", &key).expect(202)["total"], 30_000);
    assert!(batch(3, "company-7", &key).is_replayed());
    check_capped(&batch(1, "company-7", &fresh_key()), "caps.buyer_day", 0);
    check_capped(&batch(3, "company-8", &fresh_key()), "caps.day", 20_000);
    let import = json!({"csv": "old_code,amount\nNR-0001,90000\n", "count": 1, "total": 90_000, "currency": "SAR", "program": "eid"});
    api.post("/v1/imports/gift-cards", &import).expect(202);
    assert_eq!(batch(2, "company-8", &fresh_key()).status, 202);
    check_capped(&issue(&api, 10_000, Some("sara")), "caps.day", 0);
}
