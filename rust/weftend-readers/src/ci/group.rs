//! What the documents of one unit say together.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use weftend_core::fold::{FoldError, PartIndex, Partial, UnitDigest};

use super::plan::Reader;
use crate::sarif::FindingsTally;
use crate::testrun::TestTally;
use crate::units;

/// What one unit contributes, whichever reader found it.
pub(super) enum Tally {
    Tests(Box<TestTally>),
    Findings(FindingsTally),
    Keys(BTreeMap<(usize, String), u64>),
}

impl Tally {
    /// Take in another document of the same unit.
    fn merge(&mut self, other: Tally) {
        match (self, other) {
            (Tally::Tests(tally), Tally::Tests(other)) => tally.merge(*other),
            (Tally::Findings(tally), Tally::Findings(other)) => tally.merge(other),
            (Tally::Keys(tally), Tally::Keys(other)) => {
                for (key, amount) in other {
                    let sum = tally.entry(key).or_default();
                    *sum = sum.saturating_add(amount);
                }
            }
            // One stream has one reader, so its documents have one kind of tally.
            _ => {}
        }
    }

    /// Add everything to `partial`, as what `unit` itself says.
    pub(super) fn add_to(
        &self,
        partial: &mut Partial,
        unit: &UnitDigest,
        reader: &Reader,
    ) -> Result<(), FoldError> {
        let number = partial.unit(unit)?;
        let mut result = Ok(());
        let mut sink = |channel: usize, key: &str, amount: u64| match partial.bucket(channel, key) {
            Ok(bucket) => partial.add_at(number, PartIndex::OWN, bucket, amount),
            Err(error) => result = Err(error),
        };
        match (self, reader) {
            (Tally::Tests(tally), Reader::Tests { channels, .. }) => {
                tally.emit(channels, &mut sink)
            }
            (Tally::Findings(tally), Reader::Findings(channels)) => tally.emit(channels, &mut sink),
            (Tally::Keys(keys), _) => {
                keys.iter()
                    .for_each(|((channel, key), amount)| sink(*channel, key, *amount));
            }
            _ => {}
        }
        partial.end_record();
        result
    }
}

/// The documents of one folder, until all of them have been read.
#[derive(Default)]
pub(super) struct Group {
    tally: Option<Tally>,
    contents: HashSet<UnitDigest>,
    /// A document of it was refused: the run is not known whole, so it is not counted.
    pub(super) broken: bool,
}

impl Group {
    /// One more document; whether it is no copy of an earlier one, which counts once.
    pub(super) fn push(&mut self, content: UnitDigest, tally: Tally) -> bool {
        let new = self.contents.insert(content);
        match &mut self.tally {
            Some(sum) if new => sum.merge(tally),
            Some(_) => {}
            None => self.tally = Some(tally),
        }
        new
    }

    /// The unit that the folder is, and what it says; `None` where no document stood in it.
    pub(super) fn finish(self) -> Option<(UnitDigest, Tally)> {
        let contents = self.contents.into_iter().collect();
        Some((units::of_folder(contents), self.tally?))
    }
}
