//! Strings: finding the closing quote, checking escapes, and unescaping where somebody asks for the text.

use std::borrow::Cow;

use super::{Fault, Scan};

/// A string as it stands in the text, without its quotes; escapes in it have been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Str<'a> {
    raw: &'a str,
    escaped: bool,
}

impl<'a> Str<'a> {
    pub(crate) fn new(raw: &'a str, escaped: bool) -> Self {
        Str { raw, escaped }
    }

    /// The bytes between the quotes, escapes and all.
    pub(crate) fn raw(&self) -> &'a str {
        self.raw
    }

    /// Whether there are escapes in it.
    pub(crate) fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// The text the string stands for.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        if self.escaped {
            Cow::Owned(unescape(self.raw))
        } else {
            Cow::Borrowed(self.raw)
        }
    }

    /// Whether the text is `other`.
    #[inline]
    pub(crate) fn is(&self, other: &str) -> bool {
        if self.escaped {
            unescape(self.raw) == other
        } else {
            self.raw == other
        }
    }
}

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// Bytes of `word` that are a quote, a backslash or a control character have their high bit set; bytes above
/// the first such byte may have it set by a borrow, bytes below never.
#[inline]
fn special(word: u64) -> u64 {
    let quote = word ^ u64::from_ne_bytes([b'"'; 8]);
    let slash = word ^ u64::from_ne_bytes([b'\\'; 8]);
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    ((quote.wrapping_sub(ONES) & !quote) | (slash.wrapping_sub(ONES) & !slash) | control) & HIGHS
}

/// Offset of the closing quote of the string whose content starts at `at`, and whether it holds escapes.
#[inline]
pub(crate) fn end(text: &[u8], mut at: usize) -> Scan<(usize, bool)> {
    let mut escaped = false;
    loop {
        at = next_special(text, at)?;
        match text.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = past_escape(text, at)?;
            }
            _ => return Err(Fault),
        }
    }
}

/// Offset of the first quote, backslash or control character at or after `at`.
#[inline]
fn next_special(text: &[u8], mut at: usize) -> Scan<usize> {
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let found = special(u64::from_le_bytes(*chunk));
        if found != 0 {
            return Ok(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    let rest = text.get(at..).ok_or(Fault)?;
    let found = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
        .ok_or(Fault)?;
    Ok(at + found)
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
    digits.iter().try_fold(0, |unit, digit| {
        let value = (*digit as char).to_digit(16).ok_or(Fault)?;
        Ok(unit * 16 + value)
    })
}

/// The text that `raw`, whose escapes have been checked, stands for.
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
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in 0..40 {
            for (byte, is_end) in [(b'"', true), (b'\n', false), (0x1F, false), (0, false)] {
                let mut text = vec![b'a'; 40];
                text[length] = byte;
                let found = end(&text, 0);
                assert_eq!(found.is_ok(), is_end, "{byte} at {length}");
                assert!(!is_end || found == Ok((length, false)));
            }
        }
    }

    #[test]
    fn bytes_above_ascii_are_content() {
        let text = "\u{80}\u{7ff}\u{20ac}\u{1f600}\u{7f}\"";
        assert_eq!(end(text.as_bytes(), 0), Ok((text.len() - 1, false)));
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        let raw = r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#;
        assert_eq!(
            Str::new(raw, true).text(),
            "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}z"
        );
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for text in [
            r#"\x""#,
            r#"\u12""#,
            r#"\ud800""#,
            r#"\ud800\u0041""#,
            r#"\udc00""#,
            r#"\"#,
            r#"\u12g4""#,
        ] {
            assert_eq!(end(text.as_bytes(), 0), Err(Fault), "{text}");
        }
    }
}
