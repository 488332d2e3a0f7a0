//! Lines into a shard of a fold.

use weftend_core::canonical;
use weftend_core::fold::{FoldError, PartIndex, Partial, UnitDigest, UnitIndex};

use super::batch::Batch;
use super::fields::Fields;
use super::keys::{Buckets, Keys};
use super::tokens::{Hasher, Tokens};
use super::value::{self, Value, Values};
use crate::ijson::{self, Fault, Index, Scanner, Shapes};
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

/// What one thread has read of a file.
pub(super) struct Shard<'f> {
    fields: &'f Fields,
    unit: &'f RecordUnit,
    keys: &'f Keys,
    /// Per map, the numbers of the keys met.
    tokens: Vec<Tokens<u32>>,
    hasher: Hasher,
    shapes: Shapes,
    part: PartIndex,
    buckets: Buckets,
    /// What records say that name no unit; the others are in batches.
    pub(super) partial: Partial,
    pub(super) counts: Lines,
}

/// A line of a block.
#[derive(Default)]
struct Place {
    /// Its number, from 0.
    line: u64,
    start: usize,
}

impl Place {
    /// Go to the next line, which starts at `start`.
    fn pass(&mut self, start: usize) {
        self.line += 1;
        self.start = start;
    }
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
        keys: &'f Keys,
        hasher: &Hasher,
    ) -> Result<Self, FoldError> {
        let mut partial = Partial::new(channels.to_vec())?;
        let tokens = || Tokens::new(hasher.clone());
        Ok(Shard {
            fields,
            unit,
            keys,
            tokens: fields.maps.iter().map(|_| tokens()).collect(),
            hasher: hasher.clone(),
            shapes: Shapes::default(),
            part: partial.part(&FILE)?,
            buckets: Buckets::default(),
            partial,
            counts: Lines::default(),
        })
    }

    /// Take in the lines of `block`, into `batch` what they say about units that they name; how many there are, or
    /// the number of the refused one (from 0) and why. `index` is room to work in.
    pub(super) fn block<'a>(
        &mut self,
        block: &'a [u8],
        index: &'a mut Index,
        batch: &mut Batch<'a>,
    ) -> Result<u64, (u64, Refusal)> {
        let mut values = vec![None; self.fields.slots()];
        let mut place = Place::default();
        let read = self
            .known(block, &mut place, &mut values, batch)
            .and_then(|()| self.rest(block, &mut place, index, &mut values, batch));
        match read {
            Ok(()) => Ok(place.line),
            Err(wrong) => Err((place.line, refusal(wrong))),
        }
    }

    /// The lines at `place` that have a shape that is known.
    fn known<'a>(
        &mut self,
        text: &'a [u8],
        place: &mut Place,
        values: &mut Values<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Wrong> {
        while place.start < text.len()
            && let Some(end) = self.shapes.read(text, place.start, values, value::of)
        {
            let line = text.get(place.start..end).unwrap_or_default();
            self.record(line, values, batch)?;
            place.pass(end);
        }
        Ok(())
    }

    /// The lines from `place` on, of which the first has no shape that is known.
    fn rest<'a>(
        &mut self,
        block: &'a [u8],
        place: &mut Place,
        index: &'a mut Index,
        values: &mut Values<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Wrong> {
        let rest = block.get(place.start..).unwrap_or_default();
        let (text, broken) = match std::str::from_utf8(rest) {
            Ok(text) => (text, false),
            Err(error) => (valid(rest, error.valid_up_to()), true),
        };
        index.build(text.as_bytes());
        let mut scanner = Scanner::new(text, index);
        place.start = 0;
        while place.start < text.len() {
            self.scanned(text, place, &mut scanner, values, batch)?;
            self.known(text.as_bytes(), place, values, batch)?;
        }
        if broken {
            return Err(Wrong::Line(Refusal::new("CANON_UTF8", "", "not UTF-8")));
        }
        Ok(())
    }

    /// The line at `place`, whatever it is.
    fn scanned<'a>(
        &mut self,
        text: &'a str,
        place: &mut Place,
        scanner: &mut Scanner<'a>,
        values: &mut Values<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Wrong> {
        let (text, start) = (text.as_bytes(), place.start);
        let rest = text.get(start..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).map_or(rest, |length| &rest[..length]);
        let end = start + line.len();
        scanner.line(start, end);
        scanner.skip_space();
        if !scanner.is_at_end() {
            let read = self.fields.read(scanner, values);
            if read.and_then(|()| scanner.finish()) == Err(Fault) {
                let otherwise = || Refusal::invalid("", "not I-JSON");
                let last = line.iter().rposition(|byte| *byte != b'\r');
                let line = &line[..last.map_or(0, |last| last + 1)];
                return Err(Wrong::Line(ijson::refusal(line, otherwise)));
            }
            self.record(line, values, batch)?;
            if text.get(end) == Some(&b'\n') && self.shapes.would_learn() {
                scanner.line(start, end);
                scanner.skip_space();
                let whole = (start, end + 1);
                self.shapes.learn(scanner, text, whole, &self.fields.root);
            }
        }
        place.pass(end + 1);
        Ok(())
    }

    /// What one line says; it has been checked.
    #[inline]
    fn record<'a>(
        &mut self,
        line: &[u8],
        values: &Values<'a>,
        batch: &mut Batch<'a>,
    ) -> Result<(), Wrong> {
        self.counts.records += 1;
        match self.unit {
            RecordUnit::Field(_) => self.named(values, batch),
            RecordUnit::Record => {
                let text = canonical::canonicalize_text(line.trim_ascii_end());
                let unit = units::of_content(&text.unwrap_or_default());
                let unit = self.partial.unit(&unit)?;
                self.add(values, unit, PartIndex::OWN)?;
                self.partial.end_record();
                Ok(())
            }
            RecordUnit::Whole => {
                let unit = self.partial.unit(&FILE)?;
                self.add(values, unit, self.part)
            }
        }
    }

    /// A record whose field names its unit.
    fn named<'a>(&mut self, values: &Values<'a>, batch: &mut Batch<'a>) -> Result<(), Wrong> {
        let Some(unit) = self.fields.unit.and_then(|slot| values[slot]) else {
            self.counts.without_unit += 1;
            return Ok(());
        };
        batch.record(&self.hasher, unit);
        self.each_key(values, |_, key, amount| {
            batch.add(key, amount);
            Ok(())
        })
    }

    /// What the record says, to a unit of its own.
    fn add(&mut self, values: &Values<'_>, unit: UnitIndex, part: PartIndex) -> Result<(), Wrong> {
        self.each_key(values, |shard, key, amount| {
            if shard.buckets.get(key).is_none() {
                shard.buckets.learn(&mut shard.partial, shard.keys)?;
            }
            if let Some(bucket) = shard.buckets.get(key) {
                shard.partial.add_at(unit, part, bucket, amount);
            }
            Ok(())
        })
    }

    /// Tell `each` what the record adds to which key.
    #[inline]
    fn each_key(
        &mut self,
        values: &Values<'_>,
        mut each: impl FnMut(&mut Self, u32, u64) -> Result<(), FoldError>,
    ) -> Result<(), Wrong> {
        let (fields, keys) = (self.fields, self.keys);
        for (index, &(channel, key, amount)) in fields.maps.iter().enumerate() {
            let Some(value) = values[key] else { continue };
            let amount = match amount.map(|slot| values[slot]) {
                None | Some(None) => 1,
                Some(Some(value)) => amount_of(&value)?,
            };
            let key = self.tokens[index].get(&value, || keys.number(channel, &value.key()))?;
            each(self, key, amount)?;
        }
        Ok(())
    }
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
