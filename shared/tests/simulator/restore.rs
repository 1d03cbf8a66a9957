//! An older copy of one actor's disk comes back in the middle of traffic.
//!
//! What was decided since is gone from that actor, so it may contradict the others. It must be noticed where the two meet (the card is frozen, the
//! checkout marked broken), and nothing may be doubled: every card's own history stays sound, and the book's lines stay one chain for each card.

use crate::figures::Figures;
use crate::guard::Guards;
use crate::message::Node;
use crate::random::Random;
use crate::schedule::{self, Failure, Run};
use crate::world::{Violation, World, place_of};
use crate::{book, card, coordinator};
use shared::card::ClaimState;
use shared::checkout::State;
use std::rc::Rc;

/// A disk as it was.
enum Copy {
    Card(usize, Box<card::Kept>),
    Checkout(usize, Box<coordinator::Kept>),
    Book(book::Book),
}

/// Runs the world of a seed, with one older copy brought back halfway.
pub fn run(seed: u64, operations: u64, guards: Guards) -> Result<Figures, Box<Failure>> {
    schedule::drive(seed, operations, guards, |run| all(run, operations))
}

fn all(run: &mut Run, operations: u64) -> Result<(), Violation> {
    run.until(operations / 3)?;
    let copy = Copy::of(&run.world, &mut run.random);
    run.until(operations * 2 / 3)?;
    copy.restore(&mut run.world);
    run.until(operations)?;
    run.rest()?;
    // One more entry on every card, so that each meets the book again.
    for place in 0..run.world.cards.len() {
        run.touch(place);
    }
    run.rest()?;
    run.world.check_noticed()?;
    run.world.check_audit()
}

impl Copy {
    fn of(world: &World, random: &mut Random) -> Self {
        // A checkout that is not decided has the most to forget.
        let is_undecided = |place: &usize| {
            let document = world.checkouts[*place].kept.document.as_ref();
            document.is_some_and(|document| {
                !document.tenders.is_empty() && !matches!(document.state, State::Voided | State::Expired)
            })
        };
        let checkouts: Vec<usize> = (0..world.checkouts.len()).filter(is_undecided).collect();
        match random.below(5) {
            0 | 1 => {
                let place = random.place(world.cards.len());
                Self::Card(place, Box::new(world.cards[place].kept.clone()))
            }
            2 | 3 if !checkouts.is_empty() => {
                let place = checkouts[random.place(checkouts.len())];
                Self::Checkout(place, Box::new(world.checkouts[place].kept.clone()))
            }
            _ => Self::Book(world.book.clone()),
        }
    }

    fn restore(self, world: &mut World) {
        world.checks.restored = true;
        world.clients.forgiving = true;
        world.figures.restored += 1;
        match self {
            Self::Card(place, kept) => {
                world.note(|| format!("an older copy of Card({place}) comes back"));
                // What the book has not received is nowhere but on the card, so nobody can miss it: a limit of the design.
                let known = world
                    .book
                    .known
                    .get(&world.cards[place].name)
                    .map_or(0, |known| usize::try_from(known.seq).unwrap());
                let young = world.cards[place].kept.rows.iter().skip(kept.rows.len().max(known));
                world.checks.unseen = young.filter_map(|row| row.line.claim.clone()).collect();
                world.crash(Node::Card(place));
                world.checks.read[place] = 0;
                world.checks.folded[place] = Rc::default();
                world.checks.entries[place] = Rc::default();
                world.card(place).kept = *kept;
            }
            Self::Checkout(place, kept) => {
                world.note(|| format!("an older copy of Checkout({place}) comes back"));
                world.checks.restored_checkout = true;
                let prefix = format!("co_{place}.");
                let claims = world.cards.iter().flat_map(|card| &card.kept.account.claims);
                let taken = claims
                    .filter(|(name, claim)| name.starts_with(&prefix) && claim.state == ClaimState::Committed)
                    .map(|(name, _)| name.clone());
                let forgets = kept.document.as_ref().is_some_and(|document| document.state != State::Captured);
                world.checks.forgotten = taken.filter(|_| forgets).collect();
                world.crash(Node::Checkout(place));
                world.checkout(place).kept = *kept;
            }
            Self::Book(kept) => {
                world.note(|| "an older copy of the book comes back".into());
                world.checks.book_read = kept.rows.len();
                world.book = kept;
            }
        }
    }
}

impl World {
    /// Whatever contradicts another is stopped; whatever is not stopped agrees.
    pub fn check_noticed(&self) -> Result<(), Violation> {
        let ensure = |holds: bool, broken: String| if holds { Ok(()) } else { Err(Violation(broken)) };
        for card in self.cards.iter().filter(|card| !card.kept.rows.is_empty()) {
            let lines = self.book.rows.iter().filter(|row| row.line.card == card.name);
            let agrees = lines.clone().count() == card.kept.rows.len()
                && lines.zip(&card.kept.rows).all(|(row, own)| *row.hash == *own.hash);
            ensure(
                agrees || card.kept.forked,
                format!("row 61: {} and the book contradict one another, and nobody noticed", card.name),
            )?;
        }
        for place in 0..self.checkouts.len() {
            let Some(document) = self.checkouts[place].kept.document.as_ref().filter(|document| !document.is_broken())
            else {
                continue;
            };
            for tender in &document.tenders {
                let card = &self.cards[place_of(&tender.card)];
                let name = format!("co_{place}.{}.{}", document.attempts, tender.id);
                let claim = card.kept.account.claims.get(&name);
                let committed = claim.map(|claim| claim.committed).unwrap_or_default();
                let refunded = claim.map(|claim| claim.refunded).unwrap_or_default();
                // Only those meet that the checkout asks: a tender that a second life did not need is not asked what it did in the first, and a refund that
                // was forgotten is noticed at the next. These are limits of the design, recorded as such.
                let met = document.state == State::Captured
                    && !tender.authorized.is_zero()
                    && !card.kept.forked
                    && !self.checks.unseen.contains(&name);
                ensure(
                    !met || !self.checks.forgotten.contains(&name),
                    format!("row 61: co_{place} was granted {name} anew, which it had taken before"),
                )?;
                let counts = !self.checks.restored_checkout || self.checks.refunded_since.contains(&name);
                let refunds = if counts { refunded == tender.refunded } else { refunded >= tender.refunded };
                ensure(
                    !met || (committed == tender.captured && refunds),
                    format!(
                        "row 61: co_{place} captured {:?} of {name}, which is {claim:?}, and nobody noticed",
                        tender.captured
                    ),
                )?;
            }
        }
        for card in &self.cards {
            let held = card.kept.account.claims.iter().find(|(_, claim)| claim.state == ClaimState::Held);
            ensure(held.is_none(), format!("invariant 13: {} still holds {held:?}", card.name))?;
        }
        Ok(())
    }
}
