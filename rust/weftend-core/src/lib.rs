//! Private-by-construction telemetry: canonical JSON (RFC 8785), SHA-256 digests, exact folds over
//! distinct units, statistical disclosure control, and hash-chained chunks.
//!
//! The crate is pure: no Python and no `unsafe`; only [`record`] reads the clock, variables and files.

pub mod canonical;
pub mod conduit;
pub mod contracts;
pub mod digest;
pub mod disclosure;
pub mod documents;
pub mod error;
pub mod fold;
pub mod privacy;
pub mod record;
pub mod release;
pub mod stream;
