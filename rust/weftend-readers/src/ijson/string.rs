//! Strings: finding the closing quote, checking escapes, and unescaping where somebody asks for the text.

use std::borrow::Cow;

use super::{Fault, Scan};

/// A string as it stands in its text, without its quotes; escapes in it have been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Str<'a> {
    text: &'a str,
    start: usize,
    end: usize,
    escaped: bool,
}

impl<'a> Str<'a> {
    /// What stands in `text` from `start` up to `end`, both beside quotes.
    #[inline]
    pub(super) fn of(text: &'a str, start: usize, end: usize, escaped: bool) -> Self {
        Str {
            text,
            start,
            end,
            escaped,
        }
    }

    /// The same of a whole text.
    pub(crate) fn new(raw: &'a str, escaped: bool) -> Self {
        Str::of(raw, 0, raw.len(), escaped)
    }

    /// What stands between the quotes, escapes and all.
    #[inline]
    pub(crate) fn raw(&self) -> &'a str {
        self.text.get(self.start..self.end).unwrap_or_default()
    }

    /// The same as bytes.
    #[inline]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.text
            .as_bytes()
            .get(self.start..self.end)
            .unwrap_or_default()
    }

    /// Whether there are escapes in it.
    #[inline]
    pub(crate) fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// The text the string stands for.
    #[inline(always)]
    pub(crate) fn text(&self) -> Cow<'a, str> {
        if self.escaped {
            Cow::Owned(unescape(self.raw()))
        } else {
            Cow::Borrowed(self.raw())
        }
    }

    /// Whether the text is `other`.
    #[inline]
    pub(crate) fn is(&self, other: &str) -> bool {
        if self.escaped {
            self.text() == other
        } else {
            self.bytes() == other.as_bytes()
        }
    }
}

/// Whether there are backslashes in `text` from `start` up to `end`; `Fault` where one begins no escape that JSON has.
/// `slash` finds the first backslash at or after a place in the text, or behind `end`.
#[inline]
pub(super) fn check_escapes(
    text: &[u8],
    start: usize,
    end: usize,
    slash: impl Fn(usize) -> Option<usize>,
) -> Scan<bool> {
    let slash = |at: usize| slash(at).filter(|slash| *slash < end);
    let Some(mut at) = slash(start) else {
        return Ok(false);
    };
    let raw = text.get(..end).ok_or(Fault)?;
    loop {
        at = past_escape(raw, at)?;
        match slash(at) {
            Some(next) => at = next,
            None => return Ok(true),
        }
    }
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
    use super::super::Index;
    use super::*;

    /// Checks `raw` as what a string holds that other text follows.
    fn checked(raw: &str) -> Scan<bool> {
        let (text, mut index) = (format!("{raw}\\u0041"), Index::default());
        index.build(text.as_bytes());
        check_escapes(text.as_bytes(), 0, raw.len(), |at| index.slash(at))
    }

    #[test]
    fn text_without_a_backslash_has_no_escapes() {
        assert_eq!(checked("plain"), Ok(false));
        assert_eq!(checked(&"long".repeat(40)), Ok(false));
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        let raw = r#"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00z"#;
        assert_eq!(checked(raw), Ok(true));
        assert_eq!(
            Str::new(raw, true).text(),
            "a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1f600}z"
        );
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for raw in [
            r"\x",
            r"\u12",
            r"\ud800",
            r"\ud800\u0041",
            r"\udc00",
            r"\",
            r"\u12g4",
            r"\u+123",
            r"\ud800\n",
        ] {
            assert_eq!(checked(raw), Err(Fault), "{raw}");
        }
    }
}
