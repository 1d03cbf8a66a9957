//! A card at the console: what is done to it is done, what is refused is said in words, and its history can be read as a story.

use super::Desk;
use serde_json::{Value, json};
use tests::words::Language;

impl Desk {
    /// A card of the shop, by the API.
    fn issue(&self, amount: u64) -> Value {
        let body = json!({"amount": amount, "program": "gift", "reference": "order-1042", "location": "riyadh"});
        self.server.api().post("/v1/gift-cards", &body).expect(201)
    }

    /// Presses the button of that name among what can be done to a card.
    #[track_caller]
    pub(super) fn begin(&self, act: &str) {
        let press =
            "[...document.querySelectorAll('.acts .button')].find((each) => each.textContent === arguments[0]).click()";
        self.browser.run(press, &[act.into()]);
        self.browser.until("it is asked", "return document.querySelector('dialog[open]')", &[]);
    }

    #[track_caller]
    pub(super) fn confirm(&self) {
        self.browser.click("dialog [type=submit]");
        self.browser.until("it is done", "return !document.querySelector('dialog')", &[]);
    }
}

#[test]
fn card_is_frozen_loaded_and_adjusted_and_tells_its_story() {
    let desk = Desk::start();
    let card = desk.issue(10_000);
    let id = card["id"].as_str().unwrap();
    let api = desk.server.api();
    let paid = json!({"code": card["code"], "amount": 4_000, "currency": "SAR", "reference": "order-2001", "location": "jeddah"});
    api.post("/v1/redemptions", &paid).expect(201);
    desk.sign_in(Language::English);
    desk.go(&format!("cards/{id}"));
    desk.begin("Freeze");
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.browser.replace("dialog input", "code seen on a photo");
    desk.confirm();
    assert_eq!(api.get(&format!("/v1/gift-cards/{id}")).expect(200)["status"], "frozen");
    desk.browser.until("it is said", "return document.querySelector('.badge').dataset.status === 'frozen'", &[]);
    desk.begin("Unfreeze");
    desk.confirm();
    desk.browser.until("it is said", "return document.querySelector('.badge').dataset.status === 'active'", &[]);
    desk.begin("Load");
    desk.browser.click("dialog [type=submit]");
    assert_eq!(desk.text("dialog .error:not([hidden])"), "Type an amount such as 150 or 99.50.");
    desk.browser.replace("dialog [inputmode=decimal]", "25.50");
    desk.confirm();
    desk.browser.until("it is said", "return document.querySelector('.notice[data-tone=good]:not([hidden])')", &[]);
    assert_eq!(api.get(&format!("/v1/gift-cards/{id}")).expect(200)["available"], 8_550);
    let story = r"
    const plain = (text) => text.replace(/[\u2066-\u2069]/g, '').replace(/\u00a0/g, ' ');
    return [...document.querySelectorAll('.entry-what')].map(({ textContent }) => plain(textContent));";
    assert_eq!(
        desk.browser.run(story, &[]),
        json!(["SAR 25.50 loaded", "Unfrozen", "Frozen", "SAR 40.00 spent", "Issued for SAR 100.00"])
    );
    let first = desk.text(".entry:last-child .notes");
    assert!(first.contains("order-1042") && first.contains("Riyadh"), "{first}");
}

#[test]
fn refusals_of_the_server_are_said_in_words() {
    let desk = Desk::start();
    let card = desk.issue(10_000);
    let id = card["id"].as_str().unwrap();
    let paid = json!({"code": card["code"], "amount": 4_000, "currency": "SAR", "reference": "order-2001"});
    desk.server.api().post("/v1/redemptions", &paid).expect(201);
    desk.sign_in(Language::English);
    desk.go(&format!("cards/{id}"));
    for (act, told) in
        [("Cancel the card", "Something of the card has been spent"), ("Pay out", "Neither law nor kind of this card")]
    {
        desk.begin(act);
        desk.browser.click("dialog [type=submit]");
        assert!(desk.text("dialog .notice:not([hidden])").starts_with(told), "{act}");
        desk.browser.click("dialog [type=button]");
        desk.browser.until("it is given up", "return !document.querySelector('dialog')", &[]);
    }
    desk.begin("Adjust");
    desk.browser.click("dialog .option:nth-child(2)");
    desk.browser.replace("dialog [inputmode=decimal]", "60.01");
    desk.browser.click("dialog [type=submit]");
    assert_eq!(desk.text("dialog [data-field=reason] .error:not([hidden])"), "Say why.");
    desk.browser.replace("dialog [data-field=reason] input", "typed wrong");
    desk.browser.click("dialog [type=submit]");
    let told = desk.text("dialog .notice:not([hidden])").replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ");
    assert_eq!(told, "There is only SAR 60.00 on the card.");
    desk.go("cards/gc_nothing");
    assert_eq!(desk.told(), "There is nothing under that number.");
}

#[test]
fn adjustment_says_what_it_leaves_and_a_nought_too_many_is_asked_for_twice() {
    let desk = Desk::start();
    let card = desk.issue(10_000);
    let id = card["id"].as_str().unwrap();
    desk.sign_in(Language::English);
    desk.go(&format!("cards/{id}"));
    let left = || desk.server.api().get(&format!("/v1/gift-cards/{id}")).expect(200)["available"].clone();
    let plain = |text: String| text.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ");
    desk.begin("Adjust");
    desk.browser.replace("dialog [inputmode=decimal]", "5000");
    assert_eq!(plain(desk.text("dialog p[role=status]")), "On the card: SAR 100.00 now, SAR 5,100.00 then");
    desk.browser.replace("dialog [data-field=reason] input", "goodwill");
    desk.browser.click("dialog [type=submit]");
    let asked = "return document.querySelectorAll('dialog[open]').length === 2";
    desk.browser.until("it is asked again", asked, &[]);
    let text = plain(desk.text("dialog:last-of-type form > p"));
    assert!(text.starts_with("The card would then have SAR 5,100.00, more than the SAR 500.00"), "{text}");
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.browser.click("dialog:last-of-type [type=button]");
    desk.browser.until("it is given up", "return document.querySelectorAll('dialog').length === 1", &[]);
    assert_eq!(left(), 10_000, "nothing was adjusted");
    desk.browser.click("dialog [type=submit]");
    desk.browser.until("it is asked again", asked, &[]);
    desk.browser.click("dialog:last-of-type [type=submit]");
    desk.browser.until("it is done", "return !document.querySelector('dialog')", &[]);
    assert_eq!(left(), 510_000);
    // What a card of the programme may well have is asked for once.
    desk.begin("Adjust");
    desk.browser.click("dialog .option:nth-child(2)");
    desk.browser.replace("dialog [inputmode=decimal]", "5000");
    desk.browser.replace("dialog [data-field=reason] input", "typed wrong");
    desk.confirm();
    assert_eq!(left(), 10_000);
}

#[test]
fn refusal_by_law_says_why_and_cites_its_rule_apart() {
    let desk = Desk::start();
    let body = json!({"amount": 10_000, "program": "gift", "jurisdiction": "SA"});
    let card = desk.server.api().post("/v1/gift-cards", &body).expect(201);
    desk.sign_in(Language::English);
    desk.go(&format!("cards/{}", card["id"].as_str().unwrap()));
    desk.begin("Pay out");
    desk.browser.click("dialog [type=submit]");
    let told = desk.text("dialog .notice:not([hidden])");
    assert!(told.starts_with("Neither law nor kind of this card"), "{told}");
    let rule = desk.text("dialog .notice small");
    assert!(rule.starts_with("SA/cash_out/") && !rule.contains("none found"), "{rule}");
}

#[test]
fn lost_code_is_replaced_and_the_new_one_is_shown_once() {
    let desk = Desk::start();
    let card = desk.issue(10_000);
    desk.sign_in(Language::Arabic);
    desk.go(&format!("cards/{}", card["id"].as_str().unwrap()));
    desk.begin("استبدال");
    desk.confirm();
    desk.until_shown("issued");
    let code = desk.text(".hand-over .code");
    let balance = |code: &Value| desk.server.api().post("/v1/balances", &json!({"code": code})).expect(200);
    assert_eq!(balance(&json!(code))["available"], 10_000);
    assert_eq!(balance(&card["code"])["status"], "replaced");
}

#[test]
fn card_is_found_by_its_code_and_the_code_is_not_kept() {
    let desk = Desk::start();
    let card = desk.issue(10_000);
    desk.sign_in(Language::English);
    desk.go("cards");
    desk.browser.click(".chips .option:nth-child(5)");
    desk.browser.replace("[name=text]", card["code"].as_str().unwrap());
    desk.browser.click(".find-form .main");
    desk.browser.until("the card is opened", "return document.querySelector('.story')", &[]);
    let kept =
        desk.browser.run("return JSON.stringify([location.href, { ...sessionStorage }, { ...localStorage }])", &[]);
    assert!(!kept.as_str().unwrap().contains(card["code"].as_str().unwrap()), "{kept}");
}
