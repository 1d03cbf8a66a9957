//! When the Worker does not answer: the shopper is told, the merchant's form goes out, and no card is taken twice.

use super::{FIELD, Stage, order};
use serde_json::Value;
use tests::browser::Engine;
use tests::widget::Widget;
use tests::words::{LANGUAGES, Language, UNREACHABLE};

#[test]
fn dead_worker_is_told_in_both_languages_and_the_form_still_sells() {
    check_dead_worker(Engine::Chromium);
}

#[test]
fn dead_worker_is_told_in_both_languages_and_the_form_still_sells_in_firefox() {
    check_dead_worker(Engine::Firefox);
}

#[test]
fn dead_worker_is_told_in_both_languages_and_the_form_still_sells_in_webkit() {
    check_dead_worker(Engine::WebKit);
}

#[track_caller]
fn check_dead_worker(engine: Engine) {
    let mut stage = Stage::start_in(engine);
    for language in LANGUAGES {
        let code = stage.card(10_000, "SAR");
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("dead-{}", language.tag())), language);
        stage.browser.open(&stage.pages.put(page));
        Widget::of(&stage.browser).ready();
        stage.server.kill();
        let widget = Widget::of(&stage.browser);
        widget.paste(&code);
        widget.press("\u{e007}");
        let face = widget.settled();
        assert_eq!(face.message, language.pick(UNREACHABLE));
        assert!(!face.invalid, "the code is not at fault");
        let sent = stage.send_form();
        assert!(sent == "item=oud" || sent == format!("item=oud&{FIELD}="), "{sent}");
        stage.server.restart();
    }
}

#[test]
fn worker_that_comes_back_takes_the_card_once() {
    let mut stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, _) = stage.show_order("back", Language::English);
    stage.server.kill();
    let widget = Widget::of(&stage.browser);
    widget.enter(&code);
    assert_eq!(widget.settled().message, Language::English.pick(UNREACHABLE));
    let kept = stage.browser.run("return JSON.stringify({ ...sessionStorage })", &[]).to_string();
    assert!(kept.contains(&code[code.len() - 4..]), "what was begun is remembered: {kept}");
    assert!(!kept.contains(&code) && !kept.contains(&code.replace('-', "")), "{kept}");

    stage.server.restart();
    let widget = Widget::of(&stage.browser);
    widget.click_apply();
    let face = widget.settled();
    assert_eq!((face.message.as_str(), face.amount), ("", Language::English.money(15_000, "SAR")));
    check_one_tender(&stage, &id);
    let applications = widget.applications();
    let key = &applications[0]["key"];
    assert!(applications.len() > 1 && applications.iter().all(|request| request["key"] == *key), "{applications:?}");
}

#[test]
fn lost_answer_is_found_by_reading() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, widget) = stage.show_order("lost", Language::Arabic);
    stage.browser.run(LOSE_ANSWERS, &["POST".into()]);
    let face = widget.apply(&code);
    assert_eq!((face.message.as_str(), face.amount), ("", Language::Arabic.money(15_000, "SAR")));
    assert_eq!(widget.applications().len(), 1, "what is there is not asked for again");
    check_one_tender(&stage, &id);
}

#[test]
fn lost_answer_that_cannot_be_read_either_is_told_and_found_later() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, widget) = stage.show_order("unread", Language::English);
    stage.browser.run(LOSE_ANSWERS, &["GET POST".into()]);
    let face = widget.apply(&code);
    assert_eq!(
        (face.message.as_str(), face.rows.iter().filter(|row| row.is == "applied").count()),
        (Language::English.pick(UNREACHABLE), 0)
    );
    check_one_tender(&stage, &id);

    stage.browser.run("watched.meet = null", &[]);
    widget.click_apply();
    let face = widget.settled();
    assert_eq!((face.message.as_str(), face.amount), ("", Language::English.money(15_000, "SAR")));
    check_one_tender(&stage, &id);
}

#[test]
fn page_is_told_at_once_when_its_checkout_is_given_up_while_nobody_answers() {
    let mut stage = Stage::start();
    let widget = stage.show(stage.page_without_checkout(&order(25_000, "SAR", "given-up"), Language::English));
    widget.apply(&stage.card(10_000, "SAR"));
    assert_eq!(widget.last_event("raseed-change")["remaining"], 15_000);
    stage.server.kill();
    let widget = Widget::of(&stage.browser);
    stage.browser.run("document.querySelector('raseed-checkout').clear()", &[]);
    assert_eq!(widget.last_event("raseed-change"), Value::Null);
    assert_eq!(widget.message(), Language::English.pick(UNREACHABLE));
    let face = widget.face();
    assert_eq!((face.quote, face.amount), (Value::Null, Language::English.money(25_000, "SAR")));
    assert_eq!(face.value.as_deref().unwrap_or_default(), "");
}

/// Requests with these methods reach the Worker, and their answers get lost.
const LOSE_ANSWERS: &str = r"
const methods = arguments[0].split(' ');
watched.meet = (request, go) => {
  const lost = methods.includes(request.method);
  return go().then((answer) => { if (lost) throw new TypeError('lost'); return answer; });
};";

#[track_caller]
fn check_one_tender(stage: &Stage, id: &str) {
    let quote = &stage.checkout(id)["quote"];
    assert_eq!((quote["tenders"].as_array().unwrap().len(), &quote["remaining"]), (1, &Value::from(15_000)));
}
