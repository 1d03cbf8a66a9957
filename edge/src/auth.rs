//! Who asks, and from which page. Keys and tokens are signed, so this needs no storage except the merchant's list of origins.

use crate::incoming::Incoming;
use crate::problem::Failure;
use crate::{clock, keys, settings};
use shared::rejection::Rejection;
use shared::seal::{ApiKey, CheckoutToken, Env as Mode, KeyKind, Merchant, MerchantKeys};
use shared::wire::settings::Settings;
use std::rc::Rc;
use worker::Env;

/// What a caller may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A server with a secret key.
    Server,
    /// A page with a publishable key.
    Page,
    /// A page with a token for one checkout.
    Checkout,
}

/// A caller that proved who it is.
pub struct Caller {
    pub role: Role,
    pub mode: Mode,
    pub merchant: Merchant,
    /// What is kept as who made a change: the id of the key, or the name of the kind of token.
    pub by: String,
    /// The merchant's keys.
    pub keys: Rc<MerchantKeys>,
    /// The page's origin, allowed: the answer may be read there.
    pub origin: Option<String>,
    /// The token, for [`Role::Checkout`].
    pub token: Option<CheckoutToken>,
}

/// A refusal, and whether the page that asked may read it.
pub struct Refused {
    pub failure: Failure,
    pub readable_by: Option<String>,
}

impl<T: Into<Failure>> From<T> for Refused {
    fn from(failure: T) -> Self {
        Self { failure: failure.into(), readable_by: None }
    }
}

impl Caller {
    /// `{env}/{merchant}`: the beginning of every object's name.
    pub fn scope(&self) -> String {
        format!("{}/{}", self.mode.name(), self.merchant.name())
    }

    /// Only a server may.
    pub fn check_server(&self) -> Result<(), Rejection> {
        if self.role == Role::Server { Ok(()) } else { Err(Rejection::KeyScope) }
    }

    /// A server may, and the page whose token is for this checkout.
    pub fn check_checkout(&self, id: &str) -> Result<(), Rejection> {
        match (self.role, &self.token) {
            (Role::Server, _) => Ok(()),
            (Role::Checkout, Some(token)) if token.checkout == id => Ok(()),
            _ => Err(Rejection::KeyScope),
        }
    }

    /// Whether the caller is the public, to whom a forged code, another merchant's and one that was never issued are one answer.
    pub fn is_public(&self) -> bool {
        self.role != Role::Server
    }
}

/// Finds out who asks.
pub async fn authenticate(incoming: &Incoming, env: &Env) -> Result<Caller, Refused> {
    let bearer = incoming.bearer().ok_or(Rejection::KeyMissing)?;
    let all = keys::keys(env)?;
    if bearer.starts_with("ct_") {
        return by_token(incoming, env, all.verify_token(bearer)?);
    }
    let key = all.verify_api_key(bearer)?;
    let by = key.id();
    let ApiKey { kind, env: mode, merchant, .. } = key;
    let keys = keys::merchant(env, mode, &merchant)?;
    let caller = |role, origin| Caller { role, mode, merchant, by, keys, origin, token: None };
    match (kind, incoming.origin()) {
        (KeyKind::Secret, Some(_)) => Err(Rejection::SecretKeyInBrowser.into()),
        (KeyKind::Secret, None) => {
            let caller = caller(Role::Server, None);
            check_not_revoked(&settings::for_key(env, &caller.scope()).await?.settings, &caller.by)?;
            Ok(caller)
        }
        (KeyKind::Publishable, None) => Err(Rejection::OriginNotAllowed.into()),
        (KeyKind::Publishable, Some(origin)) => {
            let caller = caller(Role::Page, Some(origin.into()));
            let known = settings::for_page(env, &caller.scope()).await?;
            check_not_revoked(&known.settings, &caller.by)?;
            if known.settings.origins.iter().any(|allowed| allowed == origin) {
                Ok(caller)
            } else {
                Err(Rejection::OriginNotAllowed.into())
            }
        }
    }
}

fn check_not_revoked(settings: &Settings, key: &str) -> Result<(), Rejection> {
    if settings.revoked_keys.contains(key) { Err(Rejection::KeyRevoked) } else { Ok(()) }
}

fn by_token(incoming: &Incoming, env: &Env, token: CheckoutToken) -> Result<Caller, Refused> {
    let keys = keys::merchant(env, token.env, &token.merchant)?;
    if token.origin.as_deref() != incoming.origin() {
        return Err(Rejection::OriginNotAllowed.into());
    }
    // The page is the right one, so it may read that its token is over.
    token
        .check_fresh(clock::now_ms())
        .map_err(|rejection| Refused { failure: rejection.into(), readable_by: token.origin.clone() })?;
    Ok(Caller {
        role: Role::Checkout,
        mode: token.env,
        merchant: token.merchant.clone(),
        by: "ct".into(),
        keys,
        origin: token.origin.clone(),
        token: Some(token),
    })
}
