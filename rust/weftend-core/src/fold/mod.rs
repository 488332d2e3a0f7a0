//! Partial folds: per unit what it contributes to which bucket, exactly, so that merging never counts twice.
//!
//! A [`Partial`] is **private**: it holds data about single units. Only [`crate::release`] turns one into something
//! that may leave the machine.
//!
//! A *unit* is what a floor counts (a run, a session, an observation), named by a digest. A *part* is the source
//! record that contributions come from, named by its digest: a record met twice counts once, and a unit spread over
//! several records adds up. A unit that is one record has one part, its own digest.
//!
//! ```
//! use weftend_core::fold::Partial;
//! let (run, report) = ([1; 32], [2; 32]);
//! let mut monday = Partial::new(vec!["outcomes".into()])?;
//! monday.add(&run, &report, 0, "passed", 3)?;
//! let again = monday.clone();
//! monday.merge(&again)?; // the same report a second time
//! assert_eq!(monday.totals()[0]["passed"].total, 3);
//! # Ok::<(), weftend_core::fold::FoldError>(())
//! ```

mod block;
mod blocks;
mod decode;
mod digits;
mod encode;
mod error;
mod log;
mod merge;
mod packed;
mod partial;
mod rows;
mod table;
mod totals;
mod varint;

pub use error::FoldError;
pub use partial::{BucketIndex, PartIndex, Partial, UnitIndex};
pub(crate) use totals::Amount;
pub use totals::Tally;

/// SHA-256 of a unit's or a record's identity.
pub type UnitDigest = [u8; 32];

/// Amounts saturate here: 2^53 − 1, the greatest integer that a JSON document of ours can hold.
pub const MAX_AMOUNT: u64 = (1 << 53) - 1;

/// Longest key, in bytes; a longer one is recorded as `__other__`.
pub const MAX_KEY_BYTES: usize = 512;

/// Most channels of one partial.
pub const MAX_CHANNELS: usize = 256;

/// Where everything goes that no vocabulary names.
pub const OTHER: &str = "__other__";

/// In a partition: where a unit goes that has no key.
pub const NONE: &str = "__none__";
