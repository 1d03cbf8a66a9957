//! One attempt of a delivery: the signed request, and what came of it.
//!
//! A redirect is refused, since it would lead where nobody has looked. Of the answer a bounded part is read, for the log. The deadline is that of the whole
//! attempt.

use super::store::{Courier, Delivery};
use crate::clock;
use crate::keys;
use crate::problem::Fault;
use futures_util::StreamExt;
use shared::limits::{DELIVERY_ANSWER_BYTES_MAX, DELIVERY_ANSWER_CHARS_MAX, DELIVERY_TIMEOUT_MS};
use shared::seal::{Env as Mode, Merchant};
use shared::wire::courier::Pulled;
use wasm_bindgen::JsValue;
use worker::{AbortSignal, Env, Error, Fetch, Headers, Request, Response};

/// What came of an attempt.
pub struct Attempt {
    pub at_ms: u64,
    pub took_ms: u64,
    pub outcome: &'static str,
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: String,
}

/// The outcome that ends a delivery.
const DELIVERED: &str = "delivered";

impl Attempt {
    /// Whether the receiver has taken it.
    pub fn is_taken(&self) -> bool {
        self.outcome == DELIVERED
    }
}

/// Sends an event to its endpoint.
pub async fn send(env: &Env, courier: &Courier, endpoint: &Pulled, delivery: &Delivery) -> Attempt {
    let at_ms = clock::now_ms();
    let ended = |outcome, status, answer| Attempt {
        at_ms,
        took_ms: clock::now_ms().saturating_sub(at_ms),
        outcome,
        status,
        answer,
    };
    let Some(signature) = sign(env, courier, endpoint, delivery, at_ms) else {
        return ended("unsigned", None, String::new());
    };
    let deadline = AbortSignal::from(web_sys::AbortSignal::timeout_with_u32(DELIVERY_TIMEOUT_MS));
    let sent = match request(endpoint, delivery, at_ms, &signature) {
        Ok(request) => Fetch::Request(request).send_with_signal(&deadline).await.ok(),
        Err(_) => None,
    };
    let Some(mut response) = sent else {
        return ended(if deadline.aborted() { "timeout" } else { "unreachable" }, None, String::new());
    };
    let status = response.status_code();
    let outcome = match status {
        200..=299 => DELIVERED,
        300..=399 => "redirected",
        _ => "refused",
    };
    let answer = beginning(&mut response).await;
    ended(outcome, Some(status), answer)
}

/// Signatures under every secret that signs now; `None` when the newest cannot be had, so that no receiver takes a wrong one for an attack. The one before it
/// may be gone with its root.
fn sign(env: &Env, courier: &Courier, endpoint: &Pulled, delivery: &Delivery, at_ms: u64) -> Option<String> {
    let (mode, merchant) = courier.scope.split_once('/')?;
    let keys = keys::merchant(env, Mode::parse(mode)?, &Merchant::parse(merchant)?).ok()?;
    let sign = |generation, root| {
        let secret = keys.webhook_secret(&courier.id, generation, root)?;
        Some(secret.sign(&delivery.id, at_ms / 1_000, &delivery.body))
    };
    let newest = sign(endpoint.generation, endpoint.root)?;
    let before = endpoint.root_before.and_then(|root| sign(endpoint.generation.saturating_sub(1), root));
    Some(before.map_or_else(|| newest.clone(), |before| format!("{newest} {before}")))
}

fn request(endpoint: &Pulled, delivery: &Delivery, at_ms: u64, signature: &str) -> Result<Request, Fault> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", "Raseed-Webhooks/1")?;
    headers.set("webhook-id", &delivery.id)?;
    headers.set("webhook-timestamp", &(at_ms / 1_000).to_string())?;
    headers.set("webhook-signature", signature)?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers.0);
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_body(&JsValue::from_str(&delivery.body));
    Ok(web_sys::Request::new_with_str_and_init(&endpoint.url, &init).map_err(Error::from)?.into())
}

/// The first characters of an answer. Whatever breaks while it is read is its end: the status has said what counts.
async fn beginning(response: &mut Response) -> String {
    let Ok(mut stream) = response.stream() else { return String::new() };
    let mut bytes = Vec::new();
    while bytes.len() < DELIVERY_ANSWER_BYTES_MAX {
        match stream.next().await {
            Some(Ok(chunk)) => bytes.extend_from_slice(chunk.get(..DELIVERY_ANSWER_BYTES_MAX).unwrap_or(&chunk)),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    let plain = text.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol });
    plain.take(DELIVERY_ANSWER_CHARS_MAX).collect()
}
