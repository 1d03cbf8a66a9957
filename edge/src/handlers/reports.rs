//! Reports: which one, of which days, in which form. The journal has the totals, and `shared::report` says what they mean.

use crate::auth::Caller;
use crate::clock;
use crate::incoming::Incoming;
use crate::objects::pass_to_journal;
use crate::problem::Failure;
use crate::reply::Reply;
use shared::rejection::Rejection;
use shared::report::{By, Report, as_of};
use shared::time;
use shared::wire::call::JournalCall;
use worker::Env;

/// What a report is asked for. `from` and `to` are days, both included; today when left out.
struct Query {
    from: String,
    to: String,
    by: By,
    csv: bool,
}

/// Reads a report.
pub async fn read(incoming: &Incoming, env: &Env, caller: &Caller, name: &str) -> Result<Reply, Failure> {
    let today = time::day(clock::now_ms());
    let mut query = read_query(&incoming.query, &today)?;
    let report = Report::parse(name).ok_or(Rejection::NotFound)?;
    if report.is_of_a_moment() {
        query.to = as_of(&query.to, &today);
    } else if query.from > query.to {
        return Err(Rejection::field("from").into());
    }
    let Query { from, to, by, csv } = query;
    let call = JournalCall::Report { name: name.into(), by: by.name().into(), from, to, csv };
    let reply = pass_to_journal(env, &caller.scope(), &call).await?;
    Ok(if csv && reply.status < 300 { reply.of_type("text/csv; charset=utf-8") } else { reply })
}

fn read_query(query: &str, today: &str) -> Result<Query, Rejection> {
    let mut read = Query { from: today.into(), to: today.into(), by: By::Day, csv: false };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=').unwrap_or((pair, "")) {
            ("from", day) if time::is_day(day) => day.clone_into(&mut read.from),
            ("to", day) if time::is_day(day) => day.clone_into(&mut read.to),
            ("by", name) => read.by = By::parse(name).ok_or_else(|| Rejection::field("by"))?,
            ("format", format @ ("json" | "csv")) => read.csv = format == "csv",
            (name @ ("from" | "to" | "format"), _) => return Err(Rejection::field(name)),
            (name, _) => return Err(Rejection::UnknownField { field: name.chars().take(64).collect() }),
        }
    }
    Ok(read)
}
