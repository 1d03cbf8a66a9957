//! Packages of the operating system, installed only where that is allowed without asking: as root on Debian.
//!
//! Elsewhere the caller gets an error that names the packages, and decides whether it can go on without them.

use std::path::Path;

use anyhow::{Result, bail};

use crate::layout::Layout;
use crate::step;

pub(crate) fn install(layout: &Layout, packages: &[&str], purpose: &str) -> Result<()> {
    let list = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() || !rustix::process::geteuid().is_root() {
        bail!("{purpose} needs packages that are missing; on Debian: apt-get install {list}");
    }
    step::timed(&format!("installing {list} with apt-get"), || {
        let apt = |arguments: &[&str]| {
            step::run(layout.command("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
        };
        apt(&["update", "--quiet", "--quiet"])?;
        let install = ["install", "--yes", "--quiet", "--quiet", "--no-install-recommends"];
        apt(&[&install, packages].concat())
    })
}
