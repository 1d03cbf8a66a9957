//! What must be true when faults have stopped and everything has come to rest: nothing is stranded, what clients were told is what is there, and the
//! book is the sum of the cards.

use crate::message::{Ask, Effect, Node};
use crate::world::{Violation, World, checkout_of, place_of};
use shared::card::ClaimState;
use shared::checkout::{Checkout, State};
use shared::journal::{Account, Audit, Finding, Rule, balances};
use shared::money::{Amount, Currency};
use shared::wire::call::CheckoutOrder;
use std::collections::BTreeMap;

fn ensure(holds: bool, broken: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation(broken())) }
}

impl World {
    /// Checks a world at rest.
    pub fn check_rest(&self) -> Result<(), Violation> {
        for card in &self.cards {
            let held = card.kept.account.claims.iter().find(|(_, claim)| claim.state == ClaimState::Held);
            ensure(held.is_none(), || format!("invariant 13: {} still holds {held:?}", card.name))?;
        }
        let moved = self.cards.iter().filter_map(|card| card.kept.account.card.as_ref()).flat_map(balances);
        let on_its_way: i128 =
            moved.filter(|(account, _)| *account == Account::Replaced).map(|(_, amount)| amount).sum();
        ensure(on_its_way == 0, || format!("invariant 1: {on_its_way} left a card and never came to its successor"))?;
        for place in 0..self.checkouts.len() {
            if let Some(document) = &self.checkouts[place].kept.document {
                ensure(document.pending.is_empty(), || {
                    format!("invariant 13: co_{place} still has {:?} to make", document.pending)
                })?;
                self.check_settled(place, document)?;
            }
        }
        for place in 0..self.clients.operations.len() {
            self.check_told(place)?;
        }
        if self.book_kept { self.check_books() } else { Ok(()) }
    }

    /// All legs of the captured attempt, and none of any other; refunds as planned.
    fn check_settled(&self, place: usize, document: &Checkout) -> Result<(), Violation> {
        for tender in &document.tenders {
            let name = format!("co_{place}.{}.{}", document.attempts, tender.id);
            let claim = self.cards[place_of(&tender.card)].kept.account.claims.get(&name);
            let (committed, refunded) =
                claim.map_or((Amount::ZERO, Amount::ZERO), |claim| (claim.committed, claim.refunded));
            let agrees = (tender.captured, tender.refunded) == (committed, refunded);
            ensure(agrees, || {
                format!(
                    "invariant 6: {name} should have taken {:?} and given back {:?}, but is {claim:?}",
                    tender.captured, tender.refunded
                )
            })?;
        }
        let (prefix, captured) = (format!("co_{place}."), format!("co_{place}.{}.", document.attempts));
        let of_checkout = |card: &std::rc::Rc<crate::card::CardActor>| {
            card.kept
                .account
                .claims
                .clone()
                .into_iter()
                .filter(|(name, _)| name.starts_with(&prefix))
                .collect::<Vec<_>>()
        };
        for (name, claim) in self.cards.iter().flat_map(of_checkout) {
            let expected = document.state == State::Captured && name.starts_with(&captured);
            ensure(claim.committed.is_zero() || expected, || {
                format!("invariant 6: {name} was taken, but co_{place} is {}", document.state.name())
            })?;
        }
        Ok(())
    }

    /// What a client was told of an operation must be what became of it.
    fn check_told(&self, place: usize) -> Result<(), Violation> {
        let operation = &self.clients.operations[place];
        let (Some(key), false) = (&operation.key, operation.misuse) else { return Ok(()) };
        let effects = match operation.to {
            Node::Card(card) => usize::from(self.cards[card].kept.rows.iter().any(|row| row.key == *key)),
            node => self
                .checks
                .effects
                .get(&(node, key.clone()))
                .map_or(0, |effects| effects.iter().filter(|effect| counts(&operation.ask, **effect)).count()),
        };
        let fits = match &operation.told {
            Some(tell) if tell.is_done() => effects == 1,
            Some(_) => effects == 0 && !self.checks.effects.contains_key(&(operation.to, key.clone())),
            None => effects <= 1,
        };
        ensure(fits, || {
            format!(
                "invariant 12: {key} of {:?} was told {:?} and had {effects} effects: {:?}",
                operation.to, operation.told, operation.ask
            )
        })
    }

    /// The book is the sum of the cards, and passes its audit.
    pub fn check_books(&self) -> Result<(), Violation> {
        let mut cards: BTreeMap<(Currency, Account), i128> = BTreeMap::new();
        for card in &self.cards {
            let Some(counters) = &card.kept.account.card else { continue };
            let known = self.book.known.get(&card.name);
            let all = known.is_some_and(|known| {
                known.seq == counters.seq && Some(known.hash.as_str()) == card.kept.rows.last().map(|row| &*row.hash)
            });
            ensure(all, || {
                format!("invariant 14: the book knows {known:?} of {}, which is at {}", card.name, counters.seq)
            })?;
            for (account, amount) in balances(counters) {
                *cards.entry((counters.facts.currency, account)).or_default() += amount;
            }
        }
        cards.retain(|_, amount| *amount != 0);
        let mut totals = self.book.totals.clone();
        totals.retain(|_, amount| *amount != 0);
        ensure(cards == totals, || format!("invariant 14: the book says {totals:?}, the cards {cards:?}"))
    }

    /// The audit of the whole export.
    pub fn check_audit(&self) -> Result<(), Violation> {
        let mut audit = Audit::default();
        self.book.export().for_each(|line| audit.read(&line));
        let report = audit.finish();
        let is_split = |finding: &&Finding| finding.rule == Rule::Split;
        // An older checkout may be paid again with other cards, and an older card leaves its part of an order out. Nobody can stop that, but the audit must see
        // it: there its finding is what is wanted.
        let unwanted = report.findings.iter().find(|finding| !is_split(finding) || !self.checks.restored);
        ensure(unwanted.is_none(), || format!("the audit finds: {}", report.findings[0]))?;
        let splits: Vec<usize> =
            report.findings.iter().filter(is_split).filter_map(|split| self.found(split)).collect();
        ensure(report.unfinished == 0 || self.checks.restored, || {
            format!("invariant 6: the audit misses legs of {} checkouts", report.unfinished)
        })?;
        for place in 0..self.checkouts.len() {
            let Some(document) = &self.checkouts[place].kept.document else { continue };
            let paid = self.paid(place);
            let captured = Amount::sum(document.tenders.iter().map(|tender| tender.captured)).unwrap();
            // What an older copy has forgotten altogether, nobody asks about again: a limit of the design. But nothing is paid twice unnoticed.
            let noticed = document.is_broken() || splits.contains(&place) || self.any_forked();
            ensure(captured.is_zero() || paid <= captured || noticed, || {
                format!(
                    "row 61: co_{place} captured {captured:?} and was paid {paid:?}, and not even the audit noticed"
                )
            })?;
        }
        Ok(())
    }

    /// The checkout that a finding is about.
    fn found(&self, finding: &Finding) -> Option<usize> {
        let (card, seq) = finding.entry.as_ref()?;
        let row = self.book.rows.iter().find(|row| row.line.card == *card && row.line.seq == *seq)?;
        row.line.claim.as_deref().map(checkout_of)
    }

    /// What all cards together have given for a checkout, in all its attempts.
    fn paid(&self, place: usize) -> Amount {
        let prefix = format!("co_{place}.");
        let claims = self.cards.iter().flat_map(|card| &card.kept.account.claims);
        let committed = claims.filter(|(name, _)| name.starts_with(&prefix)).map(|(_, claim)| claim.committed);
        Amount::sum(committed).unwrap()
    }

    fn any_forked(&self) -> bool {
        self.cards.iter().any(|card| card.kept.forked)
    }
}

/// Whether an effect is the one that an operation was meant to have. A capture of an open checkout also authorizes on the way.
fn counts(ask: &Ask, effect: Effect) -> bool {
    match ask {
        Ask::Checkout(CheckoutOrder::Capture { .. }) => effect == Effect::Captured,
        _ => true,
    }
}
