//! Cards that were sold elsewhere: a file of them, and the exchange of their codes.

use serde_json::{Value, json};
use shared::limits::IMPORT_BYTES_MAX;
use shared::seal::Env;
use tests::api::fresh_key;
use tests::batch::Batch;
use tests::card::Card;
use tests::secrets::Secrets;
use tests::server::Server;

fn import(csv: &str, count: usize, total: u64) -> Value {
    json!({"csv": csv, "count": count, "total": total, "currency": "SAR"})
}

const FILE: &str = "old_code,amount,expires_at\nOLD-000-AAA,5000,\nold 000 bbb,700,2040-01-01T00:00:00Z\n";

#[test]
fn old_code_is_exchanged_once_for_a_card_that_can_be_spent() {
    let server = Server::start();
    let api = server.api();
    let batch = Batch::import(&api, &import(FILE, 2, 5_700));
    let done = batch.finish(&api);
    let told = ["type", "count", "issued", "refused", "total"].map(|name| done[name].clone());
    assert_eq!(told, [json!("import"), json!(2), json!(2), json!(0), json!(5_700)]);
    assert_eq!(api.get(&batch.path("/codes")).problem(), (404, "not_found"), "only whoever has the old code is told");

    let (key, body) = (fresh_key(), json!({"old_code": "old000aaa"}));
    let exchanged = api.post_once("/v1/imports/exchange", &body, &key);
    assert!(!exchanged.is_replayed());
    let exchanged = exchanged.expect(200);
    let told = ["status", "available", "batch", "expires_at"].map(|name| exchanged[name].clone());
    assert_eq!(told, [json!("active"), json!(5_000), json!(batch.id), Value::Null]);
    let again = api.post_once("/v1/imports/exchange", &body, &key);
    assert!(again.is_replayed() && again.json == exchanged, "the code is told again for the same key: {}", again.json);
    let before = api.post("/v1/imports/exchange", &body);
    assert_eq!((before.problem(), &before.json["gift_card"]), ((409, "already_exchanged"), &exchanged["id"]));
    let reused = api.post_once("/v1/imports/exchange", &json!({"old_code": "OLD000BBB"}), &key);
    assert_eq!(reused.status, 200, "a key counts for the card that it acts on");
    assert_eq!(reused.json["expires_at"], "2040-01-01T00:00:00.000Z");
    let card = Card::of(&exchanged);
    assert_eq!(card.redeem(&api, 5_000).expect(201)["balance_after"], 0);
    assert_eq!(Card::of(&reused.json).redeem(&api, "max").expect(201)["amount"], 700);
}

#[test]
fn imported_card_whose_first_id_is_somebody_elses_is_found_by_its_old_code() {
    let server = Server::start();
    let api = server.api();
    // Who uses what stands for an old code for a key of his own has the first id of its card.
    let key = Secrets::development().merchant(Env::Test, "noor").old_code("OLD000AAA");
    let issue = json!({"amount": 1, "currency": "SAR", "active": false});
    let single = Card::of(&api.post_once("/v1/gift-cards", &issue, &key).expect(201));
    let exchange = || api.post("/v1/imports/exchange", &json!({"old_code": "OLD000AAA"}));
    assert_eq!(exchange().problem(), (404, "card_unknown"), "it is no card of an import");
    Batch::import(&api, &import(FILE, 2, 5_700)).finish(&api);
    let exchanged = exchange().expect(200);
    assert_eq!(exchanged["available"], 5_000);
    assert_eq!(Card::of(&exchanged).redeem(&api, "max").expect(201)["amount"], 5_000);
    assert_eq!((&single.read(&api)["status"], single.counters(&api)), (&json!("inactive"), (1, 0)));
}

#[test]
fn old_code_that_nobody_imported_is_unknown() {
    let server = Server::start();
    let api = server.api();
    Batch::import(&api, &import(FILE, 2, 5_700)).finish(&api);
    let before = server.objects();
    let exchange = |code: Value| api.post("/v1/imports/exchange", &json!({"old_code": code}));
    assert_eq!(exchange(json!("OLD000CCC")).problem(), (404, "card_unknown"));
    for code in [json!("abc"), json!(""), json!("أبجد"), json!(12_345), Value::Null, json!("x".repeat(65))] {
        let answer = exchange(code);
        assert_eq!((answer.problem(), &answer.json["field"]), ((422, "field_invalid"), &json!("old_code")));
    }
    assert_eq!(server.objects(), before);
}

#[test]
fn code_that_was_imported_before_is_reported_and_doubles_nothing() {
    let server = Server::start();
    let api = server.api();
    let (key, body) = (fresh_key(), import(FILE, 2, 5_700));
    let first = Batch::of(&api.post_once("/v1/imports/gift-cards", &body, &key).expect(202));
    first.finish(&api);
    let again = api.post_once("/v1/imports/gift-cards", &body, &key);
    assert!(again.is_replayed());
    assert_eq!(again.expect(202)["id"], json!(first.id));
    let other = import(FILE, 2, 5_700);
    let reused = api.post_once("/v1/gift-card-batches", &json!({"count": 2, "amount": 1, "currency": "SAR"}), &key);
    assert_eq!(reused.problem(), (422, "idempotency_key_reused"), "a batch is no import");

    let before = server.objects();
    let second = Batch::import(&api, &other);
    let told = second.finish(&api);
    assert_eq!((&told["issued"], &told["refused"], &told["refused_lines"]), (&json!(0), &json!(2), &json!([2, 3])));
    let third = Batch::import(&api, &import("old_code,amount\nnew-0001,1\nOLD000AAA,999\n", 2, 1_000));
    let told = third.finish(&api);
    assert_eq!((&told["issued"], &told["refused"], &told["refused_lines"]), (&json!(1), &json!(1), &json!([3])));
    assert_eq!(server.objects(), before + 2 + 1, "two imports and one card");
    let exchanged = api.post("/v1/imports/exchange", &json!({"old_code": "OLD000AAA"})).expect(200);
    assert_eq!((&exchanged["available"], &exchanged["batch"]), (&json!(5_000), &json!(first.id)));
}

#[test]
fn file_that_does_not_reconcile_or_has_a_bad_row_makes_nothing() {
    let server = Server::start();
    let api = server.api();
    let before = server.objects();
    let row = |row: &str| import(&format!("old_code,amount,expires_at\nABCD,7,\n{row}\n"), 2, 15);
    let with = |name: &str, value: Value| {
        let mut body = import(FILE, 2, 5_700);
        body[name] = value;
        body
    };
    for (body, expected, field) in [
        (with("count", json!(3)), (422, "field_invalid"), "count"),
        (with("count", Value::Null), (422, "field_invalid"), "count"),
        (with("total", json!(5_701)), (422, "amount_invalid"), "total"),
        (with("total", Value::Null), (422, "amount_invalid"), "total"),
        (with("csv", json!(7)), (422, "field_invalid"), "csv"),
        (with("csv", json!("ABCD,7")), (422, "field_invalid"), "csv[line 1]"),
        (with("currency", Value::Null), (422, "field_invalid"), "currency"),
        (with("program", json!("nothing")), (422, "field_invalid"), "program"),
        (with("active", json!(true)), (422, "unknown_field"), "active"),
        (row("ABCE"), (422, "field_invalid"), "csv[line 3]"),
        (row("abc,8,"), (422, "field_invalid"), "csv[line 3].old_code"),
        (row("a-b-c-d,8,"), (422, "old_code_doubled"), "csv[line 3].old_code"),
        (row("ABCE,8.00,"), (422, "amount_invalid"), "csv[line 3].amount"),
        (row("ABCE,8,soon"), (422, "field_invalid"), "csv[line 3].expires_at"),
        (row("ABCE,8,2020-01-01T00:00:00Z"), (422, "field_invalid"), "csv[line 3].expires_at"),
    ] {
        let answer = api.post("/v1/imports/gift-cards", &body);
        assert_eq!((answer.problem(), &answer.json["field"]), (expected, &json!(field)), "{body}");
    }
    let early = json!({"csv": FILE.replace("2040", "2029"), "count": 2, "total": 5_700, "currency": "EUR", "jurisdiction": "IE"});
    let answer = api.post("/v1/imports/gift-cards", &early);
    assert_eq!(
        (answer.problem(), &answer.json["field"]),
        ((422, "expiry_too_short"), &json!("csv[line 3].expires_at"))
    );
    assert!(answer.json["rule"].is_string());
    let headers = [("Content-Type", "application/json")];
    let too_long = api.announce("POST", "/v1/imports/gift-cards", &headers, IMPORT_BYTES_MAX + 1);
    assert_eq!(too_long.problem(), (413, "body_too_large"));
    assert_eq!(server.objects(), before);
}

#[test]
fn import_of_several_steps_gives_each_code_its_own_card_and_keeps_no_old_code() {
    let server = Server::start();
    let api = server.api();
    let rows: Vec<String> = (0..1_200).map(|number| format!("SECRETOLD{number:06},{}", number + 1)).collect();
    let csv = format!("old_code,amount\n{}\n", rows.join("\n"));
    let total = (1..=1_200).sum();
    let batch = Batch::import(&api, &import(&csv, 1_200, total));
    batch.finish(&api);
    for place in [0_u64, 499, 500, 1_199] {
        let body = json!({"old_code": format!("secret-old-{place:06}")});
        let exchanged = api.post("/v1/imports/exchange", &body).expect(200);
        assert_eq!(exchanged["available"], json!(place + 1));
    }
    let files = server.files();
    for secret in ["SECRETOLD", "secretold", "secret-old"] {
        let held = files.iter().any(|file| file.windows(secret.len()).any(|part| part == secret.as_bytes()));
        assert!(!held && !server.log().contains(secret), "{secret} is in a file or in the log");
    }
}
