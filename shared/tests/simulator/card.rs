//! A card as `edge/src/objects/card` drives it: one entry for each accepted command, found again by its key; overdue claims asked about; lines handed
//! to the book until it has them.
//!
//! What survives a crash is [`Kept`]; everything else in [`CardActor`] is the memory of one life.

use crate::guard::Guard;
use crate::message::{Message, Tell, Turn};
use shared::card::{Account, ClaimState, Command, Facts, redemption_claim};
use shared::checkout::{LegOrder, Seen};
use shared::journal::{GENESIS, Line};
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, Once};
use shared::wire::card_act::CardAct;
use shared::wire::request::Note;
use shared::wire::row::Detail;
use std::collections::BTreeMap;
use std::rc::Rc;

mod hand_off;

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
    /// The last entry that moved value on and of which the other card has said that it has it.
    pub delivered: u64,
    pub forked: bool,
    pub alarm_ms: Option<u64>,
}

/// What the alarm's handler waits for.
#[derive(Clone, Debug)]
pub enum Wake {
    Asking { call: u32, claim: String, rest: Vec<String> },
    HandingOver { call: u32 },
    Delivering { call: u32, seq: u64 },
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
        self.wake
            .as_ref()
            .map(|(Wake::Asking { call, .. } | Wake::HandingOver { call } | Wake::Delivering { call, .. })| *call)
    }

    /// Whether what is asked of a leg changes nothing any more, whenever it arrives, and is answered the same whenever it does.
    pub fn is_past(&self, order: &CardOrder) -> bool {
        let CardOrder::Leg { claim, order, .. } = order else { return false };
        match order {
            LegOrder::Hold { .. } => {
                let state = self.kept.account.claims.get(claim).map(|claim| claim.state);
                matches!(state, Some(ClaimState::Released | ClaimState::Committed))
            }
            _ => self.kept.keys.contains_key(&order.key(claim)),
        }
    }

    /// Whether what is asked of a leg concerns nobody else, and can be refused by nothing that may come before: taking all that is held for it.
    pub fn is_private(&self, order: &CardOrder) -> bool {
        let CardOrder::Leg { claim, order: LegOrder::Commit { amount, .. }, .. } = order else { return false };
        let claim = self.kept.account.claims.get(claim);
        claim.is_some_and(|claim| claim.state == ClaimState::Held && claim.amount == *amount)
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
            CardOrder::Issue { amount, facts, once: key, .. } => {
                (Command::Issue { amount: *amount, facts: Facts::clone(facts) }, once(key))
            }
            CardOrder::TakeOver { from, seq, amount, facts, .. } => {
                let command = take_over(self.kept.account.card.is_some(), from, *amount, facts);
                let again = if turn.guards.on(Guard::TransferKey) { 0 } else { self.kept.rows.len() };
                let key = format!("from/{from}/{seq}/{again}");
                (command, (Once { key, fingerprint: String::new() }, None, false))
            }
            CardOrder::Act { act, once: key, .. } => {
                // Value must not move while the book does not follow, whatever the card was frozen for first.
                let stays = *act != CardAct::Freeze && turn.guards.on(Guard::ForkStays);
                if self.kept.forked && stays && !self.kept.keys.contains_key(&key.key) {
                    return Err(Rejection::CardForked);
                }
                (act.clone().into(), once(key))
            }
            CardOrder::Redeem { amount, currency, once: key, .. } => {
                (Command::Redeem { amount: (*amount).into(), currency: *currency }, once(key))
            }
            CardOrder::RefundRedemption { seq, refund, amount, once: key, .. } => {
                let command = Command::Refund { claim: redemption_claim(*seq), amount: *amount, refunded: None };
                (command, (key.clone(), Some(refund.clone()), true))
            }
            CardOrder::Peek { currency, .. } => {
                let card = self.kept.account.card.as_ref().ok_or(Rejection::CardUnknown)?;
                card.check_usable(*currency, turn.now_ms)?;
                return Ok(Tell::Seen(Seen {
                    kind: card.facts.kind,
                    available: card.available,
                    expires_at_ms: card.facts.expires_at_ms,
                    disclosures: Vec::new(),
                }));
            }
            CardOrder::Leg { claim, order, currency, .. } => {
                if self.kept.account.card.is_none() {
                    return Err(Rejection::CardUnknown);
                }
                if matches!(order, LegOrder::Commit { .. }) && !self.kept.account.claims.contains_key(claim) {
                    // The coordinator was granted a hold that this card knows nothing of: this is an older copy.
                    self.stop_after_fork(turn);
                    return Err(Rejection::NotFound);
                }
                let refund = if let LegOrder::Refund { refund, .. } = order { Some(refund.clone()) } else { None };
                (order.command(claim, *currency), (leg_once(claim, order), refund, false))
            }
            CardOrder::Again { .. }
            | CardOrder::Deliver
            | CardOrder::Imported { .. }
            | CardOrder::Read
            | CardOrder::Entries { .. }
            | CardOrder::Balance { .. }
            | CardOrder::Redemption { .. } => {
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
                return Ok(Tell::Acted { seq: 0, amount: Amount::ZERO, available });
            }
            // Without the deadline: the clock never gets there.
            Command::Hold { deadline_ms, .. } if !turn.guards.on(Guard::HoldDeadline) => {
                now_ms = now_ms.min(deadline_ms.saturating_sub(1));
            }
            _ => {}
        }
        let mut command = act.command.clone();
        if let (false, Command::Refund { refunded, .. }) = (turn.guards.on(Guard::RefundCount), &mut command) {
            *refunded = None;
        }
        match self.kept.account.apply(&command, now_ms) {
            Ok(mut entry) => {
                entry.at_ms = turn.now_ms;
                let told = self.append(turn, &entry, act);
                self.follow_up(turn);
                Ok(told)
            }
            Err(rejection) => {
                if act.keep_refusal && is_business(&rejection) {
                    self.kept.refusals.insert(act.once.key, (act.once.fingerprint, rejection.clone()));
                }
                Err(rejection)
            }
        }
    }

    /// What the card does on its own after that, in the same durable step. One that the book contradicts moves nothing.
    pub(super) fn follow_up(&mut self, turn: &Turn) {
        let next = |card: &CardActor| card.kept.account.card.as_ref().and_then(|card| card.follow_up(turn.now_ms));
        while let (false, Some(command)) = (self.kept.forked, next(self)) {
            let Ok(entry) = self.kept.account.apply(&command, turn.now_ms) else { return };
            let once = Once { key: format!("auto/{}", entry.seq), fingerprint: String::new() };
            self.append(turn, &entry, Act { command, once, refund: None, keep_refusal: false });
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
                (Command::Hold { claim, .. }, _) => match self.kept.account.claims[claim].state {
                    ClaimState::Held => Ok(Some(row.told.clone())),
                    ClaimState::Committed => Err(Rejection::AlreadyCaptured),
                    ClaimState::Released => Err(Rejection::AlreadyVoided),
                },
                (_, told) => Ok(Some(told.clone())),
            };
        }
        match self.kept.refusals.get(&act.once.key) {
            Some((fingerprint, rejection)) => same(fingerprint).and(Err(rejection.clone())),
            None => Ok(None),
        }
    }
}

/// What taking over comes to: the beginning of a card, or more on one that is there.
fn take_over(exists: bool, from: &str, amount: Amount, facts: &Facts) -> Command {
    if exists {
        Command::ReplaceIn { from: from.into(), amount, currency: facts.currency }
    } else {
        Command::Issue { amount, facts: facts.clone() }
    }
}

/// The idempotency of what a coordinator asks of a leg.
fn leg_once(claim: &str, order: &LegOrder) -> Once {
    Once { key: order.key(claim), fingerprint: order.fingerprint() }
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
