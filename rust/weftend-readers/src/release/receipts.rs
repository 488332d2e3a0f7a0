//! `receipts/`: the pulses, and below it, at most four folders deep, the run folders.

use std::ffi::{CStr, CString};

use rayon::prelude::*;

use super::bounds;
use super::found::Found;
use super::observation::Observation;
use super::run::{self, ANALYSIS, Listed, MINT, RECEIPT};
use crate::input::{Folder, Kind, Refusal};
use crate::issues::Issues;

/// Reads every run folder below `receipts`, whose path `path` is for issues.
pub(crate) fn read_runs(receipts: Folder, path: &str) -> Found {
    match list(receipts) {
        Ok(listed) => visit_children(&listed, None, path, 0),
        Err(refusal) => Found::refused(refusal.issue(format!("{path}#"))),
    }
}

fn list(folder: Folder) -> Result<Listed, Refusal> {
    let entries = folder.entries(bounds::ENTRIES)?;
    Ok(Listed { folder, entries })
}

/// Reads the folder `listed` at `depth` below `receipts/`, if it is a run folder, and all below it.
fn visit(listed: Listed, path: &str, depth: usize) -> Found {
    let (analysis, mut found) = match open_analysis(&listed) {
        Ok(analysis) => (analysis, Found::default()),
        Err(refusal) => (
            None,
            Found::refused(refusal.issue(format!("{path}/analysis#"))),
        ),
    };
    if let Some(read) = read_run(&listed, analysis.as_ref(), path) {
        found = found.with(read);
    }
    found.and(visit_children(&listed, analysis, path, depth))
}

fn read_run(
    listed: &Listed,
    analysis: Option<&Listed>,
    path: &str,
) -> Option<Result<Observation, Issues>> {
    let is_run = listed.kind(RECEIPT).is_some()
        || analysis.is_some_and(|analysis| analysis.kind(MINT).is_some());
    is_run.then(|| run::read(listed, analysis, path))
}

/// The folder `analysis`, which is a known place: a link there could hide a run, and is refused.
fn open_analysis(listed: &Listed) -> Result<Option<Listed>, Refusal> {
    match listed.kind(ANALYSIS) {
        Some(Kind::Folder) => list(listed.folder.folder(ANALYSIS)?).map(Some),
        Some(Kind::Link) => Err(Refusal::Link),
        Some(_) if listed.kind(RECEIPT).is_some() => Err(Refusal::WrongKind {
            expected: "a folder",
        }),
        _ => Ok(None),
    }
}

/// Reads the folders in `parent`, which is at `depth`. Links are passed by and counted.
fn visit_children(parent: &Listed, analysis: Option<Listed>, path: &str, depth: usize) -> Found {
    if depth == bounds::DEPTH {
        return Found::default();
    }
    let links = parent
        .entries
        .iter()
        .filter(|entry| entry.kind == Kind::Link)
        .count() as u64;
    let opened = analysis.map(|analysis| visit(analysis, &join(path, ANALYSIS), depth + 1));
    let done = opened.is_some();
    let found = parent
        .entries
        .par_iter()
        .filter(|entry| entry.kind == Kind::Folder && !(done && entry.name.as_c_str() == ANALYSIS))
        .map(|entry| visit_child(parent, &entry.name, &join(path, &entry.name), depth + 1))
        .reduce(Found::default, Found::and);
    Found {
        links: found.links + links,
        ..found
    }
    .and(opened.unwrap_or_default())
}

fn visit_child(parent: &Listed, name: &CString, path: &str, depth: usize) -> Found {
    match parent.folder.folder(name).and_then(list) {
        Ok(listed) => visit(listed, path, depth),
        Err(refusal) => Found::refused(refusal.issue(format!("{path}#"))),
    }
}

/// `path/name` for people: bytes that are not UTF-8, and what could steer a terminal, as `\xNN`, so that two folders
/// never look alike.
fn join(path: &str, name: &CStr) -> String {
    let mut shown = format!("{path}/");
    for chunk in name.to_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c.is_control() {
                true => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
                false => shown.push(c),
            }
        }
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}
