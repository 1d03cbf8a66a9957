//! Calls to objects, by name. `pass_to_…` hands the object's answer on as it is; `ask_…` reads it.

use crate::bindings;
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::rejection::Rejection;
use shared::wire::batch::BatchCall;
use shared::wire::call::{CardCall, CardOrder, CheckoutCall, JournalCall, MerchantCall};
use shared::wire::courier::EndpointCall;
use shared::wire::document;
use wasm_bindgen::JsValue;
use worker::{Env, Error};

/// Makes a call to a card and hands its answer on.
pub async fn pass_to_card(env: &Env, scope: &str, card: &str, order: CardOrder) -> Result<Reply, Failure> {
    let call = written(&CardCall { scope: scope.into(), card: card.into(), order })?;
    send(env, bindings::CARD, &format!("{scope}/{card}"), &call).await
}

/// Makes a call to a card and reads its answer.
pub async fn ask_card<T: DeserializeOwned>(env: &Env, scope: &str, card: &str, order: CardOrder) -> Result<T, Failure> {
    read(&taken(pass_to_card(env, scope, card, order).await).await?)
}

/// Makes a call to a checkout and hands its answer on.
pub async fn pass_to_checkout(env: &Env, checkout: &CheckoutCall) -> Result<Reply, Failure> {
    send(env, bindings::CHECKOUT, &format!("{}/{}", checkout.scope, checkout.checkout), &written(checkout)?).await
}

/// Makes a call to a checkout and reads its answer.
pub async fn ask_checkout<T: DeserializeOwned>(env: &Env, checkout: &CheckoutCall) -> Result<T, Failure> {
    read(&taken(pass_to_checkout(env, checkout).await).await?)
}

/// Makes a call to a batch and hands its answer on.
pub async fn pass_to_batch(env: &Env, batch: &BatchCall) -> Result<Reply, Failure> {
    send(env, bindings::BATCH, &format!("{}/{}", batch.scope, batch.batch), &written(batch)?).await
}

/// Makes a call to a merchant and reads its answer.
pub async fn ask_merchant<T: DeserializeOwned>(env: &Env, scope: &str, order: &MerchantCall) -> Result<T, Failure> {
    read(&taken(send(env, bindings::MERCHANT, scope, &written(order)?).await).await?)
}

/// Makes a call to a shard of a merchant's journal and reads its answer. There is one shard until a merchant needs more: a card's shard would follow
/// from its reference.
pub async fn ask_journal<T: DeserializeOwned>(env: &Env, scope: &str, order: &JournalCall) -> Result<T, Failure> {
    read(&taken(pass_to_journal(env, scope, order).await).await?)
}

/// Makes a call to a shard of a merchant's journal and hands its answer on.
pub async fn pass_to_journal(env: &Env, scope: &str, order: &JournalCall) -> Result<Reply, Failure> {
    send(env, bindings::JOURNAL, &format!("{scope}/0"), &written(order)?).await
}

/// Makes a call to the courier of an endpoint and hands its answer on.
pub async fn pass_to_courier(env: &Env, courier: &EndpointCall) -> Result<Reply, Failure> {
    send(env, bindings::COURIER, &format!("{}/{}", courier.scope, courier.id), &written(courier)?).await
}

fn written(call: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(call).map_err(|_| Fault::Corrupt("call"))
}

async fn send(env: &Env, class: &str, name: &str, body: &str) -> Result<Reply, Failure> {
    match class {
        bindings::JOURNAL => meter::hand_off(),
        bindings::MERCHANT => meter::settings_request(),
        _ => meter::object_request(),
    }
    // The runtime's own; the binding's can say more, which was 7 kB of the Worker, unpacked.
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let request = web_sys::Request::new_with_str_and_init("https://object/", &init).map_err(Error::from)?;
    let stub = env.durable_object(class)?.get_by_name(name)?;
    let response = stub
        .fetch_with_request(request.into())
        .await
        .map_err(|error| if is_overloaded(&error) { Rejection::Overloaded.into() } else { Failure::from(error) })?;
    Ok(Reply::passed(response)?)
}

/// Whether the runtime says that the object has more to do than it can. Retrying inside would only add to it.
fn is_overloaded(error: &Error) -> bool {
    match error {
        Error::UnknownJsError { original, .. } => {
            js_sys::Reflect::get(original, &JsValue::from_str("overloaded")).is_ok_and(|flag| flag.is_truthy())
        }
        _ => false,
    }
}

/// The body of an answer that is no failure. Apart from `read`, which exists once for each kind of answer.
async fn taken(reply: Result<Reply, Failure>) -> Result<Vec<u8>, Failure> {
    let reply = reply?;
    let status = reply.status;
    let body = reply.bytes().await?;
    match status {
        200..=299 => Ok(body),
        500 => Err(Fault::Corrupt("the object failed").into()),
        _ => Err(Failure::Refused(Box::new(document::read(&body).ok_or(Fault::Corrupt("problem"))?))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    document::read(body).ok_or_else(|| Fault::Corrupt("answer").into())
}
