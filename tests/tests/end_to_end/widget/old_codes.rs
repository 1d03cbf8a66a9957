//! A shop that came from another system: whoever types one of its old codes is told where to exchange it, and the code goes nowhere.

use super::{Stage, order};
use serde_json::json;
use tests::widget::Widget;
use tests::words::{LANGUAGES, Language, Words};

/// What the shop says. The address is a text of its own direction within the Arabic sentence.
const MESSAGE: Words = (
    "This is one of our old cards. Exchange it at noor.example/old.",
    "هذه من بطاقاتنا السابقة. استبدلها عبر noor.example/old.",
);

/// A code of ours whose tag nobody signed.
const FORGED: &str = "7684-VTF2-6H45-PXQ5-PS58";

impl Stage {
    fn came_from_another_system(&self) {
        let (english, arabic) = MESSAGE;
        let patterns = ["NR-####-????", "#### #### #### ####", "9###################"];
        let settings = json!({
            "origins": [self.pages.url],
            "old_codes": {"patterns": patterns, "message": {"en": english, "ar": arabic}},
        });
        self.api.change("PUT", "/v1/settings", &settings).expect(200);
    }
}

#[track_caller]
fn check_told(widget: Widget<'_>, typed: &str, language: Language) {
    let before = widget.requests();
    let face = widget.apply(typed);
    let message = format!("\u{2068}{}\u{2069}", language.pick(MESSAGE));
    assert_eq!((face.message, face.invalid, face.open), (message, true, true), "{typed}");
    assert_eq!(widget.requests(), before, "{typed}");
    assert_eq!(widget.last_event("raseed-error"), json!({"code": "old_code", "retryable": false}));
    assert_eq!((face.rows.len(), face.busy, face.said.as_str()), (0, false, ""));
}

#[test]
fn old_code_is_told_in_the_shops_words_and_asks_for_nothing() {
    let stage = Stage::start();
    stage.came_from_another_system();
    for language in LANGUAGES {
        let made_here = stage.page_without_checkout(&order(25_000, "SAR", language.tag()), language);
        let (_, served) = stage.page(&order(25_000, "SAR", language.tag()), language);
        for page in [made_here, served] {
            let widget = stage.show(page);
            for typed in ["NR-1234-AB12", "nr ١٢٣٤ ab۱۲", "\u{200f}NR1234AB12", "4111 1111 1111 1112"] {
                check_told(widget, typed, language);
            }
            assert_eq!(widget.apply("NR-1234").message, language.refusal("code_malformed"), "no pattern is met");
            let payment = widget.apply("4111 1111 1111 1111").message;
            assert_eq!(payment, language.refusal("looks_like_payment_card"), "whatever the patterns leave open");
            assert_eq!(widget.apply(FORGED).message, language.refusal("card_not_usable"));
            check_told(widget, "NR-1234-AB12", language);
            let all = json!([widget.requests(), widget.events()]).to_string();
            assert!(!all.contains("AB12") && !all.contains("4111"), "it went nowhere: {all}");
            let face = widget.apply(&stage.card(5_000, "SAR"));
            assert_eq!((face.message.as_str(), face.rows.len()), ("", 1), "a code of ours is taken");
        }
    }
}

#[test]
fn message_follows_the_language_and_old_codes_as_long_as_ours_are_told_at_once() {
    let stage = Stage::start();
    stage.came_from_another_system();
    let (_, widget) = stage.show_order("languages", Language::English);
    check_told(widget, "NR-1234-AB12", Language::English);
    widget.set(&[("lang", "ar")]);
    stage.browser.until(
        "the message is in Arabic",
        "return document.querySelector('raseed-checkout').shadowRoot.getElementById('message').textContent.includes(arguments[0])",
        &[Language::Arabic.pick(MESSAGE).into()],
    );
    widget.paste("");
    widget.press("90000000000000000000");
    assert_eq!(widget.message(), format!("\u{2068}{}\u{2069}", Language::Arabic.pick(MESSAGE)));
}

#[test]
fn shop_without_old_codes_says_that_it_is_no_code() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("none", Language::English);
    assert_eq!(widget.apply("NR-1234-AB12").message, Language::English.refusal("code_malformed"));
    assert_eq!(widget.last_event("raseed-error")["code"], "code_malformed");
}
