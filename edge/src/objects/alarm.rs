//! The one alarm of an object.

use crate::meter;
use crate::problem::Fault;
use worker::{ScheduledTime, Storage};

/// Sets the alarm. Called in the same turn as the write that it belongs to, so both are kept or neither.
pub async fn set(storage: &Storage, due_ms: u64) -> Result<(), Fault> {
    meter::rows_written(|| 1);
    let due_ms = i64::try_from(due_ms).map_err(|_| Fault::Corrupt("deadline"))?;
    let moment = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(js_number(due_ms)));
    Ok(storage.set_alarm(ScheduledTime::new(moment)).await?)
}

/// Milliseconds since 1970 stay far below 2⁵³, so the conversion is exact.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn js_number(value: i64) -> f64 {
    value as f64
}
