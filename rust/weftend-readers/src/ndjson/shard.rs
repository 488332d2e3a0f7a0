//! Lines into a shard of a fold.

use weftend_core::canonical;
use weftend_core::fold::{BucketIndex, FoldError, PartIndex, Partial, UnitDigest, UnitIndex};

use super::fields::{Fields, Value, Values};
use super::tokens::Tokens;
use crate::ijson::{self, Fault, Index, Scanner};
use crate::refusal::Refusal;
use crate::units::{self, FieldUnits};

/// Stands for the file until its digest is known.
pub(super) const FILE: UnitDigest = [0; 32];

/// Which unit a record belongs to.
#[derive(Clone, Debug)]
pub enum RecordUnit {
    /// The one that its declared field names.
    Field(FieldUnits),
    /// Itself: its identity is its content.
    Record,
    /// All records of one file or folder belong together.
    Whole,
}

/// What was read, beside the contributions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Records, whether they say anything or not.
    pub records: u64,
    /// Records without a value where their unit should stand; they are not counted.
    pub without_unit: u64,
}

/// One worker's share of a file.
pub(super) struct Shard<'f> {
    fields: &'f Fields,
    unit: &'f RecordUnit,
    part: PartIndex,
    units: Tokens<UnitIndex>,
    keys: Vec<Tokens<BucketIndex>>,
    pub(super) partial: Partial,
    pub(super) counts: Lines,
    index: Index,
}

/// Why a line was refused.
enum Wrong {
    Line(Refusal),
    Fold(FoldError),
}

impl From<FoldError> for Wrong {
    fn from(error: FoldError) -> Self {
        Wrong::Fold(error)
    }
}

impl<'f> Shard<'f> {
    pub(super) fn new(
        fields: &'f Fields,
        unit: &'f RecordUnit,
        channels: &[String],
    ) -> Result<Self, FoldError> {
        let mut partial = Partial::new(channels.to_vec())?;
        let part = partial.part(&FILE)?;
        let keys = fields.maps.iter().map(|_| Tokens::default()).collect();
        Ok(Shard {
            fields,
            unit,
            part,
            units: Tokens::default(),
            keys,
            partial,
            counts: Lines::default(),
            index: Index::default(),
        })
    }

    /// Take in the lines of `block`; how many there are, or the number of the refused one (from 0) and why.
    pub(super) fn block(&mut self, block: &[u8]) -> Result<u64, (u64, Refusal)> {
        let (text, broken) = match std::str::from_utf8(block) {
            Ok(text) => (text, false),
            Err(error) => (valid(block, error.valid_up_to()), true),
        };
        let mut index = std::mem::take(&mut self.index);
        index.build(text.as_bytes());
        let lines = self.lines(text, &index);
        self.index = index;
        match lines {
            Ok(number) if broken => Err((number, Refusal::new("CANON_UTF8", "", "not UTF-8"))),
            lines => lines,
        }
    }

    fn lines(&mut self, text: &str, index: &Index) -> Result<u64, (u64, Refusal)> {
        let mut scanner = Scanner::new(text, index);
        let (mut values, mut batch) = (Values::new(), Batch::default());
        let (mut number, mut start) = (0, 0);
        while start < text.len() {
            let rest = text.as_bytes().get(start..).unwrap_or_default();
            let end = memchr::memchr(b'\n', rest).map_or(text.len(), |length| start + length);
            scanner.line(start, end);
            let line = text.get(start..end).unwrap_or_default();
            let read = self.line(line, &mut scanner, &mut values, &mut batch);
            read.map_err(|wrong| (number, refusal(wrong)))?;
            number += 1;
            start = end + 1;
        }
        self.finish(batch)
            .map_err(|wrong| (number, refusal(wrong)))?;
        Ok(number)
    }

    #[inline]
    fn line<'a>(
        &mut self,
        line: &'a str,
        scanner: &mut Scanner<'a>,
        values: &mut Values<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Wrong> {
        scanner.skip_space();
        if scanner.is_at_end() {
            return Ok(());
        }
        let read = self
            .fields
            .read(scanner, values)
            .and_then(|()| scanner.finish());
        if read == Err(Fault) {
            let otherwise = || Refusal::invalid("", "not I-JSON");
            let line = line.trim_end_matches('\r').as_bytes();
            return Err(Wrong::Line(ijson::refusal(line, otherwise)));
        }
        self.counts.records += 1;
        let unit = self.fields.unit.and_then(|slot| values[slot]);
        match (self.unit, unit) {
            (RecordUnit::Field(_), None) => self.counts.without_unit += 1,
            (RecordUnit::Field(_), Some(unit)) => {
                let record = batch.units.len();
                batch.units.push(unit);
                self.keys(values, |_, bucket, amount| {
                    batch.rows.push((record, bucket, amount))
                })?;
            }
            (RecordUnit::Record, _) => {
                let text = line.trim_ascii_end().as_bytes();
                let text = canonical::canonicalize_text(text).unwrap_or_default();
                let unit = self.partial.unit(&units::of_content(&text))?;
                self.keys(values, |partial, bucket, amount| {
                    partial.add_at(unit, PartIndex::OWN, bucket, amount)
                })?;
                self.partial.end_record();
            }
            (RecordUnit::Whole, _) => {
                let (unit, part) = (self.partial.unit(&FILE)?, self.part);
                self.keys(values, |partial, bucket, amount| {
                    partial.add_at(unit, part, bucket, amount)
                })?;
            }
        }
        Ok(())
    }

    /// Tell `each` what the record adds to which bucket.
    #[inline]
    fn keys(
        &mut self,
        values: &Values<'_>,
        mut each: impl FnMut(&mut Partial, BucketIndex, u64),
    ) -> Result<(), Wrong> {
        let maps = self.fields.maps.iter().zip(&mut self.keys);
        for (&(channel, key, amount), tokens) in maps {
            let Some(value) = values[key] else { continue };
            let amount = match amount.map(|slot| values[slot]) {
                None | Some(None) => 1,
                Some(Some(value)) => amount_of(&value)?,
            };
            let partial = &mut self.partial;
            let bucket = tokens.get(&value, || partial.bucket(channel, &value.key()))?;
            each(partial, bucket, amount);
        }
        Ok(())
    }

    /// Look up the units of a batch, all in a row: the table is larger than any cache, and a processor waits for
    /// many looks at once as long as for one.
    fn finish(&mut self, batch: Batch<'_>) -> Result<(), Wrong> {
        let RecordUnit::Field(field) = self.unit else {
            return Ok(());
        };
        let tokens = &self.units;
        let hashes: Vec<u64> = batch.units.iter().map(|value| tokens.hash(value)).collect();
        let look = |(value, hash): (&Value<'_>, &u64)| tokens.find(*hash, value);
        let known: Vec<Option<UnitIndex>> = batch.units.iter().zip(&hashes).map(look).collect();
        let mut numbers = Vec::with_capacity(known.len());
        for (value, known) in batch.units.iter().zip(known) {
            let partial = &mut self.partial;
            numbers.push(match known {
                Some(number) => number,
                None => self
                    .units
                    .get(value, || partial.unit(&field.unit(&value.canonical())))?,
            });
        }
        for (record, bucket, amount) in batch.rows {
            self.partial
                .add_at(numbers[record], self.part, bucket, amount);
        }
        Ok(())
    }
}

/// The records of one block, whose units have not been looked up yet.
#[derive(Default)]
struct Batch<'a> {
    units: Vec<Value<'a>>,
    /// Which record, what it adds to, and how much.
    rows: Vec<(usize, BucketIndex, u64)>,
}

fn amount_of(value: &Value<'_>) -> Result<u64, Wrong> {
    let wrong = || {
        Refusal::invalid(
            "",
            "an amount that is not a whole number from 0 to 2^53 - 1",
        )
    };
    value.amount().ok_or_else(|| Wrong::Line(wrong()))
}

fn refusal(wrong: Wrong) -> Refusal {
    match wrong {
        Wrong::Line(refusal) => refusal,
        Wrong::Fold(error) => Refusal::new(error.code(), "", error.to_string()),
    }
}

/// The whole lines of `block` before the byte at `end`, which is not UTF-8.
fn valid(block: &[u8], end: usize) -> &str {
    let valid = block.get(..end).unwrap_or_default();
    let lines = memchr::memrchr(b'\n', valid).map_or(0, |last| last + 1);
    std::str::from_utf8(&valid[..lines]).unwrap_or_default()
}
