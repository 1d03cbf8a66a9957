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

#[test]
fn gift_reaches_its_holder() {
    let desk = Desk::start();
    desk.sign_in(Language::Arabic);
    desk.browser.click(".chips .option:nth-child(3)");
    desk.browser.click(".issue-form details summary");
    desk.browser.replace("[data-field='gift.to'] input", "سارة");
    desk.browser.replace("[data-field='gift.from'] input", "خالد");
    desk.browser.replace("[data-field='gift.message'] textarea", "كل عام وأنت بخير! اختاري ما يعجبك.");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
    let (link, code) = (desk.text(".hand-over .link"), desk.text(".hand-over .code"));
    assert_eq!(desk.look("issued-gift", 1280), Vec::<String>::new());
    // Somebody else, on a phone whose language is another: the gift speaks the giver's.
    desk.browser.resize(375, 812);
    desk.browser.run("sessionStorage.clear(); localStorage.clear()", &[]);
    desk.browser.open(&link);
    desk.browser.until("the card is shown", "return document.getElementById('reveal')", &[]);
    let page =
        desk.browser.run("return [document.documentElement.lang, document.querySelector('main').innerText]", &[]);
    assert_eq!(page[0], "ar");
    for words in ["سارة", "خالد", "كل عام وأنت بخير", "٢٥٠", "مع أطيب التمنيات", "نور"]
    {
        assert!(page[1].as_str().unwrap().contains(words), "{words}: {page}");
    }
    assert_eq!(desk.look("gift", 375), Vec::<String>::new());
    desk.browser.click("#reveal");
    assert_eq!(desk.text("#code"), code);
    assert_eq!(desk.look("gift-open", 375), Vec::<String>::new());
    assert_eq!(desk.browser.run("return watched.violations", &[]), json!([]));
    // At the console the gift is shown, the link is the same, and the names can be erased.
    desk.browser.resize(1280, 860);
    desk.sign_in(Language::English);
    desk.go("cards");
    desk.browser.click(".chips .option:nth-child(5)");
    desk.browser.replace("[name=text]", &code);
    desk.browser.click(".find-form .main");
    assert!(desk.text(".facts").contains("سارة"));
    desk.begin("Get the link");
    assert_eq!(desk.text("dialog .link"), link);
    desk.confirm();
    desk.begin("Erase the names");
    desk.confirm();
    desk.browser.until(
        "the names are gone",
        "return document.querySelector('.facts') && !document.body.textContent.includes('سارة')",
        &[],
    );
}
