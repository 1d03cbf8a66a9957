//! What changed from one version of the settings to the next. It is found by comparing the two documents, so nothing is kept that they do not say.

use super::Settings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A field that changed. What was not there before, or is there no more, is null.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Its path; things with ids are named by them: `programs[gift].name.ar`.
    pub path: String,
    /// What it was.
    pub old: Value,
    /// What it is.
    pub new: Value,
}

/// A version of the settings, and how it came to be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub version: u64,
    /// When it was made.
    pub at: String,
    /// Who made it: the id of a key, or a console session's; `None` where that was not kept yet.
    pub by: Option<String>,
    /// What changed.
    pub changed: Vec<Change>,
}

/// A page of the history, the newest version first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as every list")]
pub struct HistoryPage {
    pub data: Vec<Version>,
    pub next_cursor: Option<String>,
}

/// What changed, in the order of the names.
pub fn changes(old: &Settings, new: &Settings) -> Vec<Change> {
    // By way of the text that is kept: another way to write them would weigh kilobytes in the Worker.
    let document = |settings| {
        let text = serde_json::to_vec(settings).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    };
    let mut changes = Vec::new();
    compare(String::new(), document(old), document(new), &mut changes);
    changes
}

fn compare(path: String, old: Value, new: Value, changes: &mut Vec<Change>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Value::Object(old), Value::Object(new)) => {
            let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            compare_fields(old, new, within, changes);
        }
        (Value::Array(old), Value::Array(new)) => match (by_id(&old), by_id(&new)) {
            (Some(old), Some(new)) => compare_fields(old, new, |id| format!("{path}[{id}]"), changes),
            _ => changes.push(Change { path, old: Value::Array(old), new: Value::Array(new) }),
        },
        (old, new) => changes.push(Change { path, old, new }),
    }
}

fn compare_fields(
    mut old: Map<String, Value>,
    new: Map<String, Value>,
    path: impl Fn(&str) -> String,
    changes: &mut Vec<Change>,
) {
    for (name, new) in new {
        compare(path(&name), old.remove(&name).unwrap_or_default(), new, changes);
    }
    for (name, old) in old {
        compare(path(&name), old, Value::Null, changes);
    }
}

/// A list of things with ids as an object; `None` when it is another list.
fn by_id(list: &[Value]) -> Option<Map<String, Value>> {
    list.iter().map(|item| Some((item.get("id")?.as_str()?.to_owned(), item.clone()))).collect()
}
