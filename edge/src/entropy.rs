//! The only place that reads randomness: ids of checkouts that a page starts. Everything else is derived from keys, so that a repeated request meets
//! the same object.

use crate::problem::Fault;
use wasm_bindgen::JsCast;

/// Sixteen unpredictable bytes.
pub fn sixteen_bytes() -> Result<[u8; 16], Fault> {
    let scope: web_sys::WorkerGlobalScope = js_sys::global().unchecked_into();
    let mut bytes = [0; 16];
    scope
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .map_err(|_| Fault::Runtime("no randomness".into()))?;
    Ok(bytes)
}
