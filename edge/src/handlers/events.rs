//! Events, for those who rather ask than be told.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_journal;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::rejection::Rejection;
use shared::wire::call::JournalCall;
use shared::wire::courier::Cursor;
use worker::Env;

/// Reads a page of events, oldest first.
pub async fn list(incoming: &Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let after = match incoming.query.strip_prefix("cursor=") {
        Some(cursor) if Cursor::parse(cursor).is_some() => cursor,
        None if incoming.query.is_empty() => "",
        _ => return Err(Rejection::CursorInvalid.into()),
    };
    pass_to_journal(env, &caller.scope(), &JournalCall::Events { after: after.into() }).await
}
