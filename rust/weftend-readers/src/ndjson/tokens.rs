//! A dictionary from values as they are written to the numbers a fold has given them.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::fields::Value;

/// Values met so far and what they stand for; two spellings of one value are two entries with one number.
#[derive(Clone)]
pub(super) struct Tokens<T> {
    text: String,
    entries: Vec<Entry<T>>,
    index: HashTable<u32>,
    hasher: RandomState,
}

#[derive(Clone)]
struct Entry<T> {
    start: usize,
    length: u32,
    tag: u8,
    number: T,
}

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Tokens {
            text: String::new(),
            entries: Vec::new(),
            index: HashTable::new(),
            hasher: RandomState::default(),
        }
    }
}

impl<T: Copy> Tokens<T> {
    /// What `value` stands for; `number` says it the first time.
    #[inline]
    pub(super) fn get<E>(
        &mut self,
        value: &Value<'_>,
        number: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let (tag, raw) = spelled(value);
        let hash = self.hasher.hash_one(raw) ^ u64::from(tag);
        let Tokens {
            text,
            entries,
            index,
            ..
        } = &*self;
        let same = |&entry: &u32| {
            let entry = &entries[entry as usize];
            entry.tag == tag
                && text.as_bytes()[entry.start..entry.start + entry.length as usize]
                    == *raw.as_bytes()
        };
        match index.find(hash, same) {
            Some(&entry) => Ok(self.entries[entry as usize].number),
            None => self.insert(hash, tag, raw, number()?),
        }
    }

    /// Lines are shorter than 2^32 bytes; where there are more values than that, the rest is just not kept.
    fn insert<E>(&mut self, hash: u64, tag: u8, raw: &str, number: T) -> Result<T, E> {
        let (Ok(length), Ok(place)) = (u32::try_from(raw.len()), u32::try_from(self.entries.len()))
        else {
            return Ok(number);
        };
        self.entries.push(Entry {
            start: self.text.len(),
            length,
            tag,
            number,
        });
        self.text.push_str(raw);
        let Tokens {
            text,
            entries,
            index,
            hasher,
        } = self;
        index.insert_unique(hash, place, |&entry| {
            let entry = &entries[entry as usize];
            hasher.hash_one(&text[entry.start..entry.start + entry.length as usize])
                ^ u64::from(entry.tag)
        });
        Ok(number)
    }
}

/// How a value is spelled, apart from values of other types that are spelled alike.
#[inline]
fn spelled<'a>(value: &Value<'a>) -> (u8, &'a str) {
    match *value {
        Value::Text(raw, false) => (0, raw),
        Value::Text(raw, true) => (1, raw),
        Value::Number(token) => (2, token),
        Value::Boolean(true) => (3, "true"),
        Value::Boolean(false) => (3, "false"),
    }
}
