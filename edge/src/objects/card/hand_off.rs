//! What a card does when nobody asks: it settles claims that their coordinator has forgotten, and hands its entries to the book.
//!
//! The entries are the outbox. What the book has is one number; everything after it is sent again until the book acknowledges, so nothing is lost
//! because a message was, and no sale waits for the book.
//!
//! A claim past its deadline is never released on the card's own account: the coordinator owns the deadline and may have moved it, or decided to
//! capture. Unreachable, it is asked again; the money stays where it is.

use super::store::{Stored, Whose};
use super::{Act, CardObject, leg};
use crate::clock;
use crate::objects::stub::{ask_checkout, ask_journal};
use crate::problem::{Failure, Fault};
use shared::card::Command;
use shared::checkout::{LegOrder, Verdict};
use shared::journal::Received;
use shared::limits::{HAND_OFF_DELAY_MS, HAND_OFF_RETRY_MS, HOLD_GRACE_MS};
use shared::money::Amount;
use shared::wire::call::{CheckoutCall, CheckoutOrder, HandOff, JournalCall, Once};
use shared::wire::request::Note;
use std::cell::{Cell, RefCell};

/// What this instance remembers between alarms. Losing it costs one question too many.
#[derive(Default)]
pub struct Waiting {
    /// When the alarm is set to, as far as known.
    armed_ms: Cell<Option<u64>>,
    /// Hand-offs in a row that failed.
    failures: Cell<u32>,
    /// Claims whose coordinator said when to ask again.
    ask_at_ms: RefCell<Vec<(String, u64)>>,
}

impl Waiting {
    /// When the coordinator of a claim said that it is to be asked again.
    fn ask_at_ms(&self, claim: &str) -> Option<u64> {
        self.ask_at_ms.borrow().iter().find(|(asked, _)| asked == claim).map(|(_, at_ms)| *at_ms)
    }
}

impl CardObject {
    /// Sets the alarm to the next thing that is due, unless it is set to something sooner.
    pub(super) async fn arm(&self) -> Result<(), Failure> {
        let Some(stored) = self.store.load()? else { return Ok(()) };
        let Some(due_ms) = self.due_ms(&stored)? else { return Ok(()) };
        if self.waiting.armed_ms.get().is_none_or(|armed_ms| due_ms < armed_ms) {
            self.store.arm(due_ms).await?;
            self.waiting.armed_ms.set(Some(due_ms));
        }
        Ok(())
    }

    fn due_ms(&self, stored: &Stored) -> Result<Option<u64>, Failure> {
        let now_ms = clock::now_ms();
        let owes = (stored.card.seq > stored.acked && !stored.forked) || self.next_transfer(stored)?.is_some();
        let owed = owes.then(|| now_ms.saturating_add(self.hand_off_delay_ms()));
        let claims = stored.card.held_until_ms.map(|until_ms| until_ms.saturating_add(HOLD_GRACE_MS));
        let expires = if stored.forked { None } else { stored.card.expiry_due_ms() };
        Ok([owed, claims, expires].into_iter().flatten().min())
    }

    /// Entries wait a moment to be handed over together, and longer each time that the book is not there.
    fn hand_off_delay_ms(&self) -> u64 {
        match self.waiting.failures.get() {
            0 => HAND_OFF_DELAY_MS,
            failures => HAND_OFF_RETRY_MS
                .start()
                .saturating_mul(1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX))
                .min(*HAND_OFF_RETRY_MS.end()),
        }
    }

    pub(super) async fn wake(&self) -> Result<(), Failure> {
        self.waiting.armed_ms.set(None);
        let Some(stored) = self.store.load()? else { return Ok(()) };
        self.settle_overdue(&stored).await?;
        self.follow_up(self.stored()?, clock::now_ms())?;
        // What one side does not take keeps nothing from the other.
        let (delivered, handed_over) = (self.deliver().await, self.hand_off().await);
        let handed_over = handed_over.and(delivered);
        self.waiting.failures.set(match &handed_over {
            Ok(()) => 0,
            Err(failure) => {
                worker::console_warn!("hand-off of {} waits: {failure}", stored.id);
                self.waiting.failures.get().saturating_add(1)
            }
        });
        self.arm().await
    }

    /// Asks the coordinator of every claim whose deadline has passed, and does what it says.
    async fn settle_overdue(&self, stored: &Stored) -> Result<(), Failure> {
        let now_ms = clock::now_ms();
        if stored.card.held_until_ms.is_none_or(|until_ms| until_ms.saturating_add(HOLD_GRACE_MS) > now_ms) {
            return Ok(());
        }
        for claim in self.store.overdue(now_ms.saturating_sub(HOLD_GRACE_MS))? {
            if self.waiting.ask_at_ms(&claim).is_some_and(|ask_at_ms| ask_at_ms > now_ms) {
                continue;
            }
            let verdict = match claim.split_once('.') {
                Some((checkout, _)) => self.ask(stored, checkout, &claim).await,
                None => Err(Fault::Corrupt("claim").into()),
            };
            self.waiting.ask_at_ms.borrow_mut().retain(|(asked, _)| *asked != claim);
            let settled = match verdict {
                Ok(Verdict::Commit { amount, captured, total }) => {
                    self.settle(claim.clone(), LegOrder::Commit { amount, captured }, total)
                }
                Ok(Verdict::Release) => self.settle(claim.clone(), LegOrder::Release, None),
                Ok(Verdict::AskAgain { at_ms }) => {
                    self.waiting.ask_at_ms.borrow_mut().push((claim.clone(), at_ms));
                    Ok(())
                }
                Err(failure) => Err(failure),
            };
            // One claim that cannot be settled keeps neither the others nor the hand-off.
            if let Err(failure) = settled {
                worker::console_warn!("claim {claim} waits: {failure}");
                self.waiting.ask_at_ms.borrow_mut().push((claim, now_ms.saturating_add(HOLD_GRACE_MS)));
            }
        }
        self.note_appointments()
    }

    /// Notes when the next claim is to be asked about: at its deadline, or when its coordinator said.
    fn note_appointments(&self) -> Result<(), Failure> {
        let held = self.store.held()?;
        self.waiting.ask_at_ms.borrow_mut().retain(|(claim, _)| held.iter().any(|(id, _)| id == claim));
        let next = |(claim, deadline_ms): &(String, u64)| {
            self.waiting.ask_at_ms(claim).map_or(*deadline_ms, |ask_at_ms| ask_at_ms.saturating_sub(HOLD_GRACE_MS))
        };
        Ok(self.store.put_deadline(held.iter().map(next).min())?)
    }

    async fn ask(&self, stored: &Stored, checkout: &str, claim: &str) -> Result<Verdict, Failure> {
        let order = CheckoutOrder::Ask { claim: claim.into() };
        ask_checkout(
            &self.env,
            &CheckoutCall { scope: stored.scope.clone(), checkout: checkout.into(), page: None, order },
        )
        .await
    }

    /// Does to a claim what its coordinator would have asked; the same request of the coordinator later finds it done. Where it belongs, the hold says.
    fn settle(&self, claim: String, order: LegOrder, total: Option<Amount>) -> Result<(), Failure> {
        let stored = self.stored()?;
        let currency = stored.card.facts.currency;
        let held = self.store.record_of_key(&LegOrder::hold_key(&claim))?;
        let note = Note { total, ..held.map(|record| record.detail.note).unwrap_or_default() };
        self.act(stored, leg(claim, &order, currency, note), clock::now_ms())?;
        Ok(())
    }

    /// Hands entries over until the book has all of them.
    async fn hand_off(&self) -> Result<(), Failure> {
        loop {
            let Some(stored) = self.store.load()? else { return Ok(()) };
            if stored.forked || stored.acked >= stored.card.seq {
                return Ok(());
            }
            let lines = self.store.lines(&stored.id, stored.acked)?;
            // What a card is found by and its lines do not say.
            let recipient = self.store.sealed(Whose::Own)?.and_then(|sealed| sealed.recipient);
            let told = JournalCall::Receive(HandOff { lines, last4: Some(stored.last4.clone()), recipient });
            match ask_journal(&self.env, &stored.scope, &told).await? {
                Received::Ack(seq) => self.store.acknowledge(seq)?,
                Received::ResendFrom(seq) => self.store.acknowledge(seq.saturating_sub(1))?,
                Received::Fork => self.stop_after_fork(stored)?,
            }
        }
    }

    /// The book or a coordinator contradicts this card: one of the two is an older copy. Value must not move until a person has looked.
    pub(super) fn stop_after_fork(&self, stored: Stored) -> Result<(), Failure> {
        worker::console_error!("fork: {} contradicts the book or a checkout", stored.id);
        self.store.mark_forked()?;
        if !stored.card.frozen {
            let note = Note { reason: Some("fork".into()), ..Note::default() };
            let once = Once { key: format!("fork/{}", stored.card.seq), fingerprint: String::new() };
            self.act(
                stored,
                Act { command: Command::Freeze, claim: None, note, refund: None, once, keep_refusal: false },
                clock::now_ms(),
            )?;
        }
        Ok(())
    }
}
