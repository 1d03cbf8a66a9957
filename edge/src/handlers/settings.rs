//! A merchant's settings and their history.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::ask_merchant;
use crate::problem::Failure;
use crate::reply::Reply;
use crate::settings;
use shared::limits::AMOUNT_MAX;
use shared::rejection::Rejection;
use shared::wire::call::MerchantCall;
use shared::wire::settings::{HistoryPage, NewSettings, SettingsAnswer};
use worker::Env;

/// Reads the settings as they are now, since whoever reads them may want to change them.
pub async fn read(env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    Ok(Reply::json(200, &SettingsAnswer::from(&*settings::newest(env, &caller.scope()).await?)))
}

/// Replaces the settings. The same settings again change nothing, so no idempotency key is needed.
pub async fn write(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.bytes().await?;
    // What is wrong by itself is refused before the merchant's object is asked.
    NewSettings::read(&body)?;
    let body = String::from_utf8(body).map_err(|_| Rejection::JsonInvalid)?;
    Ok(Reply::json(200, &SettingsAnswer::from(&*settings::write(env, &caller.scope(), body, &caller.by).await?)))
}

/// What was changed, when and by whom, the newest change first.
pub async fn history(incoming: &Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let before = match incoming.query.as_str() {
        "" => None,
        query => {
            let cursor = query.strip_prefix("cursor=").and_then(|cursor| cursor.parse().ok());
            Some(cursor.filter(|version| *version <= AMOUNT_MAX).ok_or(Rejection::CursorInvalid)?)
        }
    };
    let page: HistoryPage = ask_merchant(env, &caller.scope(), &MerchantCall::History { before }).await?;
    Ok(Reply::json(200, &page))
}
