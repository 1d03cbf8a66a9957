//! Who asks, from which page, and what they may. Keys, tokens and sessions are signed, so this needs no storage except the merchant's settings, which say
//! which keys were revoked and which origins are allowed.
//!
//! Every request needs one [`Permission`] (the table in `routes` says which), and every [`Role`] has a set of them. Handlers ask nothing more, except whose
//! checkout a token is for, and that only who may issue cards learns who they are for.

use crate::incoming::Incoming;
use crate::problem::Failure;
use crate::{clock, keys, settings};
use shared::rejection::Rejection;
use shared::seal::{
    ApiKey, CardLink, CheckoutToken, ConsoleToken, Env as Mode, KeyKind, Keys, Merchant, MerchantKeys, Scope, Scopes,
};
use shared::wire::settings::Settings;
use std::rc::Rc;
use worker::Env;

/// What a request needs. A new route gets one of these, or a new one that every role below is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Make cards, and learn their codes.
    Issue,
    /// Bring a card that was sold at a till to life.
    Activate,
    /// Read a card and its ledger.
    ReadCards,
    /// Change what may become of a card.
    ManageCards,
    /// Ask what a code is worth.
    AskBalance,
    /// Take value in one step, and give it back.
    Redeem,
    /// Start a checkout.
    StartCheckout,
    /// Read and fill a checkout.
    FillCheckout,
    /// Decide about a checkout, and give back what it took.
    SettleCheckout,
    /// Read the book and what is summed up of it.
    ReadBook,
    /// Read the settings and their history.
    ReadSettings,
    /// Change the settings.
    WriteSettings,
    /// Say who is told of what happens, and look after how that goes.
    ManageWebhooks,
    /// Revoke a key.
    RevokeKeys,
    /// See the one card that a link is of, and its code.
    SeeOwnCard,
    /// Open a console session. Nobody has it: the factors stand in the body, and a key in the header does not matter.
    SignIn,
}

/// What a caller is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A server with a secret key.
    Server,
    /// A page with a publishable key.
    Page,
    /// A page with a token for one checkout.
    Checkout,
    /// Whoever holds the link to a card.
    Holder,
    /// Whoever has a restricted key.
    Restricted(Scopes),
    /// A person with a console session.
    Console,
}

impl Role {
    /// Whether it has that permission.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Server => !matches!(permission, P::SignIn | P::SeeOwnCard),
            Self::Page => matches!(permission, P::StartCheckout | P::AskBalance),
            Self::Checkout => permission == P::FillCheckout,
            Self::Holder => permission == P::SeeOwnCard,
            Self::Restricted(scopes) => {
                (scopes.has(Scope::Pos) && is_for_tills(permission))
                    || (scopes.has(Scope::Reports) && permission == P::ReadBook)
            }
            Self::Console => matches!(
                permission,
                P::Issue
                    | P::Activate
                    | P::ReadCards
                    | P::ManageCards
                    | P::AskBalance
                    | P::ReadBook
                    | P::ReadSettings
                    | P::WriteSettings
                    | P::ManageWebhooks
                    | P::RevokeKeys
            ),
        }
    }
}

/// A till takes cards and brings sold ones to life. It makes none and changes no rule: whoever walks away with its key can spend only codes that they have.
fn is_for_tills(permission: Permission) -> bool {
    use Permission as P;
    matches!(
        permission,
        P::Activate | P::ReadCards | P::AskBalance | P::Redeem | P::StartCheckout | P::FillCheckout | P::SettleCheckout
    )
}

/// A caller that proved who it is.
pub struct Caller {
    pub role: Role,
    pub mode: Mode,
    pub merchant: Merchant,
    /// What is kept as who made a change: the id of the key, or of the console key behind a session.
    pub by: String,
    /// The merchant's keys.
    pub keys: Rc<MerchantKeys>,
    /// The page's origin, allowed: the answer may be read there.
    pub origin: Option<String>,
    /// The token, for [`Role::Checkout`].
    pub token: Option<CheckoutToken>,
    /// The card, for [`Role::Holder`].
    pub link: Option<CardLink>,
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
        scope(self.mode, &self.merchant)
    }

    /// A checkout's token is for that one alone; whoever else may fill checkouts, may fill any.
    pub fn check_checkout(&self, id: &str) -> Result<(), Rejection> {
        match &self.token {
            Some(token) if token.checkout != id => Err(Rejection::KeyScope),
            _ => Ok(()),
        }
    }

    /// Whether the caller is the public, to whom a forged code, another merchant's and one that was never issued are one answer.
    pub fn is_public(&self) -> bool {
        matches!(self.role, Role::Page | Role::Checkout | Role::Holder)
    }
}

/// `{env}/{merchant}`: the beginning of every object's name.
pub fn scope(mode: Mode, merchant: &Merchant) -> String {
    format!("{}/{}", mode.name(), merchant.name())
}

/// Finds out who asks.
pub async fn authenticate(incoming: &Incoming, env: &Env) -> Result<Caller, Refused> {
    let bearer = incoming.bearer().ok_or(Rejection::KeyMissing)?;
    let all = keys::keys(env)?;
    if bearer.starts_with("ct_") {
        return by_token(incoming, env, all.verify_token(bearer)?);
    }
    if bearer.starts_with("cs_") {
        return by_session(incoming, env, all.verify_session(bearer)?).await;
    }
    if bearer.starts_with("gl_") {
        return by_link(incoming, env, all.verify_link(bearer)?).await;
    }
    by_key(incoming, env, &all, bearer).await
}

async fn by_key(incoming: &Incoming, env: &Env, all: &Keys, bearer: &str) -> Result<Caller, Refused> {
    let key = all.verify_api_key(bearer)?;
    let by = key.id();
    let ApiKey { kind, env: mode, merchant, .. } = key;
    let keys = keys::merchant(env, mode, &merchant)?;
    let caller = |role, origin| Caller { role, mode, merchant, by, keys, origin, token: None, link: None };
    let role = match (kind, incoming.origin()) {
        // A browser tells the origin of every page that may not simply read the answer. A key that does anything without one is no page's.
        (KeyKind::Secret | KeyKind::Restricted(_), Some(_)) => return Err(Rejection::SecretKeyInBrowser.into()),
        (KeyKind::Secret, None) => Role::Server,
        (KeyKind::Restricted(scopes), None) => Role::Restricted(scopes),
        (KeyKind::Publishable, None) => return Err(Rejection::OriginNotAllowed.into()),
        (KeyKind::Publishable, Some(origin)) => {
            let caller = caller(Role::Page, Some(origin.into()));
            let known = settings::for_page(env, &caller.scope()).await?;
            check_not_revoked(&known.settings, &caller.by)?;
            check_allowed(&known.settings, origin)?;
            return Ok(caller);
        }
    };
    let caller = caller(role, None);
    check_not_revoked(&settings::for_key(env, &caller.scope()).await?.settings, &caller.by)?;
    Ok(caller)
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
        link: None,
    })
}

async fn by_session(incoming: &Incoming, env: &Env, session: ConsoleToken) -> Result<Caller, Refused> {
    let keys = keys::merchant(env, session.env, &session.merchant)?;
    let origin = incoming.origin();
    // A browser leaves the origin out when a page reads from where it came from itself, and only then.
    let is_own_reading = origin.is_none() && session.origin.as_deref().is_some_and(|own| incoming.is_own(own));
    if session.origin.as_deref() != origin && !is_own_reading {
        return Err(Rejection::OriginNotAllowed.into());
    }
    let refused = |failure: Failure| Refused { failure, readable_by: origin.map(str::to_owned) };
    session.check_fresh(clock::now_ms()).map_err(|rejection| refused(rejection.into()))?;
    let known = settings::for_key(env, &scope(session.env, &session.merchant)).await?;
    check_not_revoked(&known.settings, &session.key_id()).map_err(|rejection| refused(rejection.into()))?;
    check_console(incoming, &known.settings)?;
    Ok(Caller {
        role: Role::Console,
        mode: session.env,
        by: session.key_id(),
        merchant: session.merchant,
        keys,
        origin: origin.map(str::to_owned),
        token: None,
        link: None,
    })
}

/// A link is opened on the deployment's own page, or on one of the shop's origins.
async fn by_link(incoming: &Incoming, env: &Env, link: CardLink) -> Result<Caller, Refused> {
    let keys = keys::merchant(env, link.env, &link.merchant)?;
    check_console(incoming, &settings::for_page(env, &scope(link.env, &link.merchant)).await?.settings)?;
    Ok(Caller {
        role: Role::Holder,
        mode: link.env,
        merchant: link.merchant.clone(),
        by: "gl".into(),
        keys,
        origin: incoming.origin().map(str::to_owned),
        token: None,
        link: Some(link),
    })
}

fn check_not_revoked(settings: &Settings, key: &str) -> Result<(), Rejection> {
    if settings.revoked_keys.iter().any(|revoked| revoked == key) { Err(Rejection::KeyRevoked) } else { Ok(()) }
}

fn check_allowed(settings: &Settings, origin: &str) -> Result<(), Rejection> {
    if settings.origins.iter().any(|allowed| allowed == origin) { Ok(()) } else { Err(Rejection::OriginNotAllowed) }
}

/// A console is a page of the deployment itself, or of an origin that the settings name. A program has no origin, and no browser to lend it a session.
pub fn check_console(incoming: &Incoming, settings: &Settings) -> Result<(), Rejection> {
    match incoming.origin() {
        Some(origin) if !incoming.is_own(origin) => check_allowed(settings, origin),
        _ => Ok(()),
    }
}
