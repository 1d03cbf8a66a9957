//! Codes that are worth nothing: no storage is asked, nothing is written, and the public cannot tell one from another.

use serde_json::{Value, json};
use shared::code::Code;
use shared::seal::Env;
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// A deployment with two roots that sign, one after another, and one that was revoked.
fn secrets() -> Secrets {
    let root = |byte: &str| byte.repeat(32);
    Secrets {
        signing: format!("0:verify:{},1:sign:{},2:revoked:{}", root("10"), root("11"), root("12")),
        ..Secrets::private()
    }
}

fn start() -> (Server, Secrets) {
    let secrets = secrets();
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..secrets.settings() });
    (server, secrets)
}

/// Every kind of worthless code, with what a server is told of it.
fn worthless(api: &Api, secrets: &Secrets) -> Vec<(&'static str, String, &'static str)> {
    let noor = secrets.merchant(Env::Test, "noor");
    let real = Code::parse(&Card::issue(api, 1_000).code).unwrap();
    let sold_by = |env, merchant: &str| Card::issue(&api.with_key(&secrets.secret_key(env, merchant)), 1_000).code;
    let never_issued = |root| noor.seal(root, 0x0123_4567_89ab).unwrap().display();
    let forged = |key_id, tag| Code::compose(key_id, real.card_id(), tag).display();
    vec![
        ("one bit of the tag", forged(1, real.tag() ^ 1), "code_not_verified"),
        ("no tag", forged(1, 0), "code_not_verified"),
        ("an unknown key", forged(9, real.tag()), "code_not_verified"),
        ("a revoked key", never_issued(2), "code_not_verified"),
        ("another merchant's card", sold_by(Env::Test, "other_shop"), "code_not_verified"),
        ("a live card", sold_by(Env::Live, "noor"), "code_not_verified"),
        ("never issued", never_issued(1), "card_unknown"),
        (
            "a real card under another root than its own",
            noor.seal(0, real.card_id()).unwrap().display(),
            "card_unknown",
        ),
    ]
}

/// Every request that takes a code, by a server and by pages. Returns the answers to the public.
fn present(api: &Api, page: &Api, of_server: &Checkout, code: &str, expected: &str) -> Vec<Answer> {
    let balance = json!({"code": code});
    let redemption = json!({"code": code, "amount": 1, "currency": "SAR", "reference": "order-1"});
    for answer in
        [api.post("/v1/balances", &balance), api.post("/v1/redemptions", &redemption), of_server.apply(api, code)]
    {
        assert_eq!(answer.problem(), (404, expected));
    }
    let made_by_page = Checkout::open(page, 5_000);
    vec![
        page.post("/v1/balances", &balance),
        made_by_page.apply(&page.page(&made_by_page.token, ORIGIN), code),
        of_server.apply(&page.page(&of_server.token, ORIGIN), code),
    ]
}

#[test]
fn worthless_codes_make_no_object_and_look_alike_to_the_public() {
    let (server, secrets) = start();
    let api = server.api();
    let page = api.page(&server.ready.publishable_key, ORIGIN);
    let of_server = Checkout::open_as(&api, &json!({"total": 5_000, "origin": ORIGIN}));
    let codes = worthless(&api, &secrets);
    let (before, asked) = (server.objects(), server.objects_asked());
    let mut told: Vec<(Vec<u8>, Vec<(String, String)>)> = Vec::new();
    for (what, code, expected) in &codes {
        for answer in present(&api, &page, &of_server, code, expected) {
            assert_eq!(answer.problem(), (404, "card_not_usable"), "{what}");
            told.push((answer.body, answer.headers));
        }
        assert_eq!(server.objects(), before, "{what}");
        // Only who has the signing key gets further: a code that verifies is looked for, and leaves no row.
        assert!(*expected == "card_unknown" || server.objects_asked() == asked, "{what}");
    }
    assert!(told.iter().all(|answer| answer == &told[0]), "{told:?}");
    assert_eq!(of_server.read(&api)["quote"]["tenders"], json!([]));
}

#[test]
fn code_of_live_is_worth_nothing_in_test_and_the_other_way_round() {
    let (server, secrets) = start();
    let client = |env| server.api().with_key(&secrets.secret_key(env, "noor"));
    for (here, there) in [(Env::Test, Env::Live), (Env::Live, Env::Test)] {
        let card = Card::issue(&client(here), 1_000);
        assert_eq!(card.redeem(&client(there), 1).problem(), (404, "code_not_verified"));
        assert_eq!(client(there).get(&card.path("")).problem(), (404, "not_found"));
        assert_eq!(card.redeem(&client(here), 1_000).expect(201)["balance_after"], 0);
    }
}

#[test]
fn card_keeps_its_code_when_the_signing_root_rotates() {
    let root = |byte: &str| byte.repeat(32);
    let old = Secrets { signing: format!("0:sign:{}", root("10")), ..Secrets::private() };
    let mut server = Server::start_with(old.settings());
    let api = server.api();
    let request = json!({"amount": 1_000, "currency": "SAR"});
    let issue = |api: &Api| -> Value { api.post_once("/v1/gift-cards", &request, "the-key-of-one-card").expect(201) };
    let first = issue(&api);

    server.kill();
    server.restart_with(secrets().settings());
    assert_eq!(issue(&api), first, "a repetition still tells the first code");
    assert_eq!(Card::of(&first).redeem(&api, 400).expect(201)["balance_after"], 600);
    assert_eq!(Code::parse(&Card::issue(&api, 1).code).unwrap().key_id(), 1, "the new root signs");

    let revoked = Secrets { signing: secrets().signing.replace("0:verify", "0:revoked"), ..secrets() };
    server.kill();
    server.restart_with(revoked.settings());
    assert_eq!(Card::of(&first).redeem(&api, 400).problem(), (404, "code_not_verified"));
    assert_eq!(Card::of(&first).counters(&api), (600, 0), "the card itself is not lost");
}
