//! What the artefacts weigh, and the weights they may not pass.
//!
//! Bytes never vary between runs, so unlike a time they can fail a build.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::layout::Layout;
use crate::step;

/// What a shopper downloads before the code field answers, in brotli bytes. The lightest hosted gift-card fields that
/// were measured need 27,500 to 71,000; on a slow phone's 1.6 Mbit/s this bound is a fifth of a second.
const WIDGET_BROTLI_MAX: u64 = 40_000;

/// The Worker as it is uploaded, in gzip bytes. Every new instance compiles it, so its weight is the cold start's.
const WORKER_GZIP_MAX: u64 = 400_000;

/// The weights of one artefact or of several together, in bytes.
#[derive(Clone, Copy, Default)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Size {
    fn plus(self, other: Self) -> Self {
        Self {
            raw: self.raw.saturating_add(other.raw),
            gzip: self.gzip.saturating_add(other.gzip),
            brotli: self.brotli.saturating_add(other.brotli),
        }
    }

    fn read(value: &Value) -> Result<Self> {
        let of = |key| value.get(key).and_then(Value::as_u64).with_context(|| format!("compress.mjs gave no {key}"));
        Ok(Self { raw: of("raw")?, gzip: of("gzip")?, brotli: of("brotli")? })
    }
}

/// The weights of everything that ships.
pub(crate) struct Sizes {
    rows: Vec<(&'static str, Size)>,
    widget: Size,
    worker: Size,
}

impl Sizes {
    pub(crate) fn measure(layout: &Layout) -> Result<Self> {
        let names = ["widget raseed.js", "widget raseed.wasm", "Worker index.js", "Worker index_bg.wasm"];
        let files: [PathBuf; 4] = [
            layout.widget().join("raseed.js"),
            layout.widget().join("raseed.wasm"),
            layout.worker().join("index.js"),
            layout.worker().join("index_bg.wasm"),
        ];
        let json = step::read(layout.command("node").arg(layout.path("xtask/compress.mjs")).args(&files))?;
        let values: Vec<Value> = serde_json::from_str(&json).context("compress.mjs printed no JSON array")?;
        let sizes: Vec<Size> = values.iter().map(Size::read).collect::<Result<_>>()?;
        let total = |part: &[Size]| part.iter().copied().fold(Size::default(), Size::plus);
        let (widget, worker) = sizes.split_at_checked(2).context("compress.mjs printed too few sizes")?;
        Ok(Self { widget: total(widget), worker: total(worker), rows: names.into_iter().zip(sizes.clone()).collect() })
    }

    /// The table of all artefacts, for a person.
    pub(crate) fn table(&self) -> String {
        let totals = [("widget to interactive", self.widget), ("Worker", self.worker)];
        let mut table = format!("{:<24}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
        for (name, size) in self.rows.iter().copied().chain(totals) {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{name:<24}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
        }
        table
    }

    /// A line for each bound, and whether all hold.
    pub(crate) fn bounds(&self) -> (String, bool) {
        let bounds = [
            ("widget to interactive, brotli", self.widget.brotli, WIDGET_BROTLI_MAX),
            ("Worker, gzip", self.worker.gzip, WORKER_GZIP_MAX),
        ];
        let mut lines = String::new();
        for (name, bytes, max) in bounds {
            let verdict = if bytes <= max { "holds" } else { "BROKEN" };
            let _ = writeln!(lines, "{name}: {bytes} of at most {max}: {verdict}");
        }
        (lines, bounds.iter().all(|(_, bytes, max)| bytes <= max))
    }
}

#[cfg(test)]
mod tests {
    use super::{Size, Sizes, WIDGET_BROTLI_MAX, WORKER_GZIP_MAX};

    fn sizes(widget_brotli: u64, worker_gzip: u64) -> Sizes {
        let widget = Size { brotli: widget_brotli, ..Size::default() };
        Sizes { rows: Vec::new(), widget, worker: Size { gzip: worker_gzip, ..Size::default() } }
    }

    #[test]
    fn bounds_hold_up_to_the_last_byte_and_break_one_later() {
        assert!(sizes(WIDGET_BROTLI_MAX, WORKER_GZIP_MAX).bounds().1);
        assert!(!sizes(WIDGET_BROTLI_MAX + 1, WORKER_GZIP_MAX).bounds().1);
        assert!(!sizes(WIDGET_BROTLI_MAX, WORKER_GZIP_MAX + 1).bounds().1);
    }
}
