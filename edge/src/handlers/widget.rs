//! The widget's files. `v1` follows patches and is asked again after five minutes; a full version never changes.
//!
//! The files come from a binding (a folder, or the platform's assets) that knows no types; they are read once in an isolate's life, with the hash that
//! becomes their ETag. Whoever takes brotli gets the bytes that were compressed when they were built.

use crate::bindings;
use crate::incoming::Incoming;
use crate::problem::{self, Failure};
use sha2::{Digest, Sha256};
use shared::rejection::Rejection;
use shared::seal::base32;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::{EncodeBody, Env, Headers, Response, ResponseBuilder};

/// Every file with its type.
const FILES: [(&str, &str); 2] = [("raseed.js", "text/javascript; charset=utf-8"), ("raseed.wasm", "application/wasm")];

struct File {
    bytes: Vec<u8>,
    etag: String,
}

thread_local! {
    static KNOWN: RefCell<BTreeMap<String, Rc<File>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Answers with a file.
pub async fn serve(incoming: &Incoming, env: &Env, version: &str, file: &str) -> Result<Response, worker::Error> {
    match answer(incoming, env, version, file).await {
        Ok(response) => Ok(response),
        Err(failure) => problem::answer(&failure).respond(),
    }
}

async fn answer(incoming: &Incoming, env: &Env, version: &str, name: &str) -> Result<Response, Failure> {
    let cache = match version {
        "v1" => "public, max-age=300, stale-while-revalidate=86400",
        env!("CARGO_PKG_VERSION") => "public, max-age=31536000, immutable",
        _ => return Err(Rejection::NotFound.into()),
    };
    let (_, content_type) = FILES.iter().find(|(file, _)| *file == name).ok_or(Rejection::NotFound)?;
    let brotli = incoming.header("Accept-Encoding")?.is_some_and(|accepted| accepts_brotli(&accepted));
    let file = load(env, &if brotli { format!("{name}.br") } else { name.to_owned() }).await?;
    let headers = Headers::new();
    headers.set("Content-Type", content_type)?;
    headers.set("Cache-Control", cache)?;
    headers.set("ETag", &file.etag)?;
    headers.set("Vary", "Accept-Encoding")?;
    // Any shop may embed it, and pages that isolate themselves as well.
    headers.set("Access-Control-Allow-Origin", "*")?;
    headers.set("Cross-Origin-Resource-Policy", "cross-origin")?;
    headers.set("X-Content-Type-Options", "nosniff")?;
    if incoming
        .header("If-None-Match")?
        .is_some_and(|known| known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == file.etag))
    {
        return Ok(ResponseBuilder::new().with_status(304).with_headers(headers).empty());
    }
    let response = ResponseBuilder::new();
    let response = if brotli {
        headers.set("Content-Encoding", "br")?;
        response.with_encode_body(EncodeBody::Manual)
    } else {
        response
    };
    Ok(response.with_headers(headers).fixed(file.bytes.clone()))
}

/// Whether `br` is among the codings, and not with a weight of zero, which refuses it.
fn accepts_brotli(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("br")
            && !parts.any(|part| {
                part.strip_prefix("q=").is_some_and(|weight| {
                    weight.trim_end_matches('0').trim_end_matches('.').trim_end_matches('0').is_empty()
                })
            })
    })
}

async fn load(env: &Env, name: &str) -> Result<Rc<File>, Failure> {
    if let Some(file) = KNOWN.with_borrow(|known| known.get(name).cloned()) {
        return Ok(file);
    }
    let mut response = env.service(bindings::WIDGET)?.fetch(format!("https://widget/{name}"), None).await?;
    if response.status_code() != 200 {
        return Err(Rejection::NotFound.into());
    }
    let bytes = response.bytes().await?;
    let hash = Sha256::digest(&bytes);
    let etag = format!("\"{}\"", base32(hash.first_chunk::<15>().map_or(&[][..], |half| half)));
    let file = Rc::new(File { bytes, etag });
    KNOWN.with_borrow_mut(|known| known.insert(name.into(), file.clone()));
    Ok(file)
}
