//! Links to a card's page, `gl_`: what the giver sends. Whoever has the link has the card, as with its code, so it is as unguessable as a token and is told
//! to nobody but the shop. It says which card and never its code: that is derived when the holder asks, by a deployment that has the roots. It stands behind
//! the `#` of an address, which no browser sends along and no log keeps.

use super::{Env, Keys, Merchant, token};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

/// What a link says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardLink {
    /// Test or live.
    pub env: Env,
    /// Whose card it is.
    pub merchant: Merchant,
    /// The root that signed the card's code.
    pub key_id: u8,
    /// The card's id.
    pub card_id: u64,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    e: String,
    m: String,
    k: u8,
    c: u64,
}

impl Keys {
    /// Makes a link, under the newest root that signs. `None` when none may.
    pub fn seal_link(&self, link: &CardLink) -> Option<String> {
        let CardLink { env, merchant, key_id, card_id } = link;
        let payload = Payload { e: env.name().into(), m: merchant.name().into(), k: *key_id, c: *card_id };
        token::seal(&self.link, "gl", &payload)
    }

    /// Verifies who made a link: `key_invalid` unless a root that may still verify did.
    pub fn verify_link(&self, text: &str) -> Result<CardLink, Rejection> {
        let Payload { e, m, k, c } = token::open(&self.link, "gl", text)?;
        let (Some(env), Some(merchant)) = (Env::parse(&e), Merchant::parse(&m)) else {
            return Err(Rejection::KeyInvalid);
        };
        Ok(CardLink { env, merchant, key_id: k, card_id: c })
    }
}
