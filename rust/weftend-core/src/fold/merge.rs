//! Union of partials, and taking units out of one.

use std::borrow::Cow;

use super::packed::{Combine, Packed, Row, combine};
use super::partial::{OWN, Partial};
use super::table::DigestTable;
use super::{FoldError, UnitDigest};

/// Marks a unit that the other partial does not have.
const ABSENT: usize = usize::MAX;

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

    fn unite(&mut self, other: &Partial, how: Combine) -> Result<(), FoldError> {
        if self.channels != other.channels {
            return Err(FoldError::Mismatch);
        }
        let other = other.settled();
        self.end_record();
        let names = Renumber::of(self, &other)?;
        let small = other.packed.rows() < self.packed.rows() / 8;
        if small && how == Combine::Greater {
            self.meet_rows(names.rows(&other).into_iter());
        } else {
            self.settle();
            self.packed = names.combined(self, &other, how);
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
        let mut packed = Packed::with_capacity(self.packed.bytes().len());
        let mut cursor = self.packed.cursor();
        let mut rows = Vec::new();
        for (digest, &gone) in self.units.as_slice().iter().zip(gone) {
            rows.clear();
            cursor.read_unit(0, &mut rows);
            // Fewer units than were numbered before: there is always a number left.
            if !gone && units.intern(digest).is_ok() {
                packed.push_unit(&rows);
            }
        }
        packed.shrink();
        (self.units, self.packed) = (units, packed);
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
            .map(|unit| into.units.intern(unit));
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

    fn row(&self, row: Row) -> Row {
        Row {
            unit: self.units[row.unit as usize],
            part: self.parts[row.part as usize],
            bucket: self.buckets[row.bucket as usize],
            amount: row.amount,
        }
    }

    /// All rows of `other`, renumbered.
    fn rows(&self, other: &Partial) -> Vec<Row> {
        let mut rows = Vec::with_capacity(other.packed.rows() as usize);
        let mut cursor = other.packed.cursor();
        for unit in 0..other.units.len() as u32 {
            cursor.read_unit(unit, &mut rows);
        }
        rows.into_iter().map(|row| self.row(row)).collect()
    }

    /// Both packed strings as one, in one pass over each.
    fn combined(&self, into: &Partial, other: &Partial, how: Combine) -> Packed {
        let places = self.places(into.units.len(), other);
        let mut packed =
            Packed::with_capacity(into.packed.bytes().len() + other.packed.bytes().len());
        let mut cursor = into.packed.cursor();
        let mut rows = Vec::new();
        for (unit, &(place, number)) in places.iter().enumerate() {
            rows.clear();
            cursor.read_unit(unit as u32, &mut rows);
            if place != ABSENT {
                let own = rows.len();
                other.packed.cursor_at(place).read_unit(number, &mut rows);
                rows[own..].iter_mut().for_each(|row| *row = self.row(*row));
                combine(&mut rows, how);
            }
            packed.push_unit(&rows);
        }
        packed
    }

    /// Per unit of the union: where its rows begin in `other`, and its number there.
    fn places(&self, units: usize, other: &Partial) -> Vec<(usize, u32)> {
        let mut places = vec![(ABSENT, 0); units];
        let starts = other.packed.starts(other.units.len());
        for ((number, &unit), start) in (0u32..).zip(&self.units).zip(starts) {
            places[unit as usize] = (start, number);
        }
        places
    }
}
