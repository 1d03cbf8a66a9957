//! A process that runs until it is ended, and the events that a command waits for meanwhile.
//!
//! Every wait of this crate is a receive on one channel: what the process writes, that it ended, that the operator
//! wants to stop. So nothing polls and nothing sleeps. A process never outlives this program: it is ended by id when
//! its [`Process`] is dropped, and by the kernel when this program is killed.

use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// How long a process may take to end by itself. Nothing is lost by the harder way: what the Worker has acknowledged is
/// on the disk.
const GRACE: Duration = Duration::from_secs(2);

/// What a command waits for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The operator, or the program that started this one, wants it to stop.
    Stop,
    /// A server listens on this port.
    Listening { port: u16 },
    /// The process has closed its standard output, which it does by ending.
    Ended { pid: u32 },
}

/// The one channel that a command waits on.
pub(crate) struct Events {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
}

impl Events {
    /// A channel that carries [`Event::Stop`] on SIGTERM and SIGINT from now on. SIGHUP is left alone: whoever ignores
    /// it, as `nohup` does, wants the server to stay.
    pub(crate) fn with_signals() -> Result<Self> {
        let events = Self::new();
        let mut signals = Signals::new([SIGTERM, SIGINT]).context("cannot receive signals")?;
        let stop = events.sender.clone();
        std::thread::spawn(move || {
            for _ in signals.forever() {
                if stop.send(Event::Stop).is_err() {
                    return;
                }
            }
        });
        Ok(events)
    }

    fn new() -> Self {
        let (sender, receiver) = mpsc::channel();
        Self { sender, receiver }
    }

    /// The next event, or none within `limit`.
    pub(crate) fn wait(&self, limit: Duration) -> Option<Event> {
        self.receiver.recv_timeout(limit).ok()
    }

    /// Puts an event at the end, for whoever waits next.
    pub(crate) fn put_back(&self, event: Event) {
        // It cannot fail: the receiver lives as long as the sender.
        drop(self.sender.send(event));
    }
}

/// A running process, ended when dropped.
pub(crate) struct Process {
    child: Child,
    /// Disconnects when the process closes its standard output.
    open: Receiver<()>,
}

impl Process {
    /// Starts `command`. Each line that it writes on its standard output is an event if `read` says so, else a log line
    /// for our standard error.
    pub(crate) fn start(command: &mut Command, events: &Events, read: fn(&str) -> Option<Event>) -> Result<Self> {
        tie_to_this_program(command);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the process has no output")?;
        let (events, pid, (closed, open)) = (events.sender.clone(), child.id(), mpsc::channel::<()>());
        std::thread::spawn(move || {
            // A line that is not UTF-8, or a receiver that is gone, ends the reading but not the process.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                match read(&line) {
                    Some(event) => drop(events.send(event)),
                    None => eprintln!("{line}"),
                }
            }
            drop(closed);
            drop(events.send(Event::Ended { pid }));
        });
        Ok(Self { child, open })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The status of a process that has ended.
    pub(crate) fn status(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    fn end(&mut self) -> io::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        if self.open.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout) {
            self.child.kill()?;
        }
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("process {} could not be ended: {error}", self.pid());
        }
    }
}

/// Asks the kernel to end the child when the thread that starts it ends. That is always the main thread here.
#[expect(unsafe_code, reason = "a closure between fork and exec must be marked so")]
fn tie_to_this_program(command: &mut Command) {
    // SAFETY: between fork and exec only async-signal-safe calls are sound. This is one system call: it allocates
    // nothing and takes no lock.
    unsafe {
        command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?));
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use super::{Event, Events, Process};

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn a_process_reports_its_lines_and_its_end() {
        let events = Events::new();
        let read = |line: &str| line.parse().ok().map(|port| Event::Listening { port });
        let mut process = Process::start(Command::new("sh").args(["-c", "echo 80; exit 3"]), &events, read).unwrap();
        assert_eq!(events.wait(PATIENCE), Some(Event::Listening { port: 80 }));
        assert_eq!(events.wait(PATIENCE), Some(Event::Ended { pid: process.pid() }));
        assert_eq!(process.status().unwrap().code(), Some(3));
    }

    #[test]
    fn a_dropped_process_is_ended() {
        let events = Events::new();
        let process = Process::start(Command::new("sleep").arg("60"), &events, |_| None).unwrap();
        let pid = process.pid();
        drop(process);
        assert_eq!(events.wait(PATIENCE), Some(Event::Ended { pid }));
    }
}
