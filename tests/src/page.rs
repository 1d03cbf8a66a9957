//! A merchant's page on an origin of its own: the script tag, a form with the element in it, a policy, and nothing else.
//!
//! The button stands above the element, so that what moves there is the element's doing and not that of a page which keeps no room for it.
//!
//! In scope: serving such pages, files beside them, and remembering what their forms sent. Out of scope: what a shop's server would do with that; tests do it themselves.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// What a form may send. One line of fields.
const BODY_BYTES_MAX: usize = 65_536;

const HTML: &str = "text/html; charset=utf-8";

/// What a page's form is answered with.
const ORDERED: &str = "<!doctype html><title>order</title><p id=\"ordered\">ordered</p>";

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The page's language.
    pub lang: String,
    /// The address of the script; none leaves it out.
    pub script: String,
    /// The hash that the script must have; none takes any script.
    pub integrity: String,
    /// The publishable key that the script tag carries.
    pub key: String,
    /// The element's attributes.
    pub attributes: Vec<(&'static str, String)>,
    /// The page's content security policy; none leaves it out.
    pub policy: String,
}

/// A server of pages. It ends with this value.
#[derive(Debug)]
pub struct Pages {
    /// Its origin.
    pub url: String,
    shelf: Arc<Shelf>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shelf {
    pages: Mutex<BTreeMap<String, Page>>,
    files: Mutex<BTreeMap<String, (&'static str, Vec<u8>)>>,
    sent: Mutex<Vec<String>>,
    ended: AtomicBool,
}

impl Pages {
    /// Starts a server without pages.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shelf = Arc::new(Shelf::default());
        let kept = Arc::clone(&shelf);
        let thread = spawn(move || {
            for stream in listener.incoming() {
                if kept.ended.load(Ordering::SeqCst) {
                    break;
                }
                let (shelf, Ok(stream)) = (Arc::clone(&kept), stream) else { continue };
                // A browser opens connections ahead of its needs; one that stays silent must not keep the others waiting.
                spawn(move || shelf.serve(stream));
            }
        });
        Self { url, shelf, thread: Some(thread) }
    }

    /// Puts a page up and returns its address.
    pub fn put(&self, page: Page) -> String {
        let mut pages = self.shelf.pages.lock().unwrap();
        let path = format!("/{}", pages.len());
        pages.insert(path.clone(), page);
        format!("{}{path}", self.url)
    }

    /// Puts a file up under that path, for pages of any origin, and returns its address.
    pub fn put_file(&self, path: &str, content_type: &'static str, bytes: Vec<u8>) -> String {
        self.shelf.files.lock().unwrap().insert(path.into(), (content_type, bytes));
        format!("{}{path}", self.url)
    }

    /// The fields that the pages' forms have sent, one text for each time.
    pub fn sent(&self) -> Vec<String> {
        self.shelf.sent.lock().unwrap().clone()
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.shelf.ended.store(true, Ordering::SeqCst);
        // Wakes the server, so that it sees its end.
        drop(TcpStream::connect(self.url.trim_start_matches("http://")));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shelf {
    /// Answers one request. A connection that breaks is a browser that has gone on.
    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let Some((line, body)) = read_request(&stream) else { return };
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let page = self.pages.lock().unwrap().get(path).cloned();
        // What a query adds only tells one build from another.
        let file = self.files.lock().unwrap().get(path.split('?').next().unwrap_or_default()).cloned();
        let (status, policy, content_type, content) = match (method, page, file) {
            ("GET", Some(page), _) => ("200 OK", page.policy.clone(), HTML, page.html().into_bytes()),
            ("GET", _, Some((content_type, bytes))) => ("200 OK", String::new(), content_type, bytes),
            ("POST", ..) if path == "/order" => {
                self.sent.lock().unwrap().push(body);
                ("200 OK", String::new(), HTML, ORDERED.into())
            }
            // What a browser asks for by itself, such as an icon.
            _ => ("204 No Content", String::new(), HTML, Vec::new()),
        };
        let policy = if policy.is_empty() { policy } else { format!("Content-Security-Policy: {policy}\r\n") };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n{policy}Access-Control-Allow-Origin: *\r\n\
             Connection: close\r\n\r\n",
            content.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&content);
    }
}

/// The first line and the body.
fn read_request(stream: &TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok().filter(|length| *length <= BODY_BYTES_MAX)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((first, String::from_utf8(body).ok()?))
}

impl Page {
    fn html(&self) -> String {
        let mut attributes = String::new();
        for (name, value) in &self.attributes {
            let value = value.replace('&', "&amp;").replace('"', "&quot;");
            let _ = write!(attributes, " {name}=\"{value}\"");
        }
        let script = if self.script.is_empty() {
            String::new()
        } else {
            let integrity = match self.integrity.as_str() {
                "" => String::new(),
                hash => format!(" integrity=\"{hash}\" crossorigin=\"anonymous\""),
            };
            format!("<script async src=\"{}\"{integrity} data-key=\"{}\"></script>", self.script, self.key)
        };
        format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>A shop</title>{script}</head>\n<body>\n<form method=\"post\" action=\"/order\">\n\
             <input type=\"hidden\" name=\"item\" value=\"oud\">\n<button id=\"pay\">Pay</button>\n\
             <raseed-checkout{attributes}></raseed-checkout>\n</form>\n</body>\n</html>\n",
            self.lang
        )
    }
}
