//! Glue and Wasm of one build, or neither: a page that names the script's hash runs these bytes and no others.

use super::{FIELD, Stage, order};
use serde_json::{Value, json};
use tests::artefact::{VERSION, built, integrity};
use tests::browser::Engine;
use tests::page::Page;
use tests::widget::Widget;
use tests::words::{LABEL, LANGUAGES, Language, UNREACHABLE};

const SCRIPT: (&str, &str) = ("raseed.js", "text/javascript; charset=utf-8");
const WASM: (&str, &str) = ("raseed.wasm", "application/wasm");

impl Stage {
    /// A page whose script and Wasm come from an origin that may have changed them on the way. It is no service: whatever else is asked there has no
    /// answer.
    fn page_of(&self, script: Vec<u8>, wasm: Vec<u8>, language: Language) -> Page {
        let put = |(name, content_type): (&str, &'static str), bytes| {
            self.pages.put_file(&format!("/widget/{VERSION}/{name}"), content_type, bytes)
        };
        put(WASM, wasm);
        let page = self.page_without_checkout(&order(25_000, "SAR", "changed"), language);
        Page { script: put(SCRIPT, script), integrity: integrity(&built(SCRIPT.0)), ..page }
    }

    /// What the page was told by the first error of its element.
    fn first_error(&self) -> Value {
        self.browser.until(
            "an error was told",
            "return watched.events.find(({ name }) => name === 'raseed-error')?.detail",
            &[],
        )
    }

    #[track_caller]
    fn check_form_still_sells(&self) {
        let sent = self.send_form();
        assert!(sent == "item=oud" || sent == format!("item=oud&{FIELD}="), "{sent}");
    }
}

/// The same bytes but for one.
fn flipped(name: &str) -> Vec<u8> {
    let mut bytes = built(name);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn pinned_script_runs_and_brings_the_wasm_of_its_build() {
    let stage = Stage::start();
    let edge = &stage.server.ready.url;
    for (path, pin) in [("v1", ""), (VERSION, ""), (VERSION, &*integrity(&built(SCRIPT.0)))] {
        let reference = format!("pinned-{path}-{}", pin.len());
        let (_, page) = stage.page(&order(25_000, "SAR", &reference), Language::English);
        let script = format!("{edge}/widget/{path}/raseed.js");
        let widget = stage.show(Page { script: script.clone(), integrity: pin.into(), ..page });
        assert_eq!(widget.apply(&stage.card(10_000, "SAR")).amount, Language::English.money(15_000, "SAR"));
        let loaded = "return performance.getEntriesByType('resource').map(({ name }) => name.split('?')[0]).filter((name) => name.includes('/widget/'))";
        let wasm = format!("{edge}/widget/{VERSION}/raseed.wasm");
        assert_eq!(stage.browser.run(loaded, &[]), json!([script, wasm]), "under {path}");
    }
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn changed_wasm_is_refused_and_the_static_form_stays() {
    check_changed_wasm(Engine::Chromium);
}

#[test]
fn changed_wasm_is_refused_and_the_static_form_stays_in_firefox() {
    check_changed_wasm(Engine::Firefox);
}

#[test]
fn changed_wasm_is_refused_and_the_static_form_stays_in_webkit() {
    check_changed_wasm(Engine::WebKit);
}

#[track_caller]
fn check_changed_wasm(engine: Engine) {
    let stage = Stage::start_in(engine);
    for language in LANGUAGES {
        // Unchanged, it starts, and finds that there is no service.
        let script = built(SCRIPT.0);
        stage.browser.open(&stage.pages.put(stage.page_of(script.clone(), built(WASM.0), language)));
        assert_eq!(stage.first_error(), json!({"code": "unreachable", "retryable": true}));

        stage.browser.open(&stage.pages.put(stage.page_of(script, flipped(WASM.0), language)));
        assert_eq!(stage.first_error(), json!({"code": "unavailable", "retryable": false}));
        let widget = Widget::of(&stage.browser);
        let face = widget.face();
        assert_eq!((face.message.as_str(), face.open), (language.pick(UNREACHABLE), true));
        assert_eq!((face.label.as_str(), face.quote), (language.pick(LABEL), Value::Null));
        assert!(stage.browser.complaints().iter().any(|complaint| complaint.contains("integrity")));
        stage.check_form_still_sells();
    }
}

#[test]
fn changed_script_is_refused_and_the_shop_still_sells() {
    check_changed_script(Engine::Chromium);
}

#[test]
fn changed_script_is_refused_and_the_shop_still_sells_in_firefox() {
    check_changed_script(Engine::Firefox);
}

#[test]
fn changed_script_is_refused_and_the_shop_still_sells_in_webkit() {
    check_changed_script(Engine::WebKit);
}

#[track_caller]
fn check_changed_script(engine: Engine) {
    let stage = Stage::start_in(engine);
    for place in [0, 1, 2] {
        let mut script = built(SCRIPT.0);
        // At both ends and in the middle, where the glue is.
        let at = [0, script.len() / 2, script.len() - 2][place];
        script[at] ^= 1;
        stage.browser.open(&stage.pages.put(stage.page_of(script, built(WASM.0), Language::English)));
        let complaint = stage.browser.complaints().concat();
        assert!(complaint.contains("integrity"), "{at}: {complaint}");
        let defined = "return [customElements.get('raseed-checkout') !== undefined, watched.requests.length]";
        assert_eq!(stage.browser.run(defined, &[]), json!([false, 0]));
        stage.check_form_still_sells();
    }
}
