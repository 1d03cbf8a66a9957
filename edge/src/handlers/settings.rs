//! A merchant's settings.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::problem::Failure;
use crate::reply::Reply;
use crate::settings;
use shared::wire::request::Settings;
use worker::Env;

/// Reads the settings.
pub async fn read(env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    caller.check_server()?;
    Ok(Reply::json(200, &*settings::read(env, &caller.scope()).await?))
}

/// Replaces the settings. The same settings again change nothing, so no idempotency key is needed.
pub async fn write(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    caller.check_server()?;
    let new = Settings::read(incoming.fields().await?)?;
    Ok(Reply::json(200, &*settings::write(env, &caller.scope(), new).await?))
}
