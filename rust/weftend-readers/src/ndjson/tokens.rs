//! A dictionary from values as they are written to the numbers a fold has given them.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::value::{Value, unescaped};

/// Hashes values as what they mean: two spellings of one value have one hash.
#[derive(Clone, Default)]
pub(super) struct Hasher(RandomState);

impl Hasher {
    /// The hash of `value`.
    #[inline]
    pub(super) fn of(&self, value: &Value<'_>) -> u64 {
        match value {
            Value::Text(raw, false) => self.0.hash_one(raw),
            _ => self.of_meaning(value),
        }
    }

    fn of_meaning(&self, value: &Value<'_>) -> u64 {
        match *value {
            Value::Text(raw, true) => self.0.hash_one(unescaped(raw).as_bytes()),
            _ => self.0.hash_one(value.canonical().as_bytes()),
        }
    }
}

/// Values up to this many bytes stand in the table itself, which saves a look somewhere else in memory.
const INLINE: usize = 40;

/// Values met so far and what they stand for; two spellings of one value are two entries with one number.
pub(super) struct Tokens<T> {
    index: HashTable<Token<T>>,
    /// The values that are too long for the table.
    long: Vec<u8>,
    hasher: Hasher,
}

/// One spelling and what it stands for.
struct Token<T> {
    hash: u64,
    /// The spelling, or else, in its first eight bytes, where it starts among the long ones.
    bytes: [u8; INLINE],
    length: u32,
    tag: u8,
    number: T,
}

impl<T> Token<T> {
    #[inline]
    fn spelling<'a>(&'a self, long: &'a [u8]) -> &'a [u8] {
        let length = self.length as usize;
        if let Some(inline) = self.bytes.get(..length) {
            return inline;
        }
        let [first, ..] = self.bytes.as_chunks::<8>().0 else {
            return &[];
        };
        let start = u64::from_le_bytes(*first) as usize;
        long.get(start..start + length).unwrap_or_default()
    }
}

impl<T: Copy> Tokens<T> {
    pub(super) fn new(hasher: Hasher) -> Self {
        Tokens {
            index: HashTable::new(),
            long: Vec::new(),
            hasher,
        }
    }

    /// What `value` stands for; `number` says it the first time.
    #[inline]
    pub(super) fn get<E>(
        &mut self,
        value: &Value<'_>,
        number: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        self.get_hashed(self.hasher.of(value), value, number)
    }

    /// The same where its hash is known.
    #[inline]
    pub(super) fn get_hashed<E>(
        &mut self,
        hash: u64,
        value: &Value<'_>,
        number: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        match self.find(hash, value) {
            Some(known) => Ok(known),
            None => number().inspect(|number| self.insert(hash, value, *number)),
        }
    }

    /// What `value`, which has this hash, stands for, if it was met before.
    #[inline]
    pub(super) fn find(&self, hash: u64, value: &Value<'_>) -> Option<T> {
        let (tag, raw) = spelled(value);
        let same = |token: &Token<T>| {
            token.hash == hash && token.tag == tag && token.spelling(&self.long) == raw
        };
        self.index.find(hash, same).map(|token| token.number)
    }

    #[cold]
    fn insert(&mut self, hash: u64, value: &Value<'_>, number: T) {
        let (tag, raw) = spelled(value);
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..raw.len()) {
            Some(inline) => inline.copy_from_slice(raw),
            None => {
                bytes[..8].copy_from_slice(&(self.long.len() as u64).to_le_bytes());
                self.long.extend_from_slice(raw);
            }
        }
        let token = Token {
            hash,
            bytes,
            // Lines are shorter than 2^32 bytes, so their values are.
            length: u32::try_from(raw.len()).unwrap_or_default(),
            tag,
            number,
        };
        self.index.insert_unique(hash, token, |token| token.hash);
    }
}

/// How a value is spelled, apart from values of other types that are spelled alike.
#[inline]
fn spelled<'a>(value: &Value<'a>) -> (u8, &'a [u8]) {
    match *value {
        Value::Text(raw, false) => (0, raw),
        Value::Text(raw, true) => (1, raw),
        Value::Number(token) => (2, token),
        Value::Boolean(true) => (3, b"true"),
        Value::Boolean(false) => (3, b"false"),
    }
}
