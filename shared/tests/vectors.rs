//! The code format against vectors that an independent program made. `tests` runs the same files against the Worker and the widget that ship.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]
#![cfg(feature = "seal")]

use serde::Deserialize;
use shared::code::Code;
use shared::seal::{Env, Keys, Merchant, MerchantKeys};
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Vectors {
    roots: BTreeMap<u8, String>,
    index_root: String,
    issue: Vec<Issue>,
    accept: Vec<Accept>,
    reject: Vec<Reject>,
}

#[derive(Deserialize)]
struct Issue {
    env: String,
    merchant: String,
    key: String,
    index: u32,
    #[serde(rename = "try")]
    retry: u8,
    id: u64,
}

#[derive(Deserialize)]
struct Accept {
    key_id: u8,
    env: String,
    merchant: String,
    id: u64,
    code: String,
    display: String,
    last4: String,
    card: String,
}

#[derive(Deserialize)]
struct Reject {
    input: String,
    env: String,
    merchant: String,
    why: String,
}

#[derive(Deserialize)]
struct Corpus {
    accept: Vec<Spelling>,
    reject: Vec<Refusal>,
}

#[derive(Deserialize)]
struct Spelling {
    input: String,
    code: String,
}

#[derive(Deserialize)]
struct Refusal {
    input: String,
    why: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors/code-v1.json")).unwrap()
}

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("vectors/paste-corpus.json")).unwrap()
}

fn keys(vectors: &Vectors, env: &str, merchant: &str) -> MerchantKeys {
    let roots = vectors.roots.iter().map(|(id, root)| format!("{id}:sign:{root}")).collect::<Vec<_>>().join(",");
    Keys::from_env(&roots, &roots, &vectors.index_root)
        .unwrap()
        .merchant(Env::parse(env).unwrap(), &Merchant::parse(merchant).unwrap())
}

#[test]
fn every_accepted_code_is_sealed_read_and_verified() {
    let vectors = vectors();
    for case in &vectors.accept {
        let keys = keys(&vectors, &case.env, &case.merchant);
        let code = Code::parse(&case.code).unwrap();
        assert_eq!(keys.seal(case.key_id, case.id), Some(code));
        assert_eq!(
            (code.key_id(), code.card_id(), code.display(), code.last4()),
            (case.key_id, case.id, case.display.clone(), case.last4.clone())
        );
        assert_eq!(keys.verify(&code).unwrap().text(), case.card);
    }
    assert!(vectors.accept.len() >= 60);
}

#[test]
fn every_rejected_code_is_refused_for_its_reason() {
    let vectors = vectors();
    for case in &vectors.reject {
        let refusal = match Code::parse(&case.input) {
            Err(refusal) => refusal.code(),
            Ok(code) => keys(&vectors, &case.env, &case.merchant).verify(&code).unwrap_err().code(),
        };
        let expected = match case.why.as_str() {
            "forged" => "code_not_verified",
            "check_failed" => "code_check_failed",
            _ => "code_malformed",
        };
        assert_eq!(refusal, expected, "{}", case.input);
    }
    assert!(vectors.reject.len() >= 200);
}

#[test]
fn every_card_id_follows_from_its_idempotency_key() {
    let vectors = vectors();
    for case in &vectors.issue {
        assert_eq!(
            keys(&vectors, &case.env, &case.merchant).card_id(&case.key, case.index, case.retry),
            case.id,
            "{}",
            case.key
        );
    }
    assert!(vectors.issue.len() >= 48);
}

#[test]
fn every_spelling_reads_as_its_code() {
    let corpus = corpus();
    for case in &corpus.accept {
        assert_eq!(Code::parse(&case.input).map(|code| code.canonical()), Ok(case.code.clone()), "{:?}", case.input);
    }
    for case in &corpus.reject {
        let expected = if case.why == "looks_like_payment_card" { "looks_like_payment_card" } else { "code_malformed" };
        assert_eq!(Code::parse(&case.input).unwrap_err().code(), expected, "{:?}", case.input);
    }
    assert!(corpus.accept.len() >= 480 && corpus.reject.len() >= 16);
}
