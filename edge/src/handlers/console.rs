//! Console sessions: half an hour for a person who shows a console key and the code of an authenticator. The key alone opens nothing.

use crate::auth::{self, Refused};
use crate::incoming::Incoming;
use crate::objects::ask_merchant;
use crate::problem::Failure;
use crate::reply::Reply;
use crate::{clock, keys, settings};
use serde_json::json;
use shared::limits::SESSION_MS;
use shared::rejection::Rejection;
use shared::seal::{ApiKey, ConsoleToken, KeyKind, Scope};
use shared::time;
use shared::wire::call::MerchantCall;
use shared::wire::request::read_sign_in;
use worker::Env;

/// Opens a session. A code counts once, so a request that is repeated by accident opens no second one, and no idempotency key is needed.
///
/// Who asks stands in the body here, so it is read before anybody is known; what a stranger may learn of it is that the key is not valid.
pub async fn open(incoming: &mut Incoming, env: &Env) -> Result<(Reply, Option<String>), Refused> {
    let (key, typed) = read_sign_in(incoming.fields().await?)?;
    let all = keys::keys(env)?;
    let ApiKey { kind, env: mode, merchant, number } = all.verify_api_key(&key)?;
    if !matches!(kind, KeyKind::Restricted(scopes) if scopes.has(Scope::Console)) {
        return Err(Rejection::KeyScope.into());
    }
    keys::merchant(env, mode, &merchant)?;
    let scope = auth::scope(mode, &merchant);
    let known = settings::for_key(env, &scope).await?;
    auth::check_console(incoming, &known.settings)?;
    // From here on the page is the console's, and may read why it is refused.
    let origin = incoming.origin().map(str::to_owned);
    let refused = |failure: Failure| Refused { failure, readable_by: origin.clone() };
    let now_ms = clock::now_ms();
    let step = all.verify_totp(mode, &merchant, number, &typed, now_ms);
    // Also a wrong code is brought to the merchant's object: it counts them.
    ask_merchant::<()>(env, &scope, &MerchantCall::SignIn { number, step }).await.map_err(refused)?;
    let expires_at_ms = now_ms.saturating_add(SESSION_MS);
    let session = ConsoleToken { env: mode, merchant, key: number, origin: origin.clone(), expires_at_ms };
    let token = all.seal_session(&session).ok_or(Rejection::SigningUnavailable)?;
    let answer = json!({"token": token, "expires_at": time::write(expires_at_ms)});
    Ok((Reply::json(201, &answer), origin))
}
