//! Failures as answers: RFC 9457 problem documents, and the only table of statuses.
//!
//! A failure is a refusal (the caller's fault: `Rejection`, or the `Problem` that another object answered) or a `Fault` (ours: logged, and told as
//! nothing but a reference).

use crate::entropy;
use crate::reply::Reply;
use core::fmt;
use serde::Serialize;
use shared::rejection::Rejection;
use shared::wire::problem::Problem;

/// Why a request was not done.
#[derive(Debug)]
pub enum Failure {
    /// Refused, by us or by the object that was asked.
    Refused(Box<Problem>),
    /// Our own fault.
    Fault(Fault),
}

/// What went wrong inside.
#[derive(Debug)]
pub enum Fault {
    /// The runtime, storage included, answered with an error.
    Runtime(String),
    /// A row or an answer is not one that this code wrote.
    Corrupt(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(message) => write!(f, "runtime: {message}"),
            Self::Corrupt(what) => write!(f, "corrupt: {what}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => f.write_str(&problem.code),
            Self::Fault(fault) => write!(f, "{fault}"),
        }
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(Box::new(Problem::from(&rejection)))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<worker::Error> for Fault {
    fn from(error: worker::Error) -> Self {
        Self::Runtime(error.to_string())
    }
}

impl From<worker::Error> for Failure {
    fn from(error: worker::Error) -> Self {
        Self::Fault(error.into())
    }
}

/// Every code with its status and its title, in the order of precedence.
const TABLE: &[(&str, u16, &str)] = &[
    ("method_not_allowed", 405, "This resource does not take that method"),
    ("body_too_large", 413, "The request body is too large"),
    ("content_type", 415, "The request body must be application/json"),
    ("key_missing", 401, "The request needs an Authorization header with a key or a token"),
    ("key_invalid", 401, "The key or token is not valid"),
    ("key_revoked", 401, "The key was revoked"),
    ("totp_invalid", 401, "The code is wrong, old, or was used before"),
    ("token_expired", 401, "The token has expired"),
    ("key_scope", 403, "This key may not do that"),
    ("origin_not_allowed", 403, "This origin is not allowed to use the key or token"),
    ("secret_key_in_browser", 403, "A secret key must never be used in a browser; revoke it"),
    ("json_invalid", 400, "The body is not a strict JSON object"),
    ("json_too_deep", 400, "The body is nested too deeply"),
    ("idempotency_key_missing", 400, "The request needs an Idempotency-Key header"),
    ("idempotency_key_invalid", 400, "The Idempotency-Key must have 16 to 255 printable ASCII characters"),
    ("cursor_invalid", 400, "The cursor or limit is not valid"),
    ("field_invalid", 422, "A field is missing or not valid"),
    ("amount_invalid", 422, "An amount must be an integer in minor units, from 1 to 2^53 - 1"),
    ("unknown_field", 422, "A field is not known"),
    ("fee_not_allowed", 422, "There are no fees on gift cards, and no field for one"),
    ("program_removed", 422, "A programme cannot be removed, since there may be cards of it; archive it instead"),
    ("old_code_doubled", 422, "The same old code stands in the file before"),
    ("code_malformed", 422, "This is not a gift card code"),
    ("code_check_failed", 422, "A character of the code is wrong"),
    ("looks_like_payment_card", 422, "This looks like a payment card number"),
    ("currency_mismatch", 422, "The currencies differ"),
    ("total_mismatch", 422, "The total is not that of the checkout"),
    ("reference_mismatch", 422, "The reference is not that of the checkout"),
    ("idempotency_key_reused", 422, "The Idempotency-Key was used with another request"),
    (
        "expiry_too_short",
        422,
        "The gift card may not expire that early, by law or because it was promised to last longer",
    ),
    ("not_found", 404, "There is no such resource"),
    ("code_not_verified", 404, "The code was not signed by this merchant"),
    ("card_unknown", 404, "No such card was issued"),
    ("card_not_usable", 404, "There is no usable gift card with this code"),
    ("operation_in_progress", 409, "Another operation on this resource is running"),
    ("settings_conflict", 409, "Somebody else has changed the settings; read them again"),
    ("key_revokes_itself", 409, "A key cannot revoke itself; use another one"),
    ("card_inactive", 409, "The gift card is not active yet"),
    ("card_frozen", 409, "The gift card is frozen"),
    ("card_not_frozen", 409, "The gift card is not frozen"),
    (
        "card_forked",
        409,
        "The gift card contradicts the book, since an older copy of one of the two was restored; a person must look",
    ),
    ("card_replaced", 409, "The gift card was replaced by a new one"),
    ("card_closed", 409, "The gift card was cashed out or cancelled"),
    ("card_used", 409, "Something of the gift card was spent and not given back"),
    ("card_has_holds", 409, "Something of the gift card is held for an order"),
    ("not_reloadable", 409, "The gift card takes no loads"),
    ("location_not_allowed", 409, "The gift card may not be spent at this location"),
    ("min_spend_not_met", 409, "The order is below what the gift card asks for"),
    ("card_already_active", 409, "The gift card is already active"),
    ("already_exchanged", 409, "The old code was exchanged before"),
    ("card_expired", 410, "The gift card has expired"),
    ("card_held_elsewhere", 409, "The balance is held for another order"),
    ("insufficient_balance", 409, "The balance does not cover this"),
    ("not_cash_redeemable", 409, "What is left on the gift card is not to be had in cash"),
    ("limit_exceeded", 409, "A limit would be exceeded"),
    ("already_applied", 409, "The gift card is already applied"),
    ("too_many_tenders", 409, "The checkout has as many tenders as it may have"),
    ("checkout_not_open", 409, "The checkout is no longer open"),
    ("checkout_not_authorized", 409, "The checkout is not authorized, or not captured"),
    (
        "checkout_broken",
        409,
        "A card of the checkout contradicts it, since an older copy of one of the two was restored; a person must look",
    ),
    ("already_captured", 409, "The checkout was already captured"),
    ("already_voided", 409, "The checkout was already voided"),
    ("hold_expired", 409, "The hold has expired"),
    ("exceeds_authorized", 409, "The amount is more than what is held"),
    ("exceeds_refundable", 409, "The amount is more than what can be refunded"),
    ("tender_declined", 409, "A tender was declined"),
    ("quota_exceeded", 429, "Too many tries; wait and try again"),
    ("overloaded", 503, "Too busy at the moment"),
    ("signing_unavailable", 503, "The signing keys are not available"),
];

/// The status of a code. Every code of `Rejection` stands in the table; an unknown one could only come from a newer version of an object.
fn status(code: &str) -> (u16, &'static str) {
    TABLE
        .iter()
        .find(|(entry, _, _)| *entry == code)
        .map_or((409, "The request was refused"), |(_, status, title)| (*status, title))
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    #[serde(flatten)]
    problem: &'a Problem,
}

#[derive(Serialize)]
struct FaultDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    retryable: bool,
    reference: String,
}

/// The answer to a refusal.
pub fn refusal(problem: &Problem) -> Reply {
    let (status, title) = status(&problem.code);
    let document = Document { kind: format!("urn:raseed:problem:{}", problem.code), title, status, problem };
    let reply = Reply::json(status, &document);
    match problem.retry_after_seconds {
        Some(seconds) => reply.retry_after(seconds),
        None => reply,
    }
}

/// The answer to a failure. A fault is logged under the reference that the caller gets.
pub fn answer(failure: &Failure) -> Reply {
    match failure {
        Failure::Refused(problem) => refusal(problem),
        Failure::Fault(fault) => {
            let reference =
                entropy::sixteen_bytes().map(|bytes| shared::seal::base32(bytes.as_slice())).unwrap_or_default();
            worker::console_error!("fault {reference}: {fault}");
            let title = "Something went wrong on our side; the same request may be sent again";
            Reply::json(
                500,
                &FaultDocument {
                    kind: "urn:raseed:problem:fault",
                    title,
                    status: 500,
                    code: "fault",
                    retryable: true,
                    reference,
                },
            )
        }
    }
}

/// Whether a refusal says nothing of the resource, only that it could not be asked now.
pub fn is_transient(problem: &Problem) -> bool {
    status(&problem.code).0 == 503
}

/// Whether a refusal is one of business: decided by the state of the resource, and so stored and replayed for its idempotency key.
pub fn is_business(problem: &Problem) -> bool {
    matches!(status(&problem.code).0, 409 | 410) && !problem.retryable
}
