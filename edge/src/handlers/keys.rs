//! Keys that count no more. Keys are derived, so there is nothing to make or to list; what is kept is which were revoked.

use crate::auth::Caller;
use crate::problem::Failure;
use crate::reply::Reply;
use crate::settings;
use serde_json::json;
use shared::rejection::Rejection;
use shared::seal::is_key_id;
use worker::Env;

/// Revokes a key. Once revoked it stays so, and revoking it again changes nothing, so no idempotency key is needed.
pub async fn revoke(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    if !is_key_id(id) {
        return Err(Rejection::NotFound.into());
    }
    // Whoever does that by mistake would have nothing left to mend it with.
    if id == caller.by {
        return Err(Rejection::KeyRevokesItself.into());
    }
    let known = settings::revoke(env, &caller.scope(), id, &caller.by).await?;
    Ok(Reply::json(200, &json!({"revoked_keys": known.settings.revoked_keys, "version": known.version})))
}
