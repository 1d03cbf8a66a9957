//! Finding cards in the book.

use super::open_answer;
use crate::auth::{Caller, Permission};
use crate::incoming::Incoming;
use crate::objects::pass_to_journal;
use crate::problem::Failure;
use crate::reply::Reply;
use serde_json::Value;
use shared::limits::AMOUNT_MAX;
use shared::rejection::Rejection;
use shared::wire::call::JournalCall;
use shared::wire::search::{Search, Way};
use worker::Env;

/// Finds a page of cards. Nothing changes, so no idempotency key is needed. The book knows whom a card is for as a keyed hash only, and a cursor goes out with
/// a tag of ours, so that nobody asks for places which were never told.
pub async fn find(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let Search { way, value, cursor, limit } = Search::read(incoming.fields().await?)?;
    // Who a card is for, and which cards there are, is for those who send them: a till is shown the card that it looks up.
    if matches!(way, Way::Recipient | Way::Campaign) && !caller.role.may(Permission::Issue) {
        return Err(Rejection::KeyScope.into());
    }
    let before = match cursor {
        None => AMOUNT_MAX,
        Some(cursor) => caller.keys.read_cursor(&cursor).ok_or(Rejection::CursorInvalid)?,
    };
    let value = if way == Way::Recipient { caller.keys.recipient(&value) } else { value };
    let call = JournalCall::Search { way: way.name().into(), value, before, limit };
    let reply = pass_to_journal(env, &caller.scope(), &call).await?;
    if reply.status >= 400 {
        return Ok(reply);
    }
    let mut page = open_answer(&reply.bytes().await?)?;
    if let Some(Value::String(place)) = page.get_mut("next_cursor") {
        *place = caller.keys.cursor(place.parse().unwrap_or(0));
    }
    Ok(Reply::json(200, &page))
}
