//! The partial fold itself: interned units, parts and keys, a log of recent rows, and packed settled rows.

use super::packed::{Combine, Packed, Row, combine};
use super::table::{DigestTable, KeyTable};
use super::{FoldError, MAX_AMOUNT, MAX_CHANNELS, MAX_KEY_BYTES, OTHER, UnitDigest};

/// The part number that means: the unit's own digest.
pub(super) const OWN: u32 = 0;

/// Rows that wait at least this long before they are packed.
const LEAST_WAITING: usize = 1 << 15;

/// A unit of one partial; not valid in another one, nor after units were taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitIndex(pub(super) u32);

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
    /// Rows of the current record: equal places add.
    open: Vec<Row>,
    open_limit: usize,
    /// Rows of earlier records: of equal places the greater stands.
    waiting: Vec<Row>,
    /// Everything settled.
    pub(super) packed: Packed,
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
        self.units.intern(unit).map(UnitIndex)
    }

    /// Makes a unit known that may have no key at all.
    pub fn touch(&mut self, unit: &UnitDigest) -> Result<(), FoldError> {
        self.unit(unit).map(|_| ())
    }

    /// The number of a part that is not its unit itself (for that: [`PartIndex::OWN`]).
    pub fn part(&mut self, part: &UnitDigest) -> Result<PartIndex, FoldError> {
        self.parts.intern(part).map(|number| PartIndex(number + 1))
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
    pub fn add_at(&mut self, unit: UnitIndex, part: PartIndex, bucket: BucketIndex, amount: u64) {
        if amount == 0 {
            return;
        }
        if self.open.len() >= self.open_limit {
            self.sum_open();
        }
        let amount = amount.min(MAX_AMOUNT);
        self.open.push(Row {
            unit: unit.0,
            part: part.0,
            bucket: bucket.0,
            amount,
        });
    }

    /// Says that a record has been read whole; see [`Partial::add`]. Cheap.
    pub fn end_record(&mut self) {
        if self.open.is_empty() {
            return;
        }
        self.sum_open();
        self.waiting.append(&mut self.open);
        if self.waiting.len() >= LEAST_WAITING.max(self.packed.rows() as usize / 8) {
            self.pack();
        }
    }

    /// Brings everything into its compact form. Changes no answer; saves memory, and time to those who read it next.
    pub fn settle(&mut self) {
        self.end_record();
        self.open = Vec::new();
        self.open_limit = 0;
        if !self.waiting.is_empty() {
            self.pack();
        }
        self.waiting = Vec::new();
        self.packed.shrink();
    }

    /// Whether nothing is left to pack.
    pub(super) fn is_settled(&self) -> bool {
        self.open.is_empty() && self.waiting.is_empty()
    }

    /// Rows of records met before; of equal places the greater stands.
    pub(super) fn meet_rows(&mut self, rows: impl Iterator<Item = Row>) {
        self.waiting.extend(rows);
        if self.waiting.len() >= LEAST_WAITING.max(self.packed.rows() as usize / 8) {
            self.pack();
        }
    }

    fn sum_open(&mut self) {
        combine(&mut self.open, Combine::Sum);
        if self.name_own_parts() {
            combine(&mut self.open, Combine::Sum);
        }
        self.open_limit = LEAST_WAITING.max(self.open.len() * 2);
    }

    /// A part that is the unit's own digest has one number only; whether a row changed.
    fn name_own_parts(&mut self) -> bool {
        let (units, parts) = (self.units.as_slice(), self.parts.as_slice());
        let mut changed = false;
        for row in self.open.iter_mut().filter(|row| row.part != OWN) {
            if parts[row.part as usize - 1] == units[row.unit as usize] {
                row.part = OWN;
                changed = true;
            }
        }
        changed
    }

    fn pack(&mut self) {
        combine(&mut self.waiting, Combine::Greater);
        let mut packed = Packed::with_capacity(self.packed.bytes().len() + self.waiting.len() * 4);
        let mut cursor = self.packed.cursor();
        let mut rest = self.waiting.as_slice();
        let mut rows = Vec::new();
        for unit in 0..self.units.len() as u32 {
            rows.clear();
            cursor.read_unit(unit, &mut rows);
            let (here, behind) = rest.split_at(rest.partition_point(|row| row.unit <= unit));
            if !here.is_empty() {
                rows.extend_from_slice(here);
                combine(&mut rows, Combine::Greater);
            }
            rest = behind;
            packed.push_unit(&rows);
        }
        self.packed = packed;
        self.waiting.clear();
    }
}
