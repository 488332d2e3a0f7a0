//! What the three example producers share: repeatable dice, and a count of what was recorded.

pub mod fixtures;
pub mod models;

use weftend_core::record::{FieldValue, Refusal};

/// A field of an event: its name and a word.
pub fn word<'a>(name: &'a str, value: &'a str) -> (&'a str, FieldValue<'a>) {
    (name, FieldValue::Text(value))
}

/// A field of an event: its name and a whole number.
pub fn whole(name: &str, value: i64) -> (&str, FieldValue<'_>) {
    (name, FieldValue::Integer(value))
}

/// A field of an event: its name, and yes or no.
pub fn flag(name: &str, value: bool) -> (&str, FieldValue<'_>) {
    (name, FieldValue::Boolean(value))
}

/// Numbers that look like chance and are the same for the same seed.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice seeded by the program's first argument, 0 where there is none.
    pub fn of_arguments() -> Self {
        let seed = std::env::args().nth(1).and_then(|text| text.parse().ok());
        Dice(seed.unwrap_or(0))
    }

    /// A number from 0 to `below` - 1 (SplitMix64).
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below.max(1)
    }

    /// One of `words`; the empty text where there is none.
    pub fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let index = usize::try_from(self.roll(words.len() as u64)).unwrap_or(0);
        words.get(index).copied().unwrap_or_default()
    }

    /// A whole number from 0 to `below` - 1, as a field holds it.
    pub fn whole(&mut self, below: u64) -> i64 {
        i64::try_from(self.roll(below)).unwrap_or(i64::MAX)
    }

    /// A measurement from 0 to `below`.
    pub fn measure(&mut self, below: u64) -> f64 {
        self.roll(below * 10) as f64 / 10.0
    }
}

/// Counts what was recorded, and says so at the end, so that a test can hold the store against it.
#[derive(Debug, Default)]
pub struct Tally(u64);

impl Tally {
    /// Take note of one call.
    pub fn of(&mut self, recorded: Result<(), Refusal>) {
        match recorded {
            Ok(()) => self.0 += 1,
            Err(refusal) => eprintln!("{} {}", refusal.code.as_str(), refusal.field),
        }
    }

    /// Take note of `number` events that a counter holds.
    pub fn add(&mut self, number: u64) {
        self.0 += number;
    }

    /// Print how many events were recorded.
    pub fn say(&self) {
        println!("{}", self.0);
    }
}
