//! The secrets of a deployment, and the keys that follow from them.

use crate::server::Settings;
use shared::seal::{Env, KeyKind, Keys, Merchant, MerchantKeys, Scope, Scopes, development};

/// Three secrets, in the form that the environment gives them.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The roots of codes.
    pub signing: String,
    /// The roots of keys and tokens.
    pub auth: String,
    /// The root of references and ids.
    pub index: String,
}

impl Secrets {
    /// The set that anybody can read, for `test` only.
    pub fn development() -> Self {
        Self {
            signing: development::SIGNING_ROOTS.into(),
            auth: development::AUTH_ROOTS.into(),
            index: development::INDEX_ROOT.into(),
        }
    }

    /// A set of its own, so that `live` is served too. Each root is its id repeated: nobody's money depends on it.
    pub fn private() -> Self {
        Self {
            signing: format!("0:sign:{}", "a0".repeat(32)),
            auth: format!("0:sign:{}", "b0".repeat(32)),
            index: "c0".repeat(32),
        }
    }

    /// What a server is started with.
    pub fn settings(&self) -> Settings {
        let environment = vec![
            ("RASEED_SIGNING_ROOTS", self.signing.clone()),
            ("RASEED_AUTH_ROOTS", self.auth.clone()),
            ("RASEED_INDEX_ROOT", self.index.clone()),
        ];
        Settings { environment, ..Settings::default() }
    }

    /// What follows from them.
    pub fn keys(&self) -> Keys {
        Keys::from_env(&self.signing, &self.auth, &self.index).unwrap()
    }

    /// The keys of a merchant.
    pub fn merchant(&self, env: Env, merchant: &str) -> MerchantKeys {
        self.keys().merchant(env, &Merchant::parse(merchant).unwrap())
    }

    /// A merchant's first secret key.
    pub fn secret_key(&self, env: Env, merchant: &str) -> String {
        self.api_key(KeyKind::Secret, env, merchant)
    }

    /// A merchant's first publishable key.
    pub fn publishable_key(&self, env: Env, merchant: &str) -> String {
        self.api_key(KeyKind::Publishable, env, merchant)
    }

    /// A merchant's restricted key of that number.
    pub fn restricted_key(&self, scopes: &[Scope], merchant: &str, number: u32) -> String {
        let kind = KeyKind::Restricted(Scopes::new(scopes).unwrap());
        self.keys().api_key(kind, Env::Test, &Merchant::parse(merchant).unwrap(), number).unwrap()
    }

    /// What the authenticator of a console key shows at that moment.
    pub fn totp(&self, merchant: &str, number: u32, at_ms: u64) -> String {
        self.keys().totp_secret(Env::Test, &Merchant::parse(merchant).unwrap(), number).unwrap().code_at(at_ms)
    }

    /// A merchant's key of that kind and number.
    pub fn numbered_key(&self, kind: KeyKind, merchant: &str, number: u32) -> String {
        self.keys().api_key(kind, Env::Test, &Merchant::parse(merchant).unwrap(), number).unwrap()
    }

    fn api_key(&self, kind: KeyKind, env: Env, merchant: &str) -> String {
        self.keys().api_key(kind, env, &Merchant::parse(merchant).unwrap(), 1).unwrap()
    }
}
