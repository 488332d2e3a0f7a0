//! Why no window could be released.

use std::fmt;

use crate::disclosure::DisclosureError;
use crate::error::Issue;

/// What can go wrong with a release; nothing has left then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseError {
    /// A floor outside what the stream allows.
    Floor {
        /// What was asked for.
        k: u64,
        /// The least that may be asked for; the greatest is 1,000,000.
        least: u64,
    },
    /// The partial does not have the stream's channels.
    Channels,
    /// A map for a stream with every-map contribution, or none, or none of its own, for a one-map stream.
    Map,
    /// The chunk breaks a cap of its stream.
    Budget {
        /// `buckets` or `bytes`.
        what: &'static str,
        /// How many there were.
        found: u64,
        /// How many there may be.
        cap: u64,
    },
    /// The stream's clock cannot count that far.
    Tick,
    /// Counts that no window can hold: a defect of the program, never of its input.
    Counts(DisclosureError),
    /// What was built is no chunk.
    Chunk(Vec<Issue>),
}

impl ReleaseError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ReleaseError::Floor { k, least } if k < least => "FLOOR_TOO_LOW",
            ReleaseError::Floor { .. } | ReleaseError::Map => "USAGE",
            ReleaseError::Channels => "PARTIAL_MISMATCH",
            ReleaseError::Budget { .. } => "TELEMETRY_BUDGET_EXCEEDED",
            ReleaseError::Tick => "TELEMETRY_TICK_INVALID",
            ReleaseError::Counts(_) => "TELEMETRY_CONDUIT_INVALID",
            ReleaseError::Chunk(issues) => issues
                .first()
                .map_or("TELEMETRY_SCHEMA_INVALID", |issue| issue.code),
        }
    }
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReleaseError::Floor { k, least } => {
                write!(f, "a floor of {k} is not between {least} and 1000000")
            }
            ReleaseError::Channels => {
                f.write_str("the partial fold does not have the channels of the stream")
            }
            ReleaseError::Map => {
                f.write_str("a one-map stream releases one of its maps at a time, others all")
            }
            ReleaseError::Budget { what, found, cap } => {
                write!(
                    f,
                    "the chunk has {found} {what}, more than the {cap} of its stream"
                )
            }
            ReleaseError::Tick => f.write_str("the stream's clock cannot count further"),
            ReleaseError::Counts(error) => error.fmt(f),
            ReleaseError::Chunk(issues) => match issues.first() {
                Some(issue) => write!(f, "{}: {}", issue.path, issue.message),
                None => f.write_str("what was built is no chunk"),
            },
        }
    }
}

impl std::error::Error for ReleaseError {}

impl From<DisclosureError> for ReleaseError {
    fn from(error: DisclosureError) -> Self {
        ReleaseError::Counts(error)
    }
}
