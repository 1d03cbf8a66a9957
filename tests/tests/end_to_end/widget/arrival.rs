//! How the widget comes: how soon on a slow phone, with how many requests, and without moving anything however late the service answers.
//!
//! Times are printed and never asserted; counts are.

use super::{Stage, order};
use serde_json::json;
use tests::browser::Browser;
use tests::widget::Widget;
use tests::words::{LANGUAGES, Language};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 9;

/// A request more than this, and the widget is heavier than it must be: script and Wasm.
const STATIC_REQUESTS: usize = 2;

/// Answers come after three seconds, from the first request of a page on.
const LATE: &str = "watched.meet = (_, go) => new Promise((wake) => setTimeout(wake, 3000)).then(go);";

/// A phone on a slow network: 150 ms to anywhere, 1.6 Mbit/s, a quarter of the speed.
fn throttle(browser: &Browser) {
    browser.protocol("Network.enable", json!({}));
    let conditions =
        json!({"offline": false, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750});
    browser.protocol("Network.emulateNetworkConditions", conditions);
    browser.protocol("Emulation.setCPUThrottlingRate", json!({"rate": 4}));
}

#[test]
fn usable_form_on_a_slow_phone_is_timed() {
    let stage = Stage::start();
    throttle(&stage.browser);
    let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|round| {
            stage.browser.protocol("Network.clearBrowserCache", json!({}));
            let (_, page) = stage.page(&order(25_000, "SAR", &format!("slow-{round}")), Language::Arabic);
            stage.show(page);
            let times = stage.browser.run("return watched.times", &[]);
            ["form", "wasm", "ready"].map(|what| times[what].as_f64().unwrap())
        })
        .collect();
    for (place, what) in ["the form can be typed into", "it answers", "it shows the checkout"].into_iter().enumerate() {
        rounds.sort_by(|one, other| one[place].total_cmp(&other[place]));
        let [first, median, last] = [0, ROUNDS / 2, ROUNDS - 1].map(|round| rounds[round][place]);
        println!(
            "cold, 150 ms, 1.6 Mbit/s, CPU x4: {what} after {median:.0} ms (median of {ROUNDS}, {first:.0} to {last:.0})"
        );
        assert!(median > 150.0, "the network was not throttled");
    }
}

#[test]
fn widget_needs_two_files_and_one_answer_of_one_origin_and_no_cookie() {
    let stage = Stage::start();
    let edge = &stage.server.ready.url;
    for language in LANGUAGES {
        let (id, page) = stage.page(&order(25_000, "SAR", &format!("requests-{}", language.tag())), language);
        stage.show(page);
        stage.browser.protocol("Network.clearBrowserCache", json!({}));
        stage.browser.run("sessionStorage.clear()", &[]);
        stage.browser.reload();
        Widget::of(&stage.browser).ready();
        let all = stage.browser.run("return performance.getEntriesByType('resource').map(({ name }) => name)", &[]);
        let all: Vec<String> = serde_json::from_value(all).unwrap();
        let of = |prefix: &str| all.iter().filter(|name| name.starts_with(&format!("{edge}{prefix}"))).count();
        assert_eq!((of("/widget/"), of(&format!("/v1/checkouts/{id}"))), (STATIC_REQUESTS, 1), "{all:?}");
        let others: Vec<&String> = all.iter().filter(|name| !name.starts_with(edge.as_str())).collect();
        // The page's own icon, if it asks for one.
        assert!(others.iter().all(|name| name.starts_with(&stage.pages.url)), "{others:?}");
        assert_eq!(all.len(), others.len() + STATIC_REQUESTS + 1, "{all:?}");
    }
    let cookies = stage.browser.protocol("Network.getAllCookies", json!({}));
    assert_eq!((&cookies["cookies"], stage.browser.run("return document.cookie", &[])), (&json!([]), json!("")));
}

#[test]
fn answers_that_take_three_seconds_move_nothing_in_any_state() {
    let stage = Stage::start();
    let frozen = stage.issue(&json!({"amount": 5_000, "currency": "SAR"}));
    let path = format!("/v1/gift-cards/{}/freeze", frozen["id"].as_str().unwrap());
    stage.api.post(&path, &json!({})).expect(200);
    stage.browser.begin_pages_with(LATE);
    let mut entries = Vec::new();
    for (language, width) in LANGUAGES.into_iter().zip([1280, 375]) {
        stage.browser.resize(width, 800);
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("three-{width}")), language);
        let widget = stage.show(page);
        assert_eq!(stage.browser.run("return watched.times.ready > 3000", &[]), true, "the first answer was late, too");
        let mut look = |what: &str| {
            entries
                .extend(stage.browser.layout_faults().into_iter().map(|fault| format!("{what} at {width}: {fault}")));
        };
        look("empty");
        widget.apply_by_hand(&stage.card(10_000, "SAR"));
        look("applied");
        widget.apply_by_hand(frozen["code"].as_str().unwrap());
        look("refused");
        widget.apply_by_hand(&stage.card(30_000, "SAR"));
        look("covered");
        widget.remove(1);
        look("removed");
        stage.browser.reload();
        assert_eq!(widget.ready().settled().rows.len(), 1);
        look("reloaded");
    }
    println!("layout shifts with the API delayed by 3 s, 6 states in 2 languages: {}", entries.len());
    assert_eq!(entries, Vec::<String>::new());
}
