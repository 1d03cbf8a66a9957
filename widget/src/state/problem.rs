//! Why something did not happen, as far as the shopper can do anything about it.
//!
//! The server's codes are many and may grow; here they fall into the few reasons that have words. What has no words of its own is nothing that a shopper
//! can mend: gift cards cannot be used here, and there is another way to pay.

use super::Checkout;
use shared::money::Amount;

/// What the shopper is told, one for each row of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Reason {
    CodeMalformed,
    CodeCheckFailed,
    LooksLikePaymentCard,
    /// A code of another system, which the shop exchanges.
    OldCode,
    CardNotUsable,
    CardExpired,
    CardInactive,
    CardFrozen,
    CardReplaced,
    InsufficientBalance,
    CardHeldElsewhere,
    CurrencyMismatch,
    LocationNotAllowed,
    MinSpendNotMet,
    AlreadyApplied,
    TooManyTenders,
    QuotaExceeded,
    /// So many points cannot be used. Told also when fewer were taken in their place, which is no error.
    PointsBounds,
    /// No answer in time.
    Unreachable,
    /// An answer that a shopper can do nothing about: the page's key, its attributes, its checkout.
    #[default]
    Refused,
}

impl Reason {
    /// Every reason with the stable code that it stands for.
    pub(crate) const CODES: [(&'static str, Self); 19] = [
        ("code_malformed", Self::CodeMalformed),
        ("code_check_failed", Self::CodeCheckFailed),
        ("looks_like_payment_card", Self::LooksLikePaymentCard),
        ("old_code", Self::OldCode),
        ("card_not_usable", Self::CardNotUsable),
        ("card_expired", Self::CardExpired),
        ("card_inactive", Self::CardInactive),
        ("card_frozen", Self::CardFrozen),
        ("card_replaced", Self::CardReplaced),
        ("insufficient_balance", Self::InsufficientBalance),
        ("card_held_elsewhere", Self::CardHeldElsewhere),
        ("currency_mismatch", Self::CurrencyMismatch),
        ("location_not_allowed", Self::LocationNotAllowed),
        ("min_spend_not_met", Self::MinSpendNotMet),
        ("already_applied", Self::AlreadyApplied),
        ("too_many_tenders", Self::TooManyTenders),
        ("quota_exceeded", Self::QuotaExceeded),
        // Told when it has run for so long that it is as good as no answer.
        ("operation_in_progress", Self::Unreachable),
        ("unreachable", Self::Unreachable),
    ];

    /// Whether it speaks of how the text in the field is written.
    pub(crate) fn is_about_form(self) -> bool {
        matches!(self, Self::CodeMalformed | Self::CodeCheckFailed | Self::LooksLikePaymentCard)
    }

    /// Whether it speaks of the code in the field, so that another code ends it.
    pub(crate) fn is_about_code(self) -> bool {
        !matches!(self, Self::QuotaExceeded | Self::TooManyTenders) && !self.is_about_service()
    }

    /// Whether it speaks of the service as a whole, so that an answer ends it.
    pub(crate) fn is_about_service(self) -> bool {
        matches!(self, Self::Unreachable | Self::Refused)
    }
}

/// A refusal of the server, or one that it need not be asked for.
#[derive(PartialEq, Eq, Debug, Default)]
pub(crate) struct Problem {
    pub(crate) reason: Reason,
    /// The stable code.
    pub(crate) code: String,
    pub(crate) retryable: bool,
    /// The HTTP status; 0 when the server was not asked or did not answer.
    pub(crate) status: u16,
    /// When the card expired.
    pub(crate) expired_at_ms: Option<u64>,
    /// The currency of the card.
    pub(crate) currency: Option<String>,
    /// What an order must come to before the card may pay for it.
    pub(crate) minimum: Option<Amount>,
    pub(crate) retry_after_seconds: Option<u32>,
    /// It is about the points, and stands beside their controls.
    pub(crate) about_points: bool,
    /// What the tenders pay now.
    pub(crate) checkout: Option<Checkout>,
}

impl Problem {
    /// The problem with that stable code.
    pub(crate) fn of(code: &str) -> Self {
        let known = Reason::CODES.iter().find(|(name, _)| *name == code);
        Self { code: code.into(), reason: known.map(|(_, reason)| *reason).unwrap_or_default(), ..Self::default() }
    }

    /// No answer came.
    pub(super) fn unreachable() -> Self {
        Self { retryable: true, ..Self::of("unreachable") }
    }
}

/// What stands beside the field, or beside the controls of the points.
#[cfg_attr(
    not(target_arch = "wasm32"),
    expect(clippy::large_enum_variant, reason = "there is one of it, and in a browser it is small enough")
)]
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Notice {
    Problem(Problem),
    /// The tenders are not what they were. Not an error.
    Changed,
    /// The order is being paid or has been, so nothing can be changed. An error only to whoever wished to.
    Locked,
}

impl Notice {
    pub(crate) fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Changed | Self::Locked => None,
        }
    }

    /// Whether it stands beside the controls of the points.
    pub(crate) fn about_points(&self) -> bool {
        self.problem().is_some_and(|problem| problem.about_points)
    }
}
