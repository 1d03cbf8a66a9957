//! Finding cards: by what is printed on them, by the shop's own names, and by whom they are for.

use serde_json::{Value, json};
use shared::card::{Account, Command, Facts};
use shared::journal::{GENESIS, Line};
use shared::money::{Amount, Currency};
use shared::program::Kind;
use shared::seal::Env;
use shared::wire::call::{HandOff, JournalCall};
use shared::wire::request::Note;
use shared::wire::row::Detail;
use std::time::Duration;
use tempfile::TempDir;
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::patience::until;
use tests::secrets::Secrets;
use tests::server::Server;
use tests::worker::Worker;

fn search(api: &Api, body: &Value) -> Answer {
    api.send("POST", "/v1/gift-cards/search", &[("Content-Type", "application/json")], body.to_string().into_bytes())
        .unwrap()
}

/// The ids that are found, page by page.
fn ids(api: &Api, body: &Value) -> Vec<String> {
    let (mut ids, mut body) = (Vec::new(), body.clone());
    loop {
        let page = search(api, &body).expect(200);
        ids.extend(page["data"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => body["cursor"] = json!(cursor),
            None => return ids,
        }
    }
}

/// Waits until that many are found.
#[track_caller]
fn found(api: &Api, body: &Value, count: usize) -> Vec<String> {
    until(Duration::from_secs(20), "they are found", || Some(ids(api, body)).filter(|ids| ids.len() == count))
}

#[test]
fn card_is_found_by_what_is_printed_and_by_the_names_of_the_shop() {
    let server = Server::start();
    let api = server.api();
    let fields = json!({"amount": 5_000, "currency": "SAR", "reference": "حفل 7", "campaign": "eid-26", "kind": "promo", "active": false});
    let card = Card::issue_as(&api, &fields);
    Card::issue_as(&api, &json!({"amount": 5_000, "currency": "SAR", "reference": "other"}));
    for body in
        [json!({"reference": "حفل 7"}), json!({"campaign": "eid-26"}), json!({"last4": card.last4.to_lowercase()})]
    {
        assert!(found(&api, &body, 1).contains(&card.id), "{body}");
    }
    let read = card.read(&api);
    let of_reference = || search(&api, &json!({"reference": "حفل 7"})).expect(200);
    let known = json!({
        "id": card.id, "last4": card.last4, "status": "inactive", "kind": "promo", "program": null, "campaign": "eid-26", "reference": "حفل 7",
        "currency": "SAR", "issued": 5_000, "available": 5_000, "held": 0, "created_at": read["created_at"], "expires_at": null,
    });
    assert_eq!(of_reference(), json!({"data": [known], "next_cursor": null}));
    for (act, status) in [("activate", "active"), ("freeze", "frozen"), ("unfreeze", "active")] {
        api.post(&card.path(&format!("/{act}")), &json!({})).expect(200);
        until(Duration::from_secs(20), status, || (of_reference()["data"][0]["status"] == status).then_some(()));
    }
    card.redeem(&api, 5_000).expect(201);
    until(Duration::from_secs(20), "it is used up", || {
        (of_reference()["data"][0]["status"] == "used_up").then_some(())
    });
    for body in [
        json!({"reference": "حفل"}),
        json!({"campaign": "EID-26"}),
        json!({"recipient": "سارة"}),
        json!({"last4": "0000"}),
    ] {
        assert_eq!(search(&api, &body).expect(200), json!({"data": [], "next_cursor": null}), "{body}");
    }
}

#[test]
fn pages_go_from_the_newest_back_and_take_no_cursor_that_was_changed() {
    let server = Server::start();
    let api = server.api();
    let mut cards = Vec::new();
    for _ in 0..5 {
        let card = Card::issue_as(&api, &json!({"amount": 100, "currency": "SAR", "campaign": "c"}));
        found(&api, &json!({"campaign": "c"}), cards.len() + 1);
        cards.insert(0, card.id);
    }
    for limit in [1, 2, 4, 5, 100] {
        assert_eq!(ids(&api, &json!({"campaign": "c", "limit": limit})), cards, "{limit}");
    }
    let cursor =
        search(&api, &json!({"campaign": "c", "limit": 2})).expect(200)["next_cursor"].as_str().unwrap().to_owned();
    let (place, tag) = cursor.split_once('.').unwrap();
    let other = place.parse::<u64>().unwrap() + 1;
    for cursor in
        [format!("{other}.{tag}"), format!("0{place}.{tag}"), format!("{place}.{tag}0"), place.into(), "x".into()]
    {
        let answer = search(&api, &json!({"campaign": "c", "cursor": cursor}));
        assert_eq!(answer.problem(), (400, "cursor_invalid"), "{cursor}");
    }
    let of_other = Secrets::development().merchant(Env::Test, "other").cursor(place.parse().unwrap());
    assert_eq!(search(&api, &json!({"campaign": "c", "cursor": of_other})).problem(), (400, "cursor_invalid"));
}

#[test]
fn search_that_names_nothing_or_two_things_is_refused() {
    let server = Server::start();
    let api = server.api();
    for (body, field) in [
        (json!({}), "last4"),
        (json!({"last4": "D5V"}), "last4"),
        (json!({"last4": "D5VVV"}), "last4"),
        (json!({"last4": "D5V!"}), "last4"),
        (json!({"last4": ""}), "last4"),
        (json!({"reference": 7}), "reference"),
        (json!({"reference": "a\u{7}"}), "reference"),
        (json!({"campaign": "x".repeat(129)}), "campaign"),
        (json!({"last4": "D5VV", "campaign": "c"}), "campaign"),
        (json!({"campaign": "c", "limit": 0}), "limit"),
        (json!({"campaign": "c", "limit": 101}), "limit"),
    ] {
        let answer = search(&api, &body);
        assert_eq!((answer.problem(), answer.json["field"].as_str()), ((422, "field_invalid"), Some(field)), "{body}");
    }
    assert_eq!(search(&api, &json!({"campaign": "c", "status": "active"})).problem(), (422, "unknown_field"));
    assert_eq!(
        api.send("POST", "/v1/gift-cards/search", &[("Content-Type", "application/json")], b"[]".to_vec())
            .unwrap()
            .problem()
            .0,
        400
    );
}

#[test]
fn recipient_is_found_however_the_name_is_written_and_no_more_once_it_is_erased() {
    let folder = TempDir::new().unwrap();
    let secrets = Secrets::development();
    let worker = Worker::with_door(&secrets.settings().environment, folder.path());
    let api = Api::new(&worker.url, &secrets.secret_key(Env::Test, "noor"));
    let door = Api::new(&worker.door, "");
    let (mut account, mut previous) = (Account::default(), GENESIS.to_owned());
    let mut hand_over = |command: Command, recipient: Option<String>| {
        let entry = account.apply(&command, 7).unwrap();
        let line = Line::new("gc_1", &entry, Detail::new(&entry.action, Note::default()), &previous);
        previous = line.hash();
        let hand_off = HandOff { lines: vec![line], last4: Some("D5VV".into()), recipient };
        let body = serde_json::to_vec(&JournalCall::Receive(hand_off)).unwrap();
        assert_eq!(door.send("POST", "/test/noor/0", &[], body).unwrap().status, 200);
    };
    let keys = secrets.merchant(Env::Test, "noor");
    let sara = Some(keys.recipient("سارة أحمد"));
    let amount = Amount::new(100).unwrap();
    hand_over(
        Command::Issue { amount, facts: Facts::plain(Currency::parse("SAR").unwrap(), Kind::PaidGift, 0) },
        sara.clone(),
    );
    for name in ["سارة أحمد", "ساره احمد", " سَارة  أحمد "] {
        assert_eq!(ids(&api, &json!({"recipient": name})), ["gc_1"], "{name}");
    }
    assert_eq!(ids(&api, &json!({"recipient": sara.as_deref()})), Vec::<String>::new(), "the hash is no name");
    assert_eq!(ids(&api, &json!({"recipient": "سارة"})), Vec::<String>::new());
    hand_over(Command::Freeze, sara);
    assert_eq!(ids(&api, &json!({"recipient": "سارة أحمد"})), ["gc_1"]);
    hand_over(Command::Unfreeze, None);
    assert_eq!(ids(&api, &json!({"recipient": "سارة أحمد"})), Vec::<String>::new());
    assert_eq!(ids(&api, &json!({"last4": "d5vv"})), ["gc_1"]);
}
