//! What a holder must be told, as keys with their words. The law says that it must be told; which date or condition it is, the page adds.

use serde::Deserialize;
#[cfg(test)]
use serde::Serialize;

/// One thing to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[cfg_attr(test, derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// That nobody paid for it.
    Promotional,
    /// When it ends.
    ExpiryDate,
    /// On which conditions it can be used.
    Terms,
    /// How to learn what is left.
    BalanceCheck,
}

impl Disclosure {
    /// Every key.
    pub const ALL: [Self; 4] = [Self::Promotional, Self::ExpiryDate, Self::Terms, Self::BalanceCheck];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Promotional => "promotional",
            Self::ExpiryDate => "expiry_date",
            Self::Terms => "terms",
            Self::BalanceCheck => "balance_check",
        }
    }

    /// Whether it is told where the card pays: the others are headings of what stands on the card's page, and when it ends is told with every card.
    pub fn is_told_at_checkout(self) -> bool {
        self == Self::Promotional
    }

    /// The words in English.
    pub fn english(self) -> &'static str {
        match self {
            Self::Promotional => "This card was issued for promotional purposes.",
            Self::ExpiryDate => "Expiry date",
            Self::Terms => "Conditions of use",
            Self::BalanceCheck => "How to check the balance",
        }
    }

    /// The words in Arabic.
    pub fn arabic(self) -> &'static str {
        match self {
            Self::Promotional => "صدرت هذه البطاقة لأغراض ترويجية.",
            Self::ExpiryDate => "تاريخ انتهاء الصلاحية",
            Self::Terms => "شروط الاستخدام",
            Self::BalanceCheck => "كيفية معرفة الرصيد",
        }
    }
}
