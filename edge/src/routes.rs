//! The route table ([`Resource::find`] has the paths, [`Resource::needs`] the methods and what each of them needs), and what happens to every request before
//! and after its handler.
//!
//! | path | needs |
//! |---|---|
//! | `/healthz`, `/widget/v1/{file}`, `/widget/{version}/{file}`, `/console/…`, `/card/…` | nothing |
//! | `/v1/…` | what [`Resource::needs`] says for each method |
//!
//! Order of refusals: 405, 413, 415, 401, 403, then what the handler finds; nothing is read for a stranger. A preflight is answered for any origin,
//! since it carries no key; the request itself is checked, and a page that is not allowed gets an answer it cannot read.

use crate::auth::{self, Caller, Permission, Refused};
use crate::handlers::{
    balances, batches, card_page, checkouts, console, events, files, gift_cards, imports, keys, ledger, redemptions,
    reports, search, settings, webhooks,
};
use crate::incoming::Incoming;
use crate::meter;
use crate::problem::{self, Failure, Fault};
use crate::reply::Reply;
use serde_json::json;
use shared::limits::{IMPORT_BYTES_MAX, SETTINGS_BYTES_MAX};
use shared::rejection::Rejection;
use shared::wire::batch::BatchAct;
use shared::wire::card_act::CardVerb;
use shared::wire::document;
use shared::wire::problem::Problem;
use worker::{Env, Headers, Method, Request, Response, ResponseBuilder};

/// What a path names.
enum Resource<'a> {
    GiftCards,
    CardSearch,
    GiftCard(&'a str),
    GiftCardEntries(&'a str),
    GiftCardAct(&'a str, CardVerb),
    GiftCardLink(&'a str),
    CardPage,
    CardPageCode,
    Batches,
    Batch(&'a str),
    BatchCodes(&'a str),
    Imports,
    Exchange,
    Balances,
    Redemptions,
    Redemption(&'a str),
    RedemptionRefunds(&'a str),
    Checkouts,
    Checkout(&'a str),
    CheckoutTokens(&'a str),
    Tenders(&'a str),
    Tender(&'a str, &'a str),
    CheckoutAct(&'a str, checkouts::Act),
    LedgerExport,
    Report(&'a str),
    Settings,
    SettingsHistory,
    KeyRevocation(&'a str),
    ConsoleSessions,
    Events,
    Webhooks(webhooks::Target<'a>),
}

impl<'a> Resource<'a> {
    fn find(path: &[&'a str]) -> Option<Self> {
        Some(match *path {
            ["gift-cards"] => Self::GiftCards,
            ["gift-cards", "search"] => Self::CardSearch,
            ["gift-cards", id] => Self::GiftCard(id),
            ["gift-cards", id, "entries"] => Self::GiftCardEntries(id),
            ["gift-cards", id, "activate"] => Self::GiftCardAct(id, CardVerb::Activate),
            ["gift-cards", id, "freeze"] => Self::GiftCardAct(id, CardVerb::Freeze),
            ["gift-cards", id, "unfreeze"] => Self::GiftCardAct(id, CardVerb::Unfreeze),
            ["gift-cards", id, "load"] => Self::GiftCardAct(id, CardVerb::Load),
            ["gift-cards", id, "extend"] => Self::GiftCardAct(id, CardVerb::Extend),
            ["gift-cards", id, "cash-out"] => Self::GiftCardAct(id, CardVerb::CashOut),
            ["gift-cards", id, "adjust"] => Self::GiftCardAct(id, CardVerb::Adjust),
            ["gift-cards", id, "cancel"] => Self::GiftCardAct(id, CardVerb::Cancel),
            ["gift-cards", id, "erase"] => Self::GiftCardAct(id, CardVerb::Erase),
            ["gift-cards", id, "link"] => Self::GiftCardLink(id),
            ["gift-cards", id, "replace"] => Self::GiftCardAct(id, CardVerb::Replace),
            ["card-page"] => Self::CardPage,
            ["card-page", "code"] => Self::CardPageCode,
            ["gift-card-batches"] => Self::Batches,
            ["gift-card-batches", id] => Self::Batch(id),
            ["gift-card-batches", id, "codes"] => Self::BatchCodes(id),
            ["imports", "gift-cards"] => Self::Imports,
            ["imports", "exchange"] => Self::Exchange,
            ["balances"] => Self::Balances,
            ["redemptions"] => Self::Redemptions,
            ["redemptions", id] => Self::Redemption(id),
            ["redemptions", id, "refunds"] => Self::RedemptionRefunds(id),
            ["checkouts"] => Self::Checkouts,
            ["checkouts", id] => Self::Checkout(id),
            ["checkouts", id, "tokens"] => Self::CheckoutTokens(id),
            ["checkouts", id, "tenders"] => Self::Tenders(id),
            ["checkouts", id, "tenders", tender] => Self::Tender(id, tender),
            ["checkouts", id, "authorize"] => Self::CheckoutAct(id, checkouts::Act::Authorize),
            ["checkouts", id, "capture"] => Self::CheckoutAct(id, checkouts::Act::Capture),
            ["checkouts", id, "extend"] => Self::CheckoutAct(id, checkouts::Act::Extend),
            ["checkouts", id, "void"] => Self::CheckoutAct(id, checkouts::Act::Void),
            ["checkouts", id, "refunds"] => Self::CheckoutAct(id, checkouts::Act::Refund),
            ["ledger", "export"] => Self::LedgerExport,
            ["reports", name] => Self::Report(name),
            ["settings"] => Self::Settings,
            ["settings", "history"] => Self::SettingsHistory,
            ["keys", id, "revoke"] => Self::KeyRevocation(id),
            ["console", "sessions"] => Self::ConsoleSessions,
            ["events"] => Self::Events,
            ["webhook-endpoints"] => Self::Webhooks(webhooks::Target::endpoints()),
            ["webhook-endpoints", id] => Self::Webhooks(webhooks::Target::of(webhooks::Noun::Endpoint, id)),
            ["webhook-endpoints", id, "rotate"] => Self::Webhooks(webhooks::Target::of(webhooks::Noun::Rotation, id)),
            ["webhook-endpoints", id, "enable"] => Self::Webhooks(webhooks::Target::of(webhooks::Noun::Enabling, id)),
            ["webhook-endpoints", id, "test"] => Self::Webhooks(webhooks::Target::of(webhooks::Noun::Test, id)),
            ["webhook-endpoints", id, "deliveries"] => {
                Self::Webhooks(webhooks::Target::of(webhooks::Noun::Deliveries, id))
            }
            ["webhook-endpoints", id, "deliveries", event, "redeliver"] => {
                Self::Webhooks(webhooks::Target::again(id, event))
            }
            _ => return None,
        })
    }

    /// The methods that it takes, and the one permission that each of them needs. There is no other place that says so.
    fn needs(&self) -> &'static [(Method, Permission)] {
        match self {
            Self::GiftCards | Self::GiftCardLink(_) | Self::Imports | Self::Exchange => {
                &[(Method::Post, Permission::Issue)]
            }
            Self::Batches => &[(Method::Get, Permission::Issue), (Method::Post, Permission::Issue)],
            Self::Batch(_) | Self::BatchCodes(_) => &[(Method::Get, Permission::Issue)],
            Self::CardSearch => &[(Method::Post, Permission::ReadCards)],
            Self::GiftCard(_) | Self::GiftCardEntries(_) => &[(Method::Get, Permission::ReadCards)],
            Self::GiftCardAct(_, CardVerb::Activate) => &[(Method::Post, Permission::Activate)],
            Self::GiftCardAct(..) => &[(Method::Post, Permission::ManageCards)],
            Self::CardPage | Self::CardPageCode => &[(Method::Get, Permission::SeeOwnCard)],
            Self::Balances => &[(Method::Post, Permission::AskBalance)],
            Self::Redemptions | Self::RedemptionRefunds(_) => &[(Method::Post, Permission::Redeem)],
            Self::Redemption(_) => &[(Method::Get, Permission::Redeem)],
            Self::Checkouts => &[(Method::Post, Permission::StartCheckout)],
            Self::Checkout(_) => &[(Method::Get, Permission::FillCheckout), (Method::Patch, Permission::FillCheckout)],
            Self::Tenders(_) => &[(Method::Post, Permission::FillCheckout)],
            Self::Tender(..) => &[(Method::Delete, Permission::FillCheckout)],
            Self::CheckoutTokens(_) | Self::CheckoutAct(..) => &[(Method::Post, Permission::SettleCheckout)],
            Self::LedgerExport | Self::Report(_) => &[(Method::Get, Permission::ReadBook)],
            Self::Settings => &[(Method::Get, Permission::ReadSettings), (Method::Put, Permission::WriteSettings)],
            Self::SettingsHistory => &[(Method::Get, Permission::ReadSettings)],
            Self::KeyRevocation(_) => &[(Method::Post, Permission::RevokeKeys)],
            Self::ConsoleSessions => &[(Method::Post, Permission::SignIn)],
            Self::Events => &[(Method::Get, Permission::ReadBook)],
            Self::Webhooks(target) => target.noun.needs(),
        }
    }

    async fn answer(self, incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
        match self {
            Self::GiftCards => gift_cards::issue(incoming, env, caller).await,
            Self::CardSearch => search::find(incoming, env, caller).await,
            Self::GiftCard(id) => gift_cards::read(env, caller, id).await,
            Self::GiftCardLink(id) => gift_cards::link(incoming, env, caller, id).await,
            Self::CardPage => card_page::read(env, caller).await,
            Self::CardPageCode => card_page::code(env, caller).await,
            Self::GiftCardEntries(id) => gift_cards::entries(incoming, env, caller, id).await,
            Self::GiftCardAct(id, CardVerb::Replace) => gift_cards::replace(incoming, env, caller, id).await,
            Self::GiftCardAct(id, verb) => gift_cards::act(incoming, env, caller, id, verb).await,
            Self::Batches if incoming.method == Method::Get => batches::list(incoming, env, caller).await,
            Self::Batches => batches::make(incoming, env, caller, BatchAct::Order).await,
            Self::Batch(id) => batches::read(env, caller, id).await,
            Self::BatchCodes(id) => batches::codes(incoming, env, caller, id).await,
            Self::Imports => batches::make(incoming, env, caller, BatchAct::Import).await,
            Self::Exchange => imports::exchange(incoming, env, caller).await,
            Self::Balances => balances::read(incoming, env, caller).await,
            Self::Redemptions => redemptions::redeem(incoming, env, caller).await,
            Self::Redemption(id) => redemptions::read(env, caller, id).await,
            Self::RedemptionRefunds(id) => redemptions::refund(incoming, env, caller, id).await,
            Self::Checkouts => checkouts::open(incoming, env, caller).await,
            Self::Checkout(id) if incoming.method == Method::Get => checkouts::read(env, caller, id).await,
            Self::Checkout(id) => checkouts::change_total(incoming, env, caller, id).await,
            Self::CheckoutTokens(id) => checkouts::make_token(incoming, env, caller, id).await,
            Self::Tenders(id) => checkouts::add_tender(incoming, env, caller, id).await,
            Self::Tender(id, tender) => checkouts::remove_tender(env, caller, id, tender).await,
            Self::CheckoutAct(id, act) => checkouts::act(incoming, env, caller, id, act).await,
            Self::LedgerExport => ledger::export(incoming, env, caller).await,
            Self::Report(name) => reports::read(incoming, env, caller, name).await,
            Self::Settings if incoming.method == Method::Get => settings::read(env, caller).await,
            Self::Settings => settings::write(incoming, env, caller).await,
            Self::SettingsHistory => settings::history(incoming, env, caller).await,
            Self::KeyRevocation(id) => keys::revoke(env, caller, id).await,
            // Answered before anybody is known; nobody who is has the permission.
            Self::ConsoleSessions => Err(Rejection::KeyScope.into()),
            Self::Events => events::list(incoming, env, caller).await,
            Self::Webhooks(target) => webhooks::serve(incoming, env, caller, target).await,
        }
    }
}

/// Answers a request, whatever happens.
pub async fn serve(request: Request, env: &Env) -> Result<Response, worker::Error> {
    let incoming = match Incoming::new(request) {
        Ok(incoming) => incoming,
        Err(fault) => return problem::answer(&fault.into()).respond(),
    };
    if incoming.method == Method::Options {
        return preflight(&incoming);
    }
    let path = incoming.path.clone();
    let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match path.as_slice() {
        ["healthz"] if incoming.method == Method::Get => health(env).respond(),
        ["widget", _, _] | ["console" | "card"] | ["console" | "card", _] => match incoming.method {
            Method::Get | Method::Head => files::serve(&incoming, env, &path).await,
            _ => refused(Rejection::MethodNotAllowed).with("Allow", "GET, HEAD").respond(),
        },
        ["healthz"] => refused(Rejection::MethodNotAllowed).with("Allow", "GET").respond(),
        ["v1", rest @ ..] => match Resource::find(rest) {
            Some(resource) => serve_resource(resource, incoming, env).await.respond(),
            None => refused(Rejection::NotFound).respond(),
        },
        _ => refused(Rejection::NotFound).respond(),
    }
}

async fn serve_resource(resource: Resource<'_>, mut incoming: Incoming, env: &Env) -> Reply {
    match resource {
        Resource::Settings => incoming.body_bytes_max = SETTINGS_BYTES_MAX,
        Resource::Imports => incoming.body_bytes_max = IMPORT_BYTES_MAX,
        _ => {}
    }
    let needs = resource.needs();
    let Some((_, permission)) = needs.iter().find(|(method, _)| *method == incoming.method) else {
        let allowed: Vec<&str> = needs.iter().map(|(method, _)| method.as_ref()).collect();
        return refused(Rejection::MethodNotAllowed).with("Allow", &allowed.join(", "));
    };
    let outcome = match incoming.check_body() {
        Ok(()) if *permission == Permission::SignIn => console::open(&mut incoming, env).await,
        Ok(()) => answer_caller(resource, &mut incoming, env, *permission).await,
        Err(failure) => Err(failure.into()),
    };
    match outcome {
        Ok((reply, readable_by)) => readable(reply, readable_by.as_deref()),
        Err(Refused { failure, readable_by }) => readable(problem::answer(&failure), readable_by.as_deref()),
    }
}

/// Answers somebody who may, with the origin that may read it.
async fn answer_caller(
    resource: Resource<'_>,
    incoming: &mut Incoming,
    env: &Env,
    permission: Permission,
) -> Result<(Reply, Option<String>), Refused> {
    let caller = auth::authenticate(incoming, env).await?;
    let outcome = if caller.role.may(permission) {
        resource.answer(incoming, env, &caller).await
    } else {
        Err(Rejection::KeyScope.into())
    };
    let reply = outcome.unwrap_or_else(|failure| problem::answer(&failure));
    let reply = if caller.is_public() { tell_the_public(reply, env, &caller, permission).await } else { reply };
    Ok((reply, caller.origin))
}

/// That it runs, and which version.
fn health(env: &Env) -> Reply {
    let mut health = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
    if let (Some(fields), Some(meter)) = (health.as_object_mut(), meter::read(env)) {
        fields.insert("meter".into(), meter);
    }
    Reply::json(200, &health)
}

fn refused(rejection: Rejection) -> Reply {
    problem::answer(&rejection.into())
}

/// To the public, a code that was forged, is another merchant's, or was never issued is one answer, and no balance is told. A page that shows a checkout is told
/// which codes are those of another system, so that it need not ask about one.
async fn tell_the_public(reply: Reply, env: &Env, caller: &Caller, permission: Permission) -> Reply {
    if reply.status < 400 && matches!(permission, Permission::StartCheckout | Permission::FillCheckout) {
        let told = checkouts::tell_page(reply, env, caller).await;
        return told.unwrap_or_else(|failure| problem::answer(&failure));
    }
    if !(400..500).contains(&reply.status) {
        return reply;
    }
    let is_again = reply.is_again();
    let told = reply
        .bytes()
        .await
        .and_then(|body| document::read::<Problem>(&body).ok_or_else(|| Fault::Corrupt("problem").into()));
    let reply = match told {
        Ok(problem) if matches!(problem.code.as_str(), "code_not_verified" | "card_unknown") => {
            refused(Rejection::CardNotUsable)
        }
        Ok(problem) => problem::refusal(&Problem { available: None, ..problem }),
        Err(failure) => problem::answer(&failure),
    };
    if is_again { reply.again() } else { reply }
}

/// Lets the page read the answer.
fn readable(reply: Reply, origin: Option<&str>) -> Reply {
    let reply = reply.with("Vary", "Origin");
    match origin {
        None => reply,
        Some(origin) => reply
            .with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Expose-Headers", "Idempotent-Replayed, Retry-After, Next-Cursor"),
    }
}

fn preflight(incoming: &Incoming) -> Result<Response, worker::Error> {
    let headers = Headers::new();
    headers.set("Access-Control-Allow-Origin", incoming.origin().unwrap_or("*"))?;
    headers.set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")?;
    headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")?;
    headers.set("Access-Control-Max-Age", "86400")?;
    headers.set("Vary", "Origin")?;
    Ok(ResponseBuilder::new().with_status(204).with_headers(headers).empty())
}
