//! The artefacts that ship, as their users meet them: over HTTP on a real workerd, and in a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod access;
mod alarms;
mod batches;
mod book_outages;
mod caps;
mod captures;
mod card_life;
mod cards;
mod clocks;
mod codes;
mod console;
mod console_sessions;
mod cost;
mod currencies;
mod durability;
mod forgeries;
mod forks;
mod gifts;
mod holds;
mod idempotency;
mod imports;
mod keys;
mod kills;
mod ledger;
mod lost_answers;
mod origins;
mod overdue;
mod pages;
mod programs;
mod races;
mod redemptions;
mod refunds;
mod reports;
mod requests;
mod scopes;
mod search;
mod secrecy;
mod secrets;
mod settings;
mod shop;
mod splits;
mod tombstones;
mod torture;
mod unreachable_legs;
mod webhooks;
mod widget;
mod widget_files;
