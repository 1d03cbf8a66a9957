//! An answer before it is a `Response`: objects and handlers make these, and only the outermost layer turns them into what the runtime wants.

use crate::problem::{Failure, Fault};
use serde::Serialize;
use worker::{Headers, Response, ResponseBody, ResponseBuilder};

/// Marks an answer that the same request has had before.
const REPLAYED: &str = "Idempotent-Replayed";

/// When to ask again.
const RETRY_AFTER: &str = "Retry-After";

/// Where a page that is no JSON document ended, while there is more.
pub const NEXT_CURSOR: &str = "Next-Cursor";

/// Status, body and headers. The body is JSON: a problem document from status 400 on.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    body: ResponseBody,
    /// `None` for JSON.
    content_type: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    /// An answer of ours.
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        // Our own answer types have no map with keys that are not strings, the only thing that could fail here.
        Self {
            status,
            body: ResponseBody::Body(serde_json::to_vec(value).unwrap_or_default()),
            content_type: None,
            headers: Vec::new(),
        }
    }

    /// An answer that was kept, word for word.
    pub fn kept(status: u16, body: String) -> Self {
        Self { status, body: ResponseBody::Body(body.into_bytes()), content_type: None, headers: Vec::new() }
    }

    /// The same, told as what it is when that is no JSON document.
    pub fn of_type(self, content_type: &'static str) -> Self {
        Self { content_type: Some(content_type), ..self }
    }

    /// An object's answer, handed on without being read.
    pub fn passed(response: Response) -> Result<Self, Fault> {
        let status = response.status_code();
        let mut headers = Vec::new();
        for name in [REPLAYED, RETRY_AFTER, NEXT_CURSOR] {
            if let Some(value) = response.headers().get(name)? {
                headers.push((name, value));
            }
        }
        let (_, body) = response.into_parts();
        Ok(Self { status, body, content_type: None, headers })
    }

    /// An answer that is made while it is read.
    pub fn stream(content_type: &'static str, response: Response) -> Self {
        let (_, body) = response.into_parts();
        Self { status: 200, body, content_type: Some(content_type), headers: Vec::new() }
    }

    /// Marks the answer as one that the same request has had before.
    pub fn again(self) -> Self {
        self.with(REPLAYED, "true")
    }

    /// Whether it is one that the same request has had before.
    pub fn is_again(&self) -> bool {
        self.headers.iter().any(|(name, _)| *name == REPLAYED)
    }

    /// Says when to ask again.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER, &seconds.to_string())
    }

    /// Adds a header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a field, name and value in JSON, to an answer that is an object with some. It is not read for it.
    pub async fn with_field(mut self, field: &[u8]) -> Result<Self, Failure> {
        let (status, headers) = (self.status, core::mem::take(&mut self.headers));
        let mut body = self.bytes().await?;
        if body.pop() != Some(b'}') {
            return Err(Fault::Corrupt("answer").into());
        }
        body.push(b',');
        body.extend_from_slice(field);
        body.push(b'}');
        Ok(Self { status, body: ResponseBody::Body(body), content_type: None, headers })
    }

    /// The body as text, for an answer of ours.
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            ResponseBody::Body(bytes) => core::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The bytes of the body.
    pub async fn bytes(self) -> Result<Vec<u8>, Failure> {
        match self.body {
            ResponseBody::Body(bytes) => Ok(bytes),
            body => Ok(Response::from_body(body)?.bytes().await?),
        }
    }

    /// The runtime's form. Answers about money are never cached.
    pub fn respond(self) -> worker::Result<Response> {
        let headers = Headers::new();
        let json = if self.status < 400 { "application/json" } else { "application/problem+json" };
        headers.set("Content-Type", self.content_type.unwrap_or(json))?;
        headers.set("Cache-Control", "no-store")?;
        for (name, value) in self.headers {
            headers.append(name, &value)?;
        }
        Ok(ResponseBuilder::new().with_status(self.status).with_headers(headers).body(self.body))
    }
}
