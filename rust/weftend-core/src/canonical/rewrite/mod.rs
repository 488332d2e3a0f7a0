//! JSON text to canonical bytes without a tree.
//!
//! What is canonical already is not copied piece by piece: the text is read ahead, and copied up to where it
//! departs from its canonical form (white space, an escape, a number spelled otherwise). An object whose
//! members are out of order is put in order when its `}` is read.

mod object;

use super::MAX_DEPTH;
use super::block::{plain_run, white_run};
use super::buffer::Buffer;
use super::error::{CanonCode, CanonicalError, Refusal};
use super::escape;
use super::members::{Member, NamePlace};
use super::number::short_integer;
use super::scan::Cursor;
use super::string::write_char;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where a step ended. Boxed, so that a result fits two registers.
type Step = Result<usize, Box<Refusal>>;

/// Reads one JSON text and writes its canonical form.
pub(super) fn rewrite(text: &[u8]) -> Result<Vec<u8>, CanonicalError> {
    let mut rewriter = Rewriter {
        text,
        output: Buffer::with_capacity(text.len()),
        copied: 0,
        members: Vec::new(),
        words: Vec::new(),
        scratch: Vec::new(),
    };
    match rewriter.whole() {
        Ok(()) => Ok(rewriter.output.into_vec()),
        Err(refusal) => Err((*refusal).into()),
    }
}

struct Rewriter<'a> {
    text: &'a [u8],
    output: Buffer,
    /// How much of the text has been copied to the output, or left out of it.
    copied: usize,
    /// The members of the objects that are open, innermost last.
    members: Vec<Member>,
    words: Vec<u128>,
    scratch: Vec<u8>,
}

impl Rewriter<'_> {
    fn whole(&mut self) -> Result<(), Box<Refusal>> {
        if let Err(error) = std::str::from_utf8(self.text) {
            return Err(refusal(CanonCode::Utf8, error.valid_up_to()));
        }
        if self.text.starts_with(BYTE_ORDER_MARK) {
            return Err(refusal(CanonCode::Bom, 0));
        }
        let at = self.skip(0);
        let end = self.value(at, 0)?;
        let at = self.skip(end);
        if at < self.text.len() {
            return Err(refusal(CanonCode::Trailing, at));
        }
        self.copy(at);
        Ok(())
    }

    /// Copies the text up to `at`.
    #[inline]
    fn copy(&mut self, at: usize) {
        self.output.push_range(self.text, self.copied, at);
        self.copied = at;
    }

    /// Where the byte at `at` stands in the output, once everything before it is copied.
    #[inline]
    fn position(&self, at: usize) -> usize {
        self.output.len() + at - self.copied
    }

    /// Leaves white space out.
    #[inline]
    fn skip(&mut self, at: usize) -> usize {
        match self.text.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => self.skip_white_space(at),
            _ => at,
        }
    }

    fn skip_white_space(&mut self, at: usize) -> usize {
        self.copy(at);
        self.copied += white_run(self.text, at);
        self.copied
    }

    #[cold]
    fn refuse(&self, at: usize) -> Box<Refusal> {
        Box::new(escape::refuse(self.text, at))
    }

    #[inline(always)]
    fn value(&mut self, at: usize, depth: usize) -> Step {
        match self.text.get(at) {
            Some(b'0'..=b'9' | b'-') => self.number(at),
            Some(b'"') => Ok(self.string(at)?.0),
            Some(b'{') => self.object(at, depth),
            Some(b'[') => self.array(at, depth),
            _ => self.literal(at),
        }
    }

    fn literal(&mut self, at: usize) -> Step {
        let literal: &[u8] = match self.text.get(at) {
            Some(b't') => b"true",
            Some(b'f') => b"false",
            Some(b'n') => b"null",
            _ => return Err(self.refuse(at)),
        };
        for (index, byte) in literal.iter().enumerate() {
            if self.text.get(at + index) != Some(byte) {
                return Err(self.refuse(at + index));
            }
        }
        Ok(at + literal.len())
    }

    #[inline]
    fn number(&mut self, at: usize) -> Step {
        match short_integer(self.text, at) {
            Some(digits) => Ok(at + digits),
            None => self.odd_number(at),
        }
    }

    fn odd_number(&mut self, start: usize) -> Step {
        let mut cursor = Cursor {
            text: self.text,
            at: start,
        };
        let token = cursor.number()?;
        if !token.is_short_integer() {
            self.copy(start);
            token
                .write(&mut self.output)
                .map_err(|code| refusal(code, start))?;
            self.copied = cursor.at;
        }
        Ok(cursor.at)
    }

    /// Takes the bracket that opens a level and the white space behind it.
    #[inline]
    fn open(&mut self, at: usize, depth: usize) -> Step {
        if depth == MAX_DEPTH {
            return Err(refusal(CanonCode::Depth, at));
        }
        Ok(self.skip(at + 1))
    }

    fn array(&mut self, at: usize, depth: usize) -> Step {
        let mut at = self.open(at, depth)?;
        if self.text.get(at) == Some(&b']') {
            return Ok(at + 1);
        }
        loop {
            let end = self.value(at, depth + 1)?;
            at = self.skip(end);
            match self.text.get(at) {
                Some(b',') => at = self.skip(at + 1),
                Some(b']') => return Ok(at + 1),
                _ => return Err(self.refuse(at)),
            }
        }
    }

    /// Takes a string from its opening quote to behind its closing one; says where its canonical spelling is.
    #[inline]
    fn string(&mut self, at: usize) -> Result<(usize, NamePlace), Box<Refusal>> {
        let end = at + 1 + plain_run(self.text, at + 1);
        match self.text.get(end) {
            Some(b'"') => Ok((end + 1, NamePlace::Text)),
            _ => Ok((self.string_with_escapes(end)?, NamePlace::Output)),
        }
    }

    fn string_with_escapes(&mut self, mut at: usize) -> Step {
        loop {
            match self.text.get(at) {
                Some(b'"') => return Ok(at + 1),
                Some(b'\\') => {
                    self.copy(at);
                    let (scalar, end) = escape::read(self.text, at)?;
                    write_char(&mut self.output, scalar);
                    self.copied = end;
                    at = end + plain_run(self.text, end);
                }
                _ => return Err(self.refuse(at)),
            }
        }
    }
}

#[cold]
fn refusal(code: CanonCode, offset: usize) -> Box<Refusal> {
    Box::new(Refusal::at(code, offset))
}
