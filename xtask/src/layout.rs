//! Where things lie in the project's tree, and how its tools are called from there.
//!
//! Nothing else in this crate joins a path to the root. Build outputs always go to the project's own `target`, also
//! where the environment names another folder: the Worker's configuration and the tests find them by these paths.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The project's root folder, from which every other path follows.
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The tree that this program was compiled from.
    pub(crate) fn of_this_project() -> Self {
        let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: crate_folder.parent().unwrap_or(crate_folder).to_path_buf() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path given relative to the root.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's output folder.
    pub(crate) fn target(&self) -> PathBuf {
        self.path("target")
    }

    /// Everything that the build makes beside what Cargo does.
    pub(crate) fn made(&self) -> PathBuf {
        self.path("target/raseed")
    }

    /// Everything that the Worker serves as a file, a folder for each that it is served under. One folder above them, because a deployment has one.
    pub(crate) fn files(&self) -> PathBuf {
        self.path("target/raseed/files")
    }

    /// What the Worker serves under `/widget`.
    pub(crate) fn widget(&self) -> PathBuf {
        self.files().join("widget")
    }

    /// What stands between the widget's Wasm and its loader.
    pub(crate) fn glue(&self) -> PathBuf {
        self.path("target/raseed/glue")
    }

    /// The glue as it ships, before it is bundled.
    pub(crate) fn glue_script(&self) -> PathBuf {
        self.glue().join("glue.js")
    }

    /// The Wasm as it ships, with the names of its functions.
    pub(crate) fn named_wasm(&self) -> PathBuf {
        self.glue().join("named.wasm")
    }

    /// The loader's sources as they are bundled.
    pub(crate) fn stage(&self) -> PathBuf {
        self.path("target/raseed/stage")
    }

    /// The Worker, as `edge/workerd.capnp` embeds it.
    pub(crate) fn worker(&self) -> PathBuf {
        self.path("edge/build")
    }

    /// An npm package of this crate's `package-lock.json`.
    pub(crate) fn npm_package(&self, name: &str) -> PathBuf {
        self.path("xtask/node_modules").join(name)
    }

    /// A command that runs in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Keeps other runs of this program from building until the returned file is dropped: they would mix their outputs.
    pub(crate) fn lock(&self) -> Result<File> {
        fs::create_dir_all(self.made()).context("cannot create target/raseed")?;
        let file = File::create(self.made().join("lock")).context("cannot create the lock of the build")?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => eprintln!("• waiting for another build to end"),
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock the build"),
        }
        file.lock().context("cannot lock the build")?;
        Ok(file)
    }

    /// The Cargo that runs this program, at its toolchain.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.env("CARGO_TARGET_DIR", self.target());
        cargo
    }
}
