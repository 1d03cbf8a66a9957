//! The codes of a former system: what they look like and what a shopper is told, set at the console.

use super::{Desk, shop};
use serde_json::{Value, json};
use tests::words::Language;

#[test]
fn old_codes_are_described_tried_and_given_a_sentence() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/shop");
    desk.browser.replace("[data-field='old_codes.patterns'] textarea", "NR-####-????\nGIFT #####");
    let tried = ".old-codes > .field:not([data-field]) input";
    let told = || {
        let told = "return document.querySelector('.old-codes > [role=status]').textContent";
        desk.browser.run(told, &[]).as_str().unwrap().replace(['\u{2066}', '\u{2069}'], "")
    };
    for (code, answer) in [
        ("nr 1042 a7b8", "It is one of them: NR-####-????"),
        ("GIFT-٠٠٩١٧", "It is one of them: GIFT #####"),
        ("NR-104A-8817", "It is none of them."),
        ("NR-1042-881", "It is none of them."),
    ] {
        desk.browser.replace(tried, code);
        assert_eq!(told(), answer, "{code}");
    }
    desk.browser.replace("[data-field='old_codes.message.en'] input", "Exchange it at any of our shops.");
    desk.save();
    desk.browser.replace("[data-field='old_codes.patterns'] textarea", "NR-####-????\nNR_####");
    desk.browser.click(".main[type=submit]");
    let refused = "return document.querySelector(\"[data-field='old_codes.patterns'] .error:not([hidden])\")?.textContent.startsWith('Pattern 2: ')";
    desk.browser.until("the second pattern is refused", refused, &[]);
    let kept = || desk.server.api().get("/v1/settings").expect(200)["old_codes"].clone();
    let sentence = "Exchange it at any of our shops.";
    assert_eq!(kept(), json!({"patterns": ["NR####????", "GIFT#####"], "message": {"ar": sentence, "en": sentence}}));
    desk.browser.replace("[data-field='old_codes.patterns'] textarea", "\u{e003}");
    desk.browser.replace("[data-field='old_codes.message.en'] input", "\u{e003}");
    desk.save();
    assert_eq!(kept(), Value::Null);
}

#[test]
fn preview_answers_an_old_code_in_the_sentence_of_the_shop() {
    let desk = Desk::start();
    let mut document = shop();
    let sentence = "Exchange it at any of our shops.";
    document["old_codes"] = json!({"patterns": ["NR-####-????"], "message": {"en": sentence}});
    desk.server.api().change("PUT", "/v1/settings", &document).expect(200);
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    let host = "document.querySelector('iframe').contentDocument?.querySelector('raseed-checkout:not(.waiting)')";
    desk.browser.until("the frame shows a checkout", &format!("return {host}?.localName"), &[]);
    let apply = format!(
        r"
        const part = (name) => {host}.shadowRoot.querySelector(`[part=${{name}}]`);
        part('code').value = 'NR-1042-a7b8';
        part('code').dispatchEvent(new InputEvent('input', {{ inputType: 'insertFromPaste', bubbles: true }}));
        part('apply').click();"
    );
    desk.browser.run(&apply, &[]);
    let told = format!("return {host}.shadowRoot.querySelector('[part=message]').textContent.includes(arguments[0])");
    desk.browser.until("the sentence is told", &told, &[sentence.into()]);
}

#[test]
fn screen_of_the_old_codes_is_clean_and_fits() {
    let desk = Desk::start();
    let mut document = shop();
    document["old_codes"] = json!({
        "patterns": ["NR-####-????"],
        "message": {"ar": "استبدل هذا الرمز في أي من فروعنا.", "en": "Exchange it at any of our shops."},
    });
    desk.server.api().change("PUT", "/v1/settings", &document).expect(200);
    let mut faults = Vec::new();
    desk.in_every_view(|theme, width| {
        desk.go("settings/shop");
        faults.extend(desk.look(&format!("old-codes-{theme}"), width));
        desk.go("history");
        faults.extend(desk.look(&format!("old-codes-history-{theme}"), width));
    });
    assert_eq!(faults, Vec::<String>::new());
}
