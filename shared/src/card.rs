//! One gift card: what it holds, what may be done with it, and what each act leaves behind.
//!
//! `apply` is the only way a card changes. It is pure: state and command in, new state and one entry out, or a refusal and nothing. Entries are
//! append-only and gapless; [`Account::replay`] folds them back into the same state.
//!
//! The invariants, true after every `apply`:
//! 1. `issued + refunded = captured + available + held`;
//! 2. nothing is ever below zero (amounts have no sign; every subtraction is checked);
//! 3. a claim goes `held → committed | released`, once; a commit is at most its hold; refunds are at most the commit;
//! 4. `held` is the sum of the claims that are held;
//! 5. `captured + held` stays within [`AMOUNT_MAX`](crate::limits::AMOUNT_MAX), and so does everything that a commit, a release or a refund adds to: what
//!    was held can always be taken or let go.
//!
//! Out of scope: who may ask, idempotency keys, codes, storage, and the clock.

use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;

mod account;

pub use account::{Account, NoHistory};

/// A card's facts and counters. Individual holds are [`Claim`]s, so that loading a card never reads its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// The one currency of everything on this card.
    pub currency: Currency,
    /// Why the card exists.
    pub kind: Kind,
    /// Which root key signed the code; no other is accepted.
    pub key_id: u8,
    /// Whether it was activated. Physical stock is issued inactive.
    pub active: bool,
    /// Whether it takes no debit for now.
    pub frozen: bool,
    /// When it stops taking debits.
    pub expires_at_ms: Option<u64>,
    /// When it was issued.
    pub issued_at_ms: u64,
    /// What was put on it.
    pub issued: Amount,
    /// What may be spent now.
    pub available: Amount,
    /// What is reserved for authorized checkouts.
    pub held: Amount,
    /// What was taken, before refunds.
    pub captured: Amount,
    /// What was given back of it.
    pub refunded: Amount,
    /// The number of the last entry; the first is 1.
    pub seq: u64,
    /// While something is held: a moment that no hold ends before. It may be too soon, when the hold that it was of is gone and another is left.
    pub held_until_ms: Option<u64>,
}

/// What a card is to those who look at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Inactive,
    Frozen,
    Expired,
    UsedUp,
    Active,
}

impl Status {
    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Frozen => "frozen",
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
            Self::Active => "active",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Inactive, Self::Frozen, Self::Expired, Self::UsedUp, Self::Active]
            .into_iter()
            .find(|status| status.name() == name)
    }
}

/// The name of a claim on the card's value: a hold of one leg, or a one-step redemption.
pub type ClaimId = String;

/// One reservation and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// What was reserved.
    pub amount: Amount,
    /// What was taken of it.
    pub committed: Amount,
    /// What was given back of what was taken.
    pub refunded: Amount,
    /// Where it stands.
    pub state: ClaimState,
    /// When the coordinator decides at the latest.
    pub deadline_ms: u64,
}

/// Where a claim stands. The last two are final.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ClaimState {
    Held,
    Committed,
    Released,
}

/// How much a redemption asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// This much, or nothing.
    Exactly(Amount),
    /// All that is available.
    Max,
}

/// What may be asked of a card.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of the entry they lead to")]
pub enum Command {
    Issue {
        amount: Amount,
        currency: Currency,
        kind: Kind,
        key_id: u8,
        active: bool,
        expires_at_ms: Option<u64>,
    },
    Activate,
    Freeze,
    Unfreeze,
    /// Take value in one step.
    Redeem {
        amount: Wanted,
        currency: Currency,
    },
    /// Reserve value for a leg.
    Hold {
        claim: ClaimId,
        amount: Amount,
        currency: Currency,
        deadline_ms: u64,
    },
    /// Take what was reserved, or a part of it; the rest is released. `captured` is what the checkout takes of all its cards together.
    Commit {
        claim: ClaimId,
        amount: Amount,
        captured: Amount,
    },
    /// Give up a reservation. For one that never arrived it leaves a tombstone, so a late hold is refused.
    Release {
        claim: ClaimId,
    },
    /// Give back a part of what was taken. `refunded` is what is given back of the claim in all after it, where the asker keeps count as well.
    Refund {
        claim: ClaimId,
        amount: Amount,
        refunded: Option<Amount>,
    },
}

/// What happened. Amounts are those that moved.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "fields are those of the command that led here")]
pub enum Action {
    Issue { amount: Amount, currency: Currency, kind: Kind, key_id: u8, active: bool, expires_at_ms: Option<u64> },
    Activate,
    Freeze,
    Unfreeze,
    Redeem { amount: Amount },
    Hold { claim: ClaimId, amount: Amount, deadline_ms: u64 },
    Commit { claim: ClaimId, amount: Amount, captured: Amount },
    Release { claim: ClaimId, amount: Amount },
    Refund { claim: ClaimId, amount: Amount },
}

impl Action {
    /// The name in rows and answers.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "issue",
            Self::Activate => "activate",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::Redeem { .. } => "redeem",
            Self::Hold { .. } => "hold",
            Self::Commit { .. } => "commit",
            Self::Release { .. } => "release",
            Self::Refund { .. } => "refund",
        }
    }

    /// What moved; zero for acts that move nothing.
    pub fn amount(&self) -> Amount {
        match self {
            Self::Issue { amount, .. }
            | Self::Redeem { amount }
            | Self::Hold { amount, .. }
            | Self::Commit { amount, .. }
            | Self::Release { amount, .. }
            | Self::Refund { amount, .. } => *amount,
            Self::Activate | Self::Freeze | Self::Unfreeze => Amount::ZERO,
        }
    }

    /// The claim it concerns.
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::Hold { claim, .. }
            | Self::Commit { claim, .. }
            | Self::Release { claim, .. }
            | Self::Refund { claim, .. } => Some(claim),
            _ => None,
        }
    }
}

/// One line of the card's ledger, with the counters after it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// 1, 2, 3 … without gaps.
    pub seq: u64,
    /// When, by the clock as it was; order comes from `seq`.
    pub at_ms: u64,
    /// What happened.
    pub action: Action,
    /// What may be spent after it.
    pub available: Amount,
    /// What is reserved after it.
    pub held: Amount,
}

/// What an accepted command comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The card after it.
    pub card: Card,
    /// The claim after it, when the command concerns one.
    pub claim: Option<(ClaimId, Claim)>,
    /// The entry to append.
    pub entry: Entry,
}

/// The claim that a one-step redemption makes: named after its entry.
pub fn redemption_claim(seq: u64) -> ClaimId {
    format!("rd.{seq}")
}

impl Card {
    /// What the card is at that moment.
    pub fn status(&self, now_ms: u64) -> Status {
        match self {
            Self { active: false, .. } => Status::Inactive,
            Self { frozen: true, .. } => Status::Frozen,
            Self { expires_at_ms: Some(at), .. } if *at <= now_ms => Status::Expired,
            Self { available, held, .. } if available.is_zero() && held.is_zero() => Status::UsedUp,
            Self { .. } => Status::Active,
        }
    }

    /// Whether value may be taken at all. Commit, release and refund do not ask: what was reserved or taken is settled whatever happened since.
    pub fn check_spendable(&self, now_ms: u64) -> Result<(), Rejection> {
        match (self.status(now_ms), self.expires_at_ms) {
            (Status::Inactive, _) => Err(Rejection::CardInactive),
            (Status::Frozen, _) => Err(Rejection::CardFrozen),
            (Status::Expired, Some(expired_at_ms)) => Err(Rejection::CardExpired { expired_at_ms }),
            _ => Ok(()),
        }
    }

    /// Whether an order in `currency` could be paid with at least something of this card now.
    pub fn check_usable(&self, currency: Currency, now_ms: u64) -> Result<(), Rejection> {
        self.check_currency(currency)?;
        self.check_spendable(now_ms)?;
        if self.available.is_zero() { Err(self.short_of(Amount::new(1).unwrap_or_default(), now_ms)) } else { Ok(()) }
    }

    fn check_currency(&self, currency: Currency) -> Result<(), Rejection> {
        if self.currency == currency { Ok(()) } else { Err(Rejection::CurrencyMismatch { currency: self.currency }) }
    }

    /// Why `amount` cannot be had: it is held for another order that may yet let go, or it is not there.
    fn short_of(&self, amount: Amount, now_ms: u64) -> Rejection {
        match self.held_until_ms {
            Some(until_ms) if self.available.plus(self.held).is_some_and(|total| total >= amount) => {
                Rejection::CardHeldElsewhere {
                    retry_after_seconds: until_ms.saturating_sub(now_ms).div_ceil(1_000).max(1),
                }
            }
            _ => Rejection::InsufficientBalance { available: self.available },
        }
    }

    /// Nothing held has no deadline.
    fn forget_deadline(&mut self) {
        if self.held.is_zero() {
            self.held_until_ms = None;
        }
    }

    /// Takes `amount` out of what is available, when the card may be spent and has it.
    fn take(&mut self, amount: Amount, currency: Currency, now_ms: u64) -> Result<(), Rejection> {
        self.check_currency(currency)?;
        self.check_spendable(now_ms)?;
        self.available = self.available.minus(amount).ok_or_else(|| self.short_of(amount, now_ms))?;
        // Refunds make room to spend the same value again, so what was captured in all may outgrow what was issued. What is held will be captured and
        // can refuse no more by then, so its room counts as used from now on.
        Amount::sum([self.captured, self.held, amount]).map(|_| ()).ok_or(Rejection::LimitExceeded)
    }
}

/// Decides a command. `card` is `None` before the issue; `claim` is the one that the command names, where there is one.
///
/// Refusals are those of `Rejection` from `CurrencyMismatch` on; `CardUnknown` when the card was never issued.
pub fn apply(card: Option<&Card>, claim: Option<&Claim>, command: &Command, now_ms: u64) -> Result<Applied, Rejection> {
    let (mut card, claim, action) = match (command, card) {
        (Command::Issue { .. }, Some(_)) => return Err(Rejection::IdempotencyKeyReused),
        (Command::Issue { amount, currency, kind, key_id, active, expires_at_ms }, None) => {
            issue(*amount, *currency, *kind, *key_id, *active, *expires_at_ms, now_ms)?
        }
        (_, None) => return Err(Rejection::CardUnknown),
        (command, Some(card)) => change(card.clone(), claim, command, now_ms)?,
    };
    card.seq = card.seq.saturating_add(1);
    let entry = Entry { seq: card.seq, at_ms: now_ms, action, available: card.available, held: card.held };
    Ok(Applied { card, claim, entry })
}

type Changed = (Card, Option<(ClaimId, Claim)>, Action);

fn issue(
    amount: Amount,
    currency: Currency,
    kind: Kind,
    key_id: u8,
    active: bool,
    expires_at_ms: Option<u64>,
    now_ms: u64,
) -> Result<Changed, Rejection> {
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    if expires_at_ms.is_some_and(|at| at <= now_ms) {
        return Err(Rejection::field("expires_at"));
    }
    let card = Card {
        currency,
        kind,
        key_id,
        active,
        frozen: false,
        expires_at_ms,
        issued_at_ms: now_ms,
        issued: amount,
        available: amount,
        held: Amount::ZERO,
        captured: Amount::ZERO,
        refunded: Amount::ZERO,
        seq: 0,
        held_until_ms: None,
    };
    Ok((card, None, Action::Issue { amount, currency, kind, key_id, active, expires_at_ms }))
}

fn change(mut card: Card, claim: Option<&Claim>, command: &Command, now_ms: u64) -> Result<Changed, Rejection> {
    match command {
        Command::Issue { .. } => Err(Rejection::IdempotencyKeyReused),
        Command::Activate if card.active => Err(Rejection::CardAlreadyActive),
        Command::Activate => {
            card.active = true;
            if let (Status::Expired, Some(expired_at_ms)) = (card.status(now_ms), card.expires_at_ms) {
                return Err(Rejection::CardExpired { expired_at_ms });
            }
            Ok((card, None, Action::Activate))
        }
        Command::Freeze if card.frozen => Err(Rejection::CardFrozen),
        Command::Freeze => {
            card.frozen = true;
            Ok((card, None, Action::Freeze))
        }
        Command::Unfreeze if !card.frozen => Err(Rejection::CardNotFrozen),
        Command::Unfreeze => {
            card.frozen = false;
            Ok((card, None, Action::Unfreeze))
        }
        Command::Redeem { amount, currency } => redeem(card, *amount, *currency, now_ms),
        Command::Hold { claim: id, amount, currency, deadline_ms } => {
            hold(card, claim, id, *amount, *currency, *deadline_ms, now_ms)
        }
        Command::Commit { claim: id, amount, captured } => commit(card, claim, id, *amount, *captured),
        Command::Release { claim: id } => release(card, claim, id, now_ms),
        Command::Refund { claim: id, amount, refunded } => refund(card, claim, id, *amount, *refunded),
    }
}

fn redeem(mut card: Card, wanted: Wanted, currency: Currency, now_ms: u64) -> Result<Changed, Rejection> {
    let amount = match wanted {
        Wanted::Exactly(amount) if amount.is_zero() => return Err(Rejection::amount("amount")),
        Wanted::Exactly(amount) => amount,
        Wanted::Max => {
            card.check_usable(currency, now_ms)?;
            card.available
        }
    };
    card.take(amount, currency, now_ms)?;
    card.captured = card.captured.plus(amount).ok_or(Rejection::LimitExceeded)?;
    Ok((card, None, Action::Redeem { amount }))
}

fn hold(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    currency: Currency,
    deadline_ms: u64,
    now_ms: u64,
) -> Result<Changed, Rejection> {
    match claim.map(|claim| claim.state) {
        Some(ClaimState::Released) => return Err(Rejection::AlreadyVoided),
        Some(ClaimState::Committed) => return Err(Rejection::AlreadyCaptured),
        Some(ClaimState::Held) => return Err(Rejection::OperationInProgress),
        None if deadline_ms <= now_ms => return Err(Rejection::HoldExpired),
        None => {}
    }
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    card.take(amount, currency, now_ms)?;
    card.held = card.held.plus(amount).ok_or(Rejection::LimitExceeded)?;
    card.held_until_ms = Some(card.held_until_ms.map_or(deadline_ms, |until| until.min(deadline_ms)));
    let claim = Claim { amount, committed: Amount::ZERO, refunded: Amount::ZERO, state: ClaimState::Held, deadline_ms };
    Ok((card, Some((id.into(), claim)), Action::Hold { claim: id.into(), amount, deadline_ms }))
}

fn commit(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    captured: Amount,
) -> Result<Changed, Rejection> {
    let claim = match claim {
        None => return Err(Rejection::NotFound),
        Some(Claim { state: ClaimState::Committed, .. }) => return Err(Rejection::AlreadyCaptured),
        Some(Claim { state: ClaimState::Released, .. }) => return Err(Rejection::AlreadyVoided),
        Some(claim) => claim,
    };
    let rest = claim.amount.minus(amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.held = card.held.minus(claim.amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.available = card.available.plus(rest).ok_or(Rejection::LimitExceeded)?;
    card.captured = card.captured.plus(amount).ok_or(Rejection::LimitExceeded)?;
    card.forget_deadline();
    let claim = Claim { committed: amount, state: ClaimState::Committed, ..claim.clone() };
    Ok((card, Some((id.into(), claim)), Action::Commit { claim: id.into(), amount, captured }))
}

fn release(mut card: Card, claim: Option<&Claim>, id: &str, now_ms: u64) -> Result<Changed, Rejection> {
    let claim = match claim {
        None => Claim {
            amount: Amount::ZERO,
            committed: Amount::ZERO,
            refunded: Amount::ZERO,
            state: ClaimState::Released,
            deadline_ms: now_ms,
        },
        Some(Claim { state: ClaimState::Committed, .. }) => return Err(Rejection::AlreadyCaptured),
        Some(Claim { state: ClaimState::Released, .. }) => return Err(Rejection::AlreadyVoided),
        Some(claim) => Claim { state: ClaimState::Released, ..claim.clone() },
    };
    card.held = card.held.minus(claim.amount).ok_or(Rejection::ExceedsAuthorized)?;
    card.available = card.available.plus(claim.amount).ok_or(Rejection::LimitExceeded)?;
    card.forget_deadline();
    let amount = claim.amount;
    Ok((card, Some((id.into(), claim)), Action::Release { claim: id.into(), amount }))
}

fn refund(
    mut card: Card,
    claim: Option<&Claim>,
    id: &str,
    amount: Amount,
    counted: Option<Amount>,
) -> Result<Changed, Rejection> {
    let claim = claim.filter(|claim| claim.state == ClaimState::Committed).ok_or(Rejection::NotFound)?;
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    let refunded = claim
        .refunded
        .plus(amount)
        .filter(|refunded| *refunded <= claim.committed)
        .ok_or(Rejection::ExceedsRefundable)?;
    // Another count than the coordinator's: one of the two is an older copy that has forgotten a refund.
    if counted.is_some_and(|counted| counted != refunded) {
        return Err(Rejection::ExceedsRefundable);
    }
    card.available = card.available.plus(amount).ok_or(Rejection::LimitExceeded)?;
    card.refunded = card.refunded.plus(amount).ok_or(Rejection::LimitExceeded)?;
    let claim = Claim { refunded, ..claim.clone() };
    Ok((card, Some((id.into(), claim)), Action::Refund { claim: id.into(), amount }))
}

impl Claim {
    /// The claim of a one-step redemption: taken whole at once.
    pub fn redeemed(amount: Amount) -> Self {
        Self { amount, committed: amount, refunded: Amount::ZERO, state: ClaimState::Committed, deadline_ms: 0 }
    }
}
