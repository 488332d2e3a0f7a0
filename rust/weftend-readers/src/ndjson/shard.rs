//! What records say, into a shard of a fold.

use weftend_core::canonical;
use weftend_core::fold::{FoldError, PartIndex, Partial, UnitDigest, UnitIndex};

use super::batch::Batch;
use super::fields::Fields;
use super::keys::{Buckets, Keys};
use super::tokens::{Hasher, Tokens};
use super::value::{Value, Values};
use crate::ijson::Shapes;
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
    pub(super) fields: &'f Fields,
    unit: &'f RecordUnit,
    keys: &'f Keys,
    /// Per map, the numbers of the keys met.
    tokens: Vec<Tokens>,
    hasher: Hasher,
    pub(super) shapes: Shapes,
    part: PartIndex,
    buckets: Buckets,
    /// What records say that name no unit; the others are in batches.
    pub(super) partial: Partial,
    pub(super) counts: Lines,
}

/// Why a line was refused.
pub(super) enum Wrong {
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
        let tokens = Tokens::new;
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

    /// What one line says; it has been checked.
    #[inline]
    pub(super) fn record<'a>(
        &mut self,
        line: &[u8],
        values: &Values<'a>,
        batch: &mut Batch,
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
    fn named<'a>(&mut self, values: &Values<'a>, batch: &mut Batch) -> Result<(), Wrong> {
        let Some(unit) = self.fields.unit.and_then(|slot| values[slot]) else {
            self.counts.without_unit += 1;
            return Ok(());
        };
        batch.record(&self.hasher, &unit);
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
            let meaning = value.meaning();
            let hash = self.hasher.of(&meaning);
            let number = || keys.number(channel, &value.key());
            let key = self.tokens[index].get(hash, &meaning, number)?;
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
