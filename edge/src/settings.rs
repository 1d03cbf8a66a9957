//! A merchant's settings as this isolate knows them: asked for at most every thirty seconds, so that hardly a request of a page costs an object call for them.
//!
//! They hold the revoked keys, so everybody's first request of each half minute waits for them. When the merchant's object cannot be reached, what was
//! known before counts on: for minutes where a key may do more than a page, since it may have been revoked meanwhile; for as long as it takes for pages,
//! whose checkouts shall not end with a fault of ours.

use crate::clock;
use crate::objects::ask_merchant;
use crate::problem::Failure;
use shared::limits::{RETRY_MS, SETTINGS_FRESH_MS, SETTINGS_STALE_MS};
use shared::wire::call::{MerchantCall, Reservation};
use shared::wire::settings::VersionedSettings;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::Env;

/// Merchants whose settings are kept: more than one isolate ever serves at a time.
const MERCHANTS_KEPT: usize = 1_000;

/// What is known of one merchant.
#[derive(Clone)]
struct Known {
    settings: Rc<VersionedSettings>,
    /// When they were told.
    told_ms: u64,
    /// When they were last asked for, in vain or not.
    asked_ms: u64,
}

impl Known {
    /// Whether they count without asking: they are fresh, or were asked for in vain a moment ago and are not too old.
    fn counts(&self, now_ms: u64, patience_ms: u64) -> bool {
        let within = |since_ms: u64, span_ms: u64| since_ms.saturating_add(span_ms) > now_ms;
        within(self.told_ms, SETTINGS_FRESH_MS)
            || (within(self.asked_ms, RETRY_MS) && self.endures(now_ms, patience_ms))
    }

    /// Whether they count while nobody can be asked.
    fn endures(&self, now_ms: u64, patience_ms: u64) -> bool {
        self.told_ms.saturating_add(patience_ms) > now_ms
    }
}

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Known>> = const { RefCell::new(BTreeMap::new()) };
}

/// The settings, for a page: however old, while there are no newer ones to be had.
pub async fn for_page(env: &Env, scope: &str) -> Result<Rc<VersionedSettings>, Failure> {
    read(env, scope, u64::MAX).await
}

/// The settings, for a key that may do more than a page: refused when they are older than five minutes.
pub async fn for_key(env: &Env, scope: &str) -> Result<Rc<VersionedSettings>, Failure> {
    read(env, scope, SETTINGS_STALE_MS).await
}

async fn read(env: &Env, scope: &str, patience_ms: u64) -> Result<Rc<VersionedSettings>, Failure> {
    let known = KNOWN.with_borrow(|known| known.get(scope).cloned());
    if let Some(known) = known.as_ref().filter(|known| known.counts(clock::now_ms(), patience_ms)) {
        return Ok(known.settings.clone());
    }
    let failure = match newest(env, scope).await {
        Ok(settings) => return Ok(settings),
        Err(failure) => failure,
    };
    let now_ms = clock::now_ms();
    KNOWN.with_borrow_mut(|known| {
        if let Some(known) = known.get_mut(scope) {
            known.asked_ms = now_ms;
        }
    });
    known.filter(|known| known.endures(now_ms, patience_ms)).map(|known| known.settings).ok_or(failure)
}

/// The settings as they are now.
pub async fn newest(env: &Env, scope: &str) -> Result<Rc<VersionedSettings>, Failure> {
    Ok(remember(scope, ask_merchant(env, scope, &MerchantCall::Read).await?))
}

/// Replaces the settings by those of a request's body. This isolate knows at once, others within thirty seconds.
pub async fn write(env: &Env, scope: &str, body: String, by: &str) -> Result<Rc<VersionedSettings>, Failure> {
    Ok(remember(scope, ask_merchant(env, scope, &MerchantCall::Write { body, by: by.into() }).await?))
}

/// Revokes a key. This isolate knows at once, others within thirty seconds.
pub async fn revoke(env: &Env, scope: &str, key: &str, by: &str) -> Result<Rc<VersionedSettings>, Failure> {
    Ok(remember(scope, ask_merchant(env, scope, &MerchantCall::Revoke { key: key.into(), by: by.into() }).await?))
}

/// Counts what is about to be issued of a programme that has caps, or learns that it would pass one.
pub async fn reserve(env: &Env, scope: &str, reservation: Reservation) -> Result<(), Failure> {
    ask_merchant(env, scope, &MerchantCall::Reserve(reservation)).await
}

/// Answers may come in another order than they were made, so an older version never replaces a newer one.
fn remember(scope: &str, settings: VersionedSettings) -> Rc<VersionedSettings> {
    let now_ms = clock::now_ms();
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= MERCHANTS_KEPT {
            known.clear();
        }
        let told = Known { settings: Rc::new(settings), told_ms: now_ms, asked_ms: now_ms };
        let kept = known.entry(scope.into()).or_insert_with(|| told.clone());
        if kept.settings.version <= told.settings.version {
            *kept = told;
        }
        kept.settings.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    fn known(told_ms: u64, asked_ms: u64) -> Known {
        Known { settings: Rc::default(), told_ms, asked_ms }
    }

    #[test]
    fn settings_are_asked_for_again_after_thirty_seconds() {
        let known = known(0, 0);
        assert!(known.counts(29_999, SETTINGS_STALE_MS));
        assert!(!known.counts(30_000, SETTINGS_STALE_MS));
    }

    #[test]
    fn merchant_that_cannot_be_reached_is_not_asked_by_every_request() {
        let known = known(0, MINUTE);
        assert!(known.counts(MINUTE + RETRY_MS - 1, SETTINGS_STALE_MS));
        assert!(!known.counts(MINUTE + RETRY_MS, SETTINGS_STALE_MS));
    }

    #[test]
    fn settings_older_than_five_minutes_fail_closed_for_keys_and_not_for_pages() {
        let known = known(0, 5 * MINUTE);
        assert!(known.endures(5 * MINUTE - 1, SETTINGS_STALE_MS));
        assert!(!known.endures(5 * MINUTE, SETTINGS_STALE_MS));
        assert!(!known.counts(5 * MINUTE + 1, SETTINGS_STALE_MS), "also right after they were asked for in vain");
        assert!(known.endures(500 * MINUTE, u64::MAX) && known.counts(5 * MINUTE + 1, u64::MAX));
    }
}
