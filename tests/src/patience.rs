//! Waiting for what happens without being asked for, such as an alarm.

use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(50);

/// Looks again and again until there is something to see, at most for that long.
#[track_caller]
pub fn until<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    // Nobody ever sends: receiving is a pause that ends.
    let (_sender, silence) = mpsc::channel::<()>();
    let started = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < limit, "within {limit:?} it did not happen that {what}");
        let _ = silence.recv_timeout(INTERVAL);
    }
}
