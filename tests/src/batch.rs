//! Batches that a test has ordered.

use crate::api::Api;
use crate::patience::until;
use serde_json::Value;
use std::time::Duration;

/// Longer than the largest batch of any test takes, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// A batch or an import.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Its id.
    pub id: String,
}

impl Batch {
    /// Orders a batch.
    #[track_caller]
    pub fn order(api: &Api, body: &Value) -> Self {
        Self::of(&api.post("/v1/gift-card-batches", body).expect(202))
    }

    /// Orders an import.
    #[track_caller]
    pub fn import(api: &Api, body: &Value) -> Self {
        Self::of(&api.post("/v1/imports/gift-cards", body).expect(202))
    }

    /// The batch of an answer.
    pub fn of(answer: &Value) -> Self {
        Self { id: answer["id"].as_str().unwrap().to_owned() }
    }

    /// The path of the batch, or of what is below it.
    pub fn path(&self, below: &str) -> String {
        format!("/v1/gift-card-batches/{}{below}", self.id)
    }

    /// Reads the batch.
    pub fn read(&self, api: &Api) -> Value {
        api.get(&self.path("")).expect(200)
    }

    /// Waits until so many places are behind it.
    #[track_caller]
    pub fn wait_for(&self, api: &Api, places: u64) -> Value {
        until(PATIENCE, "the batch has come so far", || {
            let batch = self.read(api);
            let done = batch["issued"].as_u64().unwrap().saturating_add(batch["refused"].as_u64().unwrap_or_default());
            (done >= places).then_some(batch)
        })
    }

    /// Waits until it has issued all its cards.
    #[track_caller]
    pub fn finish(&self, api: &Api) -> Value {
        until(PATIENCE, "the batch is issued", || Some(self.read(api)).filter(|batch| batch["status"] == "issued"))
    }

    /// All its codes in that form, page by page.
    #[track_caller]
    pub fn codes(&self, api: &Api, format: &str) -> String {
        let (mut text, mut cursor) = (String::new(), String::new());
        loop {
            let page = api.get(&self.path(&format!("/codes?format={format}{cursor}")));
            assert_eq!(page.status, 200, "{}", page.json);
            text.push_str(core::str::from_utf8(&page.body).unwrap());
            match page.header("next-cursor") {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return text,
            }
        }
    }

    /// All its cards with their codes.
    pub fn cards(&self, api: &Api) -> Vec<Value> {
        self.codes(api, "ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
