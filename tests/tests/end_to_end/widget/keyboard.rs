//! The whole flow by keyboard alone: where the focus is after every key, and what a screen reader is told.
//!
//! In scope: the order of Tab, Enter and Space, the focus after a card is applied or removed, and every text that the two live regions ever held, in
//! order, so that nothing is said twice and nothing goes unsaid. Out of scope: what the regions' words look like in code (`copy.rs`).

use super::Stage;
use serde_json::{Value, json};
use tests::browser::{Browser, Engine};
use tests::widget::Widget;
use tests::words::{CHECKING, COVERED_FULL, LANGUAGES, Language};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const SHIFT: char = '\u{e008}';
const CONTROL: char = '\u{e009}';

/// Writes down what the regions say from now on.
const LISTEN: &str = r"
const root = document.querySelector('raseed-checkout').shadowRoot;
watched.heard = [];
for (const region of root.querySelectorAll('[role=status], [role=alert]')) {
  const observer = new MutationObserver(() => region.textContent && watched.heard.push(`${region.role}: ${region.textContent}`));
  observer.observe(region, { childList: true, characterData: true, subtree: true });
}";

/// What has the focus: an id, or the name of the button as it is spoken.
const FOCUS: &str = r"
const inside = document.activeElement.shadowRoot?.activeElement;
const node = inside ?? document.activeElement;
return node.id || node.ariaLabel || node.nodeName;";

struct Keyboard<'a> {
    browser: &'a Browser,
    widget: Widget<'a>,
    language: Language,
}

impl Keyboard<'_> {
    /// Presses a key, waits until nothing is under way, and checks where the focus is.
    #[track_caller]
    fn press(&self, key: char, focus: &str) {
        self.browser.press(&[key]);
        self.widget.settled();
        assert_eq!(self.focus(), focus);
    }

    #[track_caller]
    fn press_back(&self, focus: &str) {
        self.browser.press(&[SHIFT, TAB]);
        assert_eq!(self.focus(), focus);
    }

    #[track_caller]
    fn type_code(&self, code: &str) {
        self.browser.press(&[CONTROL, 'a']);
        for key in code.chars() {
            self.browser.press(&[key]);
        }
        assert_eq!(self.focus(), "code");
    }

    fn focus(&self) -> String {
        self.browser.run(FOCUS, &[]).as_str().unwrap().into()
    }

    /// What was said since this was last asked.
    #[track_caller]
    fn check_heard(&self, expected: &[&str]) {
        let heard = self.browser.run("return watched.heard.splice(0)", &[]);
        assert_eq!(heard, Value::from(expected.to_vec()));
    }

    /// What is said while a card is checked and when it was applied.
    #[track_caller]
    fn check_heard_applied(&self, amount: u64, last4: &str, remaining: u64) {
        let checking = format!("status: {}", self.language.pick(CHECKING));
        let applied = format!("status: {}", self.language.said_applied(amount, last4, remaining, "SAR"));
        self.check_heard(&[&checking, &applied]);
    }

    #[track_caller]
    fn check_heard_removed(&self, last4: &str, remaining: u64) {
        self.check_heard(&[&format!("status: {}", self.language.said_removed(last4, remaining, "SAR"))]);
    }

    fn remove(&self, last4: &str) -> String {
        format!("{} {last4}", self.language.pick(("Remove", "إزالة")))
    }
}

#[test]
fn whole_flow_by_keyboard_keeps_the_focus_and_says_everything_once() {
    check_whole_flow(Engine::Chromium);
}

#[test]
fn whole_flow_by_keyboard_keeps_the_focus_and_says_everything_once_in_firefox() {
    check_whole_flow(Engine::Firefox);
}

#[test]
fn whole_flow_by_keyboard_keeps_the_focus_and_says_everything_once_in_webkit() {
    check_whole_flow(Engine::WebKit);
}

#[track_caller]
fn check_whole_flow(engine: Engine) {
    let stage = Stage::start_in(engine);
    for language in LANGUAGES {
        let (_, widget) = stage.show_order(&format!("keyboard-{}", language.tag()), language);
        let keyboard = Keyboard { browser: &stage.browser, widget, language };
        stage.browser.run(LISTEN, &[]);
        let codes = [10_000, 4_000].map(|amount| stage.card(amount, "SAR"));
        let [first, second] = [0, 1].map(|place| codes[place][codes[place].len() - 4..].to_owned());

        for focus in ["pay", "code", "apply"] {
            keyboard.press(TAB, focus);
        }
        keyboard.press_back("code");
        keyboard.type_code("7684");
        keyboard.press(ENTER, "code");
        keyboard.check_heard(&[&format!("alert: {}", language.refusal("code_malformed"))]);

        keyboard.type_code(&codes[0]);
        keyboard.press(ENTER, "code");
        keyboard.check_heard_applied(10_000, &first, 15_000);

        keyboard.type_code(&codes[1]);
        keyboard.press(TAB, "apply");
        keyboard.press(' ', "apply");
        keyboard.check_heard_applied(4_000, &second, 11_000);

        remove_by_keyboard(&keyboard, &first, &second);
        cover_by_keyboard(&keyboard, &stage.card(30_000, "SAR"));
        assert_eq!(stage.pages.sent(), Vec::<String>::new(), "no key has sent the merchant's form");
    }
}

/// From Apply, with both cards there: the focus goes to the next Remove, else to the field.
fn remove_by_keyboard(keyboard: &Keyboard<'_>, first: &str, second: &str) {
    keyboard.press(TAB, &keyboard.remove(first));
    keyboard.press(TAB, &keyboard.remove(second));
    keyboard.press_back(&keyboard.remove(first));
    keyboard.press(ENTER, &keyboard.remove(second));
    keyboard.check_heard_removed(first, 21_000);
    keyboard.press(' ', "code");
    keyboard.check_heard_removed(second, 25_000);
}

/// From the field, with no card there: the field goes while it has the focus, and comes back.
fn cover_by_keyboard(keyboard: &Keyboard<'_>, code: &str) {
    let last4 = &code[code.len() - 4..];
    keyboard.type_code(code);
    keyboard.press(ENTER, "covered");
    // The focus has gone to the sentence, which speaks it; so the region leaves it out.
    let covered = keyboard.language.pick(COVERED_FULL);
    let applied = keyboard.language.said_applied(25_000, last4, 0, "SAR");
    let applied = format!("status: {}", applied.strip_suffix(covered).unwrap().trim_end());
    keyboard.check_heard(&[&format!("status: {}", keyboard.language.pick(CHECKING)), &applied]);
    assert_eq!(keyboard.widget.face().covered.as_deref(), Some(covered));
    keyboard.press(TAB, &keyboard.remove(last4));
    keyboard.press_back("pay");
    keyboard.press(TAB, &keyboard.remove(last4));
    keyboard.press(ENTER, "code");
    keyboard.check_heard_removed(last4, 25_000);
}

/// Where the middle of the first Remove is.
const REMOVE: &str = "
const { x, y, width, height } = document.querySelector('raseed-checkout').shadowRoot.querySelector('[part=remove]').getBoundingClientRect();
return [x + width / 2, y + height / 2];";

#[test]
fn enter_held_down_on_remove_takes_one_card_off() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("enter-held", Language::English);
    for _ in 0..3 {
        widget.apply(&stage.card(1_000, "SAR"));
    }
    stage
        .browser
        .run("document.querySelector('raseed-checkout').shadowRoot.querySelector('[part=remove]').focus()", &[]);
    let enter = |kind: &str, repeat: bool| {
        let key = json!({"type": kind, "key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13, "autoRepeat": repeat});
        stage.browser.protocol("Input.dispatchKeyEvent", key);
    };
    enter("keyDown", false);
    for _ in 0..4 {
        enter("keyDown", true);
    }
    enter("keyUp", false);
    assert_eq!(widget.settled().rows.len(), 2);
    // Pressed again it is another wish.
    enter("keyDown", false);
    enter("keyUp", false);
    assert_eq!(widget.settled().rows.len(), 1);
}

#[test]
fn double_click_on_remove_takes_one_card_off() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("double-click", Language::English);
    for _ in 0..3 {
        widget.apply(&stage.card(1_000, "SAR"));
    }
    let [x, y] = serde_json::from_value::<[f64; 2]>(stage.browser.run(REMOVE, &[])).unwrap();
    for count in [1, 2] {
        for kind in ["mousePressed", "mouseReleased"] {
            let mouse = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": count});
            stage.browser.protocol("Input.dispatchMouseEvent", mouse);
        }
    }
    assert_eq!(widget.settled().rows.len(), 2);
    assert_eq!(widget.remove(0).rows.len(), 1);
}

#[test]
fn focus_stays_in_the_element_whatever_remains_after_a_removal() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("remains", Language::English);
    let keyboard = Keyboard { browser: &stage.browser, widget, language: Language::English };
    let codes = [10_000, 4_000, 3_000].map(|amount| stage.card(amount, "SAR"));
    for code in &codes {
        widget.apply(code);
    }
    let [first, _, third] = [0, 1, 2].map(|place| codes[place][codes[place].len() - 4..].to_owned());
    // The order gets cheaper, so that one card alone covers it; the field is gone with the focus in it.
    let total = |total: u64| {
        stage.api.change("PATCH", &format!("/v1/checkouts/{id}"), &json!({"total": total})).expect(200);
        stage.browser.run("document.querySelector('raseed-checkout').refresh()", &[]);
        stage.browser.until(
            "the new total is shown",
            "return document.querySelector('raseed-checkout').quote.total === arguments[0]",
            &[total.into()],
        );
    };
    total(8_000);
    assert_eq!(keyboard.focus(), "covered");
    // Of the last row it goes to the one before, for the field does not stand.
    stage.browser.run(
        "document.querySelector('raseed-checkout').shadowRoot.querySelector('#tenders > :last-child .remove').focus()",
        &[],
    );
    assert_eq!(keyboard.focus(), keyboard.remove(&third));
    keyboard.press(ENTER, &keyboard.remove(&codes[1][codes[1].len() - 4..]));
    keyboard.press(ENTER, &keyboard.remove(&first));
    // The sentence gives it back to the field when that stands again.
    stage.browser.run("document.querySelector('raseed-checkout').shadowRoot.getElementById('covered').focus()", &[]);
    total(30_000);
    assert_eq!(keyboard.focus(), "code");
}
