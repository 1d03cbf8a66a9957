//! What a card has, for somebody who shows its code.

use super::verify;
use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::wire::call::CardOrder;
use shared::wire::request::read_code;
use worker::Env;

/// Reads a balance. It changes nothing, so it needs no idempotency key.
pub async fn read(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let code = read_code(incoming.fields().await?)?;
    let (card, key_id) = verify(caller, &code)?;
    pass_to_card(env, &caller.scope(), &card, CardOrder::Balance { key_id, id_too: !caller.is_public() }).await
}
