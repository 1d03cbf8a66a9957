//! Places with rules of their own. Settings and cards name any country or part of one; the rules that hold there are those of the nearest place with rows.

use super::rows;
use core::fmt;
use serde::Serialize;

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
        rows().iter().find(|row| row.jurisdiction == code).map(|row| Self(&row.jurisdiction))
    }

    /// The place whose rules hold there: that of the code, else its country, else none.
    pub fn nearest(code: Option<&str>) -> Self {
        let country = |code: &str| code.split_once('-').and_then(|(country, _)| Self::parse(country));
        code.and_then(|code| Self::parse(code).or_else(|| country(code))).unwrap_or(Self::NONE)
    }

    /// Whether a text has the form of a country or of a part of one, as ISO 3166 writes them: `SA`, `US-CA`.
    pub fn is_code(text: &str) -> bool {
        let (country, part) = text.split_once('-').map_or((text, None), |(country, part)| (country, Some(part)));
        let capital = |byte: u8| byte.is_ascii_uppercase();
        country.len() == 2
            && country.bytes().all(capital)
            && part.is_none_or(|part| {
                (1..=3).contains(&part.len()) && part.bytes().all(|byte| capital(byte) || byte.is_ascii_digit())
            })
    }

    /// Every place with a row, in the order of the codes.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = rows().iter().map(|row| Self(&row.jurisdiction)).collect();
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

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
