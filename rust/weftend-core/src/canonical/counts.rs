//! Count maps whose names come in order, as folds make them and files hold them: each member in one step.

use super::block::{BLOCK, Block};
use super::buffer::Buffer;
use super::number::{EIGHT_DIGITS, write_short};
use super::order::compare;
use super::string::write_plain;

/// Writes an object whose members come in order and are usual ones.
///
/// Each member is written with a comma in front, and what stands in front of the first one becomes the brace in the
/// end: no step depends on whether it is the first.
#[derive(Debug)]
pub struct Counts<'n> {
    start: usize,
    last: Name<'n>,
}

/// A name, and its first sixteen bytes as a number: where the numbers of two names differ, the names stand in
/// their order. Ends count as zeros, so that equal numbers say nothing.
#[derive(Clone, Copy, Debug)]
struct Name<'n> {
    text: &'n [u8],
    number: u128,
}

impl<'n> Counts<'n> {
    /// An object that begins where `out` ends.
    #[inline]
    pub fn begin(out: &Buffer) -> Self {
        let last = Name {
            text: b"",
            number: 0,
        };
        Counts {
            start: out.len(),
            last,
        }
    }

    /// Appends a member.
    ///
    /// `false` if this was no usual member: its name is empty, does not stand behind the one before, is not all
    /// ASCII, or needs an escape; or its count is below 0 or has more than eight digits. What was written of the
    /// object is then to be taken back with [`Counts::take_back`].
    #[inline]
    pub fn write(&mut self, out: &mut Buffer, name: &'n str, count: i64) -> bool {
        let (text, count) = (name.as_bytes(), count as u64);
        let block = Block::load(text, 0);
        let name = Name {
            text,
            number: u128::from_be_bytes(*block.bytes()),
        };
        if count >= EIGHT_DIGITS || !self.last.precedes(name) {
            return false;
        }
        self.last = name;
        let room = out.room(text.len() + 3 * BLOCK);
        room[..2].copy_from_slice(b",\"");
        if !write_plain(&mut room[2..], text, block, Block::not_plain_ascii) {
            return false;
        }
        let behind = &mut room[2 + text.len()..];
        behind[..2].copy_from_slice(b"\":");
        let digits = write_short(&mut behind[2..], count);
        out.advance(text.len() + 4 + digits);
        true
    }

    /// Ends the object.
    #[inline]
    pub fn end(self, out: &mut Buffer) {
        if out.len() == self.start {
            out.push(b'{');
        } else {
            out.replace(self.start, b'{');
        }
        out.push(b'}');
    }

    /// Takes back what was written of the object.
    #[inline]
    pub fn take_back(self, out: &mut Buffer) {
        out.truncate(self.start);
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
        behind
            && !name.is_empty()
            && name.is_ascii()
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
            let (mut out, mut plain) = (Buffer::new(), Buffer::new());
            out.extend_from_slice(b"before");
            plain.extend_from_slice(b"before{");
            let mut counts = Counts::begin(&out);
            for (index, name) in names.iter().enumerate() {
                let before = index.checked_sub(1).map(|before| &names[before]);
                let usual = is_usual(before, name, count);
                prop_assert_eq!(counts.write(&mut out, name, count), usual);
                if !usual {
                    counts.take_back(&mut out);
                    prop_assert_eq!(out.as_slice(), b"before");
                    return Ok(());
                }
                string::write_name(&mut plain, index == 0, name);
                number::write_i64(&mut plain, count).unwrap();
            }
            counts.end(&mut out);
            plain.push(b'}');
            prop_assert_eq!(out.as_slice(), plain.as_slice());
        }
    }
}
