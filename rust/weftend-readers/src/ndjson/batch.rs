//! What the records of one block say about units that they name, before anybody knows those units.

use super::tokens::Hasher;
use super::value::Value;

/// The records of one block by the share that their units fall into.
pub(super) struct Batch<'a> {
    pub(super) shares: Vec<Share<'a>>,
    /// Under which a record's unit was put last: its share, and its place there.
    last: (usize, u32),
}

/// The records whose units one share holds.
#[derive(Default)]
pub(super) struct Share<'a> {
    /// The unit of each record, as it is written, and its hash.
    pub(super) units: Vec<(Value<'a>, u64)>,
    /// What records add to.
    pub(super) rows: Vec<Row>,
}

/// What one record adds to one bucket.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Which record of its share.
    pub(super) record: u32,
    /// Number of the bucket's key.
    pub(super) key: u32,
    pub(super) amount: u64,
}

impl<'a> Batch<'a> {
    /// An empty batch for so many shares.
    pub(super) fn new(shares: usize) -> Self {
        let mut batch = Batch {
            shares: Vec::with_capacity(shares),
            last: (0, 0),
        };
        batch.shares.resize_with(shares, Share::default);
        batch
    }

    /// A record of the unit that `value` names.
    #[inline]
    pub(super) fn record(&mut self, hasher: &Hasher, value: Value<'a>) {
        let hash = hasher.of(&value);
        let index = share_of(hash, self.shares.len());
        if let Some(share) = self.shares.get_mut(index) {
            // A block is far smaller than 2^32 bytes.
            self.last = (index, share.units.len() as u32);
            share.units.push((value, hash));
        }
    }

    /// What the record put last adds to the bucket with this key.
    #[inline]
    pub(super) fn add(&mut self, key: u32, amount: u64) {
        let (index, record) = self.last;
        if let Some(share) = self.shares.get_mut(index) {
            share.rows.push(Row {
                record,
                key,
                amount,
            });
        }
    }
}

/// Which of `shares` a unit with this hash falls into. The bits are ones that hash tables use least.
#[inline]
fn share_of(hash: u64, shares: usize) -> usize {
    ((((hash >> 24) & 0xFFFF_FFFF) * shares as u64) >> 32) as usize
}
