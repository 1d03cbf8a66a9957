//! `strace`, with which end-to-end tests kill the Worker at a step of their choosing.

use anyhow::Result;

use crate::debian;
use crate::layout::Layout;
use crate::step;

pub(super) fn ensure(layout: &Layout) -> Result<()> {
    if step::read(layout.command("strace").arg("-V")).is_ok() {
        return Ok(());
    }
    debian::install(layout, &["strace"], "killing the Worker at each of its steps")
}
