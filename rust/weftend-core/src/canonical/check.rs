//! Whether a text is its own canonical form: one pass, nothing built, nothing allocated but for odd numbers.

use std::cmp::Ordering;

use super::MAX_DEPTH;
use super::order::compare_escaped;
use super::scan::Cursor;
use super::string::{plain_prefix, short_escape};

/// Whether the text is canonical JSON: `canonicalize_text` would return it unchanged.
///
/// Any bytes are fine to ask about; what is not JSON is not canonical.
pub fn is_canonical(text: &[u8]) -> bool {
    let mut checker = Checker {
        cursor: Cursor::new(text),
        depth: 0,
    };
    checker.value().is_some() && checker.cursor.at == text.len()
}

/// `None` means not canonical; why is not asked.
struct Checker<'a> {
    cursor: Cursor<'a>,
    depth: usize,
}

impl<'a> Checker<'a> {
    fn value(&mut self) -> Option<()> {
        match self.cursor.peek()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.cursor.number().ok()?.is_canonical().then_some(()),
            b't' => self.cursor.expect(b"true").ok(),
            b'f' => self.cursor.expect(b"false").ok(),
            b'n' => self.cursor.expect(b"null").ok(),
            _ => None,
        }
    }

    fn open(&mut self) -> Option<()> {
        self.cursor.at += 1;
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    fn close(&mut self) -> Option<()> {
        self.cursor.at += 1;
        self.depth -= 1;
        Some(())
    }

    /// Behind an element: takes a comma (true) or the closing bracket (false).
    fn goes_on(&mut self, close: u8) -> Option<bool> {
        let byte = self.cursor.peek()?;
        if byte == b',' {
            self.cursor.at += 1;
            return Some(true);
        }
        (byte == close).then_some(false)
    }

    fn array(&mut self) -> Option<()> {
        self.open()?;
        if self.cursor.peek()? == b']' {
            return self.close();
        }
        self.value()?;
        while self.goes_on(b']')? {
            self.value()?;
        }
        self.close()
    }

    fn object(&mut self) -> Option<()> {
        self.open()?;
        if self.cursor.peek()? == b'}' {
            return self.close();
        }
        let mut before = self.member()?;
        while self.goes_on(b'}')? {
            let name = self.member()?;
            if compare_escaped(before, name) != Ordering::Less {
                return None;
            }
            before = name;
        }
        self.close()
    }

    fn member(&mut self) -> Option<&'a [u8]> {
        if self.cursor.peek()? != b'"' {
            return None;
        }
        let name = self.string()?;
        self.cursor.expect(b":").ok()?;
        self.value()?;
        Some(name)
    }

    /// Takes a string from its opening quote; what stands between the quotes.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.cursor.at + 1;
        self.cursor.at = start;
        loop {
            self.cursor.at += plain_prefix(&self.cursor.text[self.cursor.at..]);
            match self.cursor.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
        }
        let content = &self.cursor.text[start..self.cursor.at];
        self.cursor.at += 1;
        std::str::from_utf8(content).is_ok().then_some(content)
    }

    fn escape(&mut self) -> Option<()> {
        let rest = &self.cursor.text[self.cursor.at + 1..];
        let length = match rest {
            [b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 1,
            [b'u', b'0', b'0', high @ (b'0' | b'1'), low, ..] => {
                let low = low.is_ascii_digit().then(|| low - b'0');
                let low =
                    low.or_else(|| matches!(rest[4], b'a'..=b'f').then(|| rest[4] - b'a' + 10))?;
                short_escape((high - b'0') << 4 | low)
                    .is_none()
                    .then_some(5)?
            }
            _ => return None,
        };
        self.cursor.at += 1 + length;
        Some(())
    }
}
