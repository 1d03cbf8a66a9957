//! The preview of a programme's checkout: the element that shoppers meet, which follows what is being edited, in a frame that nobody else can speak to.

use super::{Desk, shop};
use serde_json::json;
use tests::words::{LANGUAGES, Language};

/// What the element in the frame shows: its message, what remains, and for each card what it pays and what is said of it.
const SHOWN: &str = r"
const host = document.querySelector('iframe').contentDocument?.querySelector('raseed-checkout:not(.waiting)');
const plain = (text) => text.replace(/[\u2066-\u2069]/g, '').replace(/\u00a0/g, ' ').trim();
const part = (name) => plain(host.shadowRoot.querySelector(`[part~=${name}]`)?.textContent ?? '');
const text = host && [part('message'), part('amount'), part('applied'), part('expires')].join(' | ');";

impl Desk {
    /// Waits until the frame shows that.
    #[track_caller]
    fn until_previewed(&self, wanted: &str) {
        let script = format!("{SHOWN}\nif (text === arguments[0]) return true; window.previewed = text; return false;");
        let told = format!("the preview shows {wanted}");
        self.browser.until(&told, &script, &[wanted.into()]);
    }

    /// Types into the field of the programme that is shown.
    #[track_caller]
    fn rule(&self, name: &str, text: &str) {
        self.browser.replace(&format!("[data-field$='.{name}'] input"), text);
    }

    /// Chooses what stands in that place of the preview's choices.
    #[track_caller]
    fn look_at(&self, value: &str) {
        self.browser
            .run("document.querySelector(`.preview-checkout input[value=${arguments[0]}]`).click()", &[value.into()]);
    }
}

#[test]
fn preview_is_the_element_and_follows_every_rule_without_being_loaded_again() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    desk.until_previewed(" | SAR 50.00 | SAR 50.00 | ");
    desk.browser.run("document.querySelector('iframe').contentWindow.isTheSame = true", &[]);
    desk.browser.replace("[data-field$='amounts.preset'] input", "80 100");
    desk.until_previewed(" | SAR 80.00 | SAR 80.00 | ");
    desk.rule("min_spend", "300");
    desk.until_previewed(" | SAR 220.00 | SAR 80.00 | ");
    desk.rule("validity_days", "90");
    let expires = r"
    const day = new Date(Date.now() + 90 * 86400000);
    return day.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).split(' ')[2];";
    let year = desk.browser.run(expires, &[]);
    let script = format!("{SHOWN}\nreturn text?.includes(arguments[0]) && text.includes('expires')");
    desk.browser.until("the card expires", &script, &[year]);
    // An order that is too small is refused in the words that a shopper reads.
    desk.look_at("short");
    let script = format!("{SHOWN}\nreturn text?.includes('SAR 300.00') && text.endsWith('|  | ')");
    desk.browser.until("the least order is told", &script, &[]);
    assert_eq!(desk.look("preview-short", 1280), Vec::<String>::new());
    // Backspace takes what is chosen away.
    desk.rule("min_spend", "\u{e003}");
    desk.rule("validity_days", "\u{e003}");
    desk.until_previewed(" | SAR 80.00 | SAR 80.00 | ");
    let same = "return document.querySelector('iframe').contentWindow.isTheSame";
    assert_eq!(desk.browser.run(same, &[]), json!(true), "it was loaded once");
    assert_eq!(
        desk.browser.run("return Object.keys(sessionStorage).filter((name) => name.startsWith('raseed:'))", &[]),
        json!([])
    );
    assert_eq!(
        desk.browser
            .run("return [watched.violations, document.querySelector('iframe').contentWindow.watched.violations]", &[]),
        json!([[], []])
    );
    assert_eq!(desk.browser.complaints(), Vec::<String>::new());
}

#[test]
fn preview_keeps_the_focus_where_somebody_types() {
    let desk = Desk::start();
    let mut document = shop();
    document["programs"][0]["min_spend"] = json!(20_000);
    desk.server.api().change("PUT", "/v1/settings", &document).expect(200);
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    desk.look_at("short");
    desk.browser.run("document.querySelector(`[data-field$='.min_spend'] input`).focus()", &[]);
    for least in ["SAR 1,200.00", "SAR 11,200.00"] {
        // A digit before the first one.
        desk.browser.press(&['\u{e011}']);
        desk.browser.press(&['1']);
        let script = format!("{SHOWN}\nreturn text?.includes(arguments[0])");
        desk.browser.until(&format!("{least} is told"), &script, &[least.into()]);
        let focus = "return document.activeElement.closest('[data-field]')?.dataset.field";
        assert_eq!(desk.browser.run(focus, &[]), json!("programs[0].min_spend"));
    }
}

#[test]
fn preview_speaks_both_languages_and_is_light_or_dark_as_is_chosen() {
    let desk = Desk::start();
    for language in LANGUAGES {
        for width in [1280, 375] {
            desk.browser.resize(width, 860);
            desk.sign_in(language);
            desk.go("settings/programmes/gift");
            let (own, other) = match language {
                Language::English => (" | SAR 50.00 | SAR 50.00 | ", " | ٥٠٫٠٠ ر.س | ٥٠٫٠٠ ر.س | "),
                Language::Arabic => (" | ٥٠٫٠٠ ر.س | ٥٠٫٠٠ ر.س | ", " | SAR 50.00 | SAR 50.00 | "),
            };
            desk.until_previewed(own);
            desk.look_at("dark");
            let scheme = "return getComputedStyle(document.querySelector('iframe').contentDocument.documentElement).colorScheme === 'dark'";
            desk.browser.until("it is dark", scheme, &[]);
            let faults = desk.look("preview-dark", width);
            assert_eq!(faults, Vec::<String>::new());
            desk.look_at(if language == Language::English { "ar" } else { "en" });
            desk.until_previewed(other);
            let wide = "const page = document.querySelector('iframe').contentDocument.documentElement; return page.scrollWidth - page.clientWidth";
            assert_eq!(desk.browser.run(wide, &[]), json!(0), "{language:?} at {width}");
        }
    }
}

#[test]
fn frame_hears_nobody_but_the_console_and_the_console_nobody_but_its_frame() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    desk.until_previewed(" | SAR 50.00 | SAR 50.00 | ");
    // From the frame to itself, and from the console to itself: of the right origin, and not from whom it should be.
    let forge = r"
    const frame = document.querySelector('iframe');
    const heard = new Promise((done) => addEventListener('message', ({ data }) => data === 'end' && done()));
    for (const each of [{ failed: true, height: 5 }, 'end']) window.postMessage(each, location.origin);
    await heard;
    return [frame.hidden, frame.style.blockSize === '5px'];";
    assert_eq!(desk.browser.run(forge, &[]), json!([false, false]));
    let forge = "window.postMessage({ total: 9, currency: 'KWD', card: { available: 9 }, lang: 'en', theme: 'light' }, location.origin)";
    desk.browser.run_in_frame(forge, &[]);
    desk.browser.replace("[data-field$='amounts.preset'] input", "7");
    desk.until_previewed(" | SAR 7.00 | SAR 7.00 | ");
    let tokens = "return [...document.querySelectorAll('raseed-checkout')].map((each) => each.getAttribute('token'))";
    assert_eq!(
        desk.browser.run_in_frame(tokens, &[]),
        json!(["ct_2"]),
        "two orders were shown, and none of a third one"
    );
}

#[test]
fn preview_that_cannot_be_shown_is_said_quietly_and_everything_else_goes_on() {
    let desk = Desk::start();
    // An engine that will not run the element's Wasm.
    let refuse = r"
    const refused = () => Promise.reject(new Error('no'));
    if (location.pathname.endsWith('checkout.html')) Object.assign(WebAssembly, { instantiate: refused, instantiateStreaming: refused });";
    desk.browser.begin_pages_with(refuse);
    desk.sign_in(Language::English);
    desk.go("settings/programmes/gift");
    let said = r"
    const told = [...document.querySelectorAll('.preview-checkout p')].find((each) => each.textContent.startsWith('The checkout cannot'));
    return !told.hidden && document.querySelector('iframe').hidden";
    desk.browser.until("it is said", said, &[]);
    assert_eq!(desk.axe(), Vec::<String>::new());
    desk.rule("validity_days", "30");
    desk.browser.click(".fields > div:last-child .main");
    assert!(desk.told().starts_with("Saved as version"));
}
