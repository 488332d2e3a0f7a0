//! What was found in one analysis run, and what that contributes.

use std::collections::BTreeSet;

use crate::keys;

/// How serious a result is (SARIF 2.1.0, 3.27.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not a problem.
    None,
    /// An opportunity to do better.
    Note,
    /// A problem.
    Warning,
    /// A serious problem.
    Error,
}

impl Level {
    /// All levels, least first.
    pub const ALL: [Level; 4] = [Level::None, Level::Note, Level::Warning, Level::Error];

    /// Its bucket key, which is also its name in SARIF.
    pub fn key(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    /// The level that SARIF calls `name`.
    pub fn named(name: &str) -> Option<Self> {
        Level::ALL.into_iter().find(|level| level.key() == name)
    }
}

/// Position of each map of a findings stream; `None` for a map that the stream does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingsChannels {
    /// Partition: clean, findings, failed.
    pub run_outcomes: Option<usize>,
    /// Sum: one per result.
    pub levels: Option<usize>,
    /// Set: names of tool drivers.
    pub tools: Option<usize>,
    /// Set: ids of rules that have results.
    pub rules: Option<usize>,
}

impl FindingsChannels {
    /// The names of all maps that an analysis run can contribute to.
    pub const NAMES: [&'static str; 4] = ["levels", "rules", "runOutcomes", "tools"];

    /// The positions of `maps`, the stream's map names in its order; `None` if one is not among
    /// [`FindingsChannels::NAMES`].
    pub fn of<'a>(maps: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut channels = FindingsChannels::default();
        for (index, name) in maps.into_iter().enumerate() {
            let slot = match name {
                "runOutcomes" => &mut channels.run_outcomes,
                "levels" => &mut channels.levels,
                "tools" => &mut channels.tools,
                "rules" => &mut channels.rules,
                _ => return None,
            };
            *slot = Some(index);
        }
        Some(channels)
    }
}

/// One analysis run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingsTally {
    levels: [u64; Level::ALL.len()],
    tools: BTreeSet<String>,
    rules: BTreeSet<String>,
    failed: bool,
}

impl FindingsTally {
    /// `count` results of `level`, of the rule named `rule` where the log says which.
    pub fn results(&mut self, level: Level, rule: Option<&str>, count: u64) {
        self.levels[level as usize] += count;
        if let Some(rule) = rule {
            let rule = keys::percent_encoded(rule);
            if !self.rules.contains(rule.as_ref()) {
                self.rules.insert(rule.into_owned());
            }
        }
    }

    /// The tool that ran.
    pub fn tool(&mut self, name: &str) {
        self.tools.insert(keys::percent_encoded(name).into_owned());
    }

    /// The tool did not come to its end.
    pub fn failed(&mut self) {
        self.failed = true;
    }

    /// Take in another part of the same run; the order of parts does not matter.
    pub fn merge(&mut self, other: FindingsTally) {
        for (count, more) in self.levels.iter_mut().zip(other.levels) {
            *count += more;
        }
        self.tools.extend(other.tools);
        self.rules.extend(other.rules);
        self.failed |= other.failed;
    }

    /// The one outcome of the run: failed, else findings where a result is a note or more, else clean.
    pub fn run_outcome(&self) -> &'static str {
        let found = Level::ALL
            .into_iter()
            .any(|level| level > Level::None && self.levels[level as usize] > 0);
        match (self.failed, found) {
            (true, _) => "failed",
            (false, true) => "findings",
            (false, false) => "clean",
        }
    }

    /// Tell `sink` every contribution: channel, key, amount.
    pub fn emit(&self, channels: &FindingsChannels, sink: &mut dyn FnMut(usize, &str, u64)) {
        let mut one = |channel: Option<usize>, key: &str, amount: u64| {
            if let (Some(channel), 1..) = (channel, amount) {
                sink(channel, key, amount);
            }
        };
        one(channels.run_outcomes, self.run_outcome(), 1);
        for level in Level::ALL {
            one(channels.levels, level.key(), self.levels[level as usize]);
        }
        self.tools
            .iter()
            .for_each(|tool| one(channels.tools, tool, 1));
        self.rules
            .iter()
            .for_each(|rule| one(channels.rules, rule, 1));
    }
}
