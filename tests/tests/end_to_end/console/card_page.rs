//! The card page: what somebody who was given a card sees, in every state, and that the code is asked for by a tap alone.

use super::Desk;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tests::card::Card;
use tests::patience::until;
use tests::words::{LANGUAGES, Language};

/// What stands behind the `#` of a link of no card.
const UNKNOWN: &str = "gl_unknown";

impl Desk {
    #[track_caller]
    fn open_card(&self, link: &str, language: Language) {
        self.open(&format!("/card/#{link}"), language);
        self.browser.until("the card is shown", "return document.querySelector('main:not([aria-busy])')", &[]);
    }

    /// A gift that was just issued.
    fn gift(&self, more: &Value) -> Gift {
        let gift = json!({"to": "سارة", "from": "خالد", "message": "كل عام وأنت بخير! اختاري ما يعجبك."});
        let mut fields = json!({"amount": 25_000, "program": "gift", "gift": gift});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let issued = self.server.api().post("/v1/gift-cards", &fields).expect(201);
        let link = issued["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
        Gift { card: Card::of(&issued), link }
    }

    /// Links of cards in every state, and what is then said in English.
    fn states(&self) -> Vec<(String, &'static str)> {
        let api = self.server.api();
        let [good, spent, replaced, frozen] = [(); 4].map(|()| self.gift(&json!({})));
        spent.card.redeem(&api, "max").expect(201);
        api.post(&replaced.card.path("/replace"), &json!({})).expect(201);
        api.post(&frozen.card.path("/freeze"), &json!({})).expect(200);
        let soon = SystemTime::UNIX_EPOCH.elapsed().unwrap() + Duration::from_secs(2);
        let soon = shared::time::write(u64::try_from(soon.as_millis()).unwrap());
        let expired = self.gift(&json!({"expires_at": soon}));
        let is_over = || (expired.card.read(&api)["status"] == "expired").then_some(());
        until(Duration::from_secs(20), "the card has expired", is_over);
        vec![
            (good.link, "Show the code"),
            (spent.link, "This gift card has been spent."),
            (expired.link, "This gift card expired on"),
            (replaced.link, "This gift card was replaced by a new one."),
            (frozen.link, "This gift card is on hold."),
            (UNKNOWN.into(), "This link does not open a gift card"),
            (String::new(), "This link does not open a gift card"),
        ]
    }

    /// Lets no answer about the card through, or does again.
    fn cut_off(&self, is_cut_off: bool) {
        self.browser.protocol("Network.enable", json!({}));
        let urls = if is_cut_off { json!(["*/v1/card-page*"]) } else { json!([]) };
        self.browser.protocol("Network.setBlockedURLs", json!({"urls": urls}));
    }
}

/// A card with its link.
struct Gift {
    card: Card,
    /// What stands behind the `#`.
    link: String,
}

#[test]
fn card_page_is_clean_in_every_state() {
    let desk = Desk::start();
    let states = desk.states();
    let mut faults = Vec::new();
    for width in [375, 1280] {
        desk.browser.resize(width, 812);
        for language in LANGUAGES {
            for theme in ["light", "dark"] {
                desk.theme(theme);
                let mut see = |link: &str, name: &str, told: &str| {
                    desk.open_card(link, language);
                    let text = desk.browser.run("return document.querySelector('main').innerText", &[]);
                    assert!(language != Language::English || text.as_str().unwrap().contains(told), "{name}: {text}");
                    faults.extend(desk.look(&format!("card-page-{name}-{theme}"), width));
                };
                for (place, (link, told)) in states.iter().enumerate() {
                    see(link, &place.to_string(), told);
                }
                desk.cut_off(true);
                see(&states[0].0, "offline", "We cannot reach the shop");
                desk.cut_off(false);
                desk.open_card(&states[0].0, language);
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
fn card_that_was_loaded_tells_what_it_has_and_one_that_was_spent_from_of_how_much() {
    let desk = Desk::start();
    let api = desk.server.api();
    let gift = desk.gift(&json!({}));
    let balance = || {
        desk.open_card(&gift.link, Language::English);
        desk.text(".facts dd").replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ")
    };
    api.post(&gift.card.path("/load"), &json!({"amount": 5_000, "currency": "SAR"})).expect(200);
    assert_eq!(balance(), "SAR 300.00");
    let take = json!({"amount": 10_000, "currency": "SAR", "direction": "debit", "reason": "typed wrong"});
    api.post(&gift.card.path("/adjust"), &take).expect(200);
    assert_eq!(balance(), "SAR 200.00 of SAR 250.00 is left");
}

#[test]
fn code_is_asked_for_by_a_tap_and_copied() {
    let desk = Desk::start();
    let gift = desk.gift(&json!({}));
    desk.open_card(&gift.link, Language::English);
    let asked =
        "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('card-page/code')).length";
    assert_eq!(desk.browser.run(asked, &[]), json!(0));
    let texts = "return ['.sum', '.to'].map((name) => document.querySelector(name).textContent)";
    let face = desk.browser.run(texts, &[]);
    assert_eq!(face[0], "SAR\u{a0}250");
    assert!(face[1].as_str().unwrap().contains("سارة"), "{face}");
    desk.browser.click("#reveal");
    let code = desk.text("#code");
    assert_eq!(code, gift.card.code);
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
    assert_eq!(shared["url"], json!(desk.url(&format!("/card/#{}", gift.link))), "the link is shared, not the code");
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
    let greeting = desk.text(".sheet .facts");
    for words in ["سارة", "خالد", "كل عام وأنت بخير"] {
        assert!(greeting.contains(words), "{words}: {greeting}");
    }
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
