//! Counts what the platform bills: rows written (an alarm is one) and requests to objects. Counts never vary between machines, so tests hold them to
//! bounds where a clock would only guess.
//!
//! They are this isolate's since it started, and told by `/healthz` only where the deployment asks for it: how busy a shop is, is its own business.

use crate::bindings;
use std::cell::Cell;
use wasm_bindgen::JsValue;
use worker::Env;

thread_local! {
    static ROWS_WRITTEN: Cell<u64> = const { Cell::new(0) };
    static OBJECT_REQUESTS: Cell<u64> = const { Cell::new(0) };
}

/// Counts rows that a statement wrote, those of indexes included.
pub fn rows_written(rows: usize) {
    ROWS_WRITTEN.set(ROWS_WRITTEN.get().saturating_add(u64::try_from(rows).unwrap_or(0)));
}

/// Counts a request to an object.
pub fn object_request() {
    OBJECT_REQUESTS.set(OBJECT_REQUESTS.get().saturating_add(1));
}

/// Rows written and requests to objects, where the deployment asks for them.
pub fn read(env: &Env) -> Option<(u64, u64)> {
    let asked = js_sys::Reflect::get(env.as_ref(), &JsValue::from_str(bindings::METER)).ok()?.as_string()?;
    (asked == "on").then(|| (ROWS_WRITTEN.get(), OBJECT_REQUESTS.get()))
}
