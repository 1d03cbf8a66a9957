//! Servers whose clock is wrong, as that of a machine which somebody has set a day ahead.
//!
//! The Worker knows nothing of it: a library between workerd and the system adds the seconds. It is compiled when it is needed, by the C compiler that
//! Rust links with.

use crate::server::{Server, Settings};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A day, for those who set clocks wrong.
pub const DAY_SECONDS: i64 = 86_400;

/// The library, for as long as servers are started with it.
#[derive(Debug)]
pub struct Clock {
    folder: TempDir,
}

impl Clock {
    /// Compiles the library.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/clock.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]);
        let status = compiler.arg(folder.path().join("clock.so")).arg(source).status().unwrap();
        assert!(status.success(), "the clock's library does not compile");
        Self { folder }
    }

    /// How a server is started whose clock is so many seconds ahead, or behind when there are less than none.
    pub fn off_by(&self, seconds: i64) -> Settings {
        let library = self.folder.path().join("clock.so").to_str().unwrap().to_owned();
        let environment = vec![("LD_PRELOAD", library), ("CLOCK_OFFSET_SECONDS", seconds.to_string())];
        Settings { environment, ..Settings::default() }
    }

    /// Ends a server and starts it again with another clock.
    pub fn set(&self, server: &mut Server, seconds: i64) {
        server.kill();
        server.restart_with(self.off_by(seconds));
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
