//! Documents of lines, which are read as they stream by: `go test -json` and NDJSON.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::group::Tally;
use super::plan::Reader;
use super::worker::{Worker, of_fold};
use crate::gotest::GoTest;
use crate::input::peek::Peeked;
use crate::ndjson::{self, Blocks, RecordUnit};
use crate::refusal::Refusal;
use crate::testrun::TestTally;
use crate::units::UnitRule;

/// Bytes that are read at once where lines have to be taken in order.
const BLOCK: usize = 1 << 18;

/// `text` in blocks of whole lines, of about [`BLOCK`] bytes or one line.
fn line_blocks(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (_, behind) = text.split_at_checked(BLOCK - 1).unwrap_or((text, &[]));
        let more = memchr::memchr(b'\n', behind).map_or(behind.len(), |at| at + 1);
        let (block, rest) = text.split_at(text.len() - behind.len() + more);
        text = rest;
        (!block.is_empty()).then_some(block)
    })
}

impl Worker<'_> {
    pub(super) fn go_test(
        &mut self,
        name: &str,
        source: Peeked<&mut dyn Read>,
    ) -> Result<(), Refusal> {
        let (mut stream, mut tally) = (GoTest::default(), self.tests());
        let (mut memory, rest) = source.into_parts();
        if self.small(&mut memory, rest)? {
            line_blocks(memory.filled()).for_each(|block| stream.block(block, &mut tally));
            let tally = self.end_of_stream(stream, tally)?;
            return self.pair(name, memory, tally);
        }
        let mut hash = Sha256::new();
        let mut blocks = Blocks::new(memory.filled().chain(rest), BLOCK);
        let mut block = Vec::new();
        while blocks.next(&mut block)? {
            hash.update(&block);
            stream.block(&block, &mut tally);
        }
        let tally = self.end_of_stream(stream, tally)?;
        self.tally(name, hash.finalize().into(), tally)
    }

    fn end_of_stream(&mut self, stream: GoTest, mut tally: TestTally) -> Result<Tally, Refusal> {
        let other_lines = stream.other_lines;
        stream.finish(&mut tally)?;
        self.counts.other_lines += other_lines;
        Ok(Tally::Tests(Box::new(tally)))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_where_lines_end_and_are_all_of_the_text() {
        let long = "x".repeat(3 * BLOCK);
        let texts = [
            String::new(),
            "no line feed".to_owned(),
            "line\n".repeat(BLOCK / 2),
            format!("{}\n{long}\nshort\n{long}", "y".repeat(BLOCK - 1)),
        ];
        for text in texts {
            let blocks: Vec<_> = line_blocks(text.as_bytes()).collect();
            assert_eq!(blocks.concat(), text.as_bytes());
            let (_, all_but_last) = blocks.split_last().unwrap_or((&&[][..], &[]));
            assert!(all_but_last.iter().all(|block| block.ends_with(b"\n")));
            assert!(
                blocks
                    .iter()
                    .all(|block| block.len() <= long.len() + 1 + BLOCK)
            );
        }
    }
}
