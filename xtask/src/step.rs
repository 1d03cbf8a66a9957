//! Running another program as one step of the work.
//!
//! A step that can be long says so when it starts and gives its seconds when it ends. What programs write goes to our
//! standard error, because standard output is kept for answers; none of them may read our standard input, so nothing
//! can wait for a keyboard that is not there.

use std::io;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Does `work` between a line that names it and a line with its seconds.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("• {name} …");
    let started = Instant::now();
    let result = work().with_context(|| format!("{name} failed"));
    let end = if result.is_ok() { "done" } else { "failed" };
    eprintln!("• {name}: {end} in {:.1} s", started.elapsed().as_secs_f32());
    result
}

/// Runs a program to its end and shows what it writes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).stdout(io::stderr()).status();
    let status = status.with_context(|| format!("cannot start {}", name_of(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", name_of(command));
    }
    Ok(())
}

/// Runs a program to its end and returns what it wrote on its standard output.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot start {}", name_of(command)))?;
    if !output.status.success() {
        bail!("{} ended with {}", name_of(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} wrote no UTF-8", name_of(command)))
}

fn name_of(command: &Command) -> String {
    let arguments = command.get_args().take(3).map(|argument| argument.to_string_lossy().into_owned());
    let words = std::iter::once(command.get_program().to_string_lossy().into_owned()).chain(arguments);
    format!("`{}`", words.collect::<Vec<_>>().join(" "))
}
