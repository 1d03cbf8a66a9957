//! A deployment without its secrets fails closed.

use serde_json::json;
use shared::seal::Env;
use tests::api::Api;
use tests::checkout::Checkout;
use tests::secrets::Secrets;
use tests::server::Server;
use tests::worker::Worker;

/// Whoever holds whatever key, money is not served.
#[track_caller]
fn check_closed(api: &Api, path: &str) {
    let answer = api.post(path, &json!({"amount": 100, "currency": "SAR"}));
    assert_eq!(answer.problem(), (503, "signing_unavailable"), "{path}");
    assert_eq!((&answer.json["retryable"], answer.header("retry-after")), (&json!(true), Some("1")));
}

#[test]
fn missing_or_malformed_secret_refuses_everything_but_health() {
    let whole = Secrets::development();
    let key = whole.secret_key(Env::Test, "noor");
    let environment = whole.settings().environment;
    let without = |name: &str| environment.iter().filter(|(entry, _)| *entry != name).cloned().collect::<Vec<_>>();
    let mut cases =
        vec![Vec::new(), without("RASEED_SIGNING_ROOTS"), without("RASEED_AUTH_ROOTS"), without("RASEED_INDEX_ROOT")];
    cases.push(Secrets { signing: "0:sign:00".into(), ..whole.clone() }.settings().environment);
    cases.push(Secrets { signing: format!("{0},{0}", whole.signing), ..whole.clone() }.settings().environment);
    for environment in cases {
        let worker = Worker::start(&environment);
        let api = Api::new(&worker.url, &key);
        check_closed(&api, "/v1/gift-cards");
        check_closed(&api, "/v1/balances");
        check_closed(&api.with_key("ct_e30.AAAA"), "/v1/checkouts");
        assert_eq!(api.with_key("").post("/v1/gift-cards", &json!({})).problem(), (401, "key_missing"));
        assert_eq!(api.get("/healthz").expect(200)["status"], "ok");
    }
}

#[test]
fn development_secrets_never_serve_live() {
    let server = Server::start();
    let secrets = Secrets::development();
    let before = server.objects();
    for key in [secrets.secret_key(Env::Live, "noor"), secrets.publishable_key(Env::Live, "noor")] {
        check_closed(&server.api().with_key(&key), "/v1/gift-cards");
    }
    // One development root among private ones is one too many: whoever knows it could sign.
    let signing = format!("{},1:sign:{}", secrets.signing, "11".repeat(32));
    let mixed = Secrets { signing, ..Secrets::private() };
    let half = Server::start_with(mixed.settings());
    check_closed(&half.api().with_key(&mixed.secret_key(Env::Live, "noor")), "/v1/gift-cards");
    assert_eq!(server.objects(), before);
}

#[test]
fn deployment_without_a_signing_root_verifies_but_does_not_issue() {
    let mut server = Server::start_with(Secrets::private().settings());
    let api = server.api();
    let card = tests::card::Card::issue(&api, 1_000);
    server.kill();
    // The tool issues cards when it starts a server, so the Worker is started alone on another folder: its cards are unknown there, its codes are not.
    let secrets = Secrets { signing: Secrets::private().signing.replace("sign", "verify"), ..Secrets::private() };
    let worker = Worker::start(&secrets.settings().environment);
    let api = Api::new(&worker.url, &server.ready.secret_key);
    check_closed(&api, "/v1/gift-cards");
    assert_eq!(card.redeem(&api, 1).problem(), (404, "card_unknown"));
    Checkout::open(&api, 5_000);
}
