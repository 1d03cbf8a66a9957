//! The code format's vectors, which an independent program made: the same files that `shared` is tested with natively.

use crate::secrets::Secrets;
use serde::Deserialize;
use shared::seal::Env;
use std::collections::BTreeMap;

/// Codes to accept and to refuse, and the roots that they were made with.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "code-format.md explains each field")]
pub struct Vectors {
    roots: BTreeMap<u8, String>,
    index_root: String,
    pub issue: Vec<Issue>,
    pub accept: Vec<Accept>,
    pub reject: Vec<Reject>,
}

/// A key, and the card id that it leads to.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "code-format.md explains each field")]
pub struct Issue {
    pub env: String,
    pub merchant: String,
    pub key: String,
    pub index: u32,
    #[serde(rename = "try")]
    pub retry: u8,
    pub id: u64,
}

/// A code that verifies.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "code-format.md explains each field")]
pub struct Accept {
    pub env: String,
    pub merchant: String,
    pub code: String,
    pub display: String,
    pub card: String,
}

/// A code that does not.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "code-format.md explains each field")]
pub struct Reject {
    pub input: String,
    pub env: String,
    pub merchant: String,
    pub why: String,
}

/// What people type and paste.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Corpus {
    pub accept: Vec<Spelling>,
    pub reject: Vec<Refusal>,
}

/// A spelling of a code.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Spelling {
    pub input: String,
    pub code: String,
}

/// A text that is no code.
#[derive(Deserialize, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Refusal {
    pub input: String,
    pub why: String,
}

impl Vectors {
    /// The vectors of version 1.
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../../shared/tests/vectors/code-v1.json")).unwrap()
    }

    /// A deployment with their roots, all of them signing.
    pub fn secrets(&self) -> Secrets {
        let roots: Vec<String> = self.roots.iter().map(|(id, root)| format!("{id}:sign:{root}")).collect();
        Secrets { signing: roots.join(","), index: self.index_root.clone(), ..Secrets::private() }
    }
}

impl Corpus {
    /// The corpus.
    pub fn read() -> Self {
        serde_json::from_str(include_str!("../../shared/tests/vectors/paste-corpus.json")).unwrap()
    }
}

/// An environment by its name.
pub fn env(name: &str) -> Env {
    Env::parse(name).unwrap()
}
