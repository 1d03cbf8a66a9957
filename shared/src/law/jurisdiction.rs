//! Places with rules of their own. The list is closed: a code stands in `law.json` or is refused, so a typing error in the settings cannot switch a law off.

use super::rows;
use core::fmt;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

/// A place that the law of a card is that of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Jurisdiction(&'static str);

impl Jurisdiction {
    /// A place without rows: nothing is known of its law, and the merchant answers for it.
    pub const NONE: Self = Self("none");

    /// The place of that code, or `none`.
    pub fn parse(code: &str) -> Option<Self> {
        if code == Self::NONE.0 {
            return Some(Self::NONE);
        }
        rows().iter().find(|row| row.jurisdiction == code).map(|row| Self(row.jurisdiction))
    }

    /// Every place with a row, in the order of the codes.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = rows().iter().map(|row| Self(row.jurisdiction)).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The code: `US-CA`.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// The country that it is a part of: what it does not say itself, its country may.
    pub(super) fn country(self) -> Option<&'static str> {
        self.0.split_once('-').map(|(country, _)| country)
    }

    pub(super) const fn of_row(code: &'static str) -> Self {
        Self(code)
    }
}

impl Default for Jurisdiction {
    fn default() -> Self {
        Self::NONE
    }
}

// By hand: derived, the code would be borrowed from the text that is read, which lives less long than the table.
impl<'de> Deserialize<'de> for Jurisdiction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| D::Error::custom("not a jurisdiction with rules, nor none"))
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
