//! The partial fold itself: interned units, parts and keys, rows of the current record, and rows of earlier ones.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::blocks::Blocks;
use super::rows::{Cell, Combine, Row};
use super::table::{DigestTable, KeyTable};
use super::{FoldError, MAX_AMOUNT, MAX_CHANNELS, MAX_KEY_BYTES, OTHER, UnitDigest};

/// The part number that means: the unit's own digest.
pub(super) const OWN: u32 = 0;

/// A record of more rows than this is kept in blocks while it is read.
const SHORT_RECORD: usize = 1 << 12;

/// A unit of one partial; not valid in another one, nor after units were taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitIndex(pub(super) u32);

impl UnitIndex {
    /// The number alone; [`Partial::numbered`] takes it back.
    #[inline]
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A part of one partial; not valid in another one, nor after units were taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartIndex(pub(super) u32);

impl PartIndex {
    /// The part of a unit that is one record: its own digest. Takes no memory.
    pub const OWN: PartIndex = PartIndex(OWN);
}

/// A (channel, key) of one partial; not valid in another one, nor after units were taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BucketIndex(pub(super) u32);

/// Per unit its parts, per part its amounts by (channel, key). **Private: never leaves the machine.**
///
/// Merging unites units and parts; where both sides have the same (unit, part), the greater amount of each
/// (channel, key) stands. So merging is associative, commutative and idempotent, and the empty partial of the same
/// channels is its identity. Memory: about 40 bytes a unit, and two to four bytes for each bucket it touches.
#[derive(Clone, Default)]
pub struct Partial {
    pub(super) channels: Vec<String>,
    pub(super) units: DigestTable,
    pub(super) parts: DigestTable,
    pub(super) keys: KeyTable,
    /// Units whose own digest is also in `parts`, with its number there.
    pub(super) own: HashMap<u32, u32, RandomState>,
    /// The newest rows of the current record.
    recent: Vec<Row>,
    /// The other rows of the current record, where it is long: amounts of equal places add up.
    open: Blocks,
    /// Rows of earlier records: of equal places the greater stands.
    pub(super) closed: Blocks,
}

impl Partial {
    /// An empty partial.
    ///
    /// `channels`: 1 to 256 distinct names of at most 128 bytes: the stream's maps in the order of its definition,
    /// then its ref lists where they are wanted ([`crate::stream::Stream::channels`]). No channel at all is allowed
    /// too, for a partial that only counts units. [`FoldError::Channels`] otherwise.
    pub fn new(channels: Vec<String>) -> Result<Self, FoldError> {
        let fits = |name: &String| (1..=128).contains(&name.len());
        let distinct = channels
            .iter()
            .enumerate()
            .all(|(i, name)| !channels[..i].contains(name));
        if channels.len() > MAX_CHANNELS || !distinct || !channels.iter().all(fits) {
            return Err(FoldError::Channels);
        }
        Ok(Partial {
            channels,
            ..Partial::default()
        })
    }

    /// The names given to [`Partial::new`].
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// How many units there are.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the unit is there.
    pub fn contains(&self, unit: &UnitDigest) -> bool {
        self.units.get(unit).is_some()
    }

    /// The unit's number; from now on the unit is there, with or without a key.
    pub fn unit(&mut self, unit: &UnitDigest) -> Result<UnitIndex, FoldError> {
        let before = self.units.len();
        let number = self.units.intern(unit)?;
        if self.units.len() > before {
            self.find_own_part(unit, number);
        }
        Ok(UnitIndex(number))
    }

    /// The number of a unit of which the caller knows that it is not there yet: cheaper than [`Partial::unit`].
    ///
    /// A unit that comes twice would count twice.
    pub fn new_unit(&mut self, unit: &UnitDigest) -> Result<UnitIndex, FoldError> {
        let number = self.units.push(unit)?;
        self.find_own_part(unit, number);
        Ok(UnitIndex(number))
    }

    /// The unit of this partial with this number, as [`UnitIndex::number`] gives it; `None` where there is none.
    #[inline]
    pub fn numbered(&self, number: u32) -> Option<UnitIndex> {
        ((number as usize) < self.len()).then_some(UnitIndex(number))
    }

    fn find_own_part(&mut self, unit: &UnitDigest, number: u32) {
        if let Some(part) = self.parts.get(unit) {
            self.own.insert(number, part + 1);
        }
    }

    /// Makes a unit known that may have no key at all.
    pub fn touch(&mut self, unit: &UnitDigest) -> Result<(), FoldError> {
        self.unit(unit).map(|_| ())
    }

    /// The number of a part that is not its unit itself (for that: [`PartIndex::OWN`]).
    pub fn part(&mut self, part: &UnitDigest) -> Result<PartIndex, FoldError> {
        let before = self.parts.len();
        let number = self.parts.intern(part)? + 1;
        if self.parts.len() > before
            && let Some(unit) = self.units.get(part)
        {
            self.own.insert(unit, number);
        }
        Ok(PartIndex(number))
    }

    /// Finds the units whose own digest is also a part, after either table was replaced.
    pub(super) fn find_own_parts(&mut self) {
        let numbered = (OWN + 1..).zip(self.parts.as_slice());
        self.own = numbered
            .filter_map(|(part, digest)| Some((self.units.get(digest)?, part)))
            .collect();
    }

    /// Gives a part another digest: for readers that know a record's digest only when they have read it whole.
    ///
    /// Nothing changes where `from` is not there. [`FoldError::Mismatch`] where `to` is there already: two parts
    /// do not become one.
    pub fn rename_part(&mut self, from: &UnitDigest, to: &UnitDigest) -> Result<(), FoldError> {
        match self.parts.get(from) {
            Some(number) => self.parts.rename(number, to),
            None => Ok(()),
        }
    }

    /// The number of a bucket. Keys are raw text, registered or not; one of more than 512 bytes is `__other__`.
    pub fn bucket(&mut self, channel: usize, key: &str) -> Result<BucketIndex, FoldError> {
        if channel >= self.channels.len() {
            return Err(FoldError::Channel(channel));
        }
        let key = if key.len() > MAX_KEY_BYTES {
            OTHER
        } else {
            key
        };
        self.keys.intern(channel as u16, key).map(BucketIndex)
    }

    /// Adds `amount` (0 only makes the unit known) to one bucket of one unit, as said by one part.
    ///
    /// Within one record amounts add up, to at most 2^53 − 1. Call [`Partial::end_record`] when a record has been
    /// read whole: what is added to the same unit and part later is then that record met again.
    pub fn add(
        &mut self,
        unit: &UnitDigest,
        part: &UnitDigest,
        channel: usize,
        key: &str,
        amount: u64,
    ) -> Result<(), FoldError> {
        let bucket = self.bucket(channel, key)?;
        let part = if part == unit {
            PartIndex::OWN
        } else {
            self.part(part)?
        };
        let unit = self.unit(unit)?;
        self.add_at(unit, part, bucket, amount);
        Ok(())
    }

    /// [`Partial::add`] with numbers that this partial has handed out: the fast way for readers.
    #[inline]
    pub fn add_at(&mut self, unit: UnitIndex, part: PartIndex, bucket: BucketIndex, amount: u64) {
        if amount == 0 {
            return;
        }
        let amount = amount.min(MAX_AMOUNT);
        // A part that is the unit's own digest has one number only.
        let own = part != PartIndex::OWN && self.own.get(&unit.0) == Some(&part.0);
        let part = if own { OWN } else { part.0 };
        let cell = Cell {
            part,
            bucket: bucket.0,
            amount,
        };
        let row = Row { unit: unit.0, cell };
        if !self.open.is_empty() {
            return self.open.push(row, Combine::Sum);
        }
        self.recent.push(row);
        if self.recent.len() >= SHORT_RECORD {
            self.put_away();
        }
    }

    /// Says that a record has been read whole; see [`Partial::add`]. Cheap after a short record.
    pub fn end_record(&mut self) {
        if !self.open.is_empty() {
            return self.end_long_record();
        }
        Combine::Sum.rows(&mut self.recent);
        for row in self.recent.drain(..) {
            self.closed.push(row, Combine::Greater);
        }
    }

    /// Brings everything into its compact form. Changes no answer; saves memory, and time to those who read it next.
    pub fn settle(&mut self) {
        self.end_record();
        self.recent = Vec::new();
        self.closed.settle(Combine::Greater);
    }

    /// Whether nothing is left to pack.
    pub(super) fn is_settled(&self) -> bool {
        self.recent.is_empty() && self.open.is_empty() && self.closed.is_settled()
    }

    /// Moves the newest rows of a long record to the others.
    fn put_away(&mut self) {
        for row in self.recent.drain(..) {
            self.open.push(row, Combine::Sum);
        }
    }

    fn end_long_record(&mut self) {
        self.put_away();
        let mut record = std::mem::take(&mut self.open);
        record.settle(Combine::Sum);
        if self.closed.is_empty() {
            self.closed = record;
            return;
        }
        record.each_unit(self.units.len(), |unit, cells| {
            for &cell in cells.iter() {
                self.closed.push(
                    Row {
                        unit: unit as u32,
                        cell,
                    },
                    Combine::Greater,
                );
            }
        });
    }
}
