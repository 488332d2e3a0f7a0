//! A dictionary from values to what they stand for.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::value::Value;

/// Hashes values as what they mean: two spellings of one value have one hash.
#[derive(Clone, Default)]
pub(super) struct Hasher(RandomState);

impl Hasher {
    /// The hash of `value`.
    #[inline]
    pub(super) fn of(&self, value: &Value<'_>) -> u64 {
        self.0.hash_one(&*value.meaning().1)
    }
}

/// Values up to this many bytes stand beside what they stand for, which saves a look somewhere else in memory.
const INLINE: usize = 40;

/// Values met so far and what they stand for.
///
/// The hash table holds numbers only, so that it stays small and grows without moving values.
pub(super) struct Tokens<T> {
    index: HashTable<Slot>,
    known: Vec<Token<T>>,
    /// The values that are too long to stand among the others.
    long: Vec<u8>,
    hasher: Hasher,
}

/// Where a value is.
#[derive(Clone, Copy)]
struct Slot {
    /// The upper half of its hash.
    check: u32,
    number: u32,
}

/// One value and what it stands for.
struct Token<T> {
    hash: u64,
    /// The value, or else, in its first eight bytes, where it starts among the long ones.
    bytes: [u8; INLINE],
    /// Its length in bytes times four, plus its type.
    length: u32,
    stands_for: T,
}

/// The length of a value, which is shorter than a line and so than 2^30 bytes, times four, plus its type.
#[inline]
fn length(kind: u32, bytes: &[u8]) -> u32 {
    (bytes.len() as u32) << 2 | kind
}

fn check(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl<T> Token<T> {
    #[inline]
    fn bytes<'a>(&'a self, long: &'a [u8]) -> &'a [u8] {
        let length = (self.length >> 2) as usize;
        if let Some(inline) = self.bytes.get(..length) {
            return inline;
        }
        let [first, ..] = self.bytes.as_chunks::<8>().0 else {
            return &[];
        };
        let start = u64::from_le_bytes(*first) as usize;
        long.get(start..start + length).unwrap_or_default()
    }

    #[inline]
    fn is(&self, kind: u32, bytes: &[u8], long: &[u8]) -> bool {
        self.length == length(kind, bytes) && self.bytes(long) == bytes
    }
}

impl<T: Copy> Tokens<T> {
    pub(super) fn new(hasher: Hasher) -> Self {
        Tokens {
            index: HashTable::new(),
            known: Vec::new(),
            long: Vec::new(),
            hasher,
        }
    }

    /// What `value` stands for; `new` says it the first time.
    #[inline]
    pub(super) fn get<E>(
        &mut self,
        value: &Value<'_>,
        new: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.get_hashed(self.hasher.of(value), value, new)
    }

    /// The same where its hash is known.
    #[inline]
    pub(super) fn get_hashed<E>(
        &mut self,
        hash: u64,
        value: &Value<'_>,
        new: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let (kind, bytes) = value.meaning();
        let same = |slot: &Slot| {
            let token = self.known.get(slot.number as usize);
            slot.check == check(hash)
                && token.is_some_and(|token| token.is(kind, &bytes, &self.long))
        };
        if let Some(slot) = self.index.find(hash, same)
            && let Some(token) = self.known.get(slot.number as usize)
        {
            return Ok(token.stands_for);
        }
        new().inspect(|stands_for| self.insert(hash, kind, &bytes, *stands_for))
    }

    /// Where a value with this hash probably is, if it was met before: for [`Tokens::is_at`].
    #[inline]
    pub(super) fn probably(&self, hash: u64) -> Option<u32> {
        let slot = self.index.find(hash, |slot| slot.check == check(hash));
        slot.map(|slot| slot.number)
    }

    /// What `value` stands for, if that is where it is.
    #[inline]
    pub(super) fn is_at(&self, number: u32, value: &Value<'_>) -> Option<T> {
        let token = self.known.get(number as usize)?;
        let (kind, bytes) = value.meaning();
        token
            .is(kind, &bytes, &self.long)
            .then_some(token.stands_for)
    }

    #[cold]
    fn insert(&mut self, hash: u64, kind: u32, value: &[u8], stands_for: T) {
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..value.len()) {
            Some(inline) => inline.copy_from_slice(value),
            None => {
                bytes[..8].copy_from_slice(&(self.long.len() as u64).to_le_bytes());
                self.long.extend_from_slice(value);
            }
        }
        let slot = Slot {
            check: check(hash),
            // Of units and keys there are never more than 32 bits can number.
            number: self.known.len() as u32,
        };
        self.known.push(Token {
            hash,
            bytes,
            length: length(kind, value),
            stands_for,
        });
        let known = &self.known;
        let hash_of = |slot: &Slot| {
            known
                .get(slot.number as usize)
                .map_or(0, |token| token.hash)
        };
        self.index.insert_unique(hash, slot, hash_of);
    }
}
