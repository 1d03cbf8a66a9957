//! Console sessions, `cs_`: what a person at the merchant's console holds for half an hour after showing both factors. A session is tied to the page's
//! origin, and ends with the console key that opened it.

use super::{Env, Keys, Merchant, token};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// What a session says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsoleToken {
    /// Test or live.
    pub env: Env,
    /// Whose console it is.
    pub merchant: Merchant,
    /// The number of the console key that opened it.
    pub key: u32,
    /// The origin of the page that opened it; `None` for a program.
    pub origin: Option<String>,
    /// When it ends.
    pub expires_at_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    e: String,
    m: String,
    k: u32,
    o: Option<String>,
    x: u64,
}

impl ConsoleToken {
    /// The id of the console key that opened it.
    pub fn key_id(&self) -> String {
        format!("rk_{}", self.key)
    }

    /// `token_expired` when its time is over.
    pub fn check_fresh(&self, now_ms: u64) -> Result<(), Rejection> {
        if self.expires_at_ms <= now_ms { Err(Rejection::TokenExpired) } else { Ok(()) }
    }
}

impl Keys {
    /// Makes a session, under the newest root that signs. `None` when none may.
    pub fn seal_session(&self, session: &ConsoleToken) -> Option<String> {
        let payload = Payload {
            e: session.env.name().into(),
            m: session.merchant.name().into(),
            k: session.key,
            o: session.origin.clone(),
            x: session.expires_at_ms,
        };
        token::seal(&self.session, "cs", &payload)
    }

    /// Verifies who made a session: `key_invalid` unless a root that may still verify did. Whether its time is over is asked apart, so that the page may
    /// still be told so.
    pub fn verify_session(&self, text: &str) -> Result<ConsoleToken, Rejection> {
        let Payload { e, m, k, o, x } = token::open(&self.session, "cs", text)?;
        let (Some(env), Some(merchant)) = (Env::parse(&e), Merchant::parse(&m)) else {
            return Err(Rejection::KeyInvalid);
        };
        Ok(ConsoleToken { env, merchant, key: k, origin: o, expires_at_ms: x })
    }
}
