//! A checkout that the page makes by itself with the publishable key, and what of it outlives the page.

use super::{Stage, order};
use serde_json::{Value, json};
use tests::page::Pages;
use tests::words::{LANGUAGES, Language, UNREACHABLE};

#[test]
fn page_made_checkout_needs_no_server_and_outlives_a_reload() {
    let stage = Stage::start();
    let terms = order(25_000, "SAR", "page-made");
    let code = stage.card(10_000, "SAR");
    let objects = stage.server.objects();
    let widget = stage.show(stage.page_without_checkout(&terms, Language::Arabic));
    assert_eq!(stage.server.objects(), objects, "nothing is stored before a card is there");
    assert_eq!(widget.face().value.as_deref().unwrap_or_default(), "");
    let face = widget.apply(&code);
    assert_eq!(face.amount, Language::Arabic.money(15_000, "SAR"));
    let id = face.value.unwrap();
    assert!(id.starts_with("co_"), "{id}");

    stage.browser.reload();
    let again = tests::widget::Widget::of(&stage.browser).ready().settled();
    assert_eq!((again.value.as_ref(), again.rows.len()), (Some(&id), 1));
    assert_eq!((again.amount, &again.quote["remaining"]), (face.amount, &json!(15_000)));
    assert_eq!(again.message, "");

    // The shop's server learns the checkout from the form, and is the only one that can take the money.
    assert_eq!(stage.send_form(), format!("item=oud&raseed={id}"));
    let captured = stage.api.post(&format!("/v1/checkouts/{id}/capture"), &terms).expect(200);
    assert_eq!((&captured["status"], &captured["captured"]), (&json!("captured"), &json!(10_000)));
}

#[test]
fn page_made_checkout_follows_its_page_and_is_forgotten_by_clear() {
    let stage = Stage::start();
    let widget = stage.show(stage.page_without_checkout(&order(25_000, "SAR", "follows"), Language::English));
    let first = widget.apply(&stage.card(10_000, "SAR")).value.unwrap();
    widget.set(&[("total", "30000")]);
    stage.browser.until(
        "the new total is the Worker's too",
        "return document.querySelector('raseed-checkout').quote.total === 30000",
        &[],
    );
    assert_eq!(widget.settled().amount, Language::English.money(20_000, "SAR"));
    assert_eq!(stage.checkout(&first)["quote"]["remaining"], 20_000);

    stage.browser.run("document.querySelector('raseed-checkout').clear()", &[]);
    stage.browser.until(
        "the card is gone",
        "return document.querySelector('raseed-checkout').quote?.tenders.length === 0",
        &[],
    );
    let face = widget.settled();
    assert_eq!((face.rows.len(), face.amount), (0, Language::English.money(30_000, "SAR")));
    assert_eq!(face.value.as_deref().unwrap_or_default(), "");
    let second = widget.apply(&stage.card(5_000, "SAR")).value.unwrap();
    assert_ne!(first, second);
}

#[test]
fn checkout_of_a_server_outlives_a_reload() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("reloaded", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    stage.browser.reload();
    let face = tests::widget::Widget::of(&stage.browser).ready().settled();
    assert_eq!((face.value, face.rows.len()), (Some(id), 1));
    assert_eq!(face.amount, Language::English.money(15_000, "SAR"));
}

#[test]
fn page_of_a_foreign_origin_gets_a_message_and_no_checkout() {
    let stage = Stage::start();
    let foreign = Pages::start();
    let objects = stage.server.objects();
    for language in LANGUAGES {
        let page = stage.page_without_checkout(&order(25_000, "SAR", "foreign"), language);
        stage.browser.open(&foreign.put(page));
        let widget = tests::widget::Widget::of(&stage.browser);
        assert_eq!(widget.message(), language.pick(UNREACHABLE));
        let face = widget.face();
        assert_eq!((face.quote, face.rows.len()), (Value::Null, 0));
        assert_eq!(face.amount, language.money(25_000, "SAR"));
    }
    assert_eq!(stage.server.objects(), objects);
    // The shop's order goes out all the same.
    stage.browser.click("#pay");
    stage.browser.until("the order has gone out", "return document.getElementById('ordered')", &[]);
    assert_eq!(foreign.sent().len(), 1);
}

#[test]
fn two_elements_of_one_order_pay_with_one_checkout() {
    let stage = Stage::start();
    let widget = stage.show(stage.page_without_checkout(&order(25_000, "SAR", "one"), Language::English));
    // Both start at once, for an order that neither has seen.
    stage.browser.run(
        "const first = document.querySelector('raseed-checkout');
        const second = first.cloneNode();
        first.closest('form').append(second);
        await second.ready;
        watched.requests.length = 0;
        for (const element of [first, second]) element.setAttribute('reference', 'another');",
        &[],
    );
    stage.browser.until(
        "both have a checkout",
        "return [...document.querySelectorAll('raseed-checkout')].every(({ quote }) => quote)",
        &[],
    );
    let started = widget.requests().iter().filter(|request| request["path"] == "/v1/checkouts").count();
    assert_eq!(started, 1);
    let id = widget.apply(&stage.card(10_000, "SAR")).value.unwrap();
    let both = "return [...document.querySelectorAll('raseed-checkout')].every(({ quote, shadowRoot }) =>
        quote?.tenders.length === arguments[0] && shadowRoot.querySelectorAll('[data-is=applied]').length === arguments[0])";
    stage.browser.until("both show the card", both, &[1.into()]);
    assert_eq!(stage.send_form(), format!("item=oud&raseed={id}&raseed={id}"));
}

#[test]
fn clear_takes_the_cards_off_every_element_of_the_order() {
    let stage = Stage::start();
    let widget = stage.show(stage.page_without_checkout(&order(25_000, "SAR", "clear"), Language::English));
    stage.browser.run(
        "const first = document.querySelector('raseed-checkout');
        const second = first.cloneNode();
        first.closest('form').append(second);
        await second.ready;",
        &[],
    );
    widget.apply(&stage.card(10_000, "SAR"));
    let both = "return [...document.querySelectorAll('raseed-checkout')].every(({ quote }) => quote?.tenders.length === arguments[0])";
    stage.browser.until("both have the card", both, &[1.into()]);
    stage.browser.run("watched.requests.length = 0; document.querySelectorAll('raseed-checkout')[1].clear()", &[]);
    stage.browser.until("both are empty", both, &[0.into()]);
    let started = widget.requests().iter().filter(|request| request["path"] == "/v1/checkouts").count();
    assert_eq!(started, 1);
    assert_eq!(stage.send_form(), "item=oud");
}
