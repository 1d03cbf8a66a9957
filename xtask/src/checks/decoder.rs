//! `zbarimg`, which reads the QR codes and barcodes of a picture as a till's scanner would.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::browser::program;
use crate::debian;
use crate::layout::Layout;

/// Where it is; installed where it is missing.
pub(super) fn ensure(layout: &Layout) -> Result<PathBuf> {
    let find = || program("ZBARIMG", &["zbarimg"]);
    if find().is_none() {
        debian::install(layout, &["zbar-tools"], "reading codes back from pictures")?;
    }
    find().context("there is no zbarimg on this machine")
}
