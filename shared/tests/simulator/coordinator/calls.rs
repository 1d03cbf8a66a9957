//! What a coordinator asks of cards, and which requests come with a key.

use crate::message::Node;
use crate::world::place_of;
use shared::card::Spend;
use shared::checkout::{Checkout, LegCall};
use shared::wire::call::{CardOrder, CheckoutOrder, Once};
use shared::wire::request::Note;

/// The question what a card has, for that checkout.
pub(super) fn peek(document: &Checkout, card: &str) -> (Node, CardOrder) {
    (
        Node::Card(place_of(card)),
        CardOrder::Peek { key_id: 0, currency: document.order.currency, spend: Spend::default() },
    )
}

/// A leg's call with where it goes.
pub(super) fn leg(document: &Checkout, call: LegCall) -> (Option<LegCall>, (Node, CardOrder)) {
    let (claim, order, currency) = (call.claim.clone(), call.order.clone(), document.order.currency);
    let to = Node::Card(place_of(&call.card));
    (
        Some(call),
        (to, CardOrder::Leg { key_id: 0, claim, order, currency, spend: Spend::default(), note: Note::default() }),
    )
}

/// The idempotency of a request; `None` for those that need none.
pub(super) fn once_of(order: &CheckoutOrder) -> Option<&Once> {
    match order {
        CheckoutOrder::Open { once, .. }
        | CheckoutOrder::AddTender { once, .. }
        | CheckoutOrder::Authorize { once, .. }
        | CheckoutOrder::Capture { once, .. }
        | CheckoutOrder::Void { once }
        | CheckoutOrder::Refund { once, .. }
        | CheckoutOrder::Extend { once, .. } => Some(once),
        CheckoutOrder::Read
        | CheckoutOrder::ChangeTotal { .. }
        | CheckoutOrder::RemoveTender { .. }
        | CheckoutOrder::Ask { .. } => None,
    }
}
