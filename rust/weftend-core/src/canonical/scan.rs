//! Number tokens of JSON text (RFC 8259 section 6).

use super::error::Refusal;
use super::escape;
use super::number::Token;

/// A text and how far it has been read.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Takes a number token up to the first byte that cannot go on with it.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<Token<'a>, Refusal> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let integer = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if !integer {
            self.fraction_and_exponent()?;
        }
        let text = &self.text[start..self.at];
        Ok(Token { text, integer })
    }

    fn fraction_and_exponent(&mut self) -> Result<(), Refusal> {
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    /// One digit or more.
    #[inline]
    fn digits(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(escape::refuse(self.text, self.at));
        }
        Ok(())
    }
}
