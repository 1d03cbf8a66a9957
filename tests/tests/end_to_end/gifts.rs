//! Gifts: the words beside a card, the link that the shop sends, and the card's page that it opens.

use serde_json::{Value, json};
use std::time::Duration;
use tests::api::Api;
use tests::card::Card;
use tests::patience::until;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// A hand-off takes a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

fn words() -> Value {
    json!({"to": "نورة", "from": "Sara", "message": "كل عام وأنت بخير\n<b>\u{202e}&", "lang": "ar"})
}

fn issue(api: &Api, gift: &Value) -> Value {
    api.post("/v1/gift-cards", &json!({"amount": 10_000, "currency": "SAR", "gift": gift})).expect(201)
}

/// Whoever holds the link of that answer.
fn holder(server: &Server, answer: &Value) -> Api {
    let link = answer["link"].as_str().unwrap();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, format!("{}/card/", server.ready.url), "the page is the deployment's own");
    server.api().with_key(token)
}

fn page(holder: &Api) -> Value {
    holder.get("/v1/card-page").expect(200)
}

#[test]
fn link_shows_the_gift_and_its_code_on_demand() {
    let server = Server::start();
    let api = server.api();
    let settings = json!({"name": {"ar": "متجر نور", "en": "Noor"}, "jurisdiction": "US-CA", "programs": [{"id": "eid", "currency": "SAR",
        "name": {"ar": "عيدية", "en": "Eid gift"}, "look": {"colour": "#0f766e", "pattern": "stars"}}]});
    api.change("PUT", "/v1/settings", &settings).expect(200);
    let issued = api.post("/v1/gift-cards", &json!({"amount": 10_000, "program": "eid", "gift": words()})).expect(201);
    let holder = holder(&server, &issued);
    let shown = page(&holder);
    for (name, value) in [
        ("gift", words()),
        ("shop", settings["name"].clone()),
        ("program", settings["programs"][0]["name"].clone()),
        ("status", json!("active")),
        ("currency", json!("SAR")),
        ("issued", json!(10_000)),
        ("available", json!(10_000)),
        ("last4", issued["last4"].clone()),
    ] {
        assert_eq!(shown[name], value, "{name}");
    }
    assert_eq!((&shown["look"]["colour"], &shown["look"]["pattern"]), (&json!("#0f766e"), &json!("stars")));
    assert!(!shown.to_string().contains(issued["code"].as_str().unwrap()), "not before it is asked for");
    assert_eq!(holder.get("/v1/card-page/code").expect(200), json!({"code": issued["code"]}));

    Card::of(&issued).redeem(&api, 4_000).expect(201);
    assert_eq!(page(&holder)["available"], 6_000, "the page says what is left");
}

#[test]
fn card_without_a_gift_or_a_programme_has_a_page_too() {
    let server = Server::start();
    let issued =
        server.api().post("/v1/gift-cards", &json!({"amount": 500, "currency": "KWD", "kind": "promo"})).expect(201);
    let shown = page(&holder(&server, &issued));
    assert_eq!((shown.get("gift"), &shown["shop"]), (None, &Value::Null));
    assert!(shown["program"]["ar"].is_string() && shown["look"]["colour"].is_string(), "{shown}");
}

#[test]
fn link_opens_one_card_and_nothing_else() {
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let issued = issue(&server.api(), &words());
    let token = issued["link"].as_str().unwrap().split_once('#').unwrap().1;
    let own = server.api().page(token, &server.ready.url);
    assert_eq!(own.get("/v1/card-page").header("access-control-allow-origin"), Some(&*server.ready.url));
    assert_eq!(
        server.api().page(token, ORIGIN).get("/v1/card-page").status,
        200,
        "a shop may show it on its own pages"
    );
    let elsewhere = server.api().page(token, "https://evil.example").get("/v1/card-page");
    assert_eq!(
        (elsewhere.problem(), elsewhere.header("access-control-allow-origin")),
        ((403, "origin_not_allowed"), None)
    );
    let holder = server.api().with_key(token);
    assert_eq!(holder.get(&Card::of(&issued).path("")).problem(), (403, "key_scope"));
    assert_eq!(server.api().get("/v1/card-page").problem(), (403, "key_scope"), "a secret key is no link");
    for wrong in ["gl_x", "gl_eyJlIjoidGVzdCJ9.x", &token.replacen("gl_", "gl_A", 1), token.split_at(token.len() - 2).0]
    {
        for path in ["/v1/card-page", "/v1/card-page/code"] {
            assert_eq!(server.api().with_key(wrong).get(path).problem(), (401, "key_invalid"), "{wrong}");
        }
    }
}

#[test]
fn link_can_be_had_again_and_is_the_same() {
    let server = Server::start();
    let api = server.api();
    let body = json!({"amount": 10_000, "currency": "SAR", "gift": words()});
    let first = api.post_once("/v1/gift-cards", &body, "issue-0000000000001").expect(201);
    let again = api.post_once("/v1/gift-cards", &body, "issue-0000000000001");
    assert!(again.is_replayed());
    assert_eq!(again.expect(201), first);
    let card = Card::of(&first);
    assert_eq!(api.post(&card.path("/link"), &json!({})).expect(200)["link"], first["link"]);
    assert_eq!(
        api.post("/v1/gift-cards/gc_00000000000000000000000000000000/link", &json!({})).problem(),
        (404, "not_found")
    );
}

#[test]
fn gift_is_told_to_the_shop_and_not_at_a_till() {
    let server = Server::start();
    let card = Card::of(&issue(&server.api(), &words()));
    assert_eq!(card.read(&server.api())["gift"], words());
    let till = tests::secrets::Secrets::development().restricted_key(&[shared::seal::Scope::Pos], "noor", 1);
    assert_eq!(card.read(&server.api().with_key(&till)).get("gift"), None);
}

#[test]
fn what_people_wrote_stands_nowhere_in_the_clear_and_can_be_erased() {
    let server = Server::start();
    let api = server.api();
    let secret = "بخصوصية-7f3a";
    let issued = issue(&api, &json!({"to": secret, "message": secret}));
    let (card, holder) = (Card::of(&issued), holder(&server, &issued));
    let erased = api.post_once(&card.path("/erase"), &json!({"reason": "asked to"}), "erase-0000000000001").expect(200);
    assert_eq!((&erased["status"], &erased["available"]), (&json!("active"), &json!(10_000)));
    assert!(api.post_once(&card.path("/erase"), &json!({"reason": "asked to"}), "erase-0000000000001").is_replayed());
    assert_eq!((card.read(&api).get("gift"), page(&holder).get("gift")), (None, None));
    assert_eq!(card.entries(&api).last().unwrap()["action"], "erase");
    assert_eq!(holder.get("/v1/card-page/code").expect(200)["code"], issued["code"], "the card stays a card");
    card.redeem(&api, 10_000).expect(201);
    let holds = |file: &Vec<u8>| file.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(!server.files().iter().any(holds) && !server.log().contains(secret));
}

#[test]
fn receiver_is_found_until_the_gift_is_erased_and_by_nobody_at_a_till() {
    let server = Server::start();
    let api = server.api();
    let card = Card::of(&issue(&api, &words()));
    let search = |api: &Api, way: Value| {
        let sent =
            api.send("POST", "/v1/gift-cards/search", &[("Content-Type", "application/json")], way.to_string().into());
        sent.unwrap()
    };
    let found = |way: Value| search(&api, way).expect(200)["data"].as_array().unwrap().len();
    let is_found = |count| {
        until(PATIENCE, "the book has heard of it", || (found(json!({"recipient": "نوره"})) == count).then_some(()))
    };
    is_found(1);
    let till = tests::secrets::Secrets::development().restricted_key(&[shared::seal::Scope::Pos], "noor", 1);
    let till = api.with_key(&till);
    for way in [json!({"recipient": "نورة"}), json!({"campaign": "eid"})] {
        assert_eq!(search(&till, way).problem(), (403, "key_scope"));
    }
    assert_eq!(search(&till, json!({"last4": card.last4})).expect(200)["data"][0]["id"], json!(card.id));
    api.post(&card.path("/erase"), &json!({})).expect(200);
    is_found(0);
    assert_eq!(found(json!({"last4": card.last4})), 1);
}

#[test]
fn replaced_card_shows_no_code_and_the_new_one_has_the_gift() {
    let server = Server::start();
    let api = server.api();
    let issued = issue(&api, &words());
    let old = holder(&server, &issued);
    let new = api.post(&Card::of(&issued).path("/replace"), &json!({"reason": "lost"})).expect(201);
    assert_eq!(
        (&page(&old)["status"], old.get("/v1/card-page/code").problem()),
        (&json!("replaced"), (409, "card_replaced"))
    );
    let new_holder = holder(&server, &new);
    assert_eq!((&page(&new_holder)["gift"], &page(&new_holder)["available"]), (&words(), &json!(10_000)));
    assert_eq!(new_holder.get("/v1/card-page/code").expect(200)["code"], new["code"]);
}

#[test]
fn gift_that_cannot_be_shown_is_refused_and_nothing_is_issued() {
    let server = Server::start();
    let (api, before) = (server.api(), server.objects());
    for (gift, field) in [
        (json!("words"), "gift"),
        (json!({"to": ""}), "gift.to"),
        (json!({"to": "  "}), "gift.to"),
        (json!({"to": 5}), "gift.to"),
        (json!({"to": "x".repeat(61)}), "gift.to"),
        (json!({"from": "a\nb"}), "gift.from"),
        (json!({"message": "a\u{0}b"}), "gift.message"),
        (json!({"message": "x".repeat(501)}), "gift.message"),
        (json!({"lang": "fr"}), "gift.lang"),
    ] {
        let refused = api.post("/v1/gift-cards", &json!({"amount": 1, "currency": "SAR", "gift": gift}));
        assert_eq!((refused.problem(), &refused.json["field"]), ((422, "field_invalid"), &json!(field)), "{gift}");
    }
    let unknown = api.post("/v1/gift-cards", &json!({"amount": 1, "currency": "SAR", "gift": {"cc": "x"}}));
    assert_eq!((unknown.problem(), &unknown.json["field"]), ((422, "unknown_field"), &json!("gift.cc")));
    assert_eq!(server.objects(), before);
}
