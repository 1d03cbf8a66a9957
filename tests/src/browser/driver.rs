//! The programs around a browser: its WebDriver on a free port, and a screen for a browser that cannot do without one. They end with their values, by
//! their ids.
//!
//! Out of scope: the browser itself, which its driver starts and `browser.rs` ends.

use super::{Engine, PATIENCE, chromium, firefox, webkit};
use crate::patience::until;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running chromedriver, geckodriver or WebKitWebDriver.
#[derive(Debug)]
pub(super) struct Driver {
    process: Child,
    /// Kept open: a driver that cannot write its log ends.
    _log: Option<BufReader<ChildStdout>>,
    /// Ends after the driver.
    _screen: Option<Screen>,
    pub(super) url: String,
}

impl Driver {
    pub(super) fn start(engine: Engine, profile: &Path) -> Self {
        match engine {
            Engine::Chromium => Self::start_telling(chromium::driver(), "started successfully on port "),
            Engine::Firefox => Self::start_telling(firefox::driver(profile), "Listening on 127.0.0.1:"),
            Engine::WebKit => {
                let screen = Screen::start();
                Self::start_silent(webkit::driver(profile, &screen.name), screen)
            }
        }
    }

    /// A driver that says its port after these words.
    fn start_telling(mut command: Command, before_port: &str) -> Self {
        let program = command.get_program().to_owned();
        let mut process = spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
        let mut log = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let port = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "{program:?} ended without a port");
            if let Some((_, port)) = line.trim_end_matches(['.', '\n']).split_once(before_port) {
                break port;
            }
        };
        Self { url: format!("http://127.0.0.1:{port}"), process, _log: Some(log), _screen: None }
    }

    /// A driver that does not say its port: the system knows it.
    fn start_silent(mut command: Command, screen: Screen) -> Self {
        let process = spawn(&mut command);
        let port = until(PATIENCE, "the driver listens", || listening_port(process.id()));
        Self { url: format!("http://127.0.0.1:{port}"), process, _log: None, _screen: Some(screen) }
    }

    /// The browser that this driver has started, where the browser does not say its id: the driver's one child.
    pub(super) fn child(&self) -> Option<i64> {
        let id = self.process.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
        children.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A screen that nobody sees.
#[derive(Debug)]
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    /// Starts one under a name that is free.
    fn start() -> Self {
        let mut process = spawn(webkit::screen().stdout(Stdio::piped()));
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.is_empty(), "the screen ended without a name");
        Self { process, name: format!(":{}", number.trim_end()) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Killed, it would leave its name taken.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
    }
}

#[track_caller]
fn spawn(command: &mut Command) -> Child {
    let started = command.stdin(Stdio::null()).spawn();
    started.unwrap_or_else(|error| panic!("{:?}, which `cargo xtask test` installs: {error}", command.get_program()))
}

/// The port of 127.0.0.1 on which a process listens.
fn listening_port(process: u32) -> Option<u16> {
    let files = fs::read_dir(format!("/proc/{process}/fd")).ok()?;
    let links = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    let links: Vec<String> = links.map(|link| link.display().to_string()).collect();
    let sockets = fs::read_to_string(format!("/proc/{process}/net/tcp")).ok()?;
    sockets.lines().find_map(|line| {
        // Number, address, peer, state, four more, and the socket's own number.
        let fields: Vec<&str> = line.split_whitespace().collect();
        let [_, address, _, LISTENING, _, _, _, _, _, socket, ..] = fields[..] else { return None };
        let (_, port) = address.split_once(':').filter(|_| links.contains(&format!("socket:[{socket}]")))?;
        u16::from_str_radix(port, 16).ok()
    })
}

/// The state of a socket that listens, as the system writes it.
const LISTENING: &str = "0A";
