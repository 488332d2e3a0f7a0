//! Interning: digests and bucket keys become dense 32-bit numbers in order of arrival.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{FoldError, UnitDigest};

/// Digests and their numbers. About 40 bytes a digest.
#[derive(Clone, Default)]
pub(super) struct DigestTable {
    digests: Vec<UnitDigest>,
    index: HashTable<u32>,
    hasher: RandomState,
}

impl DigestTable {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        DigestTable {
            digests: Vec::with_capacity(capacity),
            index: HashTable::with_capacity(capacity),
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
        let hash = self.hasher.hash_one(digest);
        self.index
            .find(hash, |&number| self.digests[number as usize] == *digest)
            .copied()
    }

    /// Gives number `number` the digest `to`, which nothing else may have.
    pub(super) fn rename(&mut self, number: u32, to: &UnitDigest) -> Result<(), FoldError> {
        if self.get(to).is_some() {
            return Err(FoldError::Mismatch);
        }
        let DigestTable {
            digests,
            index,
            hasher,
        } = self;
        let hash = hasher.hash_one(digests[number as usize]);
        if let Ok(found) = index.find_entry(hash, |&other| other == number) {
            found.remove();
        }
        digests[number as usize] = *to;
        index.insert_unique(hasher.hash_one(to), number, |&other| {
            hasher.hash_one(digests[other as usize])
        });
        Ok(())
    }

    /// The number of `digest`, new if it was not there yet.
    pub(super) fn intern(&mut self, digest: &UnitDigest) -> Result<u32, FoldError> {
        let DigestTable {
            digests,
            index,
            hasher,
        } = self;
        let entry = index.entry(
            hasher.hash_one(digest),
            |&number| digests[number as usize] == *digest,
            |&number| hasher.hash_one(digests[number as usize]),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => Ok(*found.get()),
            hashbrown::hash_table::Entry::Vacant(slot) => {
                let number = next_number(digests.len())?;
                digests.push(*digest);
                slot.insert(number);
                Ok(number)
            }
        }
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
