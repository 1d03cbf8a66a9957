//! Chance that is the same in every run.

use std::ops::RangeInclusive;

/// SplitMix64: a few lines, and good enough to choose test cases.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number of the range.
    pub fn roll(&mut self, range: RangeInclusive<u64>) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let width = range.end().saturating_sub(*range.start()).saturating_add(1);
        range.start().saturating_add(mixed.checked_rem(width).unwrap_or_default())
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let last = u64::try_from(choices.len()).unwrap().saturating_sub(1);
        &choices[usize::try_from(self.roll(0..=last)).unwrap()]
    }
}
