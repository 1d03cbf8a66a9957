//! What a checkout tells the journal of itself: the events of its steps, from its own row, until they are acknowledged. No request waits for it.

use super::CheckoutObject;
use super::store::Stored;
use crate::clock;
use crate::objects::stub::ask_journal;
use crate::problem::{Failure, Fault};
use shared::event::{Event, Notice};
use shared::limits::{HAND_OFF_DELAY_MS, HAND_OFF_RETRY_MS};
use shared::wire::call::JournalCall;
use shared::wire::document;

impl CheckoutObject {
    /// When to tell what there is: in a moment, together with what follows soon, and later each time that the journal is not there.
    pub(super) fn tell_ms(&self, stored: &Stored) -> Option<u64> {
        let delay_ms = match self.unheard.get() {
            0 => HAND_OFF_DELAY_MS,
            times => HAND_OFF_RETRY_MS
                .start()
                .saturating_mul(1_u64.checked_shl(times.saturating_sub(1)).unwrap_or(u64::MAX))
                .min(*HAND_OFF_RETRY_MS.end()),
        };
        (!stored.untold.is_empty()).then(|| clock::now_ms().saturating_add(delay_ms))
    }

    /// Tells what there is, and sets the alarm to what is due next.
    pub(super) async fn tell(&self) -> Result<(), Failure> {
        let Some(Stored { id, scope, untold, .. }) = self.store.load()? else { return Ok(()) };
        if !untold.is_empty() {
            let notices = untold.lines().map(|line| document::read(line.as_bytes())).collect::<Option<_>>();
            let call = JournalCall::Tell { notices: notices.ok_or(Fault::Corrupt("untold"))? };
            match ask_journal::<()>(&self.env, &scope, &call).await {
                Ok(()) => {
                    self.unheard.set(0);
                    // A step that was written meanwhile has left it where it was, at the beginning.
                    self.store.acknowledge(&untold);
                }
                Err(failure) => {
                    self.unheard.set(self.unheard.get().saturating_add(1));
                    worker::console_warn!("the journal is not told of {id}: {failure}");
                }
            }
        }
        self.arm(&self.kept()?).await
    }
}

/// Adds events to what is untold. JSON holds no line breaks of its own.
pub(super) fn write(events: Vec<Event>, untold: &mut String) {
    for event in events {
        untold.push_str(&serde_json::to_string(&Notice::from(event)).unwrap_or_default());
        untold.push('\n');
    }
}
