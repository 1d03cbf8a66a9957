//! Kills a server at a moment of the test's choosing: at the n-th time that it makes something durable.
//!
//! `strace` sends the signal when the server asks the disk to keep what it has just written, so every step on the way to an answer can be the last.

use crate::api::Api;
use crate::server::Server;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

/// Waits for its moment.
#[derive(Debug)]
pub struct Killer {
    tracer: Child,
    /// Kept open: what nobody reads must still be writable.
    _output: BufReader<ChildStderr>,
}

impl Killer {
    /// Kills the server when it makes something durable for the n-th time from now.
    pub fn at_step(server: &Server, step: u32) -> Self {
        let mut tracer = Command::new("strace")
            .args(["-f", "-e", "trace=fsync,fdatasync", "-e"])
            .arg(format!("inject=fsync,fdatasync:signal=KILL:when={step}"))
            .args(["-p", &server.ready.pid.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace must be installed: run `cargo xtask test`");
        let mut output = BufReader::new(tracer.stderr.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert!(line.contains("attached"), "strace cannot trace the server: {line}");
        Self { tracer, _output: output }
    }

    /// Lets go of the server, and says whether it was killed: nobody answers any more.
    pub fn has_struck(self, api: &Api) -> bool {
        drop(self);
        api.send("GET", "/healthz", &[], Vec::new()).is_err()
    }
}

impl Drop for Killer {
    fn drop(&mut self) {
        // The hard way, after which the kernel lets go of what was traced: a tracer that is asked to end may wait for ever for a thread of a server that
        // is gone.
        let _ = self.tracer.kill();
        let _ = self.tracer.wait();
    }
}
