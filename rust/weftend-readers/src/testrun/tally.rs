//! What was found in one test run, and what that contributes.

use std::collections::BTreeSet;
use std::hash::BuildHasher;

use hashbrown::HashMap;

use super::{Duration, Outcome, TestChannels};
use crate::keys;

/// Counts that a report declares about itself; never counted, only shown beside what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Test cases.
    pub tests: u64,
    /// Failed ones.
    pub failures: u64,
    /// Errored ones.
    pub errors: u64,
    /// Skipped ones.
    pub skipped: u64,
}

impl Declared {
    /// Add what another report declares.
    pub fn add(&mut self, other: Declared) {
        self.tests = self.tests.saturating_add(other.tests);
        self.failures = self.failures.saturating_add(other.failures);
        self.errors = self.errors.saturating_add(other.errors);
        self.skipped = self.skipped.saturating_add(other.skipped);
    }
}

const EXPONENTS: usize = 64;

/// One test run, over all its files: each case is told once, with [`TestTally::case`].
#[derive(Clone, Debug)]
pub struct TestTally {
    /// What the reports declare, beside what was found in them.
    pub declared: Declared,
    slow_nanos: u64,
    outcomes: [u64; Outcome::ALL.len()],
    durations: [u64; EXPONENTS],
    unknown_durations: u64,
    total: Duration,
    failing: BTreeSet<String>,
    slow: BTreeSet<String>,
    flaky: BTreeSet<String>,
    failure_types: BTreeSet<String>,
    passed: Vec<u64>,
    key: String,
}

impl TestTally {
    /// An empty run, in which cases of `slow_ms` milliseconds or more are slow.
    pub fn new(slow_ms: u64) -> Self {
        TestTally {
            declared: Declared::default(),
            slow_nanos: slow_ms.saturating_mul(1_000_000),
            outcomes: [0; Outcome::ALL.len()],
            durations: [0; EXPONENTS],
            unknown_durations: 0,
            total: None,
            failing: BTreeSet::new(),
            slow: BTreeSet::new(),
            flaky: BTreeSet::new(),
            failure_types: BTreeSet::new(),
            passed: Vec::new(),
            key: String::new(),
        }
    }

    /// Test cases found.
    pub fn found(&self) -> u64 {
        self.outcomes.iter().sum()
    }

    /// Test cases found with `outcome`.
    pub fn found_with(&self, outcome: Outcome) -> u64 {
        self.outcomes[outcome as usize]
    }

    /// One test case as it stands in the report; the same name again is another case.
    ///
    /// `class` and `name` are as reported, before encoding.
    pub fn case(&mut self, class: &str, name: &str, outcome: Outcome, duration: Duration) {
        self.outcomes[outcome as usize] += 1;
        self.time(duration);
        self.key.clear();
        keys::push_percent_encoded(&mut self.key, class);
        self.key.push_str("::");
        keys::push_percent_encoded(&mut self.key, name);
        match outcome {
            Outcome::Passed => self.passed.push(hash(&self.key)),
            Outcome::Flaky => insert(&mut self.flaky, &self.key),
            Outcome::Failed | Outcome::Errored => insert(&mut self.failing, &self.key),
            Outcome::Skipped => {}
        }
        if duration.is_some_and(|nanos| nanos >= self.slow_nanos) {
            insert(&mut self.slow, &self.key);
        }
    }

    /// The type that a failure or an error gives itself.
    pub fn failure_type(&mut self, name: &str) {
        if !name.is_empty() {
            insert(&mut self.failure_types, &keys::percent_encoded(name));
        }
    }

    fn time(&mut self, duration: Duration) {
        let Some(nanos) = duration else {
            self.unknown_durations += 1;
            return;
        };
        self.durations[keys::duration_exponent(nanos) as usize] += 1;
        self.total = Some(self.total.unwrap_or(0).saturating_add(nanos));
    }

    /// Take in another part of the same run; the order of parts does not matter.
    pub fn merge(&mut self, other: TestTally) {
        self.declared.add(other.declared);
        add_all(&mut self.outcomes, &other.outcomes);
        add_all(&mut self.durations, &other.durations);
        self.unknown_durations += other.unknown_durations;
        self.total = match (self.total, other.total) {
            (Some(one), Some(more)) => Some(one.saturating_add(more)),
            (one, more) => one.or(more),
        };
        self.failing.extend(other.failing);
        self.slow.extend(other.slow);
        self.flaky.extend(other.flaky);
        self.failure_types.extend(other.failure_types);
        self.passed.extend(other.passed);
    }

    /// The one outcome of the run: errored, else failed, else empty where there is no case, else passed.
    pub fn run_outcome(&self) -> &'static str {
        if self.found_with(Outcome::Errored) > 0 {
            "errored"
        } else if self.found_with(Outcome::Failed) > 0 {
            "failed"
        } else if self.found() == 0 {
            "empty"
        } else {
            "passed"
        }
    }

    /// Tell `sink` every contribution: channel, key, amount.
    pub fn emit(&self, channels: &TestChannels, sink: &mut dyn FnMut(usize, &str, u64)) {
        let mut one = |channel: Option<usize>, key: &str, amount: u64| {
            if let (Some(channel), 1..) = (channel, amount) {
                sink(channel, key, amount);
            }
        };
        one(channels.run_outcomes, self.run_outcome(), 1);
        let total = self.total.map(keys::duration_key);
        one(
            channels.run_durations,
            total.as_deref().unwrap_or(keys::UNKNOWN_DURATION),
            1,
        );
        for outcome in Outcome::ALL {
            one(channels.outcomes, outcome.key(), self.found_with(outcome));
        }
        for (exponent, count) in self
            .durations
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
        {
            one(
                channels.durations,
                &format!("ms_{}", 1u64 << exponent),
                *count,
            );
        }
        one(
            channels.durations,
            keys::UNKNOWN_DURATION,
            self.unknown_durations,
        );
        let flaky = self.failed_and_passed();
        let sets = [
            (channels.failing_tests, &self.failing),
            (channels.slow_tests, &self.slow),
            (channels.failure_types, &self.failure_types),
            (channels.flaky_tests, &self.flaky),
            (channels.flaky_tests, &flaky),
        ];
        for (channel, keys) in sets {
            keys.iter().for_each(|key| one(channel, key, 1));
        }
    }

    /// Cases that both failed and passed in this run, but for those already known as flaky.
    fn failed_and_passed(&self) -> BTreeSet<String> {
        let failing: HashMap<u64, &String> =
            self.failing.iter().map(|key| (hash(key), key)).collect();
        if failing.is_empty() {
            return BTreeSet::new();
        }
        let both = self
            .passed
            .iter()
            .filter_map(|hash| failing.get(hash))
            .copied();
        both.filter(|key| !self.flaky.contains(*key))
            .cloned()
            .collect()
    }
}

/// Stands for a key among those that passed: 64 bits, so two keys of one run are never taken for each other
/// in practice, and a passed case costs 8 bytes.
fn hash(key: &str) -> u64 {
    foldhash::quality::FixedState::default().hash_one(key.as_bytes())
}

fn insert(set: &mut BTreeSet<String>, key: &str) {
    if !set.contains(key) {
        set.insert(key.to_owned());
    }
}

fn add_all(counts: &mut [u64], more: &[u64]) {
    for (count, extra) in counts.iter_mut().zip(more) {
        *count += extra;
    }
}
