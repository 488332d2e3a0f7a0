//! Markup, piece by piece: each byte of a tag is looked at once, and most of a document is nothing but tags.

use super::attributes::{SmallNames, Value};
use super::markup::{self, Wrong};

/// A piece of a document. White space alone is none, wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag, with its name; [`Tokens::attributes`] is to be called next.
    Start(&'a str),
    /// The end tag of the element that was opened last.
    End,
    /// Text that is not only white space, as it is written.
    Text(&'a str),
    /// A section of character data.
    Data,
    /// A comment.
    Comment,
    /// A processing instruction, with its target.
    Instruction(&'a str),
    /// The XML declaration, from behind `<?xml` on.
    Declaration(&'a str),
    /// The start of a document type declaration, behind which nothing is read.
    DocumentType,
}

/// A cursor into the text of a document.
pub(super) struct Tokens<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the last token starts.
    start: usize,
    /// Names of the elements that are open, outermost first.
    open: Vec<&'a str>,
}

const UNENDED: Wrong = "markup that does not end, or that XML does not have";

impl<'a> Tokens<'a> {
    /// A cursor at the start of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Tokens {
            text,
            bytes: text.as_bytes(),
            at: 0,
            start: 0,
            open: Vec::with_capacity(16),
        }
    }

    /// Byte offset of the token that was read last, or tried to.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The next token; `None` at the end of the text.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Wrong> {
        self.start = self.at;
        self.skip_space();
        match self.peek(0) {
            None => {
                self.start = self.at;
                Ok(None)
            }
            Some(b'<') => {
                self.start = self.at;
                self.markup().map(Some)
            }
            Some(_) => Ok(Some(self.text())),
        }
    }

    #[inline]
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek(0) {
            self.at += 1;
        }
    }

    /// Text from where the token starts up to the next markup.
    fn text(&mut self) -> Token<'a> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr(b'<', rest).unwrap_or(rest.len());
        Token::Text(self.text.get(self.start..self.at).unwrap_or_default())
    }

    /// The markup at the cursor, which is at a `<`.
    #[inline]
    fn markup(&mut self) -> Result<Token<'a>, Wrong> {
        match self.peek(1) {
            Some(b'/') => self.end_tag(),
            Some(b'!') => self.declaration(),
            Some(b'?') => self.instruction(),
            _ => {
                self.at += 1;
                let name = self.name()?;
                self.open.push(name);
                Ok(Token::Start(name))
            }
        }
    }

    /// The name at the cursor.
    #[inline]
    fn name(&mut self) -> Result<&'a str, Wrong> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = self.at + markup::name_length(rest);
        let name = self.text.get(self.at..end).filter(|name| !name.is_empty());
        self.at = end;
        name.ok_or("not a name")
    }

    #[inline]
    fn end_tag(&mut self) -> Result<Token<'a>, Wrong> {
        let name = self.open.pop().ok_or(UNOPENED)?;
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        if !rest.starts_with(name.as_bytes()) {
            return Err(UNOPENED);
        }
        self.at += 2 + name.len();
        self.skip_space();
        match self.peek(0) {
            Some(b'>') => {
                self.at += 1;
                Ok(Token::End)
            }
            None => Err(UNENDED),
            Some(_) => Err(UNOPENED),
        }
    }

    /// Comments, character data, and what begins a document type declaration.
    fn declaration(&mut self) -> Result<Token<'a>, Wrong> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("<!--") {
            // Section 2.5: two hyphens stand in no comment but at its end.
            let length = comment.find("--").ok_or(UNENDED)?;
            self.at += 4 + length + 2;
            return self.closing(Token::Comment, "`--` in a comment");
        }
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            self.at += 9 + data.find("]]>").ok_or(UNENDED)? + 2;
            return self.closing(Token::Data, UNENDED);
        }
        if rest
            .get(..9)
            .is_some_and(|word| word.eq_ignore_ascii_case("<!DOCTYPE"))
        {
            return Ok(Token::DocumentType);
        }
        Err(UNENDED)
    }

    fn instruction(&mut self) -> Result<Token<'a>, Wrong> {
        let rest = self.text.get(self.at + 2..).unwrap_or_default();
        let content = rest
            .get(..rest.find("?>").ok_or(UNENDED)?)
            .unwrap_or_default();
        self.at += 2 + content.len() + 1;
        let target = content.split([' ', '\t', '\n', '\r']).next();
        let token = match target.unwrap_or_default() {
            "xml" => Token::Declaration(content.get(3..).unwrap_or_default()),
            target => Token::Instruction(target),
        };
        self.closing(token, UNENDED)
    }

    /// Past the `>` that ends `token`.
    fn closing(&mut self, token: Token<'a>, wrong: Wrong) -> Result<Token<'a>, Wrong> {
        if self.peek(0) != Some(b'>') {
            return Err(wrong);
        }
        self.at += 1;
        Ok(token)
    }

    /// Go through the attributes of the tag whose name was just read, all of them checked (section 3.1), and say
    /// whether the element is empty, so that no end tag follows.
    #[inline]
    pub(super) fn attributes(
        &mut self,
        mut each: impl FnMut(&'a str, Value<'a>),
    ) -> Result<bool, Wrong> {
        let mut seen = SmallNames::default();
        loop {
            let before = self.at;
            self.skip_space();
            match self.peek(0) {
                Some(b'>') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some(b'/') if self.peek(1) == Some(b'>') => {
                    self.at += 2;
                    self.open.pop();
                    return Ok(true);
                }
                None => return Err(UNENDED),
                Some(_) if self.at == before => return Err("no white space before an attribute"),
                Some(_) => {}
            }
            let (name, value) = self.attribute()?;
            seen.insert(name)?;
            each(name, value);
        }
    }

    /// The attribute at the cursor.
    #[inline]
    fn attribute(&mut self) -> Result<(&'a str, Value<'a>), Wrong> {
        const MALFORMED: Wrong = "attributes that are not well-formed";
        let name = self.name().map_err(|_| MALFORMED)?;
        self.skip_space();
        if self.peek(0) != Some(b'=') {
            return Err(MALFORMED);
        }
        self.at += 1;
        self.skip_space();
        let quote = self.peek(0).filter(|quote| matches!(quote, b'"' | b'\''));
        let (value, end) = Value::read(self.text, self.at + 1, quote.ok_or(MALFORMED)?)?;
        self.at = end + 1;
        Ok((name, value))
    }
}

const UNOPENED: Wrong = "an end tag without its start tag";
