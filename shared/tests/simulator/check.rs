//! The invariants of architecture.md that one turn can break, asked after every turn of the actor that had it. What only the end can show is in
//! `ending`.

use crate::message::{Effect, Node};
use crate::world::{Violation, World, checkout_of, place_of};
use shared::card::{Account, Action, Card, Claim, ClaimState, Entry, Flow, Status};
use shared::checkout::{Checkout, LegOrder, State};
use shared::journal::balances;
use shared::money::Amount;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What the checks remember, beside the actors and unknown to them.
#[derive(Clone, Debug)]
pub struct Checks {
    /// Each card folded anew from its lines.
    pub folded: Vec<Rc<Account>>,
    /// The keys of each card's entries.
    pub entries: Vec<Rc<BTreeSet<String>>>,
    /// How many lines of each card were read.
    pub read: Vec<usize>,
    /// How many rows of the book were read.
    pub book_read: usize,
    /// The effects of each key at each actor.
    pub effects: Rc<BTreeMap<(Node, String), Vec<Effect>>>,
    /// Claims whose last entries went with a disk before anybody else knew of them.
    pub unseen: BTreeSet<String>,
    /// Whether an older copy of something came back: then cards and coordinators may contradict one another, and what counts is that it is noticed.
    pub restored: bool,
    /// Whether it was a checkout's.
    pub restored_checkout: bool,
    /// Claims that were taken for a checkout before it forgot having captured anything.
    pub forgotten: BTreeSet<String>,
    /// Claims of which something was given back since.
    pub refunded_since: BTreeSet<String>,
}

impl Checks {
    /// Nothing seen yet.
    pub fn new(cards: usize) -> Self {
        Self {
            folded: vec![Rc::default(); cards],
            entries: vec![Rc::default(); cards],
            read: vec![0; cards],
            book_read: 0,
            effects: Rc::default(),
            unseen: BTreeSet::new(),
            restored: false,
            restored_checkout: false,
            forgotten: BTreeSet::new(),
            refunded_since: BTreeSet::new(),
        }
    }
}

fn ensure(holds: bool, broken: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation(broken())) }
}

impl World {
    /// Checks what a turn changed.
    pub fn check_turn(
        &mut self,
        node: Node,
        before: Option<&Checkout>,
        effects: Vec<(String, Effect)>,
    ) -> Result<(), Violation> {
        for (key, effect) in effects {
            let all = Rc::make_mut(&mut self.checks.effects).entry((node, key.clone())).or_default();
            let again = all.contains(&effect) && effect != Effect::Authorized;
            all.push(effect);
            ensure(!again || self.checks.restored, || format!("invariant 5: {key} led to {all:?} at {node:?}"))?;
        }
        match node {
            Node::Card(place) => self.check_card(place),
            Node::Checkout(place) => self.check_checkout(place, before),
            Node::Book => self.check_book(),
            Node::Clients => Ok(()),
        }
    }

    /// Reads the lines that are new on a card.
    fn check_card(&mut self, place: usize) -> Result<(), Violation> {
        while let Some(row) = self.cards[place].kept.rows.get(self.checks.read[place]).cloned() {
            let name = &self.cards[place].name;
            self.figures.entries += 1;
            let read = self.checks.read[place];
            ensure(row.line.seq == u64::try_from(read).unwrap() + 1, || {
                format!("invariant 8: {name} has a gap before {}", row.line.seq)
            })?;
            let previous = read.checked_sub(1).map(|last| self.cards[place].kept.rows[last].hash.clone());
            let chained = previous.is_none_or(|previous| *previous == *row.line.previous);
            ensure(chained, || format!("invariant 8: the chain of {name} breaks at {}", row.line.seq))?;
            let first = Rc::make_mut(&mut self.checks.entries[place]).insert(row.key.clone());
            ensure(first, || format!("invariant 5: {} has two entries on {name}", row.key))?;
            let entry =
                row.line.entry().ok_or_else(|| Violation(format!("{name}: line {} is no entry", row.line.seq)))?;
            let before = self.checks.folded[place].card.clone();
            let again = Rc::make_mut(&mut self.checks.folded[place]).follow(&entry);
            ensure(again.as_ref() == Ok(&entry), || {
                format!("invariant 8: {name} wrote {entry:?}, but replaying gives {again:?}")
            })?;
            check_debit(name, before.as_ref(), &entry)?;
            if let (true, Action::Refund { claim, .. }) = (self.checks.restored, &entry.action) {
                self.checks.refunded_since.insert(claim.clone());
            }
            self.check_leg(&entry, row.line.detail.refund.as_deref())?;
            self.checks.read[place] += 1;
        }
        let (kept, folded) = (&self.cards[place].kept, &self.checks.folded[place]);
        // When the next hold ends is a note for the alarm, not a counter.
        let counters =
            |account: &Account| account.card.as_ref().map(|card| Card { held_until_ms: None, ..card.clone() });
        let same = counters(&kept.account) == counters(folded) && kept.account.claims == folded.claims;
        ensure(same, || format!("invariant 8: {} is not what its entries add up to", self.cards[place].name))?;
        check_counters(&self.cards[place].name, &kept.account)?;
        let frozen = kept.account.card.as_ref().is_some_and(|card| card.frozen);
        ensure(!kept.forked || frozen, || {
            format!("row 61: {} contradicts the book and is not frozen", self.cards[place].name)
        })?;
        ensure(!kept.forked || self.checks.restored, || {
            format!("{} was taken for an older copy, but none came back", self.cards[place].name)
        })
    }

    /// What a leg's entry says must be what its coordinator has decided.
    fn check_leg(&self, entry: &Entry, refund: Option<&str>) -> Result<(), Violation> {
        let Some(claim) = entry.action.claim().filter(|claim| claim.starts_with("co_")) else { return Ok(()) };
        let Some(document) = &self.checkouts[checkout_of(claim)].kept.document else { return Ok(()) };
        if self.checks.restored {
            return Ok(());
        }
        let current = document
            .tenders
            .iter()
            .find(|tender| format!("co_{}.{}.{}", checkout_of(claim), document.attempts, tender.id) == claim);
        let decided =
            |order: &LegOrder| document.pending.iter().any(|call| call.claim == claim && call.order == *order);
        let undecided =
            current.is_some() && matches!(document.state, State::Authorizing { .. } | State::Authorized { .. });
        let captured = current.filter(|_| document.state == State::Captured).map(|tender| tender.captured);
        let follows = match &entry.action {
            Action::Hold { .. } => undecided || decided(&LegOrder::Release),
            Action::Commit { amount, .. } => captured == Some(*amount),
            Action::Release { .. } => !undecided && captured.is_none_or(Amount::is_zero),
            Action::Refund { amount, .. } => {
                let planned = document.refunds.iter().find(|known| Some(known.id.as_str()) == refund);
                let part = (current.map(|tender| &tender.id), *amount);
                planned.is_some_and(|planned| planned.parts.iter().any(|(id, amount)| (Some(id), *amount) == part))
            }
            _ => true,
        };
        ensure(follows, || {
            format!(
                "invariant 6: {:?} does not follow from checkout {:?}, pending {:?}",
                entry.action, document.state, document.pending
            )
        })
    }

    fn check_checkout(&mut self, place: usize, before: Option<&Checkout>) -> Result<(), Violation> {
        let Some(after) = self.checkouts[place].kept.document.as_ref() else { return Ok(()) };
        if before == Some(after) {
            return Ok(());
        }
        ensure(!after.is_broken() || self.checks.restored, || {
            format!("co_{place} is broken, although no older copy came back")
        })?;
        check_sums(place, after)?;
        if self.checks.restored {
            return Ok(());
        }
        if let Some(before) = before {
            ensure(after.attempts - before.attempts <= 1, || format!("co_{place} skipped an attempt"))?;
            ensure(is_step(before, after), || {
                format!("invariant 6: co_{place} went from {:?} to {:?}", before.state, after.state)
            })?;
            let captured = before.state != State::Captured
                || before.tenders.iter().zip(&after.tenders).all(|(one, other)| one.captured == other.captured);
            ensure(captured, || format!("invariant 6: co_{place} changed what it captured"))?;
        }
        let settled = before.is_some_and(|before| before.state == after.state && before.attempts == after.attempts);
        if matches!(after.state, State::Authorized { .. }) || (after.state == State::Captured && !settled) {
            self.check_legs_held(place, after)?;
        }
        Ok(())
    }

    /// An attempt is authorized, and captured, only while every leg of it is held.
    fn check_legs_held(&self, place: usize, document: &Checkout) -> Result<(), Violation> {
        for tender in document.tenders.iter().filter(|tender| !tender.authorized.is_zero()) {
            let name = format!("co_{place}.{}.{}", document.attempts, tender.id);
            let claim = self.cards[place_of(&tender.card)].kept.account.claims.get(&name);
            let held = claim.is_some_and(|claim| claim.state == ClaimState::Held && claim.amount == tender.authorized);
            ensure(held, || {
                format!(
                    "invariant 6: co_{place} is {} but {name} on {} is {claim:?}",
                    document.state.name(),
                    tender.card
                )
            })?;
        }
        Ok(())
    }

    /// Reads the rows that are new in the book.
    fn check_book(&mut self) -> Result<(), Violation> {
        while let Some(row) = self.book.rows.get(self.checks.book_read) {
            let card = &self.cards[place_of(&row.line.card)];
            let place = usize::try_from(row.line.seq).unwrap() - 1;
            let own = card.kept.rows.get(place).is_some_and(|own| *own.hash == *row.hash);
            ensure(own || self.checks.restored, || {
                format!("invariant 14: the book has a line {} of {} that the card has not", row.line.seq, card.name)
            })?;
            let earlier = self
                .book
                .rows
                .iter()
                .take(self.checks.book_read)
                .rev()
                .find(|earlier| earlier.line.card == row.line.card);
            let next = earlier.map_or(1, |earlier| earlier.line.seq + 1);
            let chained = earlier.is_none_or(|earlier| earlier.hash == row.line.previous);
            ensure(row.line.seq == next && chained, || {
                format!("invariant 8: line {} of {} does not follow in the book", row.line.seq, card.name)
            })?;
            self.checks.book_read += 1;
        }
        let sum: i128 = self.book.totals.values().sum();
        ensure(sum == 0, || format!("invariant 14: the book is out of balance by {sum}"))
    }
}

/// A card takes a debit only while it may be spent.
fn check_debit(name: &str, before: Option<&Card>, entry: &Entry) -> Result<(), Violation> {
    let Some(before) = before.filter(|_| matches!(entry.action, Action::Hold { .. } | Action::Redeem { .. })) else {
        return Ok(());
    };
    let status = before.status(entry.at_ms);
    ensure(status == Status::Active, || {
        format!("invariant 10: {name} is {} and took {:?}", status.name(), entry.action)
    })
}

/// Conservation on one card.
fn check_counters(name: &str, account: &Account) -> Result<(), Violation> {
    let Some(card) = &account.card else { return Ok(()) };
    let sum =
        |part: fn(&Claim) -> Amount| account.claims.values().map(|claim| u128::from(part(claim).minor())).sum::<u128>();
    let [held, captured, refunded] = [card.held, card.flows.of(Flow::Redeemed), card.flows.of(Flow::Refunded)]
        .map(|amount| u128::from(amount.minor()));
    ensure(balances(card).map(|(_, amount)| amount).sum::<i128>() == 0, || {
        format!("invariant 1: {name} does not add up: {card:?}")
    })?;
    let holds = sum(|claim| if claim.state == ClaimState::Held { claim.amount } else { Amount::ZERO });
    ensure(held == holds, || format!("invariant 2: {name} holds {held}, its claims {holds}"))?;
    ensure(captured == sum(|claim| claim.committed), || {
        format!("invariant 3: {name} captured more or less than its claims")
    })?;
    ensure(refunded == sum(|claim| claim.refunded), || {
        format!("invariant 4: {name} refunded more or less than its claims")
    })?;
    let bounded =
        account.claims.values().all(|claim| claim.committed <= claim.amount && claim.refunded <= claim.committed);
    ensure(bounded, || format!("invariant 4: a claim of {name} took or gave back too much"))
}

/// The sums of one checkout.
fn check_sums(place: usize, document: &Checkout) -> Result<(), Violation> {
    let shares = document.shares();
    let covered: u64 = shares.iter().map(|share| share.applied.minor()).sum();
    let eligible = document.order.eligible_total.minor();
    ensure(covered <= eligible && eligible <= document.order.total.minor(), || {
        format!("invariant 7: co_{place} covers {covered} of {eligible}")
    })?;
    for tender in &document.tenders {
        let parts = document.refunds.iter().flat_map(|refund| &refund.parts).filter(|(id, _)| *id == tender.id);
        let refunded: u64 = parts.map(|(_, amount)| amount.minor()).sum();
        let bounded = tender.captured <= tender.authorized && refunded <= tender.captured.minor();
        ensure(bounded, || {
            format!("invariant 4: {} of co_{place} refunds {refunded} of {:?}", tender.id, tender.captured)
        })?;
    }
    Ok(())
}

/// Whether a checkout may go from one state to the other in one turn.
fn is_step(before: &Checkout, after: &Checkout) -> bool {
    use State::{Authorized, Authorizing, Captured, Expired, Open, Voided};
    match (&before.state, &after.state) {
        (Open, Open | Authorizing { .. } | Voided | Expired) => true,
        // Granted and captured in one turn is one decision; given up and planned anew is not one turn.
        (Open | Authorizing { .. }, Authorized { .. } | Captured) => {
            before.attempts == after.attempts || before.state == Open
        }
        (Authorizing { .. }, Authorizing { .. }) => before.attempts == after.attempts,
        (Authorizing { .. }, Open | Voided) => true,
        (Authorized { hold_expires_at_ms: before }, Authorized { hold_expires_at_ms: after }) => before <= after,
        (Authorized { .. }, Captured | Voided | Expired) => true,
        (Captured, Captured) | (Voided, Voided) | (Expired, Expired) => true,
        _ => false,
    }
}
