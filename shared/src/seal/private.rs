//! What is kept beside a card and only the deployment may read: the number that its code is made of, so that the shop can send the card again, and the gift's
//! words. In scope: encryption, and the keyed hash by which a receiver is found. Out of scope: where it is kept.
//!
//! XChaCha20-Poly1305, under a key of the merchant's; the card's reference is bound to it, so what belongs to one card says nothing beside another. The nonce is
//! an HMAC of what is encrypted: the same request makes the same text however often it is sent, and no randomness is needed. The text begins with the id of its
//! root, so that a rotated one is still found; under a revoked root nothing is read any more.

use super::card_code::six_bytes;
use super::{Key, MerchantKeys, RootState, base32, derive, mac};
use crate::gift::{Gift, searched_name};
use crate::rejection::Rejection;
use crate::wire::call::Sealed;
use crate::wire::document;
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

/// What a text is, so that one is never taken for the other.
const NUMBER: &str = "number";
const GIFT: &str = "gift";

impl MerchantKeys {
    /// What is kept beside the card of that id. `signing_unavailable` when no root may encrypt.
    pub fn seal_beside(&self, card_id: u64, gift: Option<&Gift>) -> Result<Sealed, Rejection> {
        let card = self.card_reference(card_id);
        let gift = gift.filter(|gift| **gift != Gift::default());
        let words = gift.map(|gift| serde_json::to_vec(gift).unwrap_or_default());
        Ok(Sealed {
            number: self.encrypt(card.text(), NUMBER, &six_bytes(card_id))?,
            gift: words.map(|words| self.encrypt(card.text(), GIFT, &words)).transpose()?,
            recipient: gift.and_then(|gift| gift.to.as_deref()).map(|name| self.recipient(name)),
        })
    }

    /// The id of the card, from what is kept beside it; `None` when it is not this card's.
    pub fn open_card_id(&self, card: &str, sealed: &Sealed) -> Option<u64> {
        let six: [u8; 6] = self.decrypt(card, NUMBER, &sealed.number)?.try_into().ok()?;
        Some(six.iter().fold(0, |id, byte| (id << 8) | u64::from(*byte)))
    }

    /// The gift, from what is kept beside the card.
    pub fn open_gift(&self, card: &str, sealed: &Sealed) -> Option<Gift> {
        document::read(&self.decrypt(card, GIFT, sealed.gift.as_deref()?)?)
    }

    /// What stands in rows for a receiver's name.
    pub fn recipient(&self, name: &str) -> String {
        base32(mac(&self.recipient, &[searched_name(name).as_bytes()]).split_at(15).0)
    }

    fn encrypt(&self, card: &str, what: &str, text: &[u8]) -> Result<String, Rejection> {
        let (id, _, key) = self
            .private
            .iter()
            .rev()
            .find(|(_, state, _)| *state == RootState::Signing)
            .ok_or(Rejection::SigningUnavailable)?;
        let bound = bound_to(card, what);
        let [nonce @ .., _, _, _, _, _, _, _, _] = mac(&derive(key, "nonce"), &[bound.as_bytes(), &[0], text]);
        let mut sealed = cipher(key)
            .encrypt(&XNonce::from(nonce), Payload { msg: text, aad: bound.as_bytes() })
            .map_err(|_| Rejection::SigningUnavailable)?;
        sealed.splice(0..0, nonce);
        Ok(format!("{id}.{}", Base64UrlUnpadded::encode_string(&sealed)))
    }

    fn decrypt(&self, card: &str, what: &str, sealed: &str) -> Option<Vec<u8>> {
        let (id, sealed) = sealed.split_once('.')?;
        let id: u8 = id.parse().ok()?;
        let (_, _, key) = self.private.iter().find(|(root, state, _)| *root == id && *state != RootState::Revoked)?;
        let sealed = Base64UrlUnpadded::decode_vec(sealed).ok()?;
        let (nonce, text) = sealed.split_first_chunk::<24>()?;
        cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: bound_to(card, what).as_bytes() }).ok()
    }
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key).into())
}

fn bound_to(card: &str, what: &str) -> String {
    format!("{card}/{what}")
}
