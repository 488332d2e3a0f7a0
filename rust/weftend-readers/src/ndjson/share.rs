//! A share of the units that records name: no other share has any of them, so that shares can be taken in at once,
//! and put together without looking for what is in both.

use weftend_core::fold::{FoldError, PartIndex, Partial};

use super::batch;
use super::keys::{Buckets, Keys};
use super::shard::FILE;
use super::tokens::Tokens;
use crate::units::FieldUnits;

/// What is known about the units of one share.
pub(super) struct Share {
    part: PartIndex,
    units: Tokens,
    buckets: Buckets,
    partial: Partial,
    /// Room to work in: where the units of a block are, the first word there, and their numbers.
    places: Vec<Option<u32>>,
    firsts: Vec<u64>,
    numbers: Vec<u32>,
}

impl Share {
    pub(super) fn new(channels: &[String]) -> Result<Self, FoldError> {
        let mut partial = Partial::new(channels.to_vec())?;
        Ok(Share {
            part: partial.part(&FILE)?,
            units: Tokens::new(),
            buckets: Buckets::default(),
            partial,
            places: Vec::new(),
            firsts: Vec::new(),
            numbers: Vec::new(),
        })
    }

    /// Take in what one block says about units of this share.
    pub(super) fn take_in(
        &mut self,
        batch: &batch::Share,
        field: &FieldUnits,
        keys: &Keys,
    ) -> Result<(), FoldError> {
        self.buckets.learn(&mut self.partial, keys)?;
        self.look_up(batch, field)?;
        for (unit, (_, rows)) in self.numbers.iter().zip(batch.records()) {
            let Some(unit) = self.partial.numbered(*unit) else {
                continue;
            };
            for (key, amount) in rows {
                if let Some(bucket) = self.buckets.get(key) {
                    self.partial.add_at(unit, self.part, bucket, amount);
                }
            }
        }
        Ok(())
    }

    /// Find the unit of each record.
    ///
    /// First all are looked for in the table, then the first words of all that was found are fetched, then they are
    /// compared: table and values are larger than any cache, and a processor waits for many looks at once as long as
    /// for one.
    fn look_up(&mut self, batch: &batch::Share, field: &FieldUnits) -> Result<(), FoldError> {
        let (partial, units) = (&mut self.partial, &mut self.units);
        self.places.clear();
        let places = batch.hashes.iter().map(|hash| units.probably(*hash));
        self.places.extend(places);
        self.firsts.clear();
        let first = |place: &Option<u32>| place.map_or(0, |place| units.first(place));
        self.firsts.extend(self.places.iter().map(first));
        self.numbers.clear();
        let looked = self.places.iter().zip(&self.firsts).zip(&batch.hashes);
        for (((place, first), hash), (value, _)) in looked.zip(batch.records()) {
            let known = place.and_then(|place| units.is(place, *first, &value));
            self.numbers.push(match known {
                Some(number) => number,
                None => units.get(*hash, &value, || {
                    let unit = partial.new_unit(&field.unit(&value.meaning().canonical()))?;
                    Ok(unit.number())
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
