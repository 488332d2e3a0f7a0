//! Count maps whose names come in order, as folds make them and files hold them: each member in one step.

use super::block::{BLOCK, Block};
use super::buffer::Buffer;
use super::number::{EIGHT_DIGITS, write_short};
use super::order::{NON_ASCII, compare};
use super::string::write_plain_from;

/// Writes the members of an object in the order in which they come, as long as they are usual ones.
#[derive(Debug, Default)]
pub struct Counts<'n> {
    last: Option<Name<'n>>,
}

/// A name, and its first sixteen bytes as a number: where the numbers of two names differ, the names stand in
/// their order. Ends count as zeros, so that equal numbers say nothing.
#[derive(Clone, Copy, Debug)]
struct Name<'n> {
    text: &'n [u8],
    number: u128,
}

impl<'n> Counts<'n> {
    /// Appends a member: a comma unless it is the first, the name in quotes, a colon, the count.
    ///
    /// `false` if this was no usual member: its name does not stand behind the one before, begins beyond ASCII, or
    /// needs an escape; or its count is below 0 or has more than eight digits. What was written of the object is
    /// then to be taken back.
    #[inline]
    pub fn write(&mut self, out: &mut Buffer, name: &'n str, count: i64) -> bool {
        let (text, count, comma) = (
            name.as_bytes(),
            count as u64,
            usize::from(self.last.is_some()),
        );
        let block = Block::load(text, 0);
        let name = Name {
            text,
            number: u128::from_be_bytes(*block.bytes()),
        };
        let room = out.room(text.len() + 3 * BLOCK);
        room[0] = b',';
        room[comma] = b'"';
        if name.number & NON_ASCII != 0
            || count >= EIGHT_DIGITS
            || !write_plain_from(&mut room[comma + 1..], text, block)
            || !self
                .last
                .replace(name)
                .is_none_or(|last| last.precedes(name))
        {
            return false;
        }
        let behind = &mut room[comma + 1 + text.len()..];
        behind[..2].copy_from_slice(b"\":");
        let digits = write_short(&mut behind[2..], count);
        out.advance(comma + 1 + text.len() + 2 + digits);
        true
    }
}

impl Name<'_> {
    #[inline]
    fn precedes(self, other: Self) -> bool {
        match self.number == other.number {
            true => compare(self.text, other.text).is_lt(),
            false => self.number < other.number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{number, order, string};
    use proptest::prelude::*;

    fn is_usual(before: Option<&String>, name: &str, count: i64) -> bool {
        let behind =
            before.is_none_or(|before| order::compare(before.as_bytes(), name.as_bytes()).is_lt());
        let ascii = name.bytes().take(BLOCK).all(|byte| byte.is_ascii());
        behind
            && ascii
            && (0..100_000_000).contains(&count)
            && !name.contains(|c| c < ' ' || "\"\\".contains(c))
    }

    proptest! {
        #[test]
        fn usual_members_are_written_as_any_other(
            names in prop::collection::vec("(a{14,17}|a{31,33})?[ !#a\u{E000}\u{10000}]{0,3}[\0\"]?", 0..4),
            digits in 0u32..10,
            near in -2i64..3,
        ) {
            let count = 10i64.pow(digits) + near;
            let (mut counts, mut out, mut plain) = (Counts::default(), Buffer::new(), Buffer::new());
            for (index, name) in names.iter().enumerate() {
                let before = index.checked_sub(1).map(|before| &names[before]);
                let usual = is_usual(before, name, count);
                prop_assert_eq!(counts.write(&mut out, name, count), usual);
                if !usual {
                    break;
                }
                string::write_name(&mut plain, index == 0, name);
                number::write_i64(&mut plain, count).unwrap();
                prop_assert_eq!(out.as_slice(), plain.as_slice());
            }
        }
    }
}
