//! From what an operator names to one partial fold: all files, on all cores, in bounded memory.
//!
//! A file that cannot be read is one issue, and the rest goes on. What a document contributes reaches the fold only
//! when all of the document has been read.

mod document;
mod group;
mod pairing;
mod plan;
mod progress;
mod reading;
mod streaming;
mod whole;
mod worker;

pub use plan::{Format, Options, Plan};
pub use progress::Progress;
pub use reading::{Counts, Reading, read};
