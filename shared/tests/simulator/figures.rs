//! What was done to worlds, counted.

/// What was done to a world, for the figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    pub operations: u64,
    pub done: u64,
    pub refused: u64,
    pub requests: u64,
    pub messages: u64,
    pub lost: u64,
    pub doubled: u64,
    pub crashes: u64,
    pub alarms: u64,
    pub clock_jumps: u64,
    pub restored: u64,
    pub entries: u64,
}

impl Figures {
    /// Adds those of another world.
    pub fn add(&mut self, other: Self) {
        for (mine, others) in [
            (&mut self.operations, other.operations),
            (&mut self.done, other.done),
            (&mut self.refused, other.refused),
            (&mut self.requests, other.requests),
            (&mut self.messages, other.messages),
            (&mut self.lost, other.lost),
            (&mut self.doubled, other.doubled),
            (&mut self.crashes, other.crashes),
            (&mut self.alarms, other.alarms),
            (&mut self.clock_jumps, other.clock_jumps),
            (&mut self.restored, other.restored),
            (&mut self.entries, other.entries),
        ] {
            *mine += others;
        }
    }
}
