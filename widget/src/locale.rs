//! How numbers, amounts and dates are written in the panel's language: the browser's `Intl`, as `figures.js` asks it.

use crate::copy::{Figures, Language, pick};
use crate::dom;
use shared::money::{Amount, Currency};

/// A language, its numerals and a currency.
pub(crate) struct Locale {
    currency: Option<Currency>,
    language: Language,
}

impl Locale {
    /// The panel's, for amounts in that currency.
    pub(crate) fn new(currency: Option<Currency>) -> Self {
        let (code, exponent) = currency.as_ref().map_or(("", 0), |currency| (currency.code(), currency.exponent()));
        let arabic = dom::locale(code, exponent);
        Self { currency, language: if arabic { Language::Arabic } else { Language::English } }
    }

    /// Writes an amount into a node; without a currency there is none to write.
    pub(crate) fn show(&self, row: u32, name: &str, amount: Option<Amount>) {
        match amount.filter(|_| self.currency.is_some()) {
            Some(amount) => dom::money(row, name, amount.minor() as f64),
            None => dom::text(row, name, ""),
        }
    }
}

impl Figures for Locale {
    fn language(&self) -> Language {
        self.language
    }

    fn count(&self, number: u64) -> String {
        dom::count(number as f64)
    }

    fn counted(&self, number: u64, forms: &str) -> String {
        dom::counted(number as f64, forms)
    }

    fn amount(&self, amount: Amount) -> String {
        dom::amount(amount.minor() as f64)
    }

    fn date(&self, at_ms: u64) -> String {
        dom::date(at_ms as f64)
    }

    fn exchange(&self) -> String {
        pick(&dom::answered("old_codes.message"), self.language).into()
    }
}
