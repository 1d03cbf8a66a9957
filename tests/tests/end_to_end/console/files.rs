//! The files of the console and the card page, as a browser fetches them.

use tests::artefact::built_in;
use tests::server::Server;

/// What every page's policy begins with.
const POLICY: &str = "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; script-src 'self'";

/// What the policy of each page alone says.
const CONSOLE: &str = "; frame-src 'self'; frame-ancestors 'none'";
const FRAMED: &str = " 'wasm-unsafe-eval'; frame-ancestors 'self'";
const CARD: &str = "; frame-ancestors 'none'";

#[test]
fn pages_have_their_types_policy_and_tags() {
    let server = Server::start();
    let api = server.api().with_key("");
    let (html, script, style) =
        ("text/html; charset=utf-8", "text/javascript; charset=utf-8", "text/css; charset=utf-8");
    for (page, file, content_type, own) in [
        ("console", "index.html", html, CONSOLE),
        ("console", "console.js", script, CONSOLE),
        ("console", "console.css", style, CONSOLE),
        ("console", "checkout.html", html, FRAMED),
        ("console", "checkout.js", script, CONSOLE),
        ("card", "index.html", html, CARD),
        ("card", "card.js", script, CARD),
        ("card", "card.css", style, CARD),
    ] {
        let path = format!("/{page}/{}", if file == "index.html" { "" } else { file });
        for (accept, packed) in [("identity", ""), ("br", ".br")] {
            let answer = api.send("GET", &path, &[("Accept-Encoding", accept)], Vec::new()).unwrap();
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body == built_in(page, &format!("{file}{packed}")), "{path} {accept}");
            for (name, value) in [
                ("content-type", content_type),
                ("content-security-policy", [POLICY, own].concat().as_str()),
                ("cache-control", "no-cache"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-content-type-options", "nosniff"),
                ("vary", "Accept-Encoding"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path} {name}");
            }
            assert_eq!(answer.header("access-control-allow-origin"), None, "no other page reads it");
            let tag = answer.header("etag").unwrap();
            let again =
                api.send("GET", &path, &[("Accept-Encoding", accept), ("If-None-Match", tag)], Vec::new()).unwrap();
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        }
    }
}

#[test]
fn address_without_its_stroke_leads_to_the_page_and_nothing_else_is_served() {
    let server = Server::start();
    let api = server.api().with_key("");
    for page in ["console", "card"] {
        let answer = api.send("GET", &format!("/{page}"), &[], Vec::new()).unwrap();
        let led = (answer.status == 200).then_some("/").or_else(|| answer.header("location").map(|_| "/"));
        assert_eq!(led, Some("/"), "{page}: {}", answer.status);
        for path in [
            format!("/{page}/index.html"),
            format!("/{page}/main.js"),
            format!("/{page}/{page}.js.br"),
            format!("/{page}/x/y"),
        ] {
            assert_eq!(api.get(&path).problem(), (404, "not_found"), "{path}");
        }
        assert_eq!(api.post(&format!("/{page}/"), &serde_json::json!({})).problem(), (405, "method_not_allowed"));
    }
}
