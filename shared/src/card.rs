//! One gift card: what it holds, what may be done with it, and what each act leaves behind.
//!
//! `apply` is the only way a card changes. It is pure: state and command in, new state and one entry out, or a refusal and nothing. Entries are
//! append-only and gapless; [`Account::replay`] folds them back into the same state. `claim` has what reserves, takes and gives back, `life` everything
//! else that may become of a card, `flow` the reasons for which value comes and goes.
//!
//! The invariants, true after every `apply`:
//! 1. what came in by every [`Flow`] is what left by every other, what is available and what is held;
//! 2. nothing is ever below zero (amounts have no sign; every subtraction is checked);
//! 3. a claim goes `held → committed | released`, once; a commit is at most its hold; refunds are at most the commit;
//! 4. `held` is the sum of the claims that are held;
//! 5. `redeemed + held` and `available + held + redeemed - refunded` stay within [`AMOUNT_MAX`](crate::limits::AMOUNT_MAX), and with them everything that a
//!    commit, a release or a refund adds to: what was held can always be taken or let go, and what was taken be given back;
//! 6. a card that has ended has nothing held, and takes no debit.
//!
//! What a card does on its own, [`Card::follow_up`] says: expired value goes, and what comes back to a replaced card goes on to its successor.
//!
//! Out of scope: who may ask, idempotency keys, codes, storage, law, and the clock.

use crate::money::{Amount, Currency};
use crate::rejection::Rejection;

mod account;
mod claim;
mod facts;
mod flow;
mod life;

pub use account::{Account, NoHistory};
pub use facts::{Facts, Spend, Successor};
pub use flow::{Flow, Flows};

/// A card: its facts as they are now, and its counters. Individual holds are [`Claim`]s, so that loading a card never reads its history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Card {
    /// What it is; whether it is active and when it expires may change.
    pub facts: Facts,
    /// Whether it takes no debit for now.
    pub frozen: bool,
    /// What put an end to it.
    pub ended: Option<Ended>,
    /// When it was issued.
    pub issued_at_ms: u64,
    /// What may be spent now.
    pub available: Amount,
    /// What is reserved for authorized checkouts.
    pub held: Amount,
    /// What came and went, by reason.
    pub flows: Flows,
    /// The number of the last entry; the first is 1.
    pub seq: u64,
    /// While something is held: a moment that no hold ends before. It may be too soon, when the hold that it was of is gone and another is left.
    pub held_until_ms: Option<u64>,
}

/// What puts an end to a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Its value is on another card, and what comes back to it goes there as well.
    Replaced {
        /// The other card.
        to: Successor,
    },
    /// The rest was paid out. A refund opens the card again: its holder still has the code, and nobody else has a claim to the value.
    CashedOut,
    /// It was taken back before anything of it was spent.
    Cancelled,
}

/// What a card is to those who look at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Replaced,
    CashedOut,
    Cancelled,
    Inactive,
    Frozen,
    Expired,
    UsedUp,
    Active,
}

impl Status {
    const ALL: [Self; 8] = [
        Self::Replaced,
        Self::CashedOut,
        Self::Cancelled,
        Self::Inactive,
        Self::Frozen,
        Self::Expired,
        Self::UsedUp,
        Self::Active,
    ];

    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::CashedOut => "cashed_out",
            Self::Cancelled => "cancelled",
            Self::Inactive => "inactive",
            Self::Frozen => "frozen",
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
            Self::Active => "active",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
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
        facts: Facts,
    },
    Activate,
    Freeze,
    Unfreeze,
    /// Forget the gift's words, which are kept beside the ledger. The ledger says that it was done.
    Erase,
    /// Put more on it; a later expiry comes with it where the programme says so.
    Load {
        amount: Amount,
        currency: Currency,
        expires_at_ms: Option<u64>,
    },
    /// Let it last longer, or for ever. What had expired comes back.
    Extend {
        expires_at_ms: Option<u64>,
    },
    /// Let go of what nobody may spend any more.
    Expire,
    /// Pay out all that is available. Whether law asks for it, or allows it, is decided elsewhere.
    CashOut,
    /// Correct the balance upwards.
    AdjustIn {
        amount: Amount,
        currency: Currency,
    },
    /// Correct the balance downwards.
    AdjustOut {
        amount: Amount,
        currency: Currency,
    },
    /// Take the card back, of which nothing was spent.
    Cancel,
    /// Move all of it to a new card, since its code was lost or seen.
    Replace {
        to: Successor,
    },
    /// Move on what came back after that.
    Forward,
    /// Take over what another card moved here.
    ReplaceIn {
        from: String,
        amount: Amount,
        currency: Currency,
    },
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
    Issue {
        amount: Amount,
        facts: Facts,
    },
    Activate,
    Freeze,
    Unfreeze,
    Erase,
    Load {
        amount: Amount,
        expires_at_ms: Option<u64>,
    },
    /// `amount` is what had expired and came back.
    Extend {
        amount: Amount,
        expires_at_ms: Option<u64>,
    },
    Expire {
        amount: Amount,
    },
    CashOut {
        amount: Amount,
    },
    AdjustIn {
        amount: Amount,
    },
    AdjustOut {
        amount: Amount,
    },
    Cancel {
        amount: Amount,
    },
    ReplaceOut {
        amount: Amount,
        to: Successor,
    },
    ReplaceIn {
        amount: Amount,
        from: String,
    },
    Redeem {
        amount: Amount,
    },
    Hold {
        claim: ClaimId,
        amount: Amount,
        deadline_ms: u64,
    },
    Commit {
        claim: ClaimId,
        amount: Amount,
        captured: Amount,
    },
    Release {
        claim: ClaimId,
        amount: Amount,
    },
    Refund {
        claim: ClaimId,
        amount: Amount,
    },
}

impl Action {
    /// The name in rows and answers.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "issue",
            Self::Activate => "activate",
            Self::Freeze => "freeze",
            Self::Unfreeze => "unfreeze",
            Self::Erase => "erase",
            Self::Load { .. } => "load",
            Self::Extend { .. } => "extend",
            Self::Expire { .. } => "expire",
            Self::CashOut { .. } => "cash_out",
            Self::AdjustIn { .. } => "adjust_in",
            Self::AdjustOut { .. } => "adjust_out",
            Self::Cancel { .. } => "cancel",
            Self::ReplaceOut { .. } => "replace_out",
            Self::ReplaceIn { .. } => "replace_in",
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
            | Self::Load { amount, .. }
            | Self::Extend { amount, .. }
            | Self::Expire { amount }
            | Self::CashOut { amount }
            | Self::AdjustIn { amount }
            | Self::AdjustOut { amount }
            | Self::Cancel { amount }
            | Self::ReplaceOut { amount, .. }
            | Self::ReplaceIn { amount, .. }
            | Self::Redeem { amount }
            | Self::Hold { amount, .. }
            | Self::Commit { amount, .. }
            | Self::Release { amount, .. }
            | Self::Refund { amount, .. } => *amount,
            Self::Activate | Self::Freeze | Self::Unfreeze | Self::Erase => Amount::ZERO,
        }
    }

    /// Why the value came or went that moved; `None` when it stayed on the card. What an extension brings back is [`Flow::Expired`] the other way round.
    pub fn flow(&self) -> Option<Flow> {
        Some(match self {
            Self::Issue { facts: Facts { from: None, .. }, .. } => Flow::Issued,
            Self::Issue { .. } | Self::ReplaceIn { .. } => Flow::ReplacedIn,
            Self::Load { .. } => Flow::Loaded,
            Self::Extend { .. } | Self::Expire { .. } => Flow::Expired,
            Self::CashOut { .. } => Flow::CashedOut,
            Self::AdjustIn { .. } => Flow::AdjustedIn,
            Self::AdjustOut { .. } => Flow::AdjustedOut,
            Self::Cancel { .. } => Flow::Cancelled,
            Self::ReplaceOut { .. } => Flow::ReplacedOut,
            Self::Redeem { .. } | Self::Commit { .. } => Flow::Redeemed,
            Self::Refund { .. } => Flow::Refunded,
            Self::Activate | Self::Freeze | Self::Unfreeze | Self::Erase | Self::Hold { .. } | Self::Release { .. } => {
                return None;
            }
        })
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
            Self { ended: Some(Ended::Replaced { .. }), .. } => Status::Replaced,
            Self { ended: Some(Ended::CashedOut), .. } => Status::CashedOut,
            Self { ended: Some(Ended::Cancelled), .. } => Status::Cancelled,
            Self { facts: Facts { active: false, .. }, .. } => Status::Inactive,
            Self { frozen: true, .. } => Status::Frozen,
            Self { facts: Facts { expires_at_ms: Some(at), .. }, .. } if *at <= now_ms => Status::Expired,
            Self { available, held, .. } if available.is_zero() && held.is_zero() => Status::UsedUp,
            Self { .. } => Status::Active,
        }
    }

    /// Whether value may be taken at all. Commit, release and refund do not ask: what was reserved or taken is settled whatever happened since. To who
    /// wants to pay, a card that was cashed out or cancelled is one with nothing on it.
    pub fn check_spendable(&self, now_ms: u64) -> Result<(), Rejection> {
        match (self.status(now_ms), self.facts.expires_at_ms) {
            (Status::Replaced, _) => Err(Rejection::CardReplaced),
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
        if self.facts.currency == currency {
            Ok(())
        } else {
            Err(Rejection::CurrencyMismatch { currency: self.facts.currency })
        }
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
        Amount::sum([self.flows.of(Flow::Redeemed), self.held, amount]).map(|_| ()).ok_or(Rejection::LimitExceeded)
    }
}

/// Decides a command. `card` is `None` before the issue; `claim` is the one that the command names, where there is one.
///
/// Refusals are those of `Rejection` from `CurrencyMismatch` on; `CardUnknown` when the card was never issued.
pub fn apply(card: Option<&Card>, claim: Option<&Claim>, command: &Command, now_ms: u64) -> Result<Applied, Rejection> {
    let (mut card, claim, action) = match (command, card) {
        (Command::Issue { .. }, Some(_)) => return Err(Rejection::IdempotencyKeyReused),
        (Command::Issue { amount, facts }, None) => life::issue(*amount, facts, now_ms)?,
        (_, None) => return Err(Rejection::CardUnknown),
        (command, Some(card)) => change(card.clone(), claim, command, now_ms)?,
    };
    card.seq = card.seq.saturating_add(1);
    let entry = Entry { seq: card.seq, at_ms: now_ms, action, available: card.available, held: card.held };
    Ok(Applied { card, claim, entry })
}

type Changed = (Card, Option<(ClaimId, Claim)>, Action);

fn change(card: Card, claim: Option<&Claim>, command: &Command, now_ms: u64) -> Result<Changed, Rejection> {
    match command {
        Command::Redeem { amount, currency } => claim::redeem(card, *amount, *currency, now_ms),
        Command::Hold { claim: id, amount, currency, deadline_ms } => {
            claim::hold(card, claim, id, *amount, *currency, *deadline_ms, now_ms)
        }
        Command::Commit { claim: id, amount, captured } => claim::commit(card, claim, id, *amount, *captured),
        Command::Release { claim: id } => claim::release(card, claim, id, now_ms),
        Command::Refund { claim: id, amount, refunded } => claim::refund(card, claim, id, *amount, *refunded),
        _ => life::change(card, command, now_ms).map(|(card, action)| (card, None, action)),
    }
}

#[cfg(test)]
mod tests;
