//! The card page: what somebody who was given a card sees, in every state, and that the code is asked for by a tap alone.

use super::{Desk, PROMISED};
use serde_json::json;
use tests::words::{LANGUAGES, Language};

/// Links by the state of their card, and what is then said in English.
const STATES: [(&str, &str); 8] = [
    ("gl_good", "Show the code"),
    ("gl_spent", "This gift card has been spent."),
    ("gl_expired", "This gift card expired on 30 Jun 2027."),
    ("gl_replaced", "This gift card was replaced by a new one."),
    ("gl_frozen", "This gift card is on hold."),
    ("gl_unknown", "This link does not open a gift card"),
    ("", "This link does not open a gift card"),
    ("gl_offline", "We cannot reach the shop"),
];

impl Desk {
    #[track_caller]
    fn open_card(&self, link: &str, language: Language) {
        self.open(&format!("/card/#{link}"), language);
        self.browser.until("the card is shown", "return document.querySelector('main:not([aria-busy])')", &[]);
    }
}

#[test]
fn card_page_is_clean_in_every_state() {
    let desk = Desk::start();
    desk.browser.begin_pages_with(PROMISED);
    let mut faults = Vec::new();
    for width in [375, 1280] {
        desk.browser.resize(width, 812);
        for language in LANGUAGES {
            for theme in ["light", "dark"] {
                desk.theme(theme);
                for (link, told) in STATES {
                    desk.open_card(link, language);
                    let text = desk.browser.run("return document.querySelector('main').innerText", &[]);
                    assert!(language != Language::English || text.as_str().unwrap().contains(told), "{link}: {text}");
                    faults.extend(desk.look(&format!("card-page-{link}-{theme}"), width));
                }
                desk.open_card("gl_good", language);
                desk.browser.click("#reveal");
                desk.text("#code");
                faults.extend(desk.look(&format!("card-page-code-{theme}"), width));
                assert_eq!(desk.browser.run("return watched.violations", &[]), json!([]));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn code_is_asked_for_by_a_tap_and_copied() {
    let desk = Desk::start();
    desk.browser.begin_pages_with(PROMISED);
    desk.open_card("gl_good", Language::English);
    let asked =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('card-page/code')).length";
    assert_eq!(desk.browser.run(asked, &[]), json!(0));
    let texts = "return ['.sum', '.to'].map((name) => document.querySelector(name).textContent)";
    let face = desk.browser.run(texts, &[]);
    assert_eq!(face[0], "SAR\u{a0}250");
    assert!(face[1].as_str().unwrap().contains("سارة"), "{face}");
    desk.browser.click("#reveal");
    let code = desk.text("#code");
    assert_eq!(desk.browser.run("return document.activeElement.id", &[]), json!("code"));
    desk.browser.click(".secret .button");
    desk.browser.until(
        "it is copied",
        "return document.querySelector('.secret .button').textContent === 'Copied'",
        &[],
    );
    assert_eq!(desk.browser.run("return navigator.clipboard.readText()", &[]), json!(code));
    desk.browser.click(".secret .row .button:nth-child(2)");
    let shared = desk.browser.until("it is shared", "return watched.shared?.[0]", &[]);
    assert!(shared["url"].as_str().unwrap().ends_with("/card/#gl_good"), "the link is shared, not the code: {shared}");
    assert!(!shared.to_string().contains(&code));
}
