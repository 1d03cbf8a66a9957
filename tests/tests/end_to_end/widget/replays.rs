//! An apply whose answer nobody heard: what became of it is read, and an old answer is never taken for the present.

use super::{Stage, order};
use serde_json::Value;
use std::time::Duration;
use tests::patience::until;
use tests::widget::Widget;
use tests::words::{Language, UNREACHABLE};

/// An apply reaches the Worker, and its answer never comes.
const HOLD_ANSWERS: &str = "watched.meet = (request, go) => request.path.endsWith('/tenders') ? go().then(() => new Promise(() => {})) : go();";

/// The answers to an apply, and to what is read after it, get lost.
const LOSE_ANSWERS: &str = "watched.meet = (_, go) => go().then(() => { throw new TypeError('lost'); });";

impl Stage {
    /// Waits until the checkout has one card, and returns the tender's id.
    #[track_caller]
    fn tender_of(&self, id: &str) -> String {
        until(Duration::from_secs(20), "the card is applied", || {
            let checkout = self.api.get(&format!("/v1/checkouts/{id}"));
            checkout.json["quote"]["tenders"][0]["id"].as_str().map(String::from)
        })
    }

    /// Checks that the shopper, the page and the Worker agree on one card that pays 100.00 of 250.00.
    #[track_caller]
    fn check_applied(&self, widget: Widget<'_>, id: &str) {
        let face = widget.settled();
        assert_eq!((face.message.as_str(), face.code.as_str(), face.rows.len()), ("", "", 1), "{face:?}");
        assert_eq!(face.amount, Language::English.money(15_000, "SAR"));
        assert_eq!(widget.last_event("raseed-change")["remaining"], 15_000);
        let quote = &self.checkout(id)["quote"];
        assert_eq!((quote["tenders"].as_array().unwrap().len(), &quote["remaining"]), (1, &Value::from(15_000)));
        let kept = self.browser.run("return JSON.stringify({ ...sessionStorage })", &[]).to_string();
        assert!(!kept.contains(&face.rows[0].last4), "the key has served: {kept}");
    }
}

fn id_of(widget: Widget<'_>) -> String {
    widget.face().quote["checkout"].as_str().map(String::from).unwrap()
}

#[test]
fn card_that_was_removed_after_a_reload_is_really_applied_again() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let widget = stage.show(stage.page_without_checkout(&order(25_000, "SAR", "reload"), Language::English));
    let id = id_of(widget);
    stage.browser.run(HOLD_ANSWERS, &[]);
    widget.enter(&code);
    stage.tender_of(&id);

    stage.browser.reload();
    let widget = Widget::of(&stage.browser).ready();
    stage.check_applied(widget, &id);
    assert_eq!(widget.remove(0).amount, Language::English.money(25_000, "SAR"));
    widget.apply(&code);
    stage.check_applied(widget, &id);
    assert_eq!(widget.applications().len(), 1);
}

#[test]
fn element_that_was_away_meanwhile_finds_its_card_and_empties_the_field() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, widget) = stage.show_order("away", Language::English);
    stage.browser.run(HOLD_ANSWERS, &[]);
    widget.enter(&code);
    stage.tender_of(&id);
    stage.browser.run(
        "const element = document.querySelector('raseed-checkout');
        const form = element.parentNode;
        element.remove();
        await new Promise((done) => setTimeout(done));
        form.append(element);",
        &[],
    );
    stage.browser.until("it has read", "return document.querySelector('raseed-checkout').quote", &[]);
    stage.check_applied(widget, &id);
}

#[test]
fn lost_answer_that_comes_to_light_with_the_network_leaves_no_second_row() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("online", Language::English);
    stage.browser.run(LOSE_ANSWERS, &[]);
    let face = widget.apply(&stage.card(10_000, "SAR"));
    assert_eq!(face.message, Language::English.pick(UNREACHABLE));
    stage.browser.run("watched.meet = null; dispatchEvent(new Event('online'))", &[]);
    stage.browser.until(
        "the card is found",
        "return document.querySelector('raseed-checkout').quote.tenders.length",
        &[],
    );
    stage.check_applied(widget, &id);
}

#[test]
fn card_that_was_removed_elsewhere_is_not_shown_from_an_old_answer() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, widget) = stage.show_order("elsewhere", Language::English);
    stage.browser.run(LOSE_ANSWERS, &[]);
    widget.apply(&code);
    let tender = stage.tender_of(&id);
    stage.api.delete(&format!("/v1/checkouts/{id}/tenders/{tender}")).expect(200);

    stage.browser.run("watched.meet = null", &[]);
    widget.click_apply();
    stage.check_applied(widget, &id);
    let told = widget.events().into_iter().filter(|event| event["name"] == "raseed-change").count();
    assert_eq!(told, 1, "the old answer was not told");
    let keys: Vec<_> = widget.applications().into_iter().map(|request| request["key"].clone()).collect();
    assert!(keys.len() == 3 && keys[0] == keys[1] && keys[1] != keys[2], "{keys:?}");
}
