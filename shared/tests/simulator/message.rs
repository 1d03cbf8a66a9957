//! What actors say to one another, in the words of `shared::wire`, and the turn in which an actor answers.
//!
//! A turn is what an object does between two awaits on something else than its own storage: the runtime keeps all writes of a turn or none, so a turn
//! is the durable step that a crash comes before or after.

use crate::guard::Guards;
use shared::checkout::{Seen, Verdict};
use shared::journal::{Line, Received};
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, CheckoutOrder};
use std::rc::Rc;

/// Who takes part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Node {
    /// All clients: each operation is one.
    Clients,
    /// A card, by its place.
    Card(usize),
    /// The coordinator of a checkout, by its place.
    Checkout(usize),
    /// The book.
    Book,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    /// Of a card.
    Card(CardOrder),
    /// Of a coordinator.
    Checkout(CheckoutOrder),
    /// Of the book: take these lines.
    Book(Rc<Vec<Line>>),
}

/// What is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tell {
    /// Nobody knows what became of the request.
    Lost,
    /// A refusal, and nothing happened.
    Refused(Rejection),
    /// An act on a card: its entry, what moved, and what is left.
    Acted { seq: u64, amount: Amount, available: Amount },
    /// What a card has.
    Seen(Seen),
    /// A checkout as it stands.
    Checkout { state: &'static str, captured: Amount, refunded: Amount, settled: bool },
    /// What became of a claim.
    Verdict(Verdict),
    /// What the book says to a hand-off.
    Received(Received),
}

impl Tell {
    /// The same, when every leg has acknowledged.
    pub fn settled(&self) -> Self {
        match self.clone() {
            Self::Checkout { state, captured, refunded, .. } => {
                Self::Checkout { state, captured, refunded, settled: true }
            }
            tell => tell,
        }
    }

    /// Whether it says that the operation happened.
    pub fn is_done(&self) -> bool {
        !matches!(self, Self::Lost | Self::Refused(_))
    }
}

/// A request or its answer.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(clippy::large_enum_variant, reason = "a few of them are on their way at a time")]
pub enum Body {
    /// A request.
    Ask(Ask),
    /// An answer.
    Tell(Tell),
}

/// What is on its way. `call` is the caller's number for the exchange, so that an answer finds who waits for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    pub from: Node,
    pub to: Node,
    pub call: u32,
    pub body: Body,
    /// The step before which it does not arrive.
    pub after_step: u64,
}

impl Message {
    /// Whose exchange it belongs to.
    pub fn caller(&self) -> Node {
        if matches!(self.body, Body::Ask(_)) { self.from } else { self.to }
    }
}

/// An effect of an operation that exists from this turn on. For the checks alone; no actor reads it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    Opened,
    TenderAdded,
    Authorized,
    Captured,
    Voided,
    Extended,
    Refunded,
}

/// One turn of one actor.
pub struct Turn {
    pub me: Node,
    pub now_ms: u64,
    pub guards: Guards,
    /// Whether cards keep lines for the book.
    pub book: bool,
    pub out: Vec<Message>,
    pub effects: Vec<(String, Effect)>,
    /// The caller's numbers that still mean something, here or on the way.
    pub used: Vec<u32>,
}

impl Turn {
    /// Sends a request and returns its number: the smallest that is free, so that equal situations are equal states.
    pub fn ask(&mut self, to: Node, ask: Ask) -> u32 {
        let call = (0..).find(|number| !self.used.contains(number)).unwrap();
        self.used.push(call);
        self.out.push(Message { from: self.me, to, call, body: Body::Ask(ask), after_step: 0 });
        call
    }

    /// Answers a request.
    pub fn tell(&mut self, (to, call): (Node, u32), tell: Tell) {
        self.out.push(Message { from: self.me, to, call, body: Body::Tell(tell), after_step: 0 });
    }
}
