//! `JournalObject`: the book of one merchant (one shard of it). It takes lines at least once and stores each exactly once (`shared::journal::receive`
//! decides), and keeps totals, so a report never sums postings.

mod store;

use super::{read_call, respond};
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::journal::{Line, Received, Taken, receive};
use shared::limits::EXPORT_LINES_MAX;
use shared::rejection::Rejection;
use shared::wire::call::{ExportPage, HandOff, JournalCall};
use store::Store;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One shard of a merchant's book.
#[durable_object(fetch)]
pub struct JournalObject {
    store: Store,
}

impl DurableObject for JournalObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()) }
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
        match call {
            JournalCall::Receive(HandOff { lines }) => Ok(Reply::json(200, &self.receive(&lines)?)),
            JournalCall::Export { after, watermark, limit } => {
                let last = self.store.last_number()?;
                let watermark = watermark.unwrap_or(last);
                if watermark > last || after > watermark {
                    return Err(Rejection::CursorInvalid.into());
                }
                let rows = self.store.export(after, watermark, limit.min(EXPORT_LINES_MAX))?;
                Ok(Reply::json(200, &ExportPage { rows, watermark }))
            }
            JournalCall::Totals { from, to } => Ok(Reply::json(200, &self.store.totals(&from, &to)?)),
        }
    }

    /// Takes a hand-off over, whole or not at all.
    fn receive(&self, lines: &[Line]) -> Result<Received, Fault> {
        let card = lines.first().map(|line| line.card.as_str()).unwrap_or_default();
        let Taken { steps, answer } =
            receive(self.store.known(card)?.as_ref(), lines).ok_or(Fault::Corrupt("hand-off"))?;
        if !steps.is_empty() {
            meter::as_book(|| self.store.append(card, &steps))?;
        }
        Ok(answer)
    }
}
