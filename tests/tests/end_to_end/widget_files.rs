//! The widget's files, as a browser on any shop's page fetches them.

use tests::api::{Answer, Api};
use tests::artefact::{VERSION, built, integrity};
use tests::server::Server;

fn fetch(api: &Api, path: &str, headers: &[(&str, &str)]) -> Answer {
    api.send("GET", path, headers, Vec::new()).unwrap()
}

/// The file has its type, may be embedded anywhere, is kept as long as its path says, and is told to be unchanged by its tag.
#[track_caller]
fn check(api: &Api, path: &str, content_type: &str, cache: &str, accept: &[(&str, &str)], content: &[u8]) -> String {
    let answer = fetch(api, path, accept);
    assert_eq!(answer.status, 200, "{path}");
    assert!(answer.body == content, "{path} {accept:?}");
    let etag = answer.header("etag").unwrap().to_owned();
    for (name, value) in [
        ("content-type", content_type),
        ("cache-control", cache),
        ("vary", "Accept-Encoding"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{path} {name}");
    }
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}")] {
        let unchanged = fetch(api, path, &[accept, &[("If-None-Match", &*known)]].concat());
        assert_eq!((unchanged.status, unchanged.body.len()), (304, 0), "{path} {known}");
        assert_eq!((unchanged.header("etag"), unchanged.header("cache-control")), (Some(&*etag), Some(cache)));
    }
    assert_eq!(fetch(api, path, &[accept, &[("If-None-Match", "\"other\"")]].concat()).status, 200);
    etag
}

#[test]
fn files_have_their_types_lifetimes_and_tags() {
    let server = Server::start();
    let api = server.api().with_key("");
    let lifetimes =
        [("v1", "public, max-age=300, stale-while-revalidate=86400"), (VERSION, "public, max-age=31536000, immutable")];
    for (file, content_type) in [("raseed.js", "text/javascript; charset=utf-8"), ("raseed.wasm", "application/wasm")] {
        for (version, cache) in lifetimes {
            let path = format!("/widget/{version}/{file}");
            let packed = built(&format!("{file}.br"));
            let plain_tag = check(&api, &path, content_type, cache, &[], &built(file));
            for accept in ["br", "gzip, deflate, br, zstd", "gzip;q=0.5, br;q=0.9"] {
                let accept = [("Accept-Encoding", accept)];
                let tag = check(&api, &path, content_type, cache, &accept, &packed);
                assert_ne!(tag, plain_tag, "other bytes have another tag");
                assert_eq!(fetch(&api, &path, &accept).header("content-encoding"), Some("br"));
            }
            for accept in ["gzip", "br;q=0", "identity", "brotli"] {
                let accept = [("Accept-Encoding", accept)];
                assert_eq!(check(&api, &path, content_type, cache, &accept, &built(file)), plain_tag);
                assert_eq!(fetch(&api, &path, &accept).header("content-encoding"), None);
            }
        }
    }
}

#[test]
fn script_of_either_address_names_the_wasm_of_its_build() {
    let server = Server::start();
    let api = server.api().with_key("");
    let wasm = fetch(&api, &format!("/widget/{VERSION}/raseed.wasm"), &[]).body;
    for version in ["v1", VERSION] {
        let script = String::from_utf8(fetch(&api, &format!("/widget/{version}/raseed.js"), &[]).body).unwrap();
        for named in [integrity(&wasm), format!("../{VERSION}/raseed.wasm?")] {
            assert!(script.contains(&named), "{named} in {version}");
        }
    }
    // What tells one build from another plays no part here.
    let other = fetch(&api, &format!("/widget/{VERSION}/raseed.wasm?other"), &[]);
    assert_eq!((other.status, other.header("cache-control")), (200, Some("public, max-age=31536000, immutable")));
    assert!(other.body == wasm);
}

#[test]
fn head_tells_the_same_as_get_without_the_file() {
    let server = Server::start();
    let api = server.api().with_key("");
    let get = fetch(&api, "/widget/v1/raseed.js", &[]);
    let head = api.send("HEAD", "/widget/v1/raseed.js", &[], Vec::new()).unwrap();
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["content-type", "content-length", "cache-control", "etag", "vary", "access-control-allow-origin"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[test]
fn what_is_no_file_of_the_widget_is_not_found() {
    let server = Server::start();
    let api = server.api().with_key("");
    for path in [
        "v2/raseed.js",
        "0.0.9/raseed.js",
        "v1/raseed.js.br",
        "v1/raseed.map",
        "v1/",
        "v1/..%2fraseed.js",
        "v1/%2e%2e/%2e%2e/Cargo.toml",
        "v1/raseed.js/x",
        "latest/raseed.js",
    ] {
        let answer = fetch(&api, &format!("/widget/{path}"), &[]);
        assert_eq!(answer.problem(), (404, "not_found"), "{path}");
    }
    assert_eq!(api.get("/healthz").expect(200)["version"], VERSION);
}
