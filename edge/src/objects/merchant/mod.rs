//! `MerchantObject`: one merchant's settings, versioned: a change appends, nothing is overwritten, and each says when it was made and by whom. Beside them
//! what only one place can count: the tries to open console sessions, and what was issued of programmes that have caps; and the ids of the merchant's
//! batches, which tell of themselves.
//!
//! Whether a change may be made is asked of `shared`, against the newest version and in the same turn as it is written: two people who change at once
//! cannot overwrite one another unseen.

mod store;

use super::{read_call, respond};
use crate::clock;
use crate::meter;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::limits::HISTORY_VERSIONS_MAX;
use shared::program::Count;
use shared::rejection::Rejection;
use shared::time;
use shared::wire::call::{MerchantCall, Reservation};
use shared::wire::settings::{HistoryPage, NewSettings, Settings, Version, VersionedSettings, changes};
use store::{Row, Store};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One merchant.
#[durable_object(fetch)]
pub struct MerchantObject {
    store: Store,
}

impl DurableObject for MerchantObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(MerchantCall::Read) => self.read(),
            Ok(MerchantCall::Write { body, by }) => self.write(&body, &by),
            Ok(MerchantCall::History { before }) => self.history(before),
            Ok(MerchantCall::Revoke { key, by }) => self.revoke(&key, &by),
            Ok(MerchantCall::Enlist { batch }) => {
                self.store.enlist(&batch).map(|()| Reply::json(200, &())).map_err(Into::into)
            }
            Ok(MerchantCall::Batches { before }) => {
                self.store.batches_before(&before).map(|ids| Reply::json(200, &ids)).map_err(Into::into)
            }
            Ok(MerchantCall::Reserve(reservation)) => self.reserve(&reservation),
            Ok(MerchantCall::SignIn { number, step }) => self.sign_in(number, step),
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }
}

impl MerchantObject {
    fn read(&self) -> Result<Reply, Failure> {
        Ok(Reply::json(200, &self.newest()?))
    }

    /// The newest version; a new shop's when nothing was ever written. Reading writes nothing.
    fn newest(&self) -> Result<VersionedSettings, Failure> {
        let row = self.store.versions_before(None, 1)?.into_iter().next();
        Ok(row.map_or_else(VersionedSettings::default, |Row { version, at_ms, settings, .. }| VersionedSettings {
            version,
            at_ms: Some(at_ms),
            settings,
        }))
    }

    fn write(&self, body: &str, by: &str) -> Result<Reply, Failure> {
        let current = self.newest()?;
        let settings = NewSettings::read(body.as_bytes())?.over(&current, clock::now_ms())?;
        Ok(Reply::json(200, &self.keep(current, settings, by)?))
    }

    fn revoke(&self, key: &str, by: &str) -> Result<Reply, Failure> {
        let current = self.newest()?;
        let settings = current.settings.revoke(key)?;
        Ok(Reply::json(200, &self.keep(current, settings, by)?))
    }

    /// Counts what is about to be issued of a programme, once for its key, or refuses it by a cap of the newest settings. Nothing of a refusal is kept: on
    /// another day the same request may succeed.
    fn reserve(&self, reservation: &Reservation) -> Result<Reply, Failure> {
        let Reservation { program, amount, buyer, once } = reservation;
        let settings = self.newest()?.settings;
        let known = settings.program(program).and_then(|program| Some((program.caps.as_ref()?, program.currency)));
        // A cap that is gone meanwhile counts nothing.
        let Some((caps, currency)) = known else { return Ok(Reply::json(200, &())) };
        match self.store.reserved(&once.key)? {
            Some(fingerprint) if fingerprint == once.fingerprint => return Ok(Reply::json(200, &())),
            Some(_) => return Err(Rejection::IdempotencyKeyReused.into()),
            None => {}
        }
        let day = time::day(clock::now_ms());
        let issued = |count: &Count<'_>| self.store.issued(program, count).map_err(Failure::from);
        let counted = caps.reserve((buyer.as_deref(), &day), (*amount, currency), issued)?;
        self.store.reserve(once, program, &counted)?;
        Ok(Reply::json(200, &()))
    }

    /// Counts a try to open a console session, and says whether it does. The newest settings are here, so a key that was revoked a moment ago opens
    /// nothing, whatever the Worker still believes.
    fn sign_in(&self, number: u32, step: Option<u64>) -> Result<Reply, Failure> {
        if self.newest()?.settings.revoked_keys.contains(&format!("rk_{number}")) {
            return Err(Rejection::KeyRevoked.into());
        }
        let before = self.store.sign_ins(number)?;
        let (after, outcome) = before.attempt(step, clock::now_ms());
        if after != before {
            self.store.keep_sign_ins(number, after)?;
        }
        Ok(outcome.map(|()| Reply::json(200, &()))?)
    }

    /// Keeps settings as the next version, unless they are those that there are.
    fn keep(&self, current: VersionedSettings, settings: Settings, by: &str) -> Result<VersionedSettings, Failure> {
        if settings == current.settings {
            return Ok(current);
        }
        let (version, at_ms) = (current.version.saturating_add(1), clock::now_ms());
        self.store.append(version, &settings, at_ms, by)?;
        Ok(VersionedSettings { version, at_ms: Some(at_ms), settings })
    }

    /// A page of versions, each compared with the one before it.
    fn history(&self, before: Option<u64>) -> Result<Reply, Failure> {
        let mut rows = self.store.versions_before(before, HISTORY_VERSIONS_MAX.saturating_add(1))?;
        // The last one is read only to compare the one after it.
        let first_settings = if rows.len() > HISTORY_VERSIONS_MAX { rows.pop() } else { None };
        let next_cursor = first_settings.as_ref().and_then(|_| rows.last()).map(|row| row.version.to_string());
        let mut previous = first_settings.map(|row| row.settings).unwrap_or_default();
        let mut data = Vec::with_capacity(rows.len());
        for Row { version, at_ms, by, settings } in rows.into_iter().rev() {
            data.push(Version { version, at: time::write(at_ms), by, changed: changes(&previous, &settings) });
            previous = settings;
        }
        data.reverse();
        Ok(Reply::json(200, &HistoryPage { data, next_cursor }))
    }
}
