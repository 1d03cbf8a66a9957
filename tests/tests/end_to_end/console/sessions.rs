//! Signing in to the console, and being asked again when the session is over.

use super::{Desk, totp};
use serde_json::json;
use tests::clock::Clock;
use tests::words::Language;

#[test]
fn wrong_code_is_told_at_its_field_and_the_next_one_signs_in() {
    let desk = Desk::start();
    desk.open("/console/", Language::English);
    desk.until_shown("sign-in");
    let (key, right) = desk.factors(0);
    let wrong = (0..10).map(|digit| digit.to_string().repeat(6)).find(|code| *code != right).unwrap();
    desk.give(&key, &wrong);
    desk.browser.click(".sign-in .main");
    assert!(desk.text(".error:not([hidden])").starts_with("That code does not count"));
    assert_eq!(
        desk.browser
            .run("return [document.activeElement.name, document.activeElement.getAttribute('aria-invalid')]", &[]),
        json!(["totp", "true"])
    );
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.give("rk_test_noor_1_pos_nothing", &right);
    desk.browser.click(".sign-in .main");
    assert!(desk.text(".error:not([hidden])").starts_with("This is not a console key"));
    // Digits of the other keyboard are digits.
    let arabic: String = right.chars().map(tests::words::arabic_indic).collect();
    desk.give(&key, &arabic);
    desk.browser.click(".sign-in .main");
    desk.until_shown("issue");
    let kept =
        desk.browser.run("return JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])", &[]);
    assert!(!kept.as_str().unwrap().contains(&key), "the key is not kept");
}

#[test]
fn session_that_has_ended_is_renewed_over_what_was_begun() {
    let mut desk = Desk::start();
    desk.sign_in(Language::Arabic);
    desk.browser.click(".chips .option:nth-child(2)");
    desk.browser.click("details:nth-of-type(1) summary");
    desk.browser.replace("[data-field='reference'] input, details [maxlength='60']", "سارة");
    let clock = Clock::new();
    clock.set(&mut desk.server, 1_900);
    desk.browser.click(".issue-form .main");
    desk.browser.until("both factors are asked for", "return document.querySelector('dialog[open] [name=totp]')", &[]);
    assert_eq!(desk.browser.run("return document.activeElement.name", &[]), json!("totp"), "the key is still known");
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.browser.click("dialog .main");
    desk.browser.replace("dialog [name=totp]", &totp(desk.signed_in.get(), 1_900));
    desk.browser.click("dialog .main");
    // The press that met the ended session is made again by itself: the card, or the server's word about it, comes without another.
    desk.browser.until(
        "the press was answered",
        "return document.querySelector('.hand-over .code') ?? document.querySelector('.notice:not([hidden])')",
        &[],
    );
    let keys = r"
    const issues = watched.requests.filter(({ method, path }) => method === 'POST' && path === '/v1/gift-cards');
    return new Set(issues.map(({ key }) => key)).size;";
    assert_eq!(desk.browser.run(keys, &[]), json!(1), "one act has one key");
}

#[test]
fn leaving_forgets_the_session() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.browser.click(".nav-foot .button:last-child");
    desk.until_shown("sign-in");
    assert_eq!(desk.browser.run("return sessionStorage.length", &[]), json!(0));
    desk.browser.reload();
    desk.until_shown("sign-in");
}
