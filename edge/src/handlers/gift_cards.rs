//! Gift cards: issue, read, and everything that may become of one besides being spent.

use super::{card_reference, is_refusal, open_answer};
use crate::auth::Caller;
use crate::clock;
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use crate::settings;
use serde_json::Value;
use shared::card::Successor;
use shared::code::Code;
use shared::limits::{AMOUNT_MAX, CARD_ID_TRIES, PAGE_ROWS_MAX};
use shared::rejection::Rejection;
use shared::wire::call::CardOrder;
use shared::wire::card_act::CardVerb;
use shared::wire::problem::Problem;
use shared::wire::request::IssueGiftCard;
use worker::Env;

/// Issues a card. The code is told in this answer, and again for the same key, and nowhere else: it is derived, not stored.
pub async fn issue(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "issue").await?;
    let request = IssueGiftCard::read(body.fields)?;
    let key_id = caller.keys.signing_root()?;
    let amount = request.amount;
    let settings = settings::for_key(env, &caller.scope()).await?;
    let (facts, note) = request.terms(&settings.settings, key_id, clock::now_ms())?;
    for retry in 0..CARD_ID_TRIES {
        let card_id = caller.keys.card_id(&body.key, 0, retry);
        let seal = |key_id| caller.keys.seal(key_id, card_id).ok_or(Rejection::SigningUnavailable);
        let (last4, once) = (seal(key_id)?.last4(), body.once.clone());
        let (facts, note) = (Box::new(facts.clone()), note.clone());
        let order = CardOrder::Issue { last4, amount, facts, note, once };
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

/// Does to a card what a shop may: everything but taking from it.
pub async fn act(
    incoming: &mut Incoming,
    env: &Env,
    caller: &Caller,
    id: &str,
    verb: CardVerb,
) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, verb.name()).await?;
    let (act, note) = verb.read(body.fields, None)?;
    let order = CardOrder::Act { act, note, once: body.once };
    found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), order).await)
}

/// Moves what a card has to a new one, whose code is told like that of an issue. The old card decides and keeps telling the new one by its alarm; asking it to
/// do so at once only spares the shop the wait.
pub async fn replace(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, CardVerb::Replace.name()).await?;
    let (scope, old) = (caller.scope(), card_reference(id)?);
    let key_id = caller.keys.signing_root()?;
    for retry in 0..CARD_ID_TRIES {
        let card_id = caller.keys.card_id(&body.key, 0, retry);
        let seal = |key_id| caller.keys.seal(key_id, card_id).ok_or(Rejection::SigningUnavailable);
        let card = caller.keys.card_reference(card_id).text().to_owned();
        if !is_free_for(env, &scope, &card, old.text()).await? {
            continue;
        }
        let to = Successor { card, last4: seal(key_id)?.last4(), key_id };
        let (act, note) = CardVerb::Replace.read(body.fields.clone(), Some(to))?;
        let order = CardOrder::Act { act, note, once: body.once.clone() };
        let decided = found(pass_to_card(env, &scope, old.text(), order).await)?;
        if decided.status >= 400 {
            return Ok(decided);
        }
        let replayed = decided.is_again();
        let told = reveal(pass_to_card(env, &scope, old.text(), CardOrder::Deliver).await?, seal).await?;
        return Ok(if replayed { told.again() } else { told });
    }
    Err(Fault::Corrupt("every card id was taken").into())
}

/// Whether a reference is nobody's, or that of the card that took the old one's place when this was asked before.
async fn is_free_for(env: &Env, scope: &str, card: &str, old: &str) -> Result<bool, Failure> {
    let reply = pass_to_card(env, scope, card, CardOrder::Read).await?;
    match reply.status {
        404 => return Ok(true),
        200..=299 => {}
        // Taken for somebody else's, it would be told the code of the next one.
        _ => return Err(Fault::Corrupt("the new card failed").into()),
    }
    let there = open_answer(&reply.bytes().await?)?;
    Ok(there.get("replaces").and_then(Value::as_str) == Some(old))
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
