//! The Worker alone in a workerd, for what the project's tool would refuse to start.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// A running Worker. It ends with this value, and its folder with it.
#[derive(Debug)]
pub struct Worker {
    /// Where it answers.
    pub url: String,
    process: Child,
    /// Kept open: what nobody reads must still be writable.
    _output: BufReader<ChildStdout>,
    _folder: TempDir,
}

impl Worker {
    /// Starts a Worker whose environment has these variables and no other secret.
    pub fn start(environment: &[(&str, String)]) -> Self {
        let folder = TempDir::new().unwrap();
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
        let directory = |name: &str, path: &str| format!("--directory-path={name}={path}");
        let mut process = Command::new(workerd(&root))
            .current_dir(&root)
            .args(["serve", "edge/workerd.capnp", "--experimental", "--control-fd=1", "--socket-addr=http=127.0.0.1:0"])
            .arg(directory("state", folder.path().to_str().unwrap()))
            .arg(directory("files", root.join("target/raseed/files").to_str().unwrap()))
            .env_remove("RASEED_SIGNING_ROOTS")
            .env_remove("RASEED_AUTH_ROOTS")
            .env_remove("RASEED_INDEX_ROOT")
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let url = format!("http://127.0.0.1:{}", read_port(&mut output));
        Self { url, process, _output: output, _folder: folder }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, in the npm package of this machine's kind.
fn workerd(root: &std::path::Path) -> PathBuf {
    let packages = std::fs::read_dir(root.join("xtask/node_modules/@cloudflare")).unwrap();
    let programs = packages.map(|package| package.unwrap().path().join("bin/workerd"));
    programs.into_iter().find(|program| program.exists()).expect("run `cargo xtask test`, which installs workerd")
}

/// The port that it says it listens on.
fn read_port(output: &mut BufReader<ChildStdout>) -> u64 {
    loop {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "workerd ended before it listened");
        let message: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        if let (Some("listen"), Some(port)) = (message["event"].as_str(), message["port"].as_u64()) {
            return port;
        }
    }
}
