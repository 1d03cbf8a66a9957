//! How numbers, amounts and dates are written in the panel's language: the browser's `Intl`, as `figures.js` asks it.

use crate::copy::{Figures, Language};
use crate::dom::{Parts, Shell};
use shared::money::{Amount, Currency};

/// A language, its numerals and a currency.
pub(crate) struct Locale {
    shell: Shell,
    currency: Option<Currency>,
    language: Language,
}

impl Locale {
    /// The panel's, for amounts in that currency.
    pub(crate) fn new(shell: Shell, currency: Option<Currency>) -> Self {
        let arabic = shell.locale(currency.map_or(0, Currency::exponent));
        Self { shell, currency, language: if arabic { Language::Arabic } else { Language::English } }
    }

    /// Writes an amount into a node; without a currency there is none to write.
    pub(crate) fn show(&self, parts: &Parts, name: &str, amount: Option<Amount>) {
        match amount.filter(|_| self.currency.is_some()) {
            Some(amount) => self.shell.money(parts, name, &self.decimal(amount)),
            None => self.shell.text(parts, name, ""),
        }
    }

    fn decimal(&self, amount: Amount) -> String {
        self.currency.map(|currency| amount.decimal(currency)).unwrap_or_default()
    }
}

impl Figures for Locale {
    fn language(&self) -> Language {
        self.language
    }

    fn count(&self, number: u64) -> String {
        self.shell.count(&number.to_string())
    }

    fn counted(&self, number: u64, forms: &str) -> String {
        self.shell.counted(&number.to_string(), forms)
    }

    fn amount(&self, amount: Amount) -> String {
        self.shell.amount(&self.decimal(amount))
    }

    fn date(&self, at_ms: u64) -> String {
        self.shell.date(at_ms as f64)
    }
}
