//! The element inside the merchant's form: what Enter and clicks do there, and what the form sends.

use super::{FIELD, Stage};
use serde_json::{Value, json};
use tests::words::Language;

#[test]
fn enter_applies_and_never_sends_the_merchants_form() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("enter", Language::English);
    let address = stage.browser.run("return location.href", &[]);
    // Before the code is one, and after.
    widget.press("7684\u{e007}");
    assert_eq!(widget.message(), Language::English.refusal("code_malformed"));
    widget.paste(&stage.card(10_000, "SAR"));
    widget.press("\u{e007}");
    let face = widget.settled();
    assert_eq!(face.amount, Language::English.money(15_000, "SAR"));
    widget.press("\u{e007}");
    assert_eq!(stage.browser.run("return location.href", &[]), address);
    assert_eq!(stage.pages.sent(), Vec::<String>::new());
    assert_eq!(stage.send_form(), format!("item=oud&{FIELD}={id}"));
}

#[test]
fn form_value_is_empty_until_a_card_is_applied_and_after_the_last_is_removed() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("value", Language::Arabic);
    assert_eq!(widget.face().value.as_deref().unwrap_or_default(), "");
    assert_eq!(widget.apply(&stage.card(100, "SAR")).value, Some(id.clone()));
    assert_eq!(widget.apply(&stage.card(200, "SAR")).value, Some(id.clone()));
    assert_eq!(widget.remove(0).value, Some(id));
    assert_eq!(widget.remove(0).value.as_deref().unwrap_or_default(), "");
    let sent = stage.send_form();
    assert!(sent == "item=oud" || sent == format!("item=oud&{FIELD}="), "{sent}");
}

#[test]
fn ten_clicks_make_one_request_and_one_tender() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("clicks", Language::English);
    let code = stage.card(10_000, "SAR");
    // The request waits until all clicks are done, so none of them comes too late to be one too many.
    stage.browser.run(
        "const opened = new Promise((open) => { watched.open = open; }); watched.meet = (_, go) => opened.then(go);",
        &[],
    );
    widget.enter(&code);
    for _ in 0..5 {
        widget.click_apply();
    }
    widget.press("\u{e007}\u{e007}\u{e007}\u{e007}");
    let busy = widget.face();
    assert!(busy.busy && busy.open, "busy is shown, and nothing is disabled: {busy:?}");
    assert_eq!(widget.applications().len(), 1);
    stage.browser.run("watched.open()", &[]);
    let face = widget.settled();
    assert_eq!((face.amount, face.message), (Language::English.money(15_000, "SAR"), String::new()));
    assert_eq!(widget.applications().len(), 1);
    assert_eq!(stage.checkout(&id)["quote"]["tenders"].as_array().unwrap().len(), 1);
}

#[test]
fn burst_of_clicks_and_enter_held_down_make_one_request() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("held", Language::English);
    widget.paste(&stage.card(10_000, "SAR"));
    stage.browser.run(
        "const opened = new Promise((open) => { watched.open = open; });
        watched.meet = (_, go) => opened.then(go);
        const root = document.querySelector('raseed-checkout').shadowRoot;
        for (let click = 0; click < 10; click += 1) root.getElementById('apply').click();
        root.getElementById('code').focus();",
        &[],
    );
    let hold_enter = || {
        for repeats in [false, true, true, true, true, true] {
            let key = json!({"type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r", "autoRepeat": repeats});
            stage.browser.protocol("Input.dispatchKeyEvent", key);
        }
    };
    hold_enter();
    assert_eq!(widget.applications().len(), 1);
    stage.browser.run("watched.open()", &[]);
    assert_eq!(widget.settled().amount, Language::English.money(15_000, "SAR"));
    assert_eq!((widget.applications().len(), widget.face().message), (1, String::new()));
    assert_eq!(stage.checkout(&id)["quote"]["tenders"].as_array().unwrap().len(), 1);
    // Still held when the field is empty again: only a new press asks for something, and it is heard.
    let repeated = json!({"type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r", "autoRepeat": true});
    stage.browser.protocol("Input.dispatchKeyEvent", repeated);
    assert_eq!(widget.face().message, "");
    hold_enter();
    assert_eq!(widget.face().message, Language::English.refusal("code_malformed"));
    assert_eq!(stage.pages.sent(), Vec::<String>::new());
}

#[test]
fn neither_events_nor_storage_ever_hold_a_full_code() {
    let stage = Stage::start();
    let page = stage.page_without_checkout(&super::order(25_000, "SAR", "secrets"), Language::English);
    let widget = stage.show(page);
    let codes = [10_000, 300].map(|amount| stage.card(amount, "SAR"));
    for code in &codes {
        widget.apply(code);
        // Refused, so that an error is told of it too.
        widget.apply(code);
    }
    let kept = "return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, location.href])";
    let held: Value = stage.browser.run(kept, &[]);
    assert!(held.as_str().unwrap().contains("co_"), "the session is kept: {held}");
    let events = widget.events();
    for name in ["raseed-ready", "raseed-change", "raseed-error"] {
        assert!(events.iter().any(|event| event["name"] == name), "{name} in {events:?}");
    }
    let told = format!("{} {held}", json!(events)).to_uppercase();
    for code in codes {
        assert!(told.contains(&code[code.len() - 4..]), "the last four are told");
        assert!(!told.contains(&code) && !told.contains(&code.replace('-', "")), "{told}");
    }
}
