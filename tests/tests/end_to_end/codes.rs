//! The code format in the Wasm that ships, against the vectors of an independent program.

use serde_json::json;
use shared::code::Code;
use shared::seal::{KeyKind, Keys, Merchant};
use std::collections::BTreeMap;
use tests::api::Api;
use tests::card::Card;
use tests::server::Server;
use tests::vectors::{Corpus, Vectors, env};

/// A server with the vectors' roots, and a client for each merchant.
struct Deployment {
    vectors: Vectors,
    server: Server,
    keys: Keys,
    api: Api,
}

impl Deployment {
    fn start() -> Self {
        let vectors = Vectors::read();
        let (server, keys) = (Server::start_with(vectors.secrets().settings()), vectors.secrets().keys());
        Self { vectors, api: server.api(), server, keys }
    }

    fn merchant(&self, env_name: &str, merchant: &str) -> Api {
        let merchant = Merchant::parse(merchant).unwrap();
        self.api.with_key(&self.keys.api_key(KeyKind::Secret, env(env_name), &merchant, 1).unwrap())
    }

    /// What the Worker says of a code: the status and the problem of a balance, by the secret key of that merchant.
    #[track_caller]
    fn check(&self, env_name: &str, merchant: &str, input: &str, expected: (u16, &str)) {
        let answer = self.merchant(env_name, merchant).send(
            "POST",
            "/v1/balances",
            &[("Content-Type", "application/json")],
            json!({"code": input}).to_string().into_bytes(),
        );
        assert_eq!(answer.unwrap().problem(), expected, "{env_name} {merchant} {input:?}");
    }
}

#[test]
fn every_accepted_code_verifies_and_makes_no_object() {
    let deployment = Deployment::start();
    let before = deployment.server.objects();
    for case in &deployment.vectors.accept {
        for spelling in [&case.code, &case.display] {
            deployment.check(&case.env, &case.merchant, spelling, (404, "card_unknown"));
        }
        let card = deployment.merchant(&case.env, &case.merchant).get(&format!("/v1/gift-cards/{}", case.card));
        assert_eq!(card.problem(), (404, "not_found"));
    }
    assert!(deployment.vectors.accept.len() >= 60);
    assert_eq!(deployment.server.objects(), before);
}

#[test]
fn every_rejected_code_is_refused_for_its_reason_and_makes_no_object() {
    let deployment = Deployment::start();
    let before = deployment.server.objects_asked();
    for case in &deployment.vectors.reject {
        let expected = match case.why.as_str() {
            "forged" => (404, "code_not_verified"),
            "check_failed" => (422, "code_check_failed"),
            "malformed" => (422, "code_malformed"),
            other => panic!("an unknown reason: {other}"),
        };
        deployment.check(&case.env, &case.merchant, &case.input, expected);
    }
    assert!(deployment.vectors.reject.len() >= 200);
    assert_eq!(deployment.server.objects_asked(), before);
}

#[test]
fn every_issued_code_is_the_one_that_its_key_leads_to() {
    let deployment = Deployment::start();
    let first = deployment.vectors.issue.iter().filter(|case| case.index == 0 && case.retry == 0);
    let mut issued = 0;
    for case in first {
        let api = deployment.merchant(&case.env, &case.merchant);
        let answer = api.post_once("/v1/gift-cards", &json!({"amount": 100, "currency": "SAR"}), &case.key);
        let card = Card::of(&answer.expect(201));
        let code = Code::parse(&card.code).unwrap();
        assert_eq!((code.card_id(), code.key_id()), (case.id, 31), "the newest root signs");
        let keys = deployment.vectors.secrets().merchant(env(&case.env), &case.merchant);
        assert_eq!(keys.verify(&code).unwrap().text(), card.id);
        assert_eq!(card.read(&api)["last4"], code.last4());
        issued += 1;
    }
    assert!(issued >= 8);
}

#[test]
fn every_spelling_is_read_as_its_code() {
    let deployment = Deployment::start();
    let before = deployment.server.objects();
    let corpus = Corpus::read();
    let owners: BTreeMap<&str, (&str, &str)> =
        deployment.vectors.accept.iter().map(|case| (&*case.code, (&*case.env, &*case.merchant))).collect();
    for case in &corpus.accept {
        // A tag of 45 bits verifies for this one code alone, so what verifies was read as it.
        let (env, merchant) = owners[&*case.code];
        deployment.check(env, merchant, &case.input, (404, "card_unknown"));
        deployment.check(env, "somebody_else", &case.input, (404, "code_not_verified"));
    }
    for case in &corpus.reject {
        let code = if case.why == "looks_like_payment_card" { "looks_like_payment_card" } else { "code_malformed" };
        deployment.check("test", "noor", &case.input, (422, code));
    }
    assert!(corpus.accept.len() >= 480 && corpus.reject.len() >= 16);
    assert_eq!(deployment.server.objects(), before);
}

#[test]
fn a_card_is_the_same_in_every_spelling() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 1_000);
    let arabic = |code: &str| -> String {
        code.chars()
            .map(|symbol| symbol.to_digit(10).map_or(symbol, |digit| "٠١٢٣٤٥٦٧٨٩".chars().nth(digit as usize).unwrap()))
            .collect()
    };
    let spellings = [
        card.code.to_lowercase(),
        card.code.replace('-', " "),
        card.code.replace('-', "\u{2013}"),
        arabic(&card.code),
        format!("\u{200f}{}\u{200e}", card.code),
        card.code.replace('0', "o").replace('1', "l"),
    ];
    for (place, spelling) in spellings.iter().enumerate() {
        let balance = api.change("POST", "/v1/balances", &json!({"code": spelling})).expect(200);
        assert_eq!(balance["id"], card.id);
        let request = json!({"code": spelling, "amount": 100, "currency": "SAR", "reference": "order-1"});
        let redemption = api.post("/v1/redemptions", &request).expect(201);
        assert_eq!(
            (&redemption["gift_card"], &redemption["balance_after"]),
            (&json!(card.id), &json!(900 - 100 * place))
        );
    }
}
