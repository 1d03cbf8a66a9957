//! The calls to cards: holds of an attempt, what was decided about them, and the alarm that goes on with both.

use super::CheckoutObject;
use super::once::Doing;
use super::store::Stored;
use crate::clock;
use crate::objects::stub::ask_card;
use crate::problem::{self, Failure};
use futures_util::future::join_all;
use shared::card::Spend;
use shared::checkout::{Checkout, Command, LegCall, LegOrder, Order, Seen, Tender};
use shared::limits::RETRY_MS;
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::answer::Quote;
use shared::wire::call::{CardOrder, CardSeen};
use shared::wire::problem::Problem;
use shared::wire::request::Note;

impl CheckoutObject {
    /// Asks for every hold of the attempt in hand, side by side, and returns the first that was not granted.
    pub(super) async fn hold(&self, planned: &Stored) -> Option<(LegCall, Failure)> {
        let holds = planned.checkout.holds(&planned.id);
        let answers = join_all(holds.iter().map(|call| self.call(planned, call))).await;
        holds.into_iter().zip(answers).find_map(|(call, answer)| answer.err().map(|failure| (call, failure)))
    }

    /// Gives the attempt up and says which tender it failed on, with what applies now. The answer is kept with the decision, so that a repetition cannot
    /// start another attempt in between. A card that could not be asked has declined nothing: the attempt is given up, and the same request may be sent again.
    pub(super) async fn decline(&self, planned: &Stored, call: &LegCall, failure: Failure, doing: &Doing) -> Failure {
        let tender = planned.checkout.tenders.iter().find(|tender| tender.card == call.card);
        let declined = match (&failure, tender) {
            (Failure::Refused(cause), Some(tender)) if !problem::is_transient(cause) => Some((cause, tender)),
            _ => None,
        };
        let seen = match declined {
            Some((_, tender)) => Some((tender.id.clone(), self.look_again(planned, tender).await)),
            None => None,
        };
        let command = Command::Refused { attempt: planned.checkout.attempts, tender: seen };
        let given_up = match self.kept().and_then(|stored| Ok(stored.apply(&command)?)) {
            Ok(given_up) => given_up,
            Err(failure) => return failure,
        };
        let told = match declined {
            Some((cause, tender)) => {
                let declined = Rejection::TenderDeclined { leg: tender.id.clone(), cause: cause.code.clone() };
                Failure::Refused(Box::new(Problem {
                    quote: Some(Quote::new(&given_up.checkout)),
                    retry_after_seconds: cause.retry_after_seconds,
                    ..Problem::from(&declined)
                }))
            }
            None => failure,
        };
        let settled = match self.keep_decline(&given_up, &told, doing) {
            Ok(()) => self.settle().await.map(|_| ()),
            Err(failure) => Err(failure),
        };
        settled.err().unwrap_or(told)
    }

    /// What a card has now that refused to hold. One that cannot be used has nothing to give to this order; of one that cannot be asked it is what it was.
    async fn look_again(&self, planned: &Stored, tender: &Tender) -> Seen {
        let (key_id, currency) = (tender.key_id, planned.checkout.order.currency);
        let order = CardOrder::Peek { key_id, currency, spend: spend(&planned.checkout) };
        let seen: Result<CardSeen, Failure> = ask_card(&self.env, &planned.scope, &tender.card, order).await;
        let available = match seen {
            Ok(seen) => seen.available,
            Err(Failure::Refused(problem)) if !problem::is_transient(&problem) => Amount::ZERO,
            Err(_) => tender.available,
        };
        // What must be told of it stands with the tender already.
        Seen { kind: tender.kind, available, expires_at_ms: tender.expires_at_ms, disclosures: Vec::new() }
    }

    pub(super) async fn wake(&self) -> Result<(), Failure> {
        let Some(stored) = self.store.load()? else { return Ok(()) };
        let stored = self.give_up_overdue(stored).await?;
        if !stored.checkout.pending.is_empty() {
            self.settle().await?;
        }
        self.tell().await
    }

    /// Gives up what is overdue. A card that asks does it as well as the alarm, so even an alarm that the runtime gave up strands nothing.
    pub(super) async fn give_up_overdue(&self, stored: Stored) -> Result<Stored, Failure> {
        let now = stored.apply(&Command::Overdue)?;
        if now.checkout != stored.checkout {
            self.save(now.clone())?;
            self.arm(&now).await?;
        }
        Ok(now)
    }

    /// Makes the pending calls, round by round until each was acknowledged or tried; the alarm goes on with the rest.
    pub(super) async fn settle(&self) -> Result<Stored, Failure> {
        let mut tried = Vec::new();
        loop {
            let stored = self.kept()?;
            // Before the calls as well: a crash among them must not end the retries.
            self.arm(&stored).await?;
            let calls: Vec<LegCall> = stored.checkout.callable(&tried).into_iter().cloned().collect();
            if calls.is_empty() {
                return Ok(stored);
            }
            let answers = join_all(calls.iter().map(|call| self.call(&stored, call))).await;
            let before = self.kept()?;
            let mut now = before.clone();
            for (call, answer) in calls.into_iter().zip(answers) {
                now = match answer {
                    Ok(()) => now.apply(&Command::Acknowledged { call })?,
                    Err(failure) if contradicts(&failure) => {
                        worker::console_error!(
                            "fork: {} and its card {} contradict one another: {failure}",
                            now.id,
                            call.card
                        );
                        now.apply(&Command::Contradicted { call })?
                    }
                    Err(failure) => {
                        worker::console_warn!("a leg of {} waits: {failure}", now.id);
                        tried.push(call);
                        now
                    }
                };
            }
            if now.checkout != before.checkout {
                self.save(now)?;
            }
        }
    }

    async fn call(&self, stored: &Stored, call: &LegCall) -> Result<(), Failure> {
        let Order { currency, reference, .. } = &stored.checkout.order;
        let takes = matches!(call.order, LegOrder::Commit { .. });
        let note = Note {
            reference: Some(reference.clone()),
            location: stored.checkout.location.clone(),
            total: takes.then(|| stored.checkout.remembered_total(&stored.id, &call.claim)).flatten(),
            ..Note::default()
        };
        let order = CardOrder::Leg {
            key_id: call.key_id,
            claim: call.claim.clone(),
            order: call.order.clone(),
            currency: *currency,
            spend: spend(&stored.checkout),
            note,
        };
        let _: CardSeen = ask_card(&self.env, &stored.scope, &call.card, order).await?;
        Ok(())
    }

    /// Sets the one alarm to the next thing that is due.
    pub(super) async fn arm(&self, stored: &Stored) -> Result<(), Failure> {
        let retry = (!stored.checkout.pending.is_empty()).then(|| clock::now_ms().saturating_add(RETRY_MS));
        let due_ms = [retry, stored.checkout.due_ms(), self.tell_ms(stored)].into_iter().flatten().min();
        self.store.arm(due_ms).await?;
        Ok(())
    }
}

/// Whether a card refuses what was decided. Its value was held, so no refusal is possible unless an older copy of one of the two came back; asking
/// again would get the same answer.
fn contradicts(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(problem) if !problem.retryable)
}

/// What a card is told of the order that it may pay for.
pub(super) fn spend(checkout: &Checkout) -> Spend {
    Spend { location: checkout.location.clone(), total: Some(checkout.order.total) }
}
