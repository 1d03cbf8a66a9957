//! Codes under a merchant's keys: issue, verify, and the reference that stands for a card everywhere but on the card.

use super::id::is_long;
use super::{MerchantKeys, RootState, base32, first_45_bits, mac};
use crate::code::Code;
use crate::rejection::Rejection;
use subtle::ConstantTimeEq;

/// The name of a card in URLs, rows, logs and events, and of its object: `gc_` and 32 symbols. The code cannot be found from it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CardReference(String);

impl CardReference {
    /// Reads a reference; `None` for a text of another form.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix("gc_").is_some_and(is_long).then(|| Self(text.into()))
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl MerchantKeys {
    /// The card id that an idempotency key leads to. The same key always gives the same id; `retry` rises when the id belongs to another key's card.
    pub fn card_id(&self, idempotency_key: &str, index: u32, retry: u8) -> u64 {
        first_45_bits(&mac(&self.card_id, &[idempotency_key.as_bytes(), &[0], &index.to_be_bytes(), &[retry]]))
    }

    /// The reference of a card. It does not depend on the signing key, so a card keeps its object when keys rotate.
    pub fn card_reference(&self, card_id: u64) -> CardReference {
        let hash = mac(&self.reference, &[&six_bytes(card_id)]);
        CardReference(format!("gc_{}", base32(hash.split_at(20).0)))
    }

    /// The newest root that may sign; `signing_unavailable` when none may.
    pub fn signing_root(&self) -> Result<u8, Rejection> {
        self.signing.ok_or(Rejection::SigningUnavailable)
    }

    /// The code of a card under a root. `None` for a root that this deployment does not have. What was told once is told again, whatever became of its root.
    pub fn seal(&self, key_id: u8, card_id: u64) -> Option<Code> {
        let (_, _, key) = self.codes.iter().find(|(id, _, _)| *id == key_id)?;
        Some(Code::compose(key_id, card_id, tag(key, key_id, card_id)))
    }

    /// The code of a card that nobody was told yet; `None` under a root that was revoked, where it would be worth nothing.
    pub fn seal_new(&self, key_id: u8, card_id: u64) -> Option<Code> {
        self.seal(key_id, card_id).filter(|code| self.verify(code).is_ok())
    }

    /// Verifies a code's tag and names its card. One HMAC is computed whether the key is known or not, so an unknown key takes as long as a forgery.
    pub fn verify(&self, code: &Code) -> Result<CardReference, Rejection> {
        let known = self.codes.iter().find(|(id, state, _)| *id == code.key_id() && *state != RootState::Revoked);
        let key = known.map_or(&[0; 32], |(_, _, key)| key);
        let right = tag(key, code.key_id(), code.card_id()).ct_eq(&code.tag());
        if bool::from(right) && known.is_some() {
            Ok(self.card_reference(code.card_id()))
        } else {
            Err(Rejection::CodeNotVerified)
        }
    }
}

fn tag(key: &[u8; 32], key_id: u8, card_id: u64) -> u64 {
    first_45_bits(&mac(key, &[&[key_id], &six_bytes(card_id)]))
}

/// A card id as six bytes, big-endian.
pub(super) fn six_bytes(card_id: u64) -> [u8; 6] {
    let [_, _, bytes @ ..] = card_id.to_be_bytes();
    bytes
}
