//! What a release folder may hold at most. Whatever is beyond is an issue, never cut off in silence.

/// Bytes of `release_manifest.json` and of each document of a run folder (8 MiB). WeftEnd itself writes at most
/// 1 MiB.
pub const DOCUMENT_BYTES: u64 = 8 << 20;

/// Bytes of `receipts/pulses.json` (64 MiB).
pub const PULSES_BYTES: u64 = 64 << 20;

/// Pulses in it.
pub const PULSES: usize = 1_000_000;

/// Bytes of `tartarus.jsonl` (512 MiB).
pub const TARTARUS_BYTES: u64 = 512 << 20;

/// Records in it: lines that are not blank.
pub const RECORDS: usize = 4_000_000;

/// Bytes of one line of `tartarus.jsonl` (1 MiB).
pub const LINE_BYTES: usize = 1 << 20;

/// How many folders below `receipts/` are looked into, one in the other.
pub const DEPTH: usize = 4;

/// Names in one folder.
pub const ENTRIES: usize = 1_000_000;

/// Distinct keys of one observation.
pub const KEYS: usize = 4_096;
