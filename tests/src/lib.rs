//! What the end-to-end tests stand on: servers of their own and clients that speak to them as anybody would.
//!
//! Every test owns its server: a fresh folder, a free port, ended by its id. The servers are those that ship, started by the project's one tool;
//! `cargo xtask test` builds them first and says where the tool is. Nothing here sleeps: waiting is reading, or polling with a bound.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

pub mod api;
pub mod artefact;
pub mod backup;
pub mod batch;
pub mod browser;
pub mod buyer;
pub mod card;
pub mod checkout;
pub mod clock;
pub mod crowd;
pub mod dice;
pub mod killer;
pub mod ledger;
pub mod month;
pub mod page;
pub mod patience;
pub mod receiver;
pub mod recount;
pub mod secrets;
pub mod server;
pub mod shop;
pub mod vectors;
pub mod widget;
pub mod words;
pub mod worker;
