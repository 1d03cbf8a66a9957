//! `CheckoutObject`: the coordinator of one split tender. `shared::checkout` decides; this drives it.
//!
//! A decision is written before anybody is called, and the calls that follow from it are part of what is written (`Checkout::pending`). They are made
//! in the request, and again by the alarm until each card has acknowledged. Holds may be refused, so an attempt is planned, held side by side, and then
//! either granted or given up; an attempt that a crash left behind is given up by the alarm.
//!
//! The answer to a request is written with its decision, under its idempotency key, so a crash after the decision cannot turn the retry into a refusal.
//!
//! After every await the checkout is loaded anew: another request may have decided meanwhile, and `shared` refuses what no longer fits.

mod once;
mod settle;
mod store;
mod tell;

use super::stub::ask_card;
use super::{read_call, respond, woken};
use crate::clock;
use crate::meter;
use crate::problem::Failure;
use crate::reply::Reply;
use once::{Deed, Doing, reply};
use settle::spend;
use shared::checkout::{Checkout, Command, Order, Seen, State};
use shared::event;
use shared::limits::HOLD_SECONDS;
use shared::money::Amount;
use shared::rejection::Rejection;
use shared::wire::call::{CardOrder, CardSeen, CheckoutCall, CheckoutOrder, NewCheckout};
use std::cell::Cell;
use store::{Store, Stored};
use worker::{DurableObject, Env, Request, Response, durable_object};

/// One checkout.
#[durable_object(alarm)]
pub struct CheckoutObject {
    store: Store,
    env: Env,
    /// Times in a row that the journal did not take what there was to tell. Losing the count costs a try too many.
    unheard: Cell<u32>,
}

impl DurableObject for CheckoutObject {
    fn new(state: worker::State, env: Env) -> Self {
        meter::look(&env);
        Self { store: Store::new(state.storage()), env, unheard: Cell::new(0) }
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
        woken(self.wake().await)
    }
}

impl CheckoutObject {
    async fn answer(&self, CheckoutCall { scope, checkout: id, page, order }: CheckoutCall) -> Result<Reply, Failure> {
        match order {
            CheckoutOrder::Read => Ok(reply(200, &self.stored(id, scope, page)?)),
            CheckoutOrder::Ask { claim } => {
                let stored = self.give_up_overdue(self.kept()?).await?;
                Ok(Reply::json(200, &stored.checkout.verdict(&stored.id, &claim, clock::now_ms())))
            }
            CheckoutOrder::ChangeTotal { total, eligible_total } => {
                self.change_total(self.stored(id, scope, page)?, total, eligible_total)
            }
            CheckoutOrder::RemoveTender { tender } => {
                let stored = self.kept()?;
                self.save(stored.apply(&Command::RemoveTender { id: tender })?).map(|stored| reply(200, &stored))
            }
            CheckoutOrder::Open { new, once } => {
                let doing = Doing { once, deed: Deed::Open };
                match self.store.load()? {
                    Some(stored) => self.replay(&stored, &doing)?.ok_or_else(|| Rejection::IdempotencyKeyReused.into()),
                    None => doing.deed.answer(&self.decide(Stored::new(id, scope, open(new, false)), &doing)?),
                }
            }
            CheckoutOrder::AddTender { tender, card, key_id, amount, once } => {
                let (stored, doing) = (self.stored(id, scope, page)?, Doing { once, deed: Deed::Tender });
                self.once(stored, &doing, async |stored| {
                    self.add_tender(stored, tender, card, key_id, amount, &doing).await
                })
                .await
            }
            CheckoutOrder::Authorize { order, hold_ms, once } => {
                let doing = Doing { once, deed: Deed::Authorize };
                self.once(self.kept()?, &doing, async |_| self.authorize(order, hold_ms, &doing, true).await).await
            }
            CheckoutOrder::Capture { order, amount, once } => {
                let doing = Doing { once, deed: Deed::Capture };
                self.once(self.kept()?, &doing, async |stored| self.capture(stored, order, amount, &doing).await).await
            }
            CheckoutOrder::Void { once } => self.settled(Doing { once, deed: Deed::Void }, Command::Void).await,
            CheckoutOrder::Extend { hold_ms, once } => {
                self.settled(Doing { once, deed: Deed::Extend }, Command::Extend { hold_ms }).await
            }
            CheckoutOrder::Refund { refund, amount, reason, once } => {
                self.settled(
                    Doing { once, deed: Deed::Refund(refund.clone()) },
                    Command::Refund { id: refund, amount, reason },
                )
                .await
            }
        }
    }

    /// The checkout; for one that a page made and nobody paid into yet, what its token says.
    fn stored(&self, id: String, scope: String, page: Option<NewCheckout>) -> Result<Stored, Failure> {
        match (self.store.load()?, page) {
            (Some(stored), _) => Ok(stored),
            (None, Some(new)) => Ok(Stored::new(id, scope, open(new, true))),
            (None, None) => Err(Rejection::NotFound.into()),
        }
    }

    /// The checkout, when it was stored.
    fn kept(&self) -> Result<Stored, Failure> {
        Ok(self.store.load()?.ok_or(Rejection::NotFound)?)
    }

    fn save(&self, stored: Stored) -> Result<Stored, Failure> {
        self.store.save(&stored, None)?;
        Ok(stored)
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
        doing: &Doing,
    ) -> Result<Stored, Failure> {
        stored.checkout.check_open(clock::now_ms())?;
        stored.checkout.check_room(&card)?;
        let order =
            CardOrder::Peek { key_id, currency: stored.checkout.order.currency, spend: spend(&stored.checkout) };
        let CardSeen { kind, last4, available, expires_at_ms, disclosures } =
            ask_card(&self.env, &stored.scope, &card, order).await?;
        let stored = self.store.load()?.unwrap_or(stored);
        let seen = Seen { kind, available, expires_at_ms, disclosures };
        self.decide(stored.apply(&Command::AddTender { id, card, key_id, last4, requested, seen })?, doing)
    }

    /// Plans an attempt, holds every leg side by side, and decides. `is_answer` says whether the grant is what the request is for; a capture has a decision of
    /// its own. A decline is the end of either.
    async fn authorize(&self, order: Order, hold_ms: u64, doing: &Doing, is_answer: bool) -> Result<Stored, Failure> {
        let planned = self.save(self.kept()?.apply(&Command::Authorize { order, hold_ms })?)?;
        self.arm(&planned).await?;
        let attempt = planned.checkout.attempts;
        if let Some((call, failure)) = self.hold(&planned).await {
            return Err(self.decline(&planned, &call, failure, doing).await);
        }
        let granted = self.kept()?.apply(&Command::Granted { attempt })?;
        let granted = if is_answer { self.decide(granted, doing)? } else { self.save(granted)? };
        self.arm(&granted).await?;
        Ok(granted)
    }

    async fn capture(
        &self,
        stored: Stored,
        order: Order,
        amount: Option<Amount>,
        doing: &Doing,
    ) -> Result<Stored, Failure> {
        if stored.checkout.state == State::Open {
            stored.checkout.order.check_same(&order)?;
            stored.checkout.check_amount(amount)?;
            self.authorize(order.clone(), HOLD_SECONDS.saturating_mul(1_000), doing, false).await?;
        }
        self.decide(self.kept()?.apply(&Command::Capture { order, amount })?, doing)?;
        self.settle().await
    }

    /// Decides a command that needs nothing but the checkout, and makes the calls that follow from it.
    async fn settled(&self, doing: Doing, command: Command) -> Result<Reply, Failure> {
        let act = async |stored: Stored| {
            self.decide(stored.apply(&command)?, &doing)?;
            self.settle().await
        };
        self.once(self.kept()?, &doing, act).await
    }
}

fn open(new: NewCheckout, page_made: bool) -> Checkout {
    let NewCheckout { order, origin, location, expires_at_ms } = new;
    Checkout::open(order, origin, page_made, location, clock::now_ms(), expires_at_ms)
}

impl Stored {
    fn new(id: String, scope: String, checkout: Checkout) -> Self {
        Self { id, scope, checkout, untold: String::new() }
    }

    fn apply(&self, command: &Command) -> Result<Self, Rejection> {
        let now_ms = clock::now_ms();
        let checkout = self.checkout.apply(&self.id, command, now_ms)?;
        let mut untold = self.untold.clone();
        tell::write(event::of_step(&self.id, &self.checkout, &checkout, now_ms), &mut untold);
        Ok(Self { id: self.id.clone(), scope: self.scope.clone(), checkout, untold })
    }
}
