//! Console sessions: both factors open half an hour, one of them opens nothing, and a guesser is locked out.

use serde_json::{Value, json};
use shared::seal::Scope::{Console, Pos};
use shared::seal::{ConsoleToken, Env, KeyKind, Merchant};
use std::time::SystemTime;
use tests::api::{Answer, Api};
use tests::clock::Clock;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

const CONSOLE: &str = "https://console.example";

/// The time, as the authenticator has it. The machine's is the server's.
fn now_ms() -> u64 {
    u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}

/// The factors of a console key of the development merchant, with the code of so many steps from now.
fn factors(key: u32, steps: i64) -> Value {
    let secrets = Secrets::development();
    let at_ms = now_ms().checked_add_signed(steps * 30_000).unwrap();
    json!({"key": secrets.restricted_key(&[Console], "noor", key), "totp": secrets.totp("noor", key, at_ms)})
}

/// The factors with a code that is none of the key's at any moment near.
fn wrong(key: u32) -> Value {
    let near: Vec<Value> = (-3..=3).map(|steps| factors(key, steps)["totp"].clone()).collect();
    let code = (0..10).map(|number| json!(format!("{number:06}"))).find(|code| !near.contains(code)).unwrap();
    json!({"key": factors(key, 0)["key"], "totp": code})
}

fn sign_in(api: &Api, factors: &Value) -> Answer {
    api.change("POST", "/v1/console/sessions", factors)
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer.json["token"].as_str().unwrap().to_owned()
}

#[test]
fn both_factors_open_a_session_for_half_an_hour() {
    let server = Server::start();
    let stranger = server.api().with_key("");
    let before = now_ms();
    let opened = sign_in(&stranger, &factors(1, 0));
    let expires = shared::time::read(opened.json["expires_at"].as_str().unwrap()).unwrap();
    assert!((before + 1_800_000..=now_ms() + 1_800_000).contains(&expires));
    let session = stranger.with_key(&token(&opened));
    let mut settings = session.get("/v1/settings").expect(200);
    settings["name"] = json!({"en": "Noor"});
    session.change("PUT", "/v1/settings", &settings).expect(200);
    let history = session.get("/v1/settings/history").expect(200);
    assert_eq!(history["data"][0]["by"], "rk_1", "the console key stands for whoever holds it");
    assert_eq!(session.post("/v1/redemptions", &json!({})).problem(), (403, "key_scope"));
}

#[test]
fn one_factor_opens_nothing() {
    let server = Server::start();
    let stranger = server.api().with_key("");
    let good = factors(1, 0);
    for (field, value, expected) in [
        ("totp", json!(null), (422, "field_invalid")),
        ("totp", wrong(1)["totp"].clone(), (401, "totp_invalid")),
        ("totp", json!(""), (422, "field_invalid")),
        ("totp", json!("12345"), (401, "totp_invalid")),
        ("totp", factors(2, 0)["totp"].clone(), (401, "totp_invalid")),
        ("key", json!(null), (422, "field_invalid")),
        ("key", json!(server.ready.secret_key), (403, "key_scope")),
        ("key", json!(server.ready.publishable_key), (403, "key_scope")),
        ("key", json!(Secrets::development().restricted_key(&[Pos], "noor", 1)), (403, "key_scope")),
        ("key", json!(good["key"].as_str().unwrap().replace("_1_", "_2_")), (401, "key_invalid")),
    ] {
        let mut bad = good.clone();
        bad[field] = value.clone();
        assert_eq!(sign_in(&stranger, &bad).problem(), expected, "{field} {value}");
    }
    // The key in the header counts for nothing, also for the route that it is for.
    let with_key = server.api().with_key(good["key"].as_str().unwrap());
    assert_eq!(with_key.get("/v1/settings").problem(), (403, "key_scope"));
    assert_eq!(sign_in(&with_key, &json!({"totp": good["totp"]})).problem(), (422, "field_invalid"));
    assert_eq!(sign_in(&stranger, &good).status, 201, "and all of that locked nobody out");
}

#[test]
fn code_that_is_old_or_was_used_is_refused() {
    let mut server = Server::start();
    let api = server.api().with_key("");
    for steps in [-3, 3] {
        assert_eq!(sign_in(&api, &factors(1, steps)).problem(), (401, "totp_invalid"), "{steps}");
    }
    let used = factors(1, 0);
    assert_eq!(sign_in(&api, &used).status, 201);
    assert_eq!(sign_in(&api, &used).problem(), (401, "totp_invalid"));
    assert_eq!(sign_in(&api, &factors(1, -1)).problem(), (401, "totp_invalid"), "nor the one before it any more");
    server.kill();
    server.restart();
    assert_eq!(sign_in(&api, &used).problem(), (401, "totp_invalid"), "also after a power cut");
    assert_eq!(sign_in(&api, &factors(1, 1)).status, 201, "the next one counts");
    assert_eq!(sign_in(&api, &factors(2, 0)).status, 201, "another key has codes of its own");
}

#[test]
fn ten_wrong_codes_lock_the_key_for_a_while_also_for_the_right_one() {
    let mut server = Server::start();
    let api = server.api().with_key("");
    let clock = Clock::new();
    for attempt in 0..10 {
        assert_eq!(sign_in(&api, &wrong(1)).problem(), (401, "totp_invalid"), "{attempt}");
    }
    let locked = sign_in(&api, &factors(1, 0));
    assert_eq!((locked.problem(), &locked.json["retryable"]), ((429, "quota_exceeded"), &json!(true)));
    let seconds: u64 = locked.header("retry-after").unwrap().parse().unwrap();
    assert!((850..=900).contains(&seconds), "{seconds}");
    assert_eq!(locked.json["retry_after_seconds"], seconds);
    assert_eq!(sign_in(&api, &factors(2, 0)).status, 201, "another key is not locked");
    // Ten minutes later it still is; the codes are those of that time.
    for (later, steps, expected) in [(600, 20, 429), (960, 32, 201)] {
        clock.set(&mut server, later);
        assert_eq!(sign_in(&api, &factors(1, steps)).status, expected, "{later}");
    }
}

#[test]
fn session_ends_after_half_an_hour() {
    let mut server = Server::start();
    let api = server.api().with_key("");
    let session = api.with_key(&token(&sign_in(&api, &factors(1, 0))));
    session.get("/v1/settings").expect(200);
    let clock = Clock::new();
    clock.set(&mut server, 1_700);
    session.get("/v1/settings").expect(200);
    clock.set(&mut server, 1_900);
    assert_eq!(session.get("/v1/settings").problem(), (401, "token_expired"));
}

#[test]
fn session_is_tied_to_the_page_that_opened_it() {
    let server = Server::start_with(Settings { origins: vec![CONSOLE.into()], ..Settings::default() });
    let (api, own) = (server.api(), server.ready.url.clone());
    let evil = sign_in(&api.page("", "https://evil.example"), &factors(1, 0));
    assert_eq!((evil.problem(), evil.header("access-control-allow-origin")), ((403, "origin_not_allowed"), None));
    let refused = sign_in(&api.page("", CONSOLE), &wrong(1));
    assert_eq!(refused.header("access-control-allow-origin"), Some(CONSOLE), "the console may tell its person why");
    // The code was not used up by a page that may not ask.
    let foreign = sign_in(&api.page("", CONSOLE), &factors(1, 0));
    assert_eq!(foreign.header("access-control-allow-origin"), Some(CONSOLE));
    let foreign = token(&foreign);
    let same = token(&sign_in(&api.page("", &own), &factors(2, 0)));
    let program = token(&sign_in(&api.with_key(""), &factors(3, 0)));
    for (session, origin, opens) in [
        (&foreign, Some(CONSOLE), true),
        (&foreign, Some("https://evil.example"), false),
        (&foreign, Some(&*own), false),
        (&foreign, None, false),
        (&same, Some(&*own), true),
        // A browser sends no origin when a page reads from its own server.
        (&same, None, true),
        (&same, Some(CONSOLE), false),
        (&program, None, true),
        (&program, Some(&*own), false),
        (&program, Some(CONSOLE), false),
    ] {
        let client = origin.map_or_else(|| api.with_key(session), |origin| api.page(session, origin));
        let answer = client.get("/v1/settings");
        let expected = if opens { (200, "") } else { (403, "origin_not_allowed") };
        assert_eq!(answer.problem(), expected, "{origin:?}");
        let readable = origin.filter(|_| opens);
        assert_eq!(answer.header("access-control-allow-origin"), readable);
    }
    let mut settings = api.get("/v1/settings").expect(200);
    settings["origins"] = json!([]);
    api.change("PUT", "/v1/settings", &settings).expect(200);
    assert_eq!(api.page(&foreign, CONSOLE).get("/v1/settings").problem(), (403, "origin_not_allowed"));
}

#[test]
fn session_ends_with_its_console_key() {
    let server = Server::start();
    let api = server.api();
    let session = api.with_key(&token(&sign_in(&api.with_key(""), &factors(1, 0))));
    let other = api.with_key(&token(&sign_in(&api.with_key(""), &factors(2, 0))));
    let own = session.change("POST", "/v1/keys/rk_1/revoke", &json!({}));
    assert_eq!(own.problem(), (409, "key_revokes_itself"), "a session is its key's");
    session.get("/v1/settings").expect(200);
    other.change("POST", "/v1/keys/rk_1/revoke", &json!({})).expect(200);
    assert_eq!(session.get("/v1/settings").problem(), (401, "key_revoked"));
    assert_eq!(sign_in(&api.with_key(""), &factors(1, 1)).problem(), (401, "key_revoked"));
    other.get("/v1/settings").expect(200);
}

#[test]
fn session_that_was_not_signed_here_is_refused() {
    let server = Server::start();
    let foreign = Secrets { auth: format!("0:sign:{}", "77".repeat(32)), ..Secrets::development() };
    let merchant = Merchant::parse("noor").unwrap();
    let session = ConsoleToken { env: Env::Test, merchant, key: 1, origin: None, expires_at_ms: now_ms() + 60_000 };
    let (ours, theirs) = (Secrets::development().keys(), foreign.keys());
    let good = ours.seal_session(&session).unwrap();
    server.api().with_key(&good).get("/v1/settings").expect(200);
    let live = ours.seal_session(&ConsoleToken { env: Env::Live, ..session.clone() }).unwrap();
    assert_eq!(server.api().with_key(&live).get("/v1/settings").problem(), (503, "signing_unavailable"));
    for bad in [
        theirs.seal_session(&session).unwrap(),
        good.replace("cs_", "ct_"),
        good[..good.len() - 1].to_owned(),
        "cs_e30.e30".into(),
        theirs.api_key(KeyKind::Secret, Env::Test, &session.merchant, 1).unwrap(),
    ] {
        assert_eq!(server.api().with_key(&bad).get("/v1/settings").problem(), (401, "key_invalid"), "{bad}");
    }
}
