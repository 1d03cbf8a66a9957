//! Whether sources have changed, told by the times and lengths of the files.
//!
//! The tree is small, so looking at all of it twice a second costs nothing that a developer could feel, and it works
//! the same on every file system, which notifications of the kernel do not.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

/// Folders whose content is made, not written.
const MADE: [&str; 4] = ["build", "node_modules", "target", ".git"];

/// A set of files and folders, as they were last seen.
pub(crate) struct Watch {
    roots: Vec<PathBuf>,
    seen: u64,
}

impl Watch {
    pub(crate) fn new(roots: Vec<PathBuf>) -> Self {
        let seen = fingerprint(&roots);
        Self { roots, seen }
    }

    /// Whether anything differs from the last call.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = fingerprint(&self.roots);
        std::mem::replace(&mut self.seen, now) != now
    }
}

fn fingerprint(roots: &[PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for root in roots {
        // A file that vanishes while it is looked at is a change that the next look sees.
        drop(visit(root, &mut hasher));
    }
    hasher.finish()
}

fn visit(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        if path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made)) {
            return Ok(());
        }
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| visit(entry, hasher));
    }
    (path, metadata.len(), metadata.modified()?).hash(hasher);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Watch;

    #[test]
    fn a_new_file_is_a_change_and_a_made_one_is_not() {
        let folder = std::env::temp_dir().join(format!("raseed-watch-{}", std::process::id()));
        fs::create_dir_all(folder.join("build")).unwrap();
        let mut watch = Watch::new(vec![folder.clone()]);
        assert!(!watch.has_changed());
        fs::write(folder.join("build/index.js"), "made").unwrap();
        assert!(!watch.has_changed());
        fs::write(folder.join("lib.rs"), "written").unwrap();
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        fs::remove_dir_all(&folder).unwrap();
    }
}
