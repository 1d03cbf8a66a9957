//! API keys: `{kind}_{env}_{merchant}_{number}_{tag}`. They are signed, so the Worker knows who asks without storage; revoked numbers stand in the
//! merchant's settings.

use super::{Env, Keys, Merchant, RootState, base32, mac};
use crate::rejection::Rejection;
use subtle::ConstantTimeEq;

/// What a key may be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// `sk_`: a server; may do everything.
    Secret,
    /// `pk_`: a page of an allowed origin; starts checkouts and asks masked balances.
    Publishable,
}

impl KeyKind {
    /// The prefix of the key.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Publishable => "pk",
        }
    }
}

/// A key that was verified.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ApiKey {
    pub kind: KeyKind,
    pub env: Env,
    pub merchant: Merchant,
    pub number: u32,
}

impl ApiKey {
    /// What names the key among its merchant's, and is no secret: `sk_1`.
    pub fn id(&self) -> String {
        format!("{}_{}", self.kind.prefix(), self.number)
    }

    /// Everything before the tag, in its one form.
    fn stem(&self) -> String {
        format!("{}_{}_{}_{}", self.kind.prefix(), self.env.name(), self.merchant.name(), self.number)
    }

    /// Reads the parts of a key and its tag. A merchant's name may hold underscores, so the parts are taken from both ends.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let (kind, rest) = text.split_once('_')?;
        let kind = [KeyKind::Secret, KeyKind::Publishable].into_iter().find(|entry| entry.prefix() == kind)?;
        let (env, rest) = rest.split_once('_')?;
        let (rest, tag) = rest.rsplit_once('_')?;
        let (merchant, number) = rest.rsplit_once('_')?;
        let key =
            Self { kind, env: Env::parse(env)?, merchant: Merchant::parse(merchant)?, number: number.parse().ok()? };
        // A number has one form: `007` would otherwise be a second spelling of the same key, unknown to the list of revoked ones.
        text.starts_with(&key.stem()).then_some((key, tag))
    }
}

impl Keys {
    /// Makes a key, under the newest root that signs. `None` when none may.
    pub fn api_key(&self, kind: KeyKind, env: Env, merchant: &Merchant, number: u32) -> Option<String> {
        let (_, root) = self.api.iter().rev().find(|(state, _)| *state == RootState::Signing)?;
        let stem = ApiKey { kind, env, merchant: merchant.clone(), number }.stem();
        let tag = tag(root, &stem);
        Some(format!("{stem}_{tag}"))
    }

    /// Verifies a key: `key_invalid` unless one of the roots that may still verify made it.
    pub fn verify_api_key(&self, text: &str) -> Result<ApiKey, Rejection> {
        let (key, claimed) = ApiKey::parse(text).ok_or(Rejection::KeyInvalid)?;
        let stem = key.stem();
        let made = |(state, root): &(RootState, [u8; 32])| {
            *state != RootState::Revoked && bool::from(tag(root, &stem).as_bytes().ct_eq(claimed.as_bytes()))
        };
        if self.api.iter().any(made) { Ok(key) } else { Err(Rejection::KeyInvalid) }
    }
}

/// 128 bits of the HMAC over everything before the tag.
fn tag(root: &[u8; 32], stem: &str) -> String {
    base32(mac(root, &[stem.as_bytes()]).split_at(16).0)
}
