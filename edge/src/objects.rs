//! The objects: each keeps one thing and decides about it alone. An object loads rows, asks `shared`, and writes the result in one transaction with no
//! await in between; every await that is not storage lets other requests in.

mod alarm;
mod batch;
mod card;
mod checkout;
mod courier;
mod journal;
mod merchant;
mod row;
mod stub;

pub use stub::{
    ask_journal, ask_merchant, pass_to_batch, pass_to_card, pass_to_checkout, pass_to_courier, pass_to_journal,
};

use crate::problem::{self, Failure};
use crate::reply::Reply;
use serde::de::DeserializeOwned;
use shared::wire::document;
use worker::{Request, Response};

/// Reads the call that another part of this deployment made.
async fn read_call<T: DeserializeOwned>(request: &mut Request) -> Result<T, Failure> {
    let body = request.bytes().await?;
    document::read(&body).ok_or_else(|| problem::Fault::Corrupt("call").into())
}

/// Ends an alarm. An error makes the runtime run it again.
fn woken(outcome: Result<(), Failure>) -> worker::Result<Response> {
    outcome.map_or_else(|failure| Err(worker::Error::RustError(failure.to_string())), |()| Response::empty())
}

/// Turns the outcome into the runtime's form; an object never answers with a bare error.
fn respond(outcome: Result<Reply, Failure>) -> worker::Result<Response> {
    outcome.unwrap_or_else(|failure| problem::answer(&failure)).respond()
}
