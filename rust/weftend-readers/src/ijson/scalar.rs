//! Scalars read where they stand, in one pass over their bytes.

use super::number;
use super::string;
use super::{Fault, Scan};

/// A scalar as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    /// What stands between the quotes, and whether there are escapes in it: the parts of a `Str`, which are moved in
    /// whole words.
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
    /// `Fault` where none stands there whole.
    #[inline]
    pub(crate) fn read(text: &'a [u8], at: usize) -> Scan<(Self, usize)> {
        let span = |start: usize, end: usize| text.get(start..end).ok_or(Fault);
        match text.get(at).ok_or(Fault)? {
            b'"' => {
                let (end, escaped) = string::end(text, at + 1)?;
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
///
/// Always inlined, since most scalars of a line are passed over here, and a call takes as long as a short one.
#[inline(always)]
pub(crate) fn end(text: &[u8], at: usize) -> Scan<usize> {
    match text.get(at).ok_or(Fault)? {
        b'"' => string::end(text, at + 1).map(|(end, _)| end + 1),
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use weftend_core::canonical;

    use super::super::tests::OF_STRINGS;
    use super::*;

    /// What scalars are made of, whole and broken, beside strings.
    const PIECES: &[&[u8]] = &[
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
            pieces in prop::collection::vec(prop::sample::select([OF_STRINGS, PIECES].concat()), 0..6)
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
