//! The development set of secrets. It is public, so keys that contain any of it serve `test` only.

use super::{Key, roots};

/// For `RASEED_SIGNING_ROOTS`.
pub const SIGNING_ROOTS: &str = "0:sign:2b49f2f814462b3c00db79a6ad605368a5f11bf3204c0aa2f89e16e2154ebb08";

/// For `RASEED_AUTH_ROOTS`.
pub const AUTH_ROOTS: &str = "0:sign:78559e2e0e61cb43ce7e4124f43e5fd8b68269c0cd948850f918c7ab3925eaba";

/// For `RASEED_INDEX_ROOT`.
pub const INDEX_ROOT: &str = "7c0188b0d8d65b5053db0560401cda76c267e484aa3abae0a5a5a08d9a91ff1a";

/// Whether a secret is one of these.
pub(super) fn is_one_of(secret: &Key) -> bool {
    [SIGNING_ROOTS, AUTH_ROOTS, INDEX_ROOT]
        .iter()
        .filter_map(|text| text.rsplit(':').next().and_then(roots::parse_hex))
        .any(|known| known == *secret)
}
