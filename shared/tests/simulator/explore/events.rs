//! What may happen next in a state.

use super::State;
use crate::message::{Body, Message, Node, Tell};
use crate::world::Crash;
use std::fmt;

/// How often each fault may still happen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Budget {
    pub crashes: u8,
    pub lost: u8,
    pub doubled: u8,
    /// Alarms of coordinators that find everything overdue. Each may cost an attempt, so they must end for the states to end.
    pub late: u8,
    /// Alarms of cards that find everything overdue.
    pub questions: u8,
    /// Messages that arrive at a card whose clock is late.
    pub late_clocks: u8,
    /// Whether clients ask again as soon as they do not know, or only when everything has come to rest.
    pub impatient: bool,
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = [
            (self.crashes, "crash"),
            (self.lost, "loss"),
            (self.doubled, "double"),
            (self.late, "expiry"),
            (self.questions, "question"),
            (self.late_clocks, "late clock"),
        ];
        let named: Vec<&str> = faults.iter().filter(|(left, _)| *left > 0).map(|(_, name)| *name).collect();
        f.write_str(if named.is_empty() { "no fault".into() } else { named.join(" + ") }.as_str())?;
        f.write_str(if self.impatient { "" } else { ", clients patient" })
    }
}

/// One thing that may happen. Messages are named by their place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    Send { operation: usize, doubled: bool, crash: Crash },
    Deliver { place: usize, doubled: bool, late: bool, crash: Crash },
    Lose { place: usize, arrives: bool },
    Crash { node: Node },
    Alarm { node: Node, late: bool, crash: Crash },
}

impl State {
    /// Everything that may happen next, but for what makes no difference.
    pub(super) fn events(&self, after: &[Option<usize>]) -> Vec<Event> {
        let crashes: &[Crash] = if self.budget.crashes > 0 { &[Crash::Never, Crash::After] } else { &[Crash::Never] };
        // What a client hears changes nothing for anybody else, so it may as well be heard at once.
        if let Some(place) = self.world.net.iter().position(|message| message.to == Node::Clients) {
            let mut events = vec![Event::Deliver { place, doubled: false, late: false, crash: Crash::Never }];
            let lost = matches!(self.world.net[place].body, Body::Tell(ref tell) if tell.is_done());
            events.extend((self.budget.lost > 0 && lost).then_some(Event::Lose { place, arrives: false }));
            return events;
        }
        // When such a message arrives makes no difference to what else may happen, so it may as well arrive at once: an answer that others of the same task
        // are still waited for with, what changes nothing, what concerns nobody else.
        if let Some(place) = self.world.net.iter().position(|message| self.world.is_private(message)) {
            let deliver = |crash: &Crash| Event::Deliver { place, doubled: false, late: false, crash: *crash };
            let mut events: Vec<Event> = crashes.iter().map(deliver).collect();
            let body = &self.world.net[place].body;
            let lost = self.budget.lost > 0 && !matches!(body, Body::Tell(Tell::Lost));
            events.extend(lost.then_some(Event::Lose { place, arrives: false }));
            events.extend((lost && matches!(body, Body::Ask(_))).then_some(Event::Lose { place, arrives: true }));
            return events;
        }
        let mut events = Vec::new();
        for (operation, known) in self.world.clients.operations.iter().enumerate() {
            let ready = after[operation].is_none_or(|earlier| self.world.clients.operations[earlier].told.is_some());
            let may_ask = known.tries == 0 || self.budget.impatient;
            if ready && may_ask && !known.waiting && known.told.is_none() {
                events.extend(crashes.iter().map(|crash| Event::Send { operation, doubled: false, crash: *crash }));
                events.extend((self.budget.doubled > 0).then_some(Event::Send {
                    operation,
                    doubled: true,
                    crash: Crash::Never,
                }));
            }
        }
        for (place, message) in self.world.net.iter().enumerate() {
            self.message_events(place, message, crashes, &mut events);
        }
        for node in self.world.nodes().filter(|node| self.world.alarm_ms(*node).is_some()) {
            let (late, early) = match node {
                Node::Card(_) => (self.budget.questions > 0, self.world.book_kept),
                // A retry while calls are on their way is a doubled message; it matters when none is.
                _ => (
                    self.budget.late > 0,
                    !self.world.net.iter().any(|message| message.from == node || message.to == node),
                ),
            };
            for crash in crashes {
                events.extend(early.then_some(Event::Alarm { node, late: false, crash: *crash }));
                events.extend(late.then_some(Event::Alarm { node, late: true, crash: *crash }));
            }
        }
        if self.budget.crashes > 0 {
            events.extend(
                self.world.nodes().filter(|node| !self.world.waits(*node).is_empty()).map(|node| Event::Crash { node }),
            );
        }
        events
    }

    fn message_events(&self, place: usize, message: &Message, crashes: &[Crash], events: &mut Vec<Event>) {
        events.extend(crashes.iter().map(|crash| Event::Deliver { place, doubled: false, late: false, crash: *crash }));
        if self.budget.doubled > 0 && matches!(message.body, Body::Ask(_)) {
            events.push(Event::Deliver { place, doubled: true, late: false, crash: Crash::Never });
        }
        if self.budget.late_clocks > 0 && matches!((message.to, &message.body), (Node::Card(_), Body::Ask(_))) {
            events.push(Event::Deliver { place, doubled: false, late: true, crash: Crash::Never });
        }
        if self.budget.lost > 0 {
            events.push(Event::Lose { place, arrives: false });
            events.extend(matches!(message.body, Body::Ask(_)).then_some(Event::Lose { place, arrives: true }));
        }
    }
}
