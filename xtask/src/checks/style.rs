//! Rules of the house that no linter knows.
//!
//! - A file has at most 600 lines: longer ones hold more than one thought.
//! - A file or folder is named after what it holds, never after being useful.
//! - A test neither sleeps nor is ignored: the one is too short or too long, the other is no test.
//!
//! Functions are measured by clippy.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::layout::Layout;

const LINES_MAX: usize = 600;

const EMPTY_NAMES: [&str; 8] = ["utils", "util", "helpers", "helper", "common", "types", "manager", "misc"];

/// Kinds of files that people write; data and lock files may be any length.
const WRITTEN: [&str; 6] = ["rs", "js", "mjs", "css", "html", "capnp"];

/// Folders whose content is made or fetched.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", "build"];

pub(super) fn check(layout: &Layout) -> Result<()> {
    let mut files = Vec::new();
    collect(layout.root(), &mut files)?;
    if files.is_empty() {
        bail!("there is no file to check");
    }
    let mut violations = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let relative = path.strip_prefix(layout.root()).unwrap_or(path);
        violations.extend(violations_of(relative, &text));
    }
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|kind| WRITTEN.iter().any(|written| kind == *written)) {
            files.push(path);
        }
    }
    Ok(())
}

/// One sentence for each rule that a file breaks.
fn violations_of(path: &Path, text: &str) -> Vec<String> {
    let shown = path.display();
    let mut violations = Vec::new();
    let lines = text.lines().count();
    if lines > LINES_MAX {
        violations.push(format!("{shown} has {lines} lines, {LINES_MAX} are the most"));
    }
    for part in path.with_extension("").components().filter_map(|part| part.as_os_str().to_str()) {
        if EMPTY_NAMES.contains(&part) {
            violations.push(format!("{shown}: the name `{part}` says nothing about what is inside"));
        }
    }
    // Written in two parts, so that this file does not break its own rules.
    let banned = [concat!("thread::", "sleep"), concat!("#[", "ignore")];
    for (number, line) in text.lines().enumerate().filter(|_| path.extension().is_some_and(|kind| kind == "rs")) {
        for word in banned.iter().filter(|word| line.contains(*word)) {
            violations.push(format!("{shown}:{}: `{word}` is banned", number.saturating_add(1)));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{LINES_MAX, violations_of};

    fn count(path: &str, text: &str) -> usize {
        violations_of(Path::new(path), text).len()
    }

    #[test]
    fn a_file_may_reach_the_limit_and_not_pass_it() {
        assert_eq!(count("shared/src/card.rs", &"x\n".repeat(LINES_MAX)), 0);
        assert_eq!(count("shared/src/card.rs", &"x\n".repeat(LINES_MAX + 1)), 1);
    }

    #[test]
    fn empty_names_are_refused_for_files_and_folders() {
        assert_eq!(count("edge/src/utils.rs", ""), 1);
        assert_eq!(count("tests/src/common/server.rs", ""), 1);
        assert_eq!(count("edge/src/typesetting.rs", ""), 0);
    }

    #[test]
    fn sleeping_and_ignored_tests_are_refused_in_rust() {
        assert_eq!(count("tests/src/a.rs", concat!("std::thread::", "sleep(d);\n#[", "ignore = \"later\"]")), 2);
        assert_eq!(count("www/shop/server.js", concat!("// thread::", "sleep")), 0);
    }
}
