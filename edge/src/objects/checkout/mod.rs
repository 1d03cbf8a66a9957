//! `CheckoutObject`: the coordinator of one split tender. `shared::checkout` decides; this drives it.
//!
//! A decision is written before anybody is called, and the calls that follow from it are part of what is written (`Checkout::pending`). They are made
//! in the request, and again by the alarm until each card has acknowledged. Holds may be refused, so an attempt is planned, held side by side, and then
//! either granted or given up; an attempt that a crash left behind is given up by the alarm.
//!
//! After every await the checkout is loaded anew: another request may have decided meanwhile, and `shared` refuses what no longer fits.

mod store;

use super::stub::ask_card;
use super::{read_call, respond};
use crate::clock;
use crate::problem::{self, Failure, Fault};
use crate::reply::Reply;
use futures_util::future::join_all;
use shared::checkout::{Checkout, Command, LegCall, Order, Seen, State};
use shared::limits::RETRY_MS;
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::answer::{CheckoutAnswer, CheckoutRefundAnswer, Quote};
use shared::wire::call::{CardOrder, CardSeen, CheckoutCall, CheckoutOrder, NewCheckout, Once};
use shared::wire::problem::Problem;
use shared::wire::request::Note;
use store::{Kept, Store, Stored};
use worker::{DurableObject, Env, Request, Response, durable_object};

/// One checkout.
#[durable_object(alarm)]
pub struct CheckoutObject {
    store: Store,
    env: Env,
}

impl DurableObject for CheckoutObject {
    fn new(state: worker::State, env: Env) -> Self {
        Self { store: Store::new(state.storage()), env }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(call) => self.answer(call).await,
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }

    /// Gives up what is overdue and makes the calls that nobody has acknowledged. May run late, twice, or after a crash.
    async fn alarm(&self) -> worker::Result<Response> {
        match self.wake().await {
            Ok(()) => Response::empty(),
            // An error makes the runtime run the alarm again.
            Err(failure) => Err(worker::Error::RustError(failure.to_string())),
        }
    }
}

impl CheckoutObject {
    async fn answer(&self, CheckoutCall { scope, checkout: id, page, order }: CheckoutCall) -> Result<Reply, Failure> {
        match order {
            CheckoutOrder::Open { new, once } => self.open(id, scope, new, &once),
            CheckoutOrder::Read => Ok(reply(200, &self.stored(id, scope, page)?)),
            CheckoutOrder::ChangeTotal { total, eligible_total } => {
                self.change_total(self.stored(id, scope, page)?, total, eligible_total)
            }
            CheckoutOrder::AddTender { tender, card, key_id, amount, once } => {
                let stored = self.stored(id, scope, page)?;
                if let Some(reply) = self.replay(&stored, &once)? {
                    return Ok(reply);
                }
                let outcome = self.add_tender(stored, tender, card, key_id, amount).await;
                self.keep(outcome, &once)
            }
            CheckoutOrder::RemoveTender { tender } => {
                let stored = self.kept()?;
                self.save(stored.apply(&Command::RemoveTender { id: tender })?).map(|stored| reply(200, &stored))
            }
            CheckoutOrder::Authorize { order, hold_ms, once } => {
                if let Some(reply) = self.replay(&self.kept()?, &once)? {
                    return Ok(reply);
                }
                let outcome = self.authorize(order, hold_ms).await;
                self.keep(outcome, &once)
            }
            CheckoutOrder::Capture { order, amount, once } => {
                if let Some(reply) = self.replay(&self.kept()?, &once)? {
                    return Ok(reply);
                }
                let outcome = self.capture(order, amount).await;
                self.keep(outcome, &once)
            }
            CheckoutOrder::Void { once } => {
                if let Some(reply) = self.replay(&self.kept()?, &once)? {
                    return Ok(reply);
                }
                let outcome = self.void().await;
                self.keep(outcome, &once)
            }
            CheckoutOrder::Extend { hold_ms, once } => {
                if let Some(reply) = self.replay(&self.kept()?, &once)? {
                    return Ok(reply);
                }
                let outcome = self.extend(hold_ms).await;
                self.keep(outcome, &once)
            }
            CheckoutOrder::Ask { claim } => {
                let stored = self.kept()?;
                Ok(Reply::json(200, &stored.checkout.verdict(&stored.id, &claim, clock::now_ms())))
            }
            CheckoutOrder::Refund { refund, amount, reason, once } => {
                if let Some(reply) = self.replay(&self.kept()?, &once)? {
                    return Ok(reply);
                }
                let outcome = self.refund(refund, amount, reason).await;
                self.keep(outcome, &once)
            }
        }
    }

    fn open(&self, id: String, scope: String, new: NewCheckout, once: &Once) -> Result<Reply, Failure> {
        if let Some(stored) = self.store.load()? {
            return self.replay(&stored, once)?.ok_or_else(|| Rejection::IdempotencyKeyReused.into());
        }
        let stored = self.save(Stored { id, scope, checkout: open(new, false) })?;
        self.keep(Ok(reply(201, &stored)), once)
    }

    /// The checkout; for one that a page made and nobody paid into yet, what its token says.
    fn stored(&self, id: String, scope: String, page: Option<NewCheckout>) -> Result<Stored, Failure> {
        match (self.store.load()?, page) {
            (Some(stored), _) => Ok(stored),
            (None, Some(new)) => Ok(Stored { id, scope, checkout: open(new, true) }),
            (None, None) => Err(Rejection::NotFound.into()),
        }
    }

    /// The checkout, when it was stored.
    fn kept(&self) -> Result<Stored, Failure> {
        Ok(self.store.load()?.ok_or(Rejection::NotFound)?)
    }

    /// A page's checkout that was never stored stays so: the Worker answers with a token that carries the new total.
    fn change_total(&self, stored: Stored, total: Amount, eligible_total: Amount) -> Result<Reply, Failure> {
        let changed = stored.apply(&Command::ChangeTotal { total, eligible_total })?;
        let changed = if self.store.load()?.is_some() { self.save(changed)? } else { changed };
        Ok(reply(200, &changed))
    }

    async fn add_tender(
        &self,
        stored: Stored,
        id: String,
        card: String,
        key_id: u8,
        requested: Option<Amount>,
    ) -> Result<Reply, Failure> {
        stored.checkout.check_open(clock::now_ms())?;
        stored.checkout.check_room(&card)?;
        let order = CardOrder::Peek { key_id, currency: stored.checkout.order.currency };
        let CardSeen { kind, last4, available, expires_at_ms } =
            ask_card(&self.env, &stored.scope, &card, order).await?;
        let stored = self.store.load()?.unwrap_or(stored);
        let seen = Seen { kind, available, expires_at_ms };
        let stored = self.save(stored.apply(&Command::AddTender { id, card, key_id, last4, requested, seen })?)?;
        Ok(reply(201, &stored))
    }

    async fn authorize(&self, order: Order, hold_ms: u64) -> Result<Reply, Failure> {
        let planned = self.save(self.kept()?.apply(&Command::Authorize { order, hold_ms })?)?;
        self.arm(&planned).await?;
        let attempt = planned.checkout.attempts;
        let holds = planned.checkout.holds(&planned.id);
        let answers = join_all(holds.iter().map(|call| self.call(&planned, call))).await;
        let refused = holds.iter().zip(answers).find_map(|(call, answer)| answer.err().map(|failure| (call, failure)));
        match refused {
            None => {
                let granted = self.save(self.kept()?.apply(&Command::Granted { attempt })?)?;
                self.arm(&granted).await?;
                Ok(reply(200, &granted))
            }
            Some((call, failure)) => Err(self.decline(&planned, attempt, call, failure).await),
        }
    }

    /// Gives the attempt up and says which tender it failed on, with what applies now.
    async fn decline(&self, planned: &Stored, attempt: u32, call: &LegCall, failure: Failure) -> Failure {
        let tender = planned.checkout.tenders.iter().find(|tender| tender.card == call.card);
        let seen = match (&failure, tender) {
            (Failure::Refused(_), Some(tender)) => {
                let order = CardOrder::Peek { key_id: tender.key_id, currency: planned.checkout.order.currency };
                let seen: Result<CardSeen, Failure> = ask_card(&self.env, &planned.scope, &tender.card, order).await;
                // A card that cannot be used now has nothing to give to this order.
                let available = seen.map_or(Amount::ZERO, |seen| seen.available);
                Some((tender.id.clone(), Seen { kind: tender.kind, available, expires_at_ms: tender.expires_at_ms }))
            }
            _ => None,
        };
        let given_up =
            self.kept().and_then(|stored| self.save(stored.apply(&Command::Refused { attempt, tender: seen })?));
        if let Err(failure) = given_up {
            return failure;
        }
        match (self.settle().await, failure, tender) {
            (Ok(now), Failure::Refused(cause), Some(tender)) => {
                let declined = Rejection::TenderDeclined { leg: tender.id.clone(), cause: cause.code };
                Failure::Refused(Box::new(Problem {
                    quote: Some(Quote::new(&now.checkout)),
                    ..Problem::from(&declined)
                }))
            }
            (Err(failure), _, _) | (_, failure, _) => failure,
        }
    }

    async fn capture(&self, order: Order, amount: Option<Amount>) -> Result<Reply, Failure> {
        if self.kept()?.checkout.state == State::Open {
            self.authorize(order.clone(), shared::limits::HOLD_SECONDS.saturating_mul(1_000)).await?;
        }
        self.save(self.kept()?.apply(&Command::Capture { order, amount })?)?;
        let stored = self.settle().await?;
        Ok(reply(if stored.checkout.pending.is_empty() { 200 } else { 202 }, &stored))
    }

    async fn void(&self) -> Result<Reply, Failure> {
        self.save(self.kept()?.apply(&Command::Void)?)?;
        Ok(reply(200, &self.settle().await?))
    }

    async fn extend(&self, hold_ms: u64) -> Result<Reply, Failure> {
        let stored = self.save(self.kept()?.apply(&Command::Extend { hold_ms })?)?;
        self.arm(&stored).await?;
        Ok(reply(200, &stored))
    }

    async fn refund(&self, id: String, amount: Amount, reason: Option<String>) -> Result<Reply, Failure> {
        self.save(self.kept()?.apply(&Command::Refund { id: id.clone(), amount, reason })?)?;
        let Stored { id: checkout_id, checkout, .. } = self.settle().await?;
        let refund = checkout.refunds.iter().find(|refund| refund.id == id).ok_or(Fault::Corrupt("refund"))?;
        let status = if checkout.pending.is_empty() { 201 } else { 202 };
        Ok(Reply::json(status, &CheckoutRefundAnswer::new(&checkout_id, &checkout, refund)))
    }

    async fn wake(&self) -> Result<(), Failure> {
        let Some(stored) = self.store.load()? else { return Ok(()) };
        self.save(stored.apply(&Command::Overdue)?)?;
        self.settle().await?;
        Ok(())
    }

    /// Makes the pending calls side by side and takes out those that were acknowledged; the alarm goes on with the rest.
    async fn settle(&self) -> Result<Stored, Failure> {
        let stored = self.kept()?;
        if !stored.checkout.pending.is_empty() {
            // Armed before the calls: a crash among them must not end the retries.
            self.arm(&stored).await?;
        }
        let answers = join_all(stored.checkout.pending.iter().map(|call| self.call(&stored, call))).await;
        let mut now = self.kept()?;
        for (call, answer) in stored.checkout.pending.iter().zip(answers) {
            match answer {
                Ok(()) => now = now.apply(&Command::Acknowledged { call: call.clone() })?,
                Err(failure) if contradicts(&failure) => {
                    worker::console_error!("fork: {} and its card {} contradict one another: {failure}", now.id, call.card);
                    now = now.apply(&Command::Contradicted { call: call.clone() })?;
                }
                Err(failure) => worker::console_warn!("a leg of {} waits: {failure}", now.id),
            }
        }
        if !stored.checkout.pending.is_empty() {
            now = self.save(now)?;
        }
        self.arm(&now).await?;
        Ok(now)
    }

    async fn call(&self, stored: &Stored, call: &LegCall) -> Result<(), Failure> {
        let Order { currency, reference, .. } = &stored.checkout.order;
        let note =
            Note { reference: Some(reference.clone()), location: stored.checkout.location.clone(), ..Note::default() };
        let order = CardOrder::Leg {
            key_id: call.key_id,
            claim: call.claim.clone(),
            order: call.order.clone(),
            currency: *currency,
            note,
        };
        let _: CardSeen = ask_card(&self.env, &stored.scope, &call.card, order).await?;
        Ok(())
    }

    /// Sets the one alarm to the next thing that is due.
    async fn arm(&self, stored: &Stored) -> Result<(), Failure> {
        let retry = (!stored.checkout.pending.is_empty()).then(|| clock::now_ms().saturating_add(RETRY_MS));
        let due_ms = [retry, stored.checkout.due_ms()].into_iter().flatten().min();
        self.store.arm(due_ms).await?;
        Ok(())
    }

    fn save(&self, stored: Stored) -> Result<Stored, Failure> {
        self.store.save(&stored)?;
        Ok(stored)
    }

    /// The answer that this key has had before.
    fn replay(&self, stored: &Stored, once: &Once) -> Result<Option<Reply>, Failure> {
        match self.store.operation(&once.key)? {
            None => Ok(None),
            Some(kept) if kept.fingerprint != once.fingerprint => Err(Rejection::IdempotencyKeyReused.into()),
            Some(Kept { status, body: Some(body), .. }) => Ok(Some(Reply::replayed(status, body))),
            // It was settling when it was first told; its end is told as it is now.
            Some(Kept { status, .. }) => {
                Ok(Some(reply(if stored.checkout.pending.is_empty() { 200 } else { status }, stored).again()))
            }
        }
    }

    /// Keeps an outcome for its key: an effect, or a refusal of business. A fault is not kept, so that the same request may be sent again.
    fn keep(&self, outcome: Result<Reply, Failure>, once: &Once) -> Result<Reply, Failure> {
        let outcome = match outcome {
            Err(Failure::Refused(problem)) if problem::is_business(&problem) && self.store.exists()? => {
                Ok(problem::refusal(&problem))
            }
            outcome => outcome,
        };
        let reply = outcome?;
        self.store.keep(once, &reply, clock::now_ms())?;
        Ok(reply)
    }
}

/// Whether a card refuses what was decided. Its value was held, so no refusal is possible unless an older copy of one of the two came back; asking
/// again would get the same answer.
fn contradicts(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused(problem) if !problem.retryable)
}

fn open(new: NewCheckout, page_made: bool) -> Checkout {
    let NewCheckout { order, origin, location, expires_at_ms } = new;
    Checkout::open(order, origin, page_made, location, clock::now_ms(), expires_at_ms)
}

fn reply(status: u16, stored: &Stored) -> Reply {
    Reply::json(status, &CheckoutAnswer::new(&stored.id, &stored.checkout, clock::now_ms()))
}

impl Stored {
    fn apply(&self, command: &Command) -> Result<Self, Rejection> {
        let checkout = self.checkout.apply(&self.id, command, clock::now_ms())?;
        Ok(Self { id: self.id.clone(), scope: self.scope.clone(), checkout })
    }
}
