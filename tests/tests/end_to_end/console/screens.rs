//! Every screen of the console, in both languages, both themes, on a phone and on a desk: pictures to look at, and what a picture need not tell.

use super::{Desk, MONTH};
use serde_json::json;
use std::time::Duration;
use tests::batch::Batch;
use tests::patience::until;
use tests::words::{LANGUAGES, Language};

/// A batch of a dozen and a hand-off take a second or two.
const PATIENCE: Duration = Duration::from_secs(60);

const SCREENS: [&str; 21] = [
    "issue",
    "FOUND",
    "cards?last4=0000",
    "batches",
    "reports/overview",
    "reports/issued",
    "reports/activation",
    "reports/redemptions",
    "reports/outstanding",
    "reports/uplift",
    "reports/unclaimed",
    "settings/shop",
    "settings/programmes",
    "settings/programmes/gift",
    "settings/programmes/+",
    "settings/locations",
    "webhooks",
    "keys",
    "history",
    "CARD",
    "HOOK",
];

#[test]
fn every_screen_is_clean_and_fits() {
    let desk = Desk::start();
    let api = desk.server.api();
    let card = api
        .post("/v1/gift-cards", &json!({"amount": 25_000, "program": "gift", "reference": "order-1042"}))
        .expect(201);
    let spent = json!({"code": card["code"], "amount": 4_000, "currency": "SAR", "reference": "order-2001", "location": "jeddah"});
    api.post("/v1/redemptions", &spent).expect(201);
    let hook = api.post("/v1/webhook-endpoints", &json!({"url": "http://127.0.0.1:9/hook"})).expect(201);
    api.post(&format!("/v1/webhook-endpoints/{}/test", hook["id"].as_str().unwrap()), &json!({})).expect(200);
    let batch =
        json!({"count": 12, "amount": 5_000, "program": "gift", "campaign": "eid-2026", "reference": "printer-7"});
    Batch::order(&api, &batch).finish(&api);
    let found = json!({"last4": card["last4"]});
    until(PATIENCE, "the book knows the card", || {
        let page = api.post("/v1/gift-cards/search", &found).expect(200);
        page["data"].as_array().filter(|cards| !cards.is_empty()).map(|_| ())
    });
    let way = |screen: &str| match screen {
        "FOUND" => format!("cards?last4={}", card["last4"].as_str().unwrap()),
        "CARD" => format!("cards/{}", card["id"].as_str().unwrap()),
        "HOOK" => format!("webhooks/{}", hook["id"].as_str().unwrap()),
        other => other.into(),
    };
    let mut faults = Vec::new();
    for language in LANGUAGES {
        for width in [1280, 375] {
            desk.browser.resize(width, 860);
            desk.open("/console/", language);
            desk.until_shown("sign-in");
            faults.extend(desk.look("sign-in", width));
            desk.sign_in(language);
            for theme in ["light", "dark"] {
                desk.theme(theme);
                for screen in SCREENS {
                    desk.go(&way(screen));
                    let name = screen.to_lowercase().replace(['/', '?', '='], "-");
                    faults.extend(desk.look(&format!("{name}-{theme}"), width));
                }
            }
            assert_eq!(desk.browser.run("return watched.violations", &[]), json!([]));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(desk.browser.complaints(), Vec::<String>::new());
}

#[test]
fn menu_of_a_phone_opens_and_closes() {
    let desk = Desk::start();
    desk.browser.resize(375, 812);
    desk.sign_in(Language::Arabic);
    let is_open = "return document.getElementById('ways').checkVisibility()";
    assert_eq!(desk.browser.run(is_open, &[]), json!(false));
    desk.browser.click(".menu");
    assert_eq!(desk.browser.run(is_open, &[]), json!(true));
    assert_eq!(desk.look("menu", 375), Vec::<String>::new());
    desk.browser.click("#ways li:nth-child(5) a");
    desk.until_shown("settings");
    assert_eq!(desk.browser.run(is_open, &[]), json!(false));
}

#[test]
fn time_runs_from_right_to_left_in_arabic() {
    let desk = Desk::start();
    desk.browser.begin_pages_with(MONTH);
    // Where the first and the last bar stand: the drawing is one picture, so the axis is asked through its labels as they are drawn.
    let note = r"
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function fillText(text, x, y) {
      (window.labels ??= []).push({ text, x, y });
      return write.apply(this, arguments);
    };";
    desk.browser.begin_pages_with(note);
    for (language, grows) in [(Language::English, true), (Language::Arabic, false)] {
        desk.sign_in(language);
        desk.browser.run("window.labels = []", &[]);
        desk.go("reports/issued");
        let places = r"
        const low = Math.max(...(window.labels ?? []).map(({ y }) => y));
        const days = (window.labels ?? []).filter(({ y }) => y === low);
        return days.length > 2 && days.map(({ x }) => x);";
        let places: Vec<f64> = serde_json::from_value(desk.browser.until("the axis is drawn", places, &[])).unwrap();
        assert_eq!(places[0] < places[1], grows, "{places:?}");
        assert!(places.is_sorted_by(|one, other| (one < other) == grows), "{places:?}");
    }
}

#[test]
fn what_the_server_cannot_do_yet_is_said_and_nothing_breaks() {
    let desk = Desk::start();
    let older = r"
    const send = window.fetch;
    const problem = { status: 404, headers: { 'content-type': 'application/problem+json' } };
    const unknown = () => Promise.resolve(new Response(JSON.stringify({ code: 'not_found', retryable: false }), problem));
    window.fetch = (path, options) => (/reports|batches|search|link/.test(path) ? unknown() : send(path, options));";
    desk.browser.begin_pages_with(older);
    desk.sign_in(Language::English);
    for screen in ["batches", "reports/issued", "cards?last4=D5VV"] {
        desk.go(screen);
        assert_eq!(desk.told(), "This server cannot do that yet. Whoever runs it can update it.", "{screen}");
        assert_eq!(desk.axe(), Vec::<String>::new(), "{screen}");
    }
}
