//! Egress: the only function through which data crosses from private to fit to leave.
//!
//! [`next_window`] takes a private partial fold and gives a chunk built by copying what disclosure control lets
//! through; nothing else in it comes from the input. What it withheld is told apart, to the operator alone.

mod count;
mod error;
mod exact;
mod notes;
mod refs;
mod window;

pub use error::ReleaseError;
pub use exact::exact;
pub use notes::{MAX_UNREGISTERED, MapNotes, Named, Notes, RefsOutcome, unregistered};
pub use window::dealt_to;

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::disclosure::{Disclosure, disclose};
use crate::documents::{Aggregate, Buckets, Chunk, Coverage};
use crate::fold::{MAX_AMOUNT, Partial, UnitDigest};
use crate::stream::{Contribution, Stream};
use window::Selected;

/// What to release.
#[derive(Clone, Copy, Debug)]
pub struct WindowRequest<'a> {
    /// The release's path digest; where there is no release, [`Stream::digest`].
    pub path_digest: Digest,
    /// The floor, in units; at least the stream's least floor.
    pub k: u64,
    /// Where the stream's last window ended.
    pub window_start_tick: u64,
    /// The stream's newest chunk.
    pub prev_chunk_id: Option<Digest>,
    /// Whether refs were asked for.
    pub refs: bool,
    /// Which map, for a stream with one-map contribution; none otherwise.
    pub map: Option<&'a str>,
}

/// What came of a window.
#[derive(Clone, Debug)]
pub enum Window {
    /// There is no unit for it.
    Empty,
    /// Too few units: nothing is said about them, and they stay pending.
    BelowFloor {
        /// How many there are.
        units: u64,
    },
    /// A chunk.
    Released(Box<Released>),
}

/// A chunk, the units that it consumes, and what the operator should know.
#[derive(Clone, Debug)]
pub struct Released {
    /// The chunk, sealed.
    pub chunk: Chunk,
    /// Its canonical bytes, without a newline.
    pub bytes: Vec<u8>,
    /// The units it consumes, in byte order. **Private.**
    pub units: Vec<UnitDigest>,
    /// What was withheld. **Private: for the operator's own eyes.**
    pub notes: Notes,
}

/// The next window of a stream.
///
/// `partial` holds units that no window has consumed yet, with the channels of `stream` (with its ref lists where
/// refs are asked for). The window takes the first `maxWindowTicks` of them by digest; with one-map contribution,
/// of those dealt to `request.map`. Equal input gives equal bytes, however the partial came about.
pub fn next_window(
    stream: &Stream,
    partial: &Partial,
    request: &WindowRequest<'_>,
) -> Result<Window, ReleaseError> {
    check_request(stream, partial, request)?;
    let maps = maps_of(stream, request)?;
    let selected = Selected::of(
        stream,
        partial,
        maps.first().filter(|_| request.map.is_some()),
    );
    match selected.len() as u64 {
        0 => Ok(Window::Empty),
        units if units < request.k => Ok(Window::BelowFloor { units }),
        _ => release(stream, partial, request, &maps, &selected),
    }
}

fn check_request(
    stream: &Stream,
    partial: &Partial,
    request: &WindowRequest,
) -> Result<(), ReleaseError> {
    let least = stream.least_floor();
    if !(least..=1_000_000).contains(&request.k) {
        return Err(ReleaseError::Floor {
            k: request.k,
            least,
        });
    }
    let with_refs = partial.channels() == stream.channels(true);
    if !with_refs && (request.refs || partial.channels() != stream.channels(false)) {
        return Err(ReleaseError::Channels);
    }
    Ok(())
}

/// The maps that the chunk holds, by number: all, or the one asked for.
fn maps_of(stream: &Stream, request: &WindowRequest) -> Result<Vec<usize>, ReleaseError> {
    let maps = stream.maps();
    match (stream.definition().contribution, request.map) {
        (Contribution::EveryMap, None) => Ok((0..maps.len()).collect()),
        (Contribution::OneMap, Some(name)) => {
            let map = maps.iter().position(|map| map.name == name);
            Ok(vec![map.ok_or(ReleaseError::Map)?])
        }
        _ => Err(ReleaseError::Map),
    }
}

fn release(
    stream: &Stream,
    partial: &Partial,
    request: &WindowRequest<'_>,
    maps: &[usize],
    selected: &Selected,
) -> Result<Window, ReleaseError> {
    let counted = count::count(stream, partial, maps, selected);
    let units = selected.len() as u64;
    let mut aggregates = BTreeMap::new();
    let mut notes = Notes::default();
    let mut complete = 0;
    for &map in maps {
        let (definition, counts) = (&stream.maps()[map], counted.counts(stream, map));
        let shown = disclose(definition.kind, definition.clamp, &counts, units, request.k)?;
        complete += usize::from(shown.complete);
        notes
            .maps
            .push(MapNotes::of(definition, &counts, &shown, request.k));
        aggregates.insert(definition.name.clone(), owned(&shown));
    }
    notes.name_unregistered(stream, partial, &counted);
    let coverage = Coverage::of(complete, maps.len());
    let refs = refs::refs(stream, partial, request.refs, coverage, &counted);
    notes.refs = refs.outcome;
    let payload = Aggregate::new(request.path_digest, request.k, units, aggregates);
    let ttl = stream.definition().caps.ttl_seconds;
    let mut chunk = Chunk::new(
        stream.id(),
        request.window_start_tick,
        payload,
        ttl,
        coverage,
    );
    chunk.prev_chunk_id = request.prev_chunk_id;
    (chunk.evidence_refs, chunk.tartarus_refs) = (refs.evidence, refs.tartarus);
    finish(stream, chunk, selected.digests(partial), notes)
}

fn owned(shown: &Disclosure) -> Buckets {
    shown
        .visible
        .iter()
        .map(|(key, &count)| ((*key).to_owned(), count))
        .collect()
}

/// Seals the chunk and refuses it whole where it breaks a cap.
fn finish(
    stream: &Stream,
    chunk: Chunk,
    units: Vec<UnitDigest>,
    notes: Notes,
) -> Result<Window, ReleaseError> {
    if chunk.window_end_tick > MAX_AMOUNT {
        return Err(ReleaseError::Tick);
    }
    let chunk = chunk.seal().map_err(ReleaseError::Chunk)?;
    let bytes = chunk
        .to_bytes()
        .map_err(|_| ReleaseError::Chunk(Vec::new()))?;
    let caps = stream.definition().caps;
    let buckets = chunk
        .payload
        .aggregates
        .values()
        .map(|buckets| buckets.len() as u64)
        .sum();
    for (what, found, cap) in [
        ("buckets", buckets, caps.max_buckets_per_chunk),
        ("bytes", bytes.len() as u64, caps.max_chunk_bytes),
    ] {
        if found > cap {
            return Err(ReleaseError::Budget { what, found, cap });
        }
    }
    Ok(Window::Released(Box::new(Released {
        chunk,
        bytes,
        units,
        notes,
    })))
}
