//! Codes of another system: exchange one for a code of ours. An old code leads to its card by a keyed hash, so it is kept nowhere and no index is needed.

use super::gift_cards::show;
use super::open_answer;
use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::pass_to_card;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::limits::CARD_ID_TRIES;
use shared::rejection::Rejection;
use shared::wire::call::CardOrder;
use shared::wire::card_act::CardAct;
use shared::wire::document;
use shared::wire::import::read_exchange;
use shared::wire::problem::Problem;
use shared::wire::request::Note;
use worker::Env;

/// Activates the card of an old code, and tells its own code to whoever did it.
pub async fn exchange(incoming: &mut Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let body = incoming.body(&caller.keys, "exchange").await?;
    let old = caller.keys.old_code(&read_exchange(body.fields)?);
    let once = body.once;
    for retry in 0..CARD_ID_TRIES {
        let card_id = caller.keys.card_id(&old, 0, retry);
        let (scope, card) = (caller.scope(), caller.keys.card_reference(card_id));
        let asked = pass_to_card(env, &scope, card.text(), CardOrder::Imported { old: old.clone() }).await?;
        if asked.status != 200 {
            return Ok(asked);
        }
        // `null` for somebody else's card, which the import has passed over as well.
        let key_id = core::str::from_utf8(&asked.bytes().await?).ok().and_then(|text| text.parse().ok());
        let Some(key_id) = key_id else { continue };
        // Before it is activated: a code that cannot be told is not used up.
        caller.keys.seal_new(key_id, card_id).ok_or(Rejection::SigningUnavailable)?;
        let order = CardOrder::Act { act: CardAct::Activate, note: Note::default(), sealed: None, once };
        let reply = pass_to_card(env, &scope, card.text(), order).await?;
        let (status, replayed) = (reply.status, reply.is_again());
        let body = reply.bytes().await?;
        if status >= 400 {
            let problem: Problem = document::read(&body).ok_or(Fault::Corrupt("problem"))?;
            let before = problem.code == "card_already_active";
            let exchanged = Rejection::AlreadyExchanged { card: card.text().into() };
            return Err(if before { exchanged.into() } else { Failure::Refused(Box::new(problem)) });
        }
        let mut answer = open_answer(&body)?;
        show(&mut answer, incoming, env, caller, (key_id, card_id))?;
        let reply = Reply::json(status, &answer);
        return Ok(if replayed { reply.again() } else { reply });
    }
    Err(Rejection::CardUnknown.into())
}
