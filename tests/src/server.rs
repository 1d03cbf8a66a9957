//! The Worker in a real workerd, with a folder of its own.

use crate::api::Api;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// In the folder of a server: its state.
const STATE: &str = "state";

/// In the folder of a server: what it and the tool wrote to their standard error.
const LOG: &str = "log";

/// What the tool says of a server that is ready.
#[derive(Deserialize, Clone, Debug)]
#[expect(missing_docs, reason = "README.md explains each field")]
pub struct Ready {
    pub url: String,
    pub secret_key: String,
    pub publishable_key: String,
    pub codes: Vec<String>,
    pub pid: u32,
}

/// A running server. It ends with this value, and its folder with it.
#[derive(Debug)]
pub struct Server {
    /// What it said when it was ready.
    pub ready: Ready,
    process: Child,
    folder: TempDir,
    state: PathBuf,
    settings: Settings,
}

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Environment variables, such as secrets.
    pub environment: Vec<(&'static str, String)>,
    /// Origins that the publishable key may be used from.
    pub origins: Vec<String>,
}

impl Server {
    /// Starts a server with the development secrets on a fresh folder.
    pub fn start() -> Self {
        Self::start_with(Settings::default())
    }

    /// Starts a server on a fresh folder.
    pub fn start_with(settings: Settings) -> Self {
        let folder = TempDir::new().unwrap();
        let (process, ready) = spawn(folder.path(), "0", &settings);
        Self { ready, process, state: folder.path().join(STATE), folder, settings }
    }

    /// A client with the secret key.
    pub fn api(&self) -> Api {
        Api::new(&self.ready.url, &self.ready.secret_key)
    }

    /// The folder of the state.
    pub fn folder(&self) -> &Path {
        &self.state
    }

    /// What it has written to its log since it was first started.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(LOG)).unwrap()
    }

    /// Ends the server as a power cut would, without a word to it.
    pub fn kill(&mut self) {
        let pid = i32::try_from(self.ready.pid).ok().and_then(Pid::from_raw).unwrap();
        // It may be gone already, when a test kills it twice.
        let _ = kill_process(pid, Signal::KILL);
        self.process.wait().unwrap();
    }

    /// Starts it again on the same folder and the same port.
    pub fn restart(&mut self) {
        let port = self.ready.url.rsplit(':').next().unwrap().to_owned();
        let (process, ready) = spawn(self.folder.path(), &port, &self.settings);
        self.process = process;
        self.ready = ready;
    }

    /// Starts it again with other settings, such as rotated secrets.
    pub fn restart_with(&mut self, settings: Settings) {
        self.settings = settings;
        self.restart();
    }

    /// How many objects ever wrote something: one that was only asked has a file of a single empty page, which is the runtime's own doing.
    pub fn objects(&self) -> usize {
        object_files(&self.state).filter(|file| has_rows(file)).count()
    }

    /// How many objects were ever asked, whether they wrote something or not.
    pub fn objects_asked(&self) -> usize {
        object_files(&self.state).count()
    }

    /// Every file of the state, as it is on the disk. One that the server removes meanwhile, such as a log that was written back, is none any more.
    pub fn files(&self) -> Vec<Vec<u8>> {
        let files = entries(&self.state).into_iter().flat_map(|class| entries(&class));
        let read = |file| match std::fs::read(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            read => Some(read.unwrap()),
        };
        files.filter_map(read).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
    }
}

/// The project's one tool, as `cargo xtask test` names it, or as Cargo builds it for somebody who runs one test by hand.
fn tool() -> OsString {
    let built = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/debug/xtask").into();
    std::env::var_os("RASEED_XTASK").unwrap_or_else(built)
}

fn spawn(folder: &Path, port: &str, settings: &Settings) -> (Child, Ready) {
    let log = folder.join(LOG);
    let mut command = Command::new(tool());
    command.args(["serve", "--json", "--no-build", "--tied", "--port", port, "--state"]).arg(folder.join(STATE));
    if !settings.origins.is_empty() {
        command.arg("--origins").arg(settings.origins.join(","));
    }
    command.envs(settings.environment.iter().map(|(name, value)| (*name, value)));
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(File::options().create(true).append(true).open(&log).unwrap())
        .spawn()
        .expect("the tool must be built: run `cargo xtask test`");
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready = serde_json::from_str(&line).unwrap_or_else(|error| {
        panic!("the server did not start ({error}): {line}{}", std::fs::read_to_string(&log).unwrap_or_default())
    });
    (process, ready)
}

/// Files of objects, without SQLite's own files beside them and the one that each class keeps for itself. The book is left out: it is written after the
/// fact, by the alarms of what was acknowledged before. So are merchants: whoever asks first in half a minute asks for the settings, whatever it is about.
fn object_files(state: &Path) -> impl Iterator<Item = PathBuf> {
    let is_object = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == "sqlite")
            && path.file_stem().is_some_and(|stem| stem != "metadata")
    };
    let is_counted = |class: &PathBuf| !class.ends_with("raseed-journal") && !class.ends_with("raseed-merchant");
    entries(state).into_iter().filter(is_counted).flat_map(|class| entries(&class)).filter(is_object)
}

/// Whether anything was written to an object's file: to a page beyond the first, or to its journal.
fn has_rows(file: &Path) -> bool {
    const PAGE_BYTES: u64 = 4_096;
    let length = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    length(file) > PAGE_BYTES || length(&file.with_extension("sqlite-wal")) > 0
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).map(|all| all.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}
