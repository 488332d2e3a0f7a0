//! Why a partial fold was refused.

use std::fmt;

use crate::error::Place;

/// What can go wrong with a partial fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoldError {
    /// A channel number that the partial does not have.
    Channel(usize),
    /// The two partials do not have the same channels in the same order.
    Mismatch,
    /// Too many channels, a channel name that is empty, too long or there twice.
    Channels,
    /// More units, parts or keys than 32 bits can number.
    Full,
    /// Bytes that are not a partial: where, and what was expected.
    Bytes {
        /// Offset of the first byte that does not fit.
        offset: usize,
        /// What is wrong there.
        reason: &'static str,
    },
}

impl FoldError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            FoldError::Mismatch => "PARTIAL_MISMATCH",
            _ => "PARTIAL_INVALID",
        }
    }

    /// The byte offset, where bytes were refused.
    pub fn place(&self) -> Option<Place> {
        match self {
            FoldError::Bytes { offset, .. } => Some(Place::Offset(*offset)),
            _ => None,
        }
    }
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FoldError::Channel(index) => write!(f, "there is no channel {index}"),
            FoldError::Mismatch => f.write_str("the partials have different channels"),
            FoldError::Channels => {
                f.write_str("channel names must be 1 to 256 different ones of 1 to 128 bytes each")
            }
            FoldError::Full => f.write_str("more units, parts or keys than a partial can number"),
            FoldError::Bytes { offset, reason } => {
                write!(f, "not a partial fold: {reason} at byte {offset}")
            }
        }
    }
}

impl std::error::Error for FoldError {}
