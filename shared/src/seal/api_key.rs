//! API keys: `{kind}_{env}_{merchant}_{number}_{tag}`, and `rk_{env}_{merchant}_{number}_{scopes}_{tag}`. They are signed, so the Worker knows who asks
//! without storage; revoked ones stand in the merchant's settings, by kind and number.

use super::{Env, Keys, Merchant, RootState, base32, mac};
use crate::rejection::Rejection;
use subtle::ConstantTimeEq;

/// What a restricted key is for. The list is closed; which requests each scope allows stands beside the route table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// A point of sale.
    Pos,
    /// Somebody who reads the book.
    Reports,
    /// The first of two factors that open a console session. It opens nothing else.
    Console,
}

impl Scope {
    /// Every scope with its name in keys, in the order in which they stand there.
    const NAMES: [(Self, &'static str); 3] =
        [(Self::Pos, "pos"), (Self::Reports, "reports"), (Self::Console, "console")];

    /// As one bit.
    const fn bit(self) -> u8 {
        match self {
            Self::Pos => 1,
            Self::Reports => 2,
            Self::Console => 4,
        }
    }
}

/// The scopes of one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scopes(u8);

impl Scopes {
    /// `None` without any, and for `console` beside another: a key that lies about in a browser's memory must be worth nothing alone.
    pub fn new(scopes: &[Scope]) -> Option<Self> {
        let bits = scopes.iter().fold(0, |bits, scope| bits | scope.bit());
        let console = Scope::Console.bit();
        (bits == console || (bits != 0 && bits & console == 0)).then_some(Self(bits))
    }

    /// Whether that one is among them.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Reads `pos-reports`; the names in any order, each once.
    pub fn parse(text: &str) -> Option<Self> {
        let named = |name| Scope::NAMES.iter().find(|(_, other)| *other == name).map(|(scope, _)| *scope);
        let scopes = text.split('-').map(named).collect::<Option<Vec<_>>>()?;
        Self::new(&scopes).filter(|distinct| distinct.0.count_ones() == u32::try_from(scopes.len()).unwrap_or_default())
    }

    /// The names in their one order.
    fn name(self) -> String {
        let names: Vec<&str> =
            Scope::NAMES.iter().filter(|(scope, _)| self.has(*scope)).map(|(_, name)| *name).collect();
        names.join("-")
    }
}

/// What a key may be used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// `sk_`: a server; may do everything.
    Secret,
    /// `pk_`: a page of an allowed origin; starts checkouts and asks masked balances.
    Publishable,
    /// `rk_`: what its scopes say.
    Restricted(Scopes),
}

impl KeyKind {
    /// The prefix of the key.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Secret => "sk",
            Self::Publishable => "pk",
            Self::Restricted(_) => "rk",
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
    /// What names the key among its merchant's, and is no secret: `sk_1`. All restricted keys of one number have one, whatever their scopes.
    pub fn id(&self) -> String {
        format!("{}_{}", self.kind.prefix(), self.number)
    }

    /// Everything before the tag, in its one form.
    fn stem(&self) -> String {
        let stem = format!("{}_{}_{}_{}", self.kind.prefix(), self.env.name(), self.merchant.name(), self.number);
        match self.kind {
            KeyKind::Restricted(scopes) => format!("{stem}_{}", scopes.name()),
            KeyKind::Secret | KeyKind::Publishable => stem,
        }
    }

    /// Reads the parts of a key and its tag. A merchant's name may hold underscores, so the parts are taken from both ends.
    fn parse(text: &str) -> Option<(Self, &str)> {
        let (prefix, rest) = text.split_once('_')?;
        let (env, rest) = rest.split_once('_')?;
        let (rest, tag) = rest.rsplit_once('_')?;
        let (rest, kind) = match prefix {
            "sk" => (rest, KeyKind::Secret),
            "pk" => (rest, KeyKind::Publishable),
            "rk" => {
                let (rest, scopes) = rest.rsplit_once('_')?;
                (rest, KeyKind::Restricted(Scopes::parse(scopes)?))
            }
            _ => return None,
        };
        let (merchant, number) = rest.rsplit_once('_')?;
        let key =
            Self { kind, env: Env::parse(env)?, merchant: Merchant::parse(merchant)?, number: number.parse().ok()? };
        // A number and a list of scopes have one form each: `007` would otherwise be a second spelling of the same key.
        text.strip_prefix(&key.stem())?.starts_with('_').then_some((key, tag))
    }
}

/// Whether a text names a key among its merchant's, as [`ApiKey::id`] writes it.
pub fn is_key_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(kind, number)| {
        matches!(kind, "sk" | "pk" | "rk") && number.parse::<u32>().is_ok_and(|parsed| parsed.to_string() == number)
    })
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
