//! What clients come up with: operations that make sense where things stand, mostly, and some that do not.

use crate::message::{Ask, Node, Tell};
use crate::random::Random;
use crate::world::{START_MS, World};
use shared::card::{Facts, Spend, Successor, Wanted};
use shared::checkout::{Checkout, Order, State};
use shared::money::{Amount, Currency};
use shared::program::Kind;
use shared::wire::call::{CardOrder, CheckoutOrder, NewCheckout, Once};
use shared::wire::card_act::CardAct;
use shared::wire::request::Note;

/// An amount in minor units.
pub fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

/// The currency of nearly everything here.
pub fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

/// The idempotency of an operation by its number.
pub fn once(key: &str) -> Once {
    Once { key: key.into(), fingerprint: "body".into() }
}

/// The order of a client's checkout.
pub fn order(total: u64) -> Order {
    Order { total: amount(total), eligible_total: amount(total), currency: sar(), reference: "order-1".into() }
}

impl World {
    /// A new operation, not yet sent.
    pub fn invent(&mut self, random: &mut Random) -> usize {
        self.figures.operations += 1;
        let key = format!("k{}", self.clients.operations.len());
        let answered = self.clients.operations.len().checked_sub(1).map(|last| random.place(last + 1));
        if let Some(place) = answered.filter(|_| random.chance(400))
            && let Some(changed) = self.misused(place)
        {
            return changed;
        }
        let new = self.cards.iter().position(|card| card.kept.rows.is_empty());
        let new = new.filter(|place| *place < self.cards.len() - self.spares);
        let (to, ask) = match new {
            // The first card comes first: what is asked of a card that nobody issued is not kept for its key.
            Some(place) if place == 0 || random.chance(2_000) => (Node::Card(place), issue(random, &key)),
            _ if random.chance(3_000) => self.on_card(random, &key),
            _ => self.on_checkout(random, &key),
        };
        let mut ask = ask;
        let keyed = once_mut(&mut ask).is_some();
        self.clients.add(to, ask, keyed.then_some(key))
    }

    /// The key of an operation that was done, with another body.
    fn misused(&mut self, place: usize) -> Option<usize> {
        let operation = self.clients.operations[place].clone();
        if operation.misuse || !operation.told.as_ref().is_some_and(Tell::is_done) {
            return None;
        }
        let mut ask = operation.ask;
        once_mut(&mut ask)?.fingerprint = "another body".into();
        let changed = self.clients.add(operation.to, ask, operation.key);
        self.clients.operations[changed].misuse = true;
        Some(changed)
    }

    fn on_card(&self, random: &mut Random, key: &str) -> (Node, Ask) {
        let place = self.any_issued(random);
        let (note, once) = (Note::default(), once(key));
        let kept = &self.cards[place].kept;
        let redeemed: Vec<u64> =
            kept.rows.iter().filter(|row| row.line.action == "redeem").map(|row| row.line.seq).collect();
        let (frozen, active) =
            kept.account.card.as_ref().map_or((false, true), |card| (card.frozen, card.facts.active));
        let act = |act| CardOrder::Act { act, note: note.clone(), sealed: None, once: once.clone() };
        let order = match random.below(40) {
            0..2 => act(CardAct::Freeze),
            2 => act(CardAct::Unfreeze),
            3 => act(CardAct::Activate),
            4..30 if frozen => act(CardAct::Unfreeze),
            4..30 if !active => act(CardAct::Activate),
            30..34 => act(self.change(random)),
            4..12 if !redeemed.is_empty() => {
                let seq = redeemed[random.place(redeemed.len())];
                CardOrder::RefundRedemption {
                    seq,
                    refund: format!("rf_{key}"),
                    amount: amount(1 + random.below(900)),
                    note,
                    once,
                }
            }
            kind => {
                let wanted = if kind == 39 { Wanted::Max } else { Wanted::Exactly(amount(random.below(900))) };
                CardOrder::Redeem {
                    key_id: 0,
                    amount: wanted.into(),
                    currency: sar(),
                    spend: Spend::default(),
                    note,
                    once,
                }
            }
        };
        (Node::Card(place), Ask::Card(order))
    }

    /// What a shop does with a card besides taking from it.
    fn change(&self, random: &mut Random) -> CardAct {
        let (some, currency) = (amount(random.below(900)), sar());
        let later = random.chance(7_000).then(|| self.now_ms + random.below(4 * 86_400_000));
        match random.below(20) {
            0..6 => CardAct::Load { amount: some, currency, expires_at_ms: later },
            6..9 => CardAct::AdjustIn { amount: some, currency },
            9..12 => CardAct::AdjustOut { amount: some, currency },
            12..16 => CardAct::Extend { expires_at_ms: later },
            16 => CardAct::CashOut,
            17 => CardAct::Cancel,
            _ => self.next_spare().map_or(CardAct::CashOut, |to| CardAct::Replace { to }),
        }
    }

    /// A card that was never meant to replace another.
    fn next_spare(&self) -> Option<Successor> {
        let used = self.clients.operations.iter().filter(|operation| {
            matches!(&operation.ask, Ask::Card(CardOrder::Act { act: CardAct::Replace { .. }, .. }))
        });
        let place = self.cards.len() - self.spares + used.count();
        (place < self.cards.len()).then(|| Successor { card: format!("gc_{place}"), last4: String::new(), key_id: 0 })
    }

    fn any_issued(&self, random: &mut Random) -> usize {
        let issued: Vec<usize> =
            (0..self.cards.len()).filter(|place| !self.cards[*place].kept.rows.is_empty()).collect();
        if issued.is_empty() { 0 } else { issued[random.place(issued.len())] }
    }

    fn on_checkout(&self, random: &mut Random, key: &str) -> (Node, Ask) {
        let opened = self.checkouts.iter().take_while(|checkout| checkout.kept.document.is_some()).count();
        let alive = |place: &usize| {
            self.checkouts[*place].kept.document.as_ref().is_some_and(|document| is_alive(document, self.now_ms))
        };
        let all: Vec<usize> = (0..opened).filter(alive).collect();
        let fresh = opened < self.checkouts.len() && random.chance(if all.len() < 2 { 3_000 } else { 600 });
        let place = match all.len() {
            _ if fresh || opened == 0 => opened,
            0 => random.place(opened),
            _ if random.chance(300) => random.place(opened),
            alive => all[random.place(alive)],
        };
        let order = match &self.checkouts[place].kept.document {
            None => CheckoutOrder::Open { new: new_checkout(random, self.now_ms), once: once(key) },
            Some(document) => self.next_order(random, key, document),
        };
        (Node::Checkout(place), Ask::Checkout(order))
    }

    fn next_order(&self, random: &mut Random, key: &str, document: &Checkout) -> CheckoutOrder {
        let mut order = document.order.clone();
        if random.chance(200) {
            order.total = amount(order.total.minor() + 1);
        }
        let once = once(key);
        let hold_ms = [10_000, 60_000, 900_000, 86_400_000][random.place(4)];
        let covered = document.covered().minor();
        let part = random.chance(4_000).then(|| amount(random.below(covered + covered / 8 + 2)));
        // Without a tender there is little to do but to add one.
        let bare = document.state == State::Open && document.tenders.is_empty();
        let any = if bare { random.below(47) } else { random.below(100) };
        match (&document.state, any) {
            (State::Open, 0..45) if document.tenders.len() < 3 || any < 3 => {
                let card = format!("gc_{}", self.any_issued(random));
                let wanted = random.chance(2_500).then(|| amount(1 + random.below(2_000)));
                CheckoutOrder::AddTender { tender: format!("tn_{key}"), card, key_id: 0, amount: wanted, once }
            }
            (State::Open, 45..50) => match document.tenders.first() {
                Some(tender) => CheckoutOrder::RemoveTender { tender: tender.id.clone() },
                None => CheckoutOrder::Read,
            },
            (State::Open, 50..55) => {
                let total = 200 + random.below(6_000);
                CheckoutOrder::ChangeTotal {
                    total: amount(total),
                    eligible_total: amount(total - random.below(total / 2)),
                }
            }
            (State::Open, 55..80) | (_, 0..6) => CheckoutOrder::Authorize { order, hold_ms, once },
            (State::Open, 80..97) | (_, 6..12) | (State::Authorized { .. }, 12..55) => {
                CheckoutOrder::Capture { order, amount: part, once }
            }
            (State::Authorized { .. }, 55..75) => CheckoutOrder::Extend { hold_ms, once },
            (State::Captured, 12..95) => {
                let most = document
                    .tenders
                    .iter()
                    .map(|tender| tender.captured.saturating_minus(tender.refunded).minor())
                    .sum::<u64>();
                let minor = if random.chance(3_500) { most } else { 1 + random.below(most / 2 + 2) };
                CheckoutOrder::Refund { refund: format!("rf_{key}"), amount: amount(minor), reason: None, once }
            }
            _ => CheckoutOrder::Void { once },
        }
    }
}

fn issue(random: &mut Random, key: &str) -> Ask {
    let kind = [Kind::PaidGift, Kind::PaidGift, Kind::Promo, Kind::Reward][random.place(4)];
    let currency = if random.chance(300) { Currency::parse("KWD").unwrap() } else { sar() };
    Ask::Card(CardOrder::Issue {
        last4: String::new(),
        amount: amount(100 + random.below(60_000)),
        facts: Box::new(Facts {
            active: !random.chance(500),
            expires_at_ms: random.chance(2_000).then(|| START_MS + 60_000 + random.below(2 * 86_400_000)),
            balance_max: random.chance(5_000).then(|| amount(80_000)),
            ..Facts::plain(currency, kind, 0)
        }),
        note: Note::default(),
        sealed: None,
        once: once(key),
    })
}

/// Whether something can still come of a checkout.
fn is_alive(document: &Checkout, now_ms: u64) -> bool {
    match document.state {
        State::Open => document.expires_at_ms > now_ms,
        State::Authorizing { .. } | State::Authorized { .. } => true,
        State::Captured => {
            document.tenders.iter().any(|tender| tender.refunded < tender.captured) && document.refunds.len() < 6
        }
        State::Voided | State::Expired => false,
    }
}

fn new_checkout(random: &mut Random, now_ms: u64) -> NewCheckout {
    let total = 200 + random.below(6_000);
    let eligible = if random.chance(2_000) { total - random.below(total / 2) } else { total };
    let order = Order { eligible_total: amount(eligible), ..order(total) };
    let ttl_ms = [60_000, 86_400_000, 604_800_000, 604_800_000][random.place(4)];
    NewCheckout { order, origin: None, location: None, expires_at_ms: now_ms + ttl_ms }
}

fn once_mut(ask: &mut Ask) -> Option<&mut Once> {
    match ask {
        Ask::Card(
            CardOrder::Issue { once, .. }
            | CardOrder::Act { once, .. }
            | CardOrder::Redeem { once, .. }
            | CardOrder::RefundRedemption { once, .. },
        )
        | Ask::Checkout(
            CheckoutOrder::Open { once, .. }
            | CheckoutOrder::AddTender { once, .. }
            | CheckoutOrder::Authorize { once, .. }
            | CheckoutOrder::Capture { once, .. }
            | CheckoutOrder::Void { once }
            | CheckoutOrder::Refund { once, .. }
            | CheckoutOrder::Extend { once, .. },
        ) => Some(once),
        _ => None,
    }
}
