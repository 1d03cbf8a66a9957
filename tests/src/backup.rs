//! What a careless restore and a bad disk do to the files of a server: older copies come back, and objects cannot be read for a while.

use crate::server::Server;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder of cards.
pub const CARDS: &str = "raseed-card";

/// The folder of checkouts.
pub const CHECKOUTS: &str = "raseed-checkout";

/// The folder of the book.
pub const BOOK: &str = "raseed-journal";

/// The folder of merchants.
pub const MERCHANTS: &str = "raseed-merchant";

/// The file beside the objects of a class in which the runtime keeps their alarms.
const ALARMS: &str = "metadata";

/// What no database begins with.
const GARBAGE: &[u8] = &[0xa5; 4_096];

/// Stops the server, does something to its files, and starts it again.
pub fn while_down<T>(server: &mut Server, act: impl FnOnce(&Path) -> T) -> T {
    server.kill();
    let done = act(server.folder());
    server.restart();
    done
}

/// The files of one class of objects, as they were.
#[derive(Clone, Debug)]
pub struct Backup {
    class: PathBuf,
    files: Vec<(PathBuf, Vec<u8>)>,
    with_alarms: bool,
}

impl Backup {
    /// Copies the objects; their alarms stay what they will be when the copy comes back.
    pub fn take(state: &Path, class: &str) -> Self {
        Self::read(state, class, false)
    }

    /// Copies the objects and their alarms.
    pub fn take_with_alarms(state: &Path, class: &str) -> Self {
        Self::read(state, class, true)
    }

    fn read(state: &Path, class: &str, with_alarms: bool) -> Self {
        let class = state.join(class);
        let files = files(&class, with_alarms).into_iter();
        let files = files.map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect();
        Self { class, files, with_alarms }
    }

    /// Makes everything as it was. Objects that were not there are gone.
    pub fn put_back(&self) {
        for path in files(&self.class, self.with_alarms) {
            std::fs::remove_file(path).unwrap();
        }
        for (path, bytes) in &self.files {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

/// One object that cannot be read. What was in its files is kept for when it heals.
#[derive(Debug)]
pub struct Outage {
    folder: PathBuf,
    object: Object,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Outage {
    /// Makes an object unreadable, while the server is down.
    pub fn begin(state: &Path, object: &Object) -> Self {
        let folder = state.join(object.class);
        let files: Vec<_> =
            files_of(&folder, object).map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect();
        assert!(!files.is_empty(), "{object:?} has no file");
        for (path, _) in &files {
            std::fs::write(path, GARBAGE).unwrap();
        }
        Self { folder, object: object.clone(), files }
    }

    /// Heals it, while the server is down. Nobody can have written to it meanwhile.
    pub fn end(self) {
        for path in files_of(&self.folder, &self.object) {
            std::fs::remove_file(path).unwrap();
        }
        for (path, bytes) in self.files {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

/// An object, by the name of its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    class: &'static str,
    name: String,
}

impl Object {
    /// The one object of a class that is made by doing something, with what came of that.
    pub fn made_by<T>(server: &Server, class: &'static str, act: impl FnOnce() -> T) -> (Self, T) {
        let names = || -> BTreeSet<String> {
            files(&server.folder().join(class), false).iter().map(|path| name(path)).collect()
        };
        let before = names();
        let done = act();
        let mut made = names().difference(&before).cloned().collect::<Vec<_>>();
        let name = made.pop().unwrap();
        assert!(made.is_empty(), "more than one object was made: {made:?}");
        (Self { class, name }, done)
    }

    /// The book of a server that has one merchant.
    pub fn book(server: &Server) -> Self {
        let names: BTreeSet<String> = files(&server.folder().join(BOOK), false).iter().map(|path| name(path)).collect();
        assert_eq!(names.len(), 1);
        Self { class: BOOK, name: names.into_iter().next().unwrap() }
    }
}

fn files(class: &Path, with_alarms: bool) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(class).unwrap().map(|file| file.unwrap().path());
    paths.filter(|path| path.is_file() && (with_alarms || name(path) != ALARMS)).collect()
}

fn files_of(class: &Path, object: &Object) -> impl Iterator<Item = PathBuf> {
    files(class, false).into_iter().filter(|path| name(path) == object.name)
}

/// The name of an object whose file this is: what stands before `.sqlite`, `.sqlite-wal` and the like.
fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}
