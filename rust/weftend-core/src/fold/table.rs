//! Interning: digests and bucket keys become dense 32-bit numbers in order of arrival.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::{FoldError, UnitDigest};

/// Digests and their numbers. About 40 bytes a digest.
#[derive(Clone, Default)]
pub(super) struct DigestTable {
    digests: Vec<UnitDigest>,
    /// Made when somebody looks for a digest: who knows that digests are new needs none.
    index: OnceLock<HashTable<u32>>,
    hasher: RandomState,
}

impl DigestTable {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        DigestTable {
            digests: Vec::with_capacity(capacity),
            index: HashTable::with_capacity(capacity).into(),
            hasher: RandomState::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.digests.len()
    }

    pub(super) fn as_slice(&self) -> &[UnitDigest] {
        &self.digests
    }

    pub(super) fn get(&self, digest: &UnitDigest) -> Option<u32> {
        if self.digests.is_empty() {
            return None;
        }
        let hash = self.hasher.hash_one(digest);
        let index = self.index.get_or_init(|| self.indexed());
        index
            .find(hash, |&number| self.digests[number as usize] == *digest)
            .copied()
    }

    fn indexed(&self) -> HashTable<u32> {
        let mut index = HashTable::with_capacity(self.digests.len());
        // There are never more than 32 bits can number.
        for (number, digest) in (0..).zip(&self.digests) {
            let hash = |number: &u32| self.hasher.hash_one(self.digests[*number as usize]);
            index.insert_unique(self.hasher.hash_one(digest), number, hash);
        }
        index
    }

    /// Gives number `number` the digest `to`, which nothing else may have.
    pub(super) fn rename(&mut self, number: u32, to: &UnitDigest) -> Result<(), FoldError> {
        if self.get(to).is_some() {
            return Err(FoldError::Mismatch);
        }
        self.digests[number as usize] = *to;
        self.index = OnceLock::new();
        Ok(())
    }

    /// The number of `digest`, new if it was not there yet.
    pub(super) fn intern(&mut self, digest: &UnitDigest) -> Result<u32, FoldError> {
        let mut index = self.index.take().unwrap_or_else(|| self.indexed());
        let (digests, hasher) = (&mut self.digests, &self.hasher);
        let entry = index.entry(
            hasher.hash_one(digest),
            |&number| digests[number as usize] == *digest,
            |&number| hasher.hash_one(digests[number as usize]),
        );
        let number = match entry {
            Entry::Occupied(found) => Ok(*found.get()),
            Entry::Vacant(slot) => next_number(digests.len()).inspect(|number| {
                digests.push(*digest);
                slot.insert(*number);
            }),
        };
        self.index = index.into();
        number
    }

    /// A number for `digest`, of which the caller knows that it is not there.
    pub(super) fn push(&mut self, digest: &UnitDigest) -> Result<u32, FoldError> {
        let number = next_number(self.digests.len())?;
        self.digests.push(*digest);
        self.index.take();
        Ok(number)
    }

    /// Puts the digests of `other`, none of which is there, before those from number `at` on: the first `first` of
    /// them; the others behind.
    pub(super) fn splice(
        &mut self,
        at: usize,
        other: &DigestTable,
        first: usize,
    ) -> Result<(), FoldError> {
        let (first, rest) = other.digests.split_at(first);
        next_number(self.digests.len() + other.len())?;
        let moved = self.digests.split_off(at);
        self.digests.extend_from_slice(first);
        self.digests.extend_from_slice(&moved);
        self.digests.extend_from_slice(rest);
        self.index.take();
        Ok(())
    }
}

/// One bucket key: its channel and where its text lies.
#[derive(Clone, Copy)]
struct Key {
    channel: u16,
    bytes: u16,
    start: usize,
}

/// Bucket keys of all channels and their numbers; the texts lie in one string.
#[derive(Clone, Default)]
pub(super) struct KeyTable {
    keys: Vec<Key>,
    text: String,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl KeyTable {
    /// Whether both have the same keys, under the same numbers.
    pub(super) fn is_like(&self, other: &KeyTable) -> bool {
        let same = |key: u32| self.get(key) == other.get(key);
        self.len() == other.len() && (0..self.len() as u32).all(same)
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Channel and text of a bucket that this table has handed out.
    pub(super) fn get(&self, bucket: u32) -> (u16, &str) {
        let key = self.keys[bucket as usize];
        (
            key.channel,
            &self.text[key.start..key.start + usize::from(key.bytes)],
        )
    }

    /// The number of (`channel`, `key`), new if it was not there yet; `key` has at most 65,535 bytes.
    pub(super) fn intern(&mut self, channel: u16, key: &str) -> Result<u32, FoldError> {
        let hash = self.hasher.hash_one((channel, key));
        if let Some(&found) = self
            .index
            .find(hash, |&bucket| self.get(bucket) == (channel, key))
        {
            return Ok(found);
        }
        let bucket = next_number(self.keys.len())?;
        let bytes = u16::try_from(key.len()).map_err(|_| FoldError::Full)?;
        self.keys.push(Key {
            channel,
            bytes,
            start: self.text.len(),
        });
        self.text.push_str(key);
        let KeyTable {
            keys,
            text,
            index,
            hasher,
        } = self;
        index.insert_unique(hash, bucket, |&other| {
            let key = keys[other as usize];
            let stored = &text[key.start..key.start + usize::from(key.bytes)];
            hasher.hash_one((key.channel, stored))
        });
        Ok(bucket)
    }
}

/// The next free number; the greatest is kept free so that counts fit 32 bits too.
fn next_number(len: usize) -> Result<u32, FoldError> {
    u32::try_from(len)
        .ok()
        .filter(|&number| number < u32::MAX - 1)
        .ok_or(FoldError::Full)
}
