//! A card with all its claims, and the fold that makes it from its entries.
//!
//! In scope: what a replay, the simulator and the audit work on. Out of scope: the object, which keeps claims in rows and loads the one that it needs.

use super::{Action, Card, Claim, ClaimId, Command, Ended, Entry, Wanted, apply, redemption_claim};
use crate::rejection::Rejection;
use std::collections::BTreeMap;

/// A card and its claims.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// The card, once issued.
    pub card: Option<Card>,
    /// Every claim there ever was.
    pub claims: BTreeMap<ClaimId, Claim>,
}

/// Why entries are no history of a card. Nobody can mend it by asking again, so it is no [`Rejection`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NoHistory {
    /// The card refuses at this point what the entry says was done.
    Refused {
        /// The number that the entry carries.
        seq: u64,
        /// Why it is refused.
        rejection: Rejection,
    },
    /// What the entry says was done leads to another number or to other counters than it carries.
    Differs {
        /// The number that the entry carries.
        seq: u64,
    },
}

impl Account {
    /// Decides and takes over one command.
    pub fn apply(&mut self, command: &Command, now_ms: u64) -> Result<Entry, Rejection> {
        let claim = match command {
            Command::Hold { claim, .. }
            | Command::Commit { claim, .. }
            | Command::Release { claim }
            | Command::Refund { claim, .. } => self.claims.get(claim),
            _ => None,
        };
        let applied = apply(self.card.as_ref(), claim, command, now_ms)?;
        if let Action::Redeem { amount } = applied.entry.action {
            self.claims.insert(redemption_claim(applied.entry.seq), Claim::redeemed(amount));
        }
        self.claims.extend(applied.claim);
        self.card = Some(applied.card);
        Ok(applied.entry)
    }

    /// Folds entries from zero.
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Self, NoHistory> {
        let mut account = Self::default();
        for entry in entries {
            let again = account.follow(entry).map_err(|rejection| NoHistory::Refused { seq: entry.seq, rejection })?;
            if again != *entry {
                return Err(NoHistory::Differs { seq: entry.seq });
            }
        }
        Ok(account)
    }

    fn is_replaced(&self) -> bool {
        self.card.as_ref().is_some_and(|card| matches!(card.ended, Some(Ended::Replaced { .. })))
    }

    /// Does again what an entry says was done, and returns the entry that it leads to here.
    pub fn follow(&mut self, entry: &Entry) -> Result<Entry, Rejection> {
        let currency = self.card.as_ref().map(|card| card.facts.currency);
        let command = match (entry.action.clone(), currency) {
            (Action::Issue { amount, facts }, _) => Command::Issue { amount, facts },
            (_, None) => return Err(Rejection::CardUnknown),
            (Action::Activate, _) => Command::Activate,
            (Action::Freeze, _) => Command::Freeze,
            (Action::Unfreeze, _) => Command::Unfreeze,
            (Action::Erase, _) => Command::Erase,
            (Action::Load { amount, expires_at_ms }, Some(currency)) => {
                Command::Load { amount, currency, expires_at_ms }
            }
            (Action::Extend { expires_at_ms, .. }, _) => Command::Extend { expires_at_ms },
            (Action::Expire { .. }, _) => Command::Expire,
            (Action::CashOut { .. }, _) => Command::CashOut,
            (Action::AdjustIn { amount }, Some(currency)) => Command::AdjustIn { amount, currency },
            (Action::AdjustOut { amount }, Some(currency)) => Command::AdjustOut { amount, currency },
            (Action::Cancel { .. }, _) => Command::Cancel,
            (Action::ReplaceOut { .. }, _) if self.is_replaced() => Command::Forward,
            (Action::ReplaceOut { to, .. }, _) => Command::Replace { to },
            (Action::ReplaceIn { amount, from }, Some(currency)) => Command::ReplaceIn { from, amount, currency },
            (Action::Redeem { amount }, Some(currency)) => {
                Command::Redeem { amount: Wanted::Exactly(amount), currency }
            }
            (Action::Hold { claim, amount, deadline_ms }, Some(currency)) => {
                Command::Hold { claim, amount, currency, deadline_ms }
            }
            (Action::Commit { claim, amount, captured }, _) => Command::Commit { claim, amount, captured },
            (Action::Release { claim, .. }, _) => Command::Release { claim },
            (Action::Refund { claim, amount }, _) => Command::Refund { claim, amount, refunded: None },
        };
        self.apply(&command, entry.at_ms)
    }
}
