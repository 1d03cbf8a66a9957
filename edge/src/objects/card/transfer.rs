//! Value that moves to the card that takes this one's place. The entry that moved it is the message: it is told to the other card until that has said that it
//! has it, so nothing is lost on the way and nothing arrives twice.

use super::store::{Draft, Record, Stored, Whose};
use super::{Act, CardObject};
use crate::objects::stub::pass_to_card;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::card::{Action, Command, Facts};
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, Once};
use shared::wire::request::Note;

impl CardObject {
    /// Tells the other card of what moved to it first and hands its answer on: the same one every time.
    pub(super) async fn deliver_first(&self) -> Result<Reply, Failure> {
        let stored = self.stored()?;
        let moved = self.store.next_transfer(0)?.ok_or(Rejection::NotFound)?;
        let reply = self.tell_successor(&stored, &moved).await?;
        if reply.status < 300 {
            self.note_delivered(moved.entry.seq)?;
        }
        Ok(reply)
    }

    /// Tells the other card of everything that it has not said yet that it has.
    pub(super) async fn deliver(&self) -> Result<(), Failure> {
        loop {
            let stored = self.stored()?;
            let Some(moved) = self.next_transfer(&stored)? else { return Ok(()) };
            let reply = self.tell_successor(&stored, &moved).await?;
            if reply.status >= 300 {
                return Err(Fault::Corrupt("the successor refuses what moved to it").into());
            }
            self.note_delivered(moved.entry.seq)?;
        }
    }

    /// The next entry that is to be told. A card that the book contradicts tells nothing: what it moved may never have been its own.
    pub(super) fn next_transfer(&self, stored: &Stored) -> Result<Option<Record>, Fault> {
        if stored.forked || stored.card.successor().is_none() {
            return Ok(None);
        }
        self.store.next_transfer(stored.delivered)
    }

    /// While the other card was asked, another turn may have noted more.
    fn note_delivered(&self, seq: u64) -> Result<(), Failure> {
        if self.stored()?.delivered < seq {
            self.store.deliver(seq)?;
        }
        Ok(())
    }

    async fn tell_successor(&self, stored: &Stored, moved: &Record) -> Result<Reply, Failure> {
        let Action::ReplaceOut { amount, to } = &moved.entry.action else {
            return Err(Fault::Corrupt("transfer").into());
        };
        let issue = self.store.record(1)?.ok_or(Fault::Corrupt("issue"))?;
        let note = Note { campaign: issue.detail.note.campaign, ..Note::default() };
        let facts = Facts { key_id: to.key_id, from: Some(stored.id.clone()), ..stored.card.facts.clone() };
        let (from, seq, last4) = (stored.id.clone(), moved.entry.seq, to.last4.clone());
        let sealed = self.store.sealed(Whose::Successor)?;
        let order = CardOrder::TakeOver { from, seq, last4, amount: *amount, facts: Box::new(facts), note, sealed };
        pass_to_card(&self.env, &stored.scope, &to.card, order).await
    }

    /// Takes over what another card moved here, and comes into being by it.
    pub(super) fn take_over(
        &self,
        new: Draft,
        from: &str,
        (amount, facts): (Amount, Facts),
        (note, once): (Note, Once),
        now_ms: u64,
    ) -> Result<Reply, Failure> {
        let act = |command| Act { command, claim: None, note, refund: None, once, keep_refusal: false };
        match self.store.load()? {
            None => self.issue(new, act(Command::Issue { amount, facts }), now_ms),
            Some(stored) if stored.card.facts.from.as_deref() == Some(from) => {
                let currency = stored.card.facts.currency;
                self.act(stored, act(Command::ReplaceIn { from: from.into(), amount, currency }), now_ms)
            }
            // Somebody else's card: the reference was taken, and value must not go astray.
            Some(_) => Err(Rejection::CardAlreadyActive.into()),
        }
    }
}
