//! A coordinator as `edge/src/objects/checkout` drives it: plan, hold side by side, decide once, then call until every leg has acknowledged.
//!
//! It drives `shared::checkout` by two rules beyond the document's own: a decision is written in one turn with the answer of the key that asked for it,
//! and of the pending calls of one claim only the first is made. Both are guards, and can be switched off.

use crate::guard::Guard;
use crate::message::{Ask, Effect, Message, Node, Tell, Turn};
use shared::checkout::{Checkout, Command, LegCall, Order, State};
use shared::limits::HOLD_SECONDS;
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, CheckoutOrder, Once};
use std::collections::BTreeMap;

mod calls;
mod decide;
mod words;

use calls::{leg, once_of, peek};

/// What a request does, as far as its answer depends on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Deed {
    Capture,
    Void,
    /// The refund of that id.
    Refund(String),
    /// Nothing that a card is called for afterwards.
    Other,
}

/// What a key was answered, as it is once every leg has acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answered {
    pub fingerprint: String,
    pub deed: Deed,
    pub told: Result<Tell, Rejection>,
}

/// What a coordinator has on disk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    pub document: Option<Checkout>,
    pub answered: BTreeMap<String, Answered>,
    pub alarm_ms: Option<u64>,
}

/// What a request is about to do when its calls are answered.
#[derive(Clone, Debug)]
enum Task {
    /// Add the tender that was looked at.
    Add { once: Once, tender: String, card: String, requested: Option<Amount> },
    /// Grant the attempt or give it up; then perhaps capture.
    Hold { once: Once, attempt: u32, capture: Option<(Order, Option<Amount>)> },
    /// Give the attempt up, with what the card that refused has now.
    Decline { once: Once, attempt: u32, tender: String, cause: Rejection },
    /// Take out what was acknowledged, and answer when everything was tried.
    Settle { end: End, tried: Vec<LegCall> },
}

/// One call that a task has made.
#[derive(Clone, Debug)]
struct Call {
    number: u32,
    leg: Option<LegCall>,
    tell: Option<Tell>,
}

/// A task with the calls that it waits for.
#[derive(Clone, Debug)]
struct Waiting {
    task: Task,
    caller: Option<(Node, u32)>,
    calls: Vec<Call>,
}

/// A coordinator while it runs.
#[derive(Clone, Debug)]
pub struct Coordinator {
    pub id: String,
    pub kept: Kept,
    waiting: Vec<Waiting>,
}

type Outcome = Result<Tell, Rejection>;

/// What is answered when the calls of a decision are made; `None` for the alarm's.
type End = Option<(Once, Deed, Result<(), Rejection>)>;

impl Coordinator {
    /// A checkout that nobody opened yet.
    pub fn new(id: String) -> Self {
        Self { id, kept: Kept::default(), waiting: Vec::new() }
    }

    /// Forgets what was only in memory, and says whose requests were among it.
    pub fn crash(&mut self, guards: crate::guard::Guards) -> Vec<(Node, u32)> {
        if let Some(document) = self.kept.document.as_mut().filter(|_| !guards.on(Guard::PendingWritten)) {
            document.pending.clear();
        }
        std::mem::take(&mut self.waiting).into_iter().filter_map(|waiting| waiting.caller).collect()
    }

    /// The numbers that an answer must have for this life to wait for it.
    pub fn waits_for(&self) -> Vec<u32> {
        self.waiting
            .iter()
            .flat_map(|waiting| &waiting.calls)
            .filter(|call| call.tell.is_none())
            .map(|call| call.number)
            .collect()
    }

    /// Whether this life is still at work on a request.
    pub fn works_for(&self, caller: (Node, u32)) -> bool {
        self.waiting.iter().any(|waiting| waiting.caller == Some(caller))
    }

    /// Answers a request, at once or when its calls are answered.
    pub fn on_ask(&mut self, turn: &mut Turn, message: &Message, order: &CheckoutOrder) {
        let caller = (message.from, message.call);
        if let Some(outcome) = self.start(turn, caller, order).transpose() {
            turn.tell(caller, outcome.unwrap_or_else(Tell::Refused));
        }
    }

    /// `None` when the answer needs calls first.
    fn start(
        &mut self,
        turn: &mut Turn,
        caller: (Node, u32),
        order: &CheckoutOrder,
    ) -> Result<Option<Tell>, Rejection> {
        if let Some(once) = once_of(order)
            && let Some(outcome) = self.replay(turn, once)
        {
            return outcome.map(Some);
        }
        if let CheckoutOrder::Open { new, once } = order {
            return self.open(turn, new.clone(), once).map(Some);
        }
        let document = self.kept.document.clone().ok_or(Rejection::NotFound)?;
        match order {
            CheckoutOrder::Read => Ok(Some(self.told())),
            CheckoutOrder::ChangeTotal { total, eligible_total } => {
                self.apply(turn, &Command::ChangeTotal { total: *total, eligible_total: *eligible_total })?;
                Ok(Some(self.told()))
            }
            CheckoutOrder::RemoveTender { tender } => {
                self.apply(turn, &Command::RemoveTender { id: tender.clone() })?;
                Ok(Some(self.told()))
            }
            CheckoutOrder::Ask { claim } => {
                self.give_up_overdue(turn)?;
                let document = self.kept.document.as_ref().unwrap_or(&document);
                Ok(Some(Tell::Verdict(document.verdict(&self.id, claim, turn.now_ms))))
            }
            CheckoutOrder::AddTender { tender, card, amount, once, .. } => {
                let room = document.check_open(turn.now_ms).and_then(|()| document.check_room(card));
                if let Err(rejection) = room {
                    return self.conclude(turn, once, Err(rejection)).map(Some);
                }
                let peek = peek(&document, card);
                let task =
                    Task::Add { once: once.clone(), tender: tender.clone(), card: card.clone(), requested: *amount };
                self.wait(turn, task, Some(caller), vec![(None, peek)]);
                Ok(None)
            }
            CheckoutOrder::Authorize { order, hold_ms, once } => self.plan(turn, caller, (order, *hold_ms), once, None),
            CheckoutOrder::Capture { order, amount, once } if document.state == State::Open => {
                let hold_ms = HOLD_SECONDS * 1_000;
                self.plan(turn, caller, (order, hold_ms), once, Some((order.clone(), *amount)))
            }
            CheckoutOrder::Capture { order, amount, once } => {
                self.decide(turn, caller, once, &Command::Capture { order: order.clone(), amount: *amount })
            }
            CheckoutOrder::Void { once } => self.decide(turn, caller, once, &Command::Void),
            CheckoutOrder::Extend { hold_ms, once } => {
                self.decide(turn, caller, once, &Command::Extend { hold_ms: *hold_ms })
            }
            CheckoutOrder::Refund { refund, amount, reason, once } => {
                let command = Command::Refund { id: refund.clone(), amount: *amount, reason: reason.clone() };
                self.decide(turn, caller, once, &command)
            }
            CheckoutOrder::Open { .. } => Err(Rejection::NotFound),
        }
    }

    fn open(&mut self, turn: &mut Turn, new: shared::wire::call::NewCheckout, once: &Once) -> Outcome {
        if self.kept.document.is_some() {
            return Err(Rejection::IdempotencyKeyReused);
        }
        self.kept.document =
            Some(Checkout::open(new.order, new.origin, false, new.location, turn.now_ms, new.expires_at_ms));
        turn.effects.push((once.key.clone(), Effect::Opened));
        let told = self.told();
        self.conclude(turn, once, Ok(told))
    }

    /// Plans an attempt and asks for its holds.
    fn plan(
        &mut self,
        turn: &mut Turn,
        caller: (Node, u32),
        (order, hold_ms): (&Order, u64),
        once: &Once,
        capture: Option<(Order, Option<Amount>)>,
    ) -> Result<Option<Tell>, Rejection> {
        let before = self.kept.document.clone();
        if let Err(rejection) = self.apply(turn, &Command::Authorize { order: order.clone(), hold_ms }) {
            return self.conclude(turn, once, Err(rejection)).map(Some);
        }
        let document = self.kept.document.clone().ok_or(Rejection::NotFound)?;
        let wanted = capture.as_ref().and_then(|(_, amount)| *amount);
        if turn.guards.on(Guard::CaptureWithinCover) && document.check_amount(wanted).is_err() {
            self.kept.document = before;
            return self.conclude(turn, once, Err(Rejection::ExceedsAuthorized)).map(Some);
        }
        self.arm(turn);
        let calls = document.holds(&self.id).into_iter().map(|call| leg(&document, call)).collect();
        self.wait(turn, Task::Hold { once: once.clone(), attempt: document.attempts, capture }, Some(caller), calls);
        Ok(None)
    }

    /// Takes a decision that no card can refuse, and makes the calls that follow.
    fn decide(
        &mut self,
        turn: &mut Turn,
        caller: (Node, u32),
        once: &Once,
        command: &Command,
    ) -> Result<Option<Tell>, Rejection> {
        let before = self.kept.document.clone();
        if let Err(rejection) = self.apply(turn, command) {
            return self.conclude(turn, once, Err(rejection)).map(Some);
        }
        let effect = match command {
            Command::Capture { .. } => Effect::Captured,
            Command::Void => Effect::Voided,
            Command::Extend { .. } => Effect::Extended,
            _ => Effect::Refunded,
        };
        if let (false, Effect::Refunded, Some(document), Some(before)) =
            (turn.guards.on(Guard::RefundReserves), effect, self.kept.document.as_mut(), before)
        {
            for (tender, before) in document.tenders.iter_mut().zip(before.tenders) {
                tender.refunded = before.refunded;
            }
        }
        turn.effects.push((once.key.clone(), effect));
        let deed = match command {
            Command::Capture { .. } => Deed::Capture,
            Command::Void => Deed::Void,
            Command::Refund { id, .. } => Deed::Refund(id.clone()),
            _ => Deed::Other,
        };
        if turn.guards.on(Guard::KeyWithDecision) {
            let told = Ok(self.told());
            self.keep(once, &deed, told);
        }
        self.settle(turn, Some(caller), Some((once.clone(), deed, Ok(()))), Vec::new());
        Ok(None)
    }

    /// Makes the pending calls side by side, but for those that were tried.
    fn settle(&mut self, turn: &mut Turn, caller: Option<(Node, u32)>, end: End, tried: Vec<LegCall>) {
        let Some(document) = self.kept.document.clone() else { return };
        self.arm(turn);
        let callable = match turn.guards.on(Guard::CallsInOrder) {
            true => document.callable(&tried),
            false => document.pending.iter().filter(|call| !tried.contains(call)).collect(),
        };
        let calls = callable.into_iter().map(|call| leg(&document, call.clone())).collect();
        self.wait(turn, Task::Settle { end, tried }, caller, calls);
    }

    fn wait(
        &mut self,
        turn: &mut Turn,
        task: Task,
        caller: Option<(Node, u32)>,
        calls: Vec<(Option<LegCall>, (Node, CardOrder))>,
    ) {
        let ask = |(leg, (to, order))| Call { number: turn.ask(to, Ask::Card(order)), leg, tell: None };
        let waiting = Waiting { task, caller, calls: calls.into_iter().map(ask).collect() };
        if waiting.calls.is_empty() {
            self.resume(turn, waiting);
        } else {
            self.waiting.push(waiting);
        }
    }

    /// Takes an answer in; goes on when it was the last that a task waited for.
    pub fn on_tell(&mut self, turn: &mut Turn, number: u32, tell: Tell) {
        let waits = |call: &Call| call.number == number && call.tell.is_none();
        let Some(place) = self.waiting.iter().position(|waiting| waiting.calls.iter().any(waits)) else { return };
        let waiting = &mut self.waiting[place];
        let early = matches!(waiting.task, Task::Hold { .. }) && !turn.guards.on(Guard::EveryHold);
        for call in waiting.calls.iter_mut().filter(|call| call.number == number) {
            call.tell = Some(tell.clone());
        }
        if early || waiting.calls.iter().all(|call| call.tell.is_some()) {
            let waiting = self.waiting.remove(place);
            self.resume(turn, waiting);
        }
    }

    fn resume(&mut self, turn: &mut Turn, Waiting { task, caller, calls }: Waiting) {
        let outcome = match task {
            Task::Add { once, tender, card, requested } => {
                let seen = calls.first().and_then(|call| call.tell.clone());
                Some(self.add(turn, &once, (tender, card, requested), seen))
            }
            Task::Hold { once, attempt, capture } => self.held(turn, caller, (&once, attempt), capture, &calls),
            Task::Decline { once, attempt, tender, cause } => {
                let seen = calls.first().and_then(|call| call.tell.clone());
                self.declined(turn, caller, (&once, attempt), (tender, cause), seen)
            }
            Task::Settle { end, tried } => self.settled(turn, caller, end, tried, &calls),
        };
        if let (Some(outcome), Some(caller)) = (outcome, caller) {
            turn.tell(caller, outcome.unwrap_or_else(Tell::Refused));
        }
    }
}
