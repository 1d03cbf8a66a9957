//! What the end of a request means.
//!
//! Three ends: the checkout as it is now, a refusal, silence. After silence nothing is known, so the checkout is read first: what the lost request
//! wanted is either there, and the wish is fulfilled, or it is not, and the request goes out once more with the same key. A second silence ends the
//! wish; its key stays pending for the next try of the same card.

use super::{Attempt, Call, Checkout, Effect, Outcome, Problem, Reason, Said, State, Status, WAITS_MAX};
use crate::pending::Session;
use shared::money::Amount;

/// How long "still running" is waited for when the server does not say.
const WAIT_SECONDS: u32 = 1;

/// A server that asks for a longer wait than this is told to the shopper instead.
const WAIT_SECONDS_MAX: u32 = 3;

impl State {
    pub(super) fn ended(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(call) = self.flight.take() else { return };
        match outcome {
            Outcome::Checkout(checkout, session) => self.answered(call, checkout, session, effects),
            Outcome::Problem(problem) => self.refused(call, problem, effects),
            Outcome::Silence => self.silent(call, effects),
        }
    }

    fn answered(&mut self, call: Call, checkout: Checkout, session: Session, effects: &mut Vec<Effect>) {
        if self.setup.served.is_none() {
            if call == Call::Read && checkout.status == Status::Over {
                return self.restart(effects);
            }
            self.session = Some(session);
        }
        let wished = self.is_wished();
        let changed = self.adopt(checkout);
        self.fulfil_points(call);
        if self.notice.as_ref().is_some_and(|notice| notice.reason == Reason::Unreachable) {
            self.forget();
        }
        if call == Call::Read && !self.stale {
            self.expected_total = None;
        }
        // A replayed answer may speak of a tender that was known already; one that was read must be new, for two cards may share their last four.
        if call == Call::Apply || (call == Call::Read && self.attempt == Attempt::Uncertain) {
            self.fulfil_apply(call == Call::Apply, effects);
        } else if call == Call::Read && changed && !wished {
            self.notice = Some(Problem::of("changed"));
        }
        let asks_again = call == Call::Read && self.is_wished();
        self.attempt = if asks_again && self.attempt != Attempt::First { Attempt::Last } else { Attempt::First };
        effects.push(Effect::Keep);
        self.settle(effects);
        self.report(effects);
    }

    /// Takes the server's word: colours stay, removals that are done end. Whether a card pays something else than before, or no more, although nobody
    /// here asked for it and the order costs the same.
    fn adopt(&mut self, mut checkout: Checkout) -> bool {
        checkout.colour_like(self.tenders());
        let mut changed = false;
        if let Some(before) = self.checkout.take() {
            for old in before.tenders {
                let now = checkout.tenders.iter().find(|tender| tender.id == old.id);
                let wished = self.removals.contains(&old.id);
                if now.is_none() && wished {
                    let remaining = checkout.remaining();
                    self.said = Some(match old.points {
                        Some(_) => Said::NoPoints { remaining },
                        None => Said::Removed { last4: old.last4, remaining },
                    });
                }
                changed |= !wished && now.map(|tender| tender.applied) != Some(old.applied);
            }
            changed &= before.status == checkout.status && before.total == checkout.total;
        }
        self.removals.retain(|id| checkout.tenders.iter().any(|tender| tender.id == *id));
        self.checkout = Some(checkout);
        changed
    }

    /// Ends the wish to apply if its tender is there.
    fn fulfil_apply(&mut self, replay: bool, effects: &mut Vec<Effect>) {
        let Some(slot) = &self.slot else { return };
        let is_it =
            |fresh: bool| self.tenders().iter().find(|tender| tender.last4 == slot.last4 && tender.fresh == fresh);
        let found = is_it(true).or_else(|| if replay { is_it(false) } else { None });
        if let Some(amount) = found.map(|tender| tender.applied) {
            self.apply = None;
            self.pending = None;
            self.notice = None;
            let remaining = self.checkout.as_ref().map(Checkout::remaining).unwrap_or_default();
            self.said = self.slot.take().map(|slot| Said::Applied { amount, last4: slot.last4, remaining });
            effects.push(Effect::ClearField);
        } else if replay {
            self.end_apply();
        }
    }

    fn refused(&mut self, call: Call, mut problem: Problem, effects: &mut Vec<Effect>) {
        if let Some(checkout) = problem.checkout.take() {
            self.adopt(checkout);
            self.report(effects);
        }
        // Nothing was decided: the same request with the same key may still succeed.
        if problem.status >= 500 {
            return self.silent(call, effects);
        }
        self.attempt = Attempt::First;
        if problem.code == "operation_in_progress" && self.wait(&problem) {
            return;
        }
        if self.setup.served.is_none() && problem.ends_checkout() && self.may_restart(call) {
            return self.restart(effects);
        }
        match call {
            Call::Apply if problem.code == "idempotency_key_reused" && self.take_spare() => {}
            Call::Apply => {
                self.pending = None;
                self.end_apply();
                self.tell(problem, effects);
            }
            Call::Points => self.refuse_points(problem, effects),
            // It is gone already, or the checkout does not change any more: reading tells.
            Call::Remove => {
                self.removals.clear();
                self.stale = true;
                if problem.code != "not_found" {
                    self.tell(problem, effects);
                }
            }
            Call::Start | Call::Read | Call::Patch => self.give_up(problem, effects),
        }
        effects.push(Effect::Keep);
    }

    /// The pending key belonged to another card with the same last four: the fresh one is taken.
    fn take_spare(&mut self) -> bool {
        let spare = self.apply.as_mut().and_then(|apply| apply.spare.take());
        match (spare, &mut self.pending) {
            (Some(spare), Some(pending)) => {
                pending.key = spare;
                true
            }
            _ => false,
        }
    }

    /// Another request on the same checkout is still running; only a wish to pay with something is worth waiting for.
    fn wait(&mut self, problem: &Problem) -> bool {
        let seconds = problem.retry_after_seconds.unwrap_or(WAIT_SECONDS);
        let waits = self.wishes_tender() && self.waits < WAITS_MAX && seconds <= WAIT_SECONDS_MAX;
        if waits {
            self.waits = self.waits.saturating_add(1);
            self.delay_ms = seconds.saturating_mul(1000);
        }
        waits
    }

    fn wishes_tender(&self) -> bool {
        self.apply.is_some() || self.points.is_some()
    }

    /// A checkout that ended is replaced once for a wish; a second time would be a loop.
    fn may_restart(&mut self, call: Call) -> bool {
        match call {
            Call::Start => false,
            _ if self.wishes_tender() => !core::mem::replace(&mut self.restarted, true),
            _ => call != Call::Remove,
        }
    }

    fn restart(&mut self, effects: &mut Vec<Effect>) {
        self.session = None;
        self.checkout = None;
        self.removals.clear();
        self.draft = None;
        self.stale = false;
        effects.push(Effect::Keep);
    }

    fn silent(&mut self, call: Call, effects: &mut Vec<Effect>) {
        self.stale = true;
        if self.attempt == Attempt::First && call.is_wish() {
            self.attempt = Attempt::Uncertain;
            // The shopper has waited long enough to be told; if the second try is answered, this goes away.
            self.notice = Some(self.of_wish(Problem::unreachable()));
        } else {
            self.give_up(self.of_wish(Problem::unreachable()), effects);
        }
    }

    /// What became of the points is told where they are.
    fn of_wish(&self, problem: Problem) -> Problem {
        if self.points.is_some() { self.of_points(problem) } else { problem }
    }

    /// Ends every wish. Nothing is tried again before somebody acts.
    pub(super) fn give_up(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        self.blocked = true;
        self.attempt = Attempt::First;
        self.removals.clear();
        self.end_apply();
        self.end_points();
        self.settle(effects);
        self.tell(problem, effects);
    }

    fn end_apply(&mut self) {
        self.apply = None;
        self.said = None;
        if let Some(slot) = &mut self.slot {
            slot.refused = true;
        }
    }

    /// Tells the page what changed, once for each change.
    fn report(&mut self, effects: &mut Vec<Effect>) {
        let now = self.checkout.as_ref().map(|now| (now.total, now.covered(), now.tenders.len()));
        let nothing = self.setup.total.map(|total| (total, Amount::ZERO, 0));
        if now != self.told.or(nothing) {
            effects.push(Effect::Change);
        }
        self.told = now;
    }

    fn settle(&mut self, effects: &mut Vec<Effect>) {
        if !self.settled {
            effects.push(Effect::Ready);
        }
        self.settled = true;
    }
}
