//! The samples of the document for webhooks, run as they stand there: a receiver with the library of Standard Webhooks, and a verification by hand.

use super::{DELIVERY, Endpoint, start};
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;
use tests::card::Card;
use tests::patience::until;
use tests::receiver::Receiver;

const DOCUMENT: &str = include_str!("../../../../www/docs/webhooks.md");

/// The document's pieces of JavaScript.
fn samples() -> Vec<&'static str> {
    let samples = DOCUMENT.split("```js\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    samples.collect()
}

/// A folder in which that JavaScript finds the packages that a shop has installed.
fn folder(file: &str, script: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let packages: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/node_modules").canonicalize().unwrap();
    std::os::unix::fs::symlink(packages, folder.path().join("node_modules")).unwrap();
    std::fs::write(folder.path().join(file), script).unwrap();
    folder
}

/// The document's receiver. It ends with this value.
struct Sample {
    process: Child,
    output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Sample {
    fn start(port: u16, secret: &str) -> Self {
        let folder = folder("receiver.mjs", samples()[0]);
        let mut process = Command::new("node")
            .current_dir(&folder)
            .arg("receiver.mjs")
            .env("PORT", port.to_string())
            .env("RASEED_WEBHOOK_SECRET", secret)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut sample = Self { process, output, _folder: folder };
        assert_eq!(sample.line(), format!("ready {port}"));
        sample
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn receiver_of_the_document_takes_what_is_signed_and_refuses_the_rest() {
    let server = start();
    let api = server.api();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = Endpoint::register(&api, &format!("http://127.0.0.1:{port}/hook"));
    let mut sample = Sample::start(port, &endpoint.secret);
    let card = Card::issue(&api, 10_000);
    assert_eq!(sample.line(), "gift_card.issued You have received a gift card of SAR 100.00.");
    card.redeem(&api, 4_000).expect(201);
    let spent = "redemption.captured SAR 40.00 was spent from your gift card. SAR 60.00 is left on it.";
    assert_eq!(sample.line(), spent);
    let event = format!("ev_{}_2", card.id.strip_prefix("gc_").unwrap());
    until(DELIVERY, "it is noted", || endpoint.delivery(&api, &event).filter(|told| told["status"] == "delivered"));
    // Sent again it is the same event, and the next line is of the next one.
    api.post(&endpoint.path(&format!("/deliveries/{event}/redeliver")), &json!({})).expect(200);
    assert_eq!(api.post(&endpoint.path("/test"), &json!({})).expect(200)["status"], "delivered");
    assert_eq!(sample.line(), "webhook.test");
    drop(sample);

    let _other = Sample::start(port, "whsec_b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA==");
    let told = api.post(&endpoint.path("/test"), &json!({})).expect(200);
    let attempt = &told["attempts"][0];
    assert_eq!((&attempt["status"], &attempt["answer"]), (&json!(401), &json!("not signed by Raseed")));
}

#[test]
fn verification_by_hand_takes_what_is_signed_and_refuses_the_rest() {
    let server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    api.post(&endpoint.path("/rotate"), &json!({})).expect(200);
    api.post(&endpoint.path("/test"), &json!({})).expect(200);
    let delivery = receiver.got().remove(0);
    let script = format!(
        "{}\nconst {{ secret, headers, body }} = JSON.parse(await new Response(process.stdin).text());
        const other = 'whsec_b3RoZXIgc2VjcmV0IG90aGVyIHNlY3JldA==';
        const later = Date.now() + 400_000;
        console.log(JSON.stringify([verify(secret, headers, body), verify(other, headers, body), verify(secret, headers, body + ' '),
          verify(secret, headers, body, later), verify(secret, {{ ...headers, 'webhook-id': 'ev_1' }}, body)]));",
        samples()[1]
    );
    let folder = folder("verify.mjs", &script);
    let mut node = Command::new("node")
        .current_dir(&folder)
        .arg("verify.mjs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The secret before the rotation: it still signs, and the header holds two signatures.
    let given = json!({"secret": endpoint.secret, "headers": delivery.headers, "body": delivery.body}).to_string();
    node.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "[true,false,false,false,false]");
}
