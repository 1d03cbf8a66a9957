//! Webhook endpoints: register, list, rotate, enable, remove, try out, and what became of their deliveries. The journal keeps the endpoints, since it is what
//! tells their couriers; a courier is asked only about an endpoint that the journal has.

use super::open_answer;
use crate::auth::{Caller, Permission};
use crate::incoming::Incoming;
use crate::objects::{pass_to_courier, pass_to_journal};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use serde_json::{Map, Value};
use shared::limits::AMOUNT_MAX;
use shared::rejection::Rejection;
use shared::seal::Env as Mode;
use shared::wire::call::JournalCall;
use shared::wire::courier::{EndpointAct, EndpointCall};
use shared::wire::request::{read_endpoint, read_nothing};
use worker::{Env, Method};

/// What a path names.
#[derive(Clone, Copy)]
pub enum Noun {
    Endpoints,
    Endpoint,
    Rotation,
    Enabling,
    Test,
    Deliveries,
    Redelivery,
}

/// A path, with what it names; what it does not name is empty.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub noun: Noun,
    pub id: &'a str,
    pub event: &'a str,
}

impl<'a> Target<'a> {
    /// All endpoints.
    pub fn endpoints() -> Self {
        Self::of(Noun::Endpoints, "")
    }

    /// One endpoint, or something of it.
    pub fn of(noun: Noun, id: &'a str) -> Self {
        Self { noun, id, event: "" }
    }

    /// One delivery, to be made again.
    pub fn again(id: &'a str, event: &'a str) -> Self {
        Self { noun: Noun::Redelivery, id, event }
    }
}

impl Noun {
    /// The methods that it takes, and what each of them needs.
    pub fn needs(self) -> &'static [(Method, Permission)] {
        use Permission::ManageWebhooks;
        match self {
            Self::Endpoints => &[(Method::Get, ManageWebhooks), (Method::Post, ManageWebhooks)],
            Self::Endpoint => &[(Method::Get, ManageWebhooks), (Method::Delete, ManageWebhooks)],
            Self::Deliveries => &[(Method::Get, ManageWebhooks)],
            Self::Rotation | Self::Enabling | Self::Test | Self::Redelivery => &[(Method::Post, ManageWebhooks)],
        }
    }

    /// What is asked of the journal, and then of the courier.
    fn acts(self, method: &Method) -> (EndpointAct, Option<EndpointAct>) {
        match (self, method) {
            (Self::Endpoints, Method::Post) => (EndpointAct::Register, None),
            (Self::Endpoints, _) => (EndpointAct::List, None),
            (Self::Endpoint, Method::Delete) => (EndpointAct::Remove, Some(EndpointAct::End)),
            (Self::Endpoint, _) => (EndpointAct::Read, None),
            (Self::Rotation, _) => (EndpointAct::Rotate, None),
            (Self::Enabling, _) => (EndpointAct::Enable, Some(EndpointAct::Resume)),
            (Self::Test, _) => (EndpointAct::Read, Some(EndpointAct::Test)),
            (Self::Deliveries, _) => (EndpointAct::Read, Some(EndpointAct::Deliveries)),
            (Self::Redelivery, _) => (EndpointAct::Read, Some(EndpointAct::Redeliver)),
        }
    }
}

/// Answers a request about endpoints.
pub async fn serve(
    incoming: &mut Incoming,
    env: &Env,
    caller: &Caller,
    Target { noun, id, event }: Target<'_>,
) -> Result<Reply, Failure> {
    let (act, then) = noun.acts(&incoming.method);
    let before = read_cursor(&incoming.query, noun)?.into();
    let (scope, id, event) = (caller.scope(), id.into(), event.into());
    let mut call = EndpointCall { act, scope, id, before, event, ..EndpointCall::default() };
    if incoming.method == Method::Post {
        let path = incoming.path.clone();
        let body = incoming.body(&caller.keys, &path).await?;
        if act == EndpointAct::Register {
            (call.url, call.events) = read_endpoint(body.fields, caller.mode == Mode::Test)?;
            call.id = caller.keys.endpoint_id(&body.key);
        } else {
            read_nothing(body.fields)?;
        }
        call.root = caller.keys.webhook_root()?;
        (call.key, call.fingerprint) = (body.once.key, body.once.fingerprint);
    }
    let known = pass_to_journal(env, &caller.scope(), &JournalCall::Endpoint(call.clone())).await?;
    let Some(then) = then.filter(|_| known.status == 200) else { return reveal(known, caller, act).await };
    call.act = then;
    let told = pass_to_courier(env, &call).await;
    match (then, told) {
        // A courier that does not hear of it finds out when it asks for more.
        (EndpointAct::End, _) => Ok(known),
        (EndpointAct::Resume, Ok(told)) if told.status == 200 => Ok(known),
        (_, told) => told,
    }
}

/// Only deliveries have a query: before which of them.
fn read_cursor(query: &str, noun: Noun) -> Result<&str, Rejection> {
    let is_number = |text: &str| text.parse().is_ok_and(|before: u64| before <= AMOUNT_MAX);
    match (query.strip_prefix("cursor="), noun) {
        (Some(cursor), Noun::Deliveries) if is_number(cursor) => Ok(cursor),
        (None, Noun::Deliveries) if query.is_empty() => Ok(""),
        (_, Noun::Deliveries) => Err(Rejection::CursorInvalid),
        _ => Ok(""),
    }
}

/// Puts the secret into the answer where one is made.
async fn reveal(reply: Reply, caller: &Caller, act: EndpointAct) -> Result<Reply, Failure> {
    let (status, again) = (reply.status, reply.is_again());
    if status != 200 || !matches!(act, EndpointAct::Register | EndpointAct::Rotate) {
        return Ok(reply);
    }
    let mut answer = open_answer(&reply.bytes().await?)?;
    let secret = secret(&mut answer, caller).ok_or(Fault::Corrupt("endpoint"))?;
    answer.insert("secret".into(), Value::String(secret));
    let reply = Reply::json(if act == EndpointAct::Register { 201 } else { 200 }, &answer);
    Ok(if again { reply.again() } else { reply })
}

fn secret(answer: &mut Map<String, Value>, caller: &Caller) -> Option<String> {
    let generation = answer.remove("generation")?.as_u64()?;
    let root = u8::try_from(answer.remove("root")?.as_u64()?).ok()?;
    // One whose root was revoked since is told no more, though its request is repeated.
    let secret = caller.keys.webhook_secret(answer.get("id")?.as_str()?, generation, root);
    Some(secret.map(|secret| secret.text()).unwrap_or_default())
}
