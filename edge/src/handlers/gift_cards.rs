//! Gift cards: issue, read, and everything that may become of one besides being spent.
//!
//! What is kept beside a card is encrypted and read here alone; the card's own object never sees a word of it.

use super::{card_reference, is_refusal, open_answer};
use crate::auth::{Caller, Permission};
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use crate::{clock, keys, settings};
use serde_json::{Map, Value, json};
use shared::batch::check_expiry;
use shared::card::{Facts, Successor};
use shared::code::Code;
use shared::gift::Gift;
use shared::limits::{AMOUNT_MAX, CARD_ID_TRIES, PAGE_ROWS_MAX};
use shared::rejection::Rejection;
use shared::seal::CardLink;
use shared::wire::call::{CardOrder, Once, Reservation, Sealed};
use shared::wire::card_act::CardVerb;
use shared::wire::document;
use shared::wire::problem::Problem;
use shared::wire::request::{IssueGiftCard, Note};
use worker::Env;

/// Issues a card. The code is told in this answer, and again for the same key, and nowhere else: it is derived, not stored.
pub async fn issue(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "issue").await?;
    let request = IssueGiftCard::read(body.fields)?;
    let (amount, gift) = (request.amount, request.gift.clone());
    let allowed = terms(env, caller, request, &body.once).await;
    if !matches!(allowed, Ok((_, _, None))) {
        // What was issued for this key is told again, whatever the settings have become since, and counts towards no cap.
        let again = |_| Ok(CardOrder::Again { once: body.once.clone() });
        match first_own(incoming, env, caller, &body.key, again).await {
            Err(failure) if is_refusal(&failure, "card_unknown") => {}
            outcome => return outcome,
        }
    }
    let (facts, note, reservation) = allowed?;
    if let Some(reservation) = reservation {
        settings::reserve(env, &caller.scope(), reservation).await?;
    }
    let issue = |card_id| {
        Ok(CardOrder::Issue {
            last4: code(caller, facts.key_id, card_id)?.last4(),
            amount,
            facts: Box::new(facts.clone()),
            note: note.clone(),
            sealed: Some(caller.keys.seal_beside(card_id, gift.as_ref())?),
            once: body.once.clone(),
        })
    };
    first_own(incoming, env, caller, &body.key, issue).await
}

/// What the card of a key answers: the first of its ids that is not somebody else's.
async fn first_own(
    incoming: &Incoming,
    env: &Env,
    caller: &Caller,
    key: &str,
    order: impl Fn(u64) -> Result<CardOrder, Failure>,
) -> Result<Reply, Failure> {
    for retry in 0..CARD_ID_TRIES {
        let card_id = caller.keys.card_id(key, 0, retry);
        let (scope, card) = (caller.scope(), caller.keys.card_reference(card_id));
        let reply = pass_to_card(env, &scope, card.text(), order(card_id)?).await?;
        match reveal(reply, incoming, env, caller, card_id).await {
            Err(failure) if is_refusal(&failure, "card_already_active") => {}
            outcome => return outcome,
        }
    }
    Err(Fault::Corrupt("every card id was taken").into())
}

/// What the card is made of, under the settings, and what of it counts towards the caps of its programme. What is the request's fault is refused here, before
/// anything counts.
async fn terms(
    env: &Env,
    caller: &Caller,
    request: IssueGiftCard,
    once: &Once,
) -> Result<(Facts, Note, Option<Reservation>), Failure> {
    let key_id = caller.keys.signing_root()?;
    let known = settings::for_key(env, &caller.scope()).await?;
    let (settings, now_ms) = (&known.settings, clock::now_ms());
    let buyer = request.buyer.as_deref().map(|buyer| caller.keys.buyer(buyer));
    let reservation = request.reservation(settings, request.amount, buyer, once)?;
    let (facts, note) = request.terms(settings, key_id, now_ms)?;
    if reservation.is_some() {
        check_expiry(&facts, facts.expires_at_ms, "expires_at", now_ms)?;
    }
    Ok((facts, note, reservation))
}

fn code(caller: &Caller, key_id: u8, card_id: u64) -> Result<Code, Rejection> {
    caller.keys.seal(key_id, card_id).ok_or(Rejection::SigningUnavailable)
}

/// The address of the card's page, for whoever shall have the card.
fn page_of(incoming: &Incoming, env: &Env, caller: &Caller, key_id: u8, card_id: u64) -> Result<String, Rejection> {
    let link = CardLink { env: caller.mode, merchant: caller.merchant.clone(), key_id, card_id };
    let link = keys::keys(env)?.seal_link(&link).ok_or(Rejection::SigningUnavailable)?;
    Ok(incoming.own_page(&format!("/card/#{link}")))
}

/// Puts code and link into the answer, under the root that the card was issued with: after a rotation, a repetition still tells the first code.
async fn reveal(reply: Reply, incoming: &Incoming, env: &Env, caller: &Caller, card_id: u64) -> Result<Reply, Failure> {
    let (status, replayed) = (reply.status, reply.is_again());
    let body = reply.bytes().await?;
    if status >= 400 {
        let problem: Problem = document::read(&body).ok_or(Fault::Corrupt("problem"))?;
        return Err(Failure::Refused(Box::new(problem)));
    }
    let mut answer = open_answer(&body)?;
    let key_id = take_key_id(&mut answer)?;
    show(&mut answer, incoming, env, caller, (key_id, card_id))?;
    let reply = Reply::json(status, &answer);
    Ok(if replayed { reply.again() } else { reply })
}

/// Puts a card's code, and the address of its page, into an answer for whoever shall have the card.
pub(super) fn show(
    answer: &mut Map<String, Value>,
    incoming: &Incoming,
    env: &Env,
    caller: &Caller,
    (key_id, card_id): (u8, u64),
) -> Result<(), Rejection> {
    answer.insert("code".into(), Value::String(code(caller, key_id, card_id)?.display()));
    answer.insert("link".into(), Value::String(page_of(incoming, env, caller, key_id, card_id)?));
    Ok(())
}

/// Reads a card. Who it is for is told to those who send cards, and not at a till.
pub async fn read(env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let Known { mut answer, sealed, .. } = known(env, caller, id).await?;
    let gift =
        sealed.filter(|_| caller.role.may(Permission::Issue)).and_then(|sealed| caller.keys.open_gift(id, &sealed));
    if let Some(gift) = gift {
        answer.insert("gift".into(), told(gift));
    }
    Ok(Reply::json(200, &answer))
}

/// The link to a card's page, for any card that can be shown: also when the answer to its issue is long gone.
pub async fn link(incoming: &Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let Known { key_id, sealed, .. } = known(env, caller, id).await?;
    let card_id = sealed.and_then(|sealed| caller.keys.open_card_id(id, &sealed)).ok_or(Rejection::NotFound)?;
    Ok(Reply::json(200, &json!({"link": page_of(incoming, env, caller, key_id, card_id)?})))
}

/// A card's own answer, without what is only for the Worker.
pub(super) struct Known {
    pub(super) answer: Map<String, Value>,
    pub(super) key_id: u8,
    pub(super) sealed: Option<Sealed>,
}

pub(super) async fn known(env: &Env, caller: &Caller, id: &str) -> Result<Known, Failure> {
    let reply = found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), CardOrder::Read).await)?;
    if reply.status >= 400 {
        return Err(Fault::Corrupt("a card that cannot be read").into());
    }
    let mut answer = open_answer(&reply.bytes().await?)?;
    let key_id = take_key_id(&mut answer)?;
    let sealed = match answer.remove("sealed") {
        Some(Value::Object(mut sealed)) => {
            let mut text = |name: &str| sealed.remove(name).and_then(|text| text.as_str().map(str::to_owned));
            let number = text("number").ok_or(Fault::Corrupt("sealed"))?;
            Some(Sealed { number, gift: text("gift"), recipient: None })
        }
        _ => None,
    };
    Ok(Known { answer, key_id, sealed })
}

fn take_key_id(answer: &mut Map<String, Value>) -> Result<u8, Fault> {
    let id = answer.remove("key_id").and_then(|id| id.as_u64());
    id.and_then(|id| u8::try_from(id).ok()).ok_or(Fault::Corrupt("key id"))
}

/// A gift as it is told: what was not said is left out.
fn told(Gift { to, from, message, lang }: Gift) -> Value {
    let mut gift = Map::new();
    for (name, text) in [("to", to), ("from", from), ("message", message), ("lang", lang)] {
        if let Some(text) = text {
            gift.insert(name.into(), Value::String(text));
        }
    }
    Value::Object(gift)
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
    let order = CardOrder::Act { act, note, sealed: None, once: body.once };
    found(pass_to_card(env, &caller.scope(), card_reference(id)?.text(), order).await)
}

/// Moves what a card has to a new one, whose code is told like that of an issue. The old card decides and keeps telling the new one by its alarm; asking it to
/// do so at once only spares the shop the wait.
pub async fn replace(incoming: &mut Incoming, env: &Env, caller: &Caller, id: &str) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, CardVerb::Replace.name()).await?;
    let (scope, old) = (caller.scope(), card_reference(id)?);
    let key_id = caller.keys.signing_root()?;
    let gift = known(env, caller, id).await?.sealed.and_then(|sealed| caller.keys.open_gift(id, &sealed));
    for retry in 0..CARD_ID_TRIES {
        let card_id = caller.keys.card_id(&body.key, 0, retry);
        let card = caller.keys.card_reference(card_id).text().to_owned();
        if !is_free_for(env, &scope, &card, old.text()).await? {
            continue;
        }
        let to = Successor { card, last4: code(caller, key_id, card_id)?.last4(), key_id };
        let sealed = Some(caller.keys.seal_beside(card_id, gift.as_ref())?);
        let (act, note) = CardVerb::Replace.read(body.fields.clone(), Some(to))?;
        let order = CardOrder::Act { act, note, sealed, once: body.once.clone() };
        let decided = found(pass_to_card(env, &scope, old.text(), order).await)?;
        if decided.status >= 400 {
            return Ok(decided);
        }
        let replayed = decided.is_again();
        let new = pass_to_card(env, &scope, old.text(), CardOrder::Deliver).await?;
        let told = reveal(new, incoming, env, caller, card_id).await?;
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
