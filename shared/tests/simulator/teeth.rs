//! Each guard switched off in turn, and what notices it: a check that nothing can fail proves nothing.

use crate::guard::{Guard, Guards};
use crate::schedule::Failure;
use crate::{restore, schedule};

/// Client operations of one world.
const OPERATIONS: u64 = 200;

/// Worlds within which the absence of a guard must be noticed.
const WORLDS: u64 = 4_000;

/// What goes wrong in the world of a seed without a guard, and does not with it.
fn missed(guard: Guard, seed: u64) -> Option<Box<Failure>> {
    let restores = matches!(guard, Guard::Chain | Guard::ForkStays | Guard::RefundCount);
    let run = if restores { restore::run } else { schedule::run };
    let failure = run(seed, OPERATIONS, Guards::without(guard)).err()?;
    run(seed, OPERATIONS, Guards::default()).is_ok().then_some(failure)
}

#[test]
fn every_guard_that_is_switched_off_is_missed() {
    let mut silent = Vec::new();
    for guard in Guard::ALL {
        match (1..=WORLDS).find_map(|seed| missed(guard, seed)) {
            Some(failure) => {
                println!("{guard:?}: SEED={} step {}: {}", failure.seed, failure.step, failure.violation.0)
            }
            None => silent.push(guard),
        }
    }
    assert!(silent.is_empty(), "nobody misses {silent:?}");
    println!("{} guards, each missed when it is off", Guard::ALL.len());
}
