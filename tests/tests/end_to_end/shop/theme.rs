//! The theme page: every state of the element, in both languages and both themes, and what nobody should have to look for there.
//!
//! In scope: that the states are what their names say, that the form keeps its height from the first paint on, that nothing is too wide, that colours can
//! be told apart, and what axe-core has to say. Out of scope: what leads into a state (`widget`).

use super::Sale;
use serde::Deserialize;
use std::path::Path;
use tests::browser::Engine;
use tests::words::{CHANGED, COVERED_FULL, LANGUAGES, LOCKED, Language, UNREACHABLE, Words};

/// Two of them are a phone's and a desk's, as merchants look at them.
const WIDTHS: [u32; 3] = [320, 375, 1280];

const THEMES: [&str; 2] = ["light", "dark"];

/// States that a page can show only alone, since it loads the Wasm once.
const ALONE: [&str; 3] = ["skeleton", "unavailable", "points-skeleton"];

/// What the shop of the theme page says of its old codes.
const OLD_CODE: Words = (
    "\u{2068}This is one of our old cards. Exchange it at noor.example/exchange.\u{2069}",
    "\u{2068}هذه من بطاقاتنا السابقة. استبدلها عبر noor.example/exchange.\u{2069}",
);

/// One specimen, as it looks.
#[derive(Deserialize, Debug)]
struct Specimen {
    state: String,
    lang: String,
    message: String,
    rows: usize,
    covered: String,
    busy: bool,
    /// What stands beside the controls of the points, and what the order brings.
    points: [String; 2],
    height: f64,
}

const SPECIMENS: &str = r"
return [...document.querySelectorAll('raseed-checkout')].map((host) => {
  const part = (name) => host.shadowRoot.getElementById(name);
  const seen = (node) => (node.checkVisibility({ visibilityProperty: true }) ? node.textContent : '');
  return {
    state: host.getAttribute('token'),
    lang: host.lang,
    message: seen(part('message')),
    rows: part('tenders').children.length,
    covered: seen(part('covered')),
    busy: part('apply').ariaBusy === 'true',
    points: [seen(part('points-worth')) || seen(part('points-message')), seen(part('earn'))],
    height: host.getBoundingClientRect().height,
  };
});";

/// What sticks out of its window.
const TOO_WIDE: &str = r"
const hosts = [...document.querySelectorAll('raseed-checkout')];
const outside = (each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width > 0 && each.checkVisibility() && (right > innerWidth + 1 || left < -1);
};
const wide = [document, ...hosts.map((host) => host.shadowRoot)].flatMap((root) => [...root.querySelectorAll('*')]).filter(outside);
return wide.map((each) => each.outerHTML.slice(0, 90));";

/// The least contrast of any share of a bar, and of any field's edge, with what they lie upon.
const CONTRAST: &str = r"
const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
const light = (colour) => {
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const contrast = (one, other) => {
  const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
return Math.min(...[...document.querySelectorAll('raseed-checkout')].flatMap((host) => {
  const style = (selector) => [...host.shadowRoot.querySelectorAll(selector)].map((node) => getComputedStyle(node));
  const [[panel], [code]] = [style('#panel'), style('#code')];
  const shares = style('.share').flatMap(({ backgroundColor: share }) => [panel.borderTopColor, code.backgroundColor].map((under) => contrast(share, under)));
  return [...shares, contrast(code.borderTopColor, panel.backgroundColor), contrast(code.borderTopColor, code.backgroundColor)];
}));";

/// Everything that axe-core finds or is unsure of, and how many nodes had their contrast measured. It waits until nothing fades any more; a frame is a
/// page of its own, which the tests open as one.
const AXE: &str = r"
const animations = [...document.querySelectorAll('raseed-checkout')].flatMap((host) => host.shadowRoot.getAnimations());
await Promise.allSettled(animations.filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished));
const results = await axe.run({ exclude: [['iframe']] });
const told = ['violations', 'incomplete'].flatMap((kind) => results[kind].flatMap(({ id, nodes }) => nodes.map(({ target, any, all, none }) => {
  const [why] = [...any, ...all, ...none];
  return [kind, id, target.flat().join(' '), why?.message].join(': ');
})));
const measured = results.passes.filter(({ id }) => id === 'color-contrast').flatMap(({ nodes }) => nodes);
return { told, measured: measured.length };";

#[derive(Deserialize, Debug)]
struct Finding {
    told: Vec<String>,
    measured: usize,
}

impl Sale {
    /// Opens a view of the theme page and waits until every specimen is in its state.
    #[track_caller]
    fn theme(&self, view: &str, width: u32) {
        self.browser.resize(width, 900);
        self.browser.open(&format!("{}/theme?{view}", self.shop.url));
        self.browser.until("every specimen is shown", "return document.documentElement.dataset.shown", &[]);
    }

    #[track_caller]
    fn specimens(&self) -> Vec<Specimen> {
        serde_json::from_value(self.browser.run(SPECIMENS, &[])).unwrap()
    }

    #[track_caller]
    fn axe(&self) -> Finding {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/node_modules/axe-core/axe.min.js");
        let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_value(self.browser.run(&format!("{source}\n{AXE}"), &[])).unwrap()
    }
}

/// What a state is known by: the message, how many rows, whether the order is covered, whether a code is being checked. Messages that are counted or
/// dated stand in the widget's own tests; here they are some message.
fn expected(state: &str, language: Language) -> (Option<&'static str>, usize, bool, bool) {
    let unreachable = Some(language.pick(UNREACHABLE));
    match state {
        "opening" | "empty" | "typing" => (Some(""), 0, false, false),
        "checking" => (Some(""), 1, false, true),
        "checking-another" => (Some(""), 2, false, true),
        "one" | "dinar" => (Some(""), 1, false, false),
        "locked" | "points-locked" => (Some(language.pick(LOCKED)), 1, false, false),
        "three" | "promotional" | "narrow" | "large" => (Some(""), 3, false, false),
        "ten" => (Some(""), 10, false, false),
        "covered" => (Some(""), 1, true, false),
        "covered-by-two" => (Some(""), 2, true, false),
        "changed" => (Some(language.pick(CHANGED)), 1, false, false),
        "points" | "points-opening" | "points-few" | "points-typing" | "points-least" => (Some(""), 0, false, false),
        "points-part" | "points-setting" | "points-most" | "points-refused" | "points-offline" | "points-large" => {
            (Some(""), 1, false, false)
        }
        "points-cards" => (Some(""), 3, false, false),
        "points-all" | "points-unneeded" => (Some(""), 1, true, false),
        "slow" => (unreachable, 1, false, true),
        "offline" => (unreachable, 2, false, false),
        "down" => (unreachable, 0, false, false),
        "code_malformed" | "code_check_failed" | "looks_like_payment_card" => {
            (Some(language.refusal(state)), 0, false, false)
        }
        "old_code" => (Some(language.pick(OLD_CODE)), 0, false, false),
        "already_applied" => (Some(language.refusal(state)), 2, false, false),
        "too_many_tenders" => (Some(language.refusal(state)), 11, false, false),
        "card_expired" | "card_replaced" | "card_held_elsewhere" | "min_spend_not_met" | "quota_exceeded" => {
            (None, 1, false, false)
        }
        refused => (Some(language.refusal(refused)), 1, false, false),
    }
}

#[test]
fn theme_page_shows_every_state_as_it_is_and_nothing_is_too_wide() {
    let sale = Sale::start();
    for width in WIDTHS {
        sale.theme("width=fill", width);
        assert_eq!(sale.browser.run(TOO_WIDE, &[]), serde_json::json!([]), "at {width}");
        let sections = sale.browser.run("return document.querySelectorAll('section').length", &[]);
        let specimens = sale.specimens();
        assert_eq!(sections.as_u64(), Some((specimens.len() / 4 + ALONE.len()) as u64));
        for specimen in specimens {
            let language = LANGUAGES.into_iter().find(|language| language.tag() == specimen.lang).unwrap();
            let (message, rows, covered, busy) = expected(&specimen.state, language);
            match message {
                Some(message) => assert_eq!(specimen.message, message, "{specimen:?}"),
                None => assert_ne!(specimen.message, "", "{specimen:?}"),
            }
            let covered = if covered { language.pick(COVERED_FULL) } else { "" };
            assert_eq!(
                (specimen.rows, specimen.covered.as_str(), specimen.busy),
                (rows, covered, busy),
                "{specimen:?}"
            );
        }
    }
    assert_eq!(sale.browser.run("return watched.violations", &[]), serde_json::json!([]));
}

#[test]
fn form_keeps_its_height_from_the_skeleton_on() {
    let sale = Sale::start();
    for width in WIDTHS {
        for text in [100, 200] {
            let heights = |state: &str| -> Vec<f64> {
                sale.theme(&format!("width=fill&theme=light&text={text}&state={state}"), width);
                sale.specimens().iter().map(|specimen| specimen.height).collect()
            };
            let skeleton = heights("skeleton");
            assert_eq!(skeleton.len(), LANGUAGES.len());
            for state in ["opening", "empty", "typing"] {
                assert_eq!(heights(state), skeleton, "{state} at {width} px, text at {text} %");
            }
            // In large text a row and a message are as high as their words need.
            if text == 100 {
                assert_eq!(heights("code_check_failed"), skeleton, "at {width} px");
                assert_eq!(heights("down"), skeleton, "at {width} px");
                let checking = heights("checking");
                for state in ["one", "covered", "card_frozen", "slow"] {
                    assert_eq!(heights(state), checking, "{state} at {width} px");
                }
            }
        }
    }
}

/// What stands beside the controls of the points, and which sentence says what the order brings.
fn expected_of_points(state: &str, language: Language) -> [&'static str; 2] {
    let words = match state {
        "points-opening" | "points-locked" => ("", ""),
        "points" => (
            "Up to 1,240 points worth SAR 62.00|حتى ١٬٢٤٠ نقطة بقيمة ٦٢٫٠٠ ر.س",
            "You will earn 250 points with this order|ستكسب ٢٥٠ نقطة من هذا الطلب",
        ),
        "points-part" | "points-large" => (
            "300 points worth SAR 15.00|٣٠٠ نقطة بقيمة ١٥٫٠٠ ر.س",
            "You will earn 235 points with this order|ستكسب ٢٣٥ نقطة من هذا الطلب",
        ),
        "points-setting" => ("300 points worth SAR 15.00|٣٠٠ نقطة بقيمة ١٥٫٠٠ ر.س", ""),
        "points-cards" => (
            "600 points worth SAR 30.00|٦٠٠ نقطة بقيمة ٣٠٫٠٠ ر.س",
            "You will earn 55 points with this order|ستكسب ٥٥ نقطة من هذا الطلب",
        ),
        "points-all" => ("5,000 points worth SAR 250.00|٥٬٠٠٠ نقطة بقيمة ٢٥٠٫٠٠ ر.س", ""),
        "points-typing" => ("450 points worth SAR 22.50|٤٥٠ نقطة بقيمة ٢٢٫٥٠ ر.س", ""),
        "points-unneeded" => ("No points can be used now.|لا يمكن استخدام النقاط الآن.", ""),
        "points-few" => (
            "No points can be used now.|لا يمكن استخدام النقاط الآن.",
            "You will earn 250 points with this order|ستكسب ٢٥٠ نقطة من هذا الطلب",
        ),
        "points-least" | "points-most" | "points-refused" => {
            ("You can use 100 to 1,240 points, 10 at a time.|يمكنك استخدام ١٠٠ إلى ١٬٢٤٠ نقطة، ١٠ في كل مرة.", "")
        }
        "points-offline" => (language.pick(UNREACHABLE), ""),
        other => panic!("{other} is no state of points"),
    };
    let pick = |both: &'static str| both.split_once('|').map_or(both, |both| language.pick(both));
    [words.0, words.1].map(pick)
}

#[test]
fn points_say_what_they_are_worth_and_what_is_to_be_mended() {
    let sale = Sale::start();
    sale.theme("width=fill&theme=light", 375);
    let mut checked = 0;
    for specimen in sale.specimens().into_iter().filter(|specimen| specimen.state.starts_with("points")) {
        let language = LANGUAGES.into_iter().find(|language| language.tag() == specimen.lang).unwrap();
        let expected = expected_of_points(&specimen.state, language);
        // Amounts are isolated from the words around them, and never parted from their sign.
        let told = specimen.points.map(|text| text.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " "));
        assert_eq!(told, expected, "{} in {language:?}", specimen.state);
        checked += 1;
    }
    assert_eq!(checked, 2 * 15, "every state of points in both languages");
}

#[test]
fn form_of_a_member_keeps_its_height_from_the_skeleton_on() {
    let sale = Sale::start();
    for width in WIDTHS {
        let heights = |state: &str| -> Vec<f64> {
            sale.theme(&format!("width=fill&theme=light&state={state}"), width);
            sale.specimens().iter().map(|specimen| specimen.height).collect()
        };
        let skeleton = heights("points-skeleton");
        assert_eq!(skeleton.len(), LANGUAGES.len());
        for state in ["points-opening", "points", "points-few", "points-typing", "points-least"] {
            assert_eq!(heights(state), skeleton, "{state} at {width} px");
        }
        let part = heights("points-part");
        for state in [
            "points-setting",
            "points-most",
            "points-refused",
            "points-offline",
            "points-unneeded",
            "points-all",
            "points-locked",
        ] {
            assert_eq!(heights(state), part, "{state} at {width} px");
        }
    }
}

#[test]
fn shares_and_edges_stand_out_three_to_one() {
    let sale = Sale::start();
    for theme in THEMES {
        for state in ["ten", "points-cards"] {
            sale.theme(&format!("state={state}&theme={theme}"), 1280);
            let least = sale.browser.run(CONTRAST, &[]).as_f64().unwrap();
            println!("least contrast of a share or an edge, {state}, {theme}: {least:.2}");
            assert!(least >= 3.0, "{state}, {theme}: {least}");
        }
    }
}

#[test]
fn axe_finds_nothing_in_any_state() {
    check_axe(Engine::Chromium);
}

#[test]
fn axe_finds_nothing_in_any_state_in_firefox() {
    check_axe(Engine::Firefox);
}

#[track_caller]
fn check_axe(engine: Engine) {
    let sale = Sale::start_in(engine);
    let mut measured = 0;
    for width in [375, 1280] {
        let everything = LANGUAGES.map(|language| format!("width=fill&lang={}", language.tag()));
        for view in everything.into_iter().chain(ALONE.map(|state| format!("width=fill&state={state}"))) {
            sale.theme(&view, width);
            let finding = sale.axe();
            assert_eq!(finding.told, Vec::<String>::new(), "{view} at {width}");
            measured += finding.measured;
        }
    }
    println!("axe-core in {engine:?}: 0 violations, 0 incomplete; the contrast of {measured} texts was measured");
}

#[test]
fn axe_looks_into_the_widget() {
    for engine in [Engine::Chromium, Engine::Firefox] {
        let sale = Sale::start_in(engine);
        sale.theme("state=three&lang=en&theme=light", 375);
        sale.browser.run("document.getElementById('states').style.setProperty('--raseed-muted', '#aaa')", &[]);
        let told = sale.axe().told;
        let is_ours = |told: &String| told.contains("color-contrast") && told.contains("leaves");
        assert!(told.iter().any(is_ours), "{engine:?}: {told:?}");
    }
}
