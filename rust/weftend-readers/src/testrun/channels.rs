//! Where the maps of a test stream stand among the channels of a fold.

/// Position of each map in the stream's order; `None` for a map that the stream does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestChannels {
    /// Partition: passed, failed, errored, empty.
    pub run_outcomes: Option<usize>,
    /// Sum: one per test case.
    pub outcomes: Option<usize>,
    /// Partition: the sum of the case times.
    pub run_durations: Option<usize>,
    /// Sum: one per test case.
    pub durations: Option<usize>,
    /// Set: the `type` of failures and errors.
    pub failure_types: Option<usize>,
    /// Set: test ids.
    pub failing_tests: Option<usize>,
    /// Set: test ids.
    pub slow_tests: Option<usize>,
    /// Set: test ids.
    pub flaky_tests: Option<usize>,
}

impl TestChannels {
    /// The names of all maps that a test run can contribute to.
    pub const NAMES: [&'static str; 8] = [
        "durations",
        "failingTests",
        "failureTypes",
        "flakyTests",
        "outcomes",
        "runDurations",
        "runOutcomes",
        "slowTests",
    ];

    /// The positions of `maps`, the stream's map names in its order; `None` if one of them is not
    /// among [`TestChannels::NAMES`].
    pub fn of<'a>(maps: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut channels = TestChannels::default();
        for (index, name) in maps.into_iter().enumerate() {
            *channels.slot(name)? = Some(index);
        }
        Some(channels)
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<usize>> {
        Some(match name {
            "durations" => &mut self.durations,
            "failingTests" => &mut self.failing_tests,
            "failureTypes" => &mut self.failure_types,
            "flakyTests" => &mut self.flaky_tests,
            "outcomes" => &mut self.outcomes,
            "runDurations" => &mut self.run_durations,
            "runOutcomes" => &mut self.run_outcomes,
            "slowTests" => &mut self.slow_tests,
            _ => return None,
        })
    }
}
