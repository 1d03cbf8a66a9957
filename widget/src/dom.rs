//! The browser, as the widget sees it.
//!
//! [`Shell`] is what the loader's side of one element lends: nodes, the browser's `Intl`, requests, events. What the platform may throw is caught there,
//! so nothing here fails. No function takes markup, so no text can become an element. There are no listeners in the Wasm: the loader's class hears all
//! events of the form at its root, and they go with it.
//!
//! The bindings are these thirty-odd and no more. With `web-sys` and `js-sys` linked the widget weighed two kilobytes more, brotli, for the same nodes:
//! every method is an import, a shim and a hashed name, and their exports stay in the Wasm whether they are called or not.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The loader's side of one element; `loader.js`, `form.js` and `figures.js` say what each function does.
    #[derive(Clone)]
    pub type Shell;

    /// Nodes by name: those of the panel, or of a row.
    pub(crate) type Parts;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn parts(this: &Shell) -> Parts;
    #[wasm_bindgen(method)]
    pub(crate) fn row(this: &Shell, panel: &Parts, colour: Option<u32>) -> Parts;
    #[wasm_bindgen(method)]
    pub(crate) fn place(this: &Shell, row: &Parts, from: u32, to: u32);
    #[wasm_bindgen(method)]
    pub(crate) fn settle(this: &Shell, panel: &Parts);
    #[wasm_bindgen(method)]
    pub(crate) fn take(this: &Shell, row: &Parts);
    #[wasm_bindgen(method)]
    pub(crate) fn focus(this: &Shell, parts: &Parts, name: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn text(this: &Shell, parts: &Parts, name: &str, text: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn set(this: &Shell, parts: &Parts, name: &str, attribute: &str, value: Option<&str>);
    #[wasm_bindgen(method)]
    pub(crate) fn points(this: &Shell, parts: &Parts, lines: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn money(this: &Shell, parts: &Parts, name: &str, decimal: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn focused(this: &Shell) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn typed(this: &Shell) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn retype(this: &Shell, text: &str, caret: u32);

    #[wasm_bindgen(method)]
    pub(crate) fn locale(this: &Shell, exponent: u8) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn amount(this: &Shell, decimal: &str) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn count(this: &Shell, number: &str) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn counted(this: &Shell, number: &str, forms: &str) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn date(this: &Shell, ms: f64) -> String;

    #[wasm_bindgen(method)]
    pub(crate) fn attribute(this: &Shell, name: &str) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn has(this: &Shell, name: &str) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn warn(this: &Shell, attribute: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn record(this: &Shell) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn ask(
        this: &Shell,
        ticket: u32,
        method: &str,
        path: &str,
        bearer: &str,
        key: &str,
        body: &str,
        delay_ms: u32,
        limit_ms: u32,
    );
    #[wasm_bindgen(method)]
    pub(crate) fn answered(this: &Shell, path: &str) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn number(this: &Shell, path: &str) -> f64;
    #[wasm_bindgen(method)]
    pub(crate) fn learn(this: &Shell);
    #[wasm_bindgen(method)]
    pub(crate) fn tell(this: &Shell, name: &str, code: &str, retryable: bool);
    #[wasm_bindgen(method)]
    pub(crate) fn submit(this: &Shell, value: Option<&str>);
    #[wasm_bindgen(method)]
    pub(crate) fn chance(this: &Shell) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn kept(this: &Shell, name: &str, place: u32) -> String;
    #[wasm_bindgen(method)]
    pub(crate) fn keep(this: &Shell, name: &str, id: &str, token: &str, last4: &str, key: &str, rows: usize);
}

/// Puts texts together.
pub(crate) fn join(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}
