//! What the records of one block say about units that they name, before anybody knows those units.

use super::meaning::{Keep, Kept, Meaning};
use super::tokens::Hasher;
use super::value::Value;

/// The records of one block by the share that their units fall into.
pub(super) struct Batch {
    pub(super) shares: Vec<Share>,
    /// The share of the last record.
    last: usize,
}

/// The records whose units one share holds, as they are taken in: one after the other.
#[derive(Default)]
pub(super) struct Share {
    /// The hash of each record's unit.
    pub(super) hashes: Vec<u64>,
    /// Of each record the head of its unit below how many words say what it adds, its unit, and those: the number of a
    /// bucket's key above an amount, or above [`MANY`], and then the amount follows.
    words: Vec<u64>,
    /// Where the last record begins.
    last: usize,
}

/// Stands for an amount of as many or more.
const MANY: u64 = u32::MAX as u64;

impl Share {
    #[inline]
    fn record(&mut self, hash: u64, unit: &Meaning<'_>) {
        self.hashes.push(hash);
        self.last = self.words.len();
        self.words.push(u64::from(unit.head()));
        unit.write(&mut self.words);
    }

    #[inline]
    fn add(&mut self, key: u32, amount: u64) {
        let before = self.words.len();
        self.words.push(u64::from(key) << 32 | amount.min(MANY));
        if amount >= MANY {
            self.words.push(amount);
        }
        let added = self.words.len() - before;
        if let Some(head) = self.words.get_mut(self.last) {
            *head += (added as u64) << 32;
        }
    }

    /// The unit of each record and what the record says, in their order.
    #[inline]
    pub(super) fn records(&self) -> impl Iterator<Item = (Kept<'_>, Rows<'_>)> {
        let mut words = self.words.as_slice();
        std::iter::from_fn(move || {
            let (head, rest) = words.split_first()?;
            let (unit, rest) = Kept::split(*head as u32, rest)?;
            let (rows, rest) = rest.split_at_checked((head >> 32) as usize)?;
            words = rest;
            Some((unit, Rows(rows)))
        })
    }
}

/// What one record adds: numbers of the keys of buckets, and amounts.
pub(super) struct Rows<'a>(&'a [u64]);

impl Iterator for Rows<'_> {
    type Item = (u32, u64);

    #[inline]
    fn next(&mut self) -> Option<(u32, u64)> {
        let (row, rest) = self.0.split_first()?;
        self.0 = rest;
        let mut amount = row & MANY;
        if amount == MANY {
            let (many, rest) = self.0.split_first()?;
            (amount, self.0) = (*many, rest);
        }
        Some(((row >> 32) as u32, amount))
    }
}

impl Batch {
    /// An empty batch for so many shares.
    pub(super) fn new(shares: usize) -> Self {
        let mut batch = Batch {
            shares: Vec::with_capacity(shares),
            last: 0,
        };
        batch.shares.resize_with(shares, Share::default);
        batch
    }

    /// Empty it, and keep its memory.
    pub(super) fn clear(&mut self) {
        for share in &mut self.shares {
            share.hashes.clear();
            share.words.clear();
        }
    }

    /// A record of the unit that `value` names.
    #[inline]
    pub(super) fn record(&mut self, hasher: &Hasher, value: &Value<'_>) {
        let unit = value.meaning();
        let hash = hasher.of(&unit);
        self.last = share_of(hash, self.shares.len());
        if let Some(share) = self.shares.get_mut(self.last) {
            share.record(hash, &unit);
        }
    }

    /// What the record put last adds to the bucket with this key.
    #[inline]
    pub(super) fn add(&mut self, key: u32, amount: u64) {
        if let Some(share) = self.shares.get_mut(self.last) {
            share.add(key, amount);
        }
    }
}

/// Which of `shares` a unit with this hash falls into. The bits are ones that hash tables use least.
#[inline]
fn share_of(hash: u64, shares: usize) -> usize {
    ((((hash >> 24) & 0xFFFF_FFFF) * shares as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever records say is what is taken in, each in its share.
        #[test]
        fn records_are_taken_in_as_they_came(
            records in prop::collection::vec(
                ("[a-f]{0,20}", prop::collection::vec((any::<u32>(), amounts()), 0..4)), 0..30
            ),
            shares in 1..4usize,
        ) {
            let (mut batch, hasher) = (Batch::new(shares), Hasher::default());
            let mut expected = vec![Vec::new(); shares];
            for (unit, rows) in &records {
                let value = Value::Text(unit.as_bytes(), false);
                batch.record(&hasher, &value);
                rows.iter().for_each(|(key, amount)| batch.add(*key, *amount));
                let hash = hasher.of(&value.meaning());
                expected[share_of(hash, shares)].push((hash, value.meaning(), rows.clone()));
            }
            for (share, expected) in batch.shares.iter().zip(expected) {
                let records = share.hashes.iter().zip(share.records());
                let found: Vec<_> = records
                    .map(|(hash, (unit, rows))| (*hash, unit.meaning(), rows.collect()))
                    .collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    fn amounts() -> impl Strategy<Value = u64> {
        prop_oneof![
            Just(1),
            Just(MANY - 1),
            Just(MANY),
            0..=weftend_core::fold::MAX_AMOUNT
        ]
    }
}
