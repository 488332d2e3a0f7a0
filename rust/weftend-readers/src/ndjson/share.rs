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
    pub(super) partial: Partial,
}

impl Share {
    pub(super) fn new(channels: &[String], hasher: Hasher) -> Result<Self, FoldError> {
        let mut partial = Partial::new(channels.to_vec())?;
        Ok(Share {
            part: partial.part(&FILE)?,
            units: Tokens::new(hasher),
            buckets: Buckets::default(),
            partial,
        })
    }

    /// Take in what one block says about units of this share.
    ///
    /// The units are looked up all in a row: the table is larger than any cache, and a processor waits for many
    /// looks at once as long as for one.
    pub(super) fn take_in(
        &mut self,
        batch: &batch::Share<'_>,
        field: &FieldUnits,
        keys: &Keys,
    ) -> Result<(), FoldError> {
        let tokens = &self.units;
        let known: Vec<Option<UnitIndex>> = batch
            .units
            .iter()
            .map(|(value, hash)| tokens.find(*hash, value))
            .collect();
        let mut numbers = Vec::with_capacity(known.len());
        for ((value, hash), known) in batch.units.iter().zip(known) {
            let (partial, units) = (&mut self.partial, &mut self.units);
            numbers.push(match known {
                Some(number) => number,
                None => units.get_hashed(*hash, value, || {
                    partial.unit(&field.unit(&value.canonical()))
                })?,
            });
        }
        for row in &batch.rows {
            if self.buckets.get(row.key).is_none() {
                self.buckets.learn(&mut self.partial, keys)?;
            }
            let unit = numbers.get(row.record as usize);
            if let (Some(&unit), Some(bucket)) = (unit, self.buckets.get(row.key)) {
                self.partial.add_at(unit, self.part, bucket, row.amount);
            }
        }
        Ok(())
    }
}
