//! The same world, explored instead of drawn: from a beginning, every state that any order of messages, alarms and a budget of faults can lead to.
//!
//! It is the simulator's own search and not a model checker's, because then what is explored is what is simulated, and what is simulated is `shared`
//! itself: nothing is written a second time as a model. States are told apart by 64 bits over all that decides what happens next; with a million states
//! the chance that two share them is one in forty million.
//!
//! Time has two moments, early (as the world began) and late (everything is overdue). An alarm that is set may go off at either, and the card's clock
//! may be late when a message arrives. What is left out: a third moment, and messages of clients in transit (a request that is delayed is one that is
//! sent later).
//!
//! Every state without a message on its way is brought to its rest without faults, and must pass all that the end of a simulation must.

use crate::message::{Ask, Body, Message, Node, Tell};
use crate::random::Random;
use crate::world::{Crash, Violation, World};
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

mod events;

pub use events::{Budget, Event};

/// How much later late is: after every deadline.
pub const LATE_MS: i64 = 3 * 86_400_000;

/// A state on the way, with how it was reached.
#[derive(Clone, Debug)]
struct State {
    world: World,
    budget: Budget,
    path: Option<Rc<Step>>,
    /// What each card and each coordinator is, in a number that is made anew when it may have changed.
    cards: Vec<u64>,
    checkouts: Vec<u64>,
}

/// One step of the way to a state.
#[derive(Debug)]
struct Step {
    event: Event,
    before: Option<Rc<Step>>,
}

/// What was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Explored {
    pub states: usize,
    pub transitions: usize,
    pub rests: usize,
}

/// Visits every state that can be reached, or stops at the first violation, with the way to it.
pub fn explore(world: &World, after: &[Option<usize>], budget: Budget) -> Result<Explored, String> {
    let (mut seen, mut found) = (HashSet::new(), Explored::default());
    let mut stack = vec![State::new(world.clone(), budget)];
    seen.insert(stack[0].identity());
    while let Some(state) = stack.pop() {
        if state.world.net.is_empty() {
            found.rests += 1;
            state.rests().map_err(|violation| words(world, budget, state.path.as_deref(), &violation))?;
        }
        for event in state.events(after) {
            found.transitions += 1;
            let mut next = state.clone();
            next.path = Some(Rc::new(Step { event, before: next.path }));
            next.happen(event).map_err(|violation| words(world, budget, next.path.as_deref(), &violation))?;
            if seen.insert(next.identity()) {
                stack.push(next);
            }
        }
    }
    found.states = seen.len();
    Ok(found)
}

/// A violation with the steps that lead to it.
fn words(world: &World, budget: Budget, last: Option<&Step>, violation: &Violation) -> String {
    let mut path: Vec<Event> =
        std::iter::successors(last, |step| step.before.as_deref()).map(|step| step.event).collect();
    path.reverse();
    let mut state = State::new(world.clone(), budget);
    state.world.trace = Some(std::collections::VecDeque::new());
    for event in &path {
        // The last step is the one that fails.
        let _ = state.happen(*event);
    }
    let steps: Vec<String> = state.world.trace.unwrap_or_default().into();
    format!("{}\n{}\n{path:?}", violation.0, steps.join("\n"))
}

impl State {
    fn new(world: World, budget: Budget) -> Self {
        let cards = world.cards.iter().map(|card| number(&card.words())).collect();
        let checkouts = world.checkouts.iter().map(|checkout| number(&checkout.words())).collect();
        Self { world, budget, path: None, cards, checkouts }
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        let spend = |crash: Crash, left: &mut u8| *left -= u8::from(crash != Crash::Never);
        let touched = match event {
            Event::Send { operation, .. } => self.world.clients.operations[operation].to,
            Event::Deliver { place, .. } => self.world.net[place].to,
            Event::Crash { node } | Event::Alarm { node, .. } => node,
            Event::Lose { .. } => Node::Clients,
        };
        match event {
            Event::Send { operation, doubled, crash } => {
                spend(crash, &mut self.budget.crashes);
                self.budget.doubled -= u8::from(doubled);
                self.world.send(operation);
                let message = self.world.net.pop().unwrap();
                self.world.net.extend(doubled.then(|| message.clone()));
                self.world.deliver(&message, crash)?;
            }
            Event::Deliver { place, doubled, late, crash } => {
                spend(crash, &mut self.budget.crashes);
                self.budget.doubled -= u8::from(doubled);
                self.budget.late_clocks -= u8::from(late);
                let message = if doubled { self.world.net[place].clone() } else { self.world.net.remove(place) };
                self.at(message.to, late, |world| world.deliver(&message, crash))?;
            }
            Event::Lose { place, arrives } => {
                self.budget.lost -= 1;
                let message = if arrives { self.world.net[place].clone() } else { self.world.net.remove(place) };
                match message.body {
                    Body::Ask(_) => self.world.lose(&message),
                    Body::Tell(_) => self.world.tell_lost(message.from, (message.to, message.call)),
                }
            }
            Event::Crash { node } => {
                self.budget.crashes -= 1;
                self.world.crash(node);
            }
            Event::Alarm { node, late, crash } => {
                spend(crash, &mut self.budget.crashes);
                let left =
                    if matches!(node, Node::Card(_)) { &mut self.budget.questions } else { &mut self.budget.late };
                *left -= u8::from(late);
                self.at(node, late, |world| world.alarm(node, crash))?;
            }
        }
        match touched {
            Node::Card(place) => self.cards[place] = number(&self.world.cards[place].words()),
            Node::Checkout(place) => self.checkouts[place] = number(&self.world.checkouts[place].words()),
            Node::Clients | Node::Book => {}
        }
        self.forget();
        Ok(())
    }

    fn at(
        &mut self,
        node: Node,
        late: bool,
        act: impl FnOnce(&mut World) -> Result<(), Violation>,
    ) -> Result<(), Violation> {
        let set = |world: &mut World, skew_ms| match node {
            Node::Card(place) => world.card_skew_ms[place] = skew_ms,
            Node::Checkout(place) => world.checkout_skew_ms[place] = skew_ms,
            Node::Clients | Node::Book => {}
        };
        set(&mut self.world, if late { LATE_MS } else { 0 });
        let outcome = act(&mut self.world);
        set(&mut self.world, 0);
        outcome
    }

    /// Takes out what makes no difference any more: how often something was tried, answers that nobody waits for, and what changes nothing where it arrives
    /// while nobody waits for the answer.
    fn forget(&mut self) {
        for operation in &mut self.world.clients.operations {
            operation.tries = operation.tries.min(1);
        }
        let mut net = std::mem::take(&mut self.world.net);
        net.retain(|message| {
            let awaited = || self.world.waits(message.caller()).contains(&message.call);
            match &message.body {
                Body::Ask(_) => !self.world.is_past(message) || awaited(),
                Body::Tell(_) => message.to == Node::Clients || awaited(),
            }
        });
        self.world.net = net;
    }

    /// Without faults from here, everything must come right.
    fn rests(&self) -> Result<(), Violation> {
        let mut world = self.world.clone();
        world.rest(&mut Random::new(1))?;
        world.check_rest()
    }

    fn identity(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.budget.hash(&mut hasher);
        (&self.cards, &self.checkouts).hash(&mut hasher);
        self.world.book.rows.len().hash(&mut hasher);
        for operation in &self.world.clients.operations {
            (operation.waiting, format!("{:?}", operation.told)).hash(&mut hasher);
        }
        format!("{:?}", self.world.checks.effects).hash(&mut hasher);
        // Messages have no order.
        let travelling = self.world.net.iter().map(|message| {
            let mut hasher = DefaultHasher::new();
            // Numbers differ with the order in which calls were made; what matters is which call of which task it is, if it is still waited for.
            match message.caller() {
                Node::Checkout(place) => self.world.checkouts[place].label(message.call).hash(&mut hasher),
                Node::Card(_) => self.world.waits(message.caller()).contains(&message.call).hash(&mut hasher),
                _ => message.call.hash(&mut hasher),
            }
            (message.from, message.to).hash(&mut hasher);
            match &message.body {
                // What a card has left is not looked at by those who wait for an act.
                Body::Tell(Tell::Acted { .. }) => {}
                body => format!("{body:?}").hash(&mut hasher),
            }
            hasher.finish()
        });
        travelling.fold(0_u64, u64::wrapping_add).hash(&mut hasher);
        hasher.finish()
    }
}

/// A text as a number.
fn number(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl World {
    /// Whether a message changes nothing any more, whenever it arrives.
    fn is_past(&self, message: &Message) -> bool {
        match (message.to, &message.body) {
            (Node::Card(place), Body::Ask(Ask::Card(order))) => self.cards[place].is_past(order),
            _ => false,
        }
    }

    /// Whether it makes no difference to anybody else when a message arrives.
    fn is_private(&self, message: &Message) -> bool {
        match (message.to, &message.body) {
            (Node::Checkout(place), Body::Tell(_)) => self.checkouts[place].puts_aside(message.call),
            (Node::Card(place), Body::Ask(Ask::Card(order))) => {
                self.cards[place].is_past(order) || self.cards[place].is_private(order)
            }
            _ => false,
        }
    }
}
