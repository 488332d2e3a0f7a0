//! What a chunk must be, beyond the types of its members.

use std::ops::RangeInclusive;

use super::{Aggregate, Chunk, MAX_REFS, issue};
use crate::digest::Digest;
use crate::error::Issue;
use crate::fold::{MAX_AMOUNT, MAX_KEY_BYTES};
use crate::stream::{CODE_LEAST_FLOOR, is_name, is_stream_id};

/// Greatest floor, window and clamp.
const MAX_UNITS: u64 = 1_000_000;
/// Greatest age of a chunk, in ticks.
const MAX_TTL: u64 = 604_800;
/// Most maps of an aggregate, and most buckets of a map.
const MAX_MAPS: usize = 64;
const MAX_BUCKETS: usize = 65_536;

impl Chunk {
    /// All that is wrong within this chunk, sorted; `at` is the JSON Pointer of the chunk.
    ///
    /// Bounds of every number, refs that are sorted, distinct and at most 64, a window as long as its sample count,
    /// floors that are one, keys of 1 to 512 printable ASCII bytes, and no count below the floor. Not its
    /// `chunkId`: see [`crate::conduit::chain`].
    pub fn issues(&self, at: &str) -> Vec<Issue> {
        let mut check = Check {
            at,
            issues: Vec::new(),
        };
        check.head(self);
        check.window(self);
        check.refs(&self.evidence_refs, "/evidenceRefs");
        check.refs(&self.tartarus_refs, "/tartarusRefs");
        check.aggregate(&self.payload);
        check.issues.sort();
        check.issues
    }
}

struct Check<'a> {
    at: &'a str,
    issues: Vec<Issue>,
}

impl Check<'_> {
    fn that(&mut self, holds: bool, code: &'static str, place: &str, message: &str) {
        if !holds {
            self.issues
                .push(issue(code, &format!("{}{place}", self.at), message));
        }
    }

    fn within(&mut self, value: u64, range: RangeInclusive<u64>, code: &'static str, place: &str) {
        let message = format!(
            "{value} is not between {} and {}",
            range.start(),
            range.end()
        );
        self.that(range.contains(&value), code, place, &message);
    }

    fn head(&mut self, chunk: &Chunk) {
        let named = is_stream_id(&chunk.stream_id);
        self.that(
            named,
            "TELEMETRY_SCHEMA_INVALID",
            "/streamId",
            "is not a stream identifier",
        );
        self.within(
            chunk.ttl_seconds,
            1..=MAX_TTL,
            "TELEMETRY_TTL_INVALID",
            "/ttlSeconds",
        );
        let same = chunk.k_anonymity_floor == chunk.payload.k_floor;
        self.that(
            same,
            "TELEMETRY_SCHEMA_INVALID",
            "/kAnonymityFloor",
            "is not payload.kFloor",
        );
    }

    fn window(&mut self, chunk: &Chunk) {
        let (start, end) = (chunk.window_start_tick, chunk.window_end_tick);
        self.within(
            start,
            0..=MAX_AMOUNT,
            "TELEMETRY_TICK_INVALID",
            "/windowStartTick",
        );
        self.within(
            end,
            0..=MAX_AMOUNT,
            "TELEMETRY_TICK_INVALID",
            "/windowEndTick",
        );
        let long = start.checked_add(chunk.payload.sample_count) == Some(end);
        let message = "the window is not as long as payload.sampleCount";
        self.that(long, "TELEMETRY_TICK_INVALID", "/windowEndTick", message);
    }

    fn refs(&mut self, refs: &[Digest], place: &str) {
        self.that(
            refs.len() <= MAX_REFS,
            "TELEMETRY_BUDGET_EXCEEDED",
            place,
            "are more than 64",
        );
        let ordered = refs.is_sorted_by(|a, b| a < b);
        self.that(
            ordered,
            "TELEMETRY_SCHEMA_INVALID",
            place,
            "are not sorted and distinct",
        );
    }

    fn aggregate(&mut self, payload: &Aggregate) {
        let schema = "TELEMETRY_SCHEMA_INVALID";
        self.within(
            payload.k_floor,
            CODE_LEAST_FLOOR..=MAX_UNITS,
            schema,
            "/payload/kFloor",
        );
        self.within(
            payload.sample_count,
            1..=MAX_UNITS,
            schema,
            "/payload/sampleCount",
        );
        let maps = (1..=MAX_MAPS).contains(&payload.aggregates.len());
        self.that(maps, schema, "/payload/aggregates", "are not 1 to 64 maps");
        for (name, buckets) in &payload.aggregates {
            let at = format!("/payload/aggregates/{}", step(name));
            self.that(is_name(name), schema, &at, "is not a name for a map");
            self.that(
                buckets.len() <= MAX_BUCKETS,
                "TELEMETRY_BUDGET_EXCEEDED",
                &at,
                "has too many buckets",
            );
            for (key, &count) in buckets {
                self.bucket(key, count, payload.k_floor, &format!("{at}/{}", step(key)));
            }
        }
    }

    fn bucket(&mut self, key: &str, count: u64, floor: u64, at: &str) {
        let printable = key.bytes().all(|byte| byte.is_ascii_graphic());
        let named = printable && (1..=MAX_KEY_BYTES).contains(&key.len());
        self.that(
            named,
            "TELEMETRY_SCHEMA_INVALID",
            at,
            "is not 1 to 512 printable ASCII bytes",
        );
        self.within(count, 1..=MAX_AMOUNT, "TELEMETRY_SCHEMA_INVALID", at);
        self.that(
            count >= floor,
            "TELEMETRY_K_ANONYMITY_FAIL",
            at,
            "the count is below kFloor",
        );
    }
}

/// One step of a JSON Pointer (RFC 6901, section 3).
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
