//! What a shopper is told when a card is not taken: at once where the code itself shows it, else in the words for the server's reason.

use super::{Stage, order};
use serde_json::{Value, json};
use shared::code::Code;
use tests::browser::Engine;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::widget::Widget;
use tests::words::{LANGUAGES, Language};

/// Long enough to issue a card, short enough to wait for its end.
const SHORT_LIFE_MS: u64 = 1_500;

impl Stage {
    /// A card that exists, with what has to be done to it.
    fn spoilt(&self, how: &str) -> String {
        let card = match how {
            "card_inactive" => self.issue(&json!({"amount": 5_000, "currency": "SAR", "active": false})),
            "currency_mismatch" => self.issue(&json!({"amount": 5_000, "currency": "KWD"})),
            _ => self.issue(&json!({"amount": 5_000, "currency": "SAR"})),
        };
        let (id, code) = (card["id"].as_str().unwrap(), card["code"].as_str().unwrap());
        match how {
            "card_frozen" => drop(self.api.post(&format!("/v1/gift-cards/{id}/freeze"), &json!({})).expect(200)),
            "insufficient_balance" => self.use_up(code),
            _ => {}
        }
        code.into()
    }

    fn use_up(&self, code: &str) {
        let all = json!({"code": code, "amount": "max", "currency": "SAR", "reference": "elsewhere"});
        self.api.post("/v1/redemptions", &all).expect(201);
    }
}

/// A code whose form is right and whose tag nobody signed.
fn forged(code: &str) -> String {
    let code = Code::parse(code).unwrap();
    Code::compose(code.key_id(), code.card_id(), code.tag() ^ 1).display()
}

/// Checks that a refused code changed nothing, and that the field is marked and keeps it.
#[track_caller]
fn check_refused(widget: Widget<'_>, code: &str, message: &str) {
    let face = widget.apply(code);
    assert_eq!(face.message, message);
    assert!(face.invalid && face.open, "the field is marked and open");
    assert_eq!(face.code.replace('-', ""), code.replace('-', ""), "the code stays to be mended");
    assert_eq!(face.rows.iter().filter(|row| row.is == "applied").count(), 0);
    assert_eq!((&face.quote["remaining"], &face.quote["covered"]), (&json!(25_000), &json!(0)));
    assert_eq!(face.value.as_deref().unwrap_or_default(), "");
}

#[test]
fn server_refusals_are_told_in_both_languages() {
    let stage = Stage::start();
    let good = stage.card(5_000, "SAR");
    let mut cards: Vec<(&str, String)> = ["card_inactive", "card_frozen", "insufficient_balance", "currency_mismatch"]
        .map(|code| (code, stage.spoilt(code)))
        .into();
    cards.push(("card_not_usable", forged(&good)));
    for language in LANGUAGES {
        let (id, widget) = stage.show_order(&format!("refusals-{}", language.tag()), language);
        for (reason, code) in &cards {
            let before = widget.applications().len();
            check_refused(widget, code, language.refusal(reason));
            assert_eq!(widget.applications().len(), before + 1, "{reason}");
            let error = widget.last_event("raseed-error");
            assert_eq!(error["code"], *reason, "{error}");
        }
        let face = widget.apply(&good);
        assert_eq!((face.message.as_str(), face.invalid), ("", false), "a good card ends the message");
        let again = widget.apply(&good);
        assert_eq!((again.message.as_str(), again.invalid), (language.refusal("already_applied"), true));
        assert_eq!(again.quote["remaining"], 20_000);
        assert_eq!(again.amount, language.money(20_000, "SAR"));
        assert_eq!(stage.checkout(&id)["quote"]["tenders"].as_array().unwrap().len(), 1);
        assert_eq!(widget.last_event("raseed-error")["code"], "already_applied");
    }
}

#[test]
fn card_with_terms_says_what_they_are_until_an_order_meets_them() {
    let stage = Stage::start();
    let program = |id: &str, name: &str, term: Value| json!({"id": id, "kind": "paid_gift", "currency": "SAR", "amounts": {"preset": [5_000]}, name: term});
    let settings = json!({
        "name": {"en": "Noor"},
        "origins": [stage.pages.url],
        "locations": [{"id": "riyadh", "name": {"en": "Riyadh"}}],
        "programs": [program("branch", "locations", json!(["riyadh"])), program("large", "min_spend", json!(30_000))],
    });
    stage.api.change("PUT", "/v1/settings", &settings).expect(200);
    let [branch, large] = ["branch", "large"].map(|program| {
        let card = stage.issue(&json!({"program": program, "amount": 5_000}));
        card["code"].as_str().unwrap().to_owned()
    });
    for language in LANGUAGES {
        let name = |what: &str| format!("{what}-{}", language.tag());
        let (_, widget) = stage.show_order(&name("small"), language);
        check_refused(widget, &branch, language.refusal("location_not_allowed"));
        check_refused(widget, &large, &language.min_spend(30_000, "SAR"));
        let error = widget.last_event("raseed-error");
        assert_eq!(error, json!({"code": "min_spend_not_met", "retryable": false}));
        let (_, page) = stage.page(&order(30_000, "SAR", &name("large")), language);
        let face = stage.show(page).apply(&large);
        assert_eq!((face.message.as_str(), face.rows.len()), ("", 1));
    }
}

#[test]
fn card_of_another_order_is_refused_with_the_minutes_to_wait() {
    let stage = Stage::start();
    let api = &stage.api;
    let card = Card::issue(api, 5_000);
    let elsewhere = Checkout::open(api, 5_000);
    elsewhere.apply(api, &card.code).expect(201);
    elsewhere.act(api, "authorize").expect(200);
    for language in LANGUAGES {
        let (id, widget) = stage.show_order(&format!("held-{}", language.tag()), language);
        let path = format!("/v1/checkouts/{id}/tenders");
        let told = api.post(&path, &json!({"gift_card": {"code": card.code}}));
        assert_eq!(told.problem(), (409, "card_held_elsewhere"));
        let minutes = told.json["retry_after_seconds"].as_u64().unwrap().div_ceil(60);
        check_refused(widget, &card.code, &language.held_elsewhere(minutes));
    }
    elsewhere.void(api).expect(200);
    let (_, widget) = stage.show_order("free", Language::English);
    assert_eq!(widget.apply(&card.code).amount, Language::English.money(20_000, "SAR"));
}

#[test]
fn expired_card_is_refused_with_its_day_in_both_languages() {
    check_expired(Engine::Chromium);
}

#[test]
fn expired_card_is_refused_with_its_day_in_both_languages_in_firefox() {
    check_expired(Engine::Firefox);
}

#[test]
fn expired_card_is_refused_with_its_day_in_both_languages_in_webkit() {
    check_expired(Engine::WebKit);
}

#[track_caller]
fn check_expired(engine: Engine) {
    let stage = Stage::start_in(engine);
    let now = stage.browser.run("return Date.now()", &[]).as_u64().unwrap();
    let expires_at = stage.browser.run("return new Date(arguments[0]).toISOString()", &[(now + SHORT_LIFE_MS).into()]);
    let card = stage.issue(&json!({"amount": 5_000, "currency": "SAR", "expires_at": expires_at}));
    let code = card["code"].as_str().unwrap();
    let day = |language: Language| {
        let locale = language.pick(("en-GB", "ar-SA-u-ca-gregory"));
        let script = "return new Intl.DateTimeFormat(arguments[0], { day: 'numeric', month: 'short', year: 'numeric' }).format(new Date(arguments[1]))";
        stage.browser.run(script, &[locale.into(), expires_at.clone()]).as_str().map(String::from).unwrap()
    };
    for language in LANGUAGES {
        let (_, widget) = stage.show_order(&format!("expired-{}", language.tag()), language);
        stage.browser.until(
            "the card has expired",
            "return Date.now() > Date.parse(arguments[0])",
            std::slice::from_ref(&expires_at),
        );
        let sentence = language.pick(("This gift card expired on {}.", "انتهت صلاحية بطاقة الهدية في {}."));
        check_refused(widget, code, &sentence.replace("{}", &day(language)));
        assert_eq!(widget.last_event("raseed-error")["code"], "card_expired");
    }
}

#[test]
fn slips_are_told_at_once_and_without_a_request() {
    check_slips(Engine::Chromium);
}

#[test]
fn slips_are_told_at_once_and_without_a_request_in_firefox() {
    check_slips(Engine::Firefox);
}

#[test]
fn slips_are_told_at_once_and_without_a_request_in_webkit() {
    check_slips(Engine::WebKit);
}

#[track_caller]
fn check_slips(engine: Engine) {
    let stage = Stage::start_in(engine);
    let code = stage.card(5_000, "SAR");
    let slip = swap_one_symbol(&code);
    for language in LANGUAGES {
        let (_, widget) = stage.show_order(&format!("slips-{}", language.tag()), language);
        let before = widget.requests();
        for (text, reason) in [
            ("7684-VTF2", "code_malformed"),
            (slip.as_str(), "code_check_failed"),
            ("4111 1111 1111 1111", "looks_like_payment_card"),
            ("", "code_malformed"),
        ] {
            let face = widget.apply(text);
            assert_eq!((face.message.as_str(), face.invalid), (language.refusal(reason), true), "{text}");
            assert_eq!(widget.last_event("raseed-error"), json!({"code": reason, "retryable": false}));
        }
        // A wrong check is told as soon as the twentieth symbol stands there, before anybody presses Apply.
        widget.paste("");
        widget.press(&slip);
        assert_eq!(widget.message(), language.refusal("code_check_failed"));
        assert_eq!(widget.requests(), before);
        let face = widget.apply(&code);
        assert_eq!((face.message.as_str(), face.rows.len()), ("", 1), "mended, it is taken");
    }
}

/// The code with another symbol in the middle, in the form that the field gives it.
fn swap_one_symbol(code: &str) -> String {
    let place = 11;
    let other = if &code[place..=place] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &code[..place], &code[place + 1..])
}

#[test]
fn eleventh_card_is_one_too_many() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let (id, widget) = stage.show_order(&format!("eleven-{}", language.tag()), language);
        for _ in 0..10 {
            widget.apply(&stage.card(100, "SAR"));
        }
        let eleventh = widget.apply(&stage.card(100, "SAR"));
        assert_eq!(eleventh.message, language.refusal("too_many_tenders"));
        assert_eq!(eleventh.amount, language.money(24_000, "SAR"));
        assert_eq!(stage.checkout(&id)["quote"]["tenders"].as_array().unwrap().len(), 10);
    }
}
