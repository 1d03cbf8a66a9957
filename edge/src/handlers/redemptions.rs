//! Redemptions: the short road for a server with one code. One object, one round trip.

use super::verify;
use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::card::Spend;
use shared::rejection::Rejection;
use shared::seal::CardReference;
use shared::wire::answer::Redemption;
use shared::wire::call::CardOrder;
use shared::wire::request::{Redeem, RefundAmount};
use worker::Env;

/// Takes value from a card.
pub async fn redeem(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "redeem").await?;
    let Redeem { code, amount, currency, total, note } = Redeem::read(body.fields)?;
    let (card, key_id) = verify(caller, &code)?;
    let spend = Spend { location: note.location.clone(), total };
    let order = CardOrder::Redeem { key_id, amount: amount.into(), currency, spend, note, once: body.once };
    pass_to_card(env, &caller.scope(), &card, order).await
}

/// Reads a redemption.
pub async fn read(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let (card, seq) = parse(id)?;
    pass_to_card(env, &caller.scope(), &card, CardOrder::Redemption { seq }).await
}

/// Gives back a part of a redemption, or all of it.
pub async fn refund(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, &format!("refund {id}")).await?;
    let RefundAmount { amount, note } = RefundAmount::read(body.fields)?;
    let (card, seq) = parse(id)?;
    let refund = caller.keys.refund_id(id, &body.key);
    let reply = pass_to_card(
        env,
        &caller.scope(),
        &card,
        CardOrder::RefundRedemption { seq, refund, amount, note, once: body.once },
    )
    .await?;
    if reply.status == 404 { Err(Rejection::NotFound.into()) } else { Ok(reply) }
}

fn parse(id: &str) -> Result<(String, u64), Rejection> {
    Redemption::parse_id(id).filter(|(card, _)| CardReference::parse(card).is_some()).ok_or(Rejection::NotFound)
}
