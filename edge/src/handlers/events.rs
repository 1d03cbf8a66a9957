//! Events, for those who rather ask than be told.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_journal;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::limits::PAGE_ROWS_MAX;
use shared::rejection::Rejection;
use shared::wire::call::JournalCall;
use shared::wire::courier::Cursor;
use worker::Env;

/// Reads a page of events, oldest first.
pub async fn list(incoming: &Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    caller.check_server()?;
    let after = match incoming.query.strip_prefix("cursor=") {
        Some(cursor) => Cursor::parse(cursor).ok_or(Rejection::CursorInvalid)?,
        None if incoming.query.is_empty() => Cursor::default(),
        None => return Err(Rejection::CursorInvalid.into()),
    };
    pass_to_journal(env, &caller.scope(), &JournalCall::Events { after, limit: PAGE_ROWS_MAX }).await
}
