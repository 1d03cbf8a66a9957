//! What a page may count on: where events go, what is added to it, to the last digit, and to the right card.

use super::{Stage, order};
use serde_json::{Value, json};
use tests::page::Page;
use tests::words::{LANGUAGES, Language};

#[test]
fn events_bubble_and_cross_shadow_roots() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("composed", Language::English);
    stage.browser.run(
        "const host = document.querySelector('form').appendChild(document.createElement('div'));
        window.heard = [];
        for (const name of ['raseed-ready', 'raseed-error']) {
          document.addEventListener(name, ({ type, target, bubbles, composed }) => heard.push([type, target === host, bubbles, composed]));
        }
        const inner = document.querySelector('raseed-checkout').cloneNode();
        host.attachShadow({ mode: 'open' }).append(inner);
        await inner.ready;
        inner.shadowRoot.getElementById('apply').click();",
        &[],
    );
    let heard = stage.browser.run("return heard", &[]);
    assert_eq!(heard, json!([["raseed-ready", true, true, true], ["raseed-error", true, true, true]]));
    assert_eq!(widget.face().rows.len(), 0);
}

#[test]
fn script_adds_no_name_to_the_page() {
    let stage = Stage::start();
    // The browser's driver keeps names of its own there.
    let names = || -> Vec<String> {
        let script = "return Object.getOwnPropertyNames(window).filter((name) => !/^cdc_|^ret_nodes$/.test(name))";
        serde_json::from_value(stage.browser.run(script, &[])).unwrap()
    };
    stage.browser.open(&stage.pages.put(Page { lang: "en".into(), ..Page::default() }));
    let before = names();
    let (_, widget) = stage.show_order("names", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    let added: Vec<_> = names().into_iter().filter(|name| !before.contains(name)).collect();
    assert_eq!(added, Vec::<String>::new());
}

#[test]
fn smallest_dinar_is_written_to_the_last_digit() {
    let stage = Stage::start();
    for (language, written) in [(Language::English, "KWD\u{a0}0.001"), (Language::Arabic, "٠٫٠٠١\u{a0}د.ك")] {
        let reference = format!("dinar-{}", language.tag());
        let (_, page) = stage.page(&order(1_001, "KWD", &reference), language);
        let face = stage.show(page).apply(&stage.card(1_000, "KWD"));
        assert_eq!(face.amount, written);
        assert_eq!(face.quote["remaining"], 1);
    }
}

/// Every card that an answer speaks of ends in the same four.
const LIKE_ANOTHER: &str = "watched.meet = async (_, go) => {
  const answer = await go();
  const body = await answer.json();
  for (const tender of body.quote.tenders) tender.last4 = 'AAAA';
  return new Response(JSON.stringify(body), { status: answer.status });
};
document.querySelector('raseed-checkout').refresh();";

#[test]
fn card_beside_another_with_the_same_last_four_is_the_one_that_goes() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("alike", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    widget.apply(&stage.card(5_000, "SAR"));
    let tenders = stage.checkout(&id)["quote"]["tenders"].clone();
    stage.browser.run(LIKE_ANOTHER, &[]);
    stage.browser.until(
        "both end alike",
        "return document.querySelector('raseed-checkout').quote.tenders.every(({ last4 }) => last4 === 'AAAA')",
        &[],
    );
    let face = widget.remove(1);
    assert_eq!((face.rows.len(), face.rows[0].last4.as_str()), (1, "AAAA"));
    let left = stage.checkout(&id)["quote"]["tenders"].clone();
    assert_eq!((left.as_array().map(Vec::len), &left[0]["id"]), (Some(1), &tenders[0]["id"]));
}

#[test]
fn too_many_tries_are_told_with_the_time_to_wait() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let (_, widget) = stage.show_order(&format!("quota-{}", language.tag()), language);
        for (seconds, words) in [
            (61, ("Too many tries. Wait 2 minutes and try again.", "محاولات كثيرة. انتظر دقيقتين ثم حاول مجددًا.")),
            (259_200, ("Too many tries. Wait 3 days and try again.", "محاولات كثيرة. انتظر ٣ أيام ثم حاول مجددًا.")),
        ] {
            stage.browser.run(
                "const body = JSON.stringify({ code: 'quota_exceeded', retryable: true, retry_after_seconds: arguments[0] });
                watched.meet = async () => new Response(body, { status: 429 });",
                &[Value::from(seconds)],
            );
            let face = widget.apply(&stage.card(5_000, "SAR"));
            assert_eq!((face.message.as_str(), face.invalid), (language.pick(words), false));
            assert_eq!(widget.last_event("raseed-error"), json!({"code": "quota_exceeded", "retryable": true}));
        }
    }
}
