//! Every route against every kind of key. The routes are read from the Worker's own table, and their methods from the Worker itself, so a route that nobody
//! has thought about here fails.

use serde_json::json;
use shared::seal::Scope::{Console, Pos, Reports};
use std::collections::BTreeMap;
use std::time::SystemTime;
use tests::api::Api;
use tests::checkout::Checkout;
use tests::secrets::Secrets;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// The Worker's route table.
const ROUTES: &str = include_str!("../../../edge/src/routes.rs");

/// Who may. `S` is a secret key, `P` a publishable one, `T` a checkout's token, `p` a restricted key of a point of sale, `r` one of reports, `b` one of both,
/// `k` a console key, `C` a console session, `H` the holder of a card's link. `.` stands for nobody of the place.
const KINDS: &str = "SPTprbkCH";

/// Every route and method with who may.
const TABLE: &[(&str, &str, &str)] = &[
    ("POST", "gift-cards", "S......C."),
    ("GET", "gift-cards/{}", "S..p.b.C."),
    ("GET", "gift-cards/{}/entries", "S..p.b.C."),
    ("POST", "gift-cards/{}/activate", "S..p.b.C."),
    ("POST", "gift-cards/{}/freeze", "S......C."),
    ("POST", "gift-cards/{}/unfreeze", "S......C."),
    ("POST", "gift-cards/{}/load", "S......C."),
    ("POST", "gift-cards/{}/extend", "S......C."),
    ("POST", "gift-cards/{}/cash-out", "S......C."),
    ("POST", "gift-cards/{}/adjust", "S......C."),
    ("POST", "gift-cards/{}/cancel", "S......C."),
    ("POST", "gift-cards/{}/replace", "S......C."),
    ("POST", "gift-cards/{}/erase", "S......C."),
    ("POST", "gift-cards/{}/link", "S......C."),
    ("GET", "card-page", "........H"),
    ("GET", "card-page/code", "........H"),
    ("POST", "balances", "SP.p.b.C."),
    ("POST", "redemptions", "S..p.b..."),
    ("GET", "redemptions/{}", "S..p.b..."),
    ("POST", "redemptions/{}/refunds", "S..p.b..."),
    ("POST", "checkouts", "SP.p.b..."),
    ("GET", "checkouts/{}", "S.Tp.b..."),
    ("PATCH", "checkouts/{}", "S..p.b..."),
    ("POST", "checkouts/{}/tokens", "S..p.b..."),
    ("POST", "checkouts/{}/tenders", "S.Tp.b..."),
    ("DELETE", "checkouts/{}/tenders/{}", "S.Tp.b..."),
    ("POST", "checkouts/{}/authorize", "S..p.b..."),
    ("POST", "checkouts/{}/capture", "S..p.b..."),
    ("POST", "checkouts/{}/extend", "S..p.b..."),
    ("POST", "checkouts/{}/void", "S..p.b..."),
    ("POST", "checkouts/{}/refunds", "S..p.b..."),
    ("GET", "ledger/export", "S...rb.C."),
    ("GET", "reports/summary", "S...rb.C."),
    ("GET", "events", "S...rb.C."),
    ("GET", "webhook-endpoints", "S......C."),
    ("POST", "webhook-endpoints", "S......C."),
    ("GET", "webhook-endpoints/{}", "S......C."),
    ("DELETE", "webhook-endpoints/{}", "S......C."),
    ("POST", "webhook-endpoints/{}/rotate", "S......C."),
    ("POST", "webhook-endpoints/{}/enable", "S......C."),
    ("POST", "webhook-endpoints/{}/test", "S......C."),
    ("GET", "webhook-endpoints/{}/deliveries", "S......C."),
    ("POST", "webhook-endpoints/{}/deliveries/{}/redeliver", "S......C."),
    ("GET", "settings", "S......C."),
    ("PUT", "settings", "S......C."),
    ("GET", "settings/history", "S......C."),
    ("POST", "keys/{}/revoke", "S......C."),
    // Who asks stands in the body there; see `console_sessions`.
    ("POST", "console/sessions", "........."),
];

/// The paths of the table in the source, with `{}` for each part that is a name: `["gift-cards", id, "entries"] => …`.
fn paths() -> Vec<String> {
    let find = ROUTES.split_once("fn find(").unwrap().1.split_once("_ => return None").unwrap().0;
    let arms = find.lines().filter_map(|line| line.trim().strip_prefix('[')?.split_once("] =>").map(|(path, _)| path));
    arms.map(|path| {
        let part =
            |part: &str| part.strip_prefix('"').and_then(|part| part.strip_suffix('"')).unwrap_or("{}").to_owned();
        path.split(", ").map(part).collect::<Vec<_>>().join("/")
    })
    .collect()
}

/// One client of each kind.
fn clients(server: &Server, checkout: &Checkout) -> BTreeMap<char, Api> {
    let (api, secrets) = (server.api(), Secrets::development());
    let restricted = |scopes: &[shared::seal::Scope]| api.with_key(&secrets.restricted_key(scopes, "noor", 1));
    let now_ms = u64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let factors =
        json!({"key": secrets.restricted_key(&[Console], "noor", 1), "totp": secrets.totp("noor", 1, now_ms)});
    let opened = api.with_key("").post("/v1/console/sessions", &factors).expect(201);
    let card = api.post("/v1/gift-cards", &json!({"amount": 1, "currency": "SAR"})).expect(201);
    BTreeMap::from([
        ('S', api.clone()),
        ('P', api.page(&server.ready.publishable_key, ORIGIN)),
        ('T', api.page(&checkout.token, ORIGIN)),
        ('p', restricted(&[Pos])),
        ('r', restricted(&[Reports])),
        ('b', restricted(&[Pos, Reports])),
        ('k', restricted(&[Console])),
        ('C', api.with_key(opened["token"].as_str().unwrap())),
        ('H', api.with_key(card["link"].as_str().unwrap().split_once('#').unwrap().1)),
    ])
}

#[test]
fn every_route_of_the_worker_stands_in_the_table() {
    let server = Server::start();
    let stranger = server.api().with_key("");
    let paths = paths();
    assert!(paths.len() >= 24, "the source was read: {paths:?}");
    for path in &paths {
        let refused = stranger.send("PROPFIND", &format!("/v1/{}", path.replace("{}", "x")), &[], Vec::new()).unwrap();
        assert_eq!(refused.problem(), (405, "method_not_allowed"), "{path}");
        let mut methods: Vec<&str> = refused.header("allow").unwrap().split(", ").collect();
        let mut rows: Vec<&str> = TABLE.iter().filter(|row| row.1 == path).map(|row| row.0).collect();
        methods.sort_unstable();
        rows.sort_unstable();
        assert_eq!(rows, methods, "who may at {path}? say it in the table of this file");
    }
    for (method, path, _) in TABLE {
        assert!(paths.iter().any(|other| other == path), "there is no route {method} {path} any more");
    }
}

#[test]
fn key_may_what_the_table_says_and_nothing_else() {
    let settings = Settings { origins: vec![ORIGIN.into()], ..Settings::default() };
    let server = Server::start_with(settings);
    let checkout = Checkout::open_as(&server.api(), &json!({"total": 5_000, "origin": ORIGIN}));
    let clients = clients(&server, &checkout);
    let before = (server.objects(), server.api().get("/v1/settings").expect(200));
    for (method, path, who) in TABLE {
        // A checkout's token is for one checkout, which exists; nothing else that is named does.
        let path = match path.strip_prefix("checkouts/{}") {
            Some(below) => format!("/v1/checkouts/{}{}", checkout.id, below.replace("{}", "tn_x")),
            None => format!("/v1/{}", path.replace("{}", "x")),
        };
        for (place, kind) in KINDS.chars().enumerate() {
            let headers = [("Content-Type", "application/json")];
            // Whoever may gets as far as the body, which is none.
            let body = if matches!(*method, "GET" | "DELETE") { Vec::new() } else { b"no json".to_vec() };
            let answer = clients[&kind].send(method, &path, &headers, body).unwrap();
            let may = who.chars().nth(place) == Some(kind);
            if path == "/v1/console/sessions" {
                assert_eq!(
                    answer.problem(),
                    (400, "json_invalid"),
                    "{kind}: no key opens it, whatever the header says"
                );
            } else if may {
                assert!(!matches!(answer.status, 401 | 403), "{kind} may {method} {path}: {:?}", answer.problem());
            } else {
                assert_eq!(answer.problem(), (403, "key_scope"), "{kind} may not {method} {path}");
            }
        }
    }
    assert_eq!((server.objects(), server.api().get("/v1/settings").expect(200)), before, "nothing of it had an effect");
}

#[test]
fn restricted_key_in_a_browser_is_refused() {
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    for scopes in [&[Pos][..], &[Reports], &[Console], &[Pos, Reports]] {
        let key = Secrets::development().restricted_key(scopes, "noor", 1);
        let answer = server.api().page(&key, ORIGIN).get("/v1/reports/summary");
        assert_eq!(answer.problem(), (403, "secret_key_in_browser"), "{scopes:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}
