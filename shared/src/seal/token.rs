//! Tokens: `{prefix}_{payload}.{tag}`. What a token says stands in it, signed, so nothing is stored for it; each kind has a prefix and a key of its own, so
//! none passes for another. In scope: the form. What a token opens stands in `checkout_token` and `console_token`.

use super::{Key, RootState, mac};
use crate::rejection::Rejection;
use crate::wire::document;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

/// Signs a payload under the newest root that signs. `None` when none may.
pub(super) fn seal(roots: &[(RootState, Key)], prefix: &str, payload: &impl Serialize) -> Option<String> {
    let (_, root) = roots.iter().rev().find(|(state, _)| *state == RootState::Signing)?;
    let payload = Base64UrlUnpadded::encode_string(&serde_json::to_vec(payload).ok()?);
    let tag = tag(root, &payload);
    Some(format!("{prefix}_{payload}.{tag}"))
}

/// Verifies who made a token and reads its payload: `key_invalid` unless a root that may still verify did.
pub(super) fn open<T: DeserializeOwned>(roots: &[(RootState, Key)], prefix: &str, text: &str) -> Result<T, Rejection> {
    let (payload, claimed) = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(|rest| rest.split_once('.'))
        .ok_or(Rejection::KeyInvalid)?;
    let made = |(state, root): &(RootState, Key)| {
        *state != RootState::Revoked && bool::from(tag(root, payload).as_bytes().ct_eq(claimed.as_bytes()))
    };
    let payload = roots.iter().any(made).then(|| Base64UrlUnpadded::decode_vec(payload).ok()).flatten();
    payload.and_then(|payload| document::read(&payload)).ok_or(Rejection::KeyInvalid)
}

/// The whole HMAC: tokens are not typed, so nothing is saved by cutting it.
fn tag(root: &Key, payload: &str) -> String {
    Base64UrlUnpadded::encode_string(&mac(root, &[payload.as_bytes()]))
}
