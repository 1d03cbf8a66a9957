//! Webhook endpoints and their deliveries: what the Worker, the journal and the couriers say to one another, and what the API answers.

use super::call::Once;
use crate::event::Notice;
use crate::time;
use crate::webhook::{Endpoint, Status};
use serde::{Deserialize, Serialize};

/// Where a reader of events stands. Events of cards are lines of the book, the others are notices beside it; both are numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// The last line that was read.
    pub line: u64,
    /// The last notice that was read.
    pub notice: u64,
}

impl Cursor {
    /// `{line}.{notice}`
    pub fn text(self) -> String {
        format!("{}.{}", self.line, self.notice)
    }

    /// The cursor of a text.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.parse().ok().filter(|number| *number <= crate::limits::AMOUNT_MAX);
        let (line, notice) = text.split_once('.')?;
        Some(Self { line: number(line)?, notice: number(notice)? })
    }
}

/// What the journal is asked about endpoints.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are those of `Endpoint`")]
pub enum EndpointOrder {
    /// `scope`: `{env}/{merchant}`, where its courier is.
    Register {
        scope: String,
        id: String,
        url: String,
        events: Vec<String>,
        root: u8,
        once: Once,
    },
    List,
    Read {
        id: String,
    },
    Rotate {
        id: String,
        root: u8,
        once: Once,
    },
    Enable {
        id: String,
    },
    Remove {
        id: String,
    },
    /// From its courier: what follows after `cursor`, and after `mark`, the hash of that line. `health` is what became of the deliveries so far.
    Pull {
        id: String,
        cursor: Option<Cursor>,
        mark: String,
        health: Health,
    },
}

/// What a courier says of its endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// It takes what it is sent.
    Well,
    /// It does not take what it is sent.
    Failing,
    /// It has taken nothing for as long as a delivery is tried.
    Dead {
        /// Since when.
        since_ms: u64,
    },
}

/// What a courier gets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see `EndpointOrder::Pull`")]
pub struct Pulled {
    /// `None` when there is no such endpoint any more.
    pub endpoint: Option<Endpoint>,
    pub notices: Vec<Notice>,
    pub cursor: Cursor,
    pub mark: String,
    /// Whether there is more.
    pub more: bool,
}

/// A call to a `CourierObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CourierCall {
    /// `{env}/{merchant}`: where its journal is, and whose keys sign.
    pub scope: String,
    /// The endpoint's id.
    pub id: String,
    /// What to do.
    pub order: CourierOrder,
}

/// What a courier is asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CourierOrder {
    /// There is something to pull.
    Ping,
    /// Its endpoint was enabled: what was given up is tried again.
    Resume,
    /// Its endpoint is gone.
    End,
    /// Newest first, those before that number.
    Deliveries { before: Option<u64>, limit: usize },
    /// Try the endpoint out, at once.
    Test { endpoint: Endpoint, once: Once },
    /// Send an event again, at once.
    Redeliver { endpoint: Endpoint, event: String, once: Once },
}

/// An endpoint, as the API tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct EndpointAnswer {
    pub id: String,
    pub url: String,
    pub events: Vec<String>,
    pub status: Status,
    /// Only where it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    pub rotated_at: Option<String>,
    pub created_at: String,
}

impl From<Endpoint> for EndpointAnswer {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url,
            events: endpoint.events,
            status: endpoint.status,
            secret: None,
            rotated_at: endpoint.rotated_at_ms.map(time::write),
            created_at: time::write(endpoint.created_at_ms),
        }
    }
}

/// A delivery, as the API tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct DeliveryAnswer {
    /// The event's id, which is the delivery's as well: an endpoint gets an event once.
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub status: &'static str,
    pub next_attempt_at: Option<String>,
    pub attempts: Vec<AttemptAnswer>,
}

/// One attempt of a delivery.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct AttemptAnswer {
    pub at: String,
    /// `delivered`, `refused`, `redirected`, `timeout`, `unreachable` or `unsigned`.
    pub outcome: String,
    pub status: Option<u16>,
    pub took_ms: u64,
    /// The beginning of what it answered.
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::call::JournalCall;
    use core::fmt::Debug;
    use serde::de::DeserializeOwned;

    #[track_caller]
    fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
        assert_eq!(serde_json::to_string(value).unwrap(), text);
        assert_eq!(serde_json::from_str::<T>(text).unwrap(), *value);
    }

    fn once() -> Once {
        Once { key: "k".into(), fingerprint: "f".into() }
    }

    fn notice() -> Notice {
        Notice { id: "ev_1".into(), kind: "guard.alarm".into(), body: "{}".into() }
    }

    fn endpoint() -> Endpoint {
        Endpoint {
            id: "we_1".into(),
            url: "https://shop.example".into(),
            events: vec!["guard.alarm".into()],
            status: Status::Active,
            generation: 2,
            root: 1,
            root_before: 0,
            root_first: 0,
            rotated_at_ms: Some(7),
            created_at_ms: 1,
        }
    }

    const ENDPOINT: &str = r#"{"id":"we_1","url":"https://shop.example","events":["guard.alarm"],"status":"active","generation":2,"root":1,"root_before":0,"root_first":0,"rotated_at_ms":7,"created_at_ms":1}"#;

    #[test]
    fn endpoint_order_format_unchanged() {
        let id = || "we_1".to_string();
        let register = EndpointOrder::Register {
            scope: "test/noor".into(),
            id: id(),
            url: "https://shop.example".into(),
            events: Vec::new(),
            root: 1,
            once: once(),
        };
        let pull = |cursor, health| EndpointOrder::Pull { id: id(), cursor, mark: "h".into(), health };
        for (order, text) in [
            (
                register,
                r#"{"register":{"scope":"test/noor","id":"we_1","url":"https://shop.example","events":[],"root":1,"once":{"key":"k","fingerprint":"f"}}}"#,
            ),
            (EndpointOrder::List, r#""list""#),
            (EndpointOrder::Read { id: id() }, r#"{"read":{"id":"we_1"}}"#),
            (
                EndpointOrder::Rotate { id: id(), root: 1, once: once() },
                r#"{"rotate":{"id":"we_1","root":1,"once":{"key":"k","fingerprint":"f"}}}"#,
            ),
            (EndpointOrder::Enable { id: id() }, r#"{"enable":{"id":"we_1"}}"#),
            (EndpointOrder::Remove { id: id() }, r#"{"remove":{"id":"we_1"}}"#),
            (pull(None, Health::Well), r#"{"pull":{"id":"we_1","cursor":null,"mark":"h","health":"well"}}"#),
            (
                pull(Some(Cursor { line: 3, notice: 1 }), Health::Dead { since_ms: 9 }),
                r#"{"pull":{"id":"we_1","cursor":{"line":3,"notice":1},"mark":"h","health":{"dead":{"since_ms":9}}}}"#,
            ),
            (pull(None, Health::Failing), r#"{"pull":{"id":"we_1","cursor":null,"mark":"h","health":"failing"}}"#),
        ] {
            check(&JournalCall::Endpoint(order), &format!("{{\"endpoint\":{text}}}"));
        }
        let tell = JournalCall::Tell { notices: vec![notice()] };
        check(&tell, r#"{"tell":{"notices":[{"id":"ev_1","kind":"guard.alarm","body":"{}"}]}}"#);
        let events = JournalCall::Events { after: Cursor { line: 3, notice: 1 }, limit: 100 };
        check(&events, r#"{"events":{"after":{"line":3,"notice":1},"limit":100}}"#);
        let pulled = Pulled {
            endpoint: Some(endpoint()),
            notices: vec![notice()],
            cursor: Cursor::default(),
            mark: String::new(),
            more: false,
        };
        let text = format!(
            r#"{{"endpoint":{ENDPOINT},"notices":[{{"id":"ev_1","kind":"guard.alarm","body":"{{}}"}}],"cursor":{{"line":0,"notice":0}},"mark":"","more":false}}"#
        );
        check(&pulled, &text);
    }

    #[test]
    fn courier_call_format_unchanged() {
        let test = format!(r#"{{"test":{{"endpoint":{ENDPOINT},"once":{{"key":"k","fingerprint":"f"}}}}}}"#);
        let again = format!(
            r#"{{"redeliver":{{"endpoint":{ENDPOINT},"event":"ev_1","once":{{"key":"k","fingerprint":"f"}}}}}}"#
        );
        for (order, text) in [
            (CourierOrder::Ping, r#""ping""#),
            (CourierOrder::Resume, r#""resume""#),
            (CourierOrder::End, r#""end""#),
            (CourierOrder::Deliveries { before: None, limit: 5 }, r#"{"deliveries":{"before":null,"limit":5}}"#),
            (CourierOrder::Test { endpoint: endpoint(), once: once() }, &test),
            (CourierOrder::Redeliver { endpoint: endpoint(), event: "ev_1".into(), once: once() }, &again),
        ] {
            let call = CourierCall { scope: "test/noor".into(), id: "we_1".into(), order };
            check(&call, &format!(r#"{{"scope":"test/noor","id":"we_1","order":{text}}}"#));
        }
    }

    #[test]
    fn cursor_is_read_as_it_is_written() {
        let cursor = Cursor { line: 124, notice: 3 };
        assert_eq!((cursor.text().as_str(), Cursor::parse("124.3")), ("124.3", Some(cursor)));
        for bad in ["", ".", "1", "1.", "1.2.3", "-1.0", "9007199254740992.0"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
