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

/// What is done about an endpoint, or with all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EndpointAct {
    #[default]
    List,
    Register,
    Read,
    Rotate,
    Enable,
    Remove,
}

/// What the journal is asked about endpoints. One form for all acts, since each form costs the Worker kilobytes; an act reads what it needs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct EndpointCall {
    /// What to do.
    pub act: EndpointAct,
    /// The endpoint's id.
    pub id: String,
    /// `{env}/{merchant}`: where its courier is.
    pub scope: String,
    /// Of one that is registered: where it is.
    pub url: String,
    /// Of one that is registered: the types that it asks for, separated by commas.
    pub events: String,
    /// The root that a new secret is derived from.
    pub root: u8,
    /// Of what is done once.
    pub once: Option<Once>,
}

/// From a courier: what follows after `cursor`, and after `mark`, the hash of that line?
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pull {
    /// The endpoint's id.
    pub id: String,
    /// `None` before the first time.
    pub cursor: Option<Cursor>,
    /// See above.
    pub mark: String,
    /// Whether the endpoint has not taken the last deliveries.
    pub failing: bool,
    /// Since when it has taken nothing, once that was for as long as a delivery is tried.
    pub dead_since_ms: Option<u64>,
}

/// What a courier gets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see `Pull`")]
pub struct Pulled {
    /// `None` when there is no such endpoint any more.
    pub endpoint: Option<Endpoint>,
    pub notices: Vec<Notice>,
    pub cursor: Cursor,
    pub mark: String,
    /// Whether there is more.
    pub more: bool,
}

/// What a courier is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CourierAct {
    /// There is something to pull.
    Ping,
    /// Its endpoint was enabled: what was given up is tried again.
    Resume,
    /// Its endpoint is gone.
    End,
    /// Its deliveries, newest first.
    List,
    /// Try the endpoint out, at once.
    Test,
    /// Send an event again, at once.
    Redeliver,
}

/// A call to a `CourierObject`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CourierCall {
    /// What to do.
    pub act: CourierAct,
    /// `{env}/{merchant}`: where its journal is, and whose keys sign.
    pub scope: String,
    /// The endpoint's id.
    pub id: String,
    /// Of a list: before that number.
    pub before: Option<u64>,
    /// Of one that is sent again: the event.
    pub event: String,
    /// What stands for the request, of what is done once.
    pub key: String,
}

/// An endpoint, as the API tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct EndpointAnswer {
    pub id: String,
    pub url: String,
    pub events: Vec<String>,
    pub status: Status,
    pub rotated_at: Option<String>,
    pub created_at: String,
    /// Only between object and Worker, which derives the secret from these two where it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<u8>,
}

impl From<Endpoint> for EndpointAnswer {
    fn from(endpoint: Endpoint) -> Self {
        Self {
            events: endpoint.events.split(',').filter(|event| !event.is_empty()).map(Into::into).collect(),
            id: endpoint.id,
            url: endpoint.url,
            status: endpoint.status,
            rotated_at: endpoint.rotated_at_ms.map(time::write),
            created_at: time::write(endpoint.created_at_ms),
            generation: None,
            root: None,
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

    #[test]
    fn endpoint_call_format_unchanged() {
        let call = EndpointCall {
            act: EndpointAct::Register,
            id: "we_1".into(),
            scope: "test/noor".into(),
            url: "https://shop.example".into(),
            events: "guard.alarm".into(),
            root: 1,
            once: Some(once()),
        };
        let text = r#"{"endpoint":{"act":"register","id":"we_1","scope":"test/noor","url":"https://shop.example","events":"guard.alarm","root":1,"once":{"key":"k","fingerprint":"f"}}}"#;
        check(&JournalCall::Endpoint(call), text);
        for (act, text) in [
            (EndpointAct::List, r#""list""#),
            (EndpointAct::Read, r#""read""#),
            (EndpointAct::Rotate, r#""rotate""#),
            (EndpointAct::Enable, r#""enable""#),
            (EndpointAct::Remove, r#""remove""#),
        ] {
            check(&act, text);
        }
    }

    #[test]
    fn pull_format_unchanged() {
        let cursor = Cursor { line: 3, notice: 1 };
        let pull =
            Pull { id: "we_1".into(), cursor: Some(cursor), mark: "h".into(), failing: true, dead_since_ms: Some(9) };
        let text =
            r#"{"pull":{"id":"we_1","cursor":{"line":3,"notice":1},"mark":"h","failing":true,"dead_since_ms":9}}"#;
        check(&JournalCall::Pull(pull), text);
        let endpoint = Endpoint {
            id: "we_1".into(),
            url: "https://shop.example".into(),
            events: "guard.alarm".into(),
            status: Status::Active,
            generation: 2,
            root: 1,
            root_before: 0,
            rotated_at_ms: Some(7),
            created_at_ms: 1,
        };
        let pulled =
            Pulled { endpoint: Some(endpoint), notices: vec![notice()], cursor, mark: "h".into(), more: false };
        let text = r#"{"endpoint":{"id":"we_1","url":"https://shop.example","events":"guard.alarm","status":"active","generation":2,"root":1,"root_before":0,"rotated_at_ms":7,"created_at_ms":1},"notices":[{"id":"ev_1","kind":"guard.alarm","body":"{}"}],"cursor":{"line":3,"notice":1},"mark":"h","more":false}"#;
        check(&pulled, text);
    }

    #[test]
    fn journal_call_about_events_format_unchanged() {
        let tell = JournalCall::Tell { notices: vec![notice()] };
        check(&tell, r#"{"tell":{"notices":[{"id":"ev_1","kind":"guard.alarm","body":"{}"}]}}"#);
        let events = JournalCall::Events { after: Cursor { line: 3, notice: 1 }, limit: 100 };
        check(&events, r#"{"events":{"after":{"line":3,"notice":1},"limit":100}}"#);
    }

    #[test]
    fn courier_call_format_unchanged() {
        let call = CourierCall {
            act: CourierAct::Redeliver,
            scope: "test/noor".into(),
            id: "we_1".into(),
            before: Some(5),
            event: "ev_1".into(),
            key: "k".into(),
        };
        check(&call, r#"{"act":"redeliver","scope":"test/noor","id":"we_1","before":5,"event":"ev_1","key":"k"}"#);
        for (act, text) in [
            (CourierAct::Ping, r#""ping""#),
            (CourierAct::Resume, r#""resume""#),
            (CourierAct::End, r#""end""#),
            (CourierAct::List, r#""list""#),
            (CourierAct::Test, r#""test""#),
        ] {
            check(&act, text);
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
