//! The world: every actor, what is on its way between them, and the few things that can happen. Chance is not here; `schedule` and `explore` choose.

use crate::book::Book;
use crate::card::CardActor;
use crate::check::Checks;
use crate::client::Clients;
use crate::coordinator::Coordinator;
use crate::figures::Figures;
use crate::guard::Guards;
use crate::message::{Ask, Body, Message, Node, Tell, Turn};
use std::collections::VecDeque;
use std::rc::Rc;

/// When worlds begin.
pub const START_MS: u64 = 1_800_000_000_000;

/// How many of the last steps a failure shows.
const TRACE_STEPS: usize = 40;

/// Why a world is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation(pub String);

/// Where a crash comes, relative to the durable step of the turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Crash {
    Never,
    Before,
    After,
}

/// All actors and what is between them.
#[derive(Clone, Debug)]
pub struct World {
    pub guards: Guards,
    pub book_kept: bool,
    pub now_ms: u64,
    /// How far the clock of each card and coordinator is off.
    pub card_skew_ms: Vec<i64>,
    pub checkout_skew_ms: Vec<i64>,
    pub step: u64,
    pub cards: Vec<Rc<CardActor>>,
    /// How many of them, the last ones, only come into being when they replace another.
    pub spares: usize,
    pub checkouts: Vec<Rc<Coordinator>>,
    pub book: Book,
    pub clients: Clients,
    pub net: Vec<Message>,
    pub checks: Checks,
    pub figures: Figures,
    /// The last steps in words, while somebody wants to read them.
    pub trace: Option<VecDeque<String>>,
}

/// The place of an actor in its name: `gc_3`, `co_3`.
pub fn place_of(name: &str) -> usize {
    name.split_once('_').and_then(|(_, place)| place.parse().ok()).unwrap()
}

/// The place of the coordinator of a claim: `co_3.1.tn_7`.
pub fn checkout_of(claim: &str) -> usize {
    place_of(claim.split_once('.').unwrap().0)
}

impl World {
    /// A world with so many cards and checkouts, none of which exists yet.
    pub fn new(guards: Guards, cards: usize, checkouts: usize, book_kept: bool) -> Self {
        Self {
            guards,
            book_kept,
            now_ms: START_MS,
            card_skew_ms: vec![0; cards],
            checkout_skew_ms: vec![0; checkouts],
            step: 0,
            cards: (0..cards).map(|place| Rc::new(CardActor::new(format!("gc_{place}")))).collect(),
            spares: 0,
            checkouts: (0..checkouts).map(|place| Rc::new(Coordinator::new(format!("co_{place}")))).collect(),
            book: Book::default(),
            clients: Clients::default(),
            net: Vec::new(),
            checks: Checks::new(cards),
            figures: Figures::default(),
            trace: None,
        }
    }

    /// A card, to be changed. Copies of a world share what has not changed since.
    pub fn card(&mut self, place: usize) -> &mut CardActor {
        Rc::make_mut(&mut self.cards[place])
    }

    /// A coordinator, to be changed.
    pub fn checkout(&mut self, place: usize) -> &mut Coordinator {
        Rc::make_mut(&mut self.checkouts[place])
    }

    /// The clock of an actor.
    pub fn clock_ms(&self, node: Node) -> u64 {
        let skew_ms = match node {
            Node::Card(place) => self.card_skew_ms[place],
            Node::Checkout(place) => self.checkout_skew_ms[place],
            Node::Clients | Node::Book => 0,
        };
        self.now_ms.saturating_add_signed(skew_ms)
    }

    /// When an actor's alarm is set to.
    pub fn alarm_ms(&self, node: Node) -> Option<u64> {
        match node {
            Node::Card(place) => self.cards[place].kept.alarm_ms,
            Node::Checkout(place) => self.checkouts[place].kept.alarm_ms,
            Node::Clients | Node::Book => None,
        }
    }

    /// Every actor that can crash.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + use<> {
        (0..self.cards.len()).map(Node::Card).chain((0..self.checkouts.len()).map(Node::Checkout)).chain([Node::Book])
    }

    /// Writes a step down, while somebody wants to read it.
    pub fn note(&mut self, text: impl FnOnce() -> String) {
        self.step += 1;
        let (step, seconds) = (self.step, (i128::from(self.now_ms) - i128::from(START_MS)) / 1_000);
        if let Some(trace) = &mut self.trace {
            if trace.len() == TRACE_STEPS {
                trace.pop_front();
            }
            trace.push_back(format!("{step:>6} {seconds:>7}s {}", text()));
        }
    }

    /// A client sends an operation, for the first time or again.
    pub fn send(&mut self, operation: usize) {
        let (to, ask) = self.clients.send(operation);
        self.figures.requests += 1;
        self.note(|| format!("client asks {to:?} #{operation}: {ask:?}"));
        let call = u32::try_from(operation).unwrap();
        self.net.push(Message { from: Node::Clients, to, call, body: Body::Ask(ask), after_step: 0 });
    }

    /// A message arrives; the receiver may crash before or after the durable step that it leads to.
    pub fn deliver(&mut self, message: &Message, crash: Crash) -> Result<(), Violation> {
        self.figures.messages += 1;
        self.note(|| {
            format!("{:?} → {:?} #{}: {:?} {}", message.from, message.to, message.call, message.body, crash.words())
        });
        if message.to == Node::Clients {
            if let Body::Tell(tell) = &message.body {
                return self.clients.hear(usize::try_from(message.call).unwrap(), tell);
            }
            return Ok(());
        }
        if crash == Crash::Before {
            self.crash(message.to);
            self.lose(message);
            return Ok(());
        }
        self.turn(message.to, crash, |world, turn| match (message.to, &message.body) {
            (Node::Card(place), Body::Ask(Ask::Card(order))) => world.card(place).on_ask(turn, message, order),
            (Node::Card(place), Body::Tell(tell)) => world.card(place).on_tell(turn, message.call, tell),
            (Node::Checkout(place), Body::Ask(Ask::Checkout(order))) => {
                world.checkout(place).on_ask(turn, message, order)
            }
            (Node::Checkout(place), Body::Tell(tell)) => {
                world.checkout(place).on_tell(turn, message.call, tell.clone())
            }
            (Node::Book, Body::Ask(Ask::Book(lines))) => world.book.on_ask(turn, message, lines),
            _ => {}
        })?;
        if crash == Crash::After {
            self.lose(message);
        }
        Ok(())
    }

    /// An alarm goes off, due or not.
    pub fn alarm(&mut self, node: Node, crash: Crash) -> Result<(), Violation> {
        self.figures.alarms += 1;
        self.note(|| format!("{node:?} alarm {}", crash.words()));
        if crash == Crash::Before {
            self.crash(node);
            return Ok(());
        }
        let before_ms = self.alarm_ms(node);
        self.turn(node, crash, |world, turn| match node {
            Node::Card(place) => world.card(place).on_alarm(turn),
            Node::Checkout(place) => world.checkout(place).on_alarm(turn),
            Node::Clients | Node::Book => {}
        })?;
        if crash == Crash::After && self.alarm_ms(node).is_none() {
            // A handler that did not come to its end is run again.
            self.set_alarm(node, before_ms);
        }
        Ok(())
    }

    fn set_alarm(&mut self, node: Node, at_ms: Option<u64>) {
        match node {
            Node::Card(place) => self.card(place).kept.alarm_ms = at_ms,
            Node::Checkout(place) => self.checkout(place).kept.alarm_ms = at_ms,
            Node::Clients | Node::Book => {}
        }
    }

    /// Whoever asked learns that nobody knows what became of it.
    pub fn lose(&mut self, message: &Message) {
        if let Body::Ask(_) = message.body {
            self.tell_lost(message.to, (message.from, message.call));
        }
    }

    /// An exchange fails on the caller's side, whatever happened on the other.
    pub fn tell_lost(&mut self, from: Node, (to, call): (Node, u32)) {
        self.net.push(Message { from, to, call, body: Body::Tell(Tell::Lost), after_step: 0 });
    }

    /// An actor loses its memory.
    pub fn crash(&mut self, node: Node) {
        self.figures.crashes += 1;
        let callers = match node {
            Node::Card(place) => {
                let card = self.card(place);
                // A handler that did not come to its end is run again.
                if card.wake.is_some() && card.kept.alarm_ms.is_none() {
                    card.kept.alarm_ms = Some(0);
                }
                card.crash();
                Vec::new()
            }
            Node::Checkout(place) => {
                let guards = self.guards;
                self.checkout(place).crash(guards)
            }
            Node::Clients | Node::Book => Vec::new(),
        };
        for caller in callers {
            self.tell_lost(node, caller);
        }
    }

    fn turn(&mut self, node: Node, crash: Crash, act: impl FnOnce(&mut Self, &mut Turn)) -> Result<(), Violation> {
        let mut turn = Turn {
            me: node,
            now_ms: self.clock_ms(node),
            guards: self.guards,
            book: self.book_kept,
            out: Vec::new(),
            effects: Vec::new(),
            used: self.used(node),
        };
        let before = if let Node::Checkout(place) = node { self.checkouts[place].kept.document.clone() } else { None };
        act(self, &mut turn);
        if crash == Crash::After {
            turn.out.clear();
            self.crash(node);
        }
        self.net.append(&mut turn.out);
        self.check_turn(node, before.as_ref(), turn.effects)
    }

    /// The numbers of exchanges of an actor that still mean something.
    fn used(&self, node: Node) -> Vec<u32> {
        let travelling = self.net.iter().filter(|message| message.caller() == node).map(|message| message.call);
        travelling.chain(self.waits(node)).collect()
    }

    /// The exchanges that an actor waits for.
    pub fn waits(&self, node: Node) -> Vec<u32> {
        match node {
            Node::Card(place) => self.cards[place].waits_for().into_iter().collect(),
            Node::Checkout(place) => self.checkouts[place].waits_for(),
            Node::Clients => self.clients.waits().map(|place| u32::try_from(place).unwrap()).collect(),
            Node::Book => Vec::new(),
        }
    }

    /// Exchanges that somebody waits for although nothing of them is on its way any more, and nobody works on them.
    pub fn forgotten(&self) -> Vec<(Node, u32)> {
        let travels = |node, call| self.net.iter().any(|message| message.caller() == node && message.call == call);
        let nodes = self.nodes().chain([Node::Clients]);
        let waits = nodes.flat_map(|node| self.waits(node).into_iter().map(move |call| (node, call)));
        waits
            .filter(|(node, call)| {
                !travels(*node, *call) && !self.checkouts.iter().any(|checkout| checkout.works_for((*node, *call)))
            })
            .collect()
    }
}

impl Crash {
    fn words(self) -> &'static str {
        match self {
            Self::Never => "",
            Self::Before => "[crash before]",
            Self::After => "[crash after]",
        }
    }
}
