//! What may become of a card besides being spent: from its issue to its end.

use super::{Action, Card, Changed, Command, Ended, Facts, Flow, Flows, Successor};
use crate::limits::EXPIRY_GRACE_MS;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;

pub(super) fn issue(amount: Amount, facts: &Facts, now_ms: u64) -> Result<Changed, Rejection> {
    if amount.is_zero() {
        return Err(Rejection::amount("amount"));
    }
    // What another card moved here is taken over whatever its date; the two have the same.
    if facts.from.is_none() && facts.expires_at_ms.is_some_and(|at| at <= now_ms) {
        return Err(Rejection::field("expires_at"));
    }
    let mut card = Card {
        facts: facts.clone(),
        frozen: false,
        ended: None,
        issued_at_ms: now_ms,
        available: amount,
        held: Amount::ZERO,
        flows: Flows::default(),
        seq: 0,
        held_until_ms: None,
    };
    let action = Action::Issue { amount, facts: facts.clone() };
    card.flows.add(action.flow().unwrap_or(Flow::Issued), amount)?;
    Ok((card, None, action))
}

pub(super) fn change(mut card: Card, command: &Command, now_ms: u64) -> Result<(Card, Action), Rejection> {
    let action = match command {
        Command::Activate => card.activate(now_ms)?,
        Command::Freeze if card.frozen => return Err(Rejection::CardFrozen),
        Command::Freeze => {
            card.frozen = true;
            Action::Freeze
        }
        Command::Unfreeze if !card.frozen => return Err(Rejection::CardNotFrozen),
        Command::Unfreeze => {
            card.frozen = false;
            Action::Unfreeze
        }
        // Whatever became of the card: what people wrote is theirs.
        Command::Erase => Action::Erase,
        Command::Load { amount, currency, expires_at_ms } => card.load(*amount, *currency, *expires_at_ms, now_ms)?,
        Command::Extend { expires_at_ms } => card.extend(*expires_at_ms, now_ms)?,
        Command::Expire => card.expire(now_ms)?,
        Command::CashOut => card.cash_out(now_ms)?,
        Command::AdjustIn { amount, currency } => card.adjust_in(*amount, *currency, now_ms)?,
        Command::AdjustOut { amount, currency } => card.adjust_out(*amount, *currency, now_ms)?,
        Command::Cancel => card.cancel()?,
        Command::Replace { to } => card.replace(to, now_ms)?,
        Command::Forward => card.forward()?,
        Command::ReplaceIn { from, amount, currency } => card.replace_in(from, *amount, *currency)?,
        Command::Issue { .. }
        | Command::Redeem { .. }
        | Command::Hold { .. }
        | Command::Commit { .. }
        | Command::Release { .. }
        | Command::Refund { .. } => return Err(Rejection::IdempotencyKeyReused),
    };
    Ok((card, action))
}

impl Card {
    /// What the card does next on its own: value that has expired goes, and what came back to a replaced card goes on. It comes after every act and when
    /// the card expires, until nothing is left to do.
    pub fn follow_up(&self, now_ms: u64) -> Option<Command> {
        match (&self.ended, self.expires_for_good_at_ms()) {
            _ if self.available.is_zero() => None,
            (Some(Ended::Replaced { .. }), _) => Some(Command::Forward),
            (None, Some(at_ms)) if at_ms <= now_ms => Some(Command::Expire),
            _ => None,
        }
    }

    /// The card that took this one's place.
    pub fn successor(&self) -> Option<&Successor> {
        match &self.ended {
            Some(Ended::Replaced { to }) => Some(to),
            _ => None,
        }
    }

    /// When the card has to be looked at because it expires; `None` when nothing would go.
    pub fn expiry_due_ms(&self) -> Option<u64> {
        if self.available.is_zero() || self.ended.is_some() { None } else { self.expires_for_good_at_ms() }
    }

    /// When what is left of it goes. A day after the card takes no debits any more, so that a clock that runs ahead takes nothing from anybody.
    pub fn expires_for_good_at_ms(&self) -> Option<u64> {
        self.facts.expires_at_ms.map(|at| at.saturating_add(EXPIRY_GRACE_MS))
    }

    fn check_open(&self) -> Result<(), Rejection> {
        match self.ended {
            None => Ok(()),
            Some(Ended::Replaced { .. }) => Err(Rejection::CardReplaced),
            Some(Ended::CashedOut | Ended::Cancelled) => Err(Rejection::CardClosed),
        }
    }

    fn check_not_expired(&self, now_ms: u64) -> Result<(), Rejection> {
        match self.facts.expires_at_ms {
            Some(expired_at_ms) if expired_at_ms <= now_ms => Err(Rejection::CardExpired { expired_at_ms }),
            _ => Ok(()),
        }
    }

    fn check_nothing_held(&self) -> Result<(), Rejection> {
        if self.held.is_zero() { Ok(()) } else { Err(Rejection::CardHasHolds) }
    }

    /// Adds to what is available. Everything that was taken may come back and everything that is held be let go, and there must be room for all of it.
    fn put(&mut self, flow: Flow, amount: Amount, currency: Currency) -> Result<(), Rejection> {
        self.check_currency(currency)?;
        if amount.is_zero() {
            return Err(Rejection::amount("amount"));
        }
        self.make_room(amount)?;
        self.flows.add(flow, amount)
    }

    fn make_room(&mut self, amount: Amount) -> Result<(), Rejection> {
        let out = self.flows.of(Flow::Redeemed).minus(self.flows.of(Flow::Refunded)).ok_or(Rejection::LimitExceeded)?;
        Amount::sum([self.available, self.held, out, amount]).ok_or(Rejection::LimitExceeded)?;
        self.available = self.available.plus(amount).ok_or(Rejection::LimitExceeded)?;
        Ok(())
    }

    /// Takes all that is available off the card.
    fn empty(&mut self, flow: Flow) -> Result<Amount, Rejection> {
        let amount = core::mem::take(&mut self.available);
        self.flows.add(flow, amount)?;
        Ok(amount)
    }

    fn activate(&mut self, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        if self.facts.active {
            return Err(Rejection::CardAlreadyActive);
        }
        self.check_not_expired(now_ms)?;
        self.facts.active = true;
        Ok(Action::Activate)
    }

    fn load(
        &mut self,
        amount: Amount,
        currency: Currency,
        expires_at_ms: Option<u64>,
        now_ms: u64,
    ) -> Result<Action, Rejection> {
        self.check_open()?;
        self.check_spendable(now_ms)?;
        if self.facts.fixed {
            return Err(Rejection::NotReloadable);
        }
        self.put(Flow::Loaded, amount, currency)?;
        let balance = self.available.plus(self.held).ok_or(Rejection::LimitExceeded)?;
        if self.facts.balance_max.is_some_and(|most| balance > most) {
            return Err(Rejection::LimitExceeded);
        }
        // A load never shortens what was promised.
        let later = expires_at_ms.filter(|new| self.facts.expires_at_ms.is_some_and(|old| old < *new));
        if later.is_some() {
            self.facts.expires_at_ms = later;
        }
        Ok(Action::Load { amount, expires_at_ms: later })
    }

    fn extend(&mut self, expires_at_ms: Option<u64>, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        let is_later = match (self.facts.expires_at_ms, expires_at_ms) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(old), Some(new)) => old < new && now_ms < new,
        };
        if !is_later {
            return Err(Rejection::ExpiryTooShort { field: "expires_at".into(), breach: None });
        }
        let amount = self.flows.of(Flow::Expired);
        self.make_room(amount)?;
        self.flows.take_back(Flow::Expired, amount)?;
        self.facts.expires_at_ms = expires_at_ms;
        Ok(Action::Extend { amount, expires_at_ms })
    }

    fn expire(&mut self, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        if self.available.is_zero() || self.expires_for_good_at_ms().is_none_or(|at| at > now_ms) {
            return Err(Rejection::NotFound);
        }
        Ok(Action::Expire { amount: self.empty(Flow::Expired)? })
    }

    fn cash_out(&mut self, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        if self.facts.kind != Kind::PaidGift {
            return Err(Rejection::NotCashRedeemable { breach: None });
        }
        self.check_nothing_held()?;
        self.check_usable(self.facts.currency, now_ms)?;
        self.ended = Some(Ended::CashedOut);
        Ok(Action::CashOut { amount: self.empty(Flow::CashedOut)? })
    }

    fn adjust_in(&mut self, amount: Amount, currency: Currency, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        self.check_not_expired(now_ms)?;
        self.put(Flow::AdjustedIn, amount, currency)?;
        Ok(Action::AdjustIn { amount })
    }

    fn adjust_out(&mut self, amount: Amount, currency: Currency, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        self.check_currency(currency)?;
        if amount.is_zero() {
            return Err(Rejection::amount("amount"));
        }
        self.available = self.available.minus(amount).ok_or_else(|| self.short_of(amount, now_ms))?;
        self.flows.add(Flow::AdjustedOut, amount)?;
        Ok(Action::AdjustOut { amount })
    }

    fn cancel(&mut self) -> Result<Action, Rejection> {
        self.check_open()?;
        self.check_nothing_held()?;
        if self.flows.of(Flow::Redeemed) != self.flows.of(Flow::Refunded) {
            return Err(Rejection::CardUsed);
        }
        self.ended = Some(Ended::Cancelled);
        Ok(Action::Cancel { amount: self.empty(Flow::Cancelled)? })
    }

    /// A card whose code was lost or seen is often frozen first, so a frozen one may be replaced; its successor is not.
    fn replace(&mut self, to: &Successor, now_ms: u64) -> Result<Action, Rejection> {
        self.check_open()?;
        self.check_nothing_held()?;
        if !self.facts.active {
            return Err(Rejection::CardInactive);
        }
        self.check_not_expired(now_ms)?;
        if self.available.is_zero() {
            return Err(Rejection::InsufficientBalance { available: Amount::ZERO });
        }
        self.ended = Some(Ended::Replaced { to: to.clone() });
        Ok(Action::ReplaceOut { amount: self.empty(Flow::ReplacedOut)?, to: to.clone() })
    }

    fn forward(&mut self) -> Result<Action, Rejection> {
        let Some(Ended::Replaced { to }) = self.ended.clone() else { return Err(Rejection::NotFound) };
        if self.available.is_zero() {
            return Err(Rejection::NotFound);
        }
        Ok(Action::ReplaceOut { amount: self.empty(Flow::ReplacedOut)?, to })
    }

    /// What another card moved here arrives whatever became of this one; [`Card::follow_up`] says where it goes from here.
    fn replace_in(&mut self, from: &str, amount: Amount, currency: Currency) -> Result<Action, Rejection> {
        self.put(Flow::ReplacedIn, amount, currency)?;
        if matches!(self.ended, Some(Ended::CashedOut | Ended::Cancelled)) {
            self.ended = None;
        }
        Ok(Action::ReplaceIn { amount, from: from.into() })
    }
}
