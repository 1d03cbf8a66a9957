//! Everything that needs a secret: signing and verifying codes, API keys, tokens and second factors, ids derived from idempotency keys, and what is kept
//! encrypted.
//!
//! Secrets come in as arguments; each purpose derives its own key by HKDF-SHA256 under a label of its own, so no two purposes share one. Comparison is
//! constant-time and of full length. Nothing here prints. Out of scope: where secrets are kept, and which cards exist.
//!
//! The widget is built without this module.

use crate::code::ALPHABET;
use crate::limits::MERCHANT_CHARS_MAX;
use core::fmt;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

mod api_key;
mod card_code;
mod card_link;
mod checkout_token;
mod console_token;
pub mod development;
mod id;
mod private;
mod roots;
#[cfg(test)]
mod tests;
mod token;
mod totp;
mod webhook;

pub use api_key::{ApiKey, KeyKind, Scope, Scopes, is_key_id};
pub use card_code::CardReference;
pub use card_link::CardLink;
pub use checkout_token::CheckoutToken;
pub use console_token::ConsoleToken;
pub use roots::{InvalidSecrets, RootState, Roots};
pub use totp::{SignIns, TotpSecret};
pub use webhook::WebhookSecret;

/// A derived key.
type Key = [u8; 32];

/// Test and live never cross: codes, keys, tokens and objects of one mean nothing in the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Env {
    Test,
    Live,
}

impl Env {
    /// The name in keys, labels and object names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The environment of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Test, Self::Live].into_iter().find(|env| env.name() == name)
    }
}

/// A merchant's name: `[a-z0-9_]{1,32}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Merchant(String);

impl Merchant {
    /// `None` when it is no name.
    pub fn parse(text: &str) -> Option<Self> {
        let named = (1..=MERCHANT_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        named.then(|| Self(text.into()))
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// The roots that a deployment has, with the keys that do not depend on a merchant derived once.
pub struct Keys {
    signing: Roots,
    auth: Roots,
    index: Key,
    api: Vec<(RootState, Key)>,
    token: Vec<(RootState, Key)>,
    session: Vec<(RootState, Key)>,
    totp: Vec<(RootState, Key)>,
    link: Vec<(RootState, Key)>,
    development: bool,
}

impl Keys {
    /// Reads the three secrets (`architecture.md` has their form). Refused whole when any is missing or malformed: a deployment with half its keys
    /// must not serve.
    pub fn from_env(signing: &str, auth: &str, index: &str) -> Result<Self, InvalidSecrets> {
        let signing = Roots::parse(signing)?;
        let auth = Roots::parse(auth)?;
        let index = roots::parse_hex(index).ok_or(InvalidSecrets)?;
        let derive_all = |label: &str| auth.iter().map(|root| (root.state, derive(&root.secret, label))).collect();
        let development = development::is_one_of(&index)
            || signing.iter().chain(auth.iter()).any(|root| development::is_one_of(&root.secret));
        Ok(Self {
            api: derive_all("raseed/v1/api-key"),
            token: derive_all("raseed/v1/token"),
            session: derive_all("raseed/v1/session"),
            totp: derive_all("raseed/v1/totp"),
            link: derive_all("raseed/v1/link"),
            signing,
            auth,
            index,
            development,
        })
    }

    /// Whether these keys may serve that environment: the development set is public, so it never serves live.
    pub fn serve(&self, env: Env) -> bool {
        env == Env::Test || !self.development
    }

    /// The keys of one merchant. Deriving them costs a few dozen hashes, so whoever serves many requests keeps the result.
    pub fn merchant(&self, env: Env, merchant: &Merchant) -> MerchantKeys {
        let scope = format!("{}/{}", env.name(), merchant.name());
        let index = |label: &str| derive(&self.index, &format!("raseed/v1/{label}/{scope}"));
        MerchantKeys {
            codes: self.signing.derive(&format!("raseed/v1/code/{scope}")),
            webhooks: self.auth.derive(&format!("raseed/v1/webhook/{scope}")),
            private: self.auth.derive(&format!("raseed/v1/private/{scope}")),
            signing: self.signing.newest_signing(),
            reference: index("index"),
            card_id: index("id/gift-card"),
            checkout_id: index("id/checkout"),
            tender_id: index("id/tender"),
            refund_id: index("id/refund"),
            endpoint_id: index("id/webhook-endpoint"),
            recipient: index("recipient"),
            idempotency: index("idempotency"),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(…)")
    }
}

/// The keys of one merchant in one environment.
pub struct MerchantKeys {
    codes: Vec<(u8, RootState, Key)>,
    webhooks: Vec<(u8, RootState, Key)>,
    private: Vec<(u8, RootState, Key)>,
    signing: Option<u8>,
    reference: Key,
    card_id: Key,
    checkout_id: Key,
    tender_id: Key,
    refund_id: Key,
    endpoint_id: Key,
    recipient: Key,
    idempotency: Key,
}

impl fmt::Debug for MerchantKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MerchantKeys(…)")
    }
}

/// HKDF-SHA256 without salt, 32 bytes.
#[inline(never)]
fn derive(root: &Key, label: &str) -> Key {
    let mut key = [0; 32];
    // 32 bytes are one block: the only failure of `expand` is a length over 255 blocks.
    let _ = Hkdf::<Sha256>::new(None, root).expand(label.as_bytes(), &mut key);
    key
}

/// HMAC-SHA256 over the parts, one after the other.
fn mac(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    // A key of 32 bytes always fits.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The first 45 bits of a hash.
fn first_45_bits(hash: &[u8; 32]) -> u64 {
    hash.iter().take(6).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) >> 3
}

/// Lower-case Crockford base32 of `bytes`, five bits a symbol, the last one padded with zero bits.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5));
    let mut bits = 0_u32;
    let mut count = 0_u32;
    let mut push = |value: u32| {
        let symbol = usize::try_from(value & 31).ok().and_then(|place| ALPHABET.get(place)).copied().unwrap_or(b'0');
        text.push(char::from(symbol.to_ascii_lowercase()));
    };
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        count = count.saturating_add(8);
        while count >= 5 {
            count = count.saturating_sub(5);
            push(bits >> count);
        }
        bits &= !(u32::MAX << count);
    }
    if count > 0 {
        push(bits << 5_u32.saturating_sub(count));
    }
    text
}
