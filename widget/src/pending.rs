//! What outlives a page: the session of a page-made checkout, the key of an unfinished apply, and how much room to keep for rows.
//!
//! All of it is one record of the session storage, per publishable key, reference, currency and member (by a mark of the token, never the token), or per
//! checkout when the shop's server made it. So a reload loses nothing, and a code whose answer was lost is asked again with the same key. A code never gets
//! here: its last four are enough to tell which card a key was for, and when two cards share them the server says so (`idempotency_key_reused`).
//!
//! The storage may be refused or full: then nothing outlives the page, and nothing else changes.

use crate::dom;
use core::fmt;

/// A checkout and the token to speak about it. The token is a secret of this page, so it prints nothing.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) token: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

/// An apply without an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pending {
    pub(crate) last4: String,
    pub(crate) key: String,
}

/// The record, as it is read. How much room to keep is read by the loader, which does it before the Wasm is there.
#[derive(PartialEq, Eq, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) session: Option<Session>,
    pub(crate) pending: Option<Pending>,
}

impl Kept {
    /// The record under that name; an empty one when there is none.
    pub(crate) fn load(name: &str) -> Self {
        let [id, token, last4, key] = [0, 1, 2, 3].map(|place| dom::kept(name, place));
        Self {
            session: if token.is_empty() { None } else { Some(Session { id, token }) },
            pending: if key.is_empty() { None } else { Some(Pending { last4, key }) },
        }
    }
}

/// Keeps a record under that name. The shell adds how high the rows are.
pub(crate) fn save(name: &str, session: Option<&Session>, pending: Option<&Pending>) {
    let (id, token) = session.map_or(("", ""), |session| (&session.id, &session.token));
    let (last4, key) = pending.map_or(("", ""), |pending| (&pending.last4, &pending.key));
    dom::keep(name, id, token, last4, key);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_prints_no_token() {
        let session = Session { id: "co_1".into(), token: "ct_1".into() };
        assert_eq!(format!("{session:?}"), "co_1");
    }
}
