//! The console and the card page in a real browser, as people of a shop and those who are given a card meet them.
//!
//! In scope here: the desk that all of these tests sit at: a server with a shop that has a name, places and programmes, and a browser that is signed in with
//! both factors. Each sign-in has a console key of its own number, since a code of an authenticator counts once. Only the direction of time is looked at with
//! figures that are not the server's (`month.js`): one that began a moment ago has no month behind it.

mod card_page;
mod files;
mod imports;
mod issuing;
mod life;
mod limits;
mod marks;
mod old_codes;
mod preview;
mod reports;
mod screens;
mod sessions;
mod settings;

use serde_json::{Value, json};
use shared::seal::Scope;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tests::browser::Browser;
use tests::secrets::Secrets;
use tests::server::Server;
use tests::words::{LANGUAGES, Language};

const MONTH: &str = include_str!("console/month.js");

/// What a test's browser shares is kept instead of being handed to a system that has nobody to share with.
const SHARING: &str = "navigator.share = async (what) => { (watched.shared ??= []).push(what); };";

/// Everything that axe-core finds wrong, and whatever it is unsure of but the contrast of words over a pattern or beyond the edge of what scrolls. A card's
/// pattern only adds to the contrast (`face.js`).
const AXE: &str = r"
await Promise.allSettled(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations !== Infinity).map(({ finished }) => finished));
const { violations, incomplete } = await axe.run();
const unsure = incomplete.filter(({ id }) => id !== 'color-contrast');
const told = (id, { target, any, all, none }) => [id, target.flat().join(' '), [...any, ...all, ...none][0]?.message].join(': ');
return [...violations, ...unsure].flatMap(({ id, nodes }) => nodes.map((node) => told(id, node)));";

/// What sticks out of the window, unless it scrolls by itself or is only heard.
const TOO_WIDE: &str = r"
const outside = (each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width > 0 && each.checkVisibility() && (right > innerWidth + 1 || left < -1);
};
const free = '.scroll, .tabs, .skip, .heard, .preview-cards, svg';
const wide = [...document.body.querySelectorAll('*')].filter((each) => outside(each) && !each.closest(free)).map((each) => each.outerHTML.slice(0, 90));
return document.documentElement.scrollWidth > innerWidth ? [...wide, 'the page'] : wide;";

struct Desk {
    server: Server,
    browser: Browser,
    language: Cell<Language>,
    signed_in: Cell<u32>,
}

impl Desk {
    /// A server with a shop, and a browser.
    fn start() -> Self {
        let desk = Self::of_new_shop();
        desk.server.api().change("PUT", "/v1/settings", &shop()).expect(200);
        desk
    }

    /// A server whose shop has set nothing yet, and a browser.
    fn of_new_shop() -> Self {
        let server = Server::start();
        let browser = Browser::start();
        browser.begin_pages_with(SHARING);
        browser.resize(1280, 860);
        Self { server, browser, language: Cell::new(Language::English), signed_in: Cell::new(0) }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.ready.url)
    }

    /// Opens an address in that language, as somebody who has chosen it before and is not signed in.
    fn open(&self, path: &str, language: Language) {
        self.language.set(language);
        self.browser.open(&self.url("/card/"));
        self.browser.run(
            "sessionStorage.clear(); localStorage.setItem('raseed-language', arguments[0])",
            &[language.tag().into()],
        );
        self.browser.open("about:blank");
        self.browser.open(&self.url(path));
    }

    /// Both factors of a console key that nobody has used yet, at so many seconds from now.
    fn factors(&self, seconds: u64) -> (String, String) {
        self.signed_in.set(self.signed_in.get() + 1);
        (console_key(self.signed_in.get()), totp(self.signed_in.get(), seconds))
    }

    #[track_caller]
    fn until_shown(&self, screen: &str) {
        self.browser.until(
            &format!("{screen} is shown"),
            "return document.documentElement.dataset.shown === arguments[0]",
            &[screen.into()],
        );
    }

    /// Types both factors into the form that asks for them.
    #[track_caller]
    fn give(&self, key: &str, totp: &str) {
        self.browser.replace("[name=key]", key);
        self.browser.replace("[name=totp]", totp);
    }

    /// Opens the console and signs in.
    #[track_caller]
    fn sign_in(&self, language: Language) {
        self.open("/console/", language);
        self.until_shown("sign-in");
        let (key, totp) = self.factors(0);
        self.give(&key, &totp);
        self.browser.click(".sign-in .main");
        self.until_shown("issue");
    }

    /// Goes to a screen by its address.
    #[track_caller]
    fn go(&self, way: &str) {
        let script = r"
        delete document.documentElement.dataset.shown;
        if (location.hash === `#/${arguments[0]}`) dispatchEvent(new HashChangeEvent('hashchange'));
        else location.hash = `#/${arguments[0]}`;";
        self.browser.run(script, &[way.into()]);
        self.browser.until(&format!("{way} is shown"), "return document.documentElement.dataset.shown", &[]);
    }

    /// The text of what the selector finds first, once it has any.
    #[track_caller]
    fn text(&self, selector: &str) -> String {
        let text = "return document.querySelector(arguments[0])?.textContent";
        self.browser.until(&format!("{selector} has a text"), text, &[selector.into()]).as_str().unwrap().to_owned()
    }

    /// What the visible message above a form says, once there is one.
    #[track_caller]
    fn told(&self) -> String {
        self.text(".notice:not([hidden])")
    }

    fn theme(&self, theme: &str) {
        self.browser.protocol(
            "Emulation.setEmulatedMedia",
            json!({"features": [{"name": "prefers-color-scheme", "value": theme}]}),
        );
    }

    fn axe(&self) -> Vec<String> {
        // Half a megabyte, sent once to each page, and to the one that it frames.
        let source = || {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/node_modules/axe-core/axe.min.js");
            let source = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            format!("{source}\nwindow.axe = axe;")
        };
        if self.browser.run("return typeof axe", &[]) == "undefined" {
            self.browser.run(&source(), &[]);
        }
        if self.browser.run("return document.querySelectorAll('iframe:not([hidden])').length", &[]) == 1 {
            let shown = "return document.querySelector('iframe').contentDocument?.querySelector('raseed-checkout:not(.waiting)')?.localName";
            self.browser.until("the frame shows a checkout", shown, &[]);
            if self.browser.run_in_frame("return typeof axe", &[]) == "undefined" {
                self.browser.run_in_frame(&source(), &[]);
            }
        }
        serde_json::from_value(self.browser.run(AXE, &[])).unwrap()
    }

    /// Takes a picture of the page from top to bottom, for people to look at, and says what is wrong with what can be asked.
    fn look(&self, name: &str, width: u32) -> Vec<String> {
        let name = format!("{name}-{}-{width}", self.language.get().tag());
        self.picture(&name, width);
        let wide: Vec<String> = serde_json::from_value(self.browser.run(TOO_WIDE, &[])).unwrap();
        let faults = self.axe().into_iter().chain(wide.into_iter().map(|each| format!("too wide: {each}")));
        faults.map(|fault| format!("{name}: {fault}")).collect()
    }

    /// Signs in for each language, at the width of a desk and of a phone, and visits something in each theme.
    fn in_every_view(&self, mut visit: impl FnMut(&str, u32)) {
        for language in LANGUAGES {
            for width in [1280, 375] {
                self.browser.resize(width, 860);
                self.sign_in(language);
                for theme in ["light", "dark"] {
                    self.theme(theme);
                    visit(theme, width);
                }
                assert_eq!(self.browser.run("return watched.violations", &[]), json!([]));
            }
        }
    }

    /// The picture alone, and where it lies.
    fn picture(&self, name: &str, width: u32) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/raseed/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let height = self.browser.run("return Math.max(innerHeight, document.documentElement.scrollHeight)", &[]);
        self.browser.resize(width, height.as_u64().unwrap().try_into().unwrap());
        let file = folder.join(format!("console-{name}.png"));
        std::fs::write(&file, self.browser.picture()).unwrap();
        self.browser.resize(width, if width < 600 { 812 } else { 860 });
        file
    }
}

/// A console key of the development merchant.
fn console_key(number: u32) -> String {
    Secrets::development().restricted_key(&[Scope::Console], "noor", number)
}

/// What its authenticator shows so many seconds from now.
fn totp(number: u32, seconds: u64) -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    Secrets::development().totp("noor", number, (now + seconds) * 1_000)
}

/// A shop of two places and two programmes.
fn shop() -> Value {
    json!({
        "name": {"ar": "نور", "en": "Noor"},
        "locations": [{"id": "riyadh", "name": {"ar": "الرياض", "en": "Riyadh"}}, {"id": "jeddah", "name": {"ar": "جدة", "en": "Jeddah"}}],
        "programs": [
            {
                "id": "gift", "currency": "SAR", "name": {"ar": "بطاقة هدية", "en": "Gift card"}, "reloadable": true,
                "amounts": {"preset": [5_000, 10_000, 25_000, 50_000]},
                "look": {"colour": "#0f766e", "pattern": "stars", "texts": {"ar": "مع أطيب التمنيات", "en": "With our best wishes"}},
            },
            {
                "id": "eid", "kind": "promo", "currency": "SAR", "name": {"ar": "عيدية", "en": "Eid"}, "validity_days": 90,
                "look": {"colour": "#a21caf", "pattern": "lattice"},
            },
        ],
    })
}
