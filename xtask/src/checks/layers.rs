//! Dependencies point one way: `widget → shared ← edge`, `tests → shared`, `xtask → shared`.
//!
//! Three rules, over what Cargo says of the workspace:
//! - between the project's own crates only those arrows exist, also for tests and build scripts;
//! - nothing that `shared` is built from, however far down, binds a runtime: the domain is a pure function that runs
//!   anywhere. Its tests may use anything;
//! - the widget takes `shared` without `seal`, so that no key material can reach a browser.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::layout::Layout;
use crate::step;
use crate::tools::WASM_TARGET;

/// Every arrow that may exist between two of the project's crates.
const ARROWS: [(&str, &str); 4] = [("widget", "shared"), ("edge", "shared"), ("tests", "shared"), ("xtask", "shared")];

/// Crates that bind the browser or the Worker's runtime.
const RUNTIMES: [&str; 4] = ["worker", "web-sys", "js-sys", "wasm-bindgen"];

pub(super) fn check(layout: &Layout) -> Result<()> {
    let metadata = step::read(layout.cargo().args(["metadata", "--format-version", "1", "--no-deps"]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is no JSON")?;
    // The tree of `shared` alone: in the whole workspace's, other crates switch on features of what it uses.
    let mut tree = layout.cargo();
    tree.args(["tree", "--package", "shared", "--all-features", "--edges", "normal,build", "--target", WASM_TARGET]);
    let tree = step::read(tree.args(["--prefix", "none", "--format", "{p}"]))?;
    let violations = [wrong_arrows(&metadata)?, runtimes_below_shared(&tree)?].concat();
    if violations.is_empty() { Ok(()) } else { bail!("{}", violations.join("\n")) }
}

/// One sentence for each dependency between the project's crates that may not be.
fn wrong_arrows(metadata: &Value) -> Result<Vec<String>> {
    let packages = array(metadata, "packages")?;
    let names: BTreeSet<&str> = packages.iter().map(|package| text(package, "name")).collect();
    if !names.contains("shared") {
        bail!("cargo metadata does not name the project's crates");
    }
    let mut violations = Vec::new();
    for package in packages {
        let from = text(package, "name");
        for dependency in array(package, "dependencies")? {
            let to = text(dependency, "name");
            if names.contains(to) && !ARROWS.contains(&(from, to)) {
                violations.push(format!("{from} must not depend on {to}"));
            }
            let seals = array(dependency, "features")?.iter().any(|feature| feature == "seal");
            if (from, to) == ("widget", "shared") && seals {
                violations.push("widget must not take shared with its feature `seal`".to_owned());
            }
        }
    }
    Ok(violations)
}

/// One sentence for each runtime in the tree of `shared`, a package's name at the start of each line.
fn runtimes_below_shared(tree: &str) -> Result<Vec<String>> {
    let built_from: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    if !built_from.contains("shared") {
        bail!("cargo tree does not show shared");
    }
    let runtimes = RUNTIMES.iter().filter(|runtime| built_from.contains(*runtime));
    Ok(runtimes.map(|runtime| format!("shared must not be built from {runtime}")).collect())
}

fn array<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value.get(key).and_then(Value::as_array).with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{runtimes_below_shared, wrong_arrows};

    /// What is wrong in a project whose crate `from` depends on `to` with these features.
    fn wrong(from: &str, to: &str, features: &[&str]) -> Vec<String> {
        let package = |name: &str| {
            let dependency = json!({ "name": to, "features": features });
            json!({ "name": name, "dependencies": if name == from { vec![dependency] } else { vec![] } })
        };
        let packages: Vec<Value> = ["shared", "widget", "edge", "tests", "xtask"].map(package).into();
        wrong_arrows(&json!({ "packages": packages })).unwrap()
    }

    #[test]
    fn the_intended_arrows_and_foreign_crates_are_accepted() {
        for (from, to) in [("widget", "shared"), ("edge", "shared"), ("tests", "shared"), ("xtask", "shared")] {
            assert_eq!(wrong(from, to, &[]), [""; 0]);
        }
        assert_eq!(wrong("edge", "worker", &["seal"]), [""; 0]);
        assert_eq!(wrong("edge", "shared", &["seal"]), [""; 0]);
    }

    #[test]
    fn another_arrow_is_refused() {
        assert_eq!(wrong("edge", "widget", &[]), ["edge must not depend on widget"]);
        assert_eq!(wrong("shared", "tests", &[]), ["shared must not depend on tests"]);
    }

    #[test]
    fn a_widget_that_can_seal_is_refused() {
        assert_eq!(wrong("widget", "shared", &["seal"]), ["widget must not take shared with its feature `seal`"]);
    }

    #[test]
    fn a_runtime_below_shared_is_refused_at_any_depth() {
        let tree = "shared v0.1.0 (/raseed/shared)\nserde v1.0.1\nchrono v0.4.45\njs-sys v0.3.1\njs-sys v0.3.1 (*)\n";
        assert_eq!(runtimes_below_shared(tree).unwrap(), ["shared must not be built from js-sys"]);
        assert_eq!(runtimes_below_shared("shared v0.1.0\njs-syslog v1.0.0\n").unwrap(), [""; 0]);
        assert!(runtimes_below_shared("").is_err());
    }
}
