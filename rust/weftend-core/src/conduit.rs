//! Chains of chunks: whether one holds together, what pruning takes, and the store and snapshot made of it.
//!
//! Pure: reading and writing files is the caller's part.

use crate::digest::Digest;
use crate::documents::{Chunk, ConduitStore, Dropped, Journal, Snapshot, Version, issue};
use crate::error::Issue;
use crate::fold::OTHER;

/// What [`chain`] found to hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// `prevChunkId` of the oldest chunk: none where the chain is whole from its start.
    pub anchor: Option<Digest>,
    /// The newest chunk; none where there is no chunk.
    pub head: Option<Digest>,
    /// The newest tick; 0 where there is no chunk.
    pub tick: u64,
}

/// Checks chunks, oldest first, against themselves and each other.
///
/// Each must be a chunk ([`Chunk::issues`]) of `stream_id`, have its own digest as `chunkId`
/// (`TELEMETRY_CHUNK_ID_MISMATCH`), and follow the one before it by `prevChunkId` and window
/// (`TELEMETRY_CHAIN_BROKEN`, `TELEMETRY_TICK_INVALID`). The first one's `prevChunkId` is the anchor; without an
/// anchor it starts at tick 0. All violations at once, sorted; paths begin at `#/chunks`.
pub fn chain(stream_id: &str, chunks: &[Chunk]) -> Result<Chain, Vec<Issue>> {
    let mut issues: Vec<Issue> = Vec::new();
    let mut before = None;
    for (index, chunk) in chunks.iter().enumerate() {
        let at = format!("/chunks/{index}");
        issues.extend(chunk.issues(&at));
        issues.extend(own_issues(stream_id, chunk, &at));
        issues.extend(link_issues(before, chunk, &at));
        before = Some(chunk);
    }
    if !issues.is_empty() {
        issues.sort();
        return Err(issues);
    }
    Ok(Chain {
        anchor: chunks.first().and_then(|chunk| chunk.prev_chunk_id),
        head: before.map(|chunk| chunk.chunk_id),
        tick: before.map_or(0, |chunk| chunk.window_end_tick),
    })
}

/// Checks a store against itself: its chain, and that its journal names the newest chunk and tick.
///
/// `stream_id` is the stream that it should be of. Violations as [`chain`], and those of the journal
/// (`TELEMETRY_CHAIN_BROKEN`, `TELEMETRY_TICK_INVALID`), all at once, sorted.
pub fn check_store(stream_id: &str, store: &ConduitStore) -> Result<Chain, Vec<Issue>> {
    let (journal, newest) = (&store.journal, store.chunks.last());
    let head = newest.map(|chunk| chunk.chunk_id);
    let tick = newest.map_or(0, |chunk| chunk.window_end_tick);
    let mut issues: Vec<Issue> = chain(stream_id, &store.chunks).err().unwrap_or_default();
    for (holds, code, place, message) in [
        (
            journal.stream_id == stream_id,
            "TELEMETRY_CHAIN_BROKEN",
            "streamId",
            "is another stream",
        ),
        (
            journal.head_chunk_id == head,
            "TELEMETRY_CHAIN_BROKEN",
            "headChunkId",
            "is not the newest chunk",
        ),
        (
            journal.updated_at_tick == tick,
            "TELEMETRY_TICK_INVALID",
            "updatedAtTick",
            "is not the newest tick",
        ),
    ] {
        issues.extend((!holds).then(|| issue(code, &format!("/journal/{place}"), message)));
    }
    issues.sort();
    let anchor = store.chunks.first().and_then(|chunk| chunk.prev_chunk_id);
    if issues.is_empty() {
        Ok(Chain { anchor, head, tick })
    } else {
        Err(issues)
    }
}

fn own_issues(stream_id: &str, chunk: &Chunk, at: &str) -> Option<Issue> {
    if chunk.stream_id != stream_id {
        let message = "is another stream than the document's";
        return Some(issue(
            "TELEMETRY_CHAIN_BROKEN",
            &format!("{at}/streamId"),
            message,
        ));
    }
    match chunk.compute_id() {
        Err(error) => Some(error.into()),
        Ok(id) if id != chunk.chunk_id => {
            let message = "is not the digest of the chunk";
            Some(issue(
                "TELEMETRY_CHUNK_ID_MISMATCH",
                &format!("{at}/chunkId"),
                message,
            ))
        }
        Ok(_) => None,
    }
}

fn link_issues(before: Option<&Chunk>, chunk: &Chunk, at: &str) -> Vec<Issue> {
    let (linked, starts) = match before {
        Some(before) => (
            chunk.prev_chunk_id == Some(before.chunk_id),
            chunk.window_start_tick == before.window_end_tick,
        ),
        None => (
            true,
            chunk.prev_chunk_id.is_none() == (chunk.window_start_tick == 0),
        ),
    };
    let mut issues = Vec::new();
    if !linked {
        let message = "is not the chunk before";
        issues.push(issue(
            "TELEMETRY_CHAIN_BROKEN",
            &format!("{at}/prevChunkId"),
            message,
        ));
    }
    if !starts {
        let message = "is not where the window before ended";
        issues.push(issue(
            "TELEMETRY_TICK_INVALID",
            &format!("{at}/windowStartTick"),
            message,
        ));
    }
    issues
}

/// How many of the oldest chunks pruning takes, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Chunks with `windowEndTick` + `ttlSeconds` at or before now, and those before them.
    pub ttl: usize,
    /// The oldest beyond `max_chunks`.
    pub cap: usize,
}

/// Takes from `chunks`, oldest first, what is too old, then what is too much.
///
/// `now` is the newest tick of the stream; `max_chunks` the most that its store keeps. Says how many went; the
/// oldest chunk left keeps its `prevChunkId`: the anchor. With a chunk that is too old go all before it, whatever
/// their own time to live: a definition may have shortened it since, and what is left has to be a chain.
pub fn prune(chunks: &mut Vec<Chunk>, now: u64, max_chunks: u64) -> Pruned {
    let too_old = |chunk: &Chunk| chunk.window_end_tick.saturating_add(chunk.ttl_seconds) <= now;
    let ttl = chunks.iter().rposition(too_old).map_or(0, |last| last + 1);
    let most = usize::try_from(max_chunks).unwrap_or(usize::MAX);
    let cap = (chunks.len() - ttl).saturating_sub(most);
    chunks.drain(..ttl + cap);
    Pruned { ttl, cap }
}

/// The conduit store that holds `chunks`, oldest first, of a stream at `tick`.
///
/// `tick` is the newest tick of the stream: the end of its newest window, 0 before the first.
pub fn store(stream_id: &str, chunks: Vec<Chunk>, tick: u64) -> ConduitStore {
    ConduitStore {
        schema: Default::default(),
        v: None,
        journal: Journal {
            schema: Default::default(),
            v: None,
            stream_id: stream_id.to_owned(),
            head_chunk_id: chunks.last().map(|chunk| chunk.chunk_id),
            updated_at_tick: tick,
        },
        chunks,
    }
}

/// The snapshot of `chunks`, oldest first, after a run that left out `dropped`.
///
/// Its reason codes say only what it shows anyway: `TELEMETRY_KEY_UNREGISTERED` exactly when `__other__` is visible,
/// `TELEMETRY_INSUFFICIENT_COVERAGE` exactly when a coverage is below 1, `TELEMETRY_K_ANONYMITY_FAIL` exactly when
/// `kFloorSkipped` is not 0, and `TELEMETRY_PREVIEW` for one that was not released.
pub fn snapshot(
    stream_id: &str,
    mut chunks: Vec<Chunk>,
    dropped: Dropped,
    preview: bool,
) -> Snapshot {
    let head_chunk_id = chunks
        .iter()
        .max_by_key(|chunk| chunk.window_end_tick)
        .map(|chunk| chunk.chunk_id);
    chunks.sort_by_key(|chunk| (chunk.window_start_tick, chunk.chunk_id));
    let reason_codes = reason_codes(&chunks, dropped, preview);
    Snapshot {
        schema: Default::default(),
        v: Some(Version),
        stream_id: stream_id.to_owned(),
        head_chunk_id,
        chunks,
        dropped: dropped.saturated(),
        reason_codes,
    }
}

fn reason_codes(chunks: &[Chunk], dropped: Dropped, preview: bool) -> Vec<String> {
    let suppressed = chunks
        .iter()
        .any(|chunk| chunk.coverage != crate::documents::Coverage::WHOLE);
    let maps = chunks
        .iter()
        .flat_map(|chunk| chunk.payload.aggregates.values());
    let unregistered = maps.into_iter().any(|buckets| buckets.contains_key(OTHER));
    let codes = [
        (suppressed, "TELEMETRY_INSUFFICIENT_COVERAGE"),
        (unregistered, "TELEMETRY_KEY_UNREGISTERED"),
        (dropped.k_floor_skipped > 0, "TELEMETRY_K_ANONYMITY_FAIL"),
        (preview, "TELEMETRY_PREVIEW"),
    ];
    codes
        .into_iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, code)| code.to_owned())
        .collect()
}
