//! The order of member names: by UTF-16 code unit (RFC 8785 section 3.2.3), compared on UTF-8.
//!
//! UTF-8 and UTF-16 order the same but for one thing: U+E000..U+FFFF (lead bytes EE and EF) stand *after*
//! everything beyond the BMP (lead bytes F0..F4), which UTF-16 spells with surrogates D800..DFFF. Lifting the
//! two lead bytes over F4 gives UTF-16 order from a comparison of bytes: at the first difference both bytes
//! are lead bytes, or both belong to the same sequence.

use std::cmp::Ordering;
use std::ops::Range;

use super::block::{BLOCK, Block, padded};

/// The bits of [`leading`] that a character beyond ASCII sets.
const NON_ASCII: u128 = 0x8080_8080_8080_8080_8080_8080_8080_8080;

/// Rank of one UTF-8 byte such that ranks compare as UTF-16 code units do.
pub const fn rank(byte: u8) -> u8 {
    match byte {
        0xEE | 0xEF => byte + 0x10,
        _ => byte,
    }
}

/// Compares two names given as UTF-8 by their UTF-16 code units.
#[inline]
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    match first_difference(left, right) {
        Some(at) => rank(left[at]).cmp(&rank(right[at])),
        None => left.len().cmp(&right.len()),
    }
}

/// The first sixteen bytes of a name as a number. Where the numbers of two names differ, the names stand in their
/// order; ends count as zeros, so that equal numbers say nothing.
#[inline]
pub(crate) fn leading(name: &[u8]) -> u128 {
    let word = match name.first_chunk::<BLOCK>() {
        Some(bytes) => u128::from_be_bytes(*bytes),
        None => padded(name).swap_bytes(),
    };
    match word & NON_ASCII {
        0 => word,
        _ => u128::from_be_bytes(word.to_be_bytes().map(rank)),
    }
}

/// Index of the first byte that differs, within the shorter of the two.
#[inline]
fn first_difference(left: &[u8], right: &[u8]) -> Option<usize> {
    let length = left.len().min(right.len());
    let mut at = 0;
    while at < length {
        let common = Block::load(left, at).common(Block::load(right, at));
        at += common;
        if common < BLOCK {
            break;
        }
    }
    (at < length).then_some(at)
}

/// Whether the first name stands before the second; both are ranges of `text`, in canonical escaped form, and
/// `plain` says that neither has an escape.
///
/// Blocks are read beyond the ends of names, so that most pairs take one step and no branch on their lengths.
#[inline]
pub(crate) fn ascending(
    text: &[u8],
    first: Range<usize>,
    second: Range<usize>,
    plain: bool,
) -> bool {
    let common = Block::load(text, first.start).common(Block::load(text, second.start));
    if plain && common < first.len().min(second.len()).min(BLOCK) {
        return rank(text[first.start + common]) < rank(text[second.start + common]);
    }
    compare_escaped(&text[first], &text[second]) == Ordering::Less
}

/// Compares two names in canonical escaped form (without the quotes) by the UTF-16 code units they stand for.
pub(crate) fn compare_escaped(left: &[u8], right: &[u8]) -> Ordering {
    if left.contains(&b'\\') || right.contains(&b'\\') {
        return unescaped(left).map(rank).cmp(unescaped(right).map(rank));
    }
    compare(left, right)
}

/// The bytes that a name in canonical escaped form stands for.
pub(crate) fn unescaped(name: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *name.get(at)?;
        if byte != b'\\' {
            at += 1;
            return Some(byte);
        }
        let (value, length) = unescape(name.get(at + 1..)?);
        at += 1 + length;
        Some(value)
    })
}

/// The byte that a canonical escape stands for, and its length behind the backslash.
fn unescape(rest: &[u8]) -> (u8, usize) {
    match rest {
        [b'b', ..] => (0x08, 1),
        [b't', ..] => (b'\t', 1),
        [b'n', ..] => (b'\n', 1),
        [b'f', ..] => (0x0C, 1),
        [b'r', ..] => (b'\r', 1),
        // Only control characters are written this way, so the first two digits are 00.
        [b'u', _, _, high, low, ..] => (hex(*high) << 4 | hex(*low), 5),
        [other, ..] => (*other, 1),
        [] => (b'\\', 0),
    }
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20).wrapping_sub(b'a').wrapping_add(10) & 0x0F,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf16(left: &str, right: &str) -> Ordering {
        left.encode_utf16().cmp(right.encode_utf16())
    }

    #[test]
    fn beyond_the_bmp_stands_before_the_private_use_area() {
        assert_eq!(
            compare("\u{10000}".as_bytes(), "\u{E000}".as_bytes()),
            Ordering::Less
        );
        assert_eq!(
            compare("\u{FFFD}".as_bytes(), "\u{1F600}".as_bytes()),
            Ordering::Greater
        );
        assert_eq!(compare(b"a", b"ab"), Ordering::Less);
    }

    proptest! {
        #[test]
        fn bytes_order_as_utf16_does(left in ".{0,6}", right in ".{0,6}") {
            prop_assert_eq!(compare(left.as_bytes(), right.as_bytes()), utf16(&left, &right));
        }

        #[test]
        fn near_the_surrogates_too(
            left in "[\u{D7F0}-\u{D7FF}\u{E000}-\u{E010}\u{FFF0}-\u{1000F}a]{0,4}",
            right in "[\u{D7F0}-\u{D7FF}\u{E000}-\u{E010}\u{FFF0}-\u{1000F}a]{0,4}",
        ) {
            prop_assert_eq!(compare(left.as_bytes(), right.as_bytes()), utf16(&left, &right));
        }

        #[test]
        fn escaped_names_order_as_what_they_stand_for(
            left in "[\0-\u{30}\"\\\\a\u{E000}\u{10000}]{0,5}",
            right in "[\0-\u{30}\"\\\\a\u{E000}\u{10000}]{0,5}",
        ) {
            let (l, r) = (escaped(&left), escaped(&right));
            prop_assert_eq!(compare_escaped(&l, &r), utf16(&left, &right));
        }
    }

    fn escaped(name: &str) -> Vec<u8> {
        let mut out = crate::canonical::Buffer::new();
        crate::canonical::string::write(&mut out, name);
        out.as_slice()[1..out.len() - 1].to_vec()
    }
}
