//! A client that never gives up: an unknown outcome is asked again with the same key until it is known. It remembers what it was told, so that the book
//! can be held against it.

use crate::api::{Answer, Api};
use crate::card::Card;
use crate::checkout::with;
use crate::dice::Dice;
use crate::patience::until;
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than a killed server needs to be back.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a buyer was told for good.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Requests that changed something, each counted once however often it was sent.
    pub operations: u64,
    /// Requests that were sent again because their outcome was unknown or not yet decided.
    pub retries: u64,
    /// Redemptions: id and amount.
    pub redeemed: Vec<(String, u64)>,
    /// Refunds of redemptions: refund id and amount.
    pub refunded: Vec<(String, u64)>,
    /// Captured checkouts: id, what was captured, what was refunded.
    pub captured: Vec<(String, u64, u64)>,
    /// Checkouts that were voided.
    pub voided: Vec<String>,
    /// Checkouts that were authorized and then left alone.
    pub abandoned: Vec<String>,
}

/// One buyer.
pub struct Buyer<'a> {
    api: Api,
    cards: &'a [Card],
    dice: Dice,
    name: String,
    next: u64,
    /// What it was told so far.
    pub told: Told,
}

impl<'a> Buyer<'a> {
    /// A buyer with a share in some cards.
    pub fn new(api: &Api, cards: &'a [Card], number: u64) -> Self {
        Self {
            api: api.clone(),
            cards,
            dice: Dice::new(number),
            name: format!("buyer-{number:03}"),
            next: 0,
            told: Told::default(),
        }
    }

    /// Does one thing that buyers do.
    pub fn act(&mut self) {
        match self.dice.roll(0..=9) {
            0..=5 => self.redeem(),
            _ => self.check_out(),
        }
    }

    /// Sends a request until its outcome is known.
    fn send(&mut self, path: &str, body: &Value) -> Answer {
        self.next = self.next.saturating_add(1);
        let key = format!("{}-{:010}", self.name, self.next);
        let mut sent = 0_u64;
        let answer = until(PATIENCE, "the outcome is known", || {
            sent = sent.saturating_add(1);
            self.api.try_post(path, body, &key).ok().filter(is_known)
        });
        self.told.operations = self.told.operations.saturating_add(1);
        self.told.retries = self.told.retries.saturating_add(sent.saturating_sub(1));
        answer
    }

    fn redeem(&mut self) {
        let card = self.dice.pick(self.cards);
        let amount = self.dice.roll(1..=50);
        let answer = self.send("/v1/redemptions", &card.redemption(amount));
        if answer.status != 201 {
            return;
        }
        let id = answer.json["id"].as_str().unwrap().to_owned();
        self.told.redeemed.push((id.clone(), amount));
        if self.dice.roll(0..=3) == 0 {
            let part = self.dice.roll(1..=amount);
            let refund = self.send(&format!("/v1/redemptions/{id}/refunds"), &json!({"amount": part})).expect(201);
            self.told.refunded.push((refund["id"].as_str().unwrap().to_owned(), part));
        }
    }

    fn check_out(&mut self) {
        let total = self.dice.roll(20..=400);
        let order = json!({"total": total, "currency": "SAR", "reference": format!("{}-{}", self.name, self.next)});
        let checkout = self.send("/v1/checkouts", &order).expect(201);
        let path = |below: &str| format!("/v1/checkouts/{}{below}", checkout["id"].as_str().unwrap());
        for _ in 0..self.dice.roll(1..=3) {
            let card = self.dice.pick(self.cards);
            // A card twice, or one that is empty or held by somebody else, is refused; the order goes on without it.
            self.send(&path("/tenders"), &json!({"gift_card": {"code": card.code}}));
        }
        // Some are never heard of again. Their holds are short, so that a test sees the end of them.
        let abandons = self.dice.roll(0..=5) == 0;
        let fields = if abandons { json!({"hold_seconds": 10}) } else { json!({}) };
        let authorized = self.send(&path("/authorize"), &with(&order, &fields));
        if authorized.status != 200 {
            self.give_up(&path("/void"), checkout["id"].as_str().unwrap());
            return;
        }
        if abandons {
            self.told.abandoned.push(checkout["id"].as_str().unwrap().into());
            return;
        }
        match self.dice.roll(0..=3) {
            0 => self.give_up(&path("/void"), checkout["id"].as_str().unwrap()),
            choice => {
                let covered = authorized.json["quote"]["covered"].as_u64().unwrap();
                // Some take only a part, which releases the rest.
                let part = if choice == 1 && covered > 1 { self.dice.roll(1..=covered) } else { covered };
                let fields = if part == 0 || part == covered { json!({}) } else { json!({"amount": part}) };
                self.capture(&path(""), &with(&order, &fields), part, checkout["id"].as_str().unwrap());
            }
        }
    }

    fn give_up(&mut self, path: &str, id: &str) {
        self.send(path, &json!({})).expect(200);
        self.told.voided.push(id.into());
    }

    fn capture(&mut self, path: &str, order: &Value, amount: u64, id: &str) {
        // Settling is decided: its end is certain, and the book must show it.
        let answer = self.send(&format!("{path}/capture"), order);
        assert!(matches!(answer.status, 200 | 202), "{}", answer.json);
        let mut refunded = 0;
        if amount > 0 && self.dice.roll(0..=2) == 0 {
            refunded = self.dice.roll(1..=amount);
            let answer = self.send(&format!("{path}/refunds"), &json!({"amount": refunded}));
            assert!(matches!(answer.status, 201 | 202), "{}", answer.json);
        }
        self.told.captured.push((id.into(), amount, refunded));
    }
}

/// Whether an answer is final: not a fault, not "too busy", not "another request is running".
fn is_known(answer: &Answer) -> bool {
    answer.status < 500 && answer.json["code"] != "operation_in_progress"
}
