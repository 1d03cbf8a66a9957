//! A client of the public API that takes every answer as it is.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use ureq::http::request::Builder;
use ureq::http::{Request, Response};
use ureq::{Agent, SendBody};

/// A server of ours answers within milliseconds; ten seconds is a fault, not a wait.
const TIMEOUT: Duration = Duration::from_secs(10);

/// One key or token at one server.
#[derive(Clone, Debug)]
pub struct Api {
    agent: Agent,
    url: String,
    bearer: String,
    origin: Option<String>,
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; `null` when it is no JSON.
    pub json: Value,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// The body, when the status is the expected one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.json);
        self.json
    }

    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, &str) {
        (self.status, self.json["code"].as_str().unwrap_or_default())
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(entry, _)| entry == name).map(|(_, value)| value.as_str())
    }

    /// Whether it is one that the same request has had before.
    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }
}

impl Api {
    /// A client with a key or token.
    pub fn new(url: &str, bearer: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // A proxy of the environment must not see this machine's own traffic.
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_global(Some(TIMEOUT))
            .build()
            .into();
        Self { agent, url: url.into(), bearer: bearer.into(), origin: None }
    }

    /// The same server with another key or token, from a page of that origin.
    pub fn page(&self, bearer: &str, origin: &str) -> Self {
        Self { bearer: bearer.into(), origin: Some(origin.into()), ..self.clone() }
    }

    /// The same server with another key.
    pub fn with_key(&self, bearer: &str) -> Self {
        Self { bearer: bearer.into(), ..self.clone() }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new()).unwrap()
    }

    /// `POST` with a key of its own.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_once(path, body, &fresh_key())
    }

    /// `POST` with that idempotency key.
    pub fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.try_post(path, body, key).unwrap()
    }

    /// `POST` whose answer may be lost.
    pub fn try_post(&self, path: &str, body: &Value, key: &str) -> Result<Answer, ureq::Error> {
        self.send(
            "POST",
            path,
            &[("Content-Type", "application/json"), ("Idempotency-Key", key)],
            body.to_string().into_bytes(),
        )
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], Vec::new()).unwrap()
    }

    /// `PUT`, `PATCH` or `DELETE`.
    pub fn change(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, &[("Content-Type", "application/json")], body.to_string().into_bytes()).unwrap()
    }

    /// Any request, with exactly these bytes.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ureq::Error> {
        let request = self.request(method, path, headers);
        read(if body.is_empty() {
            self.agent.run(request.body(()).unwrap())?
        } else {
            self.agent.run(request.body(body).unwrap())?
        })
    }

    /// Any request, with a body whose length nobody tells beforehand.
    pub fn send_chunked(&self, method: &str, path: &str, headers: &[(&str, &str)], mut body: &[u8]) -> Answer {
        let request = self.request(method, path, headers).body(SendBody::from_reader(&mut body)).unwrap();
        read(self.agent.run(request).unwrap()).unwrap()
    }

    /// `POST` by somebody who hangs up after so many bytes of the answer, which is lost.
    pub fn post_and_hang_up(&self, path: &str, body: &Value, key: &str, bytes: usize) {
        let (address, body) = (self.url.strip_prefix("http://").unwrap(), body.to_string());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {key}\r\nContent-Length: {}\r\n\r\n",
            self.bearer,
            body.len()
        );
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        stream.read_exact(&mut vec![0; bytes]).unwrap();
    }

    /// The head of a request that announces so many bytes, of which none ever comes: who answers has read none.
    pub fn announce(&self, method: &str, path: &str, headers: &[(&str, &str)], bytes: usize) -> Answer {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {bytes}\r\n");
        if !self.bearer.is_empty() {
            head.push_str(&format!("Authorization: Bearer {}\r\n", self.bearer));
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        let mut stream = BufReader::new(TcpStream::connect(address).unwrap());
        stream.get_ref().set_read_timeout(Some(TIMEOUT)).unwrap();
        stream.get_mut().write_all(format!("{head}\r\n").as_bytes()).unwrap();
        let mut line = || {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let status = line().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = std::iter::from_fn(|| Some(line()).filter(|line| !line.is_empty()))
            .map(|line| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned())).unwrap())
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        Answer { status, json: serde_json::from_slice(&body).unwrap_or(Value::Null), body, headers }
    }

    fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Builder {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !self.bearer.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.bearer));
        }
        if let Some(origin) = &self.origin {
            request = request.header("Origin", origin);
        }
        // As bytes: what is no ASCII must be sendable to be refused.
        headers.iter().fold(request, |request, (name, value)| request.header(*name, value.as_bytes()))
    }
}

fn read(mut response: Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().into(), value.to_str().unwrap_or_default().into()))
        .collect();
    // An export of a whole month is larger than what this client takes for sane.
    let body = response.body_mut().with_config().limit(u64::MAX).read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        body,
        headers,
    })
}

/// An idempotency key that no other request of this run has.
pub fn fresh_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("end-to-end-{}-{:08}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
