//! The few calls of the public API that this tool makes itself: is the server up, issue a card, set the origins.
//!
//! It speaks only to a server on 127.0.0.1 that it has started, with that server's secret key.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

/// Longer than any call of a healthy server takes, even while the machine compiles.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A server's address and the key to call it with.
pub(crate) struct Api {
    agent: Agent,
    url: String,
    secret_key: String,
}

impl Api {
    pub(crate) fn new(url: &str, secret_key: &str) -> Self {
        // Refusals are answers to read, and a proxy of the environment must not see this machine's own traffic.
        let config = Agent::config_builder().http_status_as_error(false).proxy(None).timeout_global(Some(TIMEOUT));
        Self { agent: config.build().into(), url: url.to_owned(), secret_key: secret_key.to_owned() }
    }

    /// Whether the server answers `GET /healthz` with 200.
    pub(crate) fn is_healthy(&self) -> bool {
        self.serves("/healthz")
    }

    /// Whether the server answers `GET` of that path with 200.
    pub(crate) fn serves(&self, path: &str) -> bool {
        self.agent.get(format!("{}{path}", self.url)).call().is_ok_and(|answer| answer.status() == 200)
    }

    /// Issues a card and returns its code. The same idempotency key gives the same code again.
    pub(crate) fn issue_gift_card(&self, idempotency_key: &str, amount: u64, currency: &str) -> Result<String> {
        let card = json!({ "amount": amount, "currency": currency });
        let answer = self.send("POST", "/v1/gift-cards", Some(idempotency_key), &card)?;
        Ok(answer.get("code").and_then(Value::as_str).context("the issued card came without its code")?.to_owned())
    }

    /// Sets the origins that the merchant's publishable key may be used from, and leaves the other settings as they are.
    pub(crate) fn put_origins(&self, origins: &[String]) -> Result<()> {
        let mut settings = self.send("GET", "/v1/settings", None, &json!({}))?;
        settings.as_object_mut().context("the settings are no object")?.insert("origins".into(), json!(origins));
        self.send("PUT", "/v1/settings", None, &settings).map(drop)
    }

    fn send(&self, method: &str, path: &str, idempotency_key: Option<&str>, body: &Value) -> Result<Value> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        request = request.header("Authorization", format!("Bearer {}", self.secret_key));
        request = request.header("Content-Type", "application/json");
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        let sent = match method {
            "GET" => self.agent.run(request.body(())?),
            _ => self.agent.run(request.body(body.to_string())?),
        };
        let mut answer = sent.with_context(|| format!("{method} {path} got no answer"))?;
        let text = answer.body_mut().read_to_string().with_context(|| format!("{method} {path}: broken answer"))?;
        if !answer.status().is_success() {
            bail!("{method} {path} was refused with {}: {text}", answer.status());
        }
        serde_json::from_str(&text).with_context(|| format!("{method} {path} answered no JSON: {text}"))
    }
}
