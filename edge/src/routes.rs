//! The route table, and what happens to every request before and after its handler.
//!
//! | path | methods | who |
//! |---|---|---|
//! | `/healthz` | GET | anybody |
//! | `/widget/v1/{file}`, `/widget/{version}/{file}` | GET | anybody |
//! | `/v1/gift-cards` | POST | server |
//! | `/v1/gift-cards/{gc}`, `…/entries` | GET | server |
//! | `/v1/gift-cards/{gc}/activate`, `…/freeze`, `…/unfreeze` | POST | server |
//! | `/v1/balances` | POST | server, page |
//! | `/v1/redemptions` | POST | server |
//! | `/v1/redemptions/{rd}` | GET | server |
//! | `/v1/redemptions/{rd}/refunds` | POST | server |
//! | `/v1/checkouts` | POST | server, page |
//! | `/v1/checkouts/{co}` | GET, PATCH | server, its token |
//! | `/v1/checkouts/{co}/tenders` | POST | server, its token |
//! | `/v1/checkouts/{co}/tenders/{tn}` | DELETE | server, its token |
//! | `/v1/checkouts/{co}/tokens`, `…/authorize`, `…/capture`, `…/extend`, `…/void`, `…/refunds` | POST | server |
//! | `/v1/ledger/export`, `/v1/reports/summary` | GET | server |
//! | `/v1/settings` | GET, PUT | server |
//! | `/v1/events` | GET | server |
//! | `/v1/webhook-endpoints` | GET, POST | server |
//! | `/v1/webhook-endpoints/{we}` | GET, DELETE | server |
//! | `/v1/webhook-endpoints/{we}/rotate`, `…/enable`, `…/test` | POST | server |
//! | `/v1/webhook-endpoints/{we}/deliveries` | GET | server |
//! | `/v1/webhook-endpoints/{we}/deliveries/{ev}/redeliver` | POST | server |
//!
//! Order of refusals: 405, 413, 415, 401, 403, then what the handler finds; nothing is read for a stranger. A preflight is answered for any origin,
//! since it carries no key; the request itself is checked, and a page that is not allowed gets an answer it cannot read.

use crate::auth::{self, Caller, Refused};
use crate::handlers::{balances, checkouts, events, gift_cards, ledger, redemptions, settings, webhooks, widget};
use crate::incoming::Incoming;
use crate::meter;
use crate::problem::{self, Failure, Fault};
use crate::reply::Reply;
use serde_json::json;
use shared::rejection::Rejection;
use shared::wire::problem::Problem;
use worker::{Env, Headers, Method, Request, Response, ResponseBuilder};

/// What a path names.
enum Resource<'a> {
    GiftCards,
    GiftCard(&'a str),
    GiftCardEntries(&'a str),
    GiftCardAct(&'a str, gift_cards::Act),
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
    Summary,
    Settings,
    Events,
    Webhooks(webhooks::Target<'a>),
}

impl<'a> Resource<'a> {
    fn find(path: &[&'a str]) -> Option<Self> {
        Some(match *path {
            ["gift-cards"] => Self::GiftCards,
            ["gift-cards", id] => Self::GiftCard(id),
            ["gift-cards", id, "entries"] => Self::GiftCardEntries(id),
            ["gift-cards", id, "activate"] => Self::GiftCardAct(id, gift_cards::Act::Activate),
            ["gift-cards", id, "freeze"] => Self::GiftCardAct(id, gift_cards::Act::Freeze),
            ["gift-cards", id, "unfreeze"] => Self::GiftCardAct(id, gift_cards::Act::Unfreeze),
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
            ["reports", "summary"] => Self::Summary,
            ["settings"] => Self::Settings,
            ["events"] => Self::Events,
            ["webhook-endpoints", ref rest @ ..] => {
                let (noun, id, event) = match *rest {
                    [] => (webhooks::Noun::Endpoints, "", ""),
                    [id] => (webhooks::Noun::Endpoint, id, ""),
                    [id, "rotate"] => (webhooks::Noun::Rotation, id, ""),
                    [id, "enable"] => (webhooks::Noun::Enabling, id, ""),
                    [id, "test"] => (webhooks::Noun::Test, id, ""),
                    [id, "deliveries"] => (webhooks::Noun::Deliveries, id, ""),
                    [id, "deliveries", event, "redeliver"] => (webhooks::Noun::Redelivery, id, event),
                    _ => return None,
                };
                Self::Webhooks(webhooks::Target { noun, id, event })
            }
            _ => return None,
        })
    }

    fn methods(&self) -> &'static [Method] {
        match self {
            Self::GiftCard(_) | Self::GiftCardEntries(_) | Self::Redemption(_) | Self::LedgerExport | Self::Summary => {
                &[Method::Get]
            }
            Self::Events => &[Method::Get],
            Self::Webhooks(target) => target.noun.methods(),
            Self::Checkout(_) => &[Method::Get, Method::Patch],
            Self::Tender(..) => &[Method::Delete],
            Self::Settings => &[Method::Get, Method::Put],
            _ => &[Method::Post],
        }
    }

    async fn answer(self, incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
        match self {
            Self::GiftCards => gift_cards::issue(incoming, env, caller).await,
            Self::GiftCard(id) => gift_cards::read(env, caller, id).await,
            Self::GiftCardEntries(id) => gift_cards::entries(incoming, env, caller, id).await,
            Self::GiftCardAct(id, act) => gift_cards::act(incoming, env, caller, id, act).await,
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
            Self::Summary => ledger::summary(incoming, env, caller).await,
            Self::Settings if incoming.method == Method::Get => settings::read(env, caller).await,
            Self::Settings => settings::write(incoming, env, caller).await,
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
        ["widget", version, file] if matches!(incoming.method, Method::Get | Method::Head) => {
            widget::serve(&incoming, env, version, file).await
        }
        ["healthz"] => refused(Rejection::MethodNotAllowed).with("Allow", "GET").respond(),
        ["widget", _, _] => refused(Rejection::MethodNotAllowed).with("Allow", "GET, HEAD").respond(),
        ["v1", rest @ ..] => match Resource::find(rest) {
            Some(resource) => serve_resource(resource, incoming, env).await.respond(),
            None => refused(Rejection::NotFound).respond(),
        },
        _ => refused(Rejection::NotFound).respond(),
    }
}

async fn serve_resource(resource: Resource<'_>, mut incoming: Incoming, env: &Env) -> Reply {
    let methods = resource.methods();
    if !methods.contains(&incoming.method) {
        let allowed: Vec<&str> = methods.iter().map(AsRef::as_ref).collect();
        return refused(Rejection::MethodNotAllowed).with("Allow", &allowed.join(", "));
    }
    let outcome = match incoming.check_body() {
        Ok(()) => auth::authenticate(&incoming, env).await,
        Err(failure) => Err(Refused::from(failure)),
    };
    match outcome {
        Err(Refused { failure, readable_by }) => readable(problem::answer(&failure), readable_by.as_deref()),
        Ok(caller) => {
            let reply =
                resource.answer(&mut incoming, env, &caller).await.unwrap_or_else(|failure| problem::answer(&failure));
            let reply = if caller.is_public() && reply.status >= 400 { tell_the_public(reply).await } else { reply };
            readable(reply, caller.origin.as_deref())
        }
    }
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

/// To the public, a code that was forged, is another merchant's, or was never issued is one answer, and no balance is told.
async fn tell_the_public(reply: Reply) -> Reply {
    if reply.status >= 500 {
        return reply;
    }
    let is_again = reply.is_again();
    let told = reply
        .bytes()
        .await
        .and_then(|body| serde_json::from_slice::<Problem>(&body).map_err(|_| Fault::Corrupt("problem").into()));
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
            .with("Access-Control-Expose-Headers", "Idempotent-Replayed, Retry-After"),
    }
}

fn preflight(incoming: &Incoming) -> Result<Response, worker::Error> {
    let headers = Headers::new();
    headers.set("Access-Control-Allow-Origin", incoming.origin().unwrap_or("*"))?;
    headers.set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")?;
    headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")?;
    headers.set("Access-Control-Max-Age", "86400")?;
    headers.set("Vary", "Origin")?;
    Ok(ResponseBuilder::new().with_status(204).with_headers(headers).empty())
}
