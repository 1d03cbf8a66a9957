//! `CardObject`: one gift card. It loads the card and the one claim that a call concerns, lets `shared::card` decide, and appends one entry.
//!
//! Only issuing makes a card: every other call on an empty object answers `card_unknown` and writes nothing.
//!
//! Idempotency: an entry carries the hash of its key. A repeated key finds its entry and gets the answer rebuilt from it; a refusal of business is
//! kept beside. What a coordinator asks of a leg is keyed by the claim itself.

mod answer;
mod hand_off;
mod store;
mod transfer;

use super::{read_call, respond, woken};
use crate::clock;
use crate::meter;
use crate::problem::{self, Failure};
use crate::reply::Reply;
use hand_off::Waiting;
use shared::card::{ClaimState, Command, apply, redemption_claim};
use shared::checkout::LegOrder;
use shared::law;
use shared::limits::PAGE_ROWS_MAX;
use shared::money::{Amount, Currency};
use shared::rejection::Rejection;
use shared::wire::answer::{EntryLine, GiftCard, Page, Redemption};
use shared::wire::call::{CardCall, CardOrder, Once, Sealed};
use shared::wire::card_act::CardAct;
use shared::wire::problem::Problem;
use shared::wire::request::Note;
use store::{Draft, Store, Stored, Whose};
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// One gift card.
#[durable_object(alarm)]
pub struct CardObject {
    store: Store,
    env: Env,
    waiting: Waiting,
}

impl DurableObject for CardObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()), env, waiting: Waiting::default() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(CardCall { order: CardOrder::Deliver, .. }) => self.deliver_first().await,
            Ok(call) => self.answer(call),
            Err(failure) => Err(failure),
        };
        // In the turn of the write, so that both are kept or neither.
        let armed = self.arm().await;
        respond(outcome.and_then(|reply| armed.map(|()| reply)))
    }

    /// Settles claims whose deadline has passed, and hands entries to the book. May run late, twice, or after a crash.
    async fn alarm(&self) -> worker::Result<Response> {
        woken(self.wake().await)
    }
}

/// What one act on the card is made of.
struct Act {
    command: Command,
    /// The claim that the command names.
    claim: Option<String>,
    note: Note,
    refund: Option<String>,
    once: Once,
    /// Whether a refusal is kept for the key. A leg's coordinator keeps its own record.
    keep_refusal: bool,
}

impl Act {
    /// The claim, where a hold is asked for.
    fn hold(&self) -> Option<&str> {
        self.claim.as_deref().filter(|_| matches!(self.command, Command::Hold { .. }))
    }
}

impl CardObject {
    /// There is no await from here on: what is read is still true when it is written.
    fn answer(&self, CardCall { scope, card: id, order }: CardCall) -> Result<Reply, Failure> {
        let now_ms = clock::now_ms();
        let act = |command, note, once| Act { command, claim: None, note, refund: None, once, keep_refusal: true };
        match order {
            CardOrder::Issue { last4, amount, facts, note, sealed, once } => self.issue(
                Draft { id, scope, last4, sealed },
                act(Command::Issue { amount, facts: *facts }, note, once),
                now_ms,
            ),
            CardOrder::TakeOver { from, seq, last4, amount, facts, note, sealed } => {
                let once = Once { key: format!("from/{from}/{seq}"), fingerprint: String::new() };
                self.take_over(Draft { id, scope, last4, sealed }, &from, (amount, *facts), (note, once), now_ms)
            }
            // Answered where there is time to wait.
            CardOrder::Deliver => Err(Rejection::NotFound.into()),
            CardOrder::Read => {
                let stored = self.stored()?;
                let answer = stored.answer(now_ms);
                let (sealed, key_id) = (self.store.sealed(Whose::Own)?, Some(stored.card.facts.key_id));
                Ok(Reply::json(200, &GiftCard { sealed, key_id, ..answer }))
            }
            CardOrder::Imported { old } => {
                let stored = self.stored()?;
                Ok(Reply::json(200, &self.store.record_of_key(&old)?.map(|_| stored.card.facts.key_id)))
            }
            CardOrder::Again { once } => {
                self.replay(&self.stored()?, &once, None, now_ms)?.ok_or_else(|| Rejection::CardAlreadyActive.into())
            }
            CardOrder::Entries { after, limit } => self.entries(after, limit.min(PAGE_ROWS_MAX)),
            CardOrder::Act { act: change, note, sealed, once } => {
                let (stored, act) = (self.stored()?, act(change.clone().into(), note, once));
                // Value must not move while the book does not follow, whatever the card was frozen for first.
                if stored.forked && !matches!(change, CardAct::Freeze | CardAct::Erase) {
                    return self.replay(&stored, &act.once, None, now_ms)?.ok_or_else(|| Rejection::CardForked.into());
                }
                self.change(stored, act, sealed, now_ms)
            }
            CardOrder::Balance { key_id, id_too } => {
                Ok(Reply::json(200, &self.signed_by(key_id)?.balance(id_too.then_some(id), now_ms)))
            }
            CardOrder::Redeem { key_id, amount, currency, spend, note, once } => {
                let stored = self.signed_by(key_id)?;
                stored.card.facts.check_spend(&spend)?;
                let command = Command::Redeem { amount: amount.into(), currency };
                self.act(stored, act(command, note, once), now_ms)
            }
            CardOrder::Redemption { seq } => self.redemption(&id, seq),
            CardOrder::RefundRedemption { seq, refund, amount, note, once } => {
                let (stored, claim) = (self.stored()?, redemption_claim(seq));
                let command = Command::Refund { claim: claim.clone(), amount, refunded: None };
                // It belongs to the same order and place; what the order came to is said once.
                let sale = self.store.record(seq)?.map(|record| record.detail.note).unwrap_or_default();
                let note = Note { reason: note.reason, total: None, ..sale };
                self.act(
                    stored,
                    Act { command, claim: Some(claim), note, refund: Some(refund), once, keep_refusal: true },
                    now_ms,
                )
            }
            CardOrder::Peek { key_id, currency, spend } => {
                let Stored { card, last4, .. } = self.signed_by(key_id)?;
                card.check_usable(currency, now_ms)?;
                card.facts.check_spend(&spend)?;
                Ok(Reply::json(200, &answer::peeked(&card, last4, now_ms)))
            }
            CardOrder::Leg { key_id, claim, order, currency, spend, note } => {
                let stored = self.signed_by(key_id)?;
                if matches!(order, LegOrder::Hold { .. }) {
                    stored.card.facts.check_spend(&spend)?;
                }
                self.act(stored, leg(claim, &order, currency, note), now_ms)
            }
        }
    }

    fn stored(&self) -> Result<Stored, Failure> {
        Ok(self.store.load()?.ok_or(Rejection::CardUnknown)?)
    }

    /// The card, for somebody who showed its code. A code under another root than the card's own is forged, however right its tag.
    fn signed_by(&self, key_id: u8) -> Result<Stored, Failure> {
        let stored = self.stored()?;
        if stored.card.facts.key_id == key_id { Ok(stored) } else { Err(Rejection::CardUnknown.into()) }
    }

    fn issue(&self, new: Draft, act: Act, now_ms: u64) -> Result<Reply, Failure> {
        if let Some(stored) = self.store.load()? {
            // A card that another key issued is a collision of ids, not a repetition: the Worker tries the next id.
            return self.replay(&stored, &act.once, None, now_ms)?.ok_or_else(|| Rejection::CardAlreadyActive.into());
        }
        law::card::check(None, &act.command, now_ms)?;
        let applied = apply(None, None, &act.command, now_ms)?;
        self.store.create()?;
        if let Some(sealed) = &new.sealed {
            self.store.keep(Whose::Own, sealed)?;
        }
        let mut stored = new.issued(applied.card.clone());
        let record = self.store.write(&mut stored, applied, act.note, None, &act.once)?;
        answer::act(&stored, record)
    }

    /// Does what a shop may do with a card, and to what is kept beside it.
    fn change(&self, stored: Stored, act: Act, sealed: Option<Sealed>, now_ms: u64) -> Result<Reply, Failure> {
        if let (None, Some(sealed)) = (&stored.card.ended, sealed) {
            // Refused, it is written over by the next try or never looked at.
            self.store.keep(Whose::Successor, &sealed)?;
        }
        let erases = act.command == Command::Erase;
        let reply = self.act(stored, act, now_ms)?;
        if erases {
            self.store.erase_gift()?;
        }
        Ok(reply)
    }

    /// Does one thing, once.
    fn act(&self, mut stored: Stored, act: Act, now_ms: u64) -> Result<Reply, Failure> {
        if let Some(reply) = self.replay(&stored, &act.once, act.hold(), now_ms)? {
            return Ok(reply);
        }
        let claim = act.claim.as_deref().map(|claim| self.store.claim(claim)).transpose()?.flatten();
        let lawful = law::card::check(Some(&stored.card), &act.command, now_ms);
        match lawful.and_then(|()| apply(Some(&stored.card), claim.as_ref(), &act.command, now_ms)) {
            Ok(applied) => {
                let record = self.store.write(&mut stored, applied, act.note, act.refund, &act.once)?;
                let reply = answer::act(&stored, record)?;
                self.follow_up(stored, now_ms)?;
                Ok(reply)
            }
            Err(rejection) => {
                if matches!(act.command, Command::Commit { .. }) && claim.is_none() {
                    // The coordinator was granted a hold that this card knows nothing of: this is an older copy.
                    self.stop_after_fork(stored)?;
                }
                let problem = Problem::from(&rejection);
                if act.keep_refusal && problem::is_business(&problem) {
                    self.store.refuse(&act.once, &problem, now_ms)?;
                }
                Err(Failure::Refused(Box::new(problem)))
            }
        }
    }

    /// What the card does on its own after that, in the same turn. One that the book contradicts moves nothing.
    fn follow_up(&self, mut stored: Stored, now_ms: u64) -> Result<(), Failure> {
        while let (false, Some(command)) = (stored.forked, stored.card.follow_up(now_ms)) {
            // What was done before it stays done and is told as done; the alarm comes back to this.
            let Ok(applied) = apply(Some(&stored.card), None, &command, now_ms) else {
                worker::console_error!("what follows on {} has no room", stored.id);
                return Ok(());
            };
            let once = Once { key: format!("auto/{}", applied.entry.seq), fingerprint: String::new() };
            self.store.write(&mut stored, applied, Note::default(), None, &once)?;
        }
        Ok(())
    }

    /// The answer that this key has had before. `hold`: the claim that it asks for.
    fn replay(&self, stored: &Stored, once: &Once, hold: Option<&str>, now_ms: u64) -> Result<Option<Reply>, Failure> {
        let same = |fingerprint: &str| {
            if fingerprint == once.fingerprint { Ok(()) } else { Err(Rejection::IdempotencyKeyReused) }
        };
        if let Some(record) = self.store.record_of_key(&once.key)? {
            same(&record.fingerprint)?;
            hold.map_or(Ok(()), |claim| self.check_still_held(claim))?;
            return answer::act(stored, record).map(|reply| Some(reply.again()));
        }
        match self.store.refusal_of_key(&once.key, now_ms)? {
            Some((fingerprint, problem)) => {
                same(&fingerprint)?;
                Ok(Some(problem::refusal(&problem).again()))
            }
            None => Ok(None),
        }
    }

    /// A hold that was granted before is granted again only while it lasts: the coordinator that asks for it anew may be an older copy.
    fn check_still_held(&self, claim: &str) -> Result<(), Failure> {
        match self.store.claim(claim)?.map(|claim| claim.state) {
            Some(ClaimState::Held) => Ok(()),
            Some(ClaimState::Committed) => Err(Rejection::AlreadyCaptured.into()),
            Some(ClaimState::Released) | None => Err(Rejection::AlreadyVoided.into()),
        }
    }

    fn entries(&self, after: u64, limit: usize) -> Result<Reply, Failure> {
        self.stored()?;
        let records = self.store.records(after, limit)?;
        let next_cursor =
            if records.len() == limit { records.last().map(|record| record.entry.seq.to_string()) } else { None };
        let data: Vec<EntryLine> =
            records.into_iter().map(|record| EntryLine::new(&record.entry, record.detail.note)).collect();
        Ok(Reply::json(200, &Page { data, next_cursor }))
    }

    fn redemption(&self, id: &str, seq: u64) -> Result<Reply, Failure> {
        let stored = self.stored().map_err(|_| Rejection::NotFound)?;
        let record = self.store.record(seq)?.ok_or(Rejection::NotFound)?;
        let refunded = self.store.claim(&redemption_claim(seq))?.map_or(Amount::ZERO, |claim| claim.refunded);
        let redemption =
            Redemption::new(id, &stored.last4, stored.card.facts.currency, &record.entry, record.detail.note, refunded);
        Ok(Reply::json(200, &redemption.ok_or(Rejection::NotFound)?))
    }
}

/// What a coordinator asks of a leg.
fn leg(claim: String, order: &LegOrder, currency: Currency, note: Note) -> Act {
    let refund = if let LegOrder::Refund { refund, .. } = order { Some(refund.clone()) } else { None };
    let once = Once { key: order.key(&claim), fingerprint: order.fingerprint() };
    Act { command: order.command(&claim, currency), claim: Some(claim), note, refund, once, keep_refusal: false }
}
