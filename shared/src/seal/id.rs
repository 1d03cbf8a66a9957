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

/// 80 bits: unique within the one resource that they belong to.
fn short(key: &super::Key, scope: &str, idempotency_key: &str) -> String {
    base32(mac(key, &[scope.as_bytes(), &[0], idempotency_key.as_bytes()]).split_at(10).0)
}
