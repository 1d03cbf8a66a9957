//! What a programme issues at most: set at the console, and met there by whoever issues.

use super::{Desk, shop};
use serde_json::{Value, json};
use tests::words::Language;

/// Whoever issues is asked for the buyer exactly then.
const ASKED: &str =
    "return [...document.querySelectorAll('[data-field=buyer]')].filter((each) => each.checkVisibility()).length";

/// A shop whose first programme issues cards of 50.00 within these caps.
fn capped(caps: &Value) -> Value {
    let mut document = shop();
    document["programs"][0]["amounts"] = json!({"preset": [5_000]});
    document["programs"][0]["caps"] = caps.clone();
    document
}

impl Desk {
    #[track_caller]
    fn cap(&self, name: &str, text: &str) {
        self.browser.replace(&format!("[data-field$='.caps.{name}'] input"), text);
    }

    #[track_caller]
    pub(super) fn save(&self) {
        self.browser.click(".fields > div:last-child .main");
        self.browser.until(
            "it is saved",
            "return document.querySelector('.notice[data-tone=good]:not([hidden])')",
            &[],
        );
    }

    /// Issues 50.00 to that buyer, and returns what is said when it is refused.
    #[track_caller]
    fn issue_to(&self, buyer: &str) -> Option<String> {
        self.go("issue");
        self.browser.click("[data-field=amount] .option:nth-child(1)");
        self.browser.replace("[data-field=buyer] input", buyer);
        self.browser.click(".issue-form .main");
        let end =
            "return document.querySelector('.hand-over .code') ?? document.querySelector('.notice:not([hidden])')";
        self.browser.until("it is answered", end, &[]);
        let told = self.browser.run("return document.querySelector('.notice:not([hidden])')?.textContent ?? ''", &[]);
        let told = told.as_str().unwrap().replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ");
        Some(told).filter(|told| !told.is_empty())
    }
}

#[test]
fn caps_of_a_programme_are_set_and_taken_away() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    desk.cap("day", "5000");
    desk.cap("buyer_day", "٧٥٠٫٥٠");
    desk.save();
    let caps = || desk.server.api().get("/v1/settings").expect(200)["programs"][0]["caps"].clone();
    assert_eq!(caps(), json!({"day": 500_000, "buyer": null, "buyer_day": 75_050}));
    let below = "It is an amount, and not below the largest that may be issued.";
    for (wrong, why) in [("none", "This amount is not allowed here."), ("499", below)] {
        desk.cap("buyer", wrong);
        desk.browser.click(".fields > div:last-child .main");
        let marked = "return document.activeElement.getAttribute('aria-invalid') && document.activeElement.value";
        assert_eq!(desk.browser.until("the field is marked", marked, &[]), json!(wrong));
        let said = "return document.querySelector(`[data-field$='.caps.buyer'] .error:not([hidden])`)?.textContent === arguments[0]";
        desk.browser.until(why, said, &[why.into()]);
    }
    // Backspace takes what is chosen away.
    for name in ["day", "buyer", "buyer_day"] {
        desk.cap(name, "\u{e003}");
    }
    desk.save();
    assert_eq!(caps(), Value::Null);
    desk.go("history");
    let story = desk.text(".versions");
    assert!(story.contains("To one buyer on one day") && story.contains("750.50"), "{story}");
}

#[test]
fn buyer_is_asked_for_exactly_where_the_programme_has_a_limit_for_buyers() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    for (caps, asked) in [
        (Value::Null, 0),
        (json!({"day": 500_000, "buyer": null, "buyer_day": null}), 0),
        (json!({"day": null, "buyer": 500_000, "buyer_day": null}), 1),
        (json!({"day": null, "buyer": null, "buyer_day": 500_000}), 1),
    ] {
        desk.server.api().change("PUT", "/v1/settings", &capped(&caps)).expect(200);
        desk.go("issue");
        assert_eq!(desk.browser.run(ASKED, &[]), json!(asked), "{caps}");
        desk.go("batches");
        desk.browser.click("details summary");
        assert_eq!(desk.browser.run(ASKED, &[]), json!(asked), "{caps}");
    }
    // Another programme of the same shop has none.
    desk.go("issue");
    desk.browser.click(".cards .option:nth-child(2)");
    assert_eq!(desk.browser.run(ASKED, &[]), json!(0));
    desk.browser.click(".cards .option:nth-child(1)");
    desk.browser.click("[data-field=amount] .option:nth-child(1)");
    desk.browser.click(".issue-form .main");
    let told = "This programme has a limit for each buyer. Say who buys.";
    assert_eq!(desk.text("[data-field=buyer] .error:not([hidden])"), told);
    let sent =
        "return watched.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/gift-cards').length";
    assert_eq!(desk.browser.run(sent, &[]), json!(0));
    desk.browser.replace("[data-field=buyer] input", "sara@example.com");
    desk.browser.click(".issue-form .main");
    desk.until_shown("issued");
}

#[test]
fn each_cap_is_told_in_words_with_what_may_still_be_issued() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    let caps = |name: &str| {
        let mut caps = json!({"day": null, "buyer": 900_000, "buyer_day": null});
        caps[name] = json!(8_000);
        desk.server.api().change("PUT", "/v1/settings", &capped(&caps)).expect(200);
    };
    for (name, told) in [
        (
            "buyer_day",
            "That is over what one buyer may have of this programme on one day. Today this buyer may have SAR 30.00 more; the day begins anew at ",
        ),
        ("buyer", "That is over what one buyer may have of this programme. This buyer may have SAR 30.00 more."),
    ] {
        caps(name);
        assert_eq!(desk.issue_to(name), None);
        let said = desk.issue_to(name).unwrap();
        let hour = said.strip_prefix(told).unwrap_or_else(|| panic!("{said}"));
        // Which hour the day of UTC begins at depends on the place.
        assert_eq!(hour.contains(":00"), name == "buyer_day", "{said}");
        assert_eq!(desk.axe(), Vec::<String>::new());
    }
    caps("day");
    desk.issue_to("somebody");
    let told = desk.issue_to("somebody else").unwrap();
    let said = "That is over what this programme issues on one day. Today SAR 30.00 more may be issued; the day begins anew at ";
    assert!(told.starts_with(said), "{told}");
}

#[test]
fn screens_of_the_limits_are_clean_and_fit() {
    let desk = Desk::start();
    let caps = json!({"day": 500_000, "buyer": 100_000, "buyer_day": 8_000});
    desk.server.api().change("PUT", "/v1/settings", &capped(&caps)).expect(200);
    let mut faults = Vec::new();
    desk.in_every_view(|theme, width| {
        let buyer = format!("{}-{width}-{theme}", desk.language.get().tag());
        assert_eq!(desk.issue_to(&buyer), None);
        assert!(desk.issue_to(&buyer).is_some());
        faults.extend(desk.look(&format!("limits-issue-{theme}"), width));
        desk.go("settings/programmes/gift");
        faults.extend(desk.look(&format!("limits-programme-{theme}"), width));
        desk.go("history");
        faults.extend(desk.look(&format!("limits-history-{theme}"), width));
    });
    assert_eq!(faults, Vec::<String>::new());
}
