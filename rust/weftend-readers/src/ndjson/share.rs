//! A share of the units that records name: no other share has any of them, so that shares can be taken in at once,
//! and put together without looking for what is in both.

use weftend_core::fold::{FoldError, PartIndex, Partial, UnitIndex};

use super::batch;
use super::keys::{Buckets, Keys};
use super::shard::FILE;
use super::tokens::{Hasher, Tokens};
use crate::units::FieldUnits;

/// What is known about the units of one share.
pub(super) struct Share {
    part: PartIndex,
    units: Tokens<UnitIndex>,
    buckets: Buckets,
    partial: Partial,
    /// Room to work in: where the units of a block are, and what they are.
    places: Vec<Option<u32>>,
    numbers: Vec<UnitIndex>,
}

impl Share {
    pub(super) fn new(channels: &[String], hasher: Hasher) -> Result<Self, FoldError> {
        let mut partial = Partial::new(channels.to_vec())?;
        Ok(Share {
            part: partial.part(&FILE)?,
            units: Tokens::new(hasher),
            buckets: Buckets::default(),
            partial,
            places: Vec::new(),
            numbers: Vec::new(),
        })
    }

    /// Take in what one block says about units of this share.
    pub(super) fn take_in(
        &mut self,
        batch: &batch::Share<'_>,
        field: &FieldUnits,
        keys: &Keys,
    ) -> Result<(), FoldError> {
        self.look_up(batch, field)?;
        for row in &batch.rows {
            if self.buckets.get(row.key).is_none() {
                self.buckets.learn(&mut self.partial, keys)?;
            }
            let unit = self.numbers.get(row.record as usize);
            if let (Some(&unit), Some(bucket)) = (unit, self.buckets.get(row.key)) {
                self.partial.add_at(unit, self.part, bucket, row.amount);
            }
        }
        Ok(())
    }

    /// Find the unit of each record.
    ///
    /// First all are looked for in the table, then all that was found is looked at: both are larger than any cache,
    /// and a processor waits for many looks at once as long as for one.
    fn look_up(&mut self, batch: &batch::Share<'_>, field: &FieldUnits) -> Result<(), FoldError> {
        let (partial, units) = (&mut self.partial, &mut self.units);
        let places = batch.units.iter().map(|(_, hash)| units.probably(*hash));
        self.places.clear();
        self.places.extend(places);
        self.numbers.clear();
        for ((value, hash), place) in batch.units.iter().zip(&self.places) {
            let known = place.and_then(|place| units.at(place, value));
            self.numbers.push(match known {
                Some(number) => number,
                None => units.get_hashed(*hash, value, || {
                    partial.new_unit(&field.unit(&value.canonical()))
                })?,
            });
        }
        Ok(())
    }

    /// Everything, settled. All keys are known to it, in their order: so they are to all shares alike.
    pub(super) fn finish(mut self, keys: &Keys) -> Result<Partial, FoldError> {
        self.buckets.learn(&mut self.partial, keys)?;
        self.partial.settle();
        Ok(self.partial)
    }
}
