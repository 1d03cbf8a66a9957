//! Counting the test cases of a `cargo test` while its output passes by.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// How many test cases passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cases {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Cases {
    pub(super) const PASSED: Self = Self { passed: 1, failed: 0 };
    pub(super) const FAILED: Self = Self { passed: 0, failed: 1 };

    pub(super) fn plus(self, other: Self) -> Self {
        Self { passed: self.passed.saturating_add(other.passed), failed: self.failed.saturating_add(other.failed) }
    }

    /// Reads the line that closes one test program, such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`.
    fn read(line: &str) -> Option<Self> {
        let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
        let of = |word: &str| counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
        Some(Self { passed: of("passed")?, failed: of("failed")? })
    }
}

/// Runs `cargo test` and shows what it writes. A failure that no test case accounts for, such as a compilation that
/// broke or a test program that was aborted, counts as one more failed case.
pub(super) fn count(test: &mut Command) -> Result<Cases> {
    let mut child = test.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let mut cases = Cases::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        eprintln!("{line}");
        cases = Cases::read(&line).map_or(cases, |more| cases.plus(more));
    }
    let status = child.wait()?;
    if !status.success() && cases.failed == 0 {
        eprintln!("cargo test ended with {status}");
        cases = cases.plus(Cases::FAILED);
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Cases, count};

    #[test]
    fn a_result_line_gives_its_counts() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.01s";
        assert_eq!(Cases::read(line), Some(Cases { passed: 12, failed: 3 }));
        assert_eq!(Cases::read("test result: ok. 7 passed; 0 failed; 0 ignored"), Some(Cases { passed: 7, failed: 0 }));
    }

    #[test]
    fn other_lines_give_none() {
        for line in ["test card::redeem ... ok", "running 3 tests", "", "test result: ok", "12 passed; 0 failed;"] {
            assert_eq!(Cases::read(line), None, "{line}");
        }
    }

    #[test]
    fn a_failure_without_a_failed_case_still_counts() {
        let mut aborted = Command::new("sh");
        aborted.args(["-c", "echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 101"]);
        assert_eq!(count(&mut aborted).unwrap(), Cases { passed: 2, failed: 1 });
    }
}
