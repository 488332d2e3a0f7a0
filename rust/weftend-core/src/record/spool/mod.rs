//! The spool: append-only segments of canonical lines, one writer each.
//!
//! A segment is written by one process, which holds an exclusive advisory lock on it for life. Whoever can take
//! that lock knows that the segment is closed. A segment appears under its name only once it is locked, so no
//! reader can mistake a new one for an abandoned one. The folder is bounded: where it is full, the oldest closed
//! segments go first, and the next line of the spool says how many.

mod folder;
mod segment;
mod taken;
mod writer;

use std::io;

use serde::{Deserialize, Serialize};

pub use taken::Taken;
pub use writer::Writer;

/// The ending of a segment's file name.
pub const SEGMENT_SUFFIX: &str = ".ndjson";
/// The `schema` of a segment's first line.
pub const SPOOL_SCHEMA: &str = "weftend.spool/0";

/// Most bytes of a producer's name.
const MAX_PRODUCER_BYTES: usize = 128;

/// Whether a segment's first line may hold `name` as its producer.
pub(crate) fn names_a_producer(name: &str) -> bool {
    name.len() <= MAX_PRODUCER_BYTES && !name.contains('\0')
}

/// Bounds of a spool folder.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in all segments together.
    pub total_bytes: u64,
    /// Bytes in one segment; the next line starts another.
    pub segment_bytes: u64,
    /// Segments at once.
    pub segments: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            total_bytes: 64 << 20,
            segment_bytes: 4 << 20,
            segments: 4_096,
        }
    }
}

/// What a full folder cost: closed segments that were removed before anybody read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Bytes removed.
    pub bytes: u64,
    /// Segments removed.
    pub segments: u64,
}

/// `value` as a canonical line with its newline.
pub(crate) fn line<T: Serialize>(value: &T) -> io::Result<Vec<u8>> {
    let mut bytes =
        crate::canonical::to_vec(value).map_err(|error| io::Error::other(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
