//! A card as `edge/src/objects/card` drives it: one entry for each accepted command, found again by its key; overdue claims asked about; lines handed
//! to the book until it has them.
//!
//! What survives a crash is [`Kept`]; everything else in [`CardActor`] is the memory of one life.

use crate::guard::Guard;
use crate::message::{Ask, Message, Node, Tell, Turn};
use shared::card::{Account, ClaimState, Command, redemption_claim};
use shared::checkout::{LegOrder, Seen, Verdict};
use shared::journal::{GENESIS, Line, Received};
use shared::limits::{HAND_OFF_DELAY_MS, HAND_OFF_LINES_MAX, HAND_OFF_RETRY_MS, HOLD_GRACE_MS};
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, CheckoutOrder, Once};
use shared::wire::request::Note;
use shared::wire::row::Detail;
use std::collections::BTreeMap;
use std::rc::Rc;

/// One entry with the key that led to it.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: String,
    pub fingerprint: String,
    pub told: Tell,
    pub line: Rc<Line>,
    pub hash: Rc<str>,
}

/// What a card has on disk.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub account: Account,
    pub rows: Vec<Row>,
    pub keys: BTreeMap<String, usize>,
    pub refusals: BTreeMap<String, (String, Rejection)>,
    pub acked: usize,
    pub forked: bool,
    pub alarm_ms: Option<u64>,
}

/// What the alarm's handler waits for.
#[derive(Clone, Debug)]
pub enum Wake {
    Asking { call: u32, claim: String, rest: Vec<String> },
    HandingOver { call: u32 },
}

/// A card while it runs.
#[derive(Clone, Debug)]
pub struct CardActor {
    pub name: String,
    pub kept: Kept,
    pub wake: Option<Wake>,
    armed_ms: Option<u64>,
    failures: u32,
    ask_at_ms: BTreeMap<String, u64>,
}

/// What one act is made of.
struct Act {
    command: Command,
    once: Once,
    refund: Option<String>,
    keep_refusal: bool,
}

impl CardActor {
    /// A card that was never issued.
    pub fn new(name: String) -> Self {
        Self { name, kept: Kept::default(), wake: None, armed_ms: None, failures: 0, ask_at_ms: BTreeMap::new() }
    }

    /// Forgets what was only in memory.
    pub fn crash(&mut self) {
        *self = Self { kept: std::mem::take(&mut self.kept), ..Self::new(self.name.clone()) };
    }

    /// The number that an answer must have for this life to wait for it.
    pub fn waits_for(&self) -> Option<u32> {
        self.wake.as_ref().map(|(Wake::Asking { call, .. } | Wake::HandingOver { call })| *call)
    }

    /// Answers a request.
    pub fn on_ask(&mut self, turn: &mut Turn, message: &Message, order: &CardOrder) {
        let tell = self.answer(turn, order).unwrap_or_else(Tell::Refused);
        turn.tell((message.from, message.call), tell);
        self.arm(turn);
    }

    fn answer(&mut self, turn: &Turn, order: &CardOrder) -> Result<Tell, Rejection> {
        let once = |once: &Once| (once.clone(), None, true);
        let (command, (once, refund, keep_refusal)) = match order {
            CardOrder::Issue { key_id, amount, currency, kind, active, expires_at_ms, once: key, .. } => {
                let (amount, currency, kind, key_id) = (*amount, *currency, *kind, *key_id);
                (
                    Command::Issue { amount, currency, kind, key_id, active: *active, expires_at_ms: *expires_at_ms },
                    once(key),
                )
            }
            CardOrder::Activate { once: key, .. } => (Command::Activate, once(key)),
            CardOrder::Freeze { once: key, .. } => (Command::Freeze, once(key)),
            CardOrder::Unfreeze { once: key, .. } => (Command::Unfreeze, once(key)),
            CardOrder::Redeem { amount, currency, once: key, .. } => {
                (Command::Redeem { amount: (*amount).into(), currency: *currency }, once(key))
            }
            CardOrder::RefundRedemption { seq, refund, amount, once: key, .. } => {
                let command = Command::Refund { claim: redemption_claim(*seq), amount: *amount };
                (command, (key.clone(), Some(refund.clone()), true))
            }
            CardOrder::Peek { currency, .. } => {
                let card = self.kept.account.card.as_ref().ok_or(Rejection::CardUnknown)?;
                card.check_usable(*currency, turn.now_ms)?;
                return Ok(Tell::Seen(Seen {
                    kind: card.kind,
                    available: card.available,
                    expires_at_ms: card.expires_at_ms,
                }));
            }
            CardOrder::Leg { claim, order, currency, .. } => {
                let refund = if let LegOrder::Refund { refund, .. } = order { Some(refund.clone()) } else { None };
                (order.command(claim, *currency), (leg_once(turn, claim, order), refund, false))
            }
            CardOrder::Read | CardOrder::Entries { .. } | CardOrder::Balance { .. } | CardOrder::Redemption { .. } => {
                return Err(Rejection::NotFound);
            }
        };
        self.act(turn, Act { command, once, refund, keep_refusal })
    }

    /// Does one thing, once.
    fn act(&mut self, turn: &Turn, act: Act) -> Result<Tell, Rejection> {
        if let Some(told) = self.replay(turn, &act)? {
            return Ok(told);
        }
        let mut now_ms = turn.now_ms;
        match &act.command {
            // Without the tombstone: what never arrived needs no release.
            Command::Release { claim }
                if !turn.guards.on(Guard::Tombstone) && !self.kept.account.claims.contains_key(claim) =>
            {
                let available = self.kept.account.card.as_ref().ok_or(Rejection::CardUnknown)?.available;
                return Ok(Tell::Acted { seq: 0, amount: shared::money::Amount::ZERO, available });
            }
            // Without the deadline: the clock never gets there.
            Command::Hold { deadline_ms, .. } if !turn.guards.on(Guard::HoldDeadline) => {
                now_ms = now_ms.min(deadline_ms.saturating_sub(1));
            }
            _ => {}
        }
        match self.kept.account.apply(&act.command, now_ms) {
            Ok(mut entry) => {
                entry.at_ms = turn.now_ms;
                Ok(self.append(turn, &entry, act))
            }
            Err(rejection) => {
                if act.keep_refusal && is_business(&rejection) {
                    self.kept.refusals.insert(act.once.key, (act.once.fingerprint, rejection.clone()));
                }
                Err(rejection)
            }
        }
    }

    fn append(&mut self, turn: &Turn, entry: &shared::card::Entry, act: Act) -> Tell {
        let told = Tell::Acted { seq: entry.seq, amount: entry.action.amount(), available: entry.available };
        let claim = entry.action.claim().and_then(|claim| self.kept.account.claims.get(claim));
        let refunded = act.refund.as_ref().and(claim).map(|claim| claim.refunded);
        let detail = Detail { refund: act.refund, refunded, ..Detail::new(&entry.action, Note::default()) };
        let previous = self.kept.rows.last().map_or(GENESIS, |row| &row.hash);
        let line = Rc::new(Line::new(&self.name, entry, detail, previous));
        let hash = if turn.book { line.hash().into() } else { Rc::from("") };
        self.kept.keys.insert(act.once.key.clone(), self.kept.rows.len());
        let Once { key, fingerprint } = act.once;
        self.kept.rows.push(Row { key, fingerprint, told: told.clone(), line, hash });
        told
    }

    /// The answer that this key has had before.
    fn replay(&self, turn: &Turn, act: &Act) -> Result<Option<Tell>, Rejection> {
        let same = |fingerprint: &str| {
            let same = fingerprint == act.once.fingerprint || !turn.guards.on(Guard::Fingerprint);
            if same { Ok(()) } else { Err(Rejection::IdempotencyKeyReused) }
        };
        if !turn.guards.on(Guard::Replay) {
            return Ok(None);
        }
        if let Some(row) = self.kept.keys.get(&act.once.key).and_then(|place| self.kept.rows.get(*place)) {
            same(&row.fingerprint)?;
            return match (&act.command, &row.told) {
                // A hold that is found again counts only while it holds: else an older checkout would be granted what is long settled.
                (Command::Hold { claim, .. }, _) if turn.guards.on(Guard::LegFingerprint) => {
                    match self.kept.account.claims[claim].state {
                        ClaimState::Held => Ok(Some(row.told.clone())),
                        ClaimState::Committed => Err(Rejection::AlreadyCaptured),
                        ClaimState::Released => Err(Rejection::AlreadyVoided),
                    }
                }
                (_, told) => Ok(Some(told.clone())),
            };
        }
        match self.kept.refusals.get(&act.once.key) {
            Some((fingerprint, rejection)) => same(fingerprint).and(Err(rejection.clone())),
            None => Ok(None),
        }
    }

    /// Sets the alarm to the next thing that is due, unless this life knows that it is set to something sooner.
    fn arm(&mut self, turn: &Turn) {
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
        let asked_at_ms = |(name, claim): (&String, &shared::card::Claim)| {
            self.ask_at_ms.get(name).copied().unwrap_or(claim.deadline_ms + HOLD_GRACE_MS)
        };
        let claims = match card.held_until_ms {
            _ if turn.guards.on(Guard::Appointments) => self
                .kept
                .account
                .claims
                .iter()
                .filter(|(_, claim)| claim.state == ClaimState::Held)
                .map(asked_at_ms)
                .min(),
            Some(until_ms) if until_ms + HOLD_GRACE_MS <= turn.now_ms => {
                Some(self.ask_at_ms.values().min().copied().unwrap_or(turn.now_ms).max(turn.now_ms))
            }
            until_ms => until_ms.map(|until_ms| until_ms + HOLD_GRACE_MS),
        };
        [waits.then(|| turn.now_ms + delay_ms), claims].into_iter().flatten().min()
    }

    /// Settles claims whose deadline has passed, then hands lines over.
    pub fn on_alarm(&mut self, turn: &mut Turn) {
        if self.wake.is_some() {
            return;
        }
        (self.armed_ms, self.kept.alarm_ms) = (None, None);
        let overdue = |claim: &shared::card::Claim| {
            claim.state == ClaimState::Held && claim.deadline_ms + HOLD_GRACE_MS <= turn.now_ms
        };
        let claims =
            self.kept.account.claims.iter().filter(|(_, claim)| overdue(claim)).map(|(name, _)| name.clone()).collect();
        self.ask_next(turn, claims);
    }

    fn ask_next(&mut self, turn: &mut Turn, mut rest: Vec<String>) {
        rest.retain(|claim| self.ask_at_ms.get(claim).is_none_or(|at_ms| *at_ms <= turn.now_ms));
        if rest.is_empty() {
            self.refresh_deadline(turn);
            return self.hand_over(turn);
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

    /// The card's own note of its soonest deadline may be too soon; looking at every claim is done only then.
    fn refresh_deadline(&mut self, turn: &Turn) {
        let held = self
            .kept
            .account
            .claims
            .values()
            .filter(|claim| claim.state == ClaimState::Held)
            .map(|claim| claim.deadline_ms)
            .min();
        if let Some(card) = self
            .kept
            .account
            .card
            .as_mut()
            .filter(|card| card.held_until_ms.is_some_and(|until_ms| until_ms + HOLD_GRACE_MS <= turn.now_ms))
        {
            card.held_until_ms = held;
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
            self.arm(turn);
        }
    }

    /// Goes on when an answer comes that this life waits for.
    pub fn on_tell(&mut self, turn: &mut Turn, call: u32, tell: &Tell) {
        match self.wake.take() {
            Some(Wake::Asking { call: expected, claim, rest }) if expected == call => {
                self.ask_at_ms.remove(&claim);
                match tell {
                    Tell::Verdict(Verdict::Commit(amount)) => {
                        self.settle(turn, &claim, &LegOrder::Commit { amount: *amount })
                    }
                    Tell::Verdict(Verdict::Release) => self.settle(turn, &claim, &LegOrder::Release),
                    Tell::Verdict(Verdict::AskAgain { at_ms }) => drop(self.ask_at_ms.insert(claim, *at_ms)),
                    _ => drop(self.ask_at_ms.insert(claim, turn.now_ms + HOLD_GRACE_MS)),
                }
                self.ask_next(turn, rest);
            }
            Some(Wake::HandingOver { call: expected }) if expected == call => self.on_received(turn, tell),
            other => self.wake = other,
        }
    }

    fn on_received(&mut self, turn: &mut Turn, tell: &Tell) {
        self.failures = 0;
        let place = |seq: u64| usize::try_from(seq).unwrap();
        match tell {
            Tell::Received(Received::Ack(seq)) => self.kept.acked = place(*seq),
            Tell::Received(Received::ResendFrom(seq)) => self.kept.acked = place(seq.saturating_sub(1)),
            Tell::Received(Received::Fork) => {
                self.kept.forked = true;
                let once = Once { key: format!("fork/{}", self.kept.rows.len()), fingerprint: String::new() };
                // Refused when somebody froze it before: frozen is what it must be.
                let _ = self.act(turn, Act { command: Command::Freeze, once, refund: None, keep_refusal: false });
            }
            _ => {
                self.failures = self.failures.saturating_add(1);
                return self.arm(turn);
            }
        }
        self.hand_over(turn);
    }

    /// Does to a claim what its coordinator would have asked. Refused only when the coordinator was faster with something else, which the checks judge.
    fn settle(&mut self, turn: &Turn, claim: &str, order: &LegOrder) {
        let Some(currency) = self.kept.account.card.as_ref().map(|card| card.currency) else { return };
        let once = leg_once(turn, claim, order);
        let _ =
            self.act(turn, Act { command: order.command(claim, currency), once, refund: None, keep_refusal: false });
    }
}

/// The idempotency of what a coordinator asks of a leg.
fn leg_once(turn: &Turn, claim: &str, order: &LegOrder) -> Once {
    let fingerprint = if turn.guards.on(Guard::LegFingerprint) { order.fingerprint() } else { String::new() };
    Once { key: order.key(claim), fingerprint }
}

/// Whether a refusal is decided by the state of the resource, and so kept for its key.
pub fn is_business(rejection: &Rejection) -> bool {
    !rejection.retryable()
        && !matches!(
            rejection,
            Rejection::NotFound
                | Rejection::CardUnknown
                | Rejection::IdempotencyKeyReused
                | Rejection::CurrencyMismatch { .. }
                | Rejection::TotalMismatch
                | Rejection::ReferenceMismatch
                | Rejection::AmountInvalid { .. }
                | Rejection::FieldInvalid { .. }
        )
}
