//! A coordinator in words, for those who tell states apart.

use super::{Call, Coordinator, Waiting};
use crate::message::Tell;

impl Coordinator {
    /// All that decides what this actor does next, in words, with the alarm's time left out.
    pub fn words(&self) -> String {
        let mut tasks: Vec<String> = self
            .waiting
            .iter()
            .map(|waiting| format!("{:?}", waiting.calls.iter().map(|call| waiting.words(call)).collect::<Vec<_>>()))
            .collect();
        tasks.sort();
        format!("{:?}{:?}{}{tasks:?}", self.kept.document, self.kept.answered, self.kept.alarm_ms.is_some())
    }

    /// Which call of which task has that number, in words; empty when nobody waits for it.
    pub fn label(&self, number: u32) -> String {
        let call = |waiting: &Waiting| {
            waiting
                .calls
                .iter()
                .find(|call| call.number == number && call.tell.is_none())
                .map(|call| waiting.words(call))
        };
        self.waiting.iter().find_map(call).unwrap_or_default()
    }

    /// Whether an answer is waited for, but is not the last of its task.
    pub fn puts_aside(&self, number: u32) -> bool {
        let open = |waiting: &&Waiting| waiting.calls.iter().filter(|call| call.tell.is_none()).count() > 1;
        self.waiting
            .iter()
            .filter(open)
            .any(|waiting| waiting.calls.iter().any(|call| call.number == number && call.tell.is_none()))
    }
}

impl Waiting {
    /// A call of this task in words. Of an act only that it was done is looked at.
    fn words(&self, call: &Call) -> String {
        let done = matches!(call.tell, Some(Tell::Acted { .. }));
        let tell = if done { None } else { call.tell.as_ref() };
        format!("{:?}{:?}{:?}{done}{tell:?}", self.task, self.caller, call.leg)
    }
}
