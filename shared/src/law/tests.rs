use super::*;
use crate::time;

mod cash;
mod data;
mod document;
mod expiry;
mod points;

fn at(text: &str) -> u64 {
    let text = if time::is_day(text) { format!("{text}T00:00:00Z") } else { text.into() };
    time::read(&text).unwrap_or_else(|| panic!("no moment: {text}"))
}

fn rules(code: &str, day: &str) -> Rules {
    Law::of(Jurisdiction::parse(code).unwrap_or_else(|| panic!("no place: {code}")), at(day))
}

fn minor(amount: u64) -> Amount {
    Amount::new(amount).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}
