//! The book: its export.

use crate::auth::Caller;
use crate::incoming::Incoming;
use crate::objects::ask_journal;
use crate::problem::Failure;
use crate::reply::Reply;
use futures_util::stream;
use shared::journal::ExportLine;
use shared::limits::{AMOUNT_MAX, EXPORT_LINES_MAX};
use shared::rejection::Rejection;
use shared::wire::call::{ExportPage, JournalCall};
use worker::{Env, Response};

/// Where an export stands: everything up to `after` was told, and it ends at `watermark`.
struct Position {
    after: u64,
    watermark: u64,
}

/// Streams the book as NDJSON, up to the line that was the newest when it began. A reader that was cut off goes on with
/// `?cursor={watermark}.{number of the last row}`.
pub async fn export(incoming: &Incoming, env: &Env, caller: &Caller) -> Result<Reply, Failure> {
    let scope = caller.scope();
    let start = match incoming.query.strip_prefix("cursor=") {
        Some(cursor) => {
            let position = read_cursor(cursor).ok_or(Rejection::CursorInvalid)?;
            // Once the answer has begun, it is too late to refuse.
            page(env, &scope, position.after, Some(position.watermark), 0).await?;
            position
        }
        None if incoming.query.is_empty() => {
            Position { after: 0, watermark: page(env, &scope, 0, None, 0).await?.watermark }
        }
        None => return Err(Rejection::CursorInvalid.into()),
    };
    let begin = line(&ExportLine::Begin { watermark: start.watermark });
    let env = env.clone();
    // Nothing is read before the reader has taken what came before it, so a slow reader holds no memory.
    let pages = stream::unfold((Some(start), Some(begin)), move |(position, begin)| {
        let (env, scope) = (env.clone(), scope.clone());
        async move {
            let position = position?;
            let page = page(&env, &scope, position.after, Some(position.watermark), EXPORT_LINES_MAX).await;
            Some(match page {
                Ok(page) => {
                    let (text, next) = write(position, page);
                    (
                        Ok::<Vec<u8>, worker::Error>([begin.unwrap_or_default(), text].concat().into_bytes()),
                        (next, None),
                    )
                }
                // The stream ends without its end line, and whoever reads it knows that it was cut short.
                Err(failure) => (Err(worker::Error::RustError(failure.to_string())), (None, None)),
            })
        }
    });
    Ok(Reply::stream("application/x-ndjson", Response::from_stream(pages)?))
}

/// The text of a page, and where the next one starts, if there is one.
fn write(position: Position, page: ExportPage) -> (String, Option<Position>) {
    let last = page.rows.last().map(|row| row.number);
    let mut text: String = page.rows.into_iter().map(|row| line(&ExportLine::Row(Box::new(row)))).collect();
    match last {
        Some(after) if after < position.watermark => (text, Some(Position { after, ..position })),
        _ => {
            text.push_str(&line(&ExportLine::End { watermark: position.watermark }));
            (text, None)
        }
    }
}

fn line(line: &ExportLine) -> String {
    let mut text = serde_json::to_string(line).unwrap_or_default();
    text.push('\n');
    text
}

async fn page(env: &Env, scope: &str, after: u64, watermark: Option<u64>, limit: usize) -> Result<ExportPage, Failure> {
    ask_journal(env, scope, &JournalCall::Export { after, watermark, limit }).await
}

fn read_cursor(cursor: &str) -> Option<Position> {
    let (watermark, after) = cursor.split_once('.')?;
    let number = |text: &str| text.parse().ok().filter(|number| *number <= AMOUNT_MAX);
    Some(Position { watermark: number(watermark)?, after: number(after)? })
}
