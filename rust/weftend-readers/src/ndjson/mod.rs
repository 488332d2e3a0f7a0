//! NDJSON with declared fields: one I-JSON value a line, and JSON Pointers that say where unit and keys stand.
//!
//! Every line is validated whole. A line that is not I-JSON refuses its file, with its number: half a file read
//! would consume units that the mended file could not complete.

mod batch;
mod blocks;
mod content;
mod fields;
mod keys;
mod lines;
mod meaning;
mod reading;
mod shard;
mod share;
mod tokens;
mod value;

pub use blocks::{Blocks, MAX_LINE};
pub use fields::Fields;
pub use reading::{Read, read};
pub use shard::{Lines, RecordUnit};
