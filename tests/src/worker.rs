//! A workerd without the project's tool: the Worker alone, for what the tool would refuse to start, and the Worker with a door to its books, which no
//! client has.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// A running Worker. It ends with this value.
#[derive(Debug)]
pub struct Worker {
    /// Where it answers.
    pub url: String,
    /// Where its books answer, if it has such a door.
    pub door: String,
    process: Child,
    /// Kept open: what nobody reads must still be writable.
    _output: BufReader<ChildStdout>,
    /// Of one that has a folder of its own.
    _folder: Option<TempDir>,
}

impl Worker {
    /// Starts a Worker whose environment has these variables and no other secret, on a fresh folder that ends with it.
    pub fn start(environment: &[(&str, String)]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        Self::start_as("edge/workerd.capnp", &["http"], environment, &path, Some(folder))
    }

    /// Starts a Worker on a folder, with a door to its books.
    pub fn with_door(environment: &[(&str, String)], folder: &Path) -> Self {
        Self::start_as("tests/src/book/real.capnp", &["http", "door"], environment, folder, None)
    }

    /// Starts what writes books as an older version left them.
    pub fn older(folder: &Path) -> Self {
        Self::start_as("tests/src/book/older.capnp", &["door"], &[], folder, None)
    }

    fn start_as(
        config: &str,
        sockets: &[&str],
        environment: &[(&str, String)],
        folder: &Path,
        own: Option<TempDir>,
    ) -> Self {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let directory = |name: &str, path: &Path| format!("--directory-path={name}={}", path.to_str().unwrap());
        let mut command = Command::new(workerd(&root));
        command.current_dir(&root).args(["serve", config, "--experimental", "--control-fd=1"]);
        command.args(sockets.iter().map(|name| format!("--socket-addr={name}=127.0.0.1:0")));
        command.arg(directory("state", folder));
        if sockets.contains(&"http") {
            command.arg(directory("files", &root.join("target/raseed/files")));
        }
        let mut process = command
            .env_remove("RASEED_SIGNING_ROOTS")
            .env_remove("RASEED_AUTH_ROOTS")
            .env_remove("RASEED_INDEX_ROOT")
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let ports = read_ports(&mut output, sockets.len());
        let url = |name: &str| ports.get(name).map(|port| format!("http://127.0.0.1:{port}")).unwrap_or_default();
        Self { url: url("http"), door: url("door"), process, _output: output, _folder: own }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, in the npm package of this machine's kind.
fn workerd(root: &Path) -> PathBuf {
    let packages = std::fs::read_dir(root.join("xtask/node_modules/@cloudflare")).unwrap();
    let programs = packages.map(|package| package.unwrap().path().join("bin/workerd"));
    programs.into_iter().find(|program| program.exists()).expect("run `cargo xtask test`, which installs workerd")
}

/// The ports that it says it listens on, by the names of its sockets.
fn read_ports(output: &mut BufReader<ChildStdout>, count: usize) -> BTreeMap<String, u64> {
    let mut ports = BTreeMap::new();
    while ports.len() < count {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "workerd ended before it listened");
        let message: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let (Some("listen"), Some(socket), Some(port)) =
            (message["event"].as_str(), message["socket"].as_str(), message["port"].as_u64())
        {
            ports.insert(socket.to_owned(), port);
        }
    }
    ports
}
