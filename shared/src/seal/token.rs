//! Checkout tokens: `ct_{payload}.{tag}`. A token opens one checkout, for one page's origin, until it expires, and nothing is stored for it. The token
//! of a page-made checkout carries the order itself, so that no object exists until a verified tender makes one.

use super::{Env, Keys, Merchant, RootState, mac};
use crate::checkout::Order;
use crate::rejection::Rejection;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// What a token says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckoutToken {
    /// Test or live.
    pub env: Env,
    /// Whose checkout it is.
    pub merchant: Merchant,
    /// The checkout's id.
    pub checkout: String,
    /// The page's origin; `None` for a checkout without a page.
    pub origin: Option<String>,
    /// When token and checkout end.
    pub expires_at_ms: u64,
    /// The order, for a checkout that a page made.
    pub order: Option<Order>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    e: String,
    m: String,
    c: String,
    o: Option<String>,
    x: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    d: Option<Order>,
}

impl CheckoutToken {
    /// `token_expired` when its time is over.
    pub fn check_fresh(&self, now_ms: u64) -> Result<(), Rejection> {
        if self.expires_at_ms <= now_ms { Err(Rejection::TokenExpired) } else { Ok(()) }
    }
}

impl Keys {
    /// Makes a token, under the newest root that signs. `None` when none may.
    pub fn seal_token(&self, token: &CheckoutToken) -> Option<String> {
        let (_, root) = self.token.iter().rev().find(|(state, _)| *state == RootState::Signing)?;
        let payload = Payload {
            e: token.env.name().into(),
            m: token.merchant.name().into(),
            c: token.checkout.clone(),
            o: token.origin.clone(),
            x: token.expires_at_ms,
            d: token.order.clone(),
        };
        let payload = Base64UrlUnpadded::encode_string(&serde_json::to_vec(&payload).ok()?);
        let tag = tag(root, &payload);
        Some(format!("ct_{payload}.{tag}"))
    }

    /// Verifies who made a token: `key_invalid` unless a root that may still verify did. Whether its time is over is asked apart, so that a page may
    /// still be told so.
    pub fn verify_token(&self, text: &str) -> Result<CheckoutToken, Rejection> {
        let (payload, claimed) =
            text.strip_prefix("ct_").and_then(|rest| rest.split_once('.')).ok_or(Rejection::KeyInvalid)?;
        let made = |(state, root): &(RootState, [u8; 32])| {
            *state != RootState::Revoked && bool::from(tag(root, payload).as_bytes().ct_eq(claimed.as_bytes()))
        };
        if self.token.iter().any(made) {
            read(payload).ok_or(Rejection::KeyInvalid)
        } else {
            Err(Rejection::KeyInvalid)
        }
    }
}

fn read(payload: &str) -> Option<CheckoutToken> {
    let payload: Payload = serde_json::from_slice(&Base64UrlUnpadded::decode_vec(payload).ok()?).ok()?;
    Some(CheckoutToken {
        env: Env::parse(&payload.e)?,
        merchant: Merchant::parse(&payload.m)?,
        checkout: payload.c,
        origin: payload.o,
        expires_at_ms: payload.x,
        order: payload.d,
    })
}

/// The whole HMAC: tokens are not typed, so nothing is saved by cutting it.
fn tag(root: &[u8; 32], payload: &str) -> String {
    Base64UrlUnpadded::encode_string(&mac(root, &[payload.as_bytes()]))
}
