//! Every refusal of the caller's faults: closed, ordered, with a stable code. Our own faults are not here.
//!
//! The order is the order of precedence: when several apply, the first is told, so nothing is parsed for a stranger and nothing looked up for a bad
//! request. Out of scope: HTTP statuses (`edge/src/problem.rs`) and words for shoppers (`widget/src/copy.rs`).

use crate::law::Breach;
use crate::money::{Amount, Currency};

/// One refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the stable code is the documentation; api.md explains each")]
pub enum Rejection {
    // The request as such.
    MethodNotAllowed,
    BodyTooLarge,
    ContentType,
    // Who asks.
    KeyMissing,
    KeyInvalid,
    KeyRevoked,
    TotpInvalid,
    TokenExpired,
    KeyScope,
    OriginNotAllowed,
    SecretKeyInBrowser,
    // What is asked.
    JsonInvalid,
    JsonTooDeep,
    IdempotencyKeyMissing,
    IdempotencyKeyInvalid,
    CursorInvalid,
    FieldInvalid { field: String },
    AmountInvalid { field: String },
    UnknownField { field: String },
    FeeNotAllowed { field: String },
    ProgramRemoved { field: String },
    OldCodeDoubled { field: String },
    CodeMalformed,
    CodeCheckFailed,
    LooksLikePaymentCard,
    CurrencyMismatch { currency: Currency },
    TotalMismatch,
    ReferenceMismatch,
    IdempotencyKeyReused,
    ExpiryTooShort { field: String, breach: Option<Breach> },
    // Whether it is there.
    NotFound,
    CodeNotVerified,
    CardUnknown,
    CardNotUsable,
    // Whether it may be done now.
    OperationInProgress,
    SettingsConflict { version: u64 },
    KeyRevokesItself,
    CardInactive,
    CardFrozen,
    CardNotFrozen,
    CardForked,
    CardReplaced,
    CardClosed,
    CardUsed,
    CardHasHolds,
    NotReloadable,
    LocationNotAllowed,
    MinSpendNotMet { minimum: Amount },
    CardAlreadyActive,
    AlreadyExchanged { card: String },
    CardExpired { expired_at_ms: u64 },
    CardHeldElsewhere { retry_after_seconds: u64 },
    InsufficientBalance { available: Amount },
    NotCashRedeemable { breach: Option<Breach> },
    LimitExceeded,
    CapExceeded { cap: &'static str, available: Amount, currency: Currency },
    AlreadyApplied,
    TooManyTenders,
    CheckoutNotOpen,
    CheckoutNotAuthorized,
    CheckoutBroken,
    AlreadyCaptured,
    AlreadyVoided,
    HoldExpired,
    ExceedsAuthorized,
    ExceedsRefundable,
    TenderDeclined { leg: String, cause: String },
    // Whether there is room.
    QuotaExceeded { retry_after_seconds: u64 },
    Overloaded,
    SigningUnavailable,
}

impl Rejection {
    /// The stable code, as it stands in answers and rows.
    #[expect(clippy::too_many_lines, reason = "a line for each refusal, and the compiler sees that none is missing")]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::ContentType => "content_type",
            Self::KeyMissing => "key_missing",
            Self::KeyInvalid => "key_invalid",
            Self::KeyRevoked => "key_revoked",
            Self::TotpInvalid => "totp_invalid",
            Self::TokenExpired => "token_expired",
            Self::KeyScope => "key_scope",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::SecretKeyInBrowser => "secret_key_in_browser",
            Self::JsonInvalid => "json_invalid",
            Self::JsonTooDeep => "json_too_deep",
            Self::IdempotencyKeyMissing => "idempotency_key_missing",
            Self::IdempotencyKeyInvalid => "idempotency_key_invalid",
            Self::CursorInvalid => "cursor_invalid",
            Self::UnknownField { .. } => "unknown_field",
            Self::FeeNotAllowed { .. } => "fee_not_allowed",
            Self::ProgramRemoved { .. } => "program_removed",
            Self::OldCodeDoubled { .. } => "old_code_doubled",
            Self::FieldInvalid { .. } => "field_invalid",
            Self::AmountInvalid { .. } => "amount_invalid",
            Self::CodeMalformed => "code_malformed",
            Self::CodeCheckFailed => "code_check_failed",
            Self::LooksLikePaymentCard => "looks_like_payment_card",
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::TotalMismatch => "total_mismatch",
            Self::ReferenceMismatch => "reference_mismatch",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::ExpiryTooShort { .. } => "expiry_too_short",
            Self::NotFound => "not_found",
            Self::CodeNotVerified => "code_not_verified",
            Self::CardUnknown => "card_unknown",
            Self::CardNotUsable => "card_not_usable",
            Self::OperationInProgress => "operation_in_progress",
            Self::SettingsConflict { .. } => "settings_conflict",
            Self::KeyRevokesItself => "key_revokes_itself",
            Self::CardInactive => "card_inactive",
            Self::CardFrozen => "card_frozen",
            Self::CardNotFrozen => "card_not_frozen",
            Self::CardForked => "card_forked",
            Self::CardReplaced => "card_replaced",
            Self::CardClosed => "card_closed",
            Self::CardUsed => "card_used",
            Self::CardHasHolds => "card_has_holds",
            Self::NotReloadable => "not_reloadable",
            Self::LocationNotAllowed => "location_not_allowed",
            Self::MinSpendNotMet { .. } => "min_spend_not_met",
            Self::CardAlreadyActive => "card_already_active",
            Self::AlreadyExchanged { .. } => "already_exchanged",
            Self::CardExpired { .. } => "card_expired",
            Self::CardHeldElsewhere { .. } => "card_held_elsewhere",
            Self::InsufficientBalance { .. } => "insufficient_balance",
            Self::NotCashRedeemable { .. } => "not_cash_redeemable",
            Self::LimitExceeded | Self::CapExceeded { .. } => "limit_exceeded",
            Self::AlreadyApplied => "already_applied",
            Self::TooManyTenders => "too_many_tenders",
            Self::CheckoutNotOpen => "checkout_not_open",
            Self::CheckoutNotAuthorized => "checkout_not_authorized",
            Self::CheckoutBroken => "checkout_broken",
            Self::AlreadyCaptured => "already_captured",
            Self::AlreadyVoided => "already_voided",
            Self::HoldExpired => "hold_expired",
            Self::ExceedsAuthorized => "exceeds_authorized",
            Self::ExceedsRefundable => "exceeds_refundable",
            Self::TenderDeclined { .. } => "tender_declined",
            Self::QuotaExceeded { .. } => "quota_exceeded",
            Self::Overloaded => "overloaded",
            Self::SigningUnavailable => "signing_unavailable",
        }
    }

    /// Whether the same request may succeed later without anybody changing it.
    pub fn retryable(&self) -> bool {
        matches!(
            self,
            Self::OperationInProgress
                | Self::CardHeldElsewhere { .. }
                | Self::QuotaExceeded { .. }
                | Self::Overloaded
                | Self::SigningUnavailable
        )
    }

    /// An amount field of that name is no amount.
    pub fn amount(field: &str) -> Self {
        Self::AmountInvalid { field: field.into() }
    }

    /// A field of that name is not what it must be.
    pub fn field(field: &str) -> Self {
        Self::FieldInvalid { field: field.into() }
    }
}
