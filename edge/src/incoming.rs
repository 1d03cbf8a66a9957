//! A request before anything is decided: method, path, the headers that matter, and the body within its bound.

use crate::problem::{Failure, Fault};
use shared::limits::{BODY_BYTES_MAX, IDEMPOTENCY_KEY_CHARS};
use shared::rejection::Rejection;
use shared::seal::MerchantKeys;
use shared::wire::call::Once;
use shared::wire::json::Fields;
use worker::{Method, Request};

/// A request.
pub struct Incoming {
    pub method: Method,
    pub path: String,
    /// Host and port that were asked.
    host: String,
    /// What stands behind the question mark.
    pub query: String,
    /// How long the body may be.
    pub body_bytes_max: usize,
    request: Request,
    authorization: Option<String>,
    origin: Option<String>,
}

/// A body that was read, with what makes it happen once.
pub struct Body {
    pub fields: Fields,
    /// The `Idempotency-Key` as it was sent.
    pub key: String,
    /// What stands for key and body in rows.
    pub once: Once,
}

impl Incoming {
    pub fn new(request: Request) -> Result<Self, Fault> {
        let (host, path, query) = address(&request.inner().url());
        Ok(Self {
            method: method(&request.inner().method()),
            path,
            host,
            query,
            body_bytes_max: BODY_BYTES_MAX,
            authorization: request.headers().get("Authorization")?,
            origin: request.headers().get("Origin")?,
            request,
        })
    }

    pub fn header(&self, name: &str) -> Result<Option<String>, Fault> {
        Ok(self.request.headers().get(name)?)
    }

    /// The key or token.
    pub fn bearer(&self) -> Option<&str> {
        self.authorization.as_deref().and_then(|value| value.strip_prefix("Bearer "))
    }

    /// The page that asks, as the browser says.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }

    /// Whether that origin is where this request went. Only host and port are compared: behind a proxy that ends TLS, the scheme is another.
    pub fn is_own(&self, origin: &str) -> bool {
        origin.split_once("://").is_some_and(|(_, host)| host == self.host)
    }

    /// The address of a page of this deployment. Behind a proxy that ends TLS the request comes without it, and only a developer's own machine serves pages so.
    pub fn own_page(&self, path: &str) -> String {
        let is_here = ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| self.host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
        format!("{}://{}{path}", if is_here { "http" } else { "https" }, self.host)
    }

    /// Refuses a body by its length and type, before anything is read for a stranger.
    pub fn check_body(&self) -> Result<(), Failure> {
        let length = self.header("Content-Length")?;
        if length.as_deref().is_some_and(|length| length.parse().unwrap_or(usize::MAX) > self.body_bytes_max) {
            return Err(Rejection::BodyTooLarge.into());
        }
        let content_type = self.header("Content-Type")?.unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let has_body = length.as_deref() != Some("0") && self.request.inner().body().is_some();
        if has_body && !media_type.eq_ignore_ascii_case("application/json") {
            return Err(Rejection::ContentType.into());
        }
        Ok(())
    }

    /// Reads the fields of the body.
    pub async fn fields(&mut self) -> Result<Fields, Failure> {
        Ok(Fields::read(&self.bytes().await?)?)
    }

    /// Reads the body.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Failure> {
        let body = self.request.bytes().await?;
        // A body without a length is read as it comes; the runtime bounds it, and here it ends.
        if body.len() > self.body_bytes_max {
            return Err(Rejection::BodyTooLarge.into());
        }
        Ok(body)
    }

    /// Reads the fields with the idempotency key. `action` tells requests on one resource apart.
    pub async fn body(&mut self, keys: &MerchantKeys, action: &str) -> Result<Body, Failure> {
        let key = self.header("Idempotency-Key")?.ok_or(Rejection::IdempotencyKeyMissing)?;
        if !IDEMPOTENCY_KEY_CHARS.contains(&key.len()) || !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Rejection::IdempotencyKeyInvalid.into());
        }
        let fields = self.fields().await?;
        let fingerprint = keys.fingerprint(action, &fields.canonical());
        Ok(Body { once: Once { key: keys.idempotency(&key), fingerprint }, fields, key })
    }
}

/// The method of that name. One that the runtime's binding does not know is none that anything here takes; the binding would read it as GET.
fn method(name: &str) -> Method {
    let method = Method::from(name.to_owned());
    if method.as_ref() == name { method } else { Method::Trace }
}

/// Host, path and query of an address that the runtime has already normalised. A whole URL parser would weigh a third of the Worker, for tables of
/// international host names that nothing here looks at.
fn address(url: &str) -> (String, String, String) {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let address = after_scheme.split('#').next().unwrap_or_default();
    let (address, query) = address.split_once('?').unwrap_or((address, ""));
    let (host, path) = address.find('/').and_then(|start| address.split_at_checked(start)).unwrap_or((address, "/"));
    (host.into(), path.into(), query.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_path_and_query_are_cut_from_the_address() {
        for (url, host, path, query) in [
            ("https://edge.example/v1/checkouts/co_1?limit=1&x=/", "edge.example", "/v1/checkouts/co_1", "limit=1&x=/"),
            ("http://127.0.0.1:8787/", "127.0.0.1:8787", "/", ""),
            ("https://edge.example", "edge.example", "/", ""),
            ("https://edge.example/a#b?c", "edge.example", "/a", ""),
        ] {
            assert_eq!(address(url), (host.to_owned(), path.to_owned(), query.to_owned()));
        }
    }
}
