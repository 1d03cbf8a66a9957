//! `CourierObject`: delivers the events of one merchant to one endpoint, signed, until each is taken or was tried for three days.
//!
//! It pulls: its place in the journal is one cursor, written together with the deliveries that it stands for, so nothing is lost or doubled between the two
//! whatever happens on the way. The journal's word that there is something new only saves waiting for the alarm. A delivery whose outcome a crash swallowed is
//! made again under the same id, by which receivers know it.
//!
//! Each endpoint has a courier, so one that is slow or gone holds nobody but itself. First attempts begin in the order of the events, a few at once; what fails
//! is tried again by itself and holds back nothing that came later.
//!
//! An endpoint that has taken nothing for as long as a delivery is tried is disabled by the journal, on the courier's word. Its events wait there, and its
//! deliveries here, until it is enabled.

mod request;
mod store;

use super::stub::ask_journal;
use super::{read_call, respond, woken};
use crate::clock;
use crate::entropy;
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use futures_util::future::join_all;
use shared::event::{self, Notice};
use shared::limits::{
    COURIER_POLL_MS, COURIER_ROUNDS_MAX, DELIVERIES_IN_FLIGHT_MAX, DELIVERIES_WAITING_MAX, ENDPOINT_FAILING_AFTER,
    PAGE_ROWS_MAX, RETRY_MS,
};
use shared::rejection::Rejection;
use shared::webhook::next_attempt_ms;
use shared::wire::answer::Page;
use shared::wire::call::JournalCall;
use shared::wire::courier::{EndpointAct, EndpointCall, Pull, Pulled};
use std::cell::Cell;
use store::{Courier, Delivery, Next, Store};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// The courier of one endpoint.
#[durable_object(alarm)]
pub struct CourierObject {
    store: Store,
    env: Env,
    /// Whether it was told of something since it last pulled. An alarm that ends must not put off what was said while it ran.
    told: Cell<bool>,
}

impl DurableObject for CourierObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()), env, told: Cell::new(false) }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(call) => self.answer(call).await,
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }

    /// Delivers what is due. May run late, twice, or after a crash.
    async fn alarm(&self) -> worker::Result<Response> {
        woken(self.wake().await)
    }
}

impl CourierObject {
    async fn answer(&self, call: EndpointCall) -> Result<Reply, Failure> {
        let EndpointCall { act, scope, id, key, before, event, .. } = call;
        let now_ms = clock::now_ms();
        if act == EndpointAct::End {
            self.store.end().await?;
            return Ok(Reply::json(200, &()));
        }
        let courier = self.store.open(&id, &scope)?;
        let delivery = match act {
            EndpointAct::Ping | EndpointAct::Resume => {
                if act == EndpointAct::Resume {
                    self.store.resume(now_ms)?;
                }
                self.told.set(true);
                self.store.arm(now_ms).await?;
                return Ok(Reply::json(200, &()));
            }
            EndpointAct::Deliveries => return self.list(before.parse().ok()),
            EndpointAct::Test => {
                let notice = Notice::from(event::of_test(&id, &key, now_ms));
                match self.store.delivery(&notice.id)? {
                    Some(known) => known,
                    None => self.store.add(&notice, now_ms)?,
                }
            }
            EndpointAct::Redeliver => self.store.delivery(&event)?.ok_or(Rejection::NotFound)?,
            _ => return Err(Fault::Corrupt("act").into()),
        };
        if delivery.asked == key {
            return Ok(Reply::json(200, &self.store.answer(delivery)?).again());
        }
        self.send_now(&courier, delivery, &key).await
    }

    fn list(&self, before: Option<u64>) -> Result<Reply, Failure> {
        let deliveries = self.store.page(before, PAGE_ROWS_MAX)?;
        let last = deliveries.last().filter(|_| deliveries.len() == PAGE_ROWS_MAX);
        let next_cursor = last.map(|delivery| delivery.number.to_string());
        let data = deliveries.into_iter().map(|delivery| self.store.answer(delivery)).collect::<Result<_, _>>()?;
        Ok(Reply::json(200, &Page { data, next_cursor }))
    }

    /// One attempt beside the schedule, for somebody who waits for its outcome. It ends a delivery that still waits only by succeeding.
    async fn send_now(&self, courier: &Courier, delivery: Delivery, key: &str) -> Result<Reply, Failure> {
        let pulled = self.pull(courier).await?;
        // What came along is the alarm's.
        self.told.set(true);
        self.store.arm(clock::now_ms()).await?;
        if pulled.url.is_empty() {
            return Err(Rejection::NotFound.into());
        }
        let attempt = request::send(&self.env, courier, &pulled, &delivery).await;
        self.store.note(&delivery, &attempt, Next::Unchanged, Some(key))?;
        let told = self.store.delivery(&delivery.id)?.ok_or(Fault::Corrupt("delivery"))?;
        Ok(Reply::json(200, &self.store.answer(told)?))
    }

    async fn wake(&self) -> Result<(), Failure> {
        let Some(courier) = self.store.load()? else { return Ok(()) };
        let next_ms = match self.deliver().await {
            Ok(Some(next_ms)) => next_ms,
            Ok(None) if !self.told.get() => return Ok(()),
            Ok(None) => clock::now_ms(),
            Err(failure) => {
                worker::console_warn!("the courier of {} waits: {failure}", courier.id);
                clock::now_ms().saturating_add(RETRY_MS)
            }
        };
        let next_ms = if self.told.get() { next_ms.min(clock::now_ms()) } else { next_ms };
        Ok(self.store.arm(next_ms).await?)
    }

    /// Pulls and delivers, round by round. Returns when to go on; `None` when there is nothing to wait for.
    async fn deliver(&self) -> Result<Option<u64>, Failure> {
        self.store.forget(clock::now_ms())?;
        for _ in 0..COURIER_ROUNDS_MAX {
            let Some(courier) = self.store.load()? else { return Ok(None) };
            let pulled = self.pull(&courier).await?;
            if pulled.url.is_empty() {
                self.store.end().await?;
            }
            if !pulled.is_sent_to {
                return Ok(None);
            }
            let due = self.store.due(clock::now_ms(), DELIVERIES_IN_FLIGHT_MAX)?;
            if due.is_empty() && !pulled.more {
                let poll_ms = clock::now_ms().saturating_add(COURIER_POLL_MS);
                return Ok(Some(self.store.next_due_ms()?.map_or(poll_ms, |due_ms| due_ms.min(poll_ms))));
            }
            let attempts =
                join_all(due.iter().map(|delivery| request::send(&self.env, &courier, &pulled, delivery))).await;
            for (delivery, attempt) in due.iter().zip(&attempts) {
                self.store.note(delivery, attempt, self.next(delivery, attempt)?, None)?;
            }
        }
        // There is more to do than fits into one alarm.
        Ok(Some(clock::now_ms()))
    }

    /// Takes over what follows. With enough waiting it only asks how its endpoint stands.
    async fn pull(&self, courier: &Courier) -> Result<Pulled, Failure> {
        let Courier { id, scope, cursor, mark, failures, dead_since_ms } = courier;
        self.told.set(false);
        let failing = *failures >= ENDPOINT_FAILING_AFTER;
        let pull =
            Pull { id: id.clone(), cursor: cursor.clone(), mark: mark.clone(), failing, dead_since_ms: *dead_since_ms };
        let mut pulled: Pulled = ask_journal(&self.env, scope, &JournalCall::Pull(pull)).await?;
        if self.store.waiting()? < DELIVERIES_WAITING_MAX {
            self.store.take(&pulled, clock::now_ms())?;
        } else {
            pulled.more = false;
        }
        Ok(pulled)
    }

    /// What follows from an attempt of the schedule.
    fn next(&self, delivery: &Delivery, attempt: &request::Attempt) -> Result<Next, Fault> {
        if attempt.is_taken() {
            return Ok(Next::Delivered);
        }
        let chance = entropy::sixteen_bytes()?.first().copied().unwrap_or_default();
        let ended_ms = attempt.at_ms.saturating_add(attempt.took_ms);
        let (tries, first_ms) = (delivery.tries.saturating_add(1), delivery.first_ms.unwrap_or(attempt.at_ms));
        Ok(match next_attempt_ms(tries, first_ms, ended_ms, chance) {
            Some(due_ms) => Next::Again { due_ms, first_ms },
            None => Next::GivenUp { first_ms },
        })
    }
}
