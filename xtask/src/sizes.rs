//! What the artefacts weigh, and the weights they may not pass.
//!
//! Bytes never vary between runs, so unlike a time they can fail a build.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::layout::Layout;
use crate::step;

/// What a shopper downloads before the code field answers, in brotli bytes. The lightest hosted gift-card fields that
/// were measured need 27,500 to 71,000; on a slow phone's 1.6 Mbit/s this bound is a fifth of a second.
const WIDGET_BROTLI_MAX: u64 = 30_000;

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

    fn minus(self, other: Self) -> Self {
        Self {
            raw: self.raw.saturating_sub(other.raw),
            gzip: self.gzip.saturating_sub(other.gzip),
            brotli: self.brotli.saturating_sub(other.brotli),
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
    /// The bytes of the widget's Wasm by crate and module, the heaviest first.
    shares: Vec<(String, u64)>,
}

impl Sizes {
    pub(crate) fn measure(layout: &Layout) -> Result<Self> {
        let files = [
            layout.widget().join("raseed.js"),
            layout.glue_script(),
            layout.stage().join("style.css"),
            layout.widget().join("raseed.wasm"),
            layout.worker().join("index.js"),
            layout.worker().join("index_bg.wasm"),
        ];
        let json = step::read(layout.command("node").arg(layout.path("xtask/compress.mjs")).args(&files))?;
        let values: Vec<Value> = serde_json::from_str(&json).context("compress.mjs printed no JSON array")?;
        let sizes: Vec<Size> = values.iter().map(Size::read).collect::<Result<_>>()?;
        let [script, glue, style, wasm, index, index_wasm] =
            sizes.try_into().ok().context("compress.mjs printed too few sizes")?;
        let rows = vec![
            // One file with the next two, so it weighs what they leave of it.
            ("widget: loader and form", script.minus(glue).minus(style)),
            ("widget: glue", glue),
            ("widget: style sheet", style),
            ("widget: raseed.wasm", wasm),
            ("Worker: index.js", index),
            ("Worker: index_bg.wasm", index_wasm),
        ];
        Ok(Self { rows, widget: script.plus(wasm), worker: index.plus(index_wasm), shares: shares(layout)? })
    }

    /// The tables of all artefacts and of what is in the widget's Wasm, for a person.
    pub(crate) fn table(&self) -> String {
        let totals = [("widget to interactive", self.widget), ("Worker", self.worker)];
        let mut table = format!("{:<24}{:>10}{:>10}{:>10}\n", "bytes", "raw", "gzip", "brotli");
        for (name, size) in self.rows.iter().copied().chain(totals) {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{name:<24}{:>10}{:>10}{:>10}", size.raw, size.gzip, size.brotli);
        }
        let _ = writeln!(table, "\n{:<24}{:>10}", "in raseed.wasm", "raw");
        for (name, bytes) in &self.shares {
            let _ = writeln!(table, "{name:<24}{bytes:>10}");
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

fn shares(layout: &Layout) -> Result<Vec<(String, u64)>> {
    let mut node = layout.command("node");
    let json = step::read(node.arg(layout.path("xtask/functions.mjs")).arg(layout.named_wasm()))?;
    let shares: BTreeMap<String, u64> = serde_json::from_str(&json).context("functions.mjs printed no JSON object")?;
    let mut shares: Vec<(String, u64)> = shares.into_iter().collect();
    shares.sort_by_key(|(_, bytes)| Reverse(*bytes));
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::{Size, Sizes, WIDGET_BROTLI_MAX, WORKER_GZIP_MAX};

    fn sizes(widget_brotli: u64, worker_gzip: u64) -> Sizes {
        let widget = Size { brotli: widget_brotli, ..Size::default() };
        let worker = Size { gzip: worker_gzip, ..Size::default() };
        Sizes { rows: Vec::new(), widget, worker, shares: Vec::new() }
    }

    #[test]
    fn table_has_a_line_for_every_part() {
        let size = |brotli| Size { brotli, ..Size::default() };
        let rows = vec![("widget: glue", size(5))];
        let shares = vec![("widget::state".into(), 7)];
        let table = Sizes { rows, widget: size(11), worker: size(13), shares }.table();
        for (name, bytes) in
            [("widget: glue", "5"), ("widget to interactive", "11"), ("Worker", "13"), ("widget::state", "7")]
        {
            assert!(table.lines().any(|line| line.starts_with(name) && line.ends_with(bytes)), "{name} in\n{table}");
        }
    }

    #[test]
    fn bounds_hold_up_to_the_last_byte_and_break_one_later() {
        assert!(sizes(WIDGET_BROTLI_MAX, WORKER_GZIP_MAX).bounds().1);
        assert!(!sizes(WIDGET_BROTLI_MAX + 1, WORKER_GZIP_MAX).bounds().1);
        assert!(!sizes(WIDGET_BROTLI_MAX, WORKER_GZIP_MAX + 1).bounds().1);
    }
}
