//! Why value comes onto a card or leaves it, and how much of each there was. What only moves between available and held is no flow.
//!
//! The first invariant of a card is a sum over these: what came in is what left, what may be spent and what is held.

use crate::money::Amount;
use crate::rejection::Rejection;

/// One reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Flow {
    Issued,
    Loaded,
    Refunded,
    ReplacedIn,
    AdjustedIn,
    Redeemed,
    CashedOut,
    Expired,
    ReplacedOut,
    AdjustedOut,
    Cancelled,
}

impl Flow {
    /// Every reason, in the order of the columns in which they are kept.
    pub const ALL: [Self; 11] = [
        Self::Issued,
        Self::Loaded,
        Self::Refunded,
        Self::ReplacedIn,
        Self::AdjustedIn,
        Self::Redeemed,
        Self::CashedOut,
        Self::Expired,
        Self::ReplacedOut,
        Self::AdjustedOut,
        Self::Cancelled,
    ];

    /// Whether value comes onto the card by it; otherwise it leaves.
    pub fn comes_in(self) -> bool {
        matches!(self, Self::Issued | Self::Loaded | Self::Refunded | Self::ReplacedIn | Self::AdjustedIn)
    }
}

/// How much there was of each.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Flows([Amount; Flow::ALL.len()]);

impl Flows {
    /// What each column says, in the order of [`Flow::ALL`].
    pub fn new(amounts: [Amount; Flow::ALL.len()]) -> Self {
        Self(amounts)
    }

    /// So much in all.
    pub fn of(&self, flow: Flow) -> Amount {
        self.iter().find(|(other, _)| *other == flow).map(|(_, amount)| amount).unwrap_or_default()
    }

    /// Each reason with its sum.
    pub fn iter(&self) -> impl Iterator<Item = (Flow, Amount)> {
        Flow::ALL.into_iter().zip(self.0)
    }

    /// Adds to one.
    pub(super) fn add(&mut self, flow: Flow, amount: Amount) -> Result<(), Rejection> {
        let sum = self.of(flow).plus(amount).ok_or(Rejection::LimitExceeded)?;
        self.put(flow, sum);
        Ok(())
    }

    /// Takes back what was added before.
    pub(super) fn take_back(&mut self, flow: Flow, amount: Amount) -> Result<(), Rejection> {
        let rest = self.of(flow).minus(amount).ok_or(Rejection::LimitExceeded)?;
        self.put(flow, rest);
        Ok(())
    }

    fn put(&mut self, flow: Flow, amount: Amount) {
        for (_, kept) in Flow::ALL.into_iter().zip(&mut self.0).filter(|(other, _)| *other == flow) {
            *kept = amount;
        }
    }
}
