//! Strings: finding the closing quote, checking escapes, and unescaping where somebody asks for the text.

use std::borrow::Cow;

use wide::{i8x16, u8x16};

use super::{Fault, Scan};

/// A string as it stands in its text, without its quotes. It has been checked: it is UTF-8, and its escapes are escapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Str<'a> {
    raw: &'a [u8],
    escaped: bool,
}

impl<'a> Str<'a> {
    /// What stands between the quotes, and whether there are escapes in it.
    #[inline]
    pub(crate) fn new(raw: &'a [u8], escaped: bool) -> Self {
        Str { raw, escaped }
    }

    /// What stands between the quotes.
    #[inline]
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether there are escapes in it.
    #[inline]
    pub(crate) fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// The text the string stands for.
    #[inline]
    pub(crate) fn text(&self) -> Cow<'a, str> {
        let raw = std::str::from_utf8(self.raw).unwrap_or_default();
        if self.escaped {
            Cow::Owned(unescape(raw))
        } else {
            Cow::Borrowed(raw)
        }
    }

    /// The same as UTF-8.
    #[inline]
    pub(crate) fn bytes(&self) -> Cow<'a, [u8]> {
        if self.escaped {
            Cow::Owned(self.text().into_owned().into_bytes())
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Whether the text is `other`.
    #[inline]
    pub(crate) fn is(&self, other: &str) -> bool {
        *self.bytes() == *other.as_bytes()
    }
}

/// Bytes that are looked at in one step.
const STEP: usize = 16;

/// Where the string ends that begins at `start`, behind its opening quote, and whether there are escapes in it.
///
/// `Fault` where no quote closes it, where a control character or no escape stands in it, and where it is not UTF-8.
#[inline]
pub(super) fn end(text: &[u8], start: usize) -> Scan<(usize, bool)> {
    let mut at = start;
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let odd = odd_bytes(chunk);
        if odd != 0 {
            at += odd.trailing_zeros() as usize;
            break;
        }
        at += STEP;
    }
    match text.get(at) {
        Some(b'"') => Ok((at, false)),
        _ => careful_end(text, start, at),
    }
}

/// A bit for each byte that is not simply a part of a string: quotes, backslashes, control characters, and what is
/// not ASCII.
#[inline]
fn odd_bytes(chunk: &[u8; STEP]) -> u32 {
    let bytes = i8x16::from(chunk.map(|byte| byte as i8));
    let is = |byte: u8| bytes.simd_eq(i8x16::splat(byte as i8));
    // What is not ASCII is negative here.
    (is(b'"') | is(b'\\') | bytes.simd_lt(i8x16::splat(0x20))).to_bitmask()
}

/// The same where nothing odd stands before `at`.
#[inline(never)]
fn careful_end(text: &[u8], start: usize, mut at: usize) -> Scan<(usize, bool)> {
    let (mut escaped, mut beyond_ascii) = (false, false);
    loop {
        let chunk = chunk(text, at);
        let passed = plain(&chunk);
        beyond_ascii |= u8x16::from(chunk).to_bitmask() & ((1 << passed) - 1) != 0;
        at += passed;
        match text.get(at) {
            _ if passed == STEP => {}
            Some(b'"') => break,
            Some(b'\\') => {
                at = past_escape(text, at)?;
                escaped = true;
            }
            _ => return Err(Fault),
        }
    }
    let raw = text.get(start..at).ok_or(Fault)?;
    if beyond_ascii && std::str::from_utf8(raw).is_err() {
        return Err(Fault);
    }
    Ok((at, escaped))
}

/// The bytes at `at`; behind the text stand zeros.
#[inline]
fn chunk(text: &[u8], at: usize) -> [u8; STEP] {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(chunk) = rest.first_chunk() {
        return *chunk;
    }
    let mut chunk = [0; STEP];
    for (place, byte) in chunk.iter_mut().zip(rest) {
        *place = *byte;
    }
    chunk
}

/// How many bytes stand before the first quote, backslash or control character.
#[inline]
fn plain(chunk: &[u8; STEP]) -> usize {
    let bytes = u8x16::from(*chunk);
    let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
    let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
    let others = (is(b'"') | is(b'\\') | control).to_bitmask();
    (others | 1 << STEP).trailing_zeros() as usize
}

/// Past the escape at `at`, a surrogate pair being one.
fn past_escape(text: &[u8], at: usize) -> Scan<usize> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match code_unit(text, at)? {
            0xD800..=0xDBFF => match code_unit(text, at + 6)? {
                0xDC00..=0xDFFF => Ok(at + 12),
                _ => Err(Fault),
            },
            0xDC00..=0xDFFF => Err(Fault),
            _ => Ok(at + 6),
        },
        _ => Err(Fault),
    }
}

/// The code unit of the `\uXXXX` at `at`.
fn code_unit(text: &[u8], at: usize) -> Scan<u32> {
    let [b'\\', b'u', digits @ ..] = text.get(at..at + 6).ok_or(Fault)? else {
        return Err(Fault);
    };
    let values = digits.iter().map(|digit| HEX[*digit as usize]);
    let (unit, wrong) = values.fold((0, 0), |(unit, wrong), value| {
        (unit << 4 | u32::from(value), wrong | value)
    });
    if wrong > 0xF { Err(Fault) } else { Ok(unit) }
}

/// The value of each hexadecimal digit; 255 for any other byte.
const HEX: [u8; 256] = {
    let mut values = [0xFF; 256];
    let mut value = 0;
    while value < 16 {
        values[b"0123456789abcdef"[value] as usize] = value as u8;
        values[b"0123456789ABCDEF"[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The text that `raw`, whose escapes have been checked, stands for.
#[inline(never)]
fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(slash) = rest.find('\\') {
        text.push_str(&rest[..slash]);
        let (character, length) = escape(&rest.as_bytes()[slash..]);
        text.push(character);
        rest = &rest[slash + length..];
    }
    text.push_str(rest);
    text
}

/// The character that a checked escape stands for, and the escape's length in bytes.
fn escape(bytes: &[u8]) -> (char, usize) {
    let simple = |character| (character, 2);
    match bytes.get(1) {
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{C}'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'u') => unicode_escape(bytes),
        other => simple(other.map_or('\\', |byte| *byte as char)),
    }
}

fn unicode_escape(bytes: &[u8]) -> (char, usize) {
    let high = code_unit(bytes, 0).unwrap_or(0xFFFD);
    match code_unit(bytes, 6) {
        Ok(low @ 0xDC00..=0xDFFF) if (0xD800..=0xDBFF).contains(&high) => {
            let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                12,
            )
        }
        _ => (
            char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER),
            6,
        ),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use weftend_core::canonical;

    use super::super::tests::OF_STRINGS;
    use super::*;

    /// Reads what stands between the quotes of a string that other text follows.
    fn checked(raw: &str) -> Scan<bool> {
        let text = format!("{raw}\"\\u0041");
        let (end, escaped) = end(text.as_bytes(), 0)?;
        assert_eq!(end, raw.len(), "{raw}");
        Ok(escaped)
    }

    #[test]
    fn text_without_a_backslash_has_no_escapes() {
        assert_eq!(checked("plain"), Ok(false));
        assert_eq!(checked(&"long".repeat(40)), Ok(false));
        assert_eq!(checked(&"l\u{e9}ng".repeat(40)), Ok(false));
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        let raw = r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#;
        assert_eq!(checked(raw), Ok(true));
        let string = Str::new(raw.as_bytes(), true);
        let text = "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}z";
        assert_eq!(string.text(), text);
        assert_eq!(&*string.bytes(), text.as_bytes());
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for raw in [
            r"\x",
            r"\u12",
            r"\ud800",
            r"\ud800\u0041",
            r"\udc00",
            r"\u12g4",
            r"\u+123",
            r"\ud800\n",
        ] {
            assert_eq!(checked(raw), Err(Fault), "{raw}");
        }
        assert_eq!(end(br"\", 0), Err(Fault));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// At every offset from a step, with whatever stands behind.
        #[test]
        fn strings_end_where_the_canonicalizer_ends_them(
            pieces in prop::collection::vec(prop::sample::select(OF_STRINGS), 0..9)
        ) {
            let text = [b"\"", pieces.concat().as_slice()].concat();
            let whole = |end: &usize| canonical::canonicalize_text(&text[..=*end]).is_ok();
            let expected = (1..text.len()).filter(|at| text[*at] == b'"').find(whole);
            prop_assert_eq!(end(&text, 1).ok().map(|(end, _)| end), expected);
            if let Some(last) = expected {
                let escaped = text[1..last].contains(&b'\\');
                prop_assert_eq!(end(&text, 1), Ok((last, escaped)));
            }
        }
    }
}
