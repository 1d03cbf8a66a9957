//! What the documents for storefront developers show, run: the sample in plain HTML, and `raseed.d.ts` against the element that ships.
//!
//! Out of scope: the samples for React and Vue (`frameworks.rs`).

use super::{Stage, order};
use serde_json::{Value, json};
use tests::words::{LANGUAGES, Language};

pub(super) const DOCUMENT: &str = include_str!("../../../../www/docs/widget.md");
const TYPES: &str = include_str!("../../../../www/docs/raseed.d.ts");

/// The text between two others.
#[track_caller]
pub(super) fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    rest.split_once(end).unwrap_or_else(|| panic!("no {end} after {begin}")).0
}

/// The names of an interface's members.
fn members(interface: &str) -> Vec<&'static str> {
    let body = between(TYPES, &format!("export interface {interface} "), "\n}");
    let lines = body.lines().skip(1).map(|line| line.trim().trim_start_matches("readonly "));
    let named = lines.filter(|line| !line.starts_with("/**")).map(|line| line.trim_start_matches('\''));
    let mut names: Vec<_> = named.filter_map(|line| line.split(['?', ':', '(', '\'']).next()).collect();
    names.sort_unstable();
    names
}

#[test]
fn plain_html_sample_follows_what_remains() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("sample", Language::English);
    let output = between(DOCUMENT, "<button>Pay ", "</button>");
    stage.browser.run("document.getElementById('pay').innerHTML = arguments[0]", &[output.into()]);
    stage.browser.run(between(DOCUMENT, "<script>\n", "</script>"), &[]);
    let rest = || stage.browser.run("return document.getElementById('rest').value", &[]);
    assert_eq!(rest(), "250.00");
    widget.apply(&stage.card(10_000, "SAR"));
    assert_eq!(rest(), "150.00");
    widget.remove(0);
    assert_eq!(rest(), "250.00");
}

/// No answer of the service comes, so the element is as high as it is before the first one.
const UNANSWERED: &str = "watched.meet = ({ path }, go) => (path.startsWith('/v1/') ? new Promise(() => {}) : go());";

/// The heights of the element at these widths.
const HEIGHTS: &str = r"
await customElements.whenDefined('raseed-checkout');
const host = document.querySelector('raseed-checkout');
return [...arguments].map((width) => {
  host.style.inlineSize = `${width}px`;
  return Math.round(host.getBoundingClientRect().height);
});";

#[test]
fn heights_to_keep_free_are_those_of_the_element() {
    let stage = Stage::start();
    stage.browser.resize(1280, 900);
    stage.browser.begin_pages_with(UNANSWERED);
    let document = DOCUMENT.split_whitespace().collect::<Vec<_>>().join(" ");
    for language in LANGUAGES {
        let heights = |member: Option<&str>| {
            let (_, mut page) = stage.page(&order(25_000, "SAR", &format!("{member:?}{}", language.tag())), language);
            page.attributes.extend(member.map(|token| ("member-token", token.to_owned())));
            stage.browser.open(&stage.pages.put(page));
            let heights = stage.browser.run(HEIGHTS, &[320, 328, 329, 439, 440, 559, 560, 1_000].map(Value::from));
            let [small, below_phone, phone, below_wide, wide, below_desk, desk, desks]: [u64; 8] =
                serde_json::from_value(heights).unwrap();
            assert_eq!([small, phone, wide, desk], [below_phone, below_wide, below_desk, desks], "{member:?}");
            [small, phone, wide, desk]
        };
        let [small, phone, wide, desk] = heights(None);
        assert_eq!(small, phone);
        let told =
            format!("that is {phone} px, {wide} px where it is at least 440 px wide, and {desk} px from 560 px on");
        assert!(document.contains(&told), "{told}");
        assert!(document.contains(&format!("min-block-size: {phone}px")), "{phone}");
        let [small, phone, wide, desk] = heights(Some("mt_test"));
        let told =
            format!("with `member-token` {phone} px ({small} px up to a width of 328 px), {wide} px and {desk} px");
        assert!(document.contains(&told), "{told}");
    }
}

#[test]
fn types_name_what_the_element_has() {
    let stage = Stage::start();
    // A card of which everything is told that may be.
    let [card, _] = stage.promotional();
    let (_, page) = stage.page(&order(25_000, "SAR", "types"), Language::English);
    let widget = stage.show(page);
    widget.apply(&card);
    let of_page = |script: &str| -> Vec<String> { serde_json::from_value(stage.browser.run(script, &[])).unwrap() };

    // The platform itself reads `name`.
    let observed = of_page("return [...customElements.get('raseed-checkout').observedAttributes, 'name'].sort()");
    assert_eq!(members("RaseedAttributes"), observed);
    let public = of_page(
        "const { prototype } = customElements.get('raseed-checkout');
        const own = [...Object.keys(document.querySelector('raseed-checkout')), ...Object.getOwnPropertyNames(prototype)];
        return own.filter((name) => name !== 'constructor' && !name.endsWith('Callback')).sort();",
    );
    assert_eq!(members("RaseedCheckoutElement"), public);
    assert_eq!(members("RaseedQuote"), names(&widget.last_event("raseed-change")));
    assert_eq!(members("RaseedTender"), names(&widget.last_event("raseed-change")["tenders"][0]));
    widget.enter("7684");
    assert_eq!(members("RaseedError"), names(&widget.last_event("raseed-error")));
    for event in widget.events() {
        assert!(members("RaseedEventMap").iter().any(|name| json!(name) == event["name"]), "{event}");
    }
}

fn names(document: &Value) -> Vec<&str> {
    let mut names: Vec<_> = document.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
