//! Webhook endpoints and their deliveries: what the Worker, the journal and the couriers say to one another, and what the API answers.
//!
//! There is one form of call for all acts, since each form costs the Worker kilobytes: an act reads the fields that it needs.

use crate::event::Notice;
use crate::time;
use crate::webhook::Endpoint;
use serde::{Deserialize, Serialize};

/// Where a reader of events stands. Events of cards are lines of the book, the others are notices beside it; both are numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
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
pub enum EndpointAct {
    /// Of the journal: every endpoint.
    #[default]
    List,
    /// Of the journal: one more.
    Register,
    /// Of the journal: one of them.
    Read,
    /// Of the journal: another secret.
    Rotate,
    /// Of the journal: events are sent again.
    Enable,
    /// Of the journal: it is gone.
    Remove,
    /// Of a courier: there is something to pull.
    Ping,
    /// Of a courier: its endpoint was enabled; what was given up is tried again.
    Resume,
    /// Of a courier: its endpoint is gone.
    End,
    /// Of a courier: its deliveries, newest first.
    Deliveries,
    /// Of a courier: try the endpoint out, at once.
    Test,
    /// Of a courier: send an event again, at once.
    Redeliver,
}

/// What the journal or a courier is asked about an endpoint.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointCall {
    /// What to do.
    pub act: EndpointAct,
    /// `{env}/{merchant}`: where its journal and its courier are.
    pub scope: String,
    /// The endpoint's id.
    pub id: String,
    /// Of one that is registered: where it is.
    pub url: String,
    /// Of one that is registered: the types that it asks for, separated by commas.
    pub events: String,
    /// The root that a new secret is derived from.
    pub root: u8,
    /// Of what is done once: what stands for the idempotency key.
    pub key: String,
    /// Of what is done once: what stands for the request.
    pub fingerprint: String,
    /// Of deliveries: before that number; empty for the newest.
    pub before: String,
    /// Of one that is sent again: the event.
    pub event: String,
}

/// From a courier: what follows after `cursor`, and after `mark`, the hash of that line?
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pull {
    /// The endpoint's id.
    pub id: String,
    /// As [`Cursor::text`]; empty before the first time.
    pub cursor: String,
    /// See above.
    pub mark: String,
    /// Whether the endpoint has not taken the last deliveries.
    pub failing: bool,
    /// Since when it has taken nothing, once that was for as long as a delivery is tried.
    pub dead_since_ms: Option<u64>,
}

/// What a courier gets.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Pulled {
    /// Where its endpoint is; empty when there is no such endpoint any more.
    pub url: String,
    /// Whether it is sent events.
    pub is_sent_to: bool,
    /// Which secret signs.
    pub generation: u64,
    /// Which root that one is derived from.
    pub root: u8,
    /// Which root the secret before it was derived from, while that one signs as well.
    pub root_before: Option<u8>,
    /// What follows.
    pub notices: Vec<Notice>,
    /// Where that ends.
    pub cursor: String,
    /// The hash of the last line of that.
    pub mark: String,
    /// Whether there is more.
    pub more: bool,
}

/// An endpoint, as the API tells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "webhooks.md explains each field")]
pub struct EndpointAnswer {
    pub id: String,
    pub url: String,
    pub events: Vec<String>,
    pub status: &'static str,
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
            status: endpoint.status.name(),
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

    fn notice() -> Notice {
        Notice { id: "ev_1".into(), kind: "guard.alarm".into(), body: "{}".into() }
    }

    #[test]
    fn endpoint_call_format_unchanged() {
        let call = EndpointCall {
            act: EndpointAct::Register,
            scope: "test/noor".into(),
            id: "we_1".into(),
            url: "https://shop.example".into(),
            events: "guard.alarm".into(),
            root: 1,
            key: "k".into(),
            fingerprint: "f".into(),
            before: "5".into(),
            event: "ev_1".into(),
        };
        let text = r#"{"act":"register","scope":"test/noor","id":"we_1","url":"https://shop.example","events":"guard.alarm","root":1,"key":"k","fingerprint":"f","before":"5","event":"ev_1"}"#;
        check(&call, text);
        check(&JournalCall::Endpoint(call), &format!("{{\"endpoint\":{text}}}"));
        for (act, name) in [
            (EndpointAct::List, "list"),
            (EndpointAct::Read, "read"),
            (EndpointAct::Rotate, "rotate"),
            (EndpointAct::Enable, "enable"),
            (EndpointAct::Remove, "remove"),
            (EndpointAct::Ping, "ping"),
            (EndpointAct::Resume, "resume"),
            (EndpointAct::End, "end"),
            (EndpointAct::Deliveries, "deliveries"),
            (EndpointAct::Test, "test"),
            (EndpointAct::Redeliver, "redeliver"),
        ] {
            check(&act, &format!("\"{name}\""));
        }
    }

    #[test]
    fn pull_format_unchanged() {
        let pull =
            Pull { id: "we_1".into(), cursor: "3.1".into(), mark: "h".into(), failing: true, dead_since_ms: Some(9) };
        let text = r#"{"pull":{"id":"we_1","cursor":"3.1","mark":"h","failing":true,"dead_since_ms":9}}"#;
        check(&JournalCall::Pull(pull), text);
        let pulled = Pulled {
            url: "https://shop.example".into(),
            is_sent_to: true,
            generation: 2,
            root: 1,
            root_before: Some(0),
            notices: vec![notice()],
            cursor: "3.1".into(),
            mark: "h".into(),
            more: false,
        };
        let text = r#"{"url":"https://shop.example","is_sent_to":true,"generation":2,"root":1,"root_before":0,"notices":[{"id":"ev_1","kind":"guard.alarm","body":"{}"}],"cursor":"3.1","mark":"h","more":false}"#;
        check(&pulled, text);
    }

    #[test]
    fn journal_call_about_events_format_unchanged() {
        let tell = JournalCall::Tell { notices: vec![notice()] };
        check(&tell, r#"{"tell":{"notices":[{"id":"ev_1","kind":"guard.alarm","body":"{}"}]}}"#);
        check(&JournalCall::Events { after: "3.1".into() }, r#"{"events":{"after":"3.1"}}"#);
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
