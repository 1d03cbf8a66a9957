//! Ids and keyed hashes that follow from an idempotency key, so a repeated request always meets the same object and the same row.

use super::{MerchantKeys, base32, mac};

impl MerchantKeys {
    /// The id of the checkout that an idempotency key makes: `co_` and 32 symbols.
    pub fn checkout_id(&self, idempotency_key: &str) -> String {
        format!("co_{}", base32(mac(&self.checkout_id, &[idempotency_key.as_bytes()]).split_at(20).0))
    }

    /// The id of the tender that an idempotency key adds to a checkout: `tn_` and 16 symbols.
    pub fn tender_id(&self, checkout: &str, idempotency_key: &str) -> String {
        format!("tn_{}", short(&self.tender_id, checkout, idempotency_key))
    }

    /// The id of the refund that an idempotency key makes of a checkout or a redemption: `rf_` and 16 symbols.
    pub fn refund_id(&self, of: &str, idempotency_key: &str) -> String {
        format!("rf_{}", short(&self.refund_id, of, idempotency_key))
    }

    /// The id of the webhook endpoint that an idempotency key registers: `we_` and 16 symbols.
    pub fn endpoint_id(&self, idempotency_key: &str) -> String {
        format!("we_{}", short(&self.endpoint_id, "", idempotency_key))
    }

    /// The id of the batch that an idempotency key makes: `gb_` and 32 symbols. Its cards follow from it: it is what [`MerchantKeys::card_id`] is given as
    /// their key, each with its place.
    pub fn batch_id(&self, idempotency_key: &str) -> String {
        format!("gb_{}", base32(mac(&self.batch_id, &[idempotency_key.as_bytes()]).split_at(20).0))
    }

    /// What stands for a code of another system, and what the card that takes its place follows from: `old_` and 32 symbols. The code itself is kept nowhere,
    /// and without the root nobody can try which code this is of.
    pub fn old_code(&self, code: &str) -> String {
        format!("old_{}", base32(mac(&self.old_code, &[code.as_bytes()]).split_at(20).0))
    }

    /// What stands in rows for a request: two with the same are the same. It is keyed, since what people wrote in a request may be erased later and must not be
    /// found from this by trying. `action` tells requests on one resource apart.
    pub fn fingerprint(&self, action: &str, canonical: &str) -> String {
        // No idempotency key has a control character, so no key passes for a request.
        let parts: [&[u8]; 4] = [&[0], action.as_bytes(), &[0], canonical.as_bytes()];
        base32(mac(&self.idempotency, &parts).split_at(15).0)
    }

    /// What stands in rows for an idempotency key.
    pub fn idempotency(&self, idempotency_key: &str) -> String {
        base32(mac(&self.idempotency, &[idempotency_key.as_bytes()]).split_at(15).0)
    }
}

/// Whether a text has the form of a batch's id.
pub fn is_batch_id(text: &str) -> bool {
    text.strip_prefix("gb_").is_some_and(is_long)
}

/// Whether these are the 32 symbols of 160 bits.
pub(super) fn is_long(symbols: &str) -> bool {
    symbols.len() == 32 && symbols.bytes().all(|symbol| matches!(symbol, b'0'..=b'9' | b'a'..=b'z'))
}

/// 80 bits: unique within the one resource that they belong to.
fn short(key: &super::Key, scope: &str, idempotency_key: &str) -> String {
    base32(mac(key, &[scope.as_bytes(), &[0], idempotency_key.as_bytes()]).split_at(10).0)
}
