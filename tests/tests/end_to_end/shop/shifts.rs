//! Nothing moves by itself in any state of the theme page, however late the answers are.
//!
//! A specimen that moves pushes those below it, so one look at a page as high as its window sees all of them. What a shopper's own click brings is no
//! surprise; all specimens hear one click, and the browser knows it as theirs. Out of scope: answers of the real service (`widget::arrival`).

use super::Sale;
use tests::words::LANGUAGES;

/// Later than what a click can still be blamed for, which is half a second.
const LATE_MS: u32 = 3_000;

/// A phone's and a desk's.
const WIDTHS: [u32; 2] = [375, 1280];

/// Higher than all specimens are.
const HEIGHT: u32 = 60_000;

/// Waits until every specimen has read its checkout, and the frames of states that have no answers are gone. Returns how many are left.
const READY: &str = r"
for (const frame of document.querySelectorAll('iframe')) frame.closest('section').remove();
const hosts = [...document.querySelectorAll('raseed-checkout')];
// Those of which the first answer never comes are ready to be looked at.
const reads = hosts.filter((host) => !host.getAttribute('token').endsWith('opening'));
await Promise.all(reads.map((host) => host.ready));
return hosts.length;";

/// Forgets what moved while the page itself was built.
const SETTLE: &str = r"
await customElements.whenDefined('raseed-checkout');
for (const frame of document.querySelectorAll('iframe')) frame.closest('section').remove();
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
watched.shifts.length = 0;
return document.documentElement.scrollHeight === innerHeight;";

/// What moved by itself since then.
const MOVED: &str = r"
await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
return watched.shifts.splice(0).filter(({ hadRecentInput }) => !hadRecentInput).map((each) => JSON.stringify(each));";

impl Sale {
    fn moved(&self) -> Vec<String> {
        serde_json::from_value(self.browser.run(MOVED, &[])).unwrap()
    }
}

#[test]
fn late_answers_move_nothing_in_any_state_of_the_theme_page() {
    let sale = Sale::start();
    let (mut looks, mut moved) = (0, Vec::new());
    for (language, width) in LANGUAGES.into_iter().zip(WIDTHS).chain(LANGUAGES.into_iter().rev().zip(WIDTHS)) {
        sale.browser.resize(width, HEIGHT);
        let view = format!("{}/theme?wait&width=fill&theme=light&lang={}", sale.shop.url, language.tag());
        // The rows of the first visit keep their room on the second.
        sale.browser.open(&view);
        sale.browser.run(READY, &[]);
        sale.browser.open(&format!("{view}&late={LATE_MS}"));
        assert_eq!(sale.browser.run(SETTLE, &[]), true, "everything is in the window");
        looks += sale.browser.run(READY, &[]).as_u64().unwrap();
        moved.extend(sale.moved().into_iter().map(|each| format!("{language:?} at {width}, read: {each}")));
        sale.browser.click("h1");
        sale.browser.until("every specimen is in its state", "return document.documentElement.dataset.shown", &[]);
        moved.extend(sale.moved().into_iter().map(|each| format!("{language:?} at {width}, done: {each}")));
    }
    println!("layout shifts with the API delayed by 3 s, {looks} specimens of every state: {}", moved.len());
    assert_eq!(moved, Vec::<String>::new());
}

#[test]
fn a_specimen_that_moves_is_seen() {
    let sale = Sale::start();
    sale.browser.resize(375, HEIGHT);
    sale.browser.open(&format!("{}/theme?wait&width=fill&theme=light&lang=en", sale.shop.url));
    sale.browser.run(READY, &[]);
    sale.browser.run(SETTLE, &[]);
    assert_eq!(sale.moved(), Vec::<String>::new());
    sale.browser.run("document.querySelector('#one raseed-checkout').style.paddingTop = '8px'", &[]);
    assert_eq!(sale.moved().len(), 1);
}
