//! `BatchObject`: one batch of cards, or one import. It issues them a step at a time, by alarm, and notes after each step how far it has come.
//!
//! A card's id and its idempotency follow from the batch and its place (of an import: from the old code), so a step that broke off is taken again whole: a card
//! that is there answers as it did the first time, and none is issued twice or left out. Nothing else is written for a card here.
//!
//! What fails for a reason that may pass is tried again from the first place that failed. A card that is refused for good stops the batch, which says why.

mod store;

use super::stub::{ask_merchant, pass_to_card};
use super::{read_call, respond, woken};
use crate::clock;
use crate::keys;
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::{NEXT_CURSOR, Reply};
use crate::settings;
use futures_util::future::join_all;
use shared::batch::Placed;
use shared::limits::{BATCH_CARDS_IN_FLIGHT, BATCH_CODES_PAGE, BATCH_PAUSE_MS, CARD_ID_TRIES, RETRY_MS};
use shared::rejection::Rejection;
use shared::seal::{CardLink, Env as Mode, Merchant, MerchantKeys};
use shared::wire::batch::{BatchAct, BatchAnswer, BatchCall, CODE_COLUMNS, OrderBatch, write_code};
use shared::wire::call::{CardOrder, MerchantCall, Once, Reservation};
use shared::wire::document;
use shared::wire::import::{Import, OldCard};
use shared::wire::json::Fields;
use shared::wire::problem::Problem;
use shared::wire::settings::Settings;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use store::{Store, Stored};
use worker::{Delay, DurableObject, Env, Request, Response, State, durable_object};

/// One batch.
#[durable_object(alarm)]
pub struct BatchObject {
    store: Store,
    env: Env,
    /// Whether a step is being taken, which ends by setting the alarm. Meanwhile the runtime says that none is set.
    stepping: Cell<bool>,
}

impl DurableObject for BatchObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()), env, stepping: Cell::new(false) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(call) => self.answer(call).await,
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }

    /// Takes the next step. May run late, twice, or after a crash.
    async fn alarm(&self) -> worker::Result<Response> {
        woken(self.wake().await)
    }
}

impl BatchObject {
    async fn answer(&self, call: BatchCall) -> Result<Reply, Failure> {
        match call.act {
            BatchAct::Order | BatchAct::Import => self.make(call).await,
            BatchAct::Read => {
                let stored = self.stored()?;
                self.keep_going(&stored).await?;
                Ok(told(200, &stored))
            }
            BatchAct::Codes => self.codes(call.from, &call.body, false),
            BatchAct::CodesCsv => self.codes(call.from, &call.body, true),
        }
    }

    /// Takes an order, once. What was ordered is told again whatever the settings have become.
    async fn make(&self, call: BatchCall) -> Result<Reply, Failure> {
        if let Some(stored) = self.store.load()? {
            if stored.fingerprint != call.fingerprint {
                return Err(Rejection::IdempotencyKeyReused.into());
            }
            self.keep_going(&stored).await?;
            return Ok(told(202, &stored).again());
        }
        let (keys, known) = (self.keys(&call.scope)?, settings::for_key(&self.env, &call.scope).await?);
        let (stored, cards, reservation) = new_batch(call, &keys, &known.settings)?;
        if let Some(reservation) = reservation {
            settings::reserve(&self.env, &stored.scope, reservation).await?;
        }
        if self.store.load()?.is_some() {
            // Somebody has sent the same at the same time, and was first.
            return Err(Rejection::OperationInProgress.into());
        }
        self.store.create(&stored, &cards)?;
        // In the turn of the write, so that both are kept or neither.
        self.store.arm(clock::now_ms()).await?;
        if let Err(failure) = self.enlist(&stored).await {
            worker::console_warn!("{} is listed by its alarm: {failure}", stored.id);
        }
        Ok(told(202, &stored))
    }

    /// Whoever asks for a batch that has more to do wakes it, so that even an alarm that the runtime gave up leaves none behind.
    async fn keep_going(&self, stored: &Stored) -> Result<(), Failure> {
        if !self.stepping.get() && !stored.batch.next_step().is_empty() && !self.store.is_armed().await? {
            self.store.arm(clock::now_ms()).await?;
        }
        Ok(())
    }

    /// A page of codes, as far as cards are issued, each derived anew. `page` is what their links begin with.
    fn codes(&self, from: u32, page: &str, csv: bool) -> Result<Reply, Failure> {
        let Stored { id, scope, batch, .. } = self.stored()?;
        // The codes of an import are told one by one, to whoever brings the old one.
        let amount = batch.amount.ok_or(Rejection::NotFound)?;
        let (all, (env, merchant)) = (keys::keys(&self.env)?, owner(&scope)?);
        let keys = keys::merchant(&self.env, env, &merchant)?;
        let end = from.saturating_add(BATCH_CODES_PAGE).min(batch.done).max(from);
        let mut text = String::new();
        if csv && from == 0 {
            write_code(&mut text, csv, CODE_COLUMNS);
        }
        for place in from..end {
            let Placed::Issued { retry } = batch.exceptions.of(place) else { continue };
            let card_id = keys.card_id(&id, place, retry);
            let key_id = batch.facts.key_id;
            let code = keys.seal(key_id, card_id).ok_or(Rejection::SigningUnavailable)?;
            let link = all.seal_link(&CardLink { env, merchant: merchant.clone(), key_id, card_id });
            let link = [page, &link.ok_or(Rejection::SigningUnavailable)?].concat();
            let (card, last4, amount) = (keys.card_reference(card_id), code.last4(), amount.minor().to_string());
            let cells = [card.text(), &code.display(), &last4, &amount, batch.facts.currency.code(), &link];
            write_code(&mut text, csv, cells);
        }
        let reply = Reply::kept(200, text);
        let is_last = end >= batch.done && batch.next_step().is_empty();
        Ok(if is_last { reply } else { reply.with(NEXT_CURSOR, &end.to_string()) })
    }

    fn stored(&self) -> Result<Stored, Failure> {
        Ok(self.store.load()?.ok_or(Rejection::NotFound)?)
    }

    async fn enlist(&self, stored: &Stored) -> Result<(), Failure> {
        ask_merchant(&self.env, &stored.scope, &MerchantCall::Enlist { batch: stored.id.clone() }).await
    }

    async fn wake(&self) -> Result<(), Failure> {
        let Some(stored) = self.store.load()? else { return Ok(()) };
        let id = stored.id.clone();
        self.stepping.set(true);
        let outcome = self.step(stored).await;
        self.stepping.set(false);
        let next_ms = match outcome {
            Ok(true) => clock::now_ms(),
            Ok(false) => return Ok(()),
            Err(failure) => {
                worker::console_warn!("{id} waits: {failure}");
                clock::now_ms().saturating_add(RETRY_MS)
            }
        };
        Ok(self.store.arm(next_ms).await?)
    }

    /// Issues the next cards and notes how far it came. Returns whether there is more to do.
    async fn step(&self, mut stored: Stored) -> Result<bool, Failure> {
        let places = stored.batch.next_step();
        if places.is_empty() {
            return Ok(false);
        }
        if places.start == 0 {
            self.enlist(&stored).await?;
        }
        let keys = self.keys(&stored.scope)?;
        let (first, rows) =
            if stored.batch.is_import() { self.store.old_cards(places.start)? } else { (places.start, Vec::new()) };
        let row = |place: u32| usize::try_from(place.saturating_sub(first)).ok().and_then(|at| rows.get(at));
        let (mut placed, mut failure, mut refused, mut places) = (Vec::new(), None, None, places);
        while failure.is_none() && refused.is_none() && !places.is_empty() {
            let cards = places.by_ref().take(BATCH_CARDS_IN_FLIGHT);
            for outcome in join_all(cards.map(|place| self.place(&stored, &keys, place, row(place)))).await {
                match outcome {
                    // What comes after one that failed is asked again with it.
                    _ if failure.is_some() => {}
                    Ok(one) => placed.push(one),
                    // Beside it there may be cards that were issued, and are told.
                    Err(Failure::Refused(problem)) if !problem.retryable => {
                        refused = Some((placed.len(), problem.code));
                        placed.push(Placed::Refused);
                    }
                    Err(why) => failure = Some(why),
                }
            }
            Delay::from(Duration::from_millis(BATCH_PAUSE_MS)).await;
        }
        if let (Some((place, _)), Some(_)) = (&refused, &failure) {
            // It is refused again beside what failed now, and stops the batch when that is settled.
            placed.truncate(*place);
        }
        stored.batch.advance(&placed, clock::now_ms());
        if let (Some((_, code)), None) = (refused, &failure) {
            worker::console_error!("{} is stopped: {code}", stored.id);
            stored.batch.stop(&code);
        }
        self.store.save(&stored.batch)?;
        failure.map_or(Ok(true), Err)
    }

    /// Issues the card of a place, under the first id that is its own.
    async fn place(
        &self,
        stored: &Stored,
        keys: &MerchantKeys,
        place: u32,
        row: Option<&OldCard>,
    ) -> Result<Placed, Failure> {
        let Stored { id, scope, batch, .. } = stored;
        let amount = batch.amount.or(row.map(|row| row.amount)).ok_or(Fault::Corrupt("rows"))?;
        let key_id = batch.facts.key_id;
        for retry in 0..CARD_ID_TRIES {
            let (card_id, once) = match row {
                None => (
                    keys.card_id(id, place, retry),
                    Once { key: format!("{id}/{place}"), fingerprint: stored.fingerprint.clone() },
                ),
                // One old code is one card, whichever import brings it: another one finds the key used by the first.
                Some(row) => (keys.card_id(&row.old, 0, retry), Once { key: row.old.clone(), fingerprint: id.clone() }),
            };
            let last4 = keys.seal_new(key_id, card_id).ok_or(Rejection::SigningUnavailable)?.last4();
            let mut facts = Box::new(batch.facts.clone());
            if let Some(at_ms) = row.and_then(|row| row.expires_at_ms) {
                facts.expires_at_ms = Some(at_ms);
            }
            let sealed = Some(keys.seal_beside(card_id, None)?);
            let order = CardOrder::Issue { last4, amount, facts, note: batch.note.clone(), sealed, once };
            let reply = pass_to_card(&self.env, scope, keys.card_reference(card_id).text(), order).await?;
            if reply.status < 300 {
                return Ok(Placed::Issued { retry });
            }
            let problem: Problem = document::read(&reply.bytes().await?).ok_or(Fault::Corrupt("problem"))?;
            match (problem.code.as_str(), row) {
                ("card_already_active", _) => {}
                ("idempotency_key_reused", Some(_)) => return Ok(Placed::Refused),
                _ => return Err(Failure::Refused(Box::new(problem))),
            }
        }
        Err(Fault::Corrupt("every card id was taken").into())
    }

    fn keys(&self, scope: &str) -> Result<Rc<MerchantKeys>, Failure> {
        let (mode, merchant) = owner(scope)?;
        Ok(keys::merchant(&self.env, mode, &merchant)?)
    }
}

/// Whose it is, and in which environment.
fn owner(scope: &str) -> Result<(Mode, Merchant), Fault> {
    let named = scope.split_once('/').and_then(|(mode, name)| Some((Mode::parse(mode)?, Merchant::parse(name)?)));
    named.ok_or(Fault::Corrupt("scope"))
}

/// What a request comes to, with the rows of an import, and what counts towards the caps of its programme. Cards that were sold elsewhere count for none.
fn new_batch(
    call: BatchCall,
    keys: &MerchantKeys,
    known: &Settings,
) -> Result<(Stored, Vec<OldCard>, Option<Reservation>), Rejection> {
    let BatchCall { act, scope, batch: id, body, fingerprint, .. } = call;
    let (fields, key_id, now_ms) = (Fields::read(body.as_bytes())?, keys.signing_root()?, clock::now_ms());
    let (batch, cards, reservation) = if act == BatchAct::Import {
        let (batch, mut cards) = Import::read(fields)?.order(known, key_id, &id, now_ms)?;
        for card in &mut cards {
            card.old = keys.old_code(&card.old);
        }
        (batch, cards, None)
    } else {
        let order = OrderBatch::read(fields)?;
        let buyer = order.card.buyer.as_deref().map(|buyer| keys.buyer(buyer));
        let once = Once { key: id.clone(), fingerprint: fingerprint.clone() };
        let reservation = order.card.reservation(known, order.total()?, buyer, &once)?;
        (order.order(known, key_id, &id, now_ms)?, Vec::new(), reservation)
    };
    Ok((Stored { id, scope, fingerprint, batch }, cards, reservation))
}

/// The batch as it stands.
fn told(status: u16, stored: &Stored) -> Reply {
    Reply::json(status, &BatchAnswer::new(&stored.id, &stored.batch))
}
