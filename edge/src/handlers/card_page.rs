//! A card's page, for whoever holds its link: what the card looks like and what is on it, and, asked for apart, its code. So a preview of the address, or somebody
//! looking over a shoulder, does not have the code before the holder asks for it.

use super::gift_cards::{Known, known};
use crate::auth::Caller;
use crate::clock;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use crate::settings;
use serde::Serialize;
use serde_json::{Value, json};
use shared::gift::Gift;
use shared::law::{Jurisdiction, Law};
use shared::money::Currency;
use shared::program::{Kind, Look, Programme, Words};
use shared::rejection::Rejection;
use shared::seal::CardLink;
use shared::wire::answer::Told;
use worker::Env;

/// What the page shows.
#[derive(Serialize)]
struct CardPage<'a> {
    shop: Option<&'a Words>,
    program: &'a Words,
    look: &'a Look,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift: Option<Gift>,
    last4: Value,
    kind: Value,
    status: Value,
    currency: Value,
    issued: Value,
    available: Value,
    expires_at: Value,
    /// What the law asks to be told, by name and in words.
    disclosures: Vec<Told>,
}

/// The card of the caller's link. A link under another root than the card's own shows nothing, as a code would not be taken.
async fn own(env: &Env, caller: &Caller) -> Result<(String, Known, CardLink), Failure> {
    let link = caller.link.clone().ok_or(Rejection::KeyScope)?;
    let id = caller.keys.card_reference(link.card_id).text().to_owned();
    let known = known(env, caller, &id).await?;
    if known.key_id == link.key_id { Ok((id, known, link)) } else { Err(Rejection::NotFound.into()) }
}

/// What is on the card and how it looks.
pub async fn read(env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let (id, Known { mut answer, sealed, .. }, _) = own(env, caller).await?;
    let settings = &settings::for_page(env, &caller.scope()).await?.settings;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let kind = text("kind").and_then(Kind::parse).ok_or(Fault::Corrupt("kind"))?;
    let currency = text("currency").and_then(Currency::parse).ok_or(Fault::Corrupt("currency"))?;
    let disclosures = Law::of(Jurisdiction::nearest(text("jurisdiction")), clock::now_ms()).disclosures(kind);
    let plain = Programme::new("card", kind, currency);
    let program = text("program").and_then(|program| settings.program(program)).unwrap_or(&plain);
    let gift = sealed.and_then(|sealed| caller.keys.open_gift(&id, &sealed));
    let mut take = |name: &str| answer.remove(name).unwrap_or_default();
    let page = CardPage {
        shop: settings.name.as_ref(),
        program: &program.name,
        look: &program.look,
        gift,
        last4: take("last4"),
        kind: take("kind"),
        status: take("status"),
        currency: take("currency"),
        issued: take("issued"),
        available: take("available"),
        expires_at: take("expires_at"),
        disclosures: disclosures.into_iter().map(Told::from).collect(),
    };
    Ok(Reply::json(200, &page).with("Cache-Control", "no-store"))
}

/// The code. That of a card which another took the place of is of no use to anybody.
pub async fn code(env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let (_, known, link) = own(env, caller).await?;
    if known.answer.contains_key("replaced_by") {
        return Err(Rejection::CardReplaced.into());
    }
    let code = caller.keys.seal(link.key_id, link.card_id).ok_or(Rejection::SigningUnavailable)?;
    Ok(Reply::json(200, &json!({"code": code.display()})).with("Cache-Control", "no-store"))
}
