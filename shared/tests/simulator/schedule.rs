//! The seeded scheduler: it draws what happens next, and how much goes wrong in this world. Everything follows from the seed.
//!
//! Messages arrive in any order, late, twice or never; whoever waits for one that is lost learns that nothing is known of it. Actors crash before and
//! after their turns. Alarms go off late, twice, early, or for a while not at all. Clocks run ahead and jump, each actor's own by up to a day.
//!
//! When the operations are used up the faults stop, and the world must come to rest.

use crate::figures::Figures;
use crate::guard::Guards;
use crate::message::{Ask, Body, Message, Node, Tell};
use crate::random::Random;
use crate::weather::Weather;
use crate::workload::once;
use crate::world::{Crash, Violation, World};
use shared::rejection::Rejection;
use shared::wire::call::CardOrder;
use shared::wire::card_act::CardAct;
use shared::wire::request::Note;
use std::collections::VecDeque;

/// A day, the most that a clock is off.
const DAY_MS: u64 = 86_400_000;

/// Steps after which a world under faults is taken for one that runs in circles: hundreds for each operation.
const STEPS_MAX: u64 = 30_000;

/// Messages on their way at which nothing else happens but that they arrive. Retries come every two seconds, and no network keeps hundreds of them in the air.
const CROWDED: usize = 48;

/// Cards of a world that nobody issues: they come into being when they replace another.
const SPARES: usize = 4;

/// A run of one world.
pub struct Run {
    pub world: World,
    pub random: Random,
    weather: Weather,
    operations: u64,
    /// Operations in flight at once, at most.
    crowd: usize,
}

/// Why a run ended early, and what came before.
#[derive(Clone, Debug)]
pub struct Failure {
    pub seed: u64,
    pub step: u64,
    pub violation: Violation,
    pub trace: VecDeque<String>,
}

/// Runs the world of a seed to its rest.
pub fn run(seed: u64, operations: u64, guards: Guards) -> Result<Figures, Box<Failure>> {
    drive(seed, operations, guards, Run::all)
}

/// Drives the world of a seed. A failure is driven again with its last steps written down.
pub fn drive(
    seed: u64,
    operations: u64,
    guards: Guards,
    all: impl Fn(&mut Run) -> Result<(), Violation>,
) -> Result<Figures, Box<Failure>> {
    let go = |traced: bool| {
        let mut run = Run::new(seed, operations, guards);
        run.world.trace = traced.then(VecDeque::new);
        let outcome = all(&mut run);
        (outcome, run)
    };
    match go(false) {
        (Ok(()), run) => Ok(run.world.figures),
        (Err(violation), run) => {
            let trace = go(true).1.world.trace.unwrap_or_default();
            Err(Box::new(Failure { seed, step: run.world.step, violation, trace }))
        }
    }
}

impl Run {
    /// The world of a seed, before its first step.
    pub fn new(seed: u64, operations: u64, guards: Guards) -> Self {
        let mut random = Random::new(seed);
        let (cards, checkouts) = (2 + random.place(4), 12 + random.place(40));
        let weather = Weather::draw(&mut random);
        let crowd = 1 + random.place(8);
        let mut world = World::new(guards, cards + SPARES, checkouts, true);
        world.spares = SPARES;
        Self { world, random, weather, operations, crowd }
    }

    fn all(&mut self) -> Result<(), Violation> {
        self.until(self.operations)?;
        self.rest()?;
        let told = self.world.clients.operations.iter().filter_map(|operation| operation.told.as_ref());
        let (done, refused): (Vec<_>, Vec<_>) = told.partition(|tell| tell.is_done());
        (self.world.figures.done, self.world.figures.refused) = (done.len() as u64, refused.len() as u64);
        self.world.check_rest()?;
        self.world.check_audit()
    }

    /// Goes on until so many operations were begun.
    pub fn until(&mut self, operations: u64) -> Result<(), Violation> {
        while self.world.figures.operations < operations {
            self.step()?;
            if self.world.step > STEPS_MAX {
                return Err(Violation(format!(
                    "nothing gets done any more: {} messages on their way",
                    self.world.net.len()
                )));
            }
        }
        Ok(())
    }

    /// Without faults from here on, until nothing is left to do.
    pub fn rest(&mut self) -> Result<(), Violation> {
        self.world.rest(&mut self.random)
    }

    /// A client writes one more entry on a card, unless it was stopped.
    pub fn touch(&mut self, place: usize) {
        if self.world.cards[place].kept.forked {
            return;
        }
        let Some(frozen) = self.world.cards[place].kept.account.card.as_ref().map(|card| card.frozen) else { return };
        let once = once(&format!("touch {place}"));
        let order = match frozen {
            true => CardOrder::Act { act: CardAct::Unfreeze, note: Note::default(), sealed: None, once },
            false => CardOrder::Act { act: CardAct::Freeze, note: Note::default(), sealed: None, once },
        };
        let operation = self.world.clients.add(Node::Card(place), Ask::Card(order), None);
        self.world.send(operation);
    }

    /// One thing happens.
    pub fn step(&mut self) -> Result<(), Violation> {
        if self.world.net.len() > CROWDED {
            return self.any_message();
        }
        let waiting = self.world.clients.waits().count();
        match self.random.below(10_000) {
            draw if draw < self.weather.crash / 4 => {
                let node = self.any_node();
                self.world.note(|| format!("{node:?} crashes"));
                self.world.crash(node);
                Ok(())
            }
            draw if draw < 600 => self.disturb(),
            draw if draw < 600 + self.weather.time => {
                self.pass_time();
                Ok(())
            }
            draw if draw < 600 + self.weather.time + self.weather.alarm => self.any_alarm(),
            draw if draw < 6_500 && !self.world.net.is_empty() => self.any_message(),
            _ if waiting < self.crowd => {
                self.ask();
                Ok(())
            }
            _ if !self.world.net.is_empty() => self.any_message(),
            _ => {
                self.world.give_up_forgotten();
                Ok(())
            }
        }
    }

    fn any_node(&mut self) -> Node {
        let nodes: Vec<Node> = self.world.nodes().collect();
        nodes[self.random.place(nodes.len())]
    }

    fn disturb(&mut self) -> Result<(), Violation> {
        if self.random.chance(self.weather.skew) {
            let day = i64::try_from(DAY_MS).unwrap();
            let skew_ms = i64::try_from(self.random.below(2 * DAY_MS)).unwrap() - day;
            let skew_ms = if self.random.chance(4_000) { 0 } else { skew_ms };
            let node = self.any_node();
            self.world.figures.clock_jumps += 1;
            self.world.note(|| format!("{node:?} has its clock off by {skew_ms} ms"));
            match node {
                Node::Card(place) => self.world.card_skew_ms[place] = skew_ms,
                Node::Checkout(place) => self.world.checkout_skew_ms[place] = skew_ms,
                Node::Clients | Node::Book => {}
            }
        }
        if self.random.chance(self.weather.spurious_alarm) {
            let node = self.any_node();
            return self.world.alarm(node, Crash::Never);
        }
        if self.random.chance(self.weather.give_up * 4) {
            self.give_up_any();
        }
        if self.random.chance(1_000) {
            self.world.give_up_forgotten();
        }
        Ok(())
    }

    /// Somebody stops waiting for an answer, which may still come.
    fn give_up_any(&mut self) {
        let waits: Vec<(Node, u32)> = self
            .world
            .nodes()
            .chain([Node::Clients])
            .flat_map(|node| self.world.waits(node).into_iter().map(move |call| (node, call)))
            .collect();
        if !waits.is_empty() {
            let (node, call) = waits[self.random.place(waits.len())];
            self.world.note(|| format!("{node:?} waits no longer for #{call}"));
            self.world.tell_lost(node, (node, call));
        }
    }

    fn pass_time(&mut self) {
        let ms = match self.random.below(100) {
            0..60 => self.random.below(1_000),
            60..85 => self.random.below(15_000),
            85..97 => self.random.below(1_000_000),
            97..99 => self.random.below(5_000_000),
            _ => self.random.below(DAY_MS),
        };
        self.world.now_ms += ms;
    }

    fn crash(&mut self) -> Crash {
        match self.random.below(20_000) {
            draw if draw < self.weather.crash => Crash::Before,
            draw if draw < self.weather.crash * 2 => Crash::After,
            _ => Crash::Never,
        }
    }

    fn any_alarm(&mut self) -> Result<(), Violation> {
        let due: Vec<Node> = self
            .world
            .nodes()
            .filter(|node| self.world.alarm_ms(*node).is_some_and(|at_ms| at_ms <= self.world.clock_ms(*node)))
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        let node = due[self.random.place(due.len())];
        let crash = self.crash();
        self.world.alarm(node, crash)
    }

    fn any_message(&mut self) -> Result<(), Violation> {
        let place = self.random.place(self.world.net.len());
        if self.world.net[place].after_step > self.world.step {
            self.world.step += 1;
            return Ok(());
        }
        let draw = self.random.below(10_000);
        let [lose, double, delay] = [self.weather.lose, self.weather.double, self.weather.delay];
        if draw < double {
            self.world.figures.doubled += 1;
            let message = self.world.net[place].clone();
            self.world.net.push(message);
        } else if draw < double + delay {
            self.world.net[place].after_step = self.world.step + self.random.below(300);
            return Ok(());
        }
        let message = self.world.net.swap_remove(place);
        if (double + delay..double + delay + lose).contains(&draw) {
            self.world.figures.lost += 1;
            self.world
                .note(|| format!("lost: {:?} → {:?} #{}: {:?}", message.from, message.to, message.call, message.body));
            let dead = matches!(message.body, Body::Ask(_)) && self.random.chance(5_000);
            if dead {
                self.world.lose(&message);
            }
            return Ok(());
        }
        if matches!((message.to, &message.body), (Node::Card(_), Body::Ask(_)))
            && self.random.chance(self.weather.overload)
        {
            self.world.note(|| format!("{:?} is overloaded: #{}", message.to, message.call));
            let body = Body::Tell(Tell::Refused(Rejection::Overloaded));
            let Message { from, to, call, .. } = message;
            self.world.net.push(Message { from: to, to: from, call, body, after_step: 0 });
            return Ok(());
        }
        let crash = self.crash();
        self.world.deliver(&message, crash)
    }

    /// A client asks something new, or again what it does not know the end of; sometimes again what it does know.
    fn ask(&mut self) {
        let unknown: Vec<usize> = self.world.clients.unknown().collect();
        let asked = self.world.clients.operations.len();
        let operation = if !unknown.is_empty() && self.random.chance(7_000) {
            unknown[self.random.place(unknown.len())]
        } else if asked > 0 && self.random.chance(300) {
            self.random.place(asked)
        } else {
            self.world.invent(&mut self.random)
        };
        if self.world.clients.may_repeat(operation) {
            self.world.send(operation);
        }
    }
}
