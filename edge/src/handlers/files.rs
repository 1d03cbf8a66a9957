//! What ships as files: the widget, the console and the card page. The widget's `v1` follows patches and is asked again after five minutes, its full version
//! never changes; any shop may embed it. The other two are pages of this deployment alone: nothing frames them, they run only their own script, and they are
//! asked again at every visit, so that a page never meets the script of another build. The console frames one more, which shows a checkout with the widget in
//! it; that one alone may run Wasm, and only the deployment's own pages may frame it.
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
use std::rc::Rc;
use worker::{EncodeBody, Env, Error, Headers, Request, Response, ResponseBuilder};

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// Every file with its type, by the folder that it is served under.
const FILES: [(&str, &str); 10] = [
    ("widget/raseed.js", SCRIPT),
    ("widget/raseed.wasm", "application/wasm"),
    ("console/index.html", HTML),
    ("console/console.js", SCRIPT),
    ("console/console.css", STYLE),
    ("console/checkout.html", HTML),
    ("console/checkout.js", SCRIPT),
    ("card/index.html", HTML),
    ("card/card.js", SCRIPT),
    ("card/card.css", STYLE),
];

/// What a page of ours may do: run its script, ask its own server, and draw. Whatever got into it could neither run nor tell anybody. What follows is the one
/// thing in which they differ, and `script-src` stands last for its sake.
const POLICY: &str = "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; script-src 'self'";

/// What a page of ours is sent with. An address may hold the secret of a gift, so it is told to nobody.
const PAGE: [(&str, &str); 4] = [
    ("Cache-Control", "no-cache"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
];

struct File {
    bytes: Vec<u8>,
    etag: String,
}

thread_local! {
    static KNOWN: RefCell<Vec<(String, Rc<File>)>> = const { RefCell::new(Vec::new()) };
}

/// Answers with a file, for a path of two or three parts: a page and its file, or the widget, its version and its file.
pub async fn serve(incoming: &Incoming, env: &Env, path: &[&str]) -> Result<Response, worker::Error> {
    match answer(incoming, env, path).await {
        Ok(response) => Ok(response),
        Err(failure) => problem::answer(&failure).respond(),
    }
}

async fn answer(incoming: &Incoming, env: &Env, path: &[&str]) -> Result<Response, Failure> {
    let headers = Headers::new();
    let (folder, name) = match *path {
        // Without the stroke, what the page names beside itself would be looked for beside its folder.
        [page @ ("console" | "card")] => {
            headers.set("Location", if page == "card" { "/card/" } else { "/console/" })?;
            return Ok(ResponseBuilder::new().with_status(308).with_headers(headers).empty());
        }
        [page @ ("console" | "card"), ""] => (page, "index.html"),
        [page @ ("console" | "card"), name] if name != "index.html" => (page, name),
        ["widget", "v1" | env!("CARGO_PKG_VERSION"), name] => ("widget", name),
        _ => return Err(Rejection::NotFound.into()),
    };
    let mut name = [folder, "/", name].concat();
    let (_, content_type) = FILES.iter().find(|(file, _)| *file == name).ok_or(Rejection::NotFound)?;
    let brotli = incoming.header("Accept-Encoding")?.is_some_and(|accepted| accepts_brotli(&accepted));
    if brotli {
        name.push_str(".br");
    }
    let file = load(env, &name).await?;
    let all: &[(&str, &str)] = match *path {
        ["widget", "v1", _] => &[("Cache-Control", "public, max-age=300, stale-while-revalidate=86400")],
        ["widget", ..] => &[("Cache-Control", "public, max-age=31536000, immutable")],
        _ => &PAGE,
    };
    for (name, value) in all {
        headers.set(name, value)?;
    }
    headers.set("Content-Type", content_type)?;
    headers.set("ETag", &file.etag)?;
    headers.set("Vary", "Accept-Encoding")?;
    headers.set("X-Content-Type-Options", "nosniff")?;
    if folder == "widget" {
        // Any shop may embed it, and pages that isolate themselves as well.
        headers.set("Access-Control-Allow-Origin", "*")?;
        headers.set("Cross-Origin-Resource-Policy", "cross-origin")?;
    } else {
        let own = match *path {
            [_, "checkout.html"] => " 'wasm-unsafe-eval'; frame-ancestors 'self'",
            ["console", _] => "; frame-src 'self'; frame-ancestors 'none'",
            _ => "; frame-ancestors 'none'",
        };
        headers.set("Content-Security-Policy", &[POLICY, own].concat())?;
    }
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
    if let Some(file) =
        KNOWN.with_borrow(|known| known.iter().find(|(known, _)| known == name).map(|(_, file)| file.clone()))
    {
        return Ok(file);
    }
    let request = web_sys::Request::new_with_str(&["https://files/", name].concat()).map_err(Error::from)?;
    let mut response = env.service(bindings::FILES)?.fetch_request(Request::from(request)).await?;
    if response.status_code() != 200 {
        return Err(Rejection::NotFound.into());
    }
    let bytes = response.bytes().await?;
    let hash = Sha256::digest(&bytes);
    let etag = format!("\"{}\"", base32(hash.first_chunk::<15>().map_or(&[][..], |half| half)));
    let file = Rc::new(File { bytes, etag });
    KNOWN.with_borrow_mut(|known| known.push((name.into(), file.clone())));
    Ok(file)
}
