//! Disclosure control and egress.

use std::collections::BTreeMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use weftend_core::disclosure;
use weftend_core::release::{self, MapNotes, Named, Notes, Released, Window, WindowRequest};
use weftend_core::stream::Kind;

use crate::errors::{INVALID, digest_text, one, refusal};
use crate::fold::Partial;
use crate::stream::Stream;

/// Names and counts.
type Names = Vec<(String, u64)>;
/// (map, hidden, complementary, unregistered, unregistered names not listed)
type NotesOfMap = (String, Names, Names, Names, u64);
/// (notes of maps, reason code about refs, refs cut)
type AllNotes = (Vec<NotesOfMap>, Option<&'static str>, usize);
/// (chunk, chunkId, windowEndTick, consumed digests, notes)
type Chunk<'py> = (
    Bound<'py, PyBytes>,
    String,
    u64,
    Bound<'py, PyBytes>,
    AllNotes,
);

/// Which buckets may be shown, and whether that is all of them.
///
/// Raises ValueError for numbers that no window can hold.
#[pyfunction]
#[pyo3(signature = (kind, clamp, counts, units, k, /))]
pub(crate) fn disclose(
    kind: &str,
    clamp: u64,
    counts: BTreeMap<String, u64>,
    units: u64,
    k: u64,
) -> PyResult<(Names, bool)> {
    let kind = [Kind::Partition, Kind::Sum, Kind::Set]
        .into_iter()
        .find(|known| known.as_str() == kind);
    let kind = kind.ok_or_else(|| PyValueError::new_err("kind is none of partition, sum, set"))?;
    let counts = counts
        .iter()
        .map(|(key, &count)| (key.as_str(), count))
        .collect();
    let shown = disclosure::disclose(kind, clamp, &counts, units, k)
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let visible = shown
        .visible
        .into_iter()
        .map(|(key, count)| (key.to_owned(), count));
    Ok((visible.collect(), shown.complete))
}

/// The next window of a stream: (units found, chunk and what belongs to it or None).
///
/// Raises WeftendError for what may not be asked, and for a chunk over its stream's caps.
#[pyfunction]
#[pyo3(signature = (stream, partial, path_digest, k, window_start_tick, prev_chunk_id, refs, map, /))]
#[expect(clippy::too_many_arguments, reason = "the facade names them")]
pub(crate) fn next_window<'py>(
    py: Python<'py>,
    stream: &Stream,
    partial: &Partial,
    path_digest: &str,
    k: u64,
    window_start_tick: u64,
    prev_chunk_id: Option<&str>,
    refs: bool,
    map: Option<&str>,
) -> PyResult<(u64, Option<Chunk<'py>>)> {
    let path_digest = digest_text(path_digest)?;
    let prev_chunk_id = prev_chunk_id.map(digest_text).transpose()?;
    let request = WindowRequest {
        path_digest,
        k,
        window_start_tick,
        prev_chunk_id,
        refs,
        map,
    };
    let window = py.detach(|| {
        let mut partial = partial.lock();
        partial.settle();
        release::next_window(&stream.0, &partial, &request)
    });
    match window.map_err(|error| refusal(py, &[one(error.code(), error)], INVALID))? {
        Window::Empty => Ok((0, None)),
        Window::BelowFloor { units } => Ok((units, None)),
        Window::Released(released) => Ok((released.units.len() as u64, Some(chunk(py, *released)))),
    }
}

/// Per map the raw keys that fall into __other__, most frequent first, and how many more there are. Private.
#[pyfunction]
#[pyo3(signature = (stream, partial, /))]
pub(crate) fn unregistered(
    py: Python<'_>,
    stream: &Stream,
    partial: &Partial,
) -> Vec<(Names, u64)> {
    let maps = py.detach(|| release::unregistered(&stream.0, &partial.lock()));
    maps.into_iter()
        .map(|(listed, more)| (names(listed), more))
        .collect()
}

fn chunk(py: Python<'_>, released: Released) -> Chunk<'_> {
    let Released {
        chunk,
        bytes,
        units,
        notes,
    } = released;
    let consumed = PyBytes::new(py, units.as_flattened());
    let id = chunk.chunk_id.to_string();
    (
        PyBytes::new(py, &bytes),
        id,
        chunk.window_end_tick,
        consumed,
        all_notes(notes),
    )
}

fn all_notes(notes: Notes) -> AllNotes {
    let cut = match notes.refs {
        release::RefsOutcome::Truncated { cut } => cut,
        _ => 0,
    };
    (
        notes.maps.into_iter().map(notes_of_map).collect(),
        notes.refs.code(),
        cut,
    )
}

fn notes_of_map(notes: MapNotes) -> NotesOfMap {
    let MapNotes {
        map,
        hidden,
        complementary,
        unregistered,
        unregistered_more,
    } = notes;
    (
        map,
        names(hidden),
        names(complementary),
        names(unregistered),
        unregistered_more,
    )
}

fn names(named: Vec<Named>) -> Names {
    named
        .into_iter()
        .map(|named| (named.name, named.count))
        .collect()
}
