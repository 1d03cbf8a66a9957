//! `transactionSync`, which the runtime's binding leaves out. Two `exec` in a row are not one: when the second fails, the first row stays.

use crate::problem::Fault;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use worker::Storage;

#[wasm_bindgen]
extern "C" {
    type SyncStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(this: &SyncStorage, closure: &mut dyn FnMut() -> Result<(), JsValue>) -> Result<(), JsValue>;
}

/// Runs `write` in one transaction: all of its rows are kept, or none.
pub fn transaction(storage: &Storage, mut write: impl FnMut() -> Result<(), Fault>) -> Result<(), Fault> {
    let raw: &JsValue = storage.as_raw().as_ref();
    let storage: &SyncStorage = wasm_bindgen::JsCast::unchecked_ref(raw);
    let mut failed = None;
    let outcome = storage.transaction_sync(&mut || {
        write().map_err(|fault| {
            // The exception makes the runtime roll back; the fault itself stays on this side.
            failed = Some(fault);
            JsValue::from_str("rolled back")
        })
    });
    match (outcome, failed) {
        (Ok(()), None) => Ok(()),
        (_, Some(fault)) => Err(fault),
        (Err(error), None) => Err(Fault::Runtime(worker::Error::from(error).to_string())),
    }
}
