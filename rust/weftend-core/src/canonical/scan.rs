//! A cursor over JSON text: white space, literals and number tokens (RFC 8259).

use super::error::{CanonCode, Refusal};
use super::number::Token;

/// A text and how far it has been read.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Cursor { text, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    pub(crate) fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// What is wrong here: the text ended, or this byte cannot go on.
    pub(crate) fn refuse_here(&self) -> Refusal {
        let code = match self.peek() {
            Some(_) => CanonCode::Syntax,
            None => CanonCode::Truncated,
        };
        Refusal::at(code, self.at)
    }

    /// Takes exactly these bytes.
    pub(crate) fn expect(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        for &byte in bytes {
            if self.peek() != Some(byte) {
                return Err(self.refuse_here());
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Takes a number token up to the first byte that cannot go on with it.
    pub(crate) fn number(&mut self) -> Result<Token<'a>, Refusal> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        let fraction = self.fraction()?;
        let exponent = self.exponent()?;
        Ok(Token {
            text: &self.text[start..self.at],
            integer: !fraction && !exponent,
        })
    }

    fn fraction(&mut self) -> Result<bool, Refusal> {
        if self.peek() != Some(b'.') {
            return Ok(false);
        }
        self.at += 1;
        self.digits()?;
        Ok(true)
    }

    fn exponent(&mut self) -> Result<bool, Refusal> {
        if !matches!(self.peek(), Some(b'e' | b'E')) {
            return Ok(false);
        }
        self.at += 1;
        if let Some(b'+' | b'-') = self.peek() {
            self.at += 1;
        }
        self.digits()?;
        Ok(true)
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.refuse_here());
        }
        Ok(())
    }
}
