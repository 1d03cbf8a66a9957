//! Root keys as they stand in a deployment's secrets: `0:verify:<64 hex>,1:sign:<64 hex>`.

use super::{Key, derive};

/// What a root may still do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootState {
    /// Signs and verifies.
    Signing,
    /// Verifies what it signed before.
    VerifyOnly,
    /// Neither; its id is not given out again.
    Revoked,
}

/// One root.
pub(super) struct Root {
    pub(super) id: u8,
    pub(super) state: RootState,
    pub(super) secret: Key,
}

/// All roots of one purpose, in the order of their ids.
pub struct Roots(Vec<Root>);

/// The secrets are missing or malformed. It says nothing more, since it may reach a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InvalidSecrets;

impl Roots {
    /// Reads a list of roots with ids 0 to 31, each once.
    pub fn parse(text: &str) -> Result<Self, InvalidSecrets> {
        let mut roots: Vec<Root> = Vec::new();
        // Each goes to its place: sorting a handful would bring four kilobytes of the standard library's sort into the Worker.
        for root in text.split(',') {
            let root = parse_root(root).ok_or(InvalidSecrets)?;
            let place = roots.binary_search_by_key(&root.id, |other| other.id).err().ok_or(InvalidSecrets)?;
            roots.insert(place, root);
        }
        Ok(Self(roots))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Root> {
        self.0.iter()
    }

    /// The keys of one purpose, each with its root.
    pub(super) fn derive(&self, label: &str) -> Vec<(u8, RootState, Key)> {
        self.iter().map(|root| (root.id, root.state, derive(&root.secret, label))).collect()
    }

    /// The root that signs: the one with the highest id that may.
    pub(super) fn newest_signing(&self) -> Option<u8> {
        self.0.iter().rev().find(|root| root.state == RootState::Signing).map(|root| root.id)
    }
}

fn parse_root(text: &str) -> Option<Root> {
    let mut parts = text.trim().splitn(3, ':');
    let id = parts.next()?.parse().ok().filter(|id| *id < 32)?;
    let state = match parts.next()? {
        "sign" => RootState::Signing,
        "verify" => RootState::VerifyOnly,
        "revoked" => RootState::Revoked,
        _ => return None,
    };
    Some(Root { id, state, secret: parse_hex(parts.next()?)? })
}

/// 32 bytes as 64 hex digits.
pub(super) fn parse_hex(text: &str) -> Option<Key> {
    let digits: Vec<u8> = text
        .trim()
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| (byte << 4) | digit)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}
