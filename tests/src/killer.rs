//! Kills a server at a moment of the test's choosing: at the n-th time that it makes something durable.
//!
//! `strace` sends the signal when the server asks the disk to keep what it has just written, so every step on the way to an answer can be the last.

use crate::server::Server;
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

/// Waits for its moment.
#[derive(Debug)]
pub struct Killer {
    tracer: Child,
    /// Kept open: what nobody reads must still be writable.
    output: BufReader<ChildStderr>,
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
        Self { tracer, output }
    }

    /// Lets go of the server, and says whether it was killed.
    pub fn has_struck(mut self) -> bool {
        let pid = Pid::from_child(&self.tracer);
        // A tracer whose server is gone has ended by itself.
        let _ = kill_process(pid, Signal::TERM);
        let told: Vec<String> = self.output.by_ref().lines().map_while(Result::ok).collect();
        self.tracer.wait().unwrap();
        told.iter().any(|line| line.contains("killed by SIGKILL"))
    }
}

impl Drop for Killer {
    fn drop(&mut self) {
        if matches!(self.tracer.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.tracer), Signal::TERM);
            let _ = self.tracer.wait();
        }
    }
}
