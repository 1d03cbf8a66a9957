//! What the widget knows and wants, and what follows from each event: `update(&mut State, Event) -> Vec<Effect>`.
//!
//! In scope: which request comes next, what its end means, what the shopper is told. Out of scope: the DOM (`view.rs`), requests (`api.rs`), words
//! (`copy.rs`). Nothing here calls a browser, so all of it is tested natively.
//!
//! The state holds wishes (a code to apply, tenders to remove, a total to reach) beside the checkout as the server last said it. One request is in
//! flight at a time, and [`State::next_call`] derives the next one from the wishes that are left. So ten clicks are one wish, a total that changes
//! five times is patched once more, and nothing has to be cancelled. What is shown follows from both: a tender that is being removed is gone at once.
//!
//! A lost answer is never met by repeating blindly: the checkout is read, and only what is not there is asked again, once, with the same key. The answer
//! to a key that went out before may be a replay of how things stood then, so nothing of it is shown or told until the checkout has been read.

mod answer;
mod checkout;
mod page;
mod points;
mod problem;
#[cfg(test)]
mod tests;

pub(crate) use checkout::{Checkout, Row, Shown, Status, Tender};
pub(crate) use page::{Member, Setup};
pub(crate) use points::{Draft, POINTS, Points, Wish, number};
pub(crate) use problem::{Notice, Problem, Reason};

use crate::pending::{Kept, Pending, Session};
use shared::code::Code;
use shared::money::Amount;
use shared::rejection::Rejection;

/// How often an answer "still running" is waited for before it counts as a refusal.
const WAITS_MAX: u8 = 3;

/// Everything that can happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// The attributes, and what the session storage keeps for them.
    Setup(Setup, Kept),
    /// The same, and the checkout may have changed: the page says so, the network is back, or the page came back from the back-forward cache.
    Refresh(Setup, Kept),
    /// The field holds this text now; `old` when it looks like a code that the shop had in another system.
    Typed { typed: String, old: bool },
    /// Apply was pressed. `spare` is a fresh idempotency key.
    Apply { typed: String, old: bool, spare: String },
    /// Remove was pressed on that tender.
    Remove(String),
    /// The controls of the points say this: a place of the slider, or what was typed. `done` when it is more than a tick on the way.
    Points { text: String, typed: bool, done: bool },
    /// The page wants no tenders any more.
    Clear,
    /// The page reset its form.
    Reset,
    /// The request with that number ended.
    Ended(u32, Outcome),
}

/// How a request ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The checkout as it is now, and the session to go on with.
    Checkout(Checkout, Session),
    /// The server refused, and said why.
    Problem(Problem),
    /// No answer in time, none at all, or none that can be read.
    Silence,
}

/// One request. What it carries stands in the state: the setup's order, the wish to apply, the first removal, the wish of points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Call {
    Start,
    Read,
    Patch,
    Apply,
    Remove,
    Points,
}

impl Call {
    /// Whether it is the shopper's: after a lost answer it is looked for, and asked again.
    fn is_wish(self) -> bool {
        matches!(self, Self::Apply | Self::Remove | Self::Points)
    }
}

/// What the element has to do.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    /// Send this after a delay, and report its end with the number.
    Send { ticket: u32, call: Call, delay_ms: u32 },
    /// Keep what must outlive the page.
    Keep,
    /// Empty the field.
    ClearField,
    /// Focus the Remove of that tender, else the field.
    Focus(Option<String>),
    /// Tell the page that the first lasting state is reached.
    Ready,
    /// Tell the page that the checkout changed.
    Change,
    /// Tell the page about [`State::notice`].
    Error,
    /// Tell whoever builds the page that this attribute cannot be read.
    Warn(&'static str),
}

/// What the status region says.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Said {
    Checking,
    Applied { amount: Amount, last4: String, remaining: Amount },
    Removed { last4: String, remaining: Amount },
    Points { points: u64, amount: Amount, remaining: Amount },
    NoPoints { remaining: Amount },
}

impl Said {
    /// That this tender pays, and what it does not.
    fn applied(tender: &Tender, remaining: Amount) -> Self {
        let amount = tender.applied;
        match tender.points {
            Some(points) => Self::Points { points, amount, remaining },
            None => Self::Applied { amount, last4: tender.last4.clone(), remaining },
        }
    }

    /// What remains to pay, where it names that.
    fn remaining(&self) -> Option<Amount> {
        match self {
            Self::Checking => None,
            Self::Applied { remaining, .. }
            | Self::Removed { remaining, .. }
            | Self::Points { remaining, .. }
            | Self::NoPoints { remaining } => Some(*remaining),
        }
    }
}

/// How sure the widget is of the request in hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Attempt {
    /// No answer was lost.
    #[default]
    First,
    /// One was; the checkout must be read.
    Uncertain,
    /// It was read: ask once more.
    Last,
    /// An answer came that may be an old one; the checkout must be read.
    Replayed,
}

/// The wish to apply a code. Its key is the pending one.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Apply {
    pub(crate) code: Code,
    /// A fresh key, when the pending one went out before.
    spare: Option<String>,
    /// The tender that an answer spoke of which may be an old one.
    replayed: Option<String>,
}

/// A code that is no tender, yet or ever, and has a row; or points that were refused.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Slot {
    pub(crate) last4: String,
    /// How many points it is, when it is no code.
    pub(crate) points: u64,
    /// Refused; the row keeps its place until the shopper does something, so that the page does not jump under a late answer.
    pub(crate) refused: bool,
}

/// Everything the widget knows.
#[derive(PartialEq, Eq, Debug, Default)]
pub(crate) struct State {
    pub(crate) setup: Setup,
    pub(crate) session: Option<Session>,
    pub(crate) checkout: Option<Checkout>,
    pub(crate) apply: Option<Apply>,
    pub(crate) slot: Option<Slot>,
    /// The last four of the code that stands in the field.
    in_field: Option<String>,
    /// Ids of tenders to remove, in order.
    pub(crate) removals: Vec<String>,
    /// The wish to use points.
    pub(crate) points: Option<Wish>,
    /// What the controls of the points say that is not so.
    pub(crate) draft: Option<Draft>,
    /// The key of an apply that has no answer.
    pub(crate) pending: Option<Pending>,
    pub(crate) notice: Option<Notice>,
    pub(crate) said: Option<Said>,
    /// The total that the page named for a served checkout, until that is read again.
    expected_total: Option<Amount>,
    /// What is known may be old: read before anything else.
    stale: bool,
    attempt: Attempt,
    /// How often the newest wish was told to wait, how long it waits now, and whether its checkout was already replaced, or read because it was not open.
    waits: u8,
    delay_ms: u32,
    restarted: bool,
    /// Nothing was reached; nothing is tried again before somebody acts.
    blocked: bool,
    flight: Option<Call>,
    /// The number of the newest request.
    pub(crate) ticket: u32,
    /// The first lasting state was reached, so no room is kept any more.
    pub(crate) settled: bool,
    /// What the page was last told, as a fingerprint of the checkout's id and total, and of each tender's id, what it pays, and how many points it is.
    /// None before, and after it was told that there is no checkout.
    told: Option<u64>,
}

/// Why that is no code. A code of ours is one, whatever it looks like; an old one is told as such before anything that is wrong with it.
fn no_code(refusal: &Rejection, old: bool) -> Problem {
    Problem::of(match refusal {
        _ if old => "old_code",
        Rejection::CodeCheckFailed => "code_check_failed",
        Rejection::LooksLikePaymentCard => "looks_like_payment_card",
        _ => "code_malformed",
    })
}

/// The rule of the whole widget.
pub(crate) fn update(state: &mut State, event: Event) -> Vec<Effect> {
    let mut effects = Vec::new();
    match event {
        Event::Setup(setup, kept) => state.set_up(setup, kept, &mut effects),
        Event::Refresh(setup, kept) => {
            state.stale = true;
            state.set_up(setup, kept, &mut effects);
        }
        Event::Typed { typed, old } => state.typed(&typed, old),
        Event::Apply { typed, old, spare } => state.ask_apply(&typed, old, spare, &mut effects),
        Event::Remove(id) => state.ask_remove(id, &mut effects),
        Event::Points { text, typed, done } => state.turn_points(&text, typed, done, &mut effects),
        Event::Clear => state.clear(&mut effects),
        Event::Reset => {
            state.forget();
            state.end_refusal();
            state.clear_field(&mut effects);
        }
        Event::Ended(ticket, outcome) => {
            if ticket == state.ticket {
                state.ended(outcome, &mut effects);
            }
        }
    }
    state.mark_lock();
    state.report(&mut effects);
    state.send_next(&mut effects);
    effects
}

impl State {
    /// Of an element that was mounted just now, or has another order. It is many fields, so they are written in one place.
    #[inline(never)]
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn typed(&mut self, text: &str, old: bool) {
        self.end_refusal();
        let is = |about: fn(Reason) -> bool| {
            let problem = self.notice.as_ref().and_then(Notice::problem);
            problem.is_some_and(|problem| !problem.about_points && about(problem.reason))
        };
        let code = Code::parse(text);
        self.in_field = code.as_ref().ok().map(Code::last4);
        match code {
            // Twenty symbols with a wrong check are a slip, told at once. Fewer are somebody who is still typing.
            Err(refusal @ Rejection::CodeCheckFailed) => self.notice = Some(Notice::Problem(no_code(&refusal, old))),
            Err(_) if !text.is_empty() && is(Reason::is_about_form) => {}
            _ if is(Reason::is_about_code) => self.notice = None,
            _ => {}
        }
    }

    fn ask_apply(&mut self, typed: &str, old: bool, spare: String, effects: &mut Vec<Effect>) {
        if self.apply.is_some() {
            return;
        }
        self.blocked = false;
        self.forget();
        self.said = None;
        self.slot = None;
        let code = match Code::parse(typed) {
            Ok(code) => code,
            Err(refusal) => return self.tell(no_code(&refusal, old), effects),
        };
        let last4 = code.last4();
        self.in_field = Some(last4.clone());
        // An earlier try of this card may have lost its answer; with its key it is applied once at most.
        self.begin();
        let mut apply = Apply { code, spare: None, replayed: None };
        if self.pending.as_ref().is_some_and(|pending| pending.last4 == last4) {
            apply.spare = Some(spare);
        } else {
            self.pending = Some(Pending { last4: last4.clone(), key: spare });
        }
        self.apply = Some(apply);
        self.slot = Some(Slot { last4, points: 0, refused: false });
        self.said = Some(Said::Checking);
        effects.push(Effect::Keep);
        if self.session.is_none() && !self.can_start() {
            self.give_up(Problem::of("field_invalid"), effects);
        }
    }

    fn ask_remove(&mut self, id: String, effects: &mut Vec<Effect>) {
        let rows = self.shown().rows;
        let Some(place) = rows.iter().position(|row| row.tender.key() == id) else { return };
        let next = rows.get(place.saturating_add(1));
        effects.push(Effect::Focus(next.map(|row| row.tender.key().into())));
        self.blocked = false;
        self.forget();
        self.end_refusal();
        match (id == POINTS, self.terms()) {
            (true, Some(_)) => self.wish_points(0),
            // What may be used is not known without the member; what is used may still go.
            (true, None) => {
                if let Some(tender) = self.points_tender() {
                    self.removals.push(tender.id.clone());
                }
            }
            (false, _) => self.removals.push(id),
        }
    }

    fn clear(&mut self, effects: &mut Vec<Effect>) {
        self.forget();
        self.blocked = false;
        self.clear_field(effects);
        if self.setup.served.is_some() {
            self.slot = None;
            self.points = None;
            self.removals = self.tenders().iter().map(|tender| tender.id.clone()).collect();
        } else {
            let setup = core::mem::take(&mut self.setup);
            self.set_up(setup, Kept::default(), effects);
            effects.push(Effect::Keep);
        }
    }

    fn clear_field(&mut self, effects: &mut Vec<Effect>) {
        self.in_field = None;
        effects.push(Effect::ClearField);
    }

    /// The tenders, as the server last said them.
    pub(crate) fn tenders(&self) -> &[Tender] {
        self.checkout.as_ref().map(|checkout| checkout.tenders.as_slice()).unwrap_or_default()
    }

    /// A wish begins: what it waits for is counted anew.
    fn begin(&mut self) {
        (self.waits, self.delay_ms, self.restarted) = (0, 0, false);
    }

    /// Whether the shopper wishes for anything that is not so yet.
    fn is_wished(&self) -> bool {
        self.apply.is_some() || !self.removals.is_empty() || self.points.is_some()
    }

    /// What was told is over, and with it what the controls of the points say beside it.
    fn forget(&mut self) {
        self.notice = None;
        self.draft = None;
    }

    /// The shopper did something: the row of what was refused may go.
    fn end_refusal(&mut self) {
        if self.slot.as_ref().is_some_and(|slot| slot.refused) {
            self.slot = None;
        }
    }

    fn send_next(&mut self, effects: &mut Vec<Effect>) {
        if self.flight.is_some() || self.blocked {
            return;
        }
        let Some(call) = self.next_call() else { return };
        self.ticket = self.ticket.saturating_add(1);
        self.flight = Some(call);
        // What is asked for while it is being read will be read again.
        self.stale &= call.is_wish();
        let delay_ms = core::mem::take(&mut self.delay_ms);
        if call == Call::Points {
            self.points_sent();
        }
        effects.push(Effect::Send { ticket: self.ticket, call, delay_ms });
    }

    /// The request that is needed most, given what is known and wished.
    fn next_call(&self) -> Option<Call> {
        if self.session.is_none() {
            return self.can_start().then_some(Call::Start);
        }
        let Some(checkout) = &self.checkout else { return Some(Call::Read) };
        let follows_page = self.setup.served.is_none() && checkout.status == Status::Open;
        match () {
            () if matches!(self.attempt, Attempt::Uncertain | Attempt::Replayed) => Some(Call::Read),
            // It is not open, or was not a moment ago.
            () if self.stale && self.restarted => Some(Call::Read),
            // Its answer is as good as reading.
            () if follows_page && self.payable().is_some_and(|total| total != checkout.total) => Some(Call::Patch),
            () if self.stale => Some(Call::Read),
            () if !self.removals.is_empty() => Some(Call::Remove),
            () if self.points.is_some() => Some(Call::Points),
            () if self.apply.is_some() => Some(Call::Apply),
            () => None,
        }
    }

    /// Whether an answer is on its way.
    pub(crate) fn asks(&self) -> bool {
        self.flight.is_some()
    }

    fn tell(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        self.notice = Some(Notice::Problem(problem));
        effects.push(Effect::Error);
    }

    /// While a checkout is locked, the form says so, unless there is something else to say.
    fn mark_lock(&mut self) {
        let is_locked = self.checkout.as_ref().is_some_and(|checkout| checkout.status == Status::Locked);
        match &self.notice {
            None if is_locked => self.notice = Some(Notice::Locked),
            Some(Notice::Locked) if !is_locked => self.notice = None,
            _ => {}
        }
    }
}
