//! The cursor: objects, arrays and scalars, one at a time.

use super::names::Names;
use super::number;
use super::string::{self, Str};
use super::{Fault, MAX_DEPTH, Scan};

/// What a value is, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// A cursor into one JSON text.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    names: Names,
}

impl<'a> Scanner<'a> {
    /// A cursor at the start of `text`.
    pub(crate) fn new(text: &'a str) -> Self {
        Scanner {
            text,
            at: 0,
            depth: 0,
            names: Names::default(),
        }
    }

    /// A cursor at the start of another text, in the memory of this one.
    pub(crate) fn reuse(self, text: &str) -> Scanner<'_> {
        Scanner {
            text,
            at: 0,
            depth: 0,
            names: self.names.emptied(),
        }
    }

    /// Byte offset of the cursor.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Scan<()> {
        if self.peek() != Some(byte) {
            return Err(Fault);
        }
        self.at += 1;
        Ok(())
    }

    /// Move to the next byte that is not white space.
    #[inline]
    pub(crate) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// The cursor must be at the end, but for white space.
    pub(crate) fn finish(&mut self) -> Scan<()> {
        self.skip_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(Fault)
        }
    }

    /// What the value at the cursor is; `Fault` when no value can start here.
    #[inline]
    pub(crate) fn kind(&self) -> Scan<Kind> {
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't') => Ok(Kind::True),
            Some(b'f') => Ok(Kind::False),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(Fault),
        }
    }

    fn enter(&mut self, bracket: u8) -> Scan<()> {
        self.take(bracket)?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(Fault)
        } else {
            Ok(())
        }
    }

    /// Read the object at the cursor; `member` is called with each name and must read or skip its value.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Str<'a>) -> Scan<()>,
    ) -> Scan<()> {
        self.enter(b'{')?;
        let mark = self.names.mark();
        self.skip_space();
        if self.peek() != Some(b'}') {
            loop {
                let name = self.name()?;
                member(self, name)?;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.names.close(self.text, mark)?;
        self.take(b'}')
    }

    #[inline]
    fn name(&mut self) -> Scan<Str<'a>> {
        let start = self.at;
        let name = self.string()?;
        self.names.push(start + 1, &name)?;
        self.skip_space();
        self.take(b':')?;
        self.skip_space();
        Ok(name)
    }

    /// After an element: past the comma if there is one, else at the closing bracket.
    #[inline]
    fn more(&mut self, closing: u8) -> Scan<bool> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(true)
            }
            Some(byte) if byte == closing => Ok(false),
            _ => Err(Fault),
        }
    }

    /// Read the array at the cursor; `element` must read or skip each value.
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Scan<()>) -> Scan<()> {
        self.enter(b'[')?;
        self.skip_space();
        if self.peek() != Some(b']') {
            loop {
                element(self)?;
                if !self.more(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.take(b']')
    }

    /// Read the string at the cursor.
    #[inline]
    pub(crate) fn string(&mut self) -> Scan<Str<'a>> {
        self.take(b'"')?;
        let (end, escaped) = string::end(self.text.as_bytes(), self.at)?;
        let raw = self.text.get(self.at..end).ok_or(Fault)?;
        self.at = end + 1;
        Ok(Str::new(raw, escaped))
    }

    /// Read the number at the cursor: its text, checked for range.
    #[inline]
    pub(crate) fn number(&mut self) -> Scan<&'a str> {
        let end = number::end(self.text.as_bytes(), self.at)?;
        let token = self.text.get(self.at..end).ok_or(Fault)?;
        self.at = end;
        Ok(token)
    }

    fn word(&mut self, word: &str) -> Scan<()> {
        let rest = self.text.get(self.at..).ok_or(Fault)?;
        if !rest.starts_with(word) {
            return Err(Fault);
        }
        self.at += word.len();
        Ok(())
    }

    /// Check the value at the cursor and go past it.
    #[inline]
    pub(crate) fn skip(&mut self) -> Scan<()> {
        match self.kind()? {
            Kind::String => self.string().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Object => self.object(|scanner, _| scanner.skip()),
            Kind::Array => self.array(Scanner::skip),
            Kind::True => self.word("true"),
            Kind::False => self.word("false"),
            Kind::Null => self.word("null"),
        }
    }

    /// Read the string at the cursor, or skip what is no string.
    pub(crate) fn string_or_skip(&mut self) -> Scan<Option<Str<'a>>> {
        if self.kind()? == Kind::String {
            return self.string().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Read the number at the cursor, or skip what is no number.
    pub(crate) fn number_or_skip(&mut self) -> Scan<Option<&'a str>> {
        if self.kind()? == Kind::Number {
            return self.number().map(Some);
        }
        self.skip()?;
        Ok(None)
    }

    /// Read the `true` or `false` at the cursor, or skip what is neither.
    pub(crate) fn boolean_or_skip(&mut self) -> Scan<Option<bool>> {
        let kind = self.kind()?;
        self.skip()?;
        Ok(match kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        })
    }

    /// Read the object at the cursor, or skip what is no object.
    pub(crate) fn object_or_skip(
        &mut self,
        member: impl FnMut(&mut Self, Str<'a>) -> Scan<()>,
    ) -> Scan<()> {
        if self.kind()? == Kind::Object {
            self.object(member)
        } else {
            self.skip()
        }
    }

    /// Read the array at the cursor, or skip what is no array.
    pub(crate) fn array_or_skip(&mut self, element: impl FnMut(&mut Self) -> Scan<()>) -> Scan<()> {
        if self.kind()? == Kind::Array {
            self.array(element)
        } else {
            self.skip()
        }
    }
}
