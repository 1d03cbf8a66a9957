//! Counts what the platform bills: rows read, rows written (an alarm is one) and requests to objects. Counts never vary between machines, so tests hold them to
//! bounds where a clock would only guess.
//!
//! They are this isolate's since it started, and told by `/healthz` only where the deployment asks for it: how busy a shop is, is its own business.

use crate::bindings;
use serde_json::{Value, json};
use std::cell::Cell;
use std::thread::LocalKey;
use wasm_bindgen::JsValue;
use worker::Env;

thread_local! {
    static ROWS_READ: Cell<u64> = const { Cell::new(0) };
    static ROWS_WRITTEN: Cell<u64> = const { Cell::new(0) };
    static BOOK_ROWS_WRITTEN: Cell<u64> = const { Cell::new(0) };
    static OBJECT_REQUESTS: Cell<u64> = const { Cell::new(0) };
    static HAND_OFFS: Cell<u64> = const { Cell::new(0) };
}

fn add(counter: &'static LocalKey<Cell<u64>>, count: u64) {
    counter.set(counter.get().saturating_add(count));
}

/// Counts rows that a query looked at, whether it returned them or not.
pub fn rows_read(rows: usize) {
    add(&ROWS_READ, u64::try_from(rows).unwrap_or(0));
}

/// Counts rows that a statement of the money path wrote, those of indexes included.
pub fn rows_written(rows: usize) {
    add(&ROWS_WRITTEN, u64::try_from(rows).unwrap_or(0));
}

/// Does something and counts the rows that it writes as the book's, which no sale waits for.
pub fn as_book<T>(write: impl FnOnce() -> T) -> T {
    let before = ROWS_WRITTEN.get();
    let written = write();
    add(&BOOK_ROWS_WRITTEN, ROWS_WRITTEN.replace(before).saturating_sub(before));
    written
}

/// Counts a request to an object.
pub fn object_request() {
    add(&OBJECT_REQUESTS, 1);
}

/// Counts a hand-off, which is a request of its own kind.
pub fn hand_off() {
    add(&HAND_OFFS, 1);
}

/// What was counted, where the deployment asks for it.
pub fn read(env: &Env) -> Option<Value> {
    let asked = js_sys::Reflect::get(env.as_ref(), &JsValue::from_str(bindings::METER)).ok()?.as_string()?;
    (asked == "on").then(|| {
        json!({
            "rows_read": ROWS_READ.get(),
            "rows_written": ROWS_WRITTEN.get(),
            "book_rows_written": BOOK_ROWS_WRITTEN.get(),
            "object_requests": OBJECT_REQUESTS.get(),
            "hand_offs": HAND_OFFS.get(),
        })
    })
}
