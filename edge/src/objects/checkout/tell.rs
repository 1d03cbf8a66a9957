//! What a checkout tells the journal of itself: the events of its steps, from its own row, until they are acknowledged. No request waits for it.

use super::CheckoutObject;
use super::store::Stored;
use crate::clock;
use crate::objects::stub::ask_journal;
use crate::problem::Failure;
use shared::limits::{HAND_OFF_DELAY_MS, HAND_OFF_RETRY_MS};
use shared::wire::call::JournalCall;

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
        let Some(Stored { id, scope, untold: notices, .. }) = self.store.load()? else { return Ok(()) };
        if !notices.is_empty() {
            let call = JournalCall::Tell { notices: notices.clone() };
            match ask_journal::<()>(&self.env, &scope, &call).await {
                Ok(()) => {
                    self.unheard.set(0);
                    self.store.acknowledge(notices);
                }
                Err(failure) => {
                    self.unheard.set(self.unheard.get().saturating_add(1));
                    worker::console_warn!("the journal is not told of {id}: {failure}");
                }
            }
        }
        // Another request may have gone on meanwhile.
        self.arm(&self.kept()?).await
    }
}
