//! The domain of Raseed. It compiles twice, into the browser widget and into the edge Worker, so the split that a shopper sees is computed by the
//! code that captures it.
//!
//! In scope: what a code is, what a card may do, how an order is split over tenders, which request is well formed, and every refusal by name.
//!
//! Out of scope, on purpose: clocks, randomness, keys from the environment, storage, HTTP, the DOM, async. Whoever calls brings them as arguments, so
//! every rule here can be tested by calling it.
//!
//! Modules in reading order:

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking"))]

pub mod limits;

pub mod money;

pub mod digits;

pub mod code;

#[cfg(feature = "seal")]
pub mod seal;

pub mod gift;

pub mod program;

pub mod old_code;

pub mod law;

pub mod card;

pub mod checkout;

#[cfg(feature = "journal")]
pub mod journal;

#[cfg(feature = "journal")]
pub mod report;

#[cfg(feature = "journal")]
pub mod event;

#[cfg(feature = "journal")]
pub mod webhook;

#[cfg(feature = "journal")]
pub mod batch;

pub mod rejection;

pub mod time;

pub mod origin;

pub mod wire;
