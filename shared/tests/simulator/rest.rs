//! A world without faults, until nothing is left to do.

use crate::random::Random;
use crate::world::{Crash, Violation, World};

/// Steps after which a world that still moves without faults is taken for one that never rests.
const REST_STEPS: u64 = 20_000;

impl World {
    /// Whoever waits for an answer that is nowhere stops waiting.
    pub fn give_up_forgotten(&mut self) {
        for (node, call) in self.forgotten() {
            self.tell_lost(node, (node, call));
        }
    }

    /// Without faults from here on, until nothing is left to do.
    pub fn rest(&mut self, random: &mut Random) -> Result<(), Violation> {
        self.note(|| "faults stop".into());
        self.card_skew_ms.fill(0);
        self.checkout_skew_ms.fill(0);
        let end = self.step + REST_STEPS;
        while self.step < end {
            if !self.net.is_empty() {
                let place = random.place(self.net.len());
                let message = self.net.swap_remove(place);
                self.deliver(&message, Crash::Never)?;
                continue;
            }
            self.give_up_forgotten();
            let unknown = self.clients.unknown().next();
            let alarm = self.nodes().filter_map(|node| Some((self.alarm_ms(node)?, node))).min();
            match (unknown, alarm) {
                _ if !self.net.is_empty() => {}
                (Some(operation), _) if random.chance(5_000) || alarm.is_none() => self.send(operation),
                (_, Some((at_ms, node))) => {
                    self.now_ms = self.now_ms.max(at_ms);
                    self.alarm(node, Crash::Never)?;
                }
                (Some(operation), None) => self.send(operation),
                (None, None) => return Ok(()),
            }
        }
        Err(Violation(format!("invariant 13: the world does not come to rest: {:?}", self.net)))
    }
}
