//! A merchant's settings as this isolate knows them: asked for at most every thirty seconds, so that a page's request costs no object call.

use crate::clock;
use crate::objects::ask_merchant;
use crate::problem::Failure;
use shared::limits::SETTINGS_FRESH_MS;
use shared::wire::call::MerchantCall;
use shared::wire::request::Settings;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::Env;

/// Merchants whose settings are kept: more than one isolate ever serves at a time.
const MERCHANTS_KEPT: usize = 1_000;

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, (u64, Rc<Settings>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// The settings of the merchant of that scope, at most thirty seconds old.
pub async fn read(env: &Env, scope: &str) -> Result<Rc<Settings>, Failure> {
    let fresh = KNOWN.with_borrow(|known| {
        known
            .get(scope)
            .filter(|(asked_ms, _)| asked_ms.saturating_add(SETTINGS_FRESH_MS) > clock::now_ms())
            .map(|(_, settings)| settings.clone())
    });
    match fresh {
        Some(settings) => Ok(settings),
        None => Ok(remember(scope, ask_merchant(env, scope, &MerchantCall::Read).await?)),
    }
}

/// Replaces the settings. This isolate knows at once, others within thirty seconds.
pub async fn write(env: &Env, scope: &str, settings: Settings) -> Result<Rc<Settings>, Failure> {
    Ok(remember(scope, ask_merchant(env, scope, &MerchantCall::Write { settings }).await?))
}

fn remember(scope: &str, settings: Settings) -> Rc<Settings> {
    let settings = Rc::new(settings);
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MERCHANTS_KEPT {
            known.clear();
        }
        known.insert(scope.into(), (clock::now_ms(), settings.clone()));
    });
    settings
}
