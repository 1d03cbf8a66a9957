//! Issuing one card: what a newcomer does within a minute, by mouse and by keyboard, also when an answer is lost.

use super::Desk;
use serde_json::{Value, json};
use std::time::Instant;
use tests::words::{LANGUAGES, Language};

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';
const DOWN: char = '\u{e015}';
const SPACE: char = ' ';

/// What has the focus: its value, its link, or its words.
const FOCUS: &str = "const node = document.activeElement; return node.type === 'radio' ? node.value : node.name || node.hash || node.textContent.slice(0, 40);";

impl Desk {
    /// The code that is shown, and what the server says of it.
    #[track_caller]
    fn shown_card(&self) -> (String, Value) {
        let code = self.text(".hand-over .code");
        let balance = self.server.api().post("/v1/balances", &json!({"code": code})).expect(200);
        (code, balance)
    }

    #[track_caller]
    fn type_keys(&self, text: &str) {
        for key in text.chars() {
            self.browser.press(&[key]);
        }
    }

    #[track_caller]
    fn press_and_expect(&self, key: char, focus: &str) {
        self.browser.press(&[key]);
        assert_eq!(self.browser.run(FOCUS, &[]), json!(focus));
    }
}

#[test]
fn newcomer_issues_and_shares_a_designed_card() {
    let desk = Desk::start();
    for language in LANGUAGES {
        for width in [1280, 375] {
            desk.browser.resize(width, if width < 600 { 812 } else { 860 });
            let start = Instant::now();
            desk.sign_in(language);
            // Programme, amount, issue.
            desk.browser.click(".cards .option:nth-child(2)");
            desk.browser.click(".cards .option:nth-child(1)");
            desk.browser.click(".chips .option:nth-child(3)");
            let mut faults = desk.look("issue-chosen", width);
            desk.browser.click(".issue-form .main");
            desk.until_shown("issued");
            desk.browser.click(".hand-over .main");
            desk.browser.until("the card is shared", "return watched.shared?.length", &[]);
            let took = start.elapsed();
            let (code, balance) = desk.shown_card();
            assert_eq!((&balance["available"], &balance["status"]), (&json!(25_000), &json!("active")));
            let shared = desk.browser.run("return watched.shared.map(({ url, text }) => url ?? text).join()", &[]);
            let link = desk.browser.run("return document.querySelector('.link')?.textContent ?? ''", &[]);
            let handed = [code.as_str(), link.as_str().unwrap()]
                .iter()
                .any(|each| !each.is_empty() && shared.as_str().unwrap().contains(each));
            assert!(handed, "{shared}");
            faults.extend(desk.look("issued", width));
            assert_eq!(faults, Vec::<String>::new());
            assert_eq!(desk.browser.run("return watched.violations", &[]), json!([]));
            println!(
                "from the sign-in to the shared card, {} at {width}: {:.1} s, pictures included",
                language.tag(),
                took.as_secs_f32()
            );
        }
    }
}

#[test]
fn new_shop_is_led_to_its_first_programme_and_its_law_is_chosen_by_name() {
    let desk = Desk::of_new_shop();
    desk.sign_in(Language::English);
    assert!(desk.text(".issue .quiet").starts_with("No programmes yet."));
    desk.go("settings/programmes");
    assert!(desk.text(".settings .column .quiet").starts_with("No programmes yet."));
    desk.go("settings/shop");
    let law = "const { value, selectedOptions } = document.querySelector('.fields select'); return [value, selectedOptions[0].text]";
    assert_eq!(desk.browser.run(law, &[]), json!(["SA", "Saudi Arabia"]));
    let choose = "const law = document.querySelector('.fields select'); law.value = arguments[0]; law.dispatchEvent(new Event('change'));";
    desk.browser.run(choose, &["other".into()]);
    desk.browser.replace("[data-field='name.en'] input", "Noor");
    for (code, told) in [("ZZ", Some("There is no country with this code.")), ("kw", None)] {
        desk.browser.replace("[data-field=jurisdiction] input", code);
        desk.browser.click(".settings form .main");
        match told {
            Some(told) => assert_eq!(desk.text("[data-field=jurisdiction] .error:not([hidden])"), told),
            None => assert!(desk.told().starts_with("Saved as version")),
        }
    }
    assert_eq!(desk.server.api().get("/v1/settings").expect(200)["jurisdiction"], "KW");
}

#[test]
fn desk_that_cannot_share_says_that_the_link_was_copied() {
    let desk = Desk::start();
    desk.sign_in(Language::Arabic);
    desk.browser.run("navigator.share = undefined", &[]);
    desk.browser.click(".chips .option:nth-child(1)");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    desk.browser.click(".hand-over .main");
    desk.browser.until(
        "it is said",
        "return document.querySelector('.hand-over .main').textContent === 'نُسخ الرابط'",
        &[],
    );
    let link = desk.text(".hand-over .link");
    assert_eq!(desk.browser.run("return navigator.clipboard.readText()", &[]), json!(link));
}

#[test]
fn card_is_issued_by_keyboard_alone() {
    let desk = Desk::start();
    desk.open("/console/", Language::English);
    desk.until_shown("sign-in");
    let (key, totp) = desk.factors(0);
    assert_eq!(desk.browser.run(FOCUS, &[]), json!("key"), "the form has the focus");
    desk.type_keys(&key);
    desk.press_and_expect(TAB, "totp");
    desk.type_keys(&totp);
    desk.browser.press(&[ENTER]);
    desk.until_shown("issue");
    assert_eq!(desk.browser.run(FOCUS, &[]), json!("Issue a card"), "the screen's heading");
    desk.press_and_expect(TAB, "gift");
    desk.press_and_expect(DOWN, "eid");
    desk.press_and_expect('\u{e013}', "gift");
    desk.press_and_expect(TAB, "5000");
    desk.browser.press(&[SPACE]);
    desk.press_and_expect(DOWN, "10000");
    desk.press_and_expect(TAB, "Make it a gift");
    desk.press_and_expect(TAB, "More");
    desk.browser.press(&[TAB]);
    let named = desk.browser.run(FOCUS, &[]).as_str().unwrap().replace(['\u{2068}', '\u{2069}'], "");
    assert_eq!(named, "Issue a SAR\u{a0}100.00 card");
    desk.browser.press(&[ENTER]);
    desk.until_shown("issued");
    assert_eq!(desk.browser.run(FOCUS, &[]), json!("The card is ready"));
    desk.press_and_expect(TAB, "Share");
    assert_eq!(desk.shown_card().1["available"], 10_000);
}

#[test]
fn card_is_not_issued_twice_when_an_answer_is_lost() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.browser.click(".chips .option:nth-child(1)");
    let lose = r"
    watched.meet = async ({ path }, go) => {
      const answer = await go();
      if (path !== '/v1/gift-cards') return answer;
      watched.lost = (await answer.json()).code;
      throw new TypeError('lost');
    };";
    desk.browser.run(lose, &[]);
    desk.browser.click(".issue-form .main");
    assert!(desk.told().contains("nothing happens twice"));
    desk.browser.run("watched.meet = null", &[]);
    // Also somebody who loads the page again and begins anew asks for the same.
    let lost = desk.browser.run("return watched.lost", &[]);
    desk.browser.reload();
    desk.until_shown("issue");
    desk.browser.click(".chips .option:nth-child(1)");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    assert_eq!(json!(desk.shown_card().0), lost);
    // Once it is answered, the same again is another card.
    desk.browser.click(".screen > .row .button");
    desk.browser.click(".chips .option:nth-child(1)");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    desk.browser.until(
        "another code is shown",
        "return document.querySelector('.code')?.textContent !== arguments[0]",
        &[lost],
    );
}

#[test]
fn code_outlives_a_change_of_the_language_and_no_way_to_another_screen() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.browser.click(".chips .option:nth-child(1)");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    let code = desk.shown_card().0;
    desk.browser.click("#language");
    desk.browser.until(
        "the page speaks Arabic",
        "return document.documentElement.dir === 'rtl' && document.querySelector('.hand-over')",
        &[],
    );
    assert_eq!(desk.shown_card().0, code);
    desk.browser.click("#ways li:first-child a");
    desk.browser.until("the form is there again", "return document.querySelector('.issue-form')", &[]);
    desk.go("keys");
    desk.go("issue");
    assert_eq!(desk.browser.run("return document.querySelector('.hand-over')", &[]), Value::Null);
}

#[test]
fn amount_that_is_none_is_refused_before_anything_is_sent() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.browser.click(".issue-form .main");
    assert_eq!(desk.text(".error:not([hidden])"), "Choose or type an amount.");
    desk.browser.click(".cards .option:nth-child(2)");
    for bad in ["0", "1.234", "abc", "-5"] {
        desk.browser.replace("[inputmode=decimal]", bad);
        desk.browser.click(".issue-form .main");
        assert_eq!(desk.text(".error:not([hidden])"), "Type an amount such as 150 or 99.50.", "{bad}");
    }
    desk.browser.replace("[inputmode=decimal]", "9999999");
    desk.browser.click(".issue-form .main");
    let refused =
        "return document.querySelector('.error:not([hidden])')?.textContent === 'This amount is not allowed here.'";
    desk.browser.until("the server's own refusal is told", refused, &[]);
    let sent =
        "return watched.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/gift-cards').length";
    assert_eq!(desk.browser.run(sent, &[]), json!(1));
    // Arabic digits and marks are amounts as well.
    desk.browser.replace("[inputmode=decimal]", "٩٩٫٥٠");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    assert_eq!(desk.shown_card().1["available"], 9_950);
}

#[test]
fn batch_is_made_of_the_amounts_of_its_programme() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("batches");
    desk.browser.click("details summary");
    desk.browser.replace("[data-field=count] input", "3");
    desk.browser.click("details .main");
    assert_eq!(desk.text("[data-field=amount] .error:not([hidden])"), "Choose an amount.");
    desk.browser.click("[data-field=amount] .option:nth-child(2)");
    assert_eq!(desk.browser.run("return document.querySelector('.error:not([hidden])')", &[]), Value::Null);
    assert_eq!(desk.axe(), Vec::<String>::new());
    // Another programme lets any amount be typed.
    let choose = r"
    const node = document.querySelector('[data-field=program] select');
    node.value = arguments[0];
    node.dispatchEvent(new Event('change', { bubbles: true }));";
    desk.browser.run(choose, &["eid".into()]);
    desk.browser.replace("[data-field=amount] input", "12.50");
    desk.browser.click("details .main");
    desk.browser.until("it is asked", "return document.querySelector('dialog[open]')", &[]);
    desk.browser.click("dialog [type=submit]");
    desk.browser.until("it is in the list", "return document.querySelector('[data-batch]')", &[]);
    let batches = desk.server.api().get("/v1/gift-card-batches").expect(200);
    assert_eq!((&batches["data"][0]["count"], &batches["data"][0]["amount"]), (&json!(3), &json!(1_250)));
}
