//! The only place that reads the time.

/// Milliseconds since 1970, by the machine's clock as it is.
pub fn now_ms() -> u64 {
    worker::Date::now().as_millis()
}
