//! A dictionary from values to what they stand for.
//!
//! It is larger than any cache, so what counts is how many places in memory a look goes to: one in the table, and one
//! where the value stands with its length and its number before it.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use weftend_core::fold::FoldError;

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

/// Values met so far and what they stand for.
pub(super) struct Tokens<T> {
    /// As many as a power of two, at least twice as many as there are values; each 0, or the upper half of a value's
    /// hash above one more than its place. Looking goes on from where the hash says to the next that is 0.
    slots: Vec<u64>,
    /// The values: each its number above its length and type, then its bytes in words, the last one filled with zeros.
    values: Vec<u64>,
    stand_for: Vec<T>,
    hasher: Hasher,
}

/// A value's length, which is below that of a line and so below 2^30, times four, plus its type.
#[inline]
fn length(kind: u32, bytes: &[u8]) -> u32 {
    (bytes.len() as u32) << 2 | kind
}

/// The upper half of a hash, which tells values apart before they are looked at.
#[inline]
fn check(hash: u64) -> u64 {
    hash >> 32
}

impl<T: Copy> Tokens<T> {
    pub(super) fn new(hasher: Hasher) -> Self {
        Tokens {
            slots: vec![0; 64],
            values: Vec::new(),
            stand_for: Vec::new(),
            hasher,
        }
    }

    /// What `value` stands for; `new` says it the first time. [`FoldError::Full`] beyond 32 GB of values.
    #[inline]
    pub(super) fn get(
        &mut self,
        value: &Value<'_>,
        new: impl FnOnce() -> Result<T, FoldError>,
    ) -> Result<T, FoldError> {
        self.get_hashed(self.hasher.of(value), value, new)
    }

    /// The same where its hash is known.
    #[inline]
    pub(super) fn get_hashed(
        &mut self,
        hash: u64,
        value: &Value<'_>,
        new: impl FnOnce() -> Result<T, FoldError>,
    ) -> Result<T, FoldError> {
        let (kind, bytes) = value.meaning();
        let known = self
            .places(hash)
            .find_map(|place| self.number(place, kind, &bytes));
        if let Some(known) = known.and_then(|number| self.stand_for.get(number)) {
            return Ok(*known);
        }
        let stands_for = new()?;
        self.insert(hash, kind, &bytes, stands_for)?;
        Ok(stands_for)
    }

    /// Where `value`, which has this hash, probably is, if it was met before: for [`Tokens::at`].
    #[inline]
    pub(super) fn probably(&self, hash: u64) -> Option<u32> {
        self.places(hash).next()
    }

    /// What `value` stands for, if it is at `place`.
    #[inline]
    pub(super) fn at(&self, place: u32, value: &Value<'_>) -> Option<T> {
        let (kind, bytes) = value.meaning();
        let number = self.number(place, kind, &bytes)?;
        self.stand_for.get(number).copied()
    }

    /// Places of values that may have this hash.
    #[inline]
    fn places(&self, hash: u64) -> impl Iterator<Item = u32> {
        let mask = self.slots.len() - 1;
        let start = check(hash) as usize;
        let slots =
            (0..=mask).map(move |step| self.slots.get((start + step) & mask).copied().unwrap_or(0));
        let slots = slots.take_while(|slot| *slot != 0);
        slots.filter_map(move |slot| (slot >> 32 == check(hash)).then_some(slot as u32 - 1))
    }

    /// The number of the value at `place`, if it is this one.
    #[inline]
    fn number(&self, place: u32, kind: u32, bytes: &[u8]) -> Option<usize> {
        let (head, known) = self.values.get(place as usize..)?.split_first()?;
        let (chunks, rest) = bytes.as_chunks::<8>();
        let (whole, known) = known.split_at_checked(chunks.len())?;
        let mut same = *head as u32 == length(kind, bytes);
        for (chunk, word) in chunks.iter().zip(whole) {
            same &= u64::from_le_bytes(*chunk) == *word;
        }
        if !rest.is_empty() {
            same &= known.first() == Some(&tail(bytes));
        }
        same.then_some((head >> 32) as usize)
    }

    #[cold]
    fn insert(
        &mut self,
        hash: u64,
        kind: u32,
        bytes: &[u8],
        stands_for: T,
    ) -> Result<(), FoldError> {
        let place = u32::try_from(self.values.len() + 1).map_err(|_| FoldError::Full)?;
        let number = self.stand_for.len() as u64;
        self.values
            .push(number << 32 | u64::from(length(kind, bytes)));
        let (words, rest) = bytes.as_chunks::<8>();
        self.values
            .extend(words.iter().map(|word| u64::from_le_bytes(*word)));
        self.values.extend((!rest.is_empty()).then(|| tail(bytes)));
        self.stand_for.push(stands_for);
        if self.stand_for.len() * 2 > self.slots.len() {
            let slots = vec![0; self.slots.len() * 2];
            let before = std::mem::replace(&mut self.slots, slots);
            let taken = before.into_iter().filter(|slot| *slot != 0);
            taken.for_each(|slot| self.put(slot));
        }
        self.put(check(hash) << 32 | u64::from(place));
        Ok(())
    }

    /// Put `slot` where it is looked for.
    fn put(&mut self, slot: u64) {
        let mask = self.slots.len() - 1;
        let start = (slot >> 32) as usize;
        for step in 0..=mask {
            if let Some(free @ 0) = self.slots.get_mut((start + step) & mask) {
                *free = slot;
                return;
            }
        }
    }
}

/// The bytes behind the last whole word, of which there are some, and zeros.
#[inline]
fn tail(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*last) >> (64 - bytes.len() % 8 * 8);
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let last = u64::from(u32::from_le_bytes(*last));
            u64::from(u32::from_le_bytes(*first)) | last << ((bytes.len() - 4) * 8)
        }
        _ => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn values_stand_for_what_they_stood_for_first(
            texts in prop::collection::vec("[ab]{0,9}|[a-c]{6,20}|a{0,60}", 0..400)
        ) {
            let mut tokens = Tokens::new(Hasher::default());
            let mut known = HashMap::new();
            for (turn, text) in texts.iter().enumerate() {
                let expected = *known.entry(text).or_insert(turn);
                let value = Value::Text(text.as_bytes(), false);
                prop_assert_eq!(tokens.get(&value, || Ok(turn)).unwrap(), expected);
                let place = tokens.probably(tokens.hasher.of(&value)).expect("it is there");
                prop_assert_eq!(tokens.at(place, &value), Some(expected));
            }
        }

        #[test]
        fn values_of_one_hash_are_told_apart(texts in prop::collection::vec("[ab]{0,12}", 0..40)) {
            let mut tokens = Tokens::new(Hasher::default());
            let mut known = HashMap::new();
            for (turn, text) in texts.iter().enumerate() {
                let expected = *known.entry(text).or_insert(turn);
                let value = Value::Text(text.as_bytes(), false);
                prop_assert_eq!(tokens.get_hashed(7, &value, || Ok(turn)).unwrap(), expected);
            }
        }
    }

    #[test]
    fn values_of_different_types_are_told_apart() {
        let mut tokens = Tokens::new(Hasher::default());
        let values = [
            Value::Text(b"1", false),
            Value::Number(b"1"),
            Value::Text(b"true", false),
            Value::Boolean(true),
        ];
        for turn in 0..2 {
            for (number, value) in values.iter().enumerate() {
                assert_eq!(tokens.get(value, || Ok(number + turn)), Ok(number));
            }
        }
    }

    #[test]
    fn tails_are_the_last_bytes() {
        let bytes = b"0123456789abcdefghij";
        for start in 0..12 {
            for end in (start + 1..bytes.len()).filter(|end| (end - start) % 8 != 0) {
                let bytes = &bytes[start..end];
                let mut padded = [0; 8];
                let rest = &bytes[bytes.len() / 8 * 8..];
                padded[..rest.len()].copy_from_slice(rest);
                assert_eq!(tail(bytes), u64::from_le_bytes(padded), "{bytes:?}");
            }
        }
    }
}
