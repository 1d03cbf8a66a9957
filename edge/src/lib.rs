//! The Worker: it parses and authenticates a request, verifies the code without storage, and asks the one object that keeps the money in question.
//!
//! `shared` decides; this crate carries. It has no rule about money of its own, and no clock, key or random number outside `clock`, `keys` and `entropy`.
//! A panic here would drop the memory of every object in the isolate, so nothing here may panic (the workspace's lints see to it).

#![allow(unreachable_pub, reason = "the runtime's macros export what nothing in Rust can name")]

mod auth;
mod bindings;
mod clock;
mod entropy;
mod handlers;
mod incoming;
mod keys;
mod meter;
mod objects;
mod problem;
mod reply;
mod routes;
mod settings;
mod transaction;

use worker::{Context, Env, Request, Response, event};

#[event(fetch)]
async fn fetch(request: Request, env: Env, _: Context) -> worker::Result<Response> {
    routes::serve(request, &env).await
}
