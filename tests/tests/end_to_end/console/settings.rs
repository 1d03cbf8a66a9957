//! Settings from the console: a programme with its preview, and two people who save at once.

use super::{Desk, shop};
use serde_json::json;
use tests::words::Language;

/// The shop's name in English.
const NAME: &str = "[data-field='name.en'] input";

#[test]
fn two_who_save_at_once_lose_nothing_of_each_other() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/shop");
    // Somebody else, meanwhile.
    let mut theirs = desk.server.api().get("/v1/settings").expect(200);
    theirs["jurisdiction"] = json!("SA");
    theirs["programs"][1]["look"]["colour"] = json!("#1d4ed8");
    desk.server.api().change("PUT", "/v1/settings", &theirs).expect(200);
    desk.browser.replace(NAME, "Noor Oud");
    desk.browser.click(".fields .main");
    desk.browser.until("the conflict is told", "return document.querySelector('dialog[open] .changes')", &[]);
    let told = desk.text("dialog .changes");
    assert!(told.contains("Law") && told.contains("#1d4ed8"), "{told}");
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.browser.click("dialog .main");
    desk.browser.until("both are saved", "return document.querySelector('.notice[data-tone=good]:not([hidden])')", &[]);
    let now = desk.server.api().get("/v1/settings").expect(200);
    assert_eq!((&now["name"]["en"], &now["jurisdiction"]), (&json!("Noor Oud"), &json!("SA")));
    assert_eq!(now["programs"][1]["look"]["colour"], "#1d4ed8");
    // Given up, nothing is saved and nothing that was typed is lost.
    theirs = now;
    theirs["jurisdiction"] = json!("AE");
    desk.server.api().change("PUT", "/v1/settings", &theirs).expect(200);
    desk.browser.replace(NAME, "Noor Amber");
    desk.browser.click(".fields .main");
    desk.browser.until("the conflict is told", "return document.querySelector('dialog[open] .changes')", &[]);
    desk.browser.click("dialog [type=button]");
    assert_eq!(
        desk.browser.run("return document.querySelector(arguments[0]).value", &[NAME.into()]),
        json!("Noor Amber")
    );
    assert_eq!(desk.server.api().get("/v1/settings").expect(200)["name"]["en"], "Noor Oud");
}

#[test]
fn programme_is_made_with_its_preview_and_refusals_stand_at_their_fields() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/programmes/+");
    desk.browser.replace("[data-field$='.id'] input", "Not an id");
    desk.browser.replace("[data-field$='.name.en'] input", "Ramadan");
    desk.browser.click(".swatches button:nth-child(3)");
    desk.browser.click(".patterns .option:nth-child(4)");
    let preview = r"
    const seen = (face) => [face.querySelector('.face-name').textContent, face.style.getPropertyValue('--card'), face.querySelector('svg').classList[1]];
    return [...document.querySelectorAll('.preview-cards .face')].map((face) => seen(face).join(' '));";
    assert_eq!(desk.browser.run(preview, &[]), json!(["Ramadan #1d4ed8 waves", "Ramadan #1d4ed8 waves"]));
    desk.browser.click(".fields > div:last-child .main");
    desk.browser.until("the field is marked", "return document.activeElement.getAttribute('aria-invalid')", &[]);
    assert_eq!(desk.browser.run("return document.activeElement.value", &[]), json!("Not an id"));
    desk.browser.replace("[data-field$='.id'] input", "ramadan");
    desk.browser.click(".fields > div:last-child .main");
    desk.browser.until("the address names it", "return location.hash === '#/settings/programmes/ramadan'", &[]);
    let now = desk.server.api().get("/v1/settings").expect(200);
    let made = now["programs"].as_array().unwrap().iter().find(|each| each["id"] == "ramadan").unwrap();
    assert_eq!((&made["look"]["pattern"], &made["name"]["ar"]), (&json!("waves"), &json!("Ramadan")));
    assert_eq!(made["amounts"], json!({"preset": [5_000, 10_000, 25_000, 50_000]}));
    // The others are what they were.
    assert_eq!(now["programs"][0]["look"]["texts"], shop()["programs"][0]["look"]["texts"]);
}

#[test]
fn key_is_revoked_and_the_own_one_is_not() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("keys");
    desk.browser.replace(".fields .field input", "7");
    desk.browser.click(".fields .warn");
    assert_eq!(desk.text(".error:not([hidden])"), "Choose which kind of key.", "none is chosen beforehand");
    desk.browser.click(".cards .option:nth-child(1)");
    desk.browser.click(".fields .warn");
    desk.browser.click("dialog .danger");
    assert!(desk.told().contains("sk_7"), "{}", desk.told());
    assert_eq!(desk.server.api().get("/v1/settings").expect(200)["revoked_keys"], json!(["sk_7"]));
    desk.browser.click(".cards .option:nth-child(3)");
    desk.browser.replace(".fields .field input", "1");
    desk.browser.click(".fields .warn");
    desk.browser.click("dialog .danger");
    assert!(desk.text("dialog .notice:not([hidden])").starts_with("This is the key that you are signed in with"));
}

#[test]
fn what_was_wrong_is_said_in_words_and_not_any_more_once_it_is_mended() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/shop");
    let origins = "[data-field=origins] textarea";
    let wrong = "return [...document.querySelectorAll('.error:not([hidden]), .notice:not([data-tone=good]):not([hidden])')].map((each) => each.textContent)";
    desk.browser.replace(origins, "alwaha");
    desk.browser.click(".fields .main");
    desk.browser.until("it is said", &format!("{wrong}.length > 0"), &[]);
    assert_eq!(desk.browser.run(wrong, &[]), json!(["Write the whole address, such as https://alwaha.sa."]));
    desk.browser.replace(origins, "https://alwaha.sa");
    assert_eq!(desk.browser.run(wrong, &[]), json!([]), "what is typed now may be right");
    desk.browser.click(".fields .main");
    desk.browser.until("it is saved", "return document.querySelector('.notice[data-tone=good]:not([hidden])')", &[]);
    assert_eq!(desk.browser.run(wrong, &[]), json!([]));
}
