//! Batches and imports: order one, see how far they have come, and be told the codes of a batch.
//!
//! A request is handed to the batch as it came, which reads it against the settings: what it is answered stands there, and is told again for the same key.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::{ask_merchant, pass_to_batch};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use futures_util::future::join_all;
use shared::limits::{BATCH_CARDS_MAX, BATCHES_PAGE_MAX};
use shared::rejection::Rejection;
use shared::seal::is_batch_id;
use shared::wire::batch::{BatchAct, BatchCall};
use shared::wire::call::MerchantCall;
use worker::Env;

/// Orders a batch or an import. Its cards are issued by itself, from now on.
pub async fn make(incoming: &mut Incoming, env: &Env, caller: &Caller, act: BatchAct) -> Result<Reply, Failure> {
    let action = if act == BatchAct::Import { "import" } else { "batch" };
    let body = incoming.body(&caller.keys, action).await?;
    let call = BatchCall {
        act,
        scope: caller.scope(),
        batch: caller.keys.batch_id(&body.key),
        body: String::from_utf8(body.bytes).map_err(|_| Rejection::JsonInvalid)?,
        fingerprint: body.once.fingerprint,
        from: 0,
    };
    pass_to_batch(env, &call).await
}

/// How far a batch has come.
pub async fn read(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    ask(env, caller, id, BatchAct::Read, 0, String::new()).await
}

/// The batches, the newest first. The merchant knows which there are, and each of them how far it has come.
pub async fn list(incoming: &Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let before = match incoming.query.strip_prefix("cursor=") {
        Some(cursor) if is_batch_id(cursor) => cursor,
        None if incoming.query.is_empty() => "",
        _ => return Err(Rejection::CursorInvalid.into()),
    };
    let ids: Vec<String> = ask_merchant(env, &caller.scope(), &MerchantCall::Batches { before: before.into() }).await?;
    let mut text = String::from("{\"data\":[");
    for reply in join_all(ids.iter().map(|id| read(env, caller, id))).await {
        let reply = reply?;
        if reply.status == 404 {
            // One that an older copy of its file has lost.
            continue;
        }
        if reply.status != 200 {
            return Err(Fault::Corrupt("batch").into());
        }
        if !text.ends_with('[') {
            text.push(',');
        }
        text.push_str(core::str::from_utf8(&reply.bytes().await?).map_err(|_| Fault::Corrupt("batch"))?);
    }
    text.push_str("],\"next_cursor\":");
    match ids.last().filter(|_| u64::try_from(ids.len()) == Ok(BATCHES_PAGE_MAX)) {
        Some(cursor) => ["\"", cursor, "\"}"].iter().for_each(|part| text.push_str(part)),
        None => text.push_str("null}"),
    }
    Ok(Reply::kept(200, text))
}

/// A page of codes, as far as cards are issued. While there are more to come, its head says where to go on; the pages of a file with commas make one file, whose
/// first line names the columns.
pub async fn codes(incoming: &Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let (mut from, mut act) = (0, BatchAct::Codes);
    for pair in incoming.query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("cursor", cursor)) => {
                let place = cursor.parse().ok().filter(|place| u64::from(*place) <= BATCH_CARDS_MAX);
                from = place.ok_or(Rejection::CursorInvalid)?;
            }
            Some(("format", "csv")) => act = BatchAct::CodesCsv,
            Some(("format", "ndjson")) => act = BatchAct::Codes,
            Some((name @ "format", _)) => return Err(Rejection::field(name).into()),
            _ => {
                let field = pair.split('=').next().unwrap_or_default().chars().take(64).collect();
                return Err(Rejection::UnknownField { field }.into());
            }
        }
    }
    let reply = ask(env, caller, id, act, from, incoming.own_page("/card/#")).await?;
    let content_type = if act == BatchAct::Codes { "application/x-ndjson" } else { "text/csv; charset=utf-8" };
    Ok(if reply.status == 200 { reply.of_type(content_type) } else { reply })
}

/// Asks a batch. An id that has not the form of one names none.
async fn ask(env: &Env, caller: &Caller, id: &str, act: BatchAct, from: u32, body: String) -> Result<Reply, Failure> {
    if !is_batch_id(id) {
        return Err(Rejection::NotFound.into());
    }
    let (scope, batch) = (caller.scope(), id.into());
    pass_to_batch(env, &BatchCall { act, scope, batch, body, fingerprint: String::new(), from }).await
}
