//! The build's own tools, installed when missing and at one version each.
//!
//! Three kinds: the Rust toolchain's Wasm target, Cargo programs in `target/tools`, and the npm packages of
//! `xtask/package-lock.json`. Every version of the build is derived: `worker-build` equals the locked `worker`,
//! `wasm-bindgen-cli` equals the locked `wasm-bindgen` (the glue's format changes with every release), npm's lock
//! file pins the rest. Only `geckodriver`, with which the tests drive Firefox, is pinned here. A Cargo program is
//! asked for its version rather than trusted by a stamp file, so a copied or half-finished folder mends itself. A
//! check of complete tools takes a tenth of a second.
//!
//! Left out: systems other than Linux, because the runtime's packages for them are not in the lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::debian;
use crate::layout::Layout;
use crate::step;

/// The target that both the Worker and the widget are compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Firefox's WebDriver, which Debian has no package of.
const GECKODRIVER_VERSION: &str = "0.36.0";

/// Where each tool's executable is.
pub(crate) struct Tools {
    pub(crate) worker_build: PathBuf,
    pub(crate) wasm_bindgen: PathBuf,
    pub(crate) wasm_opt: PathBuf,
    pub(crate) esbuild: PathBuf,
    pub(crate) workerd: PathBuf,
    /// A script for Node.
    pub(crate) wrangler: PathBuf,
}

impl Tools {
    /// Installs what is missing.
    pub(crate) fn ensure(layout: &Layout) -> Result<Self> {
        let tools = Self::locate(layout)?;
        let _lock = layout.lock()?;
        ensure_wasm_target(layout)?;
        ensure_cargo_tools(layout, &tools)?;
        ensure_npm_tools(layout, &tools)?;
        Ok(tools)
    }

    /// Says where the tools belong, whether they are there or not.
    pub(crate) fn locate(layout: &Layout) -> Result<Self> {
        let (workerd, esbuild) = match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => ("@cloudflare/workerd-linux-64", "@esbuild/linux-x64"),
            ("linux", "aarch64") => ("@cloudflare/workerd-linux-arm64", "@esbuild/linux-arm64"),
            (system, machine) => bail!("the build's tools are not pinned for {system} on {machine}, only for Linux"),
        };
        Ok(Self {
            worker_build: layout.path("target/tools/bin/worker-build"),
            wasm_bindgen: layout.path("target/tools/bin/wasm-bindgen"),
            wasm_opt: layout.npm_package("binaryen").join("bin/wasm-opt"),
            esbuild: layout.npm_package(esbuild).join("bin/esbuild"),
            workerd: layout.npm_package(workerd).join("bin/workerd"),
            wrangler: layout.npm_package("wrangler").join("bin/wrangler.js"),
        })
    }
}

fn ensure_wasm_target(layout: &Layout) -> Result<()> {
    let sysroot = step::read(layout.command("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET).exists() {
        return Ok(());
    }
    step::timed(&format!("installing the target {WASM_TARGET}"), || {
        step::run(layout.command("rustup").args(["target", "add", WASM_TARGET]))
    })
}

/// The formatter and the linter, which a minimal Rust installation leaves out.
pub(crate) fn ensure_rust_components(layout: &Layout) -> Result<()> {
    if answers(&layout.path("."), "cargo-clippy") && answers(&layout.path("."), "rustfmt") {
        return Ok(());
    }
    step::timed("installing clippy and rustfmt", || {
        step::run(layout.command("rustup").args(["component", "add", "clippy", "rustfmt"]))
    })
}

fn answers(folder: &Path, program: &str) -> bool {
    let mut command = Command::new(program);
    let quiet = command.arg("--version").current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    quiet.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn ensure_cargo_tools(layout: &Layout, tools: &Tools) -> Result<()> {
    let lock = fs::read_to_string(layout.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    let wanted = [
        ("worker-build", locked_version(&lock, "worker")?, &tools.worker_build),
        ("wasm-bindgen-cli", locked_version(&lock, "wasm-bindgen")?, &tools.wasm_bindgen),
    ];
    let missing = missing_of(&wanted);
    if missing.is_empty() {
        return Ok(());
    }
    ensure_openssl(layout)?;
    install_cargo_tools(layout, &missing)
}

/// Installs Firefox's WebDriver when it is missing, and says where it is.
pub(crate) fn ensure_geckodriver(layout: &Layout) -> Result<PathBuf> {
    let program = layout.path("target/tools/bin/geckodriver");
    let _lock = layout.lock()?;
    let missing = missing_of(&[("geckodriver", GECKODRIVER_VERSION.to_owned(), &program)]);
    if !missing.is_empty() {
        install_cargo_tools(layout, &missing)?;
    }
    Ok(program)
}

/// What Cargo has to install, of programs with their versions and places.
fn missing_of(wanted: &[(&str, String, &PathBuf)]) -> Vec<String> {
    let missing = wanted.iter().filter(|(_, version, program)| !has_version(program, version));
    missing.map(|(name, version, _)| format!("{name}@{version}")).collect()
}

fn install_cargo_tools(layout: &Layout, missing: &[String]) -> Result<()> {
    step::timed(&format!("compiling {} (minutes on a small machine)", missing.join(" and ")), || {
        // Unoptimised they compile in a quarter of the time and still run in seconds. Not `--locked`: their lock files
        // name versions that were withdrawn.
        let shared_objects = layout.path("target/tools/build");
        let mut install = layout.cargo();
        install.args(["install", "--debug", "--force", "--root"]).arg(layout.path("target/tools")).args(missing);
        install.env("CARGO_TARGET_DIR", &shared_objects).env("CARGO_PROFILE_DEV_DEBUG", "0");
        step::run(&mut install)?;
        fs::remove_dir_all(&shared_objects).context("cannot remove the tools' build folder")
    })
}

fn has_version(program: &Path, version: &str) -> bool {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == version))
}

/// `worker-build` links OpenSSL, whose headers a fresh machine lacks.
fn ensure_openssl(layout: &Layout) -> Result<()> {
    let found =
        layout.command("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success());
    if found { Ok(()) } else { debian::install(layout, &["pkg-config", "libssl-dev"], "compiling worker-build") }
}

fn ensure_npm_tools(layout: &Layout, tools: &Tools) -> Result<()> {
    let lock = fs::read_to_string(layout.path("xtask/package-lock.json")).context("cannot read package-lock.json")?;
    let installed = layout.npm_package(".installed-lock.json");
    let complete =
        [&tools.wasm_opt, &tools.esbuild, &tools.workerd, &tools.wrangler].iter().all(|program| program.exists());
    if complete && fs::read_to_string(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    step::timed("installing workerd, wrangler, esbuild and binaryen from npm", || {
        // No package's own script runs: the programs are called directly, in the package of this machine's kind.
        let ci = ["ci", "--prefix", "xtask", "--include=optional", "--no-audit", "--no-fund", "--ignore-scripts"];
        step::run(layout.command("npm").args(ci))?;
        fs::write(&installed, &lock).context("cannot note what was installed")
    })
}

/// The one version of a package in the text of `Cargo.lock`.
fn locked_version(lock: &str, package: &str) -> Result<String> {
    let name_line = format!("name = \"{package}\"");
    let mut versions = lock.split("[[package]]").filter(|entry| entry.lines().any(|line| line == name_line));
    let (Some(entry), None) = (versions.next(), versions.next()) else {
        bail!("Cargo.lock does not hold exactly one version of {package}");
    };
    let version = entry.lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    Ok(version.with_context(|| format!("Cargo.lock gives no version of {package}"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::locked_version;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = [
 "worker",
]

[[package]]
name = "worker"
version = "0.8.7"

[[package]]
name = "twice"
version = "1.0.0"

[[package]]
name = "twice"
version = "2.0.0"
"#;

    #[test]
    fn locked_version_is_read_by_exact_name() {
        assert_eq!(locked_version(LOCK, "worker").unwrap(), "0.8.7");
        assert_eq!(locked_version(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn locked_version_refuses_a_package_that_is_missing_or_doubled() {
        assert!(locked_version(LOCK, "work").is_err());
        assert!(locked_version(LOCK, "twice").is_err());
    }
}
