//! Documents of lines, which are read as they stream by: `go test -json` and NDJSON.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::group::Tally;
use super::plan::Reader;
use super::worker::{Worker, of_fold};
use crate::gotest::GoTest;
use crate::ndjson::{self, Blocks, RecordUnit};
use crate::refusal::Refusal;
use crate::units::UnitRule;

/// Bytes that are read at once where lines have to be taken in order.
const BLOCK: usize = 1 << 18;

impl Worker<'_> {
    pub(super) fn go_test(&mut self, name: &str, source: &mut dyn Read) -> Result<(), Refusal> {
        let mut blocks = Blocks::new(source, BLOCK);
        let mut block = std::mem::take(&mut self.buffer);
        let (mut hash, mut stream, mut tally) = (Sha256::new(), GoTest::default(), self.tests());
        while blocks.next(&mut block)? {
            hash.update(&block);
            stream.block(&block, &mut tally);
        }
        self.buffer = block;
        let other_lines = stream.other_lines;
        stream.finish(&mut tally)?;
        self.counts.other_lines += other_lines;
        self.tally(name, hash.finalize().into(), Tally::Tests(Box::new(tally)))
    }

    pub(super) fn records(&mut self, name: &str, source: &mut dyn Read) -> Result<(), Refusal> {
        let plan = self.shared.plan;
        let Reader::Records { fields, unit } = &plan.reader else {
            return Ok(());
        };
        let mut read = ndjson::read(source, fields, unit, &plan.channels)?;
        self.counts.records += read.lines.records;
        self.counts.without_unit += read.lines.without_unit;
        if plan.rule != UnitRule::Field {
            let totals = read.partial.totals();
            let keys = totals.iter().enumerate().flat_map(|(channel, keys)| {
                keys.iter()
                    .map(move |(key, tally)| ((channel, (*key).to_owned()), tally.total))
            });
            return self.tally(name, read.content, Tally::Keys(keys.collect()));
        }
        self.shard(&mut read, unit)
    }

    /// Records that name their units, or are units: the whole file at once.
    fn shard(&mut self, read: &mut ndjson::Read, unit: &RecordUnit) -> Result<(), Refusal> {
        match unit {
            RecordUnit::Record => self.counts.unit_records += read.lines.records,
            _ => self.counts.files_again += u64::from(!self.files.insert(read.content)),
        }
        if self.partial.is_empty() {
            std::mem::swap(&mut self.partial, &mut read.partial);
            return Ok(());
        }
        read.partial.settle();
        self.partial
            .merge(&read.partial)
            .map_err(|error| of_fold(&error))
    }
}
