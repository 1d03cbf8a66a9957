//! What clients ask, what they are told, and when they ask again: with the same key, as long as they do not know what became of it.

use crate::card::is_business;
use crate::message::{Ask, Node, Tell};
use crate::world::Violation;
use shared::rejection::Rejection;

/// How often a refusal that may pass is asked again before the client leaves it open.
const PATIENCE: u32 = 12;

/// One operation of one client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operation {
    pub to: Node,
    pub ask: Ask,
    /// The key that makes it one operation however often it is sent; `None` for what is idempotent of itself.
    pub key: Option<String>,
    /// Whether it brings another body under a key that was answered.
    pub misuse: bool,
    /// The final answer.
    pub told: Option<Tell>,
    /// Whether an answer is awaited.
    pub waiting: bool,
    pub tries: u32,
    /// Whether the client gave up without knowing.
    pub left_open: bool,
}

/// All clients.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clients {
    pub operations: Vec<Operation>,
    /// Operations that may still be asked again, so that nobody reads the whole history to find them.
    pub unsettled: Vec<usize>,
    /// Whether an older copy of an actor came back: what it was told may then be gone.
    pub forgiving: bool,
}

impl Clients {
    /// Adds an operation, not yet sent.
    pub fn add(&mut self, to: Node, ask: Ask, key: Option<String>) -> usize {
        self.unsettled.push(self.operations.len());
        self.operations.push(Operation {
            to,
            ask,
            key,
            misuse: false,
            told: None,
            waiting: false,
            tries: 0,
            left_open: false,
        });
        self.operations.len() - 1
    }

    /// What is sent for an operation.
    pub fn send(&mut self, place: usize) -> (Node, Ask) {
        let operation = &mut self.operations[place];
        operation.waiting = true;
        operation.tries += 1;
        (operation.to, operation.ask.clone())
    }

    /// Operations whose answer is awaited.
    pub fn waits(&self) -> impl Iterator<Item = usize> {
        self.unsettled.iter().copied().filter(|place| self.operations[*place].waiting)
    }

    /// Operations that somebody has to send again.
    pub fn unknown(&self) -> impl Iterator<Item = usize> {
        self.unsettled.iter().copied().filter(|place| !self.operations[*place].waiting)
    }

    /// Whether it makes sense to ask an operation again that was answered: what was refused for its form is not kept, and may be judged anew.
    pub fn may_repeat(&self, place: usize) -> bool {
        let operation = &self.operations[place];
        !operation.left_open && !matches!(&operation.told, Some(Tell::Refused(rejection)) if !is_business(rejection))
    }

    /// Takes an answer. A key's final answers must agree, whichever try they belong to.
    pub fn hear(&mut self, place: usize, tell: &Tell) -> Result<(), Violation> {
        let operation = &mut self.operations[place];
        operation.waiting = false;
        let open = match tell {
            Tell::Lost => true,
            Tell::Refused(rejection) => rejection.retryable(),
            _ => false,
        };
        if open {
            if matches!(tell, Tell::Refused(_)) && operation.tries > PATIENCE && operation.told.is_none() {
                operation.left_open = true;
                self.unsettled.retain(|other| *other != place);
            }
            return Ok(());
        }
        if operation.misuse && !self.forgiving && *tell != Tell::Refused(Rejection::IdempotencyKeyReused) {
            return Err(Violation(format!(
                "idempotency: #{place} brought another body under {:?} and was told {tell:?}",
                operation.key
            )));
        }
        let kept = |tell: &Tell| !matches!(tell, Tell::Refused(rejection) if !is_business(rejection));
        if let (Some(told), Some(key), true) =
            (operation.told.as_ref().filter(|told| kept(told)), &operation.key, kept(tell))
        {
            // Only that it was settling may change.
            let agrees = told.settled() == tell.settled();
            if !agrees && !self.forgiving {
                return Err(Violation(format!("idempotency: {key} was told {told:?}, and later {tell:?}")));
            }
        }
        operation.told.get_or_insert_with(|| tell.clone());
        self.unsettled.retain(|other| *other != place);
        Ok(())
    }
}
