//! The five conduit documents, version 0, as types.
//!
//! Member names are camelCase in JSON and unknown members are refused. A Rust program that builds a [`Chunk`] and
//! [seals](Chunk::seal) it has the same `chunkId` and the same bytes as WeftEnd in Python.

mod check;
mod chunk;
mod coverage;
mod schema;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use chunk::{Aggregate, Bind, Buckets, Chunk};
pub use coverage::Coverage;
pub(crate) use schema::given;
pub use schema::{
    AggregateSchema, ChunkSchema, JournalSchema, SnapshotSchema, StoreSchema, Version,
};

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::error::Issue;

/// Most refs in one list.
pub const MAX_REFS: usize = 64;

/// Counters of a snapshot saturate here.
pub const MAX_COUNTER: u64 = u32::MAX as u64;

/// `TelemetryJournalV0`: where a stream stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Journal {
    /// Always `weftend.telemetry.journal/0`.
    pub schema: JournalSchema,
    /// 0 where it is given.
    #[serde(
        default,
        deserialize_with = "schema::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub v: Option<Version>,
    /// The stream.
    pub stream_id: String,
    /// The newest chunk.
    pub head_chunk_id: Option<Digest>,
    /// Units consumed so far.
    pub updated_at_tick: u64,
}

/// `TelemetryConduitStoreV0`: all chunks that a home keeps of one stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConduitStore {
    /// Always `weftend.telemetry.conduitStore/0`.
    pub schema: StoreSchema,
    /// 0 where it is given.
    #[serde(
        default,
        deserialize_with = "schema::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub v: Option<Version>,
    /// Where the stream stands.
    pub journal: Journal,
    /// Sorted by `windowStartTick`, then `chunkId`.
    pub chunks: Vec<Chunk>,
}

/// What one run left out, counted in chunks, never in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dropped {
    /// Chunks that were too old.
    pub ttl_pruned: u64,
    /// Chunks beyond the most that the store keeps.
    pub cap_pruned: u64,
    /// Windows that held too few units.
    pub k_floor_skipped: u64,
    /// Windows whose units had all been consumed, or chunks that were already there.
    pub duplicate_skipped: u64,
}

impl Dropped {
    /// The counters, each at most [`MAX_COUNTER`].
    pub fn saturated(self) -> Dropped {
        Dropped {
            ttl_pruned: self.ttl_pruned.min(MAX_COUNTER),
            cap_pruned: self.cap_pruned.min(MAX_COUNTER),
            k_floor_skipped: self.k_floor_skipped.min(MAX_COUNTER),
            duplicate_skipped: self.duplicate_skipped.min(MAX_COUNTER),
        }
    }
}

/// `TelemetryConduitSnapshotV0`: what may be pulled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Snapshot {
    /// Always `weftend.telemetry.conduitSnapshot/0`.
    pub schema: SnapshotSchema,
    /// 0; snapshots are written with it.
    #[serde(
        default,
        deserialize_with = "schema::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub v: Option<Version>,
    /// The stream.
    pub stream_id: String,
    /// The newest chunk.
    pub head_chunk_id: Option<Digest>,
    /// Sorted by `windowStartTick`, then `chunkId`.
    pub chunks: Vec<Chunk>,
    /// What this run left out.
    pub dropped: Dropped,
    /// Sorted, distinct, at most 32; left out where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason_codes: Vec<String>,
}

/// A document from its canonical bytes (one newline behind them is allowed).
///
/// `TELEMETRY_CONDUIT_INVALID` for bytes that are not canonical, `TELEMETRY_SCHEMA_INVALID` for a value that is
/// not this document.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Issue> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if !canonical::is_canonical(text) {
        return Err(issue(
            "TELEMETRY_CONDUIT_INVALID",
            "",
            "is not canonical JSON",
        ));
    }
    serde_json::from_slice(text)
        .map_err(|error| issue("TELEMETRY_SCHEMA_INVALID", "", &error.to_string()))
}

/// A document as a file holds it: canonical bytes and one newline.
pub fn to_file<T: Serialize>(document: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut bytes = canonical::to_vec(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(crate) fn issue(code: &'static str, pointer: &str, message: &str) -> Issue {
    Issue {
        code,
        path: format!("#{pointer}"),
        message: message.to_owned(),
    }
}

impl From<CanonicalError> for Issue {
    fn from(error: CanonicalError) -> Self {
        issue(
            "TELEMETRY_SCHEMA_INVALID",
            &error.place.to_string(),
            error.code.as_str(),
        )
    }
}
