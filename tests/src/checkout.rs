//! Checkouts that a test has opened.

use crate::api::{Answer, Api, fresh_key};
use serde_json::{Value, json};

/// A checkout, with the order that it is bound to.
#[derive(Clone, Debug)]
pub struct Checkout {
    /// Its id.
    pub id: String,
    /// Total, currency, reference, and the eligible total where it was given: what authorize and capture must bring.
    pub order: Value,
    /// The token for its page.
    pub token: String,
}

impl Checkout {
    /// Opens one over so much in SAR, under a reference of its own.
    #[track_caller]
    pub fn open(api: &Api, total: u64) -> Self {
        Self::open_as(api, &json!({"total": total}))
    }

    /// Opens one with these fields beside the usual currency and reference.
    #[track_caller]
    pub fn open_as(api: &Api, fields: &Value) -> Self {
        let request = with(&json!({"currency": "SAR", "reference": fresh_key()}), fields);
        let answer = api.post("/v1/checkouts", &request).expect(201);
        let mut order = request;
        order
            .as_object_mut()
            .unwrap()
            .retain(|name, _| ["total", "currency", "reference", "eligible_total"].contains(&name.as_str()));
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { id: text("id"), order, token: text("token") }
    }

    /// The path of the checkout, or of what is below it.
    pub fn path(&self, below: &str) -> String {
        format!("/v1/checkouts/{}{below}", self.id)
    }

    /// Reads it.
    #[track_caller]
    pub fn read(&self, api: &Api) -> Value {
        api.get(&self.path("")).expect(200)
    }

    /// Applies a card.
    pub fn apply(&self, api: &Api, code: &str) -> Answer {
        self.apply_with(api, code, &json!({}))
    }

    /// Applies a card with these fields beside its code.
    pub fn apply_with(&self, api: &Api, code: &str, fields: &Value) -> Answer {
        api.post(&self.path("/tenders"), &with(&json!({"gift_card": {"code": code}}), fields))
    }

    /// Authorizes or captures the order.
    pub fn act(&self, api: &Api, act: &str) -> Answer {
        self.act_with(api, act, &json!({}))
    }

    /// Authorizes or captures the order, with these fields added or changed.
    pub fn act_with(&self, api: &Api, act: &str, fields: &Value) -> Answer {
        api.post(&self.path(&format!("/{act}")), &with(&self.order, fields))
    }

    /// Voids it.
    pub fn void(&self, api: &Api) -> Answer {
        api.post(&self.path("/void"), &json!({}))
    }

    /// Gives so much back.
    pub fn refund(&self, api: &Api, amount: u64) -> Answer {
        api.post(&self.path("/refunds"), &json!({"amount": amount}))
    }
}

/// An object with the fields of another added or changed.
pub fn with(object: &Value, fields: &Value) -> Value {
    let mut sum = object.as_object().unwrap().clone();
    sum.extend(fields.as_object().unwrap().clone());
    sum.into()
}
