//! `JournalObject`: the book of one merchant (one shard of it). It takes lines at least once and stores each exactly once, and keeps totals, so a report
//! never sums postings.
//!
//! What it knows of a card is the last line: its number, its hash, and the counters after it. A hand-off either follows from there, or says where to
//! resend from, or contradicts it: then an older copy of the card or of this book came back, and nothing of it is taken.

mod store;

use super::{read_call, respond};
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::journal::{GENESIS, Line, postings};
use shared::limits::EXPORT_LINES_MAX;
use shared::wire::call::{ExportPage, HandOff, JournalCall, Received};
use store::{Known, Store};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One shard of a merchant's book.
#[durable_object(fetch)]
pub struct JournalObject {
    store: Store,
}

impl DurableObject for JournalObject {
    fn new(state: State, _: Env) -> Self {
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
                let watermark = match watermark {
                    Some(watermark) => watermark,
                    None => self.store.last_number()?,
                };
                let rows = self.store.export(after, watermark, limit.min(EXPORT_LINES_MAX))?;
                Ok(Reply::json(200, &ExportPage { rows, watermark }))
            }
            JournalCall::Totals { from, to } => Ok(Reply::json(200, &self.store.totals(&from, &to)?)),
        }
    }

    /// Takes a hand-off over, whole or not at all.
    fn receive(&self, lines: &[Line]) -> Result<Received, Fault> {
        let Some(first) = lines.first() else { return Err(Fault::Corrupt("hand-off")) };
        let known = self.store.known(&first.card)?;
        let (seq, hash) = known.as_ref().map_or((0, GENESIS), |known| (known.seq, known.hash.as_str()));
        if first.seq > seq.saturating_add(1) {
            return Ok(Received::ResendFrom(seq.saturating_add(1)));
        }
        // Lines that are here already must be the same: the last of them seals all before it.
        let overlap = lines.iter().take_while(|line| line.seq <= seq).last();
        let last_known = overlap.filter(|line| line.seq == seq).map(Line::hash);
        let new: Vec<&Line> = lines.iter().filter(|line| line.seq > seq).collect();
        match new.first() {
            Some(line) if line.previous != hash => return Ok(Received::Fork),
            Some(_) => {}
            // A card whose newest line is older than the book's is an older copy; one that ends with the book's is a repetition.
            None if last_known.as_deref() == Some(hash) => return Ok(Received::Ack(seq)),
            None => return Ok(Received::Fork),
        }
        self.take(known, &new)
    }

    fn take(&self, known: Option<Known>, lines: &[&Line]) -> Result<Received, Fault> {
        let mut known = known;
        let mut steps = Vec::with_capacity(lines.len());
        for line in lines {
            let entry = line.entry().ok_or(Fault::Corrupt("line"))?;
            let before = known.as_ref().map_or(Default::default(), |known| (known.available, known.held));
            let next = Known::after(known.as_ref(), line).ok_or(Fault::Corrupt("line"))?;
            steps.push((*line, postings(before, &entry), next.clone()));
            known = Some(next);
        }
        self.store.append(&steps)?;
        Ok(Received::Ack(known.map_or(0, |known| known.seq)))
    }
}
