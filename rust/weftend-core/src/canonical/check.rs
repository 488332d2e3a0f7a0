//! Whether a text is its own canonical form: one pass, nothing built, nothing allocated but for odd numbers.

use super::MAX_DEPTH;
use super::block::plain_run;
use super::number::short_integer;
use super::order::ascending;
use super::scan::Cursor;
use super::string::short_escape;

/// Whether the text is canonical JSON: `canonicalize_text` would return it unchanged.
///
/// Any bytes are fine to ask about; what is not JSON is not canonical.
pub fn is_canonical(text: &[u8]) -> bool {
    let checker = Checker { text };
    checker.value(0, 0) == Some(text.len()) && std::str::from_utf8(text).is_ok()
}

/// Each step takes where it begins and returns where it ends; `None` means not canonical, and why is not
/// asked. Positions travel in registers, which is most of the speed.
#[derive(Clone, Copy)]
struct Checker<'a> {
    text: &'a [u8],
}

/// A member name: where it stands between its quotes, and whether it has an escape.
#[derive(Clone, Copy)]
struct Name {
    start: usize,
    end: usize,
    escaped: bool,
}

impl Name {
    #[inline]
    fn stands_behind(self, before: Name, text: &[u8]) -> bool {
        let plain = !self.escaped && !before.escaped;
        ascending(text, before.start..before.end, self.start..self.end, plain)
    }
}

impl Checker<'_> {
    #[inline(always)]
    fn value(self, at: usize, depth: usize) -> Option<usize> {
        match self.text.get(at)? {
            b'0'..=b'9' | b'-' => self.number(at),
            b'"' => Some(self.string(at)?.end + 1),
            b'{' => self.object(at, depth + 1),
            b'[' => self.array(at, depth + 1),
            _ => self.literal(at),
        }
    }

    fn literal(self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        let literals: [&[u8]; 3] = [b"true", b"false", b"null"];
        let literal = literals
            .into_iter()
            .find(|literal| rest.starts_with(literal))?;
        Some(at + literal.len())
    }

    #[inline]
    fn number(self, at: usize) -> Option<usize> {
        match short_integer(self.text, at) {
            Some(digits) => Some(at + digits),
            None => self.odd_number(at),
        }
    }

    #[cold]
    fn odd_number(self, at: usize) -> Option<usize> {
        let mut cursor = Cursor {
            text: self.text,
            at,
        };
        cursor.number().ok()?.is_canonical().then_some(cursor.at)
    }

    fn array(self, at: usize, depth: usize) -> Option<usize> {
        let mut at = self.open(at, depth)?;
        if self.text.get(at)? == &b']' {
            return Some(at + 1);
        }
        loop {
            at = self.value(at, depth)?;
            match self.text.get(at)? {
                b',' => at += 1,
                b']' => return Some(at + 1),
                _ => return None,
            }
        }
    }

    fn open(self, at: usize, depth: usize) -> Option<usize> {
        (depth <= MAX_DEPTH).then_some(at + 1)
    }

    fn object(self, at: usize, depth: usize) -> Option<usize> {
        let mut at = self.open(at, depth)?;
        if self.text.get(at)? == &b'}' {
            return Some(at + 1);
        }
        let mut before = None;
        loop {
            let name = self.name(at)?;
            if before.is_some_and(|before| !name.stands_behind(before, self.text)) {
                return None;
            }
            at = self.value(name.end + 2, depth)?;
            match self.text.get(at)? {
                b',' => at += 1,
                b'}' => return Some(at + 1),
                _ => return None,
            }
            before = Some(name);
        }
    }

    /// A name and its colon.
    #[inline]
    fn name(self, at: usize) -> Option<Name> {
        if self.text.get(at)? != &b'"' {
            return None;
        }
        let name = self.string(at)?;
        (self.text.get(name.end + 1)? == &b':').then_some(name)
    }

    /// Takes a string from its opening quote.
    #[inline]
    fn string(self, at: usize) -> Option<Name> {
        let start = at + 1;
        let mut end = start;
        let mut escaped = false;
        loop {
            end += plain_run(self.text, end);
            match self.text.get(end)? {
                b'"' => {
                    return Some(Name {
                        start,
                        end,
                        escaped,
                    });
                }
                b'\\' => end = self.escape(end)?,
                _ => return None,
            }
            escaped = true;
        }
    }

    /// Takes an escape from its backslash.
    fn escape(self, at: usize) -> Option<usize> {
        match &self.text[at + 1..] {
            [b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => Some(at + 2),
            [b'u', b'0', b'0', high @ b'0'..=b'1', low, ..] => {
                let low = match low {
                    b'0'..=b'9' => low - b'0',
                    b'a'..=b'f' => low - b'a' + 10,
                    _ => return None,
                };
                short_escape((high - b'0') << 4 | low)
                    .is_none()
                    .then_some(at + 6)
            }
            _ => None,
        }
    }
}
