//! Private-by-construction telemetry: canonical JSON (RFC 8785), SHA-256 digests, exact folds over
//! distinct units, statistical disclosure control, and hash-chained chunks.
//!
//! The crate is pure: no Python, no I/O beyond what callers hand in, no clock, no `unsafe`.

pub mod canonical;
pub mod digest;
pub mod error;
pub mod fold;
pub mod stream;
