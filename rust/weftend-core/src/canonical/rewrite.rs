//! JSON text to canonical bytes without a tree.

use super::MAX_DEPTH;
use super::error::{CanonCode, CanonicalError, Refusal};
use super::output::Output;
use super::scan::Cursor;
use super::string::{plain_prefix, write_escape};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads one JSON text and writes its canonical form.
pub(super) fn rewrite(text: &[u8]) -> Result<Vec<u8>, CanonicalError> {
    let mut rewriter = Rewriter {
        cursor: Cursor::new(text),
        output: Output::with_capacity(text.len()),
        depth: 0,
    };
    rewriter.text()?;
    Ok(rewriter.output.bytes)
}

struct Rewriter<'a> {
    cursor: Cursor<'a>,
    output: Output,
    depth: usize,
}

impl Rewriter<'_> {
    fn text(&mut self) -> Result<(), Refusal> {
        if let Err(error) = std::str::from_utf8(self.cursor.text) {
            return Err(Refusal::at(CanonCode::Utf8, error.valid_up_to()));
        }
        if self.cursor.text.starts_with(BYTE_ORDER_MARK) {
            return Err(Refusal::at(CanonCode::Bom, 0));
        }
        self.value()?;
        self.cursor.skip_white_space();
        match self.cursor.peek() {
            Some(_) => Err(Refusal::at(CanonCode::Trailing, self.cursor.at)),
            None => Ok(()),
        }
    }

    fn value(&mut self) -> Result<(), Refusal> {
        self.cursor.skip_white_space();
        match self.cursor.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal(b"true"),
            Some(b'f') => self.literal(b"false"),
            Some(b'n') => self.literal(b"null"),
            _ => Err(self.cursor.refuse_here()),
        }
    }

    fn literal(&mut self, literal: &[u8]) -> Result<(), Refusal> {
        self.cursor.expect(literal)?;
        self.output.bytes.extend_from_slice(literal);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Refusal> {
        let start = self.cursor.at;
        let token = self.cursor.number()?;
        token
            .write(&mut self.output.bytes)
            .map_err(|code| Refusal::at(code, start))
    }

    /// Takes the opening bracket, one level deeper.
    fn open(&mut self) -> Result<(), Refusal> {
        if self.depth == MAX_DEPTH {
            return Err(Refusal::at(CanonCode::Depth, self.cursor.at));
        }
        self.depth += 1;
        self.cursor.at += 1;
        self.cursor.skip_white_space();
        Ok(())
    }

    /// Behind an element: takes a comma (true) or the closing bracket (false).
    fn goes_on(&mut self, close: u8) -> Result<bool, Refusal> {
        self.cursor.skip_white_space();
        match self.cursor.peek() {
            Some(b',') => {
                self.cursor.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.close();
                Ok(false)
            }
            _ => Err(self.cursor.refuse_here()),
        }
    }

    fn close(&mut self) {
        self.cursor.at += 1;
        self.depth -= 1;
    }

    fn array(&mut self) -> Result<(), Refusal> {
        self.open()?;
        self.output.bytes.push(b'[');
        if self.cursor.peek() == Some(b']') {
            self.close();
        } else {
            self.value()?;
            while self.goes_on(b']')? {
                self.output.bytes.push(b',');
                self.value()?;
            }
        }
        self.output.bytes.push(b']');
        Ok(())
    }

    fn object(&mut self) -> Result<(), Refusal> {
        self.open()?;
        let mut object = self.output.begin_object();
        if self.cursor.peek() == Some(b'}') {
            self.close();
        } else {
            self.member(&mut object)?;
            while self.goes_on(b'}')? {
                self.cursor.skip_white_space();
                self.member(&mut object)?;
            }
        }
        self.output
            .end_object(object)
            .map_err(|origin| Refusal::at(CanonCode::DuplicateName, origin))
    }

    fn member(&mut self, object: &mut super::output::Object) -> Result<(), Refusal> {
        let origin = self.cursor.at;
        if self.cursor.peek() != Some(b'"') {
            return Err(self.cursor.refuse_here());
        }
        let start = self.output.begin_member(object);
        self.string()?;
        self.output.end_name(object, start, origin);
        self.cursor.skip_white_space();
        self.cursor.expect(b":")?;
        self.value()
    }

    /// Takes a string from its opening quote, writes it with the shortest escapes.
    fn string(&mut self) -> Result<(), Refusal> {
        self.output.bytes.push(b'"');
        self.cursor.at += 1;
        loop {
            let rest = &self.cursor.text[self.cursor.at..];
            let plain = plain_prefix(rest);
            self.output.bytes.extend_from_slice(&rest[..plain]);
            self.cursor.at += plain;
            match self.cursor.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(self.cursor.refuse_here()),
            }
        }
        self.cursor.at += 1;
        self.output.bytes.push(b'"');
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Refusal> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let byte = match self.cursor.peek() {
            Some(b'u') => return self.unicode_escape(start),
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b't') => b'\t',
            Some(b'n') => b'\n',
            Some(b'f') => 0x0C,
            Some(b'r') => b'\r',
            _ => return Err(self.cursor.refuse_here()),
        };
        self.cursor.at += 1;
        write_escape(&mut self.output.bytes, byte);
        Ok(())
    }

    /// Takes `u` and four digits, and the second half of a surrogate pair; `start` is the backslash.
    fn unicode_escape(&mut self, start: usize) -> Result<(), Refusal> {
        let lone = Refusal::at(CanonCode::Surrogate, start);
        let mut unit = self.code_unit()?;
        if (0xD800..0xDC00).contains(&unit) {
            if !self.cursor.text[self.cursor.at..].starts_with(b"\\u") {
                return Err(lone);
            }
            self.cursor.at += 1;
            let low = self.code_unit()?;
            if !(0xDC00..0xE000).contains(&low) {
                return Err(lone);
            }
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        // Nothing but a lone low surrogate is left that is not a scalar value.
        let scalar = char::from_u32(unit).ok_or(lone)?;
        self.write_char(scalar);
        Ok(())
    }

    fn write_char(&mut self, scalar: char) {
        if scalar.is_ascii() {
            return write_escape(&mut self.output.bytes, scalar as u8);
        }
        let mut buffer = [0; 4];
        let encoded = scalar.encode_utf8(&mut buffer);
        self.output.bytes.extend_from_slice(encoded.as_bytes());
    }

    /// Takes `u` and four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u32, Refusal> {
        self.cursor.at += 1;
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self
                .cursor
                .peek()
                .and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.cursor.refuse_here())?;
            self.cursor.at += 1;
        }
        Ok(unit)
    }
}
