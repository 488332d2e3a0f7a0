//! The cursor: objects, arrays and scalars, one at a time.

use super::names::{Following, Member, Name, Names, fingerprint};
use super::number;
use super::space;
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

/// A cursor into a text that holds JSON, or so it says: the text need not be UTF-8.
pub(crate) struct Scanner<'a> {
    text: &'a [u8],
    /// The text up to where what is being read ends.
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    depth: u32,
    names: Names,
}

impl<'a> Scanner<'a> {
    /// A cursor at the start of `text`.
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Scanner {
            text,
            bytes: text,
            at: 0,
            depth: 0,
            names: Names::default(),
        }
    }

    /// Move to the line that stands from `start` up to `end`.
    #[inline]
    pub(crate) fn line(&mut self, start: usize, end: usize) {
        self.bytes = self.text.get(..end).unwrap_or_default();
        (self.at, self.depth) = (start, 0);
        self.names.clear();
    }

    /// Byte offset of the cursor.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many containers are open.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether nothing is left.
    #[inline]
    pub(crate) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Scan<()> {
        if self.peek() != Some(byte) {
            return Err(Fault);
        }
        self.at += 1;
        Ok(())
    }

    /// Move to the next byte that is not white space, and look at it.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        if byte > b' ' {
            return Some(byte);
        }
        self.skip_space();
        self.peek()
    }

    /// From behind a colon move to the value: nothing stands between, or one space, or whatever.
    #[inline]
    fn past_colon(&mut self) {
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.next();
    }

    /// Move to the next byte that is not white space.
    #[inline]
    pub(crate) fn skip_space(&mut self) {
        self.at = space::end(self.bytes, self.at);
    }

    /// The cursor must be at the end, but for white space.
    #[inline]
    pub(crate) fn finish(&mut self) -> Scan<()> {
        self.skip_space();
        if self.is_at_end() { Ok(()) } else { Err(Fault) }
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

    #[inline]
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
        mut member: impl FnMut(&mut Self, Name<'a>) -> Scan<()>,
    ) -> Scan<()> {
        let start = self.at;
        self.enter(b'{')?;
        let (mark, depth) = (self.names.mark(), self.depth as usize);
        let mut following = Following::new();
        if self.next() != Some(b'}') {
            loop {
                let name = self.name(depth, &mut following)?;
                member(self, name)?;
                if !self.more(b'}')? {
                    break;
                }
            }
        }
        self.at += 1;
        self.depth -= 1;
        if following.follows
            || self.names.close(mark, depth, following)
            || self.truly_distinct(start)
        {
            Ok(())
        } else {
            Err(Fault)
        }
    }

    /// The name at the cursor, which goes to the value behind it.
    #[inline(always)]
    fn name(&mut self, depth: usize, following: &mut Following) -> Scan<Name<'a>> {
        if following.follows {
            let at = self.at;
            if let Some(member) = self.names.remembered(self.text, depth, following, at) {
                self.at += member.length;
                self.past_colon();
                return Ok(member.name(self.text, at));
            }
            self.names.stray(depth, following);
        }
        let (name, member) = self.new_name()?;
        self.names.push(member);
        Ok(name)
    }

    /// The name at the cursor, whatever it is.
    fn new_name(&mut self) -> Scan<(Name<'a>, Member)> {
        let start = self.at;
        let text = self.string()?;
        let end = self.at;
        let fingerprint = fingerprint(&text.bytes());
        if self.next() != Some(b':') {
            return Err(Fault);
        }
        let plain = self.at == end && !text.is_escaped();
        self.at += 1;
        let length = if plain { self.at - start } else { 0 };
        self.past_colon();
        Ok((
            Name { text, fingerprint },
            Member {
                start,
                length,
                fingerprint,
            },
        ))
    }

    /// After an element: past the comma if there is one, else at the closing bracket.
    #[inline]
    fn more(&mut self, closing: u8) -> Scan<bool> {
        match self.next() {
            Some(b',') => {
                self.at += 1;
                self.next();
                Ok(true)
            }
            Some(byte) if byte == closing => Ok(false),
            _ => Err(Fault),
        }
    }

    /// Whether the names of the object at `start`, of which two have the same fingerprint, are different all the
    /// same. The object has been read, so that it is read again without looking at names.
    #[cold]
    fn truly_distinct(&self, start: usize) -> bool {
        let mut again = Scanner::new(self.text);
        again.at = start;
        let mut names = Vec::new();
        let read = again.plain_object(&mut |name| names.push(name.text.text()));
        names.sort_unstable();
        read.is_ok() && names.windows(2).all(|pair| pair[0] != pair[1])
    }

    /// Read an object that is known to be well-formed, calling `each` with the names of its own members.
    fn plain_object(&mut self, each: &mut dyn FnMut(Name<'a>)) -> Scan<()> {
        self.take(b'{')?;
        while self.next() != Some(b'}') {
            each(self.new_name()?.0);
            self.plain_value()?;
            if !self.more(b'}')? {
                break;
            }
        }
        self.take(b'}')
    }

    fn plain_value(&mut self) -> Scan<()> {
        match self.kind()? {
            Kind::Object => self.plain_object(&mut |_| {}),
            Kind::Array => self.array(Scanner::plain_value),
            _ => self.skip(),
        }
    }

    /// Read the array at the cursor; `element` must read or skip each value.
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Scan<()>) -> Scan<()> {
        self.enter(b'[')?;
        if self.next() != Some(b']') {
            loop {
                element(self)?;
                if !self.more(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        self.at += 1;
        Ok(())
    }

    /// Read the string at the cursor.
    #[inline(always)]
    pub(crate) fn string(&mut self) -> Scan<Str<'a>> {
        self.take(b'"')?;
        let start = self.at;
        let (end, escaped) = string::end(self.text, start)?;
        let raw = self.bytes.get(start..end).ok_or(Fault)?;
        self.at = end + 1;
        Ok(Str::new(raw, escaped))
    }

    /// Read the number at the cursor: its text, checked for range.
    #[inline]
    pub(crate) fn number(&mut self) -> Scan<&'a [u8]> {
        let start = self.at;
        self.at = number::end(self.bytes, start)?;
        self.bytes.get(start..self.at).ok_or(Fault)
    }

    #[inline]
    fn word(&mut self, word: &[u8]) -> Scan<()> {
        let end = self.at + word.len();
        if self.bytes.get(self.at..end) != Some(word) {
            return Err(Fault);
        }
        self.at = end;
        Ok(())
    }

    /// Check the value at the cursor and go past it.
    #[inline]
    pub(crate) fn skip(&mut self) -> Scan<()> {
        match self.kind()? {
            Kind::String => self.string().map(drop),
            Kind::Number => {
                self.at = number::end(self.bytes, self.at)?;
                Ok(())
            }
            Kind::Object => self.skip_object(),
            Kind::Array => self.array(Scanner::skip),
            Kind::True => self.word(b"true"),
            Kind::False => self.word(b"false"),
            Kind::Null => self.word(b"null"),
        }
    }

    fn skip_object(&mut self) -> Scan<()> {
        self.object(|scanner, _| scanner.skip())
    }
}
