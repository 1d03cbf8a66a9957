//! The order of a Wasm's functions, for its size once it is compressed.
//!
//! A compressor says again what it has seen a moment ago: gzip looks back 32 kilobytes, and brotli, which looks further, names near places in fewer bits. So
//! functions that are alike stand side by side here: instances of one generic function, readers and writers of rows. Alike is what shares short runs of bytes that few
//! others have. The optimiser moves functions by their names, so the order is told to it as names, which are dropped afterwards.
//!
//! Measured: six kilobytes of the Worker, gzip, beyond what an order by the compiler's names saves, and 170 bytes of the widget, brotli.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use wasm_encoder::{Module, NameMap, NameSection, RawSection};
use wasmparser::{ImportSectionReader, Parser, Payload, TypeRef};

/// Bytes of a run: an instruction or two. Of 2 to 12, these gave the smallest Worker.
const RUN: usize = 4;

/// A run that more functions share says nothing of any of them.
const SHARED_BY_MAX: usize = 300;

/// How many functions back a compressor is taken to remember.
const LOOK_BACK: usize = 3;

/// Added to a function's size where it is weighed how much of it was seen already, so that tiny ones are not put between large ones that are alike.
const WEIGHT: usize = 200;

/// Writes `wasm` anew with its functions in that order and without names, by the optimiser as it is given.
pub(crate) fn arrange(wasm: &Path, mut optimiser: Command) -> Result<Command> {
    let bytes = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    fs::write(wasm, renamed(&bytes)?).with_context(|| format!("cannot write {}", wasm.display()))?;
    optimiser.args(["--reorder-functions-by-name", "--strip-debug", "--strip-producers", "--strip-target-features"]);
    optimiser.arg(wasm);
    Ok(optimiser)
}

/// The same Wasm with names that sort its functions.
fn renamed(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imported, mut bodies, mut others) = (0_u32, Vec::new(), Module::new());
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.context("the compiler wrote no Wasm")?;
        match &payload {
            Payload::ImportSection(imports) => imported = functions(imports.clone())?,
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            Payload::CustomSection(section) if section.name() == "name" => continue,
            _ => {}
        }
        if let Some((id, range)) = payload.as_section() {
            let (start, end) = (usize::try_from(range.start)?, usize::try_from(range.end)?);
            others.section(&RawSection { id, data: wasm.get(start..end).context("a section is cut off")? });
        }
    }
    let mut places = vec![0_usize; bodies.len()];
    for (place, function) in chain(&bodies).into_iter().enumerate() {
        *places.get_mut(function).context("no such function")? = place;
    }
    let mut names = NameMap::new();
    for (function, place) in (imported..).zip(&places) {
        names.append(function, &format!("{place:06}"));
    }
    let mut section = NameSection::new();
    section.functions(&names);
    others.section(&section);
    Ok(others.finish())
}

/// How many functions are imported: they are counted before those that stand here.
fn functions(imports: ImportSectionReader<'_>) -> Result<u32> {
    let mut count = 0_u32;
    for import in imports.into_imports() {
        if matches!(import.context("an import cannot be read")?.ty, TypeRef::Func(_)) {
            count = count.saturating_add(1);
        }
    }
    Ok(count)
}

/// The functions, each followed by the one of which the last few have said the most.
fn chain(functions: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<Vec<&[u8]>> = functions.iter().map(|function| runs(function)).collect();
    let mut holders: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (function, runs) in runs.iter().enumerate() {
        runs.iter().for_each(|run| holders.entry(run).or_default().push(function));
    }
    holders.retain(|_, holders| (2..=SHARED_BY_MAX).contains(&holders.len()));
    let mut by_size: Vec<usize> = (0..functions.len()).collect();
    by_size.sort_by_key(|function| std::cmp::Reverse(functions.get(*function).map_or(0, |body| body.len())));

    let mut chain: Vec<usize> = Vec::with_capacity(functions.len());
    let mut is_left = vec![true; functions.len()];
    let mut largest = by_size.into_iter();
    // Nothing is like the first, nor like one that stands alone: there the largest that is left goes on.
    while let Some(next) = likest(&chain, &runs, &holders, &is_left)
        .or_else(|| largest.find(|function| is_left.get(*function) == Some(&true)))
    {
        if let Some(is_left) = is_left.get_mut(next) {
            *is_left = false;
        }
        chain.push(next);
    }
    chain
}

/// The function that is left of which the last ones of the chain have said the largest part; the first of equals.
fn likest(
    chain: &[usize],
    runs: &[Vec<&[u8]>],
    holders: &BTreeMap<&[u8], Vec<usize>>,
    is_left: &[bool],
) -> Option<usize> {
    let mut said: Vec<&[u8]> =
        chain.iter().rev().take(LOOK_BACK).filter_map(|function| runs.get(*function)).flatten().copied().collect();
    said.sort_unstable();
    said.dedup();
    let mut shared = vec![0_usize; runs.len()];
    for function in said.iter().filter_map(|run| holders.get(run)).flatten() {
        if let Some(shared) = shared.get_mut(*function) {
            *shared = shared.saturating_add(1);
        }
    }
    let left = shared.iter().zip(is_left).zip(runs).enumerate();
    let weighed = left.filter(|(_, ((shared, is_left), _))| **is_left && **shared > 0);
    let weighed = weighed.map(|(function, ((shared, _), runs))| (function, *shared, runs.len().saturating_add(WEIGHT)));
    let larger = |one: (usize, usize, usize), other: (usize, usize, usize)| {
        if other.1.saturating_mul(one.2) > one.1.saturating_mul(other.2) { other } else { one }
    };
    weighed.reduce(larger).map(|(function, ..)| function)
}

/// The runs of a function, each once.
fn runs(function: &[u8]) -> Vec<&[u8]> {
    let mut runs: Vec<&[u8]> = function.windows(RUN).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

#[cfg(test)]
mod tests {
    use super::{chain, renamed};

    #[test]
    fn functions_that_are_alike_stand_side_by_side() {
        let functions: [&[u8]; 5] = [
            b"one reads a row of a card",
            b"0123456789",
            b"one reads a row of a batch",
            b"9876543210",
            b"another thing",
        ];
        let chain = chain(&functions);
        let place = |function| chain.iter().position(|other| *other == function).unwrap();
        assert_eq!(place(0).abs_diff(place(2)), 1, "{chain:?}");
        let mut all = chain.clone();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4], "each once");
    }

    #[test]
    fn names_stand_for_places_and_everything_else_stays() {
        // One type, an imported function, two functions of their own.
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02\x07\x01\x01a\x01b\0\0\x03\x03\x02\0\0".to_vec();
        module.extend_from_slice(b"\x0a\x08\x02\x02\0\x0b\x03\0\x01\x0b");
        let named = renamed(&module).unwrap();
        assert!(named.starts_with(&module), "{named:?}");
        let names = named.split_at(module.len()).1;
        // The second is larger and comes first; the imported one is counted and has no place.
        assert!(names.ends_with(b"\x02\x01\x06000001\x02\x06000000"), "{names:?}");
    }
}
