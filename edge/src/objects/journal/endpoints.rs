//! What the journal does for webhook endpoints: it registers them, tells their couriers that there is something new, and gives the couriers what they come for.

use super::JournalObject;
use super::events::{self, Done};
use crate::clock;
use crate::objects::stub::pass_to_courier;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::event;
use shared::limits::PAGE_ROWS_MAX;
use shared::rejection::Rejection;
use shared::webhook::{Endpoint, Status};
use shared::wire::answer::Page;
use shared::wire::courier::{Cursor, EndpointAct, EndpointAnswer, EndpointCall, Pull, Pulled};
use std::cell::RefCell;
use std::rc::Rc;

/// What this instance knows of those who listen. Losing it costs a question.
#[derive(Default)]
pub struct Listeners {
    /// The scope, and the endpoints that are sent something; `None` until somebody looked.
    known: RefCell<Option<(String, Vec<String>)>>,
    /// Couriers that were told that there is something, and have not come yet. Their alarm is set, so telling them again would change nothing.
    told: Rc<RefCell<Vec<String>>>,
}

impl JournalObject {
    pub(super) fn endpoint(&self, call: &EndpointCall) -> Result<Reply, Failure> {
        let now_ms = clock::now_ms();
        let found = || self.events.endpoint(&call.id)?.ok_or(Failure::from(Rejection::NotFound));
        let endpoint = match call.act {
            EndpointAct::List => {
                let data: Vec<EndpointAnswer> = self.events.endpoints()?.into_iter().map(Into::into).collect();
                return Ok(Reply::json(200, &Page { data, next_cursor: None }));
            }
            EndpointAct::Register | EndpointAct::Rotate => {
                let Done { answer, again } = if call.act == EndpointAct::Rotate {
                    self.events.rotate(found()?, call.root, &call.key, now_ms)?
                } else {
                    self.events.register(call, self.store.last_number()?, now_ms)?
                };
                self.listeners.known.take();
                let reply = Reply::json(200, &answer);
                return Ok(if again { reply.again() } else { reply });
            }
            EndpointAct::Read => found()?,
            EndpointAct::Remove => self.put_status(found()?, Status::Deleted)?,
            EndpointAct::Enable => {
                let endpoint = found()?;
                if endpoint.status == Status::Disabled { self.put_status(endpoint, Status::Active)? } else { endpoint }
            }
            _ => return Err(Fault::Corrupt("act").into()),
        };
        Ok(Reply::json(200, &EndpointAnswer::from(endpoint)))
    }

    fn put_status(&self, endpoint: Endpoint, status: Status) -> Result<Endpoint, Fault> {
        if endpoint.status != status {
            self.events.put_status(&endpoint.id, status, None, 0, clock::now_ms())?;
            self.listeners.known.take();
        }
        Ok(Endpoint { status, ..endpoint })
    }

    /// What follows for a courier, as long as its endpoint is to be sent anything.
    pub(super) fn pull(&self, pull: &Pull) -> Result<Pulled, Fault> {
        self.listeners.told.borrow_mut().retain(|id| *id != pull.id);
        let Some(endpoint) = self.events.endpoint(&pull.id)? else { return Ok(Pulled::default()) };
        let endpoint = self.note_health(endpoint, pull)?;
        let mut pulled = Pulled {
            url: endpoint.url.clone(),
            is_sent_to: endpoint.status.is_sent_to(),
            generation: endpoint.generation,
            root: endpoint.root,
            root_before: endpoint.root_overlapping(clock::now_ms()),
            ..Pulled::default()
        };
        if !pulled.is_sent_to {
            return Ok(pulled);
        }
        let after = match Cursor::parse(&pull.cursor) {
            Some(cursor) if cursor.line == 0 || self.store.hash(cursor.line)?.as_ref() == Some(&pull.mark) => cursor,
            // The line that the courier has read last is not there, or is another: an older copy of the book came back, and has numbered anew what it was told
            // since. The courier begins again and knows by the ids what it has sent.
            _ => self.events.start(&pull.id)?,
        };
        let after = self.events.within(after, self.store.last_number()?)?;
        let events::Page { notices, cursor, more } = self.events.page(after, PAGE_ROWS_MAX, self.store.exists()?)?;
        pulled.notices = notices.into_iter().filter(|notice| endpoint.wants(&notice.kind)).collect();
        pulled.mark = self.store.hash(cursor.line)?.unwrap_or_default();
        (pulled.cursor, pulled.more) = (cursor.text(), more);
        Ok(pulled)
    }

    fn note_health(&self, endpoint: Endpoint, pull: &Pull) -> Result<Endpoint, Fault> {
        let now_ms = clock::now_ms();
        let (status, told) = match (endpoint.status, pull.dead_since_ms) {
            (Status::Active | Status::Failing, Some(since_ms)) => {
                (Status::Disabled, Some(event::of_disabled(&endpoint.id, since_ms, now_ms)))
            }
            (Status::Active | Status::Failing, None) => {
                (if pull.failing { Status::Failing } else { Status::Active }, None)
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

    /// Whether anybody is to be told of anything.
    pub(super) fn is_listened_to(&self) -> Result<bool, Fault> {
        if self.listeners.known.borrow().is_none() {
            let endpoints = self.events.endpoints()?;
            let listen = endpoints.into_iter().filter(|endpoint| endpoint.status.is_sent_to());
            let scope = self.events.scope()?.unwrap_or_default();
            self.listeners.known.replace(Some((scope, listen.map(|endpoint| endpoint.id).collect())));
        }
        Ok(self.listeners.known.borrow().as_ref().is_some_and(|(_, ids)| !ids.is_empty()))
    }

    /// Tells the couriers that there is something, without waiting for them.
    pub(super) fn ping(&self) -> Result<(), Fault> {
        if !self.is_listened_to()? {
            return Ok(());
        }
        let known = self.listeners.known.borrow();
        let Some((scope, ids)) = known.as_ref() else { return Ok(()) };
        for id in ids {
            if self.listeners.told.borrow().contains(id) {
                continue;
            }
            self.listeners.told.borrow_mut().push(id.clone());
            let (env, told, id) = (self.env.clone(), self.listeners.told.clone(), id.clone());
            let (act, scope) = (EndpointAct::Ping, scope.clone());
            let call = EndpointCall { act, scope, id: id.clone(), ..EndpointCall::default() };
            self.state.wait_until(async move {
                if !pass_to_courier(&env, &call).await.is_ok_and(|reply| reply.status == 200) {
                    worker::console_warn!("the courier of {id} is not told");
                    told.borrow_mut().retain(|told| *told != id);
                }
            });
        }
        Ok(())
    }
}
