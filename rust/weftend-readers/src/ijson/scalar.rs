//! Scalars read where they stand, in one pass over their bytes and without an index: for lines of a known shape.
//!
//! The text need not be known to be UTF-8: what is read is checked.

use wide::i8x16;

use super::number;
use super::string::check_escapes;
use super::{Fault, Scan};

/// A scalar as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    /// What stands between the quotes, and whether there are escapes in it.
    Text(&'a [u8], bool),
    /// A number, checked for range.
    Number(&'a [u8]),
    /// `true` or `false`.
    Boolean(bool),
    Null,
}

impl<'a> Scalar<'a> {
    /// The scalar at `at`, and where it ends.
    ///
    /// `Fault` where none stands there whole, and, though one may, where it begins in the last bytes of the text.
    #[inline]
    pub(crate) fn read(text: &'a [u8], at: usize) -> Scan<(Self, usize)> {
        let span = |start: usize, end: usize| text.get(start..end).ok_or(Fault);
        match text.get(at).ok_or(Fault)? {
            b'"' => {
                let (end, escaped) = string_end(text, at + 1)?;
                Ok((Scalar::Text(span(at + 1, end)?, escaped), end + 1))
            }
            b'-' | b'0'..=b'9' => {
                let end = number::end(text, at)?;
                Ok((Scalar::Number(span(at, end)?), end))
            }
            _ => word(text.get(at..).ok_or(Fault)?).map(|(word, length)| (word, at + length)),
        }
    }
}

/// Where the scalar at `at` ends, for one that nobody asks for; `Fault` as in [`Scalar::read`].
#[inline]
pub(crate) fn end(text: &[u8], at: usize) -> Scan<usize> {
    match text.get(at).ok_or(Fault)? {
        b'"' => string_end(text, at + 1).map(|(end, _)| end + 1),
        b'-' | b'0'..=b'9' => number::end(text, at),
        _ => word(text.get(at..).ok_or(Fault)?).map(|(_, length)| at + length),
    }
}

fn word<'a>(text: &[u8]) -> Scan<(Scalar<'a>, usize)> {
    match text {
        [b't', b'r', b'u', b'e', ..] => Ok((Scalar::Boolean(true), 4)),
        [b'f', b'a', b'l', b's', b'e', ..] => Ok((Scalar::Boolean(false), 5)),
        [b'n', b'u', b'l', b'l', ..] => Ok((Scalar::Null, 4)),
        _ => Err(Fault),
    }
}

/// Where the string ends that begins at `start`, behind its opening quote, and whether there are escapes in it.
#[inline]
fn string_end(text: &[u8], start: usize) -> Scan<(usize, bool)> {
    let mut at = start;
    loop {
        let chunk = text.get(at..).and_then(|rest| rest.first_chunk());
        let odd = odd_bytes(chunk.ok_or(Fault)?);
        if odd != 0 {
            at += odd.trailing_zeros() as usize;
            break;
        }
        at += 16;
    }
    match text.get(at) {
        Some(b'"') => Ok((at, false)),
        _ => careful_end(text, start, at),
    }
}

/// A bit for each byte that is not simply a part of a string: quotes, backslashes, control characters, and what is
/// not ASCII.
#[inline]
fn odd_bytes(chunk: &[u8; 16]) -> u32 {
    let bytes = i8x16::from(chunk.map(|byte| byte as i8));
    let is = |byte: u8| bytes.simd_eq(i8x16::splat(byte as i8));
    // What is not ASCII is negative here.
    (is(b'"') | is(b'\\') | bytes.simd_lt(i8x16::splat(0x20))).to_bitmask()
}

/// The same where something odd stands at `at` and nothing before it.
#[cold]
fn careful_end(text: &[u8], start: usize, mut at: usize) -> Scan<(usize, bool)> {
    let mut escaped = false;
    loop {
        let rest = text.get(at..).ok_or(Fault)?;
        at += memchr::memchr2(b'"', b'\\', rest).ok_or(Fault)?;
        if text.get(at) == Some(&b'"') {
            break;
        }
        escaped = true;
        at += 2;
    }
    let raw = text.get(start..at).ok_or(Fault)?;
    if raw.iter().any(|byte| *byte < 0x20) || std::str::from_utf8(raw).is_err() {
        return Err(Fault);
    }
    if escaped {
        let slash = |at: usize| Some(at + memchr::memchr(b'\\', raw.get(at..)?)?);
        check_escapes(raw, 0, raw.len(), slash)?;
    }
    Ok((at, escaped))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use weftend_core::canonical;

    use super::*;

    /// What scalars are made of, whole and broken.
    const PIECES: &[&[u8]] = &[
        b"\"",
        b"\"",
        b"a",
        b"a longer piece of text",
        b"\xC3\xA9",
        b"\xC3",
        b"\x1F",
        b"\\\"",
        b"\\\\",
        b"\\n",
        b"\\u00e9",
        b"\\ud83d\\ude00",
        b"\\ud83d",
        b"\\",
        b"0",
        b"-",
        b"17",
        b".5",
        b"e400",
        b"E-3",
        b"9007199254740993",
        b"true",
        b"false",
        b"null",
        b"nul",
        b",",
        b"}",
        b"{",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Whatever is read as a scalar is one by the plain rules; and what is one is read.
        #[test]
        fn reads_the_scalars_that_the_canonicalizer_has(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..6)
        ) {
            let mut text = pieces.concat();
            let length = text.len();
            text.extend_from_slice(b",                 ");
            let whole = canonical::canonicalize_text(&text[..length]).is_ok();
            let read = Scalar::read(&text, 0).map(|(_, end)| end);
            if let Ok(end) = read {
                let alone = canonical::canonicalize_text(&text[..end]);
                prop_assert!(alone.is_ok(), "{:?}", alone);
            }
            if whole && text[0] != b'{' {
                prop_assert_eq!(read, Ok(length));
            }
        }
    }

    #[test]
    fn says_what_it_read() {
        let read = |text: &str| {
            let padded = format!("{text}                ");
            Scalar::read(padded.as_bytes(), 0).map(|(scalar, end)| (format!("{scalar:?}"), end))
        };
        let told = |scalar: Scalar<'_>, end| Ok((format!("{scalar:?}"), end));
        assert_eq!(read("\"ab\","), told(Scalar::Text(b"ab", false), 4));
        assert_eq!(read("\"\\n\""), told(Scalar::Text(b"\\n", true), 4));
        assert_eq!(read("-1.5e3]"), told(Scalar::Number(b"-1.5e3"), 6));
        assert_eq!(read("false"), told(Scalar::Boolean(false), 5));
        assert_eq!(read("null"), told(Scalar::Null, 4));
        assert_eq!(Scalar::read(b"\"", 0), Err(Fault));
        assert_eq!(Scalar::read(b"", 0), Err(Fault));
    }
}
