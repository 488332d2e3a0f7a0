//! Chains of chunks, stores and snapshots.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use weftend_core::conduit::{self, Pruned};
use weftend_core::digest::Digest;
use weftend_core::documents::{Chunk, ConduitStore, Dropped, read, to_file};
use weftend_core::error::Issue;

use crate::errors::{INTEGRITY, refusal};

/// (anchor, head, tick)
type Chain = (Option<String>, Option<String>, u64);

/// Checks a store file against itself: (anchor, head, tick).
///
/// Raises WeftendError, exit status 3, with all that does not hold together.
#[pyfunction]
#[pyo3(signature = (stream_id, store, /))]
pub(crate) fn check_store(py: Python<'_>, stream_id: &str, store: &[u8]) -> PyResult<Chain> {
    let checked = py.detach(|| {
        let store: ConduitStore = read(store).map_err(|issue| vec![issue])?;
        conduit::check_store(stream_id, &store)
    });
    let found = checked.map_err(|issues| refusal(py, &issues, INTEGRITY))?;
    let text = |digest: Option<Digest>| digest.map(|digest| digest.to_string());
    Ok((text(found.anchor), text(found.head), found.tick))
}

/// What pruning takes of chunks, oldest first: (too old, beyond the most that are kept, whether each stays).
#[pyfunction]
#[pyo3(signature = (chunks, now, max_chunks, /))]
pub(crate) fn prune(
    py: Python<'_>,
    chunks: Vec<Vec<u8>>,
    now: u64,
    max_chunks: u64,
) -> PyResult<(usize, usize, Vec<bool>)> {
    run(py, || {
        let all = parsed(&chunks)?;
        let mut kept = all.clone();
        let Pruned { ttl, cap } = conduit::prune(&mut kept, now, max_chunks);
        let stays = |chunk: &Chunk| kept.iter().any(|kept| kept.chunk_id == chunk.chunk_id);
        Ok((ttl, cap, all.iter().map(stays).collect()))
    })
}

/// The store file that holds chunks, oldest first: canonical bytes and a newline.
#[pyfunction]
#[pyo3(signature = (stream_id, chunks, tick, /))]
pub(crate) fn store_bytes<'py>(
    py: Python<'py>,
    stream_id: &str,
    chunks: Vec<Vec<u8>>,
    tick: u64,
) -> PyResult<Bound<'py, PyBytes>> {
    let bytes = run(py, || {
        let store = conduit::store(stream_id, parsed(&chunks)?, tick);
        to_file(&store).map_err(|error| vec![error.into()])
    })?;
    Ok(PyBytes::new(py, &bytes))
}

/// The snapshot file of chunks, oldest first, after a run: canonical bytes and a newline.
///
/// dropped: ttlPruned, capPruned, kFloorSkipped, duplicateSkipped; saturating.
#[pyfunction]
#[pyo3(signature = (stream_id, chunks, dropped, preview, /))]
pub(crate) fn snapshot_bytes<'py>(
    py: Python<'py>,
    stream_id: &str,
    chunks: Vec<Vec<u8>>,
    dropped: (u64, u64, u64, u64),
    preview: bool,
) -> PyResult<Bound<'py, PyBytes>> {
    let (ttl_pruned, cap_pruned, k_floor_skipped, duplicate_skipped) = dropped;
    let dropped = Dropped {
        ttl_pruned,
        cap_pruned,
        k_floor_skipped,
        duplicate_skipped,
    };
    let bytes = run(py, || {
        let snapshot = conduit::snapshot(stream_id, parsed(&chunks)?, dropped, preview);
        to_file(&snapshot).map_err(|error| vec![error.into()])
    })?;
    Ok(PyBytes::new(py, &bytes))
}

/// Runs without the GIL; chunks that are none are a refusal with exit status 3.
fn run<T: Send>(
    py: Python<'_>,
    work: impl Send + FnOnce() -> Result<T, Vec<Issue>>,
) -> PyResult<T> {
    py.detach(work)
        .map_err(|issues| refusal(py, &issues, INTEGRITY))
}

fn parsed(chunks: &[Vec<u8>]) -> Result<Vec<Chunk>, Vec<Issue>> {
    chunks
        .iter()
        .map(|chunk| read(chunk).map_err(|issue| vec![issue]))
        .collect()
}
