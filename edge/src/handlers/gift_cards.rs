//! Gift cards: issue, read, activate, freeze, unfreeze.

use super::{card_reference, is_refusal, open_answer};
use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use serde_json::Value;
use shared::code::Code;
use shared::limits::{AMOUNT_MAX, PAGE_ROWS_MAX};
use shared::rejection::Rejection;
use shared::wire::call::CardOrder;
use shared::wire::problem::Problem;
use shared::wire::request::{IssueGiftCard, read_reason};
use worker::Env;

/// Ids to try when an id belongs to another key's card. With 2⁴⁵ ids even a merchant with a billion cards meets one collision in 30,000 issues.
const TRIES: u8 = 8;

/// What changes a card's state.
#[derive(Clone, Copy)]
pub enum Act {
    Activate,
    Freeze,
    Unfreeze,
}

/// Issues a card. The code is told in this answer, and again for the same key, and nowhere else: it is derived, not stored.
pub async fn issue(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "issue").await?;
    let request = IssueGiftCard::read(body.fields)?;
    let key_id = caller.keys.signing_root()?;
    for retry in 0..TRIES {
        let card_id = caller.keys.card_id(&body.key, 0, retry);
        let seal = |key_id| caller.keys.seal(key_id, card_id).ok_or(Rejection::SigningUnavailable);
        let IssueGiftCard { amount, currency, kind, active, expires_at_ms, note } = request.clone();
        let once = body.once.clone();
        let last4 = seal(key_id)?.last4();
        let order = CardOrder::Issue { last4, key_id, amount, currency, kind, active, expires_at_ms, note, once };
        let reply = pass_to_card(env, &caller.scope(), caller.keys.card_reference(card_id).text(), order).await?;
        match reveal(reply, seal).await {
            Err(failure) if is_refusal(&failure, "card_already_active") => {}
            outcome => return outcome,
        }
    }
    Err(Fault::Corrupt("every card id was taken").into())
}

/// Puts the code into the answer, under the root that the card was issued with: after a rotation, a repetition still tells the first code.
async fn reveal(reply: Reply, seal: impl Fn(u8) -> Result<Code, Rejection>) -> Result<Reply, Failure> {
    let (status, replayed) = (reply.status, reply.is_again());
    let body = reply.bytes().await?;
    if status >= 400 {
        let problem: Problem = serde_json::from_slice(&body).map_err(|_| Fault::Corrupt("problem"))?;
        return Err(Failure::Refused(Box::new(problem)));
    }
    let mut answer = open_answer(&body)?;
    let key_id = answer
        .remove("key_id")
        .and_then(|id| id.as_u64())
        .and_then(|id| u8::try_from(id).ok())
        .ok_or(Fault::Corrupt("key id"))?;
    answer.insert("code".into(), Value::String(seal(key_id)?.display()));
    let reply = Reply::json(status, &answer);
    Ok(if replayed { reply.again() } else { reply })
}

/// Reads a card.
pub async fn read(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), CardOrder::Read).await)
}

/// Reads a page of a card's ledger, oldest first.
pub async fn entries(incoming: &Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let (after, limit) = page(&incoming.query)?;
    found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), CardOrder::Entries { after, limit }).await)
}

/// Activates, freezes or unfreezes a card.
pub async fn act(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str, act: Act) -> Result<Reply, Failure> {
    let name = match act {
        Act::Activate => "activate",
        Act::Freeze => "freeze",
        Act::Unfreeze => "unfreeze",
    };
    let body = incoming.body(&caller.keys, name).await?;
    let (note, once) = (read_reason(body.fields)?, body.once);
    let order = match act {
        Act::Activate => CardOrder::Activate { note, once },
        Act::Freeze => CardOrder::Freeze { note, once },
        Act::Unfreeze => CardOrder::Unfreeze { note, once },
    };
    found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), order).await)
}

/// A reference in a path that no card has is simply not found; `card_unknown` speaks of a code.
fn found(outcome: Result<Reply, Failure>) -> Result<Reply, Failure> {
    outcome.and_then(|reply| if reply.status == 404 { Err(Rejection::NotFound.into()) } else { Ok(reply) })
}

/// `cursor` and `limit` of a list.
fn page(query: &str) -> Result<(u64, usize), Rejection> {
    let (mut after, mut limit) = (0, PAGE_ROWS_MAX);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("cursor", value)) => {
                after = value.parse().ok().filter(|after| *after <= AMOUNT_MAX).ok_or(Rejection::CursorInvalid)?
            }
            Some(("limit", value)) => {
                limit = value
                    .parse()
                    .ok()
                    .filter(|limit| (1..=PAGE_ROWS_MAX).contains(limit))
                    .ok_or(Rejection::CursorInvalid)?
            }
            _ => {
                return Err(Rejection::UnknownField {
                    field: pair.split('=').next().unwrap_or_default().chars().take(64).collect(),
                });
            }
        }
    }
    Ok((after, limit))
}
