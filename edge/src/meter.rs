//! Counts what the platform bills: rows read, rows written (an alarm is one) and requests to objects. Counts never vary between machines, so tests hold them to
//! bounds where a clock would only guess.
//!
//! They are this isolate's since it started, and counted and told by `/healthz` only where the deployment asks for it: how busy a shop is, is its own
//! business, and asking the runtime what a query cost is a call more for each.

use crate::bindings;
use serde_json::{Value, json};
use std::cell::Cell;
use std::thread::LocalKey;
use wasm_bindgen::JsValue;
use worker::Env;

thread_local! {
    /// Whether the deployment asks for it; `None` until somebody looked.
    static IS_ON: Cell<Option<bool>> = const { Cell::new(None) };
    static ROWS_READ: Cell<u64> = const { Cell::new(0) };
    static ROWS_WRITTEN: Cell<u64> = const { Cell::new(0) };
    static BOOK_ROWS_WRITTEN: Cell<u64> = const { Cell::new(0) };
    static OBJECT_REQUESTS: Cell<u64> = const { Cell::new(0) };
    static SETTINGS_REQUESTS: Cell<u64> = const { Cell::new(0) };
    static HAND_OFFS: Cell<u64> = const { Cell::new(0) };
}

fn add(counter: &'static LocalKey<Cell<u64>>, count: u64) {
    counter.set(counter.get().saturating_add(count));
}

/// Looks whether the deployment asks for it. Every object does when it wakes, and only the first of an isolate asks the runtime.
pub fn look(env: &Env) -> bool {
    IS_ON.get().unwrap_or_else(|| {
        let asked = js_sys::Reflect::get(env.as_ref(), &JsValue::from_str(bindings::METER)).ok();
        let is_on = asked.and_then(|asked| asked.as_string()).is_some_and(|asked| asked == "on");
        IS_ON.set(Some(is_on));
        is_on
    })
}

fn rows(counter: &'static LocalKey<Cell<u64>>, count: impl FnOnce() -> usize) {
    if IS_ON.get() == Some(true) {
        add(counter, u64::try_from(count()).unwrap_or(0));
    }
}

/// Counts rows that a query looked at, whether it returned them or not.
pub fn rows_read(count: impl FnOnce() -> usize) {
    rows(&ROWS_READ, count);
}

/// Counts rows that a statement of the money path wrote, those of indexes included.
pub fn rows_written(count: impl FnOnce() -> usize) {
    rows(&ROWS_WRITTEN, count);
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

/// Counts a request to a merchant's object. It is one in half a minute, whatever is sold meanwhile, so it is no part of what a sale costs.
pub fn settings_request() {
    add(&SETTINGS_REQUESTS, 1);
}

/// Counts a hand-off, which is a request of its own kind.
pub fn hand_off() {
    add(&HAND_OFFS, 1);
}

/// What was counted, where the deployment asks for it.
pub fn read(env: &Env) -> Option<Value> {
    look(env).then(|| {
        json!({
            "rows_read": ROWS_READ.get(),
            "rows_written": ROWS_WRITTEN.get(),
            "book_rows_written": BOOK_ROWS_WRITTEN.get(),
            "object_requests": OBJECT_REQUESTS.get(),
            "settings_requests": SETTINGS_REQUESTS.get(),
            "hand_offs": HAND_OFFS.get(),
        })
    })
}
