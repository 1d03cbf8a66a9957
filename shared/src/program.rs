//! Programmes: what kind of value a card holds. The kind never changes after issue and decides the rules that follow from it.

use serde::{Deserialize, Serialize};

/// Why a card exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sold: the buyer paid for it.
    PaidGift,
    /// Given by the shop without consideration.
    Promo,
    /// A refund kept as balance.
    RefundCredit,
    /// From points or a referral.
    Reward,
    /// Donated by the shop to somebody else's cause.
    Donated,
}

impl Kind {
    /// Every kind with its name in requests, answers and rows.
    const NAMES: [(Self, &'static str); 5] = [
        (Self::PaidGift, "paid_gift"),
        (Self::Promo, "promo"),
        (Self::RefundCredit, "refund_credit"),
        (Self::Reward, "reward"),
        (Self::Donated, "donated"),
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, other)| *other == name).map(|(kind, _)| *kind)
    }
}
