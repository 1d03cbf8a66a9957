//! How much goes wrong in a world.

use crate::random::Random;

/// How much goes wrong, in so many of ten thousand steps or messages. Drawn for each world, so that some are calm and some are hell.
#[derive(Clone, Debug)]
pub struct Weather {
    pub lose: u64,
    pub double: u64,
    pub delay: u64,
    pub crash: u64,
    pub give_up: u64,
    pub skew: u64,
    pub spurious_alarm: u64,
    pub alarm: u64,
    pub time: u64,
    /// Objects that have more to do than they can.
    pub overload: u64,
}

impl Weather {
    /// The weather of a world.
    pub fn draw(random: &mut Random) -> Self {
        let mut up_to = |most: u64| if random.chance(3_000) { 0 } else { random.below(most + 1) };
        Self {
            lose: up_to(1_000),
            double: up_to(1_000),
            delay: up_to(1_500),
            crash: up_to(600),
            give_up: up_to(500),
            skew: up_to(200),
            spurious_alarm: up_to(300),
            alarm: 100 + up_to(3_000),
            time: 200 + up_to(2_000),
            overload: up_to(400),
        }
    }
}
