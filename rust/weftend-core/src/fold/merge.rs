//! Union of partials, and taking units out of one.

use std::borrow::Cow;

use super::block::UNITS;
use super::blocks::Builder;
use super::partial::{OWN, Partial};
use super::rows::{Cell, Combine, Row};
use super::table::DigestTable;
use super::{FoldError, UnitDigest};

impl Partial {
    /// Makes this the union of both: the operation of the monoid.
    ///
    /// The same (unit, part) in both is a record met twice: of each bucket the greater amount stands. `other` is
    /// read much faster when it is settled ([`Partial::settle`]). [`FoldError::Mismatch`] unless both have the same
    /// channels in the same order; `self` is then unchanged.
    pub fn merge(&mut self, other: &Partial) -> Result<(), FoldError> {
        self.unite(other, Combine::Greater)
    }

    /// Makes this the sum of both: for shards of *one* reading, which have seen different bytes of the same records.
    ///
    /// The same (unit, part) in both adds up. Associative and commutative, but not idempotent: for anything that
    /// may have been read twice use [`Partial::merge`].
    pub fn absorb(&mut self, shard: &Partial) -> Result<(), FoldError> {
        self.unite(shard, Combine::Sum)
    }

    /// [`Partial::absorb`] of a shard that has no unit of this one: what is packed stays as it is where parts and
    /// buckets have the same numbers in both, as they have when both were made known in the same order.
    ///
    /// A unit that is in both would count twice.
    pub fn append(&mut self, mut shard: Partial) -> Result<(), FoldError> {
        let same = self.channels == shard.channels
            && self.parts.as_slice() == shard.parts.as_slice()
            && self.keys.is_like(&shard.keys)
            && self.own.is_empty()
            && shard.own.is_empty();
        if !same {
            return self.absorb(&shard);
        }
        self.settle();
        shard.settle();
        let (mine, others) = (
            self.units.len() / UNITS * UNITS,
            shard.units.len() / UNITS * UNITS,
        );
        let lengths = (self.units.len(), shard.units.len());
        self.units.splice(mine, &shard.units, others)?;
        self.closed.append_all(lengths.0, shard.closed, lengths.1);
        Ok(())
    }

    fn unite(&mut self, other: &Partial, how: Combine) -> Result<(), FoldError> {
        if self.channels != other.channels {
            return Err(FoldError::Mismatch);
        }
        let other = other.settled();
        self.end_record();
        if how == Combine::Sum {
            // What waits to be packed is of records met again, so it must not wait among what adds up.
            self.settle();
        }
        let known = self.units.len();
        let names = Renumber::of(self, &other)?;
        other.closed.each_unit(other.units.len(), |unit, cells| {
            let unit = names.units[unit];
            cells.iter_mut().for_each(|cell| names.renumber(cell));
            how.cells(cells);
            let new = unit as usize >= known;
            if !(new && self.closed.append(unit, cells)) {
                for &cell in cells.iter() {
                    self.closed.push(Row { unit, cell }, how);
                }
            }
        });
        if how == Combine::Sum {
            self.closed.settle(how);
        }
        Ok(())
    }

    pub(super) fn settled(&self) -> Cow<'_, Partial> {
        if self.is_settled() {
            return Cow::Borrowed(self);
        }
        let mut copy = self.clone();
        copy.settle();
        Cow::Owned(copy)
    }

    /// All units, in byte order.
    pub fn digests(&self) -> Vec<UnitDigest> {
        let mut digests = self.units.as_slice().to_vec();
        digests.sort_unstable();
        digests
    }

    /// Takes out those of `units` that are here (in any order) and says how many they were.
    ///
    /// Numbers handed out before ([`super::UnitIndex`] and its like) are no longer valid.
    pub fn without(&mut self, units: &[UnitDigest]) -> usize {
        self.settle();
        let mut gone = vec![false; self.units.len()];
        for number in units.iter().filter_map(|unit| self.units.get(unit)) {
            gone[number as usize] = true;
        }
        let removed = gone.iter().filter(|&&gone| gone).count();
        if removed > 0 {
            self.keep(&gone, self.len() - removed);
        }
        removed
    }

    fn keep(&mut self, gone: &[bool], left: usize) {
        let mut units = DigestTable::with_capacity(left);
        let mut kept = Builder::default();
        let digests = self.units.as_slice();
        self.closed.each_unit(digests.len(), |unit, cells| {
            // Fewer units than were numbered before: there is always a number left.
            if !gone[unit] && units.intern(&digests[unit]).is_ok() {
                kept.push(cells);
            }
        });
        (self.units, self.closed) = (units, kept.finish());
        self.find_own_parts();
    }
}

/// The other partial's numbers in terms of this one's.
struct Renumber {
    units: Vec<u32>,
    parts: Vec<u32>,
    buckets: Vec<u32>,
}

impl Renumber {
    fn of(into: &mut Partial, other: &Partial) -> Result<Self, FoldError> {
        let units = other
            .units
            .as_slice()
            .iter()
            .map(|unit| into.unit(unit).map(|unit| unit.0));
        let units = units.collect::<Result<_, _>>()?;
        let parts = other
            .parts
            .as_slice()
            .iter()
            .map(|part| into.part(part).map(|part| part.0));
        let parts = std::iter::once(Ok(OWN))
            .chain(parts)
            .collect::<Result<_, _>>()?;
        let keys = (0..other.keys.len() as u32).map(|bucket| {
            let (channel, key) = other.keys.get(bucket);
            into.keys.intern(channel, key)
        });
        Ok(Renumber {
            units,
            parts,
            buckets: keys.collect::<Result<_, _>>()?,
        })
    }

    fn renumber(&self, cell: &mut Cell) {
        cell.part = self.parts[cell.part as usize];
        cell.bucket = self.buckets[cell.bucket as usize];
    }
}
