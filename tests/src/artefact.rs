//! The files that the Worker serves, as the build has left them, and the hashes by which browsers know them.

use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha384};
use std::path::PathBuf;

/// The version whose files never change.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A file of the widget.
pub fn built(name: &str) -> Vec<u8> {
    built_in("widget", name)
}

/// A file of what is served under that name.
pub fn built_in(folder: &str, name: &str) -> Vec<u8> {
    let files = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/raseed/files");
    std::fs::read(files.join(folder).join(name)).unwrap()
}

/// What a page's `integrity` says of these bytes.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", Base64::encode_string(&Sha384::digest(bytes)))
}
