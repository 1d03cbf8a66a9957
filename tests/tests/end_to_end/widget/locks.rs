//! A checkout that the shop is charging while the shopper goes on: it is kept, and nothing is started beside it.

use super::{Stage, order};
use tests::widget::Widget;
use tests::words::{LANGUAGES, LOCKED, Language};

/// Applies a code when the shop has already begun to take the money.
#[track_caller]
fn check_locked(stage: &Stage, widget: Widget<'_>, id: &str, language: Language) {
    widget.enter(&stage.card(5_000, "SAR"));
    stage.browser.until(
        "the field is gone",
        "return document.querySelector('raseed-checkout').shadowRoot.getElementById('panel').dataset.entry === 'locked'",
        &[],
    );
    assert_eq!(widget.message(), language.pick(LOCKED));
    let face = widget.settled();
    assert_eq!((face.value.as_deref(), face.open), (Some(id), false));
    assert_eq!(face.rows.iter().filter(|row| row.is == "applied").count(), 1);
    assert_eq!(widget.last_event("raseed-error")["code"], "checkout_not_open");
    let started = widget.requests().iter().filter(|request| request["path"] == "/v1/checkouts").count();
    assert!(started <= 1, "{started} checkouts for one order");
}

#[test]
fn page_made_checkout_that_is_authorized_is_kept() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let terms = order(25_000, "SAR", &format!("authorized-{}", language.tag()));
        let widget = stage.show(stage.page_without_checkout(&terms, language));
        let id = widget.apply(&stage.card(10_000, "SAR")).value.unwrap();
        stage.api.post(&format!("/v1/checkouts/{id}/authorize"), &terms).expect(200);
        check_locked(&stage, widget, &id, language);
        let captured = stage.api.post(&format!("/v1/checkouts/{id}/capture"), &terms).expect(200);
        assert_eq!(captured["captured"], 10_000);
    }
}

#[test]
fn checkout_of_a_server_that_is_authorized_says_so() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let terms = order(25_000, "SAR", &format!("served-{}", language.tag()));
        let (id, page) = stage.page(&terms, language);
        let widget = stage.show(page);
        widget.apply(&stage.card(10_000, "SAR"));
        stage.api.post(&format!("/v1/checkouts/{id}/authorize"), &terms).expect(200);
        check_locked(&stage, widget, &id, language);
    }
}

#[test]
fn page_made_checkout_that_is_voided_is_replaced_with_a_word() {
    let stage = Stage::start();
    let terms = order(25_000, "SAR", "voided");
    let widget = stage.show(stage.page_without_checkout(&terms, Language::English));
    let first = widget.apply(&stage.card(10_000, "SAR")).value.unwrap();
    stage.api.post(&format!("/v1/checkouts/{first}/authorize"), &terms).expect(200);
    stage.api.post(&format!("/v1/checkouts/{first}/void"), &serde_json::json!({})).expect(200);
    stage.browser.run("document.querySelector('raseed-checkout').refresh()", &[]);
    assert_eq!(widget.message(), "One of your cards changed. Here is what applies now.");
    let face = widget.settled();
    assert_eq!((face.rows.len(), face.said.as_str()), (0, ""));
    let second = widget.apply(&stage.card(5_000, "SAR"));
    assert_eq!((second.rows.len(), second.value.as_ref() != Some(&first)), (1, true));
}
