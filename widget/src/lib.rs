//! The `<raseed-checkout>` element: where a shopper pays part of an order with gift cards.
//!
//! In scope: the code field, the tenders, what remains to pay, and everything that a page may ask of the element. Every decision about money is
//! `shared`'s: what a code is, and how an order is split.
//!
//! Out of scope: the class that extends `HTMLElement`, the static nodes and the time before the Wasm is there (`loader.js`); looks (`style.css`).
//!
//! The widget must not break a page: it never panics on what a page, a shopper or a server does, it catches what the platform throws, and it writes
//! text, never markup.
//!
//! Modules in reading order, downward: pure ones first, those that touch the browser after.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking"))]

mod state;

mod field;

mod copy;

mod pending;

mod dom;

mod locale;

mod api;

mod view;

/// What the loader calls.
pub mod element;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
