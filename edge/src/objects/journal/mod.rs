//! `JournalObject`: the book of one merchant (one shard of it). It takes lines at least once and stores each exactly once (`shared::journal::receive`
//! decides), and keeps totals, so a report never sums postings.
//!
//! Its lines are the events of cards as well (`shared::event`); what others have to tell stands beside them as notices. It knows the endpoints that hear of
//! both, and tells their couriers that there is something new. It waits for none of them: a courier comes for what it has missed by itself.

mod endpoints;
mod events;
mod rebuild;
mod store;
mod totals;

use super::{read_call, respond};
use crate::clock;
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use endpoints::Listeners;
use events::Events;
use shared::event::{self, CardFacts, Notice};
use shared::journal::{Received, Step, Taken, receive};
use shared::limits::{EXPORT_LINES_MAX, PAGE_ROWS_MAX, REPORT_ROWS_MAX};
use shared::rejection::Rejection;
use shared::report::{self, By, Report};
use shared::wire::answer::Page;
use shared::wire::call::{ExportPage, HandOff, JournalCall};
use shared::wire::courier::Cursor;
use shared::wire::search::{FoundCard, Way};
use store::{Label, Store};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One shard of a merchant's book.
#[durable_object(fetch)]
pub struct JournalObject {
    store: Store,
    events: Events,
    listeners: Listeners,
    state: State,
    env: Env,
}

impl DurableObject for JournalObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        let (store, events) = (Store::new(state.storage()), Events::new(state.storage()));
        Self { store, events, listeners: Listeners::default(), state, env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(call) => self.answer(call),
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }
}

impl JournalObject {
    fn answer(&self, call: JournalCall) -> Result<Reply, Failure> {
        meter::as_book(|| self.store.bring_up_to_date())?;
        match call {
            JournalCall::Receive(hand_off) => Ok(Reply::json(200, &self.receive(hand_off)?)),
            JournalCall::Export { after, watermark, limit } => {
                let last = self.store.last_number()?;
                let watermark = watermark.unwrap_or(last);
                if watermark > last || after > watermark {
                    return Err(Rejection::CursorInvalid.into());
                }
                let rows = self.store.export(after, watermark, limit.min(EXPORT_LINES_MAX))?;
                Ok(Reply::json(200, &ExportPage { rows, watermark }))
            }
            JournalCall::Report { name, by, from, to, csv } => {
                let (report, by) = Report::parse(&name).zip(By::parse(&by)).ok_or(Fault::Corrupt("report"))?;
                // One more, so that it is seen whether there are too many.
                let kept = self.store.totals(&report.plan(by), &from, &to, REPORT_ROWS_MAX.saturating_add(1))?;
                Ok(Reply::kept(200, report::tell(report, by, (&from, &to), csv, &kept)?))
            }
            JournalCall::Search { way, value, before, limit } => {
                self.search(Way::parse(&way).ok_or(Fault::Corrupt("way"))?, &value, before, limit.min(PAGE_ROWS_MAX))
            }
            JournalCall::Tell { notices } => {
                self.tell(&notices)?;
                Ok(Reply::json(200, &()))
            }
            JournalCall::Events { after } => self.list(Cursor::parse(&after).unwrap_or_default()),
            JournalCall::Endpoint(call) => self.endpoint(&call),
            JournalCall::Pull(pull) => Ok(Reply::json(200, &self.pull(&pull)?)),
        }
    }

    /// Takes a hand-off over, whole or not at all.
    fn receive(&self, HandOff { lines, last4, recipient }: HandOff) -> Result<Received, Fault> {
        let card = lines.first().map(|line| line.card.as_str()).unwrap_or_default();
        let (known, label) = self.store.card(card)?.map(|card| (card.known, card.label)).unzip();
        let Taken { steps, answer } = receive(known.as_ref(), &lines).ok_or(Fault::Corrupt("hand-off"))?;
        if !steps.is_empty() {
            // A card of an older version says nothing of what is printed on it.
            let last4 = last4.or_else(|| label.as_ref().map(|label: &Label| label.last4.clone())).unwrap_or_default();
            let now = Label { last4, recipient: recipient.unwrap_or_default() };
            meter::as_book(|| self.store.append(card, &steps, label.as_ref(), &now))?;
        }
        if answer == Received::Fork {
            let seq = known.map_or(0, |known| known.seq);
            self.tell(&[event::of_fork(card, seq, clock::now_ms()).into()])?;
        } else if self.is_listened_to()? && steps.iter().any(means_an_event) {
            self.ping()?;
        }
        Ok(answer)
    }

    fn search(&self, way: Way, value: &str, before: u64, limit: usize) -> Result<Reply, Failure> {
        // One more, so that it is seen whether there is more.
        let mut cards = self.store.cards(way.name(), value, before, limit.saturating_add(1))?;
        let more = cards.len() > limit;
        cards.truncate(limit);
        let next_cursor = if more { cards.last().map(|card| card.first_line.to_string()) } else { None };
        let now_ms = clock::now_ms();
        let found = cards.into_iter().map(|card| FoundCard::new(card.id, card.label.last4, card.known, now_ms));
        Ok(Reply::json(200, &Page { data: found.collect(), next_cursor }))
    }

    fn tell(&self, notices: &[Notice]) -> Result<(), Fault> {
        let line = self.store.last_number()?;
        meter::as_book(|| self.events.tell(notices, line))?;
        self.ping()
    }

    /// A page of events with at least one, if there is any; its cursor is where to go on, now or when there is more.
    fn list(&self, after: Cursor) -> Result<Reply, Failure> {
        let has_lines = self.store.exists()?;
        let mut page = self.events.page(after, PAGE_ROWS_MAX, has_lines)?;
        while page.notices.is_empty() && page.more {
            page = self.events.page(page.cursor, PAGE_ROWS_MAX, has_lines)?;
        }
        let bodies: Vec<&str> = page.notices.iter().map(|notice| notice.body.as_str()).collect();
        // The bodies are JSON as it is delivered, so that both are the same bytes.
        let answer = format!("{{\"data\":[{}],\"next_cursor\":\"{}\"}}", bodies.join(","), page.cursor.text());
        Ok(Reply::kept(200, answer))
    }
}

/// Whether anybody is told of it.
fn means_an_event(step: &Step) -> bool {
    event::of_line(&step.line, CardFacts { currency: step.known.currency, kind: step.known.kind }).is_some()
}
