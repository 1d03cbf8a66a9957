//! Cards that a test has issued.

use crate::api::{Answer, Api};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A card, with the code that only its issue told.
#[derive(Clone, Debug)]
pub struct Card {
    /// The card's reference.
    pub id: String,
    /// The code, as printed.
    pub code: String,
    /// Its last four symbols.
    pub last4: String,
}

impl Card {
    /// Issues a card in SAR.
    pub fn issue(api: &Api, amount: u64) -> Self {
        Self::issue_as(api, &json!({"amount": amount, "currency": "SAR"}))
    }

    /// Issues a card with these fields.
    #[track_caller]
    pub fn issue_as(api: &Api, fields: &Value) -> Self {
        Self::of(&api.post("/v1/gift-cards", fields).expect(201))
    }

    /// The card of an answer to an issue.
    pub fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { id: text("id"), code: text("code"), last4: text("last4") }
    }

    /// The path of the card, or of what is below it.
    pub fn path(&self, below: &str) -> String {
        format!("/v1/gift-cards/{}{below}", self.id)
    }

    /// Reads the card.
    pub fn read(&self, api: &Api) -> Value {
        api.get(&self.path("")).expect(200)
    }

    /// What may be spent of it, and what is held.
    pub fn counters(&self, api: &Api) -> (u64, u64) {
        let card = self.read(api);
        (card["available"].as_u64().unwrap(), card["held"].as_u64().unwrap())
    }

    /// Its whole ledger, page by page.
    pub fn entries(&self, api: &Api) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = api.get(&self.path(&format!("/entries?{cursor}"))).expect(200);
            entries.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("cursor={next}"),
                None => return entries,
            }
        }
    }

    /// Redeems so much of it, or `"max"`.
    pub fn redeem(&self, api: &Api, amount: impl Into<Value>) -> Answer {
        api.post("/v1/redemptions", &self.redemption(amount))
    }

    /// The request that redeems so much of it.
    pub fn redemption(&self, amount: impl Into<Value>) -> Value {
        json!({"code": self.code, "amount": amount.into(), "currency": "SAR", "reference": "order-1"})
    }
}

/// Folds a ledger from nothing and returns what it comes to: available and held. Every line must be the next in number, and carry what the lines up to
/// it come to.
#[track_caller]
pub fn fold(entries: &[Value]) -> (u64, u64) {
    let number = |entry: &Value, name: &str| entry[name].as_u64().unwrap();
    let mut holds: BTreeMap<String, u64> = BTreeMap::new();
    let (mut available, mut held) = (0_u64, 0_u64);
    for (place, entry) in entries.iter().enumerate() {
        assert_eq!(entry["seq"], json!(place.saturating_add(1)), "a gap in the ledger");
        let amount = number(entry, "amount");
        let claim = entry["claim"].as_str().unwrap_or_default();
        let (more, less, hold, free) = match entry["action"].as_str().unwrap() {
            "issue" | "refund" | "load" | "extend" | "adjust_in" | "replace_in" => (amount, 0, 0, 0),
            "redeem" | "expire" | "cash_out" | "adjust_out" | "cancel" | "replace_out" => (0, amount, 0, 0),
            "hold" => {
                holds.insert(claim.into(), amount);
                (0, amount, amount, 0)
            }
            "commit" => (holds[claim].checked_sub(amount).unwrap(), 0, 0, holds[claim]),
            "release" => (amount, 0, 0, amount),
            "activate" | "freeze" | "unfreeze" => (0, 0, 0, 0),
            other => panic!("an unknown action: {other}"),
        };
        available = available.checked_add(more).and_then(|sum| sum.checked_sub(less)).unwrap();
        held = held.checked_add(hold).and_then(|sum| sum.checked_sub(free)).unwrap();
        assert_eq!((number(entry, "available"), number(entry, "held")), (available, held), "{entry}");
    }
    (available, held)
}
