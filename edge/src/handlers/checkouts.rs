//! Checkouts. A server's are stored from the start; a page's exist only in its token until a verified tender makes the object.

use super::{open_answer, verify};
use crate::auth::{Caller, Role};
use crate::incoming::{Body, Incoming};
use crate::objects::pass_to_checkout;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use crate::{clock, entropy, keys, settings};
use serde_json::{Map, Value};
use shared::checkout::{Checkout, Order};
use shared::money::{Amount, Currency};
use shared::rejection::Rejection;
use shared::seal::{CheckoutToken, base32};
use shared::time;
use shared::wire::answer::CheckoutAnswer;
use shared::wire::call::{CheckoutCall, CheckoutOrder, NewCheckout, Once};
use shared::wire::request::{
    OpenCheckout, RefundAmount, read_authorize, read_capture, read_extend, read_nothing, read_tender, read_total,
};
use worker::Env;

/// What only a server does to a checkout.
#[derive(Clone, Copy)]
pub enum Act {
    Authorize,
    Capture,
    Extend,
    Void,
    Refund,
}

/// Opens a checkout and makes the token for its page.
pub async fn open(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "open").await?;
    let OpenCheckout { order, origin, location, ttl_ms } = OpenCheckout::read(body.fields)?;
    let expires_at_ms = clock::now_ms().saturating_add(ttl_ms);
    if caller.role == Role::Page {
        // The page's own origin is the only one that a publishable key can speak for, and places are the server's to name.
        if origin.is_some() || location.is_some() {
            return Err(Rejection::field(if origin.is_some() { "origin" } else { "location" }).into());
        }
        return open_on_page(env, caller, order, expires_at_ms);
    }
    let id = caller.keys.checkout_id(&body.key);
    let new = NewCheckout { order, origin, location, expires_at_ms };
    with_token(
        env,
        caller,
        &id,
        pass_to_checkout(env, &call(caller, &id, CheckoutOrder::Open { new, once: body.once })).await?,
    )
    .await
}

fn open_on_page(env: &Env, caller: &Caller, order: Order, expires_at_ms: u64) -> Result<Reply, Failure> {
    let now_ms = clock::now_ms();
    let id = format!("co_{}", base32(&entropy::sixteen_bytes()?));
    let checkout = Checkout::open(order.clone(), caller.origin.clone(), true, None, now_ms, expires_at_ms);
    let token = CheckoutToken { order: Some(order), ..token(caller, &id, caller.origin.clone(), expires_at_ms) };
    Ok(Reply::json(
        201,
        &CheckoutAnswer { token: Some(seal(env, &token)?), ..CheckoutAnswer::new(&id, &checkout, now_ms) },
    ))
}

/// Reads a checkout.
pub async fn read(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    caller.check_checkout(check_id(id)?)?;
    pass_to_checkout(env, &call(caller, id, CheckoutOrder::Read)).await
}

/// Makes a fresh token for the page of a checkout. It changes nothing, but a `POST` that is repeated by accident must still be recognised.
pub async fn make_token(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    read_nothing(incoming.body(&caller.keys, "token").await?.fields)?;
    with_token(env, caller, id, pass_to_checkout(env, &call(caller, check_id(id)?, CheckoutOrder::Read)).await?).await
}

/// Changes the total of an open checkout: the server of any, a page only of one that it made. The page gets a token with the new total, which counts
/// as long as nothing is stored.
pub async fn change_total(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    caller.check_checkout(check_id(id)?)?;
    let made_here = caller.token.as_ref().and_then(|token| token.order.as_ref().map(|order| (token, order)));
    if caller.is_public() && made_here.is_none() {
        return Err(Rejection::KeyScope.into());
    }
    let (total, eligible_total) = read_total(incoming.fields().await?)?;
    let reply = pass_to_checkout(env, &call(caller, id, CheckoutOrder::ChangeTotal { total, eligible_total })).await?;
    match made_here {
        Some((token, order)) if reply.status == 200 => {
            let order = Order { total, eligible_total, ..order.clone() };
            with_sealed(reply, &seal(env, &CheckoutToken { order: Some(order), ..token.clone() })?).await
        }
        _ => Ok(reply),
    }
}

/// Adds a card. A code that does not verify ends here, without an object.
pub async fn add_tender(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    caller.check_checkout(check_id(id)?)?;
    let Body { fields, key, once, .. } = incoming.body(&caller.keys, "tender").await?;
    let (code, amount) = read_tender(fields)?;
    let (card, key_id) = verify(caller, &code)?;
    let tender = caller.keys.tender_id(id, &key);
    // The code is not part of the fingerprint, and here it does not name the resource either: the card does instead.
    let once = Once { fingerprint: format!("{}/{card}", once.fingerprint), ..once };
    pass_to_checkout(env, &call(caller, id, CheckoutOrder::AddTender { tender, card, key_id, amount, once })).await
}

/// Removes a card. What is gone stays gone, so no idempotency key is needed.
pub async fn remove_tender(env: &Env, caller: &Caller, id: &str, tender: &str) -> Result<Reply, Failure> {
    caller.check_checkout(check_id(id)?)?;
    pass_to_checkout(env, &call(caller, id, CheckoutOrder::RemoveTender { tender: tender.into() })).await
}

/// Authorizes, captures, voids or refunds.
pub async fn act(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str, act: Act) -> Result<Reply, Failure> {
    let name = match act {
        Act::Authorize => "authorize",
        Act::Capture => "capture",
        Act::Extend => "extend",
        Act::Void => "void",
        Act::Refund => "refund",
    };
    let Body { fields, key, once, .. } = incoming.body(&caller.keys, name).await?;
    let order = match act {
        Act::Authorize => {
            let (order, hold_ms) = read_authorize(fields)?;
            CheckoutOrder::Authorize { order, hold_ms, once }
        }
        Act::Capture => {
            let (order, amount) = read_capture(fields)?;
            CheckoutOrder::Capture { order, amount, once }
        }
        Act::Extend => CheckoutOrder::Extend { hold_ms: read_extend(fields)?, once },
        Act::Void => {
            read_nothing(fields)?;
            CheckoutOrder::Void { once }
        }
        Act::Refund => {
            let RefundAmount { amount, note } = RefundAmount::read(fields)?;
            CheckoutOrder::Refund { refund: caller.keys.refund_id(id, &key), amount, reason: note.reason, once }
        }
    };
    pass_to_checkout(env, &call(caller, check_id(id)?, order)).await
}

/// A checkout's id from a path. One that has not the form of an id names no checkout.
fn check_id(id: &str) -> Result<&str, Rejection> {
    let symbols = id.strip_prefix("co_").unwrap_or_default();
    let well_formed =
        matches!(symbols.len(), 26 | 32) && symbols.bytes().all(|symbol| matches!(symbol, b'0'..=b'9' | b'a'..=b'z'));
    if well_formed { Ok(id) } else { Err(Rejection::NotFound) }
}

fn call(caller: &Caller, id: &str, order: CheckoutOrder) -> CheckoutCall {
    let page = caller.token.as_ref().and_then(|token| {
        let order = token.order.clone()?;
        Some(NewCheckout { order, origin: token.origin.clone(), location: None, expires_at_ms: token.expires_at_ms })
    });
    CheckoutCall { scope: caller.scope(), checkout: id.into(), page, order }
}

fn token(caller: &Caller, id: &str, origin: Option<String>, expires_at_ms: u64) -> CheckoutToken {
    CheckoutToken {
        env: caller.mode,
        merchant: caller.merchant.clone(),
        checkout: id.into(),
        origin,
        expires_at_ms,
        order: None,
    }
}

fn seal(env: &Env, token: &CheckoutToken) -> Result<String, Rejection> {
    keys::keys(env)?.seal_token(token).ok_or(Rejection::SigningUnavailable)
}

/// Adds the page's token to the answer of a server. It is derived from what the checkout says, so a repetition gets the same token.
async fn with_token(env: &Env, caller: &Caller, id: &str, reply: Reply) -> Result<Reply, Failure> {
    if reply.status >= 400 {
        return Ok(reply);
    }
    let (status, replayed) = (reply.status, reply.is_again());
    let answer = open_answer(&reply.bytes().await?)?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let expires_at_ms = text("expires_at").and_then(|at| time::read(&at)).ok_or(Fault::Corrupt("expires_at"))?;
    let order = if answer.contains_key("page_made") { Some(order_of(&answer)?) } else { None };
    let token = seal(env, &CheckoutToken { order, ..token(caller, id, text("origin"), expires_at_ms) })?;
    let reply = with_sealed(Reply::json(status, &answer), &token).await?;
    Ok(if replayed { reply.again() } else { reply })
}

/// The order that an answer tells of. The token of a checkout that a page made carries it, however the token came to be.
fn order_of(answer: &Map<String, Value>) -> Result<Order, Fault> {
    let amount =
        |name: &str| answer.get(name).and_then(Value::as_u64).and_then(Amount::new).ok_or(Fault::Corrupt("amount"));
    let text = |name: &str| answer.get(name).and_then(Value::as_str).ok_or(Fault::Corrupt("text"));
    Ok(Order {
        total: amount("total")?,
        eligible_total: amount("eligible_total")?,
        currency: Currency::parse(text("currency")?).ok_or(Fault::Corrupt("currency"))?,
        reference: text("reference")?.into(),
    })
}

/// Tokens are letters, digits and a few signs that JSON has as they are.
async fn with_sealed(reply: Reply, token: &str) -> Result<Reply, Failure> {
    reply.with_field([r#""token":""#, token, "\""].concat().as_bytes()).await
}

/// What a page can tell a shopper by itself: which codes are those of another system. It stands in the settings, so it is added here, where they are known; a
/// checkout without it is as good, so nobody is refused for it.
pub async fn tell_page(reply: Reply, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    match settings::for_page(env, &caller.scope()).await.as_ref().map(|known| &known.settings.old_codes) {
        Ok(Some(old_codes)) => {
            let mut field = br#""old_codes":"#.to_vec();
            field.extend(serde_json::to_vec(old_codes).unwrap_or_default());
            reply.with_field(&field).await
        }
        _ => Ok(reply),
    }
}
