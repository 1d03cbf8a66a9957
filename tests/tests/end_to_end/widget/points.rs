//! A member's points by keyboard, mouse and touch: what is asked for, and how often.
//!
//! The element is the one that ships. The API that answers it is `points.js`, a page's own, for the server's does not know points yet: these tests go live
//! with *Loyalty*, when the script goes and `Stage` issues points instead.

use super::{FIELD, Stage, order};
use serde_json::{Value, json};
use tests::widget::{Face, Widget};
use tests::words::{LANGUAGES, Language};

const ENTER: char = '\u{e007}';
const LEFT: char = '\u{e012}';
const RIGHT: char = '\u{e014}';
const MEMBER: &str = "mt_test_demo_7Q2M9KXW";

/// What the controls show, and what was asked for.
const CONTROLS: &str = r"
const root = document.querySelector('raseed-checkout').shadowRoot;
const part = (id) => root.getElementById(id);
return {
  field: part('points-field').value,
  range: part('points-range').getAttribute('aria-valuetext').replace(/[\u2068\u2069]/g, ''),
  worth: part('points-worth').textContent,
  message: part('points-message').textContent,
  invalid: part('points-field').getAttribute('aria-invalid'),
  focus: root.activeElement?.id ?? '',
  asked: shop.asked.filter((wish) => typeof wish !== 'object'),
};";

impl Stage {
    /// A page of a member's order, with the API that knows points.
    fn show_member(&self, reference: &str, language: Language) -> Widget<'_> {
        self.browser.begin_pages_with(&format!("{{ {} }}", include_str!("points.js")));
        let mut page = self.page_without_checkout(&order(25_000, "SAR", reference), language);
        page.attributes.push(("member-token", MEMBER.into()));
        self.show(page)
    }

    /// The controls once nothing is asked any more.
    #[track_caller]
    fn controls(&self) -> Value {
        self.browser.until(
            "no points are being set",
            "return document.querySelector('raseed-checkout').shadowRoot.getElementById('points').ariaBusy === 'false'",
            &[],
        );
        self.browser.run(CONTROLS, &[])
    }

    fn focus(&self, control: &str) {
        let script = "document.querySelector('raseed-checkout').shadowRoot.getElementById(arguments[0]).focus()";
        self.browser.run(script, &[control.into()]);
    }

    #[track_caller]
    fn click(&self, control: &str) {
        self.browser.click_inside("raseed-checkout", &format!("#{control}"));
    }
}

#[track_caller]
fn check_paid(face: &Face, minor: u64, language: Language) {
    assert_eq!((face.rows.len(), face.amount.as_str()), (1, language.money(25_000 - minor, "SAR").as_str()));
    assert_eq!(face.rows[0].applied, language.money(minor, "SAR"));
}

#[test]
fn arrow_on_the_slider_asks_once_and_says_points_and_money() {
    let stage = Stage::start();
    for (language, more, less) in [(Language::English, RIGHT, LEFT), (Language::Arabic, LEFT, RIGHT)] {
        let widget = stage.show_member(&format!("arrows-{}", language.tag()), language);
        stage.focus("points-range");
        stage.browser.press(&[more]);
        let controls = stage.controls();
        let said = language.pick(("100 points worth SAR 5.00", "١٠٠ نقطة بقيمة ٥٫٠٠ ر.س"));
        assert_eq!(controls["range"], said.replace("SAR ", "SAR\u{a0}").replace(" ر.س", "\u{a0}ر.س"));
        assert_eq!((&controls["asked"], &controls["focus"]), (&json!([100]), &json!("points-range")));
        check_paid(&widget.settled(), 500, language);
        stage.browser.press(&[less]);
        let controls = stage.controls();
        assert_eq!(controls["asked"], json!([100, "none"]));
        assert_eq!(controls["range"], language.pick(("0 points", "لا نقاط")));
        assert_eq!(widget.settled().rows.len(), 0);
    }
}

#[test]
fn drag_shows_what_it_means_and_asks_when_it_is_let_go() {
    let stage = Stage::start();
    let widget = stage.show_member("drag", Language::English);
    let turn = "const range = document.querySelector('raseed-checkout').shadowRoot.getElementById('points-range');
        for (const place of [5, 20, 41]) {
          range.value = place;
          range.dispatchEvent(new InputEvent('input', { bubbles: true }));
        }";
    stage.browser.run(turn, &[]);
    let controls = stage.controls();
    assert_eq!((&controls["asked"], &controls["field"]), (&json!([]), &json!("500")));
    assert!(controls["worth"].as_str().unwrap().starts_with("500 points worth"));
    assert_eq!(widget.face().rows.len(), 0);
    let let_go = "document.querySelector('raseed-checkout').shadowRoot.getElementById('points-range').dispatchEvent(new Event('change', { bubbles: true }))";
    stage.browser.run(let_go, &[]);
    assert_eq!(stage.controls()["asked"], json!([500]));
    check_paid(&widget.settled(), 2_500, Language::English);
}

#[test]
fn any_digits_can_be_typed_and_enter_sends_no_form() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let widget = stage.show_member(&format!("typed-{}", language.tag()), language);
        stage.browser.press_inside("raseed-checkout", "#points-field", &format!("٣٠٠{ENTER}"));
        let controls = stage.controls();
        assert_eq!(controls["asked"], json!([300]));
        assert_eq!(controls["field"], language.pick(("300", "٣٠٠")));
        let face = widget.settled();
        check_paid(&face, 1_500, language);
        assert_eq!(face.value.as_deref(), Some("co_1"), "the form has the checkout's id");
        assert_eq!(stage.pages.sent(), Vec::<String>::new());
    }
    assert_eq!(stage.send_form(), format!("item=oud&{FIELD}=co_1"));
}

#[test]
fn slip_stays_in_the_box_and_too_much_becomes_the_most() {
    let stage = Stage::start();
    let widget = stage.show_member("slips", Language::English);
    stage.browser.press_inside("raseed-checkout", "#points-field", &format!("50{ENTER}"));
    let controls = stage.controls();
    let bounds = "You can use 100 to 1,240 points, 10 at a time.";
    assert_eq!((&controls["message"], &controls["field"]), (&json!(bounds), &json!("50")));
    assert_eq!((&controls["invalid"], &controls["asked"]), (&json!("true"), &json!([])));
    assert_eq!(widget.last_event("raseed-error")["code"], "amount_invalid");
    // A zero more, behind what is there.
    stage.browser.press_inside("raseed-checkout", "#points-field", &format!("\u{e010}00{ENTER}"));
    let controls = stage.controls();
    assert_eq!((&controls["message"], &controls["field"]), (&json!(bounds), &json!("1,240")));
    assert_eq!((&controls["invalid"], &controls["asked"]), (&json!("false"), &json!([1_240])));
    check_paid(&widget.settled(), 6_200, Language::English);
}

#[test]
fn ten_quick_clicks_are_two_requests_and_the_last_counts() {
    let stage = Stage::start();
    let widget = stage.show_member("clicks", Language::English);
    stage.browser.run("shop.hold = new Promise((open) => { shop.open = open; })", &[]);
    stage.browser.run(
        "const more = document.querySelector('raseed-checkout').shadowRoot.getElementById('points-more');
        for (let click = 0; click < 10; click += 1) more.click();",
        &[],
    );
    assert_eq!(widget.face().amount, Language::English.money(24_050, "SAR"), "what it will be is shown at once");
    stage.browser.run("shop.open()", &[]);
    assert_eq!(stage.controls()["asked"], json!([100, 190]));
    check_paid(&widget.settled(), 950, Language::English);
    stage.click("points-less");
    assert_eq!(stage.controls()["asked"], json!([100, 190, 180]));
}

#[test]
fn all_and_none_are_one_press_each_and_keep_the_focus() {
    let stage = Stage::start();
    let widget = stage.show_member("all", Language::English);
    stage.click("points-all");
    let controls = stage.controls();
    assert_eq!((&controls["asked"], &controls["focus"]), (&json!([1_240]), &json!("points-all")));
    check_paid(&widget.settled(), 6_200, Language::English);
    let more = "return document.querySelector('raseed-checkout').shadowRoot.getElementById('points-more').ariaDisabled";
    assert_eq!(stage.browser.run(more, &[]), json!("true"));
    stage.click("points-none");
    let controls = stage.controls();
    assert_eq!((&controls["asked"], &controls["focus"]), (&json!([1_240, "none"]), &json!("points-none")));
    assert_eq!(widget.settled().rows.len(), 0);
}

#[test]
fn remove_in_the_row_is_none_and_the_focus_goes_to_the_code() {
    let stage = Stage::start();
    let widget = stage.show_member("remove", Language::English);
    stage.click("points-all");
    stage.controls();
    assert_eq!(widget.remove(0).rows.len(), 0);
    let controls = stage.controls();
    assert_eq!((&controls["asked"], &controls["focus"]), (&json!([1_240, "none"]), &json!("code")));
    assert_eq!(
        (&controls["field"], widget.face().said.as_str()),
        (&json!(""), "Points removed. \u{2068}SAR\u{a0}250.00\u{2069} remaining to pay.")
    );
}

#[test]
fn lost_answer_is_found_by_reading_and_not_asked_again() {
    let stage = Stage::start();
    let widget = stage.show_member("lost", Language::English);
    stage.browser.run("shop.lose = 1", &[]);
    stage.click("points-all");
    let controls = stage.controls();
    assert_eq!((&controls["asked"], &controls["message"]), (&json!([1_240, "read"]), &json!("")));
    check_paid(&widget.settled(), 6_200, Language::English);
}

#[test]
fn member_is_named_when_a_checkout_is_started_and_another_has_another() {
    let stage = Stage::start();
    let widget = stage.show_member("member", Language::English);
    let starts = || {
        stage
            .browser
            .run("return shop.asked.filter((wish) => typeof wish === 'object').map(({ member }) => member)", &[])
    };
    assert_eq!(starts(), json!([MEMBER]));
    stage.click("points-all");
    stage.controls();
    let kept = stage.browser.run("return JSON.stringify({ ...sessionStorage })", &[]);
    assert!(kept.as_str().unwrap().contains("co_1") && !kept.as_str().unwrap().contains(MEMBER), "{kept}");
    widget.set(&[("member-token", "mt_test_demo_OTHER")]);
    stage.browser.until(
        "another checkout stands behind it",
        "return document.querySelector('raseed-checkout').quote?.checkout === 'co_2'",
        &[],
    );
    assert_eq!((starts(), widget.settled().rows.len()), (json!([MEMBER, "mt_test_demo_OTHER"]), 0));
}
