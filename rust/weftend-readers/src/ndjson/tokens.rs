//! A dictionary from values to numbers that they stand for.
//!
//! It is larger than any cache, so what counts is how many places in memory a look goes to: one in the table, and one
//! where the value stands with its length and its number before it.

use std::hash::{BuildHasher, Hasher as _};

use foldhash::fast::RandomState;
use weftend_core::fold::FoldError;

use super::meaning::{Keep, Meaning};

/// Hashes values as what they mean: two spellings of one value have one hash.
#[derive(Clone, Default)]
pub(super) struct Hasher(RandomState);

impl Hasher {
    /// The hash of a value.
    #[inline]
    pub(super) fn of(&self, value: &Meaning<'_>) -> u64 {
        // Without its length, which is compared with the value.
        let mut hasher = self.0.build_hasher();
        hasher.write(&value.bytes);
        hasher.finish()
    }
}

/// Values met so far, and the number that each stands for.
pub(super) struct Tokens {
    /// As many as a power of two, at least twice as many as there are values; each 0, or the upper half of a value's
    /// hash above one more than its place. Looking goes on from where the hash says to the next that is 0.
    slots: Vec<u64>,
    /// The values: each the number it stands for above its head, then its words.
    values: Vec<u64>,
    /// How many values there are.
    count: usize,
}

/// The upper half of a hash, which tells values apart before they are looked at.
#[inline]
fn check(hash: u64) -> u64 {
    hash >> 32
}

impl Tokens {
    pub(super) fn new() -> Self {
        Tokens {
            slots: vec![0; 64],
            values: Vec::new(),
            count: 0,
        }
    }

    /// What `value`, which has this hash, stands for; `new` says it the first time. [`FoldError::Full`] beyond 32 GB of
    /// values.
    #[inline]
    pub(super) fn get(
        &mut self,
        hash: u64,
        value: &impl Keep,
        new: impl FnOnce() -> Result<u32, FoldError>,
    ) -> Result<u32, FoldError> {
        let known = |place| self.is(place, self.first(place), value);
        if let Some(known) = self.places(hash).find_map(known) {
            return Ok(known);
        }
        let stands_for = new()?;
        self.insert(hash, value, stands_for)?;
        Ok(stands_for)
    }

    /// Where a value that has this hash probably is, if it was met before: for [`Tokens::first`].
    #[inline]
    pub(super) fn probably(&self, hash: u64) -> Option<u32> {
        self.places(hash).next()
    }

    /// What the first word at `place` is, for [`Tokens::is`].
    #[inline]
    pub(super) fn first(&self, place: u32) -> u64 {
        self.values.get(place as usize).copied().unwrap_or(0)
    }

    /// What `value` stands for, if it is at `place`, where `first` is the first word.
    #[inline]
    pub(super) fn is(&self, place: u32, first: u64, value: &impl Keep) -> Option<u32> {
        let words = self.values.get(place as usize + 1..)?;
        let same = first as u32 == value.head() && value.begins(words);
        same.then_some((first >> 32) as u32)
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

    #[cold]
    fn insert(&mut self, hash: u64, value: &impl Keep, stands_for: u32) -> Result<(), FoldError> {
        let place = u32::try_from(self.values.len() + 1).map_err(|_| FoldError::Full)?;
        self.values
            .push(u64::from(stands_for) << 32 | u64::from(value.head()));
        value.write(&mut self.values);
        self.count += 1;
        if self.count * 2 > self.slots.len() {
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::value::Value;
    use super::*;

    fn text(text: &str) -> Meaning<'_> {
        Value::Text(text.as_bytes(), false).meaning()
    }

    proptest! {
        #[test]
        fn values_stand_for_what_they_stood_for_first(
            texts in prop::collection::vec("[ab]{0,9}|[a-c]{6,20}|a{0,60}", 0..400)
        ) {
            let (mut tokens, hasher, mut known) =
                (Tokens::new(), Hasher::default(), HashMap::new());
            for (turn, value) in (0..).zip(&texts) {
                let expected = *known.entry(value).or_insert(turn);
                let value = text(value);
                let hash = hasher.of(&value);
                prop_assert_eq!(tokens.get(hash, &value, || Ok(turn)).unwrap(), expected);
                let place = tokens.probably(hash).expect("it is there");
                prop_assert_eq!(tokens.is(place, tokens.first(place), &value), Some(expected));
            }
        }

        #[test]
        fn values_of_one_hash_are_told_apart(texts in prop::collection::vec("[ab]{0,12}", 0..40)) {
            let (mut tokens, mut known) = (Tokens::new(), HashMap::new());
            for (turn, value) in (0..).zip(&texts) {
                let expected = *known.entry(value).or_insert(turn);
                prop_assert_eq!(tokens.get(7, &text(value), || Ok(turn)).unwrap(), expected);
            }
        }
    }

    #[test]
    fn values_of_different_types_are_told_apart() {
        let (mut tokens, hasher) = (Tokens::new(), Hasher::default());
        let values = [
            Value::Text(b"1", false),
            Value::Number(b"1"),
            Value::Text(b"true", false),
            Value::Boolean(true),
        ];
        for turn in 0..2 {
            for (number, value) in (0..).zip(&values) {
                let value = value.meaning();
                let known = tokens.get(hasher.of(&value), &value, || Ok(number + turn));
                assert_eq!(known, Ok(number));
            }
        }
    }
}
