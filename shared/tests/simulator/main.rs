//! The money path under faults: cards, coordinators, the book and their clients in one process, driven by a seeded scheduler and checked after every step.
//!
//! What decides is `shared`; what drives it here mirrors `edge/src/objects`. Out of scope: HTTP, SQL and the runtime, which the end-to-end tests torture.
//!
//! `SEED=7 OPS=100000 cargo test -p shared --features seal --test simulator million -- --nocapture` replays from a seed, or goes on for longer.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(unreachable_pub, missing_docs, reason = "a test binary exports nothing")]

mod book;
mod card;
mod check;
mod client;
mod coordinator;
mod ending;
mod explore;
mod figures;
mod guard;
mod message;
mod random;
mod rest;
mod restore;
mod scenario;
mod schedule;
mod teeth;
mod weather;
mod workload;
mod world;

use figures::Figures;
use guard::Guards;
use schedule::Failure;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// Client operations of one world. More make cards with long histories, fewer make more beginnings.
const WORLD_OPERATIONS: u64 = 200;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn report(failure: &Failure) -> String {
    let steps: Vec<&str> = failure.trace.iter().map(String::as_str).collect();
    format!("SEED={} breaks at step {}: {}\n{}", failure.seed, failure.step, failure.violation.0, steps.join("\n"))
}

/// Runs so many worlds on every core there is, and returns their figures or the first failure.
fn worlds(first: u64, count: u64, run: impl Fn(u64) -> Result<Figures, Box<Failure>> + Sync) -> Figures {
    let (next, total, failed) = (AtomicU64::new(0), Mutex::new(Figures::default()), Mutex::new(None));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while failed.lock().unwrap().is_none() {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    if place >= count {
                        return;
                    }
                    match run(first + place) {
                        Ok(figures) => total.lock().unwrap().add(figures),
                        Err(failure) => *failed.lock().unwrap() = Some(report(&failure)),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    total.into_inner().unwrap()
}

/// Runs worlds until so many operations were begun, and prints what was done to them.
fn simulate(otherwise: u64, run: fn(u64, u64, Guards) -> Result<Figures, Box<Failure>>) -> Figures {
    let (first, operations) = (number("SEED", 1), number("OPS", otherwise));
    let (count, begun) = (operations.div_ceil(WORLD_OPERATIONS), Instant::now());
    let total = worlds(first, count, |seed| run(seed, WORLD_OPERATIONS.min(operations), Guards::default()));
    let seconds = begun.elapsed().as_secs_f64();
    println!("0 violations, seeds {first}..{}, {seconds:.1} s: {total:?}", first + count);
    assert!(total.operations >= operations);
    total
}

#[test]
fn a_million_operations_under_faults_break_no_invariant() {
    simulate(1_000_000, schedule::run);
}

#[test]
fn an_older_copy_that_comes_back_is_noticed_and_doubles_nothing() {
    let total = simulate(500_000, restore::run);
    assert_eq!(total.restored, total.operations.div_ceil(WORLD_OPERATIONS));
}
