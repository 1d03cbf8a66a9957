//! The browser, as the widget sees it.
//!
//! `shell` is what the loader's side of one element lends: nodes, the browser's `Intl`, requests, events. What the platform may throw is caught there,
//! so nothing here fails. No function takes markup, so no text can become an element. There are no listeners in the Wasm: the loader's class hears all
//! events of the form at its root, and they go with it.
//!
//! Every element has its own, and `shell.js` says which one is meant before it calls the Wasm. So no value of JavaScript is held here, only numbers and
//! texts cross, and a node is a name and the number of its row; tables of values weighed six hundred bytes, brotli. A function without arguments would be
//! bound to the shell that there is when the script starts, that is to none; each has one.
//!
//! The bindings are these and no more. With `web-sys` and `js-sys` linked the widget weighed two kilobytes more, brotli, for the same nodes: every method
//! is an import, a shim and a hashed name, and their exports stay in the Wasm whether they are called or not.

use wasm_bindgen::prelude::*;

/// The row whose nodes are those of the panel itself.
pub(crate) const PANEL: u32 = 0;

/// `shell.js`, `form.js` and `figures.js` say what each function does.
#[wasm_bindgen(raw_module = "raseed-shell", js_namespace = shell)]
extern "C" {
    pub(crate) fn row(colour: Option<u32>) -> u32;
    pub(crate) fn place(row: u32, from: u32, to: u32);
    pub(crate) fn take(row: u32);
    pub(crate) fn focus(row: u32, name: &str);
    pub(crate) fn has_focus(selector: &str) -> bool;
    pub(crate) fn text(row: u32, name: &str, text: &str);
    pub(crate) fn set(row: u32, name: &str, attribute: &str, value: &str);
    pub(crate) fn points(lines: &str);
    pub(crate) fn money(row: u32, name: &str, minor: f64);
    pub(crate) fn value(name: &str) -> String;
    pub(crate) fn retype(text: &str, caret: u32);

    pub(crate) fn locale(currency: &str, exponent: u8) -> bool;
    pub(crate) fn amount(minor: f64) -> String;
    pub(crate) fn count(number: f64) -> String;
    pub(crate) fn counted(number: f64, forms: &str) -> String;
    pub(crate) fn digits(number: f64) -> String;
    pub(crate) fn date(ms: f64) -> String;

    pub(crate) fn attribute(name: &str) -> String;
    pub(crate) fn has(name: &str) -> bool;
    pub(crate) fn warn(attribute: &str);
    pub(crate) fn chance() -> String;
    pub(crate) fn record() -> String;
    pub(crate) fn kept(name: &str, place: u32) -> String;
    pub(crate) fn keep(name: &str, id: &str, token: &str, last4: &str, key: &str);

    pub(crate) fn ask(
        ticket: u32,
        call: &str,
        id: &str,
        bearer: &str,
        key: &str,
        value: &str,
        currency: &str,
        reference: &str,
        member: &str,
        delay_ms: u32,
    );
    pub(crate) fn answered(path: &str) -> String;
    pub(crate) fn number(path: &str) -> f64;
    pub(crate) fn show(submitted: &str, knows: bool, learns: bool);
    pub(crate) fn tell(name: &str, code: &str, retryable: bool);
}

/// Puts texts together.
pub(crate) fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}
