//! What a card does when nobody asks: it has overdue claims settled, and hands its lines to the book.

use super::{Act, CardActor, Wake, leg_once};
use crate::guard::Guard;
use crate::message::{Ask, Node, Tell, Turn};
use crate::world::place_of;
use shared::card::{Action, Claim, ClaimState, Command, Ended, Facts};
use shared::checkout::{LegOrder, Verdict};
use shared::journal::{Line, Received};
use shared::limits::{HAND_OFF_DELAY_MS, HAND_OFF_LINES_MAX, HAND_OFF_RETRY_MS, HOLD_GRACE_MS};
use shared::wire::call::{CardOrder, CheckoutOrder, Once};
use shared::wire::request::Note;
use std::rc::Rc;

impl CardActor {
    /// Sets the alarm to the next thing that is due, unless this life knows that it is set to something sooner.
    pub(super) fn arm(&mut self, turn: &Turn) {
        let Some(due_ms) = self.due_ms(turn) else { return };
        if self.armed_ms.is_none_or(|armed_ms| due_ms < armed_ms) {
            self.kept.alarm_ms = Some(due_ms);
            self.armed_ms = Some(due_ms);
        }
    }

    fn due_ms(&self, turn: &Turn) -> Option<u64> {
        let card = self.kept.account.card.as_ref()?;
        let delay_ms = match self.failures {
            0 => HAND_OFF_DELAY_MS,
            failures => {
                (*HAND_OFF_RETRY_MS.start() << failures.min(20).saturating_sub(1)).min(*HAND_OFF_RETRY_MS.end())
            }
        };
        let waits = turn.book && self.kept.rows.len() > self.kept.acked && !self.kept.forked;
        let claims = card.held_until_ms.map(|until_ms| until_ms + HOLD_GRACE_MS);
        let moves = self.next_delivery().is_some() && !self.kept.forked;
        let expires = card.expiry_due_ms().filter(|_| !self.kept.forked);
        [(waits || moves).then(|| turn.now_ms + delay_ms), claims, expires].into_iter().flatten().min()
    }

    /// Settles claims whose deadline has passed, then hands lines over.
    pub fn on_alarm(&mut self, turn: &mut Turn) {
        if self.wake.is_some() {
            return;
        }
        (self.armed_ms, self.kept.alarm_ms) = (None, None);
        self.follow_up(turn);
        let until_ms = self.kept.account.card.as_ref().and_then(|card| card.held_until_ms);
        if until_ms.is_none_or(|until_ms| until_ms + HOLD_GRACE_MS > turn.now_ms) {
            return self.deliver(turn);
        }
        let overdue =
            |claim: &Claim| claim.state == ClaimState::Held && claim.deadline_ms + HOLD_GRACE_MS <= turn.now_ms;
        let claims =
            self.kept.account.claims.iter().filter(|(_, claim)| overdue(claim)).map(|(name, _)| name.clone()).collect();
        self.ask_next(turn, claims);
    }

    fn ask_next(&mut self, turn: &mut Turn, mut rest: Vec<String>) {
        rest.retain(|claim| self.ask_at_ms.get(claim).is_none_or(|at_ms| *at_ms <= turn.now_ms));
        if rest.is_empty() {
            self.note_appointments(turn);
            return self.deliver(turn);
        }
        let claim = rest.remove(0);
        if !turn.guards.on(Guard::AskBeforeRelease) {
            self.settle(turn, &claim, &LegOrder::Release);
            return self.ask_next(turn, rest);
        }
        let to = Node::Checkout(crate::world::checkout_of(&claim));
        let call = turn.ask(to, Ask::Checkout(CheckoutOrder::Ask { claim: claim.clone() }));
        self.wake = Some(Wake::Asking { call, claim, rest });
    }

    /// Notes when the next claim is to be asked about: at its deadline, or when its coordinator said.
    fn note_appointments(&mut self, turn: &Turn) {
        let claims = &self.kept.account.claims;
        let appointments = turn.guards.on(Guard::Appointments);
        self.ask_at_ms.retain(|name, _| claims.get(name).is_some_and(|claim| claim.state == ClaimState::Held));
        let next = |(name, claim): (&String, &Claim)| match self.ask_at_ms.get(name) {
            Some(at_ms) if appointments => at_ms.saturating_sub(HOLD_GRACE_MS),
            _ => claim.deadline_ms,
        };
        let next = claims.iter().filter(|(_, claim)| claim.state == ClaimState::Held).map(next).min();
        if let Some(card) = self.kept.account.card.as_mut() {
            card.held_until_ms = next;
        }
    }

    /// The next entry that moved value to another card which has not said yet that it has it.
    fn next_delivery(&self) -> Option<(u64, CardOrder)> {
        let card = self.kept.account.card.as_ref()?;
        let rows = self.kept.rows.iter().filter(|row| row.line.seq > self.kept.delivered);
        let entry = rows.filter_map(|row| row.line.entry()).find(|entry| entry.action.name() == "replace_out")?;
        let (amount, to) =
            if let Action::ReplaceOut { amount, to } = entry.action { (amount, to) } else { return None };
        let facts = Facts { key_id: to.key_id, from: Some(self.name.clone()), ..card.facts.clone() };
        let (from, seq, note) = (self.name.clone(), entry.seq, Note::default());
        Some((
            seq,
            CardOrder::TakeOver { from, seq, last4: to.last4, amount, facts: Box::new(facts), note, sealed: None },
        ))
    }

    /// Moves value on to the card that took this one's place, then hands lines over.
    fn deliver(&mut self, turn: &mut Turn) {
        let to = self.kept.account.card.as_ref().and_then(|card| card.ended.clone());
        match (self.next_delivery(), to) {
            (Some((seq, order)), Some(Ended::Replaced { to })) if !self.kept.forked => {
                let call = turn.ask(Node::Card(place_of(&to.card)), Ask::Card(order));
                if !turn.guards.on(Guard::Delivered) {
                    self.kept.delivered = seq;
                }
                self.wake = Some(Wake::Delivering { call, seq });
            }
            _ => self.hand_over(turn),
        }
    }

    fn hand_over(&mut self, turn: &mut Turn) {
        self.wake = None;
        if turn.book && !self.kept.forked && self.kept.acked < self.kept.rows.len() {
            let rows = self.kept.rows.iter().skip(self.kept.acked).take(HAND_OFF_LINES_MAX);
            let lines = rows.map(|row| Line::clone(&row.line)).collect();
            let call = turn.ask(Node::Book, Ask::Book(Rc::new(lines)));
            self.wake = Some(Wake::HandingOver { call });
        } else {
            self.failures = 0;
            self.arm(turn);
        }
    }

    /// Goes on when an answer comes that this life waits for.
    pub fn on_tell(&mut self, turn: &mut Turn, call: u32, tell: &Tell) {
        match self.wake.take() {
            Some(Wake::Asking { call: expected, claim, rest }) if expected == call => {
                self.ask_at_ms.remove(&claim);
                match tell {
                    Tell::Verdict(Verdict::Commit { amount, captured }) => {
                        self.settle(turn, &claim, &LegOrder::Commit { amount: *amount, captured: *captured })
                    }
                    Tell::Verdict(Verdict::Release) => self.settle(turn, &claim, &LegOrder::Release),
                    Tell::Verdict(Verdict::AskAgain { at_ms }) => drop(self.ask_at_ms.insert(claim, *at_ms)),
                    _ => drop(self.ask_at_ms.insert(claim, turn.now_ms + HOLD_GRACE_MS)),
                }
                self.ask_next(turn, rest);
            }
            Some(Wake::HandingOver { call: expected }) if expected == call => self.on_received(turn, tell),
            Some(Wake::Delivering { call: expected, seq }) if expected == call => {
                if tell.is_done() {
                    self.kept.delivered = seq;
                    self.deliver(turn);
                } else {
                    self.failures = self.failures.saturating_add(1);
                    // What one card does not take keeps nothing from the book.
                    self.hand_over(turn);
                }
            }
            other => self.wake = other,
        }
    }

    fn on_received(&mut self, turn: &mut Turn, tell: &Tell) {
        let place = |seq: u64| usize::try_from(seq).unwrap();
        match tell {
            Tell::Received(Received::Ack(seq)) => self.kept.acked = place(*seq),
            Tell::Received(Received::ResendFrom(seq)) => self.kept.acked = place(seq.saturating_sub(1)),
            Tell::Received(Received::Fork) => self.stop_after_fork(turn),
            _ => {
                self.failures = self.failures.saturating_add(1);
                return self.arm(turn);
            }
        }
        self.hand_over(turn);
    }

    /// The book or a coordinator contradicts this card. Value must not move until a person has looked.
    pub(super) fn stop_after_fork(&mut self, turn: &Turn) {
        self.kept.forked = true;
        let once = Once { key: format!("fork/{}", self.kept.rows.len()), fingerprint: String::new() };
        // Refused when somebody froze it before: frozen is what it must be.
        let _ = self.act(turn, Act { command: Command::Freeze, once, refund: None, keep_refusal: false });
    }

    /// Does to a claim what its coordinator would have asked. One that cannot be settled keeps neither the others nor the hand-off.
    fn settle(&mut self, turn: &Turn, claim: &str, order: &LegOrder) {
        let Some(currency) = self.kept.account.card.as_ref().map(|card| card.facts.currency) else { return };
        let once = leg_once(claim, order);
        let act = Act { command: order.command(claim, currency), once, refund: None, keep_refusal: false };
        if self.act(turn, act).is_err() {
            self.ask_at_ms.insert(claim.into(), turn.now_ms + HOLD_GRACE_MS);
        }
    }

    /// All that decides what this actor does next, in words, with the alarm's time and what is derived left out.
    pub fn words(&self) -> String {
        let kept = &self.kept;
        let mut words = format!(
            "{:?}{:?}{}{}{}{}{:?}{}{:?}",
            kept.account.claims,
            kept.refusals,
            kept.acked,
            kept.delivered,
            kept.forked,
            kept.alarm_ms.is_some(),
            self.wake,
            self.armed_ms.is_some(),
            self.ask_at_ms
        );
        // Which of its keys it knows decides what a repetition finds; claims say the rest of its counters.
        for key in kept.keys.keys() {
            words.push_str(key);
            words.push(' ');
        }
        let frozen = kept.account.card.as_ref().map(|card| (card.frozen, card.available));
        format!("{words}{frozen:?}")
    }
}
