//! The guards of the money path, each of which can be switched off in the simulator to show that it would be missed.
//!
//! Nothing of this is in `shared/src`: a guard that lives in a driver is simply not driven, and one that lives in a pure function is worked around from
//! outside (the state before or after the call is changed to what it would be without). So no switch can be compiled into what is shipped.

/// One rule that keeps money whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Guard {
    /// Releasing a hold that has not arrived leaves a tombstone.
    Tombstone,
    /// A card asks the coordinator before it lets an overdue hold go.
    AskBeforeRelease,
    /// A key that comes back with another body is refused.
    Fingerprint,
    /// A key that comes back finds what it did.
    Replay,
    /// An attempt is authorized when every leg is held, not before.
    EveryHold,
    /// An answer counts only for the attempt that it answers.
    Attempt,
    /// A refund's plan reserves its amounts.
    RefundReserves,
    /// A hold past its own deadline is refused.
    HoldDeadline,
    /// The book takes only lines that name the hash of the line before.
    Chain,
    /// The calls that a decision leads to are written with it.
    PendingWritten,
    /// Expiry never undoes a capture.
    CaptureBeatsExpiry,
    /// The answer of a key is written with the decision that it is the answer to.
    KeyWithDecision,
    /// The calls of one claim are made in the order in which they were decided.
    CallsInOrder,
    /// Capturing an open checkout asks for no more than it can hold.
    CaptureWithinCover,
    /// A card that contradicts the book stays frozen.
    ForkStays,
    /// A refund tells what is given back in all, and a card that counts otherwise refuses.
    RefundCount,
    /// What became of an attempt that was given up meanwhile is not kept for its key, whose next attempt may be under way.
    StaleOutcome,
    /// A declined attempt is given up in the write that keeps the refusal for its key.
    DeclineWithKey,
    /// A card asks again when its coordinator said, not at once.
    Appointments,
    /// What moved to another card counts as moved when that card says so, not before.
    Delivered,
    /// What moved to another card arrives under the entry that moved it, so that telling it again changes nothing.
    TransferKey,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Self; 21] = [
        Self::Tombstone,
        Self::AskBeforeRelease,
        Self::Fingerprint,
        Self::Replay,
        Self::EveryHold,
        Self::Attempt,
        Self::RefundReserves,
        Self::HoldDeadline,
        Self::Chain,
        Self::PendingWritten,
        Self::CaptureBeatsExpiry,
        Self::KeyWithDecision,
        Self::CallsInOrder,
        Self::CaptureWithinCover,
        Self::ForkStays,
        Self::RefundCount,
        Self::StaleOutcome,
        Self::DeclineWithKey,
        Self::Appointments,
        Self::Delivered,
        Self::TransferKey,
    ];
}

/// Which guards stand: all but one at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Guards {
    off: Option<Guard>,
}

impl Guards {
    /// All but that one.
    pub fn without(guard: Guard) -> Self {
        Self { off: Some(guard) }
    }

    /// Whether that one stands.
    pub fn on(self, guard: Guard) -> bool {
        self.off != Some(guard)
    }
}
