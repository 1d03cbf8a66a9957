//! What a page says wrongly is told to the page, and mended without a reload.

use super::{Stage, order};
use serde_json::json;
use tests::widget::Widget;
use tests::words::{Language, REFUSED};

#[test]
fn attribute_that_cannot_be_read_is_told_and_can_be_mended() {
    let stage = Stage::start();
    for (name, wrong, right) in [
        ("total", "250.00", "25000"),
        ("total", "abc", "25000"),
        ("total", "", "25000"),
        ("total", "-1", "25000"),
        ("total", "+25", "25000"),
        ("currency", "sar", "SAR"),
        ("checkout", "../../healthz", ""),
    ] {
        let mut page = stage.page_without_checkout(&order(25_000, "SAR", "wrong"), Language::English);
        page.attributes.retain(|(other, _)| *other != name);
        page.attributes.push((name, wrong.into()));
        stage.browser.open(&stage.pages.put(page));
        let widget = Widget::of(&stage.browser);
        stage.browser.run("await document.querySelector('raseed-checkout').ready", &[]);
        assert_eq!(widget.last_event("raseed-error"), json!({"code": "field_invalid", "retryable": false}), "{wrong}");
        assert_eq!(widget.message(), Language::English.pick(REFUSED));
        assert_eq!(widget.requests().len(), 0, "{name}={wrong}");
        let warned = stage.browser.complaints();
        assert_eq!(warned.iter().filter(|line| line.contains(&format!("\\\"{name}\\\""))).count(), 1, "{warned:?}");

        widget.set(&[(name, right)]);
        let face = widget.ready().settled();
        assert_eq!((face.message.as_str(), face.amount), ("", Language::English.money(25_000, "SAR")), "{wrong}");
        stage.browser.run("sessionStorage.clear()", &[]);
    }
}

#[test]
fn attribute_that_is_missing_when_a_card_is_applied_is_named() {
    let stage = Stage::start();
    for missing in ["total", "currency", "reference"] {
        let mut page = stage.page_without_checkout(&order(25_000, "SAR", "missing"), Language::English);
        page.attributes.retain(|(name, _)| *name != missing);
        stage.browser.open(&stage.pages.put(page));
        let widget = Widget::of(&stage.browser);
        widget.enter("7684-VTF2-6H45-PXQ5-PS58");
        assert_eq!(widget.message(), Language::English.pick(REFUSED), "{missing}");
        assert_eq!(widget.last_event("raseed-error"), json!({"code": "field_invalid", "retryable": false}));
        let warned = stage.browser.complaints();
        let named: Vec<_> = warned.iter().filter(|line| line.contains("cannot be read")).collect();
        assert!(
            named.iter().all(|line| line.contains(&format!("\\\"{missing}\\\""))) && !named.is_empty(),
            "{warned:?}"
        );
    }
}

#[test]
fn order_of_nothing_is_ready_without_a_request() {
    let stage = Stage::start();
    let page = stage.page_without_checkout(&order(0, "SAR", "free"), Language::English);
    stage.browser.open(&stage.pages.put(page));
    stage.browser.run("await document.querySelector('raseed-checkout').ready", &[]);
    let widget = Widget::of(&stage.browser);
    let face = widget.face();
    assert_eq!((face.amount, face.open, face.message.as_str()), (Language::English.money(0, "SAR"), false, ""));
    assert_eq!(widget.requests().len(), 0);
    widget.set(&[("total", "25000")]);
    assert!(widget.ready().settled().open);
}
