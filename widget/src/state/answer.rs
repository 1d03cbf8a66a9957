//! What the end of a request means.
//!
//! Three ends: the checkout as it is now, a refusal, silence. After silence nothing is known, so the checkout is read first: what the lost request
//! wanted is either there, and the wish is fulfilled, or it is not, and the request goes out once more with the same key. A second silence ends the
//! wish; its key stays pending for the next try of the same card, until any answer shows the tender that it was for.
//!
//! A checkout is given up only when it is over or out of reach. One that is being paid is not: another one beside it could pay the same order twice.

use super::{
    Attempt, Call, Checkout, Effect, Member, Notice, Outcome, Problem, Reason, Said, State, Status, Tender, WAITS_MAX,
};
use crate::pending::Session;

/// How long "still running" is waited for when the server does not say.
const WAIT_SECONDS: u32 = 1;

/// A server that asks for a longer wait than this is told to the shopper instead.
const WAIT_SECONDS_MAX: u32 = 3;

/// A service that is down says when to come back; nobody waits longer than this before a checkout.
const DOWN_SECONDS_MAX: u32 = 10;

/// What a refusal leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    /// Nothing was decided: the same request with the same key may still succeed.
    Silence,
    /// Another request on the same checkout is still running.
    Wait,
    /// Who is no member any more can still pay with cards.
    Leave,
    /// The same is asked with a key that never went out.
    Spare,
    /// The checkout is gone or out of reach: another one is started.
    Restart,
    /// The checkout is not what it was taken for: reading tells.
    Read,
    /// The shopper is told.
    Tell,
}

impl State {
    /// The one table of refusals: what was asked for, and the stable code. The first row that fits counts.
    fn next(&self, call: Call, problem: &Problem) -> Next {
        // To use no points is to remove them, and by now the wish may be another.
        let removes = matches!(call, Call::Remove | Call::Points);
        match (problem.code.as_str(), call) {
            _ if problem.status >= 500 => Next::Silence,
            ("operation_in_progress", _) => Next::Wait,
            // Only a member's token can be over when a checkout is started.
            ("token_expired", Call::Start) if self.setup.member != Member::default() => Next::Leave,
            (_, Call::Start) => Next::Tell,
            // Refused is what went out before, perhaps another card with the same last four, and perhaps long ago.
            _ if self.doubts(call) => Next::Spare,
            ("checkout_not_open", _) => Next::Read,
            // The tender is gone already.
            ("not_found", _) if removes => Next::Read,
            ("token_expired" | "key_invalid" | "key_revoked" | "not_found", _) if self.setup.served.is_none() => {
                if removes {
                    Next::Read
                } else {
                    Next::Restart
                }
            }
            _ => Next::Tell,
        }
    }

    pub(super) fn ended(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        let Some(call) = self.flight.take() else { return };
        match outcome {
            Outcome::Checkout(checkout, session) => self.answered(call, checkout, session, effects),
            Outcome::Problem(problem) => self.refused(call, problem, effects),
            Outcome::Silence => self.silent(call, 0, effects),
        }
    }

    fn answered(&mut self, call: Call, checkout: Checkout, session: Session, effects: &mut Vec<Effect>) {
        if self.setup.served.is_none() {
            if call == Call::Read && checkout.status == Status::Over {
                return self.restart(!checkout.tenders.is_empty(), effects);
            }
            self.session = Some(session);
        }
        effects.push(Effect::Keep);
        if self.doubts(call) {
            return self.note_replay(&checkout);
        }
        let (wished, removals) = (self.is_wished(), self.removals.len());
        let changed = self.adopt(checkout, effects);
        self.fulfil_points(call);
        if self.reason().is_some_and(Reason::is_about_service) {
            self.forget();
        }
        if call == Call::Read && !self.stale {
            self.expected_total = None;
        }
        if call.is_wish() || call == Call::Patch || self.removals.len() != removals {
            self.restarted = false;
        }
        if call == Call::Apply || (call == Call::Read && self.attempt != Attempt::First) {
            self.fulfil_apply(call == Call::Apply, effects);
        } else if call == Call::Read && changed && !wished {
            self.notice = Some(Notice::Changed);
        }
        self.end_vain_wishes(effects);
        let is_uncertain = matches!(self.attempt, Attempt::Uncertain | Attempt::Last);
        self.attempt =
            if is_uncertain && call == Call::Read && self.is_wished() { Attempt::Last } else { Attempt::First };
        self.settle(effects);
    }

    /// Whether the answer to that call may be an old one: its key went out before, and what it brought then may have gone since.
    fn doubts(&self, call: Call) -> bool {
        call == Call::Apply && self.apply.as_ref().is_some_and(|apply| apply.spare.is_some())
    }

    /// Whether the next answer can be shown and told as it comes.
    pub(crate) fn believes(&self) -> bool {
        !self.flight.is_some_and(|call| self.doubts(call))
    }

    /// Of an answer that may be an old one only this counts: which tender its key brought.
    fn note_replay(&mut self, answer: &Checkout) {
        if let (Some(slot), Some(apply)) = (&self.slot, &mut self.apply) {
            // Tenders stand in the order in which they came.
            let found = answer.tenders.iter().rfind(|tender| tender.last4 == slot.last4);
            apply.replayed = found.map(|tender| tender.id.clone());
        }
        self.attempt = Attempt::Replayed;
    }

    fn reason(&self) -> Option<Reason> {
        self.notice.as_ref().and_then(Notice::problem).map(|problem| problem.reason)
    }

    /// Takes the server's word: colours stay, removals that are done end. Whether a card pays something else than before, or no more, although nobody
    /// here asked for it and the order costs the same.
    fn adopt(&mut self, mut checkout: Checkout, effects: &mut Vec<Effect>) -> bool {
        checkout.colour_like(self.tenders());
        let remaining = checkout.remaining();
        // A sentence that names another remainder is not true any more.
        if self.said.as_ref().and_then(Said::remaining).is_some_and(|said| said != remaining) {
            self.said = None;
        }
        let mut changed = false;
        if let Some(before) = self.checkout.take() {
            for old in before.tenders {
                let now = checkout.tenders.iter().find(|tender| tender.id == old.id);
                let wished = self.removals.contains(&old.id);
                if now.is_none() && wished {
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
        self.recognise(effects);
        changed
    }

    /// A refusal brings a quote alone; what it leaves out is as it was.
    fn adopt_quote(&mut self, mut checkout: Checkout, effects: &mut Vec<Effect>) {
        if let Some(known) = &self.checkout {
            checkout.status = known.status;
            if known.eligible_total != known.total {
                checkout.eligible_total = known.eligible_total.min(checkout.total);
            }
        }
        self.adopt(checkout, effects);
    }

    /// What had no answer has come true: its key has served, its row is a tender now, and its code need not be asked for again.
    fn recognise(&mut self, effects: &mut Vec<Effect>) {
        if self.apply.is_some() {
            return;
        }
        let waits = [self.pending.as_ref().map(|pending| &pending.last4), self.slot.as_ref().map(|slot| &slot.last4)];
        let Some(checkout) = &self.checkout else { return };
        let came = |tender: &&Tender| tender.fresh && waits.contains(&Some(&tender.last4));
        let Some(tender) = checkout.tenders.iter().find(came) else { return };
        let (last4, said) = (tender.last4.clone(), Said::applied(tender, checkout.remaining()));
        self.pending.take_if(|pending| pending.last4 == last4);
        self.slot.take_if(|slot| slot.last4 == last4);
        if self.in_field.as_ref() == Some(&last4) {
            self.clear_field(effects);
        }
        self.said = Some(said);
    }

    /// Ends the wish to apply if its tender is there. A tender that was read must be new, for two cards may share their last four; of one that an answer
    /// spoke of already, the id is known.
    fn fulfil_apply(&mut self, answered: bool, effects: &mut Vec<Effect>) {
        let (Some(slot), Some(apply)) = (&self.slot, &self.apply) else { return };
        let replayed = self.attempt == Attempt::Replayed;
        let mine = || self.tenders().iter().filter(|tender| tender.last4 == slot.last4);
        let found = match replayed {
            true => mine().find(|tender| Some(&tender.id) == apply.replayed.as_ref()),
            false => mine().find(|tender| tender.fresh).or_else(|| mine().find(|_| answered)),
        };
        let remaining = self.checkout.as_ref().map(Checkout::remaining).unwrap_or_default();
        if let Some(said) = found.map(|tender| Said::applied(tender, remaining)) {
            self.apply = None;
            self.pending = None;
            self.notice = None;
            self.slot = None;
            self.said = Some(said);
            self.clear_field(effects);
        } else if answered || (replayed && !self.take_spare()) {
            self.pending = None;
            self.end_apply();
            self.notice = Some(Notice::Changed);
        }
    }

    /// Nothing can be changed any more, so whoever wished to is told.
    fn end_vain_wishes(&mut self, effects: &mut Vec<Effect>) {
        let status = self.checkout.as_ref().map(|checkout| checkout.status);
        if status == Some(Status::Open) || !self.is_wished() {
            return;
        }
        self.pending = None;
        self.end_wishes();
        self.tell(Problem::of("checkout_not_open"), effects);
        if status == Some(Status::Locked) {
            self.notice = Some(Notice::Locked);
        }
    }

    fn refused(&mut self, call: Call, mut problem: Problem, effects: &mut Vec<Effect>) {
        if let Some(checkout) = problem.checkout.take().filter(|_| !self.doubts(call)) {
            self.adopt_quote(checkout, effects);
        }
        let next = self.next(call, &problem);
        if next == Next::Silence {
            return self.silent(call, problem.retry_after_seconds.unwrap_or_default(), effects);
        }
        self.attempt = Attempt::First;
        match next {
            Next::Wait if self.wait(&problem) => {}
            Next::Leave => self.setup.member = Member::default(),
            Next::Spare if self.take_spare() => effects.push(Effect::Keep),
            // What cannot be read is gone, and reading what is started after it is never the next thing.
            Next::Restart if call == Call::Read || self.may_restart() => {
                self.restart(!self.tenders().is_empty(), effects)
            }
            Next::Read if self.may_restart() => self.stale = true,
            _ => self.tell_refusal(call, problem, effects),
        }
    }

    fn tell_refusal(&mut self, call: Call, problem: Problem, effects: &mut Vec<Effect>) {
        match call {
            Call::Apply => {
                self.pending = None;
                self.end_apply();
                self.tell(problem, effects);
            }
            Call::Points => self.refuse_points(problem, effects),
            Call::Remove => {
                self.removals.clear();
                self.stale = true;
                self.tell(problem, effects);
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

    /// A checkout that is not what it was taken for is replaced, or read, once for a wish; a second time would be a loop.
    fn may_restart(&mut self) -> bool {
        !core::mem::replace(&mut self.restarted, true)
    }

    /// `paid`: cards paid with it. They go with it, and the shopper is told.
    fn restart(&mut self, paid: bool, effects: &mut Vec<Effect>) {
        self.session = None;
        self.checkout = None;
        self.removals.clear();
        self.draft = None;
        self.stale = false;
        self.attempt = Attempt::First;
        if paid {
            self.notice = Some(Notice::Changed);
            self.said.take_if(|said| *said != Said::Checking);
        }
        effects.push(Effect::Keep);
    }

    fn silent(&mut self, call: Call, seconds: u32, effects: &mut Vec<Effect>) {
        self.stale = true;
        let problem = self.of_wish(Problem::unreachable());
        if self.attempt == Attempt::First && call.is_wish() && seconds <= DOWN_SECONDS_MAX {
            self.attempt = Attempt::Uncertain;
            self.delay_ms = seconds.saturating_mul(1000);
            // The shopper has waited long enough to be told; if the second try is answered, this goes away.
            self.notice = Some(Notice::Problem(problem));
        } else {
            self.give_up(problem, effects);
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
        self.expected_total = None;
        self.end_wishes();
        self.settle(effects);
        self.tell(problem, effects);
    }

    fn end_wishes(&mut self) {
        self.removals.clear();
        self.end_apply();
        self.end_points();
    }

    fn end_apply(&mut self) {
        self.apply = None;
        self.said = None;
        if let Some(slot) = &mut self.slot {
            slot.refused = true;
        }
    }

    pub(super) fn settle(&mut self, effects: &mut Vec<Effect>) {
        if !self.settled {
            effects.push(Effect::Ready);
        }
        self.settled = true;
    }
}
