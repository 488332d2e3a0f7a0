//! Lines into a shard of a fold.

use weftend_core::canonical;
use weftend_core::fold::{BucketIndex, FoldError, PartIndex, Partial, UnitDigest, UnitIndex};

use super::fields::{Fields, Value, Values};
use super::tokens::Tokens;
use crate::ijson::{self, Fault, Scanner};
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
    pub(super) lines: Lines,
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
            lines: Lines::default(),
        })
    }

    /// Take in the lines of `block`; how many there are, or the number of the refused one (from 0) and why.
    pub(super) fn block(&mut self, block: &[u8]) -> Result<u64, (u64, Refusal)> {
        let (text, broken) = match std::str::from_utf8(block) {
            Ok(text) => (text, false),
            Err(error) => (valid(block, error.valid_up_to()), true),
        };
        let mut scanner = Scanner::new("");
        let mut values = Values::new();
        let mut number = 0;
        let mut rest = text;
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
            let (line, behind) = rest.split_at(end);
            scanner = scanner.reuse(line);
            self.line(line, &mut scanner, &mut values)
                .map_err(|wrong| (number, refusal(wrong)))?;
            number += 1;
            rest = behind;
        }
        if broken {
            Err((number, Refusal::new("CANON_UTF8", "", "not UTF-8")))
        } else {
            Ok(number)
        }
    }

    fn line<'a>(
        &mut self,
        line: &'a str,
        scanner: &mut Scanner<'a>,
        values: &mut Values<'a>,
    ) -> Result<(), Wrong> {
        scanner.skip_space();
        if scanner.at() == line.len() {
            return Ok(());
        }
        let read = self
            .fields
            .read(scanner, values)
            .and_then(|()| scanner.finish());
        if read == Err(Fault) {
            let otherwise = || Refusal::invalid("", "not I-JSON");
            return Err(Wrong::Line(ijson::refusal(
                line.trim_end_matches(['\n', '\r']).as_bytes(),
                otherwise,
            )));
        }
        self.lines.records += 1;
        let Some((unit, part)) = self.unit(line, values)? else {
            self.lines.without_unit += 1;
            return Ok(());
        };
        self.keys(unit, part, values)
    }

    /// The record's unit and part.
    #[inline]
    fn unit(
        &mut self,
        line: &str,
        values: &Values<'_>,
    ) -> Result<Option<(UnitIndex, PartIndex)>, Wrong> {
        let partial = &mut self.partial;
        match self.unit {
            RecordUnit::Field(field) => {
                let Some(value) = self.fields.unit.and_then(|slot| values[slot]) else {
                    return Ok(None);
                };
                let unit = self
                    .units
                    .get(&value, || partial.unit(&field.unit(&value.canonical())))?;
                Ok(Some((unit, self.part)))
            }
            RecordUnit::Record => {
                let text = canonical::canonicalize_text(line.trim_ascii_end().as_bytes())
                    .unwrap_or_default();
                Ok(Some((
                    partial.unit(&units::of_content(&text))?,
                    PartIndex::OWN,
                )))
            }
            RecordUnit::Whole => Ok(Some((partial.unit(&FILE)?, self.part))),
        }
    }

    #[inline]
    fn keys(&mut self, unit: UnitIndex, part: PartIndex, values: &Values<'_>) -> Result<(), Wrong> {
        let maps = self.fields.maps.iter().zip(&mut self.keys);
        for (&(channel, key, amount), tokens) in maps {
            let Some(value) = values[key] else { continue };
            let amount = match amount.map(|slot| values[slot]) {
                None | Some(None) => 1,
                Some(Some(value)) => amount_of(&value)?,
            };
            let partial = &mut self.partial;
            let bucket = tokens.get(&value, || partial.bucket(channel, &value.key()))?;
            partial.add_at(unit, part, bucket, amount);
        }
        if part == PartIndex::OWN {
            self.partial.end_record();
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
