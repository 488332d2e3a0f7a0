//! What a test run contributes, whichever format reported it: JUnit XML and `go test -json` both end here.

mod channels;
mod duration;
mod tally;

pub use channels::TestChannels;
pub use duration::{Duration, seconds};
pub use tally::{Declared, TestTally};

/// A case at least this long is slow unless the stream's `slowMs` says otherwise, in milliseconds.
pub const DEFAULT_SLOW_MS: u64 = 10_000;

/// The one outcome of a test case; a greater one outranks a lesser one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It ran and nothing was wrong.
    Passed,
    /// It failed, ran again and passed.
    Flaky,
    /// It did not run, or not to its end, on purpose.
    Skipped,
    /// What it asserts does not hold.
    Failed,
    /// It could not be carried through.
    Errored,
}

impl Outcome {
    /// All outcomes, least first.
    pub const ALL: [Outcome; 5] = [
        Outcome::Passed,
        Outcome::Flaky,
        Outcome::Skipped,
        Outcome::Failed,
        Outcome::Errored,
    ];

    /// Its bucket key.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Flaky => "flaky",
            Outcome::Skipped => "skipped",
            Outcome::Failed => "failed",
            Outcome::Errored => "errored",
        }
    }

    /// Failed or errored.
    pub fn is_bad(self) -> bool {
        self >= Outcome::Failed
    }
}
