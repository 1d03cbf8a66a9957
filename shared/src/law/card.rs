//! What the law says to an act on a card. It is asked when the act is decided and never when a history is read again: what was lawful then stays done,
//! whatever is found out about the rules later.

use super::{Jurisdiction, Law};
use crate::card::{Card, Command, Facts, Flow};
use crate::money::Amount;
use crate::rejection::Rejection;

/// Refuses what would break a rule of the card's place: `expiry_too_short`, `not_cash_redeemable`.
pub fn check(card: Option<&Card>, command: &Command, now_ms: u64) -> Result<(), Rejection> {
    let rules = |facts: &Facts| Law::of(Jurisdiction::nearest(facts.jurisdiction.as_deref()), now_ms);
    let lasts = |facts: &Facts, issued_at_ms, loaded_at_ms, expires_at_ms| {
        rules(facts)
            .check_expiry(facts.kind, issued_at_ms, loaded_at_ms, expires_at_ms)
            .map_err(|breach| Rejection::ExpiryTooShort { field: "expires_at".into(), breach: Some(breach) })
    };
    match (command, card) {
        // A card that takes another's place lasts as long as that one would have. One of a batch was decided when the batch was, however long that takes.
        (Command::Issue { facts, .. }, None) if facts.from.is_none() && facts.batch.is_none() => {
            lasts(facts, now_ms, None, facts.expires_at_ms)
        }
        (Command::Load { expires_at_ms, .. }, Some(card)) => {
            let expires_at_ms = card.facts.expires_at_ms.map(|old| expires_at_ms.map_or(old, |new| new.max(old)));
            lasts(&card.facts, card.issued_at_ms, Some(now_ms), expires_at_ms)
        }
        (Command::CashOut, Some(card)) if card.ended.is_none() => {
            let put = [Flow::Issued, Flow::Loaded, Flow::ReplacedIn, Flow::AdjustedIn].map(|flow| card.flows.of(flow));
            let put = Amount::sum(put).ok_or(Rejection::LimitExceeded)?;
            rules(&card.facts).cash_out(card.facts.kind, card.available, put, card.facts.currency)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Account;
    use crate::money::Currency;
    use crate::program::Kind;
    use crate::time;

    fn at(day: &str) -> u64 {
        time::read(&format!("{day}T00:00:00Z")).unwrap()
    }

    fn facts(place: &str, currency: &str, expires: Option<&str>) -> Facts {
        let currency = Currency::parse(currency).unwrap();
        let (jurisdiction, expires_at_ms) = (Some(place.to_owned()), expires.map(at));
        Facts { jurisdiction, expires_at_ms, ..Facts::plain(currency, Kind::PaidGift, 0) }
    }

    fn code(outcome: Result<(), Rejection>) -> &'static str {
        outcome.err().map_or("ok", |rejection| rejection.code())
    }

    fn issue(facts: Facts) -> Command {
        Command::Issue { amount: Amount::new(5_000).unwrap(), facts }
    }

    #[test]
    fn cash_out_in_california_follows_the_day_and_the_rest() {
        for (rest, day, expected) in [
            (1_499, "2026-04-01", "ok"),
            (1_500, "2026-04-01", "not_cash_redeemable"),
            (999, "2026-03-31", "ok"),
            (1_000, "2026-03-31", "not_cash_redeemable"),
        ] {
            let mut account = Account::default();
            account.apply(&issue(facts("US-CA", "USD", None)), 1).unwrap();
            let spent = Command::AdjustOut {
                amount: Amount::new(5_000 - rest).unwrap(),
                currency: Currency::parse("USD").unwrap(),
            };
            account.apply(&spent, 2).unwrap();
            assert_eq!(code(check(account.card.as_ref(), &Command::CashOut, at(day))), expected, "{rest} on {day}");
        }
    }

    #[test]
    fn card_that_expires_too_early_for_its_place_is_not_issued() {
        let now_ms = at("2026-11-22");
        for (place, expires, expected) in [
            ("SA", Some("2026-12-01"), "ok"),
            ("IE", Some("2031-11-22"), "ok"),
            ("IE", Some("2031-11-21"), "expiry_too_short"),
            ("US-CA", Some("2099-01-01"), "expiry_too_short"),
            ("US-CA", None, "ok"),
        ] {
            assert_eq!(
                code(check(None, &issue(facts(place, "USD", expires)), now_ms)),
                expected,
                "{place} {expires:?}"
            );
        }
    }

    #[test]
    fn load_starts_the_term_anew() {
        let mut account = Account::default();
        account.apply(&issue(facts("US", "USD", Some("2031-11-22"))), at("2026-11-22")).unwrap();
        let load = |day: Option<&str>| Command::Load {
            amount: Amount::new(100).unwrap(),
            currency: Currency::parse("USD").unwrap(),
            expires_at_ms: day.map(at),
        };
        let at_load = at("2027-11-22");
        for (day, expected) in
            [(None, "expiry_too_short"), (Some("2032-11-21"), "expiry_too_short"), (Some("2032-11-22"), "ok")]
        {
            assert_eq!(code(check(account.card.as_ref(), &load(day), at_load)), expected, "{day:?}");
        }
    }
}
