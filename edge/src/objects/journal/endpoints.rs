//! What the journal does for webhook endpoints: it registers them, tells their couriers that there is something new, and gives the couriers what they come for.

use super::JournalObject;
use super::events::{Done, Page};
use crate::clock;
use crate::objects::stub::ask_courier;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::event;
use shared::limits::PAGE_ROWS_MAX;
use shared::rejection::Rejection;
use shared::webhook::{Endpoint, Status};
use shared::wire::courier::{CourierCall, CourierOrder, Cursor, EndpointOrder, Health, Pulled};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// What this instance knows of those who listen. Losing it costs a question.
#[derive(Default)]
pub struct Listeners {
    /// The scope, and the endpoints that are sent something; `None` until somebody looked.
    known: RefCell<Option<(String, Vec<String>)>>,
    /// Couriers that were told that there is something, and have not come yet. Their alarm is set, so telling them again would change nothing.
    told: Rc<RefCell<BTreeSet<String>>>,
}

impl JournalObject {
    pub(super) fn endpoint(&self, order: EndpointOrder) -> Result<Reply, Failure> {
        let now_ms = clock::now_ms();
        let found = |id: &str| self.events.endpoint(id)?.ok_or(Failure::from(Rejection::NotFound));
        let done = |Done { endpoint, again }| {
            let reply = Reply::json(200, &endpoint);
            if again { reply.again() } else { reply }
        };
        match order {
            EndpointOrder::Register { scope, id, url, events, root, once } => {
                let endpoint = Endpoint {
                    id,
                    url,
                    events,
                    status: Status::Active,
                    generation: 1,
                    root,
                    root_before: root,
                    root_first: root,
                    rotated_at_ms: None,
                    created_at_ms: now_ms,
                };
                let outcome = self.events.register(&scope, &endpoint, &once, self.store.last_number()?)?;
                self.listeners.known.take();
                Ok(done(outcome?))
            }
            EndpointOrder::List => Ok(Reply::json(200, &self.events.endpoints()?)),
            EndpointOrder::Read { id } => Ok(Reply::json(200, &found(&id)?)),
            EndpointOrder::Rotate { id, root, once } => {
                Ok(done(self.events.rotate(found(&id)?, root, &once, now_ms)?))
            }
            EndpointOrder::Enable { id } => {
                let endpoint = found(&id)?;
                let status = if endpoint.status == Status::Disabled { Status::Active } else { endpoint.status };
                self.put_status(endpoint, status).map(|endpoint| Reply::json(200, &endpoint)).map_err(Into::into)
            }
            EndpointOrder::Remove { id } => {
                let endpoint = self.put_status(found(&id)?, Status::Deleted)?;
                Ok(Reply::json(200, &endpoint))
            }
            EndpointOrder::Pull { id, cursor, mark, health } => {
                self.listeners.told.borrow_mut().remove(&id);
                Ok(Reply::json(200, &self.pull(&id, cursor, &mark, health)?))
            }
        }
    }

    fn put_status(&self, endpoint: Endpoint, status: Status) -> Result<Endpoint, Fault> {
        if endpoint.status != status {
            self.events.put_status(&endpoint.id, status, None, 0, clock::now_ms())?;
            self.listeners.known.take();
        }
        Ok(Endpoint { status, ..endpoint })
    }

    /// What follows for a courier, as long as its endpoint is to be sent anything.
    fn pull(&self, id: &str, cursor: Option<Cursor>, mark: &str, health: Health) -> Result<Pulled, Fault> {
        let nothing = |endpoint, cursor: Option<Cursor>| Pulled {
            endpoint,
            notices: Vec::new(),
            cursor: cursor.unwrap_or_default(),
            mark: mark.into(),
            more: false,
        };
        let Some(endpoint) = self.events.endpoint(id)? else { return Ok(nothing(None, cursor)) };
        let endpoint = self.note_health(endpoint, health)?;
        if !endpoint.status.is_sent_to() {
            return Ok(nothing(Some(endpoint), cursor));
        }
        let last = self.store.last_number()?;
        let follows = match cursor {
            Some(cursor) if cursor.line > 0 => self.store.hash(cursor.line)?.as_deref() == Some(mark),
            cursor => cursor.is_some(),
        };
        let after = match cursor {
            Some(cursor) if follows => cursor,
            // The line that the courier has read last is not there, or is another: an older copy of the book came back, and has numbered anew what it was told
            // since. The courier begins again and knows by the ids what it has sent.
            _ => self.events.start(id)?,
        };
        let after = self.events.within(after, last)?;
        let Page { notices, cursor, more } = self.events.page(after, PAGE_ROWS_MAX, self.store.exists()?)?;
        let notices = notices.into_iter().filter(|notice| endpoint.wants(&notice.kind)).collect();
        let mark = self.store.hash(cursor.line)?.unwrap_or_default();
        Ok(Pulled { endpoint: Some(endpoint), notices, cursor, mark, more })
    }

    fn note_health(&self, endpoint: Endpoint, health: Health) -> Result<Endpoint, Fault> {
        let now_ms = clock::now_ms();
        let (status, told) = match (endpoint.status, health) {
            (Status::Failing, Health::Well) => (Status::Active, None),
            (Status::Active, Health::Failing) => (Status::Failing, None),
            (Status::Active | Status::Failing, Health::Dead { since_ms }) => {
                (Status::Disabled, Some(event::of_disabled(&endpoint.id, since_ms, now_ms)))
            }
            (status, _) => (status, None),
        };
        if status != endpoint.status {
            let tells = told.is_some();
            self.events.put_status(&endpoint.id, status, told, self.store.last_number()?, now_ms)?;
            self.listeners.known.take();
            if tells {
                self.ping()?;
            }
        }
        Ok(Endpoint { status, ..endpoint })
    }

    /// Tells the couriers that there is something, without waiting for them.
    pub(super) fn ping(&self) -> Result<(), Fault> {
        if self.listeners.known.borrow().is_none() {
            let endpoints = self.events.endpoints()?;
            let listen = endpoints.into_iter().filter(|endpoint| endpoint.status.is_sent_to());
            let scope = self.events.scope()?.unwrap_or_default();
            self.listeners.known.replace(Some((scope, listen.map(|endpoint| endpoint.id).collect())));
        }
        let known = self.listeners.known.borrow();
        let Some((scope, ids)) = known.as_ref() else { return Ok(()) };
        for id in ids {
            if !self.listeners.told.borrow_mut().insert(id.clone()) {
                continue;
            }
            let (env, told, id) = (self.env.clone(), self.listeners.told.clone(), id.clone());
            let call = CourierCall { scope: scope.clone(), id: id.clone(), order: CourierOrder::Ping };
            self.state.wait_until(async move {
                if let Err(failure) = ask_courier::<()>(&env, &call).await {
                    worker::console_warn!("the courier of {id} is not told: {failure}");
                    told.borrow_mut().remove(&id);
                }
            });
        }
        Ok(())
    }
}
