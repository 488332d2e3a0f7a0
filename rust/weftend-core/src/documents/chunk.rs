//! A chunk and its payload.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AggregateSchema, ChunkSchema, Coverage, Version, schema};
use crate::canonical::{self, CanonicalError};
use crate::digest::{self, Digest};
use crate::error::Issue;

/// Buckets of one map: key → units, or the clamped total of a sum.
pub type Buckets = BTreeMap<String, u64>;

/// What the counts are of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bind {
    /// The release's own path digest; where there is no release, the digest of the compiled stream definition.
    pub path_digest: Digest,
}

/// `TelemetryAggregateV0`: count maps over one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Aggregate {
    /// Always `weftend.telemetry.aggregate/0`.
    pub schema: AggregateSchema,
    /// 0 where it is given.
    #[serde(
        default,
        deserialize_with = "schema::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub v: Option<Version>,
    /// What the counts are of.
    pub bind: Bind,
    /// Least units behind a bucket, 5 to 1,000,000.
    pub k_floor: u64,
    /// Units in the window, 1 to 1,000,000.
    pub sample_count: u64,
    /// Map name → its visible buckets, `{}` where nothing shows.
    pub aggregates: BTreeMap<String, Buckets>,
}

impl Aggregate {
    /// Counts of `sample_count` units over a floor of `k_floor`.
    pub fn new(
        path_digest: Digest,
        k_floor: u64,
        sample_count: u64,
        aggregates: BTreeMap<String, Buckets>,
    ) -> Self {
        Aggregate {
            schema: AggregateSchema::V0,
            v: None,
            bind: Bind { path_digest },
            k_floor,
            sample_count,
            aggregates,
        }
    }
}

/// `TelemetryChunkV0`: one released window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Chunk {
    /// Always `weftend.telemetry.chunk/0`.
    pub schema: ChunkSchema,
    /// 0 where it is given.
    #[serde(
        default,
        deserialize_with = "schema::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub v: Option<Version>,
    /// The stream.
    pub stream_id: String,
    /// Digest of the chunk without this member; [`Chunk::seal`] sets it.
    pub chunk_id: Digest,
    /// The chunk before, none at the start of a chain.
    pub prev_chunk_id: Option<Digest>,
    /// Tick at which the window starts, exclusive.
    pub window_start_tick: u64,
    /// Tick at which the window ends, inclusive: `windowStartTick` + `payload.sampleCount`.
    pub window_end_tick: u64,
    /// The counts.
    pub payload: Aggregate,
    /// Digests of receipts and pulses; sorted, distinct, at most 64.
    pub evidence_refs: Vec<Digest>,
    /// Digests of Tartarus records; sorted, distinct, at most 64.
    pub tartarus_refs: Vec<Digest>,
    /// Age at which the chunk goes, in ticks, 1 to 604,800.
    pub ttl_seconds: u64,
    /// The same as `payload.kFloor`.
    pub k_anonymity_floor: u64,
    /// Share of the maps in which nothing was suppressed.
    pub coverage: Coverage,
}

impl Chunk {
    /// The chunk of a window that starts at `window_start_tick`, not yet sealed.
    ///
    /// Floor and length of the window are the payload's; no chunk stands before it and it has no refs. Set those
    /// where there are some, then [`Chunk::seal`] it.
    pub fn new(
        stream_id: &str,
        window_start_tick: u64,
        payload: Aggregate,
        ttl_seconds: u64,
        coverage: Coverage,
    ) -> Self {
        Chunk {
            schema: ChunkSchema::V0,
            v: None,
            stream_id: stream_id.to_owned(),
            chunk_id: Digest([0; 32]),
            prev_chunk_id: None,
            window_start_tick,
            window_end_tick: window_start_tick.saturating_add(payload.sample_count),
            evidence_refs: Vec::new(),
            tartarus_refs: Vec::new(),
            ttl_seconds,
            k_anonymity_floor: payload.k_floor,
            coverage,
            payload,
        }
    }

    /// The digest that `chunkId` should be: of the canonical bytes without `chunkId`.
    pub fn compute_id(&self) -> Result<Digest, CanonicalError> {
        digest::digest(&WithoutId::of(self))
    }

    /// The chunk with its right `chunkId`, whatever stood there before.
    ///
    /// Everything that a chunk must be is checked first: all violations at once, as [`Chunk::issues`].
    pub fn seal(mut self) -> Result<Chunk, Vec<Issue>> {
        let issues = self.issues("");
        if !issues.is_empty() {
            return Err(issues);
        }
        self.chunk_id = self.compute_id().map_err(|error| vec![error.into()])?;
        Ok(self)
    }

    /// The chunk's canonical bytes, without a newline.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_vec(self)
    }
}

/// What `chunkId` is the digest of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WithoutId<'a> {
    schema: ChunkSchema,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<Version>,
    stream_id: &'a str,
    prev_chunk_id: Option<Digest>,
    window_start_tick: u64,
    window_end_tick: u64,
    payload: &'a Aggregate,
    evidence_refs: &'a [Digest],
    tartarus_refs: &'a [Digest],
    ttl_seconds: u64,
    k_anonymity_floor: u64,
    coverage: Coverage,
}

impl<'a> WithoutId<'a> {
    fn of(chunk: &'a Chunk) -> Self {
        WithoutId {
            schema: chunk.schema,
            v: chunk.v,
            stream_id: &chunk.stream_id,
            prev_chunk_id: chunk.prev_chunk_id,
            window_start_tick: chunk.window_start_tick,
            window_end_tick: chunk.window_end_tick,
            payload: &chunk.payload,
            evidence_refs: &chunk.evidence_refs,
            tartarus_refs: &chunk.tartarus_refs,
            ttl_seconds: chunk.ttl_seconds,
            k_anonymity_floor: chunk.k_anonymity_floor,
            coverage: chunk.coverage,
        }
    }
}
