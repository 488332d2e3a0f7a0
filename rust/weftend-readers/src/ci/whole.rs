//! Documents that are held while they are read: JUnit, SARIF, GitHub.

use std::io::Read;
use std::sync::{MutexGuard, PoisonError};

use weftend_core::fold::{PartIndex, UnitDigest};

use super::group::Tally;
use super::pairing::SMALL;
use super::plan::Reader;
use super::worker::{Worker, of_fold};
use crate::github::{self, Told};
use crate::input::budget::{self, MAX_DOCUMENT};
use crate::input::peek::{Memory, Peeked};
use crate::junit;
use crate::refusal::{INPUT_TOO_LARGE, Refusal};
use crate::sarif::FindingsTally;
use crate::testrun::{DEFAULT_SLOW_MS, TestTally};
use crate::units::{self, UnitRule};

impl Worker<'_> {
    /// Hand the bytes of one document to `read`; what it returns is what they say as a unit or as a part of one.
    fn whole(
        &mut self,
        name: &str,
        source: Peeked<&mut dyn Read>,
        read: impl FnOnce(&mut Self, &[u8]) -> Result<Option<Tally>, Refusal>,
    ) -> Result<(), Refusal> {
        let (mut memory, rest) = source.into_parts();
        let filled = self.fill(&mut memory, rest);
        match filled.and_then(|_large| read(self, memory.filled())) {
            Ok(Some(tally)) => self.pair(name, memory, tally),
            result => {
                self.keep(memory);
                result.map(drop)
            }
        }
    }

    /// Read all of `rest`; what is returned keeps other threads from holding a large document too.
    fn fill<'s>(
        &self,
        memory: &mut Memory,
        rest: &mut dyn Read,
    ) -> Result<Option<MutexGuard<'s, ()>>, Refusal>
    where
        Self: 's,
    {
        if self.small(memory, rest)? {
            return Ok(None);
        }
        let large = self
            .shared
            .large
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let ended = memory.fill(rest, MAX_DOCUMENT + 1, 0);
        if !ended.map_err(|error| budget::refusal(&error))? {
            let message = format!("a document of more than {MAX_DOCUMENT} bytes");
            return Err(Refusal::new(INPUT_TOO_LARGE, "", message));
        }
        Ok(Some(large))
    }

    /// Read all of `rest` where it is small; whether it is.
    pub(super) fn small(&self, memory: &mut Memory, rest: &mut dyn Read) -> Result<bool, Refusal> {
        let ended = memory.fill(rest, SMALL, self.size.min(SMALL));
        ended.map_err(|error| budget::refusal(&error))
    }

    /// An empty run of tests.
    pub(super) fn tests(&self) -> TestTally {
        match self.shared.plan.reader {
            Reader::Tests { slow_ms, .. } => TestTally::new(slow_ms),
            _ => TestTally::new(DEFAULT_SLOW_MS),
        }
    }

    pub(super) fn junit(
        &mut self,
        name: &str,
        source: Peeked<&mut dyn Read>,
    ) -> Result<(), Refusal> {
        self.whole(name, source, |worker, bytes| {
            let mut tally = worker.tests();
            junit::read(bytes, &mut tally)?;
            Ok(Some(Tally::Tests(Box::new(tally))))
        })
    }

    pub(super) fn sarif(
        &mut self,
        name: &str,
        source: Peeked<&mut dyn Read>,
    ) -> Result<(), Refusal> {
        self.whole(name, source, |worker, bytes| {
            let mut runs = Vec::new();
            let mut reader = std::mem::take(&mut worker.sarif);
            let read = reader.read(bytes, |identity, tally| runs.push((identity, tally)));
            worker.sarif = reader;
            read?;
            if worker.shared.plan.rule == UnitRule::Field {
                worker.analyses(&units::of_content(bytes), runs)?;
                return Ok(None);
            }
            let tallies = runs.into_iter().map(|(_, tally)| tally);
            Ok(tallies.reduce(merged).map(Tally::Findings))
        })
    }

    /// Runs of one log, each a unit, or a part of the unit that it says it belongs to.
    fn analyses(
        &mut self,
        content: &UnitDigest,
        runs: Vec<(Option<String>, FindingsTally)>,
    ) -> Result<(), Refusal> {
        let Reader::Findings(channels) = &self.shared.plan.reader else {
            return Ok(());
        };
        for (index, (identity, tally)) in (0..).zip(runs) {
            let record = units::of_run_in_log(content, index);
            let unit = identity.as_deref().map_or(record, units::of_analysis);
            let mut contributions = Vec::new();
            tally.emit(channels, &mut |channel, key, amount| {
                contributions.push((channel, key.to_owned(), amount))
            });
            self.record(&unit, &record, &contributions)?;
        }
        Ok(())
    }

    pub(super) fn github(
        &mut self,
        name: &str,
        source: Peeked<&mut dyn Read>,
    ) -> Result<(), Refusal> {
        self.whole(name, source, |worker, bytes| {
            let mut told = Vec::new();
            let records = github::read(bytes, |one| told.push(one))?;
            worker.counts.records += records.seen;
            worker.counts.unfinished += records.unfinished;
            told.iter().try_for_each(|one| worker.told(one))?;
            Ok(None)
        })
    }

    fn told(&mut self, told: &Told) -> Result<(), Refusal> {
        let Reader::Jobs(channels) = &self.shared.plan.reader else {
            return Ok(());
        };
        let unit = units::of_github(&told.unit);
        let record = units::of_github_part(&told.unit, told.part).unwrap_or(unit);
        let ending = if told.part.is_job() { record } else { unit };
        match told.completed {
            Some(true) => drop(self.completed.insert(ending)),
            Some(false) => drop(self.open.insert((ending, unit))),
            None => {}
        }
        let channel = |map: &str| {
            github::MAPS
                .iter()
                .position(|name| *name == map)
                .and_then(|index| channels[index])
        };
        let keys = told
            .keys
            .iter()
            .filter_map(|(map, key)| Some((channel(map)?, key.clone(), 1)));
        let keys: Vec<_> = keys.collect();
        self.record(&unit, &record, &keys)
    }

    /// One record of a unit that other records may belong to as well.
    fn record(
        &mut self,
        unit: &UnitDigest,
        record: &UnitDigest,
        keys: &[(usize, String, u64)],
    ) -> Result<(), Refusal> {
        let partial = &mut self.partial;
        let number = partial.unit(unit).map_err(|error| of_fold(&error))?;
        let part = if record == unit {
            Ok(PartIndex::OWN)
        } else {
            partial.part(record)
        };
        let part = part.map_err(|error| of_fold(&error))?;
        for (channel, key, amount) in keys {
            let bucket = partial
                .bucket(*channel, key)
                .map_err(|error| of_fold(&error))?;
            partial.add_at(number, part, bucket, *amount);
        }
        partial.end_record();
        self.counts.unit_records += u64::from(!keys.is_empty());
        Ok(())
    }
}

fn merged(mut tally: FindingsTally, other: FindingsTally) -> FindingsTally {
    tally.merge(other);
    tally
}
