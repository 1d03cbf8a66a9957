//! Batches: many cards by one order, whatever breaks on the way.

use serde_json::{Value, json};
use shared::card::Action;
use shared::seal::Env;
use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime};
use tests::api::fresh_key;
use tests::backup::while_down;
use tests::batch::Batch;
use tests::card::Card;
use tests::ledger::{Export, total};
use tests::patience::until;
use tests::secrets::Secrets;
use tests::server::Server;

/// What every server has: three cards of 390.00 in all.
const READY: (usize, i64) = (3, 39_000);

fn distinct<'a>(cards: &'a [Value], name: &str) -> BTreeSet<&'a str> {
    cards.iter().map(|card| card[name].as_str().unwrap()).collect()
}

/// Kilobytes that a process has in memory now and had at most.
fn memory(pid: u32) -> (String, String) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line =
        |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("unknown").trim().to_owned();
    (line("VmRSS:"), line("VmHWM:"))
}

#[test]
fn batch_of_ten_thousand_that_is_killed_half_way_goes_on_by_itself() {
    const COUNT: u64 = 10_000;
    let mut server = Server::start();
    let api = server.api();
    let started = Instant::now();
    let body = json!({"count": COUNT, "amount": 500, "currency": "SAR", "reference": "po-7", "campaign": "eid"});
    let batch = Batch::order(&api, &body);
    let before = batch.wait_for(&api, COUNT / 3);
    let half_way = started.elapsed();
    server.kill();
    assert_eq!(before["status"], "issuing", "it was killed too late: {before}");
    server.restart();
    let restarted = Instant::now();
    let after = batch.read(&api)["issued"].as_u64().unwrap();
    assert!((before["issued"].as_u64().unwrap()..COUNT).contains(&after), "what was noted stays: {before} {after}");
    let done = batch.finish(&api);
    let figures = (half_way, restarted.elapsed(), memory(server.ready.pid));
    println!(
        "{COUNT} cards: {} until it was killed, then (time, (memory, most memory)): {figures:?}",
        before["issued"]
    );
    assert_eq!((&done["issued"], &done["total"]), (&json!(COUNT), &json!(COUNT * 500)));

    let cards = batch.cards(&api);
    assert_eq!(cards.len(), 10_000);
    for name in ["id", "code"] {
        assert_eq!(distinct(&cards, name).len(), 10_000, "{name}");
    }
    assert_eq!(server.objects(), 10_000 + READY.0 + 1, "there is no card beside those that are told");
    let issued = -(i64::try_from(COUNT).unwrap() * 500 + READY.1);
    until(Duration::from_secs(600), "the book has all of them", || (total(&api, "issued") == issued).then_some(()));
    assert_eq!(total(&api, "available"), -issued);
    let export = Export::read(&api);
    assert_eq!(export.audit().findings, []);
    let mut booked: Vec<String> = Vec::new();
    for line in export.lines() {
        if let Some(Action::Issue { facts, .. }) = line.entry().map(|entry| entry.action)
            && facts.batch.as_deref() == Some(&batch.id)
        {
            assert_eq!(line.detail.note.reference.as_deref(), Some("po-7"));
            booked.push(line.card);
        }
    }
    assert_eq!(booked.len(), 10_000, "each was issued once");
    assert_eq!(booked.iter().map(String::as_str).collect::<BTreeSet<_>>(), distinct(&cards, "id"));
}

#[test]
fn batch_is_ordered_once_for_its_key() {
    let mut server = Server::start();
    let api = server.api();
    let (key, body) = (fresh_key(), json!({"count": 7, "amount": 5_000, "currency": "SAR"}));
    let first = api.post_once("/v1/gift-card-batches", &body, &key);
    assert!(!first.is_replayed());
    let batch = Batch::of(&first.expect(202));
    let done = batch.finish(&api);
    let again = api.post_once("/v1/gift-card-batches", &body, &key);
    assert!(again.is_replayed());
    assert_eq!(again.expect(202), done, "the same batch, as it is by now");
    let other = api.post_once("/v1/gift-card-batches", &json!({"count": 8, "amount": 5_000, "currency": "SAR"}), &key);
    assert_eq!(other.problem(), (422, "idempotency_key_reused"));
    let cards = batch.cards(&api);
    // A card that is issued with the same key is another one.
    let single = api.post_once("/v1/gift-cards", &json!({"amount": 5_000, "currency": "SAR"}), &key).expect(201);
    assert!(!distinct(&cards, "id").contains(single["id"].as_str().unwrap()));
    while_down(&mut server, |_| ());
    assert_eq!((batch.read(&api), batch.cards(&api)), (done, cards), "nothing of it was in memory only");
}

#[test]
fn orders_at_the_same_time_with_one_key_make_one_batch() {
    let server = Server::start();
    let api = server.api();
    let (key, body) = (fresh_key(), json!({"count": 3, "amount": 5_000, "currency": "SAR"}));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let sends: Vec<_> =
            (0..8).map(|_| scope.spawn(|| api.post_once("/v1/gift-card-batches", &body, &key))).collect();
        sends.into_iter().map(|send| send.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| matches!(answer.problem(), (202, _) | (409, "operation_in_progress"))));
    let batch = Batch::of(&api.post_once("/v1/gift-card-batches", &body, &key).expect(202));
    assert_eq!(batch.finish(&api)["issued"], 3);
    assert_eq!(server.objects(), READY.0 + 1 + 3);
    assert_eq!(api.get("/v1/gift-card-batches").expect(200)["data"].as_array().unwrap().len(), 1);
}

#[test]
fn codes_with_commas_and_as_json_are_the_same_and_can_be_spent() {
    let server = Server::start();
    let api = server.api();
    let batch = Batch::order(&api, &json!({"count": 1_203, "amount": 5_000, "currency": "SAR"}));
    batch.finish(&api);
    let (csv, cards) = (batch.codes(&api, "csv"), batch.cards(&api));
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("id,code,last4,amount,currency,link"));
    let rows: Vec<Value> = lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let amount: u64 = cells[3].parse().unwrap();
            json!({"id": cells[0], "code": cells[1], "last4": cells[2], "amount": amount, "currency": cells[4], "link": cells[5]})
        })
        .collect();
    assert_eq!((rows.len(), &rows), (1_203, &cards));
    let page = api.get(&batch.path("/codes"));
    assert_eq!((page.header("content-type"), page.header("next-cursor")), (Some("application/x-ndjson"), Some("1000")));
    let page = api.get(&batch.path("/codes?format=csv&cursor=1000"));
    assert_eq!((page.header("content-type"), page.header("next-cursor")), (Some("text/csv; charset=utf-8"), None));
    for place in [0, 499, 500, 1_202] {
        let card = Card::of(&cards[place]);
        assert_eq!(card.read(&api)["batch"], json!(batch.id));
        let (_, link) = cards[place]["link"].as_str().unwrap().split_once("/card/#").unwrap();
        assert_eq!(api.with_key(link).get("/v1/card-page/code").expect(200)["code"], cards[place]["code"]);
        assert_eq!(card.redeem(&api, "max").expect(201)["amount"], 5_000, "{place}");
    }
    let list = api.get("/v1/gift-card-batches").expect(200);
    assert_eq!(list, json!({"data": [batch.read(&api)], "next_cursor": null}));
}

#[test]
fn cards_of_a_batch_have_the_terms_of_its_programme() {
    let server = Server::start();
    let api = server.api();
    let settings = json!({"locations": [{"id": "riyadh", "name": {"en": "Riyadh"}}], "programs": [
        {"id": "gift", "currency": "SAR"},
        {"id": "stock", "currency": "KWD", "kind": "promo", "amounts": {"preset": [5_000]}, "validity_days": 30, "campaign": "eid", "locations": ["riyadh"]}
    ]});
    api.change("PUT", "/v1/settings", &settings).expect(200);
    let order =
        |amount: u64| json!({"count": 2, "amount": amount, "program": "stock", "active": false, "location": "riyadh"});
    assert_eq!(api.post("/v1/gift-card-batches", &order(4_999)).problem(), (422, "amount_invalid"));
    let batch = Batch::order(&api, &order(5_000));
    let done = batch.finish(&api);
    let told = ["kind", "currency", "program", "campaign"].map(|name| done[name].as_str().unwrap());
    assert_eq!(told, ["promo", "KWD", "stock", "eid"]);
    for card in batch.cards(&api) {
        let card = Card::of(&card);
        let told = card.read(&api);
        assert_eq!((&told["status"], &told["program"]), (&json!("inactive"), &json!("stock")));
        assert!(told["expires_at"].is_string());
        let issue = &card.entries(&api)[0];
        assert_eq!((&issue["campaign"], &issue["location"]), (&json!("eid"), &json!("riyadh")));
        let redemption =
            json!({"code": card.code, "amount": 1, "currency": "KWD", "reference": "o", "location": "riyadh"});
        assert_eq!(api.post("/v1/redemptions", &redemption).problem(), (409, "card_inactive"));
        api.post(&card.path("/activate"), &json!({})).expect(200);
        assert_eq!(api.post("/v1/redemptions", &redemption).status, 201);
    }
}

#[test]
fn place_whose_first_id_is_somebody_elses_gets_another_card_and_its_code_is_told() {
    let server = Server::start();
    let api = server.api();
    let (key, body) = (fresh_key(), json!({"count": 3, "amount": 5_000, "currency": "SAR"}));
    // Who uses a batch's id for a key of his own has the first id of its first place.
    let id = Secrets::development().merchant(Env::Test, "noor").batch_id(&key);
    let single =
        Card::of(&api.post_once("/v1/gift-cards", &json!({"amount": 700, "currency": "SAR"}), &id).expect(201));
    let batch = Batch::of(&api.post_once("/v1/gift-card-batches", &body, &key).expect(202));
    assert_eq!(batch.id, id);
    batch.finish(&api);
    let cards = batch.cards(&api);
    assert!(
        (cards.len(), distinct(&cards, "id").len()) == (3, 3) && !distinct(&cards, "id").contains(single.id.as_str())
    );
    for card in &cards {
        assert_eq!(Card::of(card).redeem(&api, "max").expect(201)["gift_card"], card["id"]);
    }
    assert_eq!(single.counters(&api), (700, 0));
}

#[test]
fn batch_whose_cards_expire_before_they_are_issued_stops_and_says_why() {
    let server = Server::start();
    let api = server.api();
    let now_ms = u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let expires_at = shared::time::write(now_ms + 2_000);
    let body = json!({"count": 100_000, "amount": 5_000, "currency": "SAR", "expires_at": expires_at});
    let batch = Batch::order(&api, &body);
    let stopped = until(Duration::from_secs(60), "it stops", || {
        Some(batch.read(&api)).filter(|batch| batch["status"] == "stopped")
    });
    assert_eq!((&stopped["cause"], &stopped["finished_at"]), (&json!("field_invalid"), &Value::Null));
    let cards = batch.cards(&api);
    assert_eq!(stopped["issued"], json!(cards.len()));
    assert_eq!(server.objects(), cards.len() + READY.0 + 1, "there is no card beside those that are told");
}

#[test]
fn batches_are_listed_by_pages_the_newest_first() {
    let server = Server::start();
    let api = server.api();
    assert_eq!(api.get("/v1/gift-card-batches").expect(200), json!({"data": [], "next_cursor": null}));
    let body = json!({"count": 1, "amount": 5_000, "currency": "SAR"});
    let mut made: Vec<String> = (0..23).map(|_| Batch::order(&api, &body).id).collect();
    made.reverse();
    let first = api.get("/v1/gift-card-batches").expect(200);
    let next = first["next_cursor"].as_str().unwrap();
    let second = api.get(&format!("/v1/gift-card-batches?cursor={next}")).expect(200);
    let ids = |page: &Value| -> Vec<String> {
        page["data"].as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((ids(&first).len(), [ids(&first), ids(&second)].concat()), (20, made));
    assert_eq!(second["next_cursor"], Value::Null);
    assert_eq!(api.get("/v1/gift-card-batches?cursor=7").problem(), (400, "cursor_invalid"));
}

#[test]
fn bad_order_is_refused_by_field_and_makes_nothing() {
    let server = Server::start();
    let api = server.api();
    let before = server.objects();
    let with = |name: &str, value: Value| {
        let mut body = json!({"count": 2, "amount": 5_000, "currency": "SAR"});
        body[name] = value;
        body
    };
    for (body, expected, field) in [
        (with("count", json!(0)), (422, "field_invalid"), "count"),
        (with("count", json!(100_001)), (422, "field_invalid"), "count"),
        (with("count", json!("2")), (422, "field_invalid"), "count"),
        (with("count", Value::Null), (422, "field_invalid"), "count"),
        (with("amount", json!(0)), (422, "amount_invalid"), "amount"),
        (with("amount", json!(9_007_199_254_740_991_u64)), (422, "amount_invalid"), "amount"),
        (with("currency", json!("SR")), (422, "field_invalid"), "currency"),
        (with("program", json!("nothing")), (422, "field_invalid"), "program"),
        (with("kind", json!("gift")), (422, "field_invalid"), "kind"),
        (with("jurisdiction", json!("sa")), (422, "field_invalid"), "jurisdiction"),
        (with("expires_at", json!("2020-01-01T00:00:00Z")), (422, "field_invalid"), "expires_at"),
        (with("code", json!("x")), (422, "unknown_field"), "code"),
        (with("gift", json!({})), (422, "unknown_field"), "gift"),
    ] {
        let answer = api.post("/v1/gift-card-batches", &body);
        assert_eq!((answer.problem(), &answer.json["field"]), (expected, &json!(field)), "{body}");
    }
    let early = json!({"count": 2, "amount": 5_000, "currency": "EUR", "jurisdiction": "IE", "expires_at": "2027-01-01T00:00:00Z"});
    let answer = api.post("/v1/gift-card-batches", &early);
    assert_eq!((answer.problem(), answer.json["rule"].is_string()), ((422, "expiry_too_short"), true));
    assert_eq!((server.objects(), api.get("/v1/gift-card-batches").expect(200)["data"].clone()), (before, json!([])));

    let batch = Batch::order(&api, &with("reference", json!("good")));
    batch.finish(&api);
    for (query, expected) in [
        ("?cursor=100001", (400, "cursor_invalid")),
        ("?cursor=-1", (400, "cursor_invalid")),
        ("?cursor=x", (400, "cursor_invalid")),
        ("?format=xml", (422, "field_invalid")),
        ("?page=2", (422, "unknown_field")),
    ] {
        assert_eq!(api.get(&batch.path(&format!("/codes{query}"))).problem(), expected, "{query}");
    }
    assert_eq!(api.get(&batch.path("/codes?cursor=100000")).body, b"", "beyond the end there is nothing");
    for id in ["gb_x", "gb_00000000000000000000000000000000", "x"] {
        for below in ["", "/codes"] {
            assert_eq!(api.get(&format!("/v1/gift-card-batches/{id}{below}")).problem(), (404, "not_found"), "{id}");
        }
    }
}
