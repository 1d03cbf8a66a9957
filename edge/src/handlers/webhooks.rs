//! Webhook endpoints: register, list, rotate, enable, remove, try out, and what became of their deliveries. The journal keeps the endpoints, since it is what tells
//! their couriers; a courier is asked only about an endpoint that the journal has.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::{ask_journal, pass_to_courier, pass_to_journal};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::limits::{AMOUNT_MAX, PAGE_ROWS_MAX};
use shared::rejection::Rejection;
use shared::seal::Env as Mode;
use shared::webhook::Endpoint;
use shared::wire::answer::Page;
use shared::wire::call::JournalCall;
use shared::wire::courier::{CourierCall, CourierOrder, EndpointAnswer, EndpointOrder};
use shared::wire::request::{read_endpoint, read_nothing};
use worker::{Env, Method};

/// What is done to an endpoint.
#[derive(Clone, Copy)]
pub enum Act {
    Rotate,
    Enable,
    Test,
}

/// Lists the endpoints, or registers one.
pub async fn collection(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    caller.check_server()?;
    if incoming.method == Method::Get {
        let endpoints: Vec<Endpoint> = ask(env, caller, EndpointOrder::List).await?;
        let data: Vec<EndpointAnswer> = endpoints.into_iter().map(Into::into).collect();
        return Ok(Reply::json(200, &Page { data, next_cursor: None }));
    }
    let body = incoming.body(&caller.keys, "webhook endpoint").await?;
    let (url, events) = read_endpoint(body.fields, caller.mode == Mode::Test)?;
    let (id, root) = (caller.keys.endpoint_id(&body.key), caller.keys.webhook_root()?);
    let order = EndpointOrder::Register { scope: caller.scope(), id, url, events, root, once: body.once };
    let (endpoint, again) = change(env, caller, order).await?;
    let secret = caller.keys.webhook_secret(&endpoint.id, 1, endpoint.root_first);
    let answer = EndpointAnswer { secret: secret.map(|secret| secret.text()), ..endpoint.into() };
    Ok(mark(Reply::json(201, &answer), again))
}

/// Reads or removes an endpoint.
pub async fn endpoint(incoming: &Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    caller.check_server()?;
    if incoming.method == Method::Get {
        let endpoint: Endpoint = ask(env, caller, EndpointOrder::Read { id: id.into() }).await?;
        return Ok(Reply::json(200, &EndpointAnswer::from(endpoint)));
    }
    let endpoint: Endpoint = ask(env, caller, EndpointOrder::Remove { id: id.into() }).await?;
    // A courier that does not hear of it finds out when it asks for more.
    if let Err(failure) = courier(env, caller, id, CourierOrder::End).await {
        worker::console_warn!("the courier of {id} is not told of its end: {failure}");
    }
    Ok(Reply::json(200, &EndpointAnswer::from(endpoint)))
}

/// Gives an endpoint another secret, enables it again, or tries it out.
pub async fn act(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str, act: Act) -> Result<Reply, Failure> {
    caller.check_server()?;
    let name = match act {
        Act::Rotate => "rotate",
        Act::Enable => "enable",
        Act::Test => "test",
    };
    let body = incoming.body(&caller.keys, &format!("{name} {id}")).await?;
    read_nothing(body.fields)?;
    match act {
        Act::Rotate => {
            let order = EndpointOrder::Rotate { id: id.into(), root: caller.keys.webhook_root()?, once: body.once };
            let (endpoint, again) = change(env, caller, order).await?;
            let secret = caller.keys.webhook_secret(id, endpoint.generation, endpoint.root);
            let answer = EndpointAnswer { secret: secret.map(|secret| secret.text()), ..endpoint.into() };
            Ok(mark(Reply::json(200, &answer), again))
        }
        Act::Enable => {
            let endpoint: Endpoint = ask(env, caller, EndpointOrder::Enable { id: id.into() }).await?;
            courier(env, caller, id, CourierOrder::Resume).await?;
            Ok(Reply::json(200, &EndpointAnswer::from(endpoint)))
        }
        Act::Test => {
            let endpoint = ask(env, caller, EndpointOrder::Read { id: id.into() }).await?;
            courier(env, caller, id, CourierOrder::Test { endpoint, once: body.once }).await
        }
    }
}

/// Reads a page of an endpoint's deliveries, newest first.
pub async fn deliveries(incoming: &Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    caller.check_server()?;
    let before = match incoming.query.strip_prefix("cursor=") {
        Some(cursor) => {
            Some(cursor.parse().ok().filter(|before| *before <= AMOUNT_MAX).ok_or(Rejection::CursorInvalid)?)
        }
        None if incoming.query.is_empty() => None,
        None => return Err(Rejection::CursorInvalid.into()),
    };
    let _: Endpoint = ask(env, caller, EndpointOrder::Read { id: id.into() }).await?;
    courier(env, caller, id, CourierOrder::Deliveries { before, limit: PAGE_ROWS_MAX }).await
}

/// Sends an event again, and answers with what became of it.
pub async fn redeliver(
    incoming: &mut Incoming,
    env: &Env,
    caller: &Caller,
    id: &str,
    event: &str,
) -> Result<Reply, Failure> {
    caller.check_server()?;
    let body = incoming.body(&caller.keys, &format!("redeliver {id} {event}")).await?;
    read_nothing(body.fields)?;
    let endpoint = ask(env, caller, EndpointOrder::Read { id: id.into() }).await?;
    courier(env, caller, id, CourierOrder::Redeliver { endpoint, event: event.into(), once: body.once }).await
}

async fn ask<T: serde::de::DeserializeOwned>(env: &Env, caller: &Caller, order: EndpointOrder) -> Result<T, Failure> {
    ask_journal(env, &caller.scope(), &JournalCall::Endpoint(order)).await
}

/// An endpoint after a change, and whether the same request was made before.
async fn change(env: &Env, caller: &Caller, order: EndpointOrder) -> Result<(Endpoint, bool), Failure> {
    let reply = pass_to_journal(env, &caller.scope(), &JournalCall::Endpoint(order)).await?;
    let (status, again) = (reply.status, reply.is_again());
    let body = reply.bytes().await?;
    match status {
        200 => Ok((serde_json::from_slice(&body).map_err(|_| Fault::Corrupt("endpoint"))?, again)),
        500 => Err(Fault::Corrupt("the object failed").into()),
        _ => Err(Failure::Refused(Box::new(serde_json::from_slice(&body).map_err(|_| Fault::Corrupt("problem"))?))),
    }
}

fn mark(reply: Reply, again: bool) -> Reply {
    if again { reply.again() } else { reply }
}

async fn courier(env: &Env, caller: &Caller, id: &str, order: CourierOrder) -> Result<Reply, Failure> {
    let reply = pass_to_courier(env, &CourierCall { scope: caller.scope(), id: id.into(), order }).await?;
    if reply.status >= 500 { Err(Fault::Corrupt("the courier failed").into()) } else { Ok(reply) }
}
