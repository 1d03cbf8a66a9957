//! The strictest policy that a merchant's page can have, and pages on which the widget cannot work.

use super::{FIELD, Stage, order};
use serde_json::Value;
use tests::browser::Engine;
use tests::page::Page;
use tests::widget::Widget;
use tests::words::{LABEL, LANGUAGES, Language, UNREACHABLE};

impl Stage {
    /// What the widget promises to live with. The icon and the form are the page's own affair.
    fn strict_policy(&self, engine: &str) -> String {
        let edge = &self.server.ready.url;
        format!(
            "default-src 'none'; script-src {edge}{engine}; connect-src {edge}; style-src 'none'; require-trusted-types-for 'script'; \
             img-src 'self'; form-action 'self'; base-uri 'none'"
        )
    }

    fn violations(&self) -> Value {
        self.browser.run("return watched.violations", &[])
    }
}

#[test]
fn strict_policy_is_never_violated() {
    check_never_violated(Engine::Chromium);
}

#[test]
fn strict_policy_is_never_violated_in_firefox() {
    check_never_violated(Engine::Firefox);
}

#[test]
fn strict_policy_is_never_violated_in_webkit() {
    check_never_violated(Engine::WebKit);
}

#[track_caller]
fn check_never_violated(engine: Engine) {
    let stage = Stage::start_in(engine);
    for language in LANGUAGES {
        let terms = order(25_000, "SAR", &format!("strict-{}", language.tag()));
        let (id, page) = stage.page(&terms, language);
        let widget = stage.show(Page { policy: stage.strict_policy(" 'wasm-unsafe-eval'"), ..page });
        widget.paste("0000-0000-0000-0000-0001");
        assert!(widget.face().invalid);
        let face = widget.apply_by_hand(&stage.card(10_000, "SAR"));
        assert_eq!(face.amount, language.money(15_000, "SAR"));
        widget.apply_by_hand(&stage.card(20_000, "SAR"));
        let face = widget.remove(0);
        assert_eq!(face.amount, language.money(5_000, "SAR"));
        assert_eq!(stage.violations(), Value::Array(Vec::new()));
        assert_eq!(stage.send_form(), format!("item=oud&{FIELD}={id}"));
    }
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn strict_policy_is_in_force_and_its_violations_are_noticed() {
    check_noticed(Engine::Chromium);
}

#[test]
fn strict_policy_is_in_force_and_its_violations_are_noticed_in_firefox() {
    check_noticed(Engine::Firefox);
}

#[test]
fn strict_policy_is_in_force_and_its_violations_are_noticed_in_webkit() {
    check_noticed(Engine::WebKit);
}

#[track_caller]
fn check_noticed(engine: Engine) {
    let stage = Stage::start_in(engine);
    let foreign = format!("{}/foreign.js", stage.pages.url);
    let (_, page) = stage.page(&order(25_000, "SAR", "noticed"), Language::English);
    stage.browser.open(&stage.pages.put(Page { script: foreign.clone(), policy: stage.strict_policy(""), ..page }));
    assert_eq!(stage.violations()[0].as_str().unwrap().trim(), format!("script-src-elem {foreign}"));
    let complaints = stage.browser.complaints();
    assert!(complaints.iter().any(|complaint| complaint.contains(&foreign)), "{complaints:?}");
}

#[test]
fn page_that_refuses_wasm_shows_the_form_and_still_sells() {
    check_wasm_refused(Engine::Chromium);
}

#[test]
fn page_that_refuses_wasm_shows_the_form_and_still_sells_in_firefox() {
    check_wasm_refused(Engine::Firefox);
}

#[test]
fn page_that_refuses_wasm_shows_the_form_and_still_sells_in_webkit() {
    check_wasm_refused(Engine::WebKit);
}

#[track_caller]
fn check_wasm_refused(engine: Engine) {
    let stage = Stage::start_in(engine);
    for language in LANGUAGES {
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("refuses-{}", language.tag())), language);
        stage.browser.open(&stage.pages.put(Page { policy: stage.strict_policy(""), ..page }));
        let widget = Widget::of(&stage.browser);
        assert_eq!(widget.message(), language.pick(UNREACHABLE));
        let face = widget.face();
        assert_eq!((face.label.as_str(), face.open), (language.pick(LABEL), true));
        let events = widget.events();
        let names: Vec<&str> = events.iter().map(|event| event["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["raseed-error", "raseed-ready"]);
        // Whoever tries all the same is told again, and the shop's form does not go out by it.
        widget.press("7684\u{e007}");
        widget.click_apply();
        assert_eq!(widget.message(), language.pick(UNREACHABLE));
        assert!(!widget.face().busy);
        let sent = stage.send_form();
        assert!(sent == "item=oud" || sent == format!("item=oud&{FIELD}="), "{sent}");
    }
}
