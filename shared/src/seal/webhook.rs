//! The secrets of webhook endpoints, and signatures as Standard Webhooks has them: `v1,` and the HMAC over `{id}.{timestamp}.{body}`.
//!
//! A secret is derived from the endpoint, the generation and the root, so nothing secret is stored and a rotation is one number more. A root that was revoked
//! signs nothing: an endpoint under it must be rotated first.

use super::{Key, MerchantKeys, RootState, mac};
use crate::rejection::Rejection;
use base64ct::{Base64, Encoding};
use core::fmt;

/// The secret of one generation of one endpoint.
pub struct WebhookSecret(Key);

impl MerchantKeys {
    /// The root that new webhook secrets are derived from. Refused with `signing_unavailable` when none signs.
    pub fn webhook_root(&self) -> Result<u8, Rejection> {
        let signs = |(_, state, _): &&(u8, RootState, Key)| *state == RootState::Signing;
        self.webhooks.iter().rev().find(signs).map(|(id, _, _)| *id).ok_or(Rejection::SigningUnavailable)
    }

    /// The secret of an endpoint; `None` when its root is gone.
    pub fn webhook_secret(&self, endpoint: &str, generation: u64, root: u8) -> Option<WebhookSecret> {
        let (_, _, key) = self.webhooks.iter().find(|(id, state, _)| *id == root && *state != RootState::Revoked)?;
        Some(WebhookSecret(mac(key, &[endpoint.as_bytes(), &[0], &generation.to_be_bytes()])))
    }
}

impl WebhookSecret {
    /// The form that receivers are told.
    pub fn text(&self) -> String {
        format!("whsec_{}", Base64::encode_string(&self.0))
    }

    /// The signature of a delivery made at that second.
    pub fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let tag = mac(&self.0, &[id.as_bytes(), b".", timestamp.to_string().as_bytes(), b".", body.as_bytes()]);
        format!("v1,{}", Base64::encode_string(&tag))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}
