//! `<raseed-checkout>` as a shopper meets it: what it shows, and what can be done in it.
//!
//! In scope: reading everything that is visible or spoken in one look ([`Face`]), and acting on the element through its open shadow root. This is the one
//! place that knows the ids and parts in there.

use crate::browser::Browser;
use serde::Deserialize;
use serde_json::{Value, json};

/// The element.
const HOST: &str = "raseed-checkout";

/// The one element of the open page.
#[derive(Clone, Copy, Debug)]
pub struct Widget<'a> {
    browser: &'a Browser,
}

/// What the element shows.
#[derive(Deserialize, Clone, Debug, PartialEq)]
pub struct Face {
    /// The direction of the panel.
    pub dir: String,
    /// The heading.
    pub title: String,
    /// The name of the code field.
    pub label: String,
    /// The text in the code field.
    pub code: String,
    /// The words on the button.
    pub apply: String,
    /// Whether a code is being checked.
    pub busy: bool,
    /// Whether the code field is marked as wrong.
    pub invalid: bool,
    /// What stands beside the field.
    pub message: String,
    /// What a screen reader was told last.
    pub said: String,
    /// That the order is covered, when that stands in the field's place.
    pub covered: Option<String>,
    /// Whether the code field can be reached.
    pub open: bool,
    /// The words before the amount that remains.
    pub remaining: String,
    /// The amount that remains, as it is written.
    pub amount: String,
    /// The bar in words.
    pub bar: String,
    /// The rows of the list, from the top.
    pub rows: Vec<Row>,
    /// What the element hands to the form.
    pub value: Option<String>,
    /// What the page can ask for.
    pub quote: Value,
}

/// One row of the list.
#[derive(Deserialize, Clone, Debug, PartialEq)]
pub struct Row {
    /// `applied`, `checking`, `refused` or `reserved`.
    pub is: String,
    /// The card's last four.
    pub last4: String,
    /// What it pays, as it is written.
    pub applied: String,
    /// What is left on it, in words.
    pub leaves: String,
    /// When it expires, in words; empty for never.
    pub expires: String,
    /// What the law asks to be told of it; empty for nothing.
    pub disclosure: String,
    /// The colour of its little card.
    pub colour: String,
}

const FACE: &str = r#"
const host = document.querySelector('raseed-checkout');
const part = (id) => host.shadowRoot.getElementById(id);
const text = (node) => node?.textContent ?? '';
const spoken = (node) => [...node.childNodes].filter((child) => child.ariaHidden !== 'true').map(text).join('').trim();
const seen = (node) => node.checkVisibility({ visibilityProperty: true });
const form = host.closest('form');
return {
  dir: getComputedStyle(part('panel')).direction,
  title: text(part('title')),
  label: text(part('label')),
  code: part('code').value,
  apply: text(part('apply')),
  busy: part('apply').getAttribute('aria-busy') === 'true',
  invalid: part('code').getAttribute('aria-invalid') === 'true',
  message: seen(part('message')) ? text(part('message')) : '',
  said: text(part('said')),
  covered: seen(part('covered')) ? text(part('covered')) : null,
  open: seen(part('code')),
  remaining: text(part('remaining')),
  amount: text(part('amount')),
  bar: part('bar').getAttribute('aria-label') ?? '',
  rows: [...part('tenders').children].map((row) => ({
    is: row.dataset.is,
    last4: spoken(row.querySelector('.last4')),
    applied: text(row.querySelector('.applied')),
    leaves: text(row.querySelector('.leaves')),
    expires: text(row.querySelector('.expires')),
    disclosure: text(row.querySelector('.disclosure')),
    colour: getComputedStyle(row.querySelector('.chip')).backgroundColor,
  })),
  value: form && new FormData(form).get(host.getAttribute('name')),
  quote: host.quote,
};"#;

/// Whether the element has nothing under way, as far as it can be seen.
const SETTLED: &str = r#"
const host = document.querySelector('raseed-checkout');
const root = host.shadowRoot;
return root.getElementById('apply').getAttribute('aria-busy') !== 'true'
  && host.quote?.tenders.length === root.querySelectorAll('[data-is=applied]').length;"#;

/// What lies on top at each place of the bar, once nothing moves any more.
const BAR: &str = r"
const root = document.querySelector('raseed-checkout').shadowRoot;
const bar = root.getElementById('bar');
await Promise.allSettled(root.getAnimations().map(({ finished }) => finished));
bar.scrollIntoView({ block: 'center' });
const { left, top, width, height } = bar.getBoundingClientRect();
const mirrored = getComputedStyle(bar).direction === 'rtl';
return arguments[0].map((percent) => {
  const part = (mirrored ? 100 - percent : percent) / 100;
  const top_most = root.elementFromPoint(left + width * part, top + height / 2);
  return top_most === bar ? '' : getComputedStyle(top_most).backgroundColor;
});";

impl<'a> Widget<'a> {
    /// The element of the page that the browser shows.
    pub fn of(browser: &'a Browser) -> Self {
        Self { browser }
    }

    /// Waits until the element has said that it is ready, and that a checkout stands behind it.
    #[track_caller]
    pub fn ready(self) -> Self {
        self.browser.until(
            "the widget is ready",
            "return watched.events.some(({ name }) => name === 'raseed-ready') && document.querySelector('raseed-checkout').quote !== null",
            &[],
        );
        self
    }

    /// Everything that it shows.
    #[track_caller]
    pub fn face(self) -> Face {
        serde_json::from_value(self.browser.run(FACE, &[])).unwrap()
    }

    /// Waits until nothing is under way, and looks.
    #[track_caller]
    pub fn settled(self) -> Face {
        self.browser.until("the widget has settled", SETTLED, &[]);
        self.face()
    }

    /// The colours of the bar at these percents of its length, counted from where reading begins; empty where nothing is paid.
    #[track_caller]
    pub fn bar(self, percents: &[u32]) -> Vec<String> {
        serde_json::from_value(self.browser.run(BAR, &[json!(percents)])).unwrap()
    }

    /// Pastes a text into the field by the clipboard and the keyboard, in place of what is there.
    #[track_caller]
    pub fn paste(self, text: &str) {
        self.browser.paste_inside(HOST, "#code", text);
    }

    /// Clicks on Apply with the mouse.
    #[track_caller]
    pub fn click_apply(self) {
        self.browser.click_inside(HOST, "#apply");
    }

    /// Presses keys in the field.
    #[track_caller]
    pub fn press(self, keys: &str) {
        self.browser.press_inside(HOST, "#code", keys);
    }

    /// Pastes a code, clicks on Apply and waits for the end: all with the mouse and the keyboard.
    #[track_caller]
    pub fn apply_by_hand(self, code: &str) -> Face {
        self.paste(code);
        self.click_apply();
        self.settled()
    }

    /// Puts a code into the field as an editor would, applies it, and waits for the end.
    #[track_caller]
    pub fn apply(self, code: &str) -> Face {
        self.enter(code);
        self.settled()
    }

    /// The same without waiting.
    #[track_caller]
    pub fn enter(self, code: &str) {
        self.browser.run(
            "const root = document.querySelector('raseed-checkout').shadowRoot;
            const field = root.getElementById('code');
            field.focus();
            field.select();
            document.execCommand('insertText', false, arguments[0]);
            root.getElementById('apply').click();",
            &[code.into()],
        );
    }

    /// Clicks on the Remove of the row in that place with the mouse, and waits for the end.
    #[track_caller]
    pub fn remove(self, place: usize) -> Face {
        self.browser.click_inside(HOST, &format!("#tenders > :nth-child({}) .remove", place.saturating_add(1)));
        self.settled()
    }

    /// Changes attributes of the element.
    pub fn set(self, attributes: &[(&str, &str)]) {
        self.browser.run(
            "for (const [name, value] of arguments[0]) document.querySelector('raseed-checkout').setAttribute(name, value);",
            &[json!(attributes)],
        );
    }

    /// Waits until a message stands beside the field, and returns it.
    #[track_caller]
    pub fn message(self) -> String {
        let message = self.browser.until(
            "a message stands beside the field",
            "return document.querySelector('raseed-checkout').shadowRoot.getElementById('message').textContent",
            &[],
        );
        message.as_str().map(String::from).unwrap_or_default()
    }

    /// The requests to the API since the page was opened: method, path, body.
    pub fn requests(self) -> Vec<Value> {
        let script = "return watched.requests.filter(({ path }) => path.startsWith('/v1/'))";
        self.browser.run(script, &[]).as_array().cloned().unwrap_or_default()
    }

    /// The requests among them that apply a code.
    pub fn applications(self) -> Vec<Value> {
        let applies = |request: &Value| request["method"] == "POST" && is_tender(request);
        self.requests().into_iter().filter(applies).collect()
    }

    /// The element's events since the page was opened: name and detail.
    pub fn events(self) -> Vec<Value> {
        self.browser.run("return watched.events", &[]).as_array().cloned().unwrap_or_default()
    }

    /// The detail of the last event of that name.
    #[track_caller]
    pub fn last_event(self, name: &str) -> Value {
        self.events().iter().rev().find(|event| event["name"] == name).map(|event| event["detail"].clone()).unwrap()
    }
}

fn is_tender(request: &Value) -> bool {
    request["path"].as_str().is_some_and(|path| path.ends_with("/tenders"))
}
