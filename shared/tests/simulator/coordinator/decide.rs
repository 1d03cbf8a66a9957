//! What a coordinator does with the answers to its calls, and how it keeps what it says.

use super::calls::peek;
use super::{Answered, Call, Coordinator, Deed, End, Outcome, Task};
use crate::card::is_business;
use crate::guard::Guard;
use crate::message::{Effect, Node, Tell, Turn};
use shared::checkout::{Command, LegCall, LegOrder, Order, Seen, State};
use shared::limits::RETRY_MS;
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::Once;

impl Coordinator {
    /// The card is looked at: adds the tender.
    pub(super) fn add(
        &mut self,
        turn: &mut Turn,
        once: &Once,
        (id, card, requested): (String, String, Option<Amount>),
        seen: Option<Tell>,
    ) -> Outcome {
        if let Some(outcome) = self.replay(turn, once).filter(|_| turn.guards.on(Guard::KeyWithDecision)) {
            return outcome;
        }
        let seen = match seen {
            Some(Tell::Seen(seen)) => seen,
            Some(Tell::Refused(rejection)) => return self.conclude(turn, once, Err(rejection)),
            _ => return Ok(Tell::Lost),
        };
        let added =
            self.apply(turn, &Command::AddTender { id, card, key_id: 0, last4: String::new(), requested, seen });
        if added.is_ok() {
            turn.effects.push((once.key.clone(), Effect::TenderAdded));
        }
        let told = self.told();
        self.conclude(turn, once, added.map(|()| told))
    }

    /// Every hold is answered: grants the attempt, or asks what the card that refused has now.
    pub(super) fn held(
        &mut self,
        turn: &mut Turn,
        caller: Option<(Node, u32)>,
        (once, attempt): (&Once, u32),
        capture: Option<(Order, Option<Amount>)>,
        calls: &[Call],
    ) -> Option<Outcome> {
        let refused = calls.iter().find(|call| call.tell.as_ref().is_some_and(|tell| !tell.is_done()));
        let current = self.kept.document.as_ref().map_or(0, |document| document.attempts);
        let attempt = if turn.guards.on(Guard::Attempt) { attempt } else { current };
        let Some(Call { leg: Some(call), tell, .. }) = refused else {
            if let Err(rejection) = self.apply(turn, &Command::Granted { attempt }) {
                return Some(self.stale(turn, once, rejection));
            }
            turn.effects.push((once.key.clone(), Effect::Authorized));
            self.arm(turn);
            return match capture {
                None => {
                    let told = self.told();
                    Some(self.conclude(turn, once, Ok(told)))
                }
                Some((order, amount)) => {
                    let caller = caller?;
                    self.decide(turn, caller, once, &Command::Capture { order, amount }).transpose()
                }
            };
        };
        let document = self.kept.document.clone()?;
        match (tell, document.tenders.iter().find(|tender| tender.card == call.card)) {
            (Some(Tell::Refused(cause)), Some(tender)) if *cause != Rejection::Overloaded => {
                let task =
                    Task::Decline { once: once.clone(), attempt, tender: tender.id.clone(), cause: cause.clone() };
                self.wait(turn, task, caller, vec![(None, peek(&document, &call.card))]);
                None
            }
            _ => match self.apply(turn, &Command::Refused { attempt, tender: None }) {
                Err(rejection) => Some(self.stale(turn, once, rejection)),
                Ok(()) => {
                    self.settle(turn, None, None, Vec::new());
                    Some(Ok(Tell::Lost))
                }
            },
        }
    }

    /// Gives the attempt up, and says which tender it failed on.
    pub(super) fn declined(
        &mut self,
        turn: &mut Turn,
        caller: Option<(Node, u32)>,
        (once, attempt): (&Once, u32),
        (tender, cause): (String, Rejection),
        seen: Option<Tell>,
    ) -> Option<Outcome> {
        let document = self.kept.document.clone()?;
        let known = document.tenders.iter().find(|known| known.id == tender)?;
        let available = match seen {
            Some(Tell::Seen(seen)) => seen.available,
            Some(Tell::Refused(rejection)) if rejection != Rejection::Overloaded => Amount::ZERO,
            _ => known.available,
        };
        let seen = Seen { kind: known.kind, available, expires_at_ms: known.expires_at_ms, disclosures: Vec::new() };
        if let Err(rejection) = self.apply(turn, &Command::Refused { attempt, tender: Some((tender.clone(), seen)) }) {
            return Some(self.stale(turn, once, rejection));
        }
        let declined = Rejection::TenderDeclined { leg: tender, cause: cause.code().into() };
        if turn.guards.on(Guard::DeclineWithKey) {
            self.keep(once, &Deed::Other, Err(declined.clone()));
        }
        self.settle(turn, caller, Some((once.clone(), Deed::Other, Err(declined))), Vec::new());
        None
    }

    /// The attempt was given up meanwhile by somebody else. That says nothing about the key, whose next attempt may already be under way.
    fn stale(&mut self, turn: &mut Turn, once: &Once, rejection: Rejection) -> Outcome {
        match self.replay(turn, once) {
            Some(outcome) if turn.guards.on(Guard::KeyWithDecision) => outcome,
            _ if turn.guards.on(Guard::StaleOutcome) => Err(rejection),
            _ => self.conclude(turn, once, Err(Rejection::CheckoutNotOpen)),
        }
    }

    /// Takes out what was acknowledged or contradicted, and goes on until everything was tried.
    pub(super) fn settled(
        &mut self,
        turn: &mut Turn,
        caller: Option<(Node, u32)>,
        end: End,
        mut tried: Vec<LegCall>,
        calls: &[Call],
    ) -> Option<Outcome> {
        for Call { leg, tell, .. } in calls {
            let Some(call) = leg.clone() else { continue };
            let learnt = match tell {
                Some(Tell::Refused(rejection)) if !rejection.retryable() => Command::Contradicted { call },
                Some(tell) if tell.is_done() => Command::Acknowledged { call },
                _ => {
                    tried.push(call);
                    continue;
                }
            };
            let _ = self.apply(turn, &learnt);
        }
        self.arm(turn);
        if !calls.is_empty() && self.pending().iter().any(|call| !tried.contains(call)) {
            self.settle(turn, caller, end, tried);
            return None;
        }
        let (once, deed, end) = end?;
        let told = self.told();
        self.keep(&once, &deed, end.map(|()| told));
        self.answered(&once)
    }

    /// Gives up what is overdue and makes the calls that nobody has acknowledged.
    pub fn on_alarm(&mut self, turn: &mut Turn) {
        self.kept.alarm_ms = None;
        if self.waiting.iter().any(|waiting| matches!(waiting.task, Task::Settle { end: None, .. })) {
            return self.arm(turn);
        }
        if let Some(document) = self.kept.document.as_mut()
            && document.state == State::Captured
            && !turn.guards.on(Guard::CaptureBeatsExpiry)
        {
            document.state = State::Authorized { hold_expires_at_ms: turn.now_ms };
        }
        let _ = self.give_up_overdue(turn);
        self.settle(turn, None, None, Vec::new());
    }

    /// Gives up what is overdue, for the alarm or for a card that asks.
    pub(super) fn give_up_overdue(&mut self, turn: &Turn) -> Result<(), Rejection> {
        let before = self.kept.document.clone();
        self.apply(turn, &Command::Overdue)?;
        if self.kept.document != before {
            self.arm(turn);
        }
        Ok(())
    }

    /// Decides and writes.
    pub(super) fn apply(&mut self, turn: &Turn, command: &Command) -> Result<(), Rejection> {
        let document = self.kept.document.as_ref().ok_or(Rejection::NotFound)?;
        self.kept.document = Some(document.apply(&self.id, command, turn.now_ms)?);
        Ok(())
    }

    /// Sets the one alarm to the next thing that is due.
    pub(super) fn arm(&mut self, turn: &Turn) {
        let retry = (!self.pending().is_empty()).then(|| turn.now_ms + RETRY_MS);
        let due_ms = self.kept.document.as_ref().and_then(|document| document.due_ms());
        self.kept.alarm_ms = [retry, due_ms].into_iter().flatten().min();
    }

    fn pending(&self) -> &[LegCall] {
        self.kept.document.as_ref().map_or(&[], |document| &document.pending)
    }

    /// The checkout as it is once every leg has acknowledged.
    pub(super) fn told(&self) -> Tell {
        let Some(document) = &self.kept.document else { return Tell::Lost };
        let sum =
            |part: fn(&shared::checkout::Tender) -> Amount| Amount::sum(document.tenders.iter().map(part)).unwrap();
        Tell::Checkout {
            state: document.state.name(),
            captured: sum(|tender| tender.captured),
            refunded: sum(|tender| tender.refunded),
            settled: true,
        }
    }

    /// The answer that this key has had before.
    pub(super) fn replay(&self, turn: &Turn, once: &Once) -> Option<Outcome> {
        let answered = self.kept.answered.get(&once.key)?;
        if answered.fingerprint != once.fingerprint && turn.guards.on(Guard::Fingerprint) {
            return Some(Err(Rejection::IdempotencyKeyReused));
        }
        self.answered(once)
    }

    /// What is told to a key as things stand.
    fn answered(&self, once: &Once) -> Option<Outcome> {
        let (Answered { deed, told, .. }, document) =
            (self.kept.answered.get(&once.key)?, self.kept.document.as_ref()?);
        let led_to = |call: &LegCall| match (deed, &call.order) {
            (Deed::Capture, LegOrder::Commit { .. }) | (Deed::Void, LegOrder::Release) => true,
            (Deed::Refund(id), LegOrder::Refund { refund, .. }) => id == refund,
            _ => false,
        };
        if document.contradicted.iter().any(led_to) {
            return Some(Err(Rejection::CheckoutBroken));
        }
        let mut told = told.clone();
        if let Ok(Tell::Checkout { settled, .. }) = &mut told {
            *settled = *deed == Deed::Void || !document.pending.iter().any(led_to);
        }
        Some(told)
    }

    /// Keeps what a key comes to, unless something is kept for it.
    pub(super) fn keep(&mut self, once: &Once, deed: &Deed, told: Outcome) {
        let fingerprint = once.fingerprint.clone();
        self.kept.answered.entry(once.key.clone()).or_insert(Answered { fingerprint, deed: deed.clone(), told });
    }

    /// Keeps an outcome for its key and tells what is kept: an effect, or a refusal of business.
    pub(super) fn conclude(&mut self, turn: &Turn, once: &Once, outcome: Outcome) -> Outcome {
        if matches!(&outcome, Err(rejection) if !is_business(rejection)) {
            return outcome;
        }
        self.keep(once, &Deed::Other, outcome.clone());
        if !turn.guards.on(Guard::KeyWithDecision) {
            return outcome;
        }
        self.answered(once).unwrap_or(outcome)
    }
}
