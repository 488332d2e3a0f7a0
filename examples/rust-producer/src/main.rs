//! A Rust program that describes two windows of a stream with typed structs, seals them into chunks, and prints
//! them and the snapshot they make. Python and the reference give the same digests and bytes for the same values.
//!
//! ```text
//! cargo run --package rust-producer
//! ```
//!
//! Standard output: per chunk a line with its `chunkId` and a line with its canonical bytes, then the snapshot.
//!
//! A program that has units rather than counts folds them (`weftend_core::fold`) and lets
//! `weftend_core::release::next_window` decide what may show; here the counts are over the floor already.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use weftend_core::conduit::snapshot;
use weftend_core::contracts;
use weftend_core::documents::{Aggregate, Buckets, Chunk, Coverage, Dropped, to_file};
use weftend_core::error::Issue;
use weftend_core::stream::Stream;

const STREAM: &str = "telemetry.ci.findings.v0";

/// Least analysis runs behind a bucket.
const FLOOR: u64 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let stream = contracts::stream(STREAM)
        .map_err(refusal)?
        .ok_or("the stream ships with WeftEnd")?;
    let mut out = std::io::stdout().lock();
    let mut chunks: Vec<Chunk> = Vec::new();
    for (clean, findings, warnings) in [(140, 60, 411), (75, 25, 200)] {
        let mut chunk = window(&stream, chunks.last(), clean, findings, warnings);
        chunk = chunk.seal().map_err(refusal)?;
        writeln!(out, "{}", chunk.chunk_id)?;
        out.write_all(&to_file(&chunk)?)?;
        chunks.push(chunk);
    }
    let snapshot = snapshot(stream.id(), chunks, Dropped::default(), false);
    out.write_all(&to_file(&snapshot)?)?;
    Ok(())
}

/// The window after `before`: runs that found nothing, runs that found something, and warnings, at most ten a run.
fn window(
    stream: &Stream,
    before: Option<&Chunk>,
    clean: u64,
    findings: u64,
    warnings: u64,
) -> Chunk {
    let counts = BTreeMap::from([
        ("levels".to_owned(), buckets(&[("warning", warnings)])),
        ("rules".to_owned(), Buckets::new()),
        (
            "runOutcomes".to_owned(),
            buckets(&[("clean", clean), ("findings", findings)]),
        ),
        ("tools".to_owned(), Buckets::new()),
    ]);
    let payload = Aggregate::new(stream.digest(), FLOOR, clean + findings, counts);
    let start = before.map_or(0, |chunk| chunk.window_end_tick);
    let ttl = stream.definition().caps.ttl_seconds;
    let mut chunk = Chunk::new(stream.id(), start, payload, ttl, Coverage::WHOLE);
    chunk.prev_chunk_id = before.map(|chunk| chunk.chunk_id);
    chunk
}

fn buckets(counts: &[(&str, u64)]) -> Buckets {
    counts
        .iter()
        .map(|&(key, count)| (key.to_owned(), count))
        .collect()
}

fn refusal(issues: Vec<Issue>) -> String {
    let lines = issues
        .iter()
        .map(|issue| format!("{} {}: {}", issue.code, issue.path, issue.message));
    lines.collect::<Vec<_>>().join("\n")
}
