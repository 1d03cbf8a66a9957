//! Checkout tokens, `ct_`. A token opens one checkout, for one page's origin, until it expires. The token of a page-made checkout carries the order itself,
//! so that no object exists until a verified tender makes one.

use super::{Env, Keys, Merchant, token};
use crate::checkout::Order;
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

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
        let payload = Payload {
            e: token.env.name().into(),
            m: token.merchant.name().into(),
            c: token.checkout.clone(),
            o: token.origin.clone(),
            x: token.expires_at_ms,
            d: token.order.clone(),
        };
        token::seal(&self.token, "ct", &payload)
    }

    /// Verifies who made a token: `key_invalid` unless a root that may still verify did. Whether its time is over is asked apart, so that a page may
    /// still be told so.
    pub fn verify_token(&self, text: &str) -> Result<CheckoutToken, Rejection> {
        let Payload { e, m, c, o, x, d } = token::open(&self.token, "ct", text)?;
        let (Some(env), Some(merchant)) = (Env::parse(&e), Merchant::parse(&m)) else {
            return Err(Rejection::KeyInvalid);
        };
        Ok(CheckoutToken { env, merchant, checkout: c, origin: o, expires_at_ms: x, order: d })
    }
}
