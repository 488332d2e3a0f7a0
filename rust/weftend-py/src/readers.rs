//! Readers for Python.

use std::path::PathBuf;

use pyo3::prelude::*;
use weftend_readers::issues::Issues;
use weftend_readers::release::{self, Counts, Reading};

use crate::errors::{INVALID, refusal_and_more};
use crate::fold::Partial;

/// (lines of tartarus.jsonl, pulses of kind CAP_DENY, run folders)
type Three = (u64, u64, u64);

/// Reads a release folder.
///
/// folder: a path. channels: the names of the fold's channels.
/// Returns (releaseId, pathDigest, partial, observations read, copies among them, links passed by).
/// Raises WeftendError with all that is wrong.
#[pyfunction]
#[pyo3(signature = (folder, channels, /))]
pub(crate) fn read_release(
    py: Python<'_>,
    folder: PathBuf,
    channels: Vec<String>,
) -> PyResult<(String, String, Partial, Three, Three, u64)> {
    let read = py.detach(|| release::read_release(&folder, &channels));
    let Reading {
        manifest,
        partial,
        seen,
        copies,
        links,
    } = read.map_err(|issues| raise(py, &issues))?;
    Ok((
        manifest.release_id,
        manifest.path_digest,
        Partial::of(partial),
        three(seen),
        three(copies),
        links,
    ))
}

fn three(counts: Counts) -> Three {
    (counts.tartarus, counts.pulses, counts.runs)
}

/// The refusal as Python raises it.
pub(crate) fn raise(py: Python<'_>, issues: &Issues) -> PyErr {
    let listed: Vec<_> = issues.iter().cloned().collect();
    refusal_and_more(py, &listed, issues.more(), INVALID)
}
