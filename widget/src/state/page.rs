//! What the page says, and what it is told.
//!
//! The page is told of every difference, once, and of nothing that it said itself. A page that hears nothing goes on with the amount that it heard last,
//! so a checkout that is given up is told at once, before there is another.

use super::{Checkout, Effect, Problem, State};
use crate::pending::{Kept, Session};
use shared::money::{Amount, Currency};

/// A member's token, or nothing.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Member(pub(crate) String);

impl core::fmt::Debug for Member {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "mt_…" })
    }
}

/// What the page says: the element's attributes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Setup {
    /// What tells this checkout from others, and what the session storage keeps it under: for a page-made one key, reference, currency
    /// and member.
    pub(crate) name: String,
    /// The publishable key.
    pub(crate) key: String,
    /// The checkout that the shop's server made, with its token.
    pub(crate) served: Option<Session>,
    pub(crate) total: Option<Amount>,
    pub(crate) currency: Option<Currency>,
    pub(crate) reference: String,
    /// The member's token, for a checkout that the page makes. A secret of the page, so it prints nothing.
    pub(crate) member: Member,
    /// An attribute that is there and cannot be read.
    pub(crate) unreadable: Option<&'static str>,
}

impl State {
    pub(super) fn set_up(&mut self, setup: Setup, kept: Kept, effects: &mut Vec<Effect>) {
        let is_same = self.setup.name == setup.name && !self.is_superseded(&setup, &kept);
        let is_known = is_same && self.setup.unreadable == setup.unreadable;
        if is_same {
            if setup.served.is_some() {
                if self.setup.total != setup.total {
                    self.expected_total = setup.total;
                    self.stale = true;
                }
                self.session.clone_from(&setup.served);
            }
        } else {
            // Answers to what was asked before must not be taken for answers to what is asked now.
            let before = core::mem::replace(self, Self::new());
            self.ticket = before.ticket.saturating_add(1);
            self.settled = before.settled;
            self.told = before.told;
            self.in_field = before.in_field;
            self.session = if setup.served.is_some() { setup.served.clone() } else { kept.session };
            self.pending = kept.pending;
        }
        self.setup = setup;
        self.blocked = false;
        match self.setup.unreadable {
            Some(name) if !is_known => {
                effects.push(Effect::Warn(name));
                // A checkout of the shop's server goes on without the page's word.
                if self.setup.served.is_none() {
                    self.settle(effects);
                    self.tell(Problem::of("field_invalid"), effects);
                }
            }
            // There is nothing to pay, so there is nothing to wait for.
            _ if self.session.is_none() && self.setup.total == Some(Amount::ZERO) => self.settle(effects),
            _ => {}
        }
    }

    /// Whether another element of this order goes on with another checkout: the one that was kept last counts, so that no card stands in two.
    fn is_superseded(&self, setup: &Setup, kept: &Kept) -> bool {
        let own = self.session.as_ref().map(|session| &session.id);
        setup.served.is_none() && kept.session.as_ref().is_some_and(|kept| own != Some(&kept.id))
    }

    /// Whether the page said enough to start a checkout.
    pub(super) fn can_start(&self) -> bool {
        let Setup { key, served, currency, unreadable, .. } = &self.setup;
        let is_whole = !key.is_empty() && self.payable().is_some() && currency.is_some();
        is_whole && served.is_none() && unreadable.is_none()
    }

    /// The page's total, where there is anything to pay. The server has no checkout of nothing.
    pub(super) fn payable(&self) -> Option<Amount> {
        self.setup.total.filter(|total| !total.is_zero())
    }

    /// Tells the page what changed, once for each change. What it said itself is no news to it.
    pub(super) fn report(&mut self, effects: &mut Vec<Effect>) {
        let now = self.checkout.as_ref().zip(self.session.as_ref()).map(|(checkout, session)| {
            let mut print =
                fold(fold(0xcbf2_9ce4_8422_2325, session.id.as_bytes()), &checkout.total.minor().to_le_bytes());
            for tender in &checkout.tenders {
                print = fold(print, tender.id.as_bytes());
                print = fold(print, &tender.applied.minor().to_le_bytes());
                print = fold(print, &tender.points.unwrap_or_default().to_le_bytes());
            }
            print
        });
        let is_plain = |checkout: &Checkout| {
            checkout.tenders.is_empty() && self.setup.total.is_none_or(|total| total == checkout.total)
        };
        let is_known = self.told.is_none() && self.checkout.as_ref().is_none_or(is_plain);
        if now != self.told && !is_known {
            effects.push(Effect::Change);
        }
        self.told = now;
    }
}

/// One step of FNV-1a for each byte: what tells two checkouts apart in a word, where keeping and comparing them would weigh half a kilobyte.
fn fold(print: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(print, |print, byte| (print ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
