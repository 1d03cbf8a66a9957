//! A merchant's receiver of webhooks: it keeps what it was sent, and answers as a test wants it to.
//!
//! Signatures are verified by the library that receivers take, under Node: whether they are right is not for this project to say.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// What a delivery may be: one event.
const BODY_BYTES_MAX: usize = 65_536;

/// Reads deliveries from its standard input and says of each which of the secrets verify it. Its clock is that of the delivery, since servers here are started
/// with clocks that are days ahead; that a delivery of another time is refused is the library's business.
const VERIFIER: &str = "
const { Webhook } = require('standardwebhooks');
const { secrets, deliveries } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const verifies = (secret, { headers, body }) => {
  Date.now = () => headers['webhook-timestamp'] * 1000;
  try { new Webhook(secret).verify(body, headers); return true; } catch { return false; }
};
console.log(JSON.stringify(deliveries.map((delivery) => secrets.map((secret) => verifies(secret, delivery)))));";

/// How it answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Manner {
    /// It takes everything.
    Takes,
    /// It answers with that status, these headers and that body.
    Answers(u16, String, String),
    /// It reads and says nothing.
    Hangs,
    /// It reads and hangs up.
    HangsUp,
    /// What it says is no HTTP.
    Babbles,
    /// It says yes and then never ends.
    TalksOn,
}

/// One request that it got.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// Headers, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub body: String,
}

impl Delivery {
    /// The event's id, as the header says.
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// The event.
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A running receiver. It ends with this value.
#[derive(Debug)]
pub struct Receiver {
    /// Where it is.
    pub url: String,
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Desk {
    manner: Mutex<Manner>,
    got: Mutex<Vec<Delivery>>,
    /// Connections that nobody has answered, which stay open for as long as this.
    open: Mutex<Vec<TcpStream>>,
    ended: AtomicBool,
}

impl Receiver {
    /// Starts one that takes everything.
    pub fn start() -> Self {
        Self::listen(&TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// Starts one where another one was.
    pub fn start_at(url: &str) -> Self {
        let address = url.trim_start_matches("http://").trim_end_matches("/hook");
        Self::listen(&TcpListener::bind(address).unwrap())
    }

    fn listen(listener: &TcpListener) -> Self {
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (manner, got, open) = (Mutex::new(Manner::Takes), Mutex::default(), Mutex::default());
        let desk = Arc::new(Desk { manner, got, open, ended: AtomicBool::new(false) });
        let (kept, listener) = (Arc::clone(&desk), listener.try_clone().unwrap());
        let thread = spawn(move || {
            for stream in listener.incoming() {
                if kept.ended.load(Ordering::SeqCst) {
                    break;
                }
                let (desk, Ok(stream)) = (Arc::clone(&kept), stream) else { continue };
                spawn(move || desk.serve(stream));
            }
        });
        Self { url, desk, thread: Some(thread) }
    }

    /// From now on it answers in that manner.
    pub fn behaves(&self, manner: Manner) {
        *self.desk.manner.lock().unwrap() = manner;
    }

    /// Everything that it got, as it came.
    pub fn got(&self) -> Vec<Delivery> {
        self.desk.got.lock().unwrap().clone()
    }

    /// The ids of what it got, each as often as it came.
    pub fn ids(&self) -> Vec<String> {
        self.got().iter().map(|delivery| delivery.id().to_owned()).collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.desk.ended.store(true, Ordering::SeqCst);
        self.desk.open.lock().unwrap().clear();
        // Wakes it, so that it sees its end.
        drop(TcpStream::connect(self.url.trim_start_matches("http://").trim_end_matches("/hook")));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Desk {
    fn serve(&self, mut stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        // The sender keeps its connection for the next delivery.
        while let Some(delivery) = read_request(&mut reader) {
            let manner = self.manner.lock().unwrap().clone();
            self.got.lock().unwrap().push(delivery);
            let goes_on = match manner {
                Manner::Takes => stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_ok(),
                Manner::Answers(status, headers, body) => {
                    let length = body.len();
                    let answer = format!("HTTP/1.1 {status} So\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).is_ok()
                }
                Manner::Hangs => {
                    self.open.lock().unwrap().push(stream.try_clone().unwrap());
                    return;
                }
                Manner::HangsUp => return,
                Manner::Babbles => {
                    let _ = stream.write_all(b"\x16\x03\x01 what is this?\r\n\r\n");
                    return;
                }
                Manner::TalksOn => {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    while stream.write_all(format!("400\r\n{}\r\n", "x".repeat(0x400)).as_bytes()).is_ok() {}
                    return;
                }
            };
            if !goes_on {
                return;
            }
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Delivery> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    assert!(first.starts_with("POST /hook HTTP/1.1"), "{first}");
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers["content-length"].parse().ok().filter(|length| *length <= BODY_BYTES_MAX)?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Delivery { headers, body: String::from_utf8(body).ok()? })
}

/// Of each delivery, which of the secrets verify it, as the receivers' library says.
#[track_caller]
pub fn verified(secrets: &[&str], deliveries: &[Delivery]) -> Vec<Vec<bool>> {
    let told: Vec<Value> =
        deliveries.iter().map(|delivery| json!({"headers": delivery.headers, "body": delivery.body})).collect();
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/node_modules");
    let mut node = Command::new("node")
        .args(["-e", VERIFIER])
        .env("NODE_PATH", packages)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the receivers' library needs node");
    let request = json!({"secrets": secrets, "deliveries": told}).to_string();
    node.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
