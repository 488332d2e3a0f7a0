//! Well-formedness that the XML reader leaves to its callers (XML 1.0, fifth edition).

use std::borrow::Cow;

use hashbrown::HashSet;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::BytesRef;
use quick_xml::events::attributes::Attribute;
use quick_xml::name::QName;

use crate::refusal::Refusal;

/// What is wrong, in words that never quote the document.
pub(super) type Wrong = &'static str;

/// What the XML reader found wrong; its own words quote the document.
pub(super) fn sentence(error: &Error) -> Wrong {
    match error {
        Error::Syntax(_) => "markup that does not end, or that XML does not have",
        Error::IllFormed(
            IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_),
        ) => "an end tag without its start tag",
        Error::Escape(_) => "a reference that does not end",
        _ => "not well-formed XML",
    }
}

/// XML 1.0 section 2.2: no control characters but tab, line feed and carriage return, and no U+FFFE or U+FFFF.
pub(super) fn check_characters(text: &str) -> Result<(), Refusal> {
    // Without branches, so that many bytes are looked at together; most documents have no such byte.
    let suspect = |byte: u8| {
        u8::from(byte < 0x20)
            & u8::from(byte != b'\t')
            & u8::from(byte != b'\n')
            & u8::from(byte != b'\r')
            | u8::from(byte == 0xEF)
    };
    let any = |chunk: &[u8]| chunk.iter().fold(0, |found, byte| found | suspect(*byte)) != 0;
    if !text.as_bytes().chunks(4096).any(any) {
        return Ok(());
    }
    match text
        .char_indices()
        .find(|(_, character)| !is_legal(*character))
    {
        Some((offset, _)) => Err(Refusal::at(offset, "a character that XML does not allow")),
        None => Ok(()),
    }
}

fn is_legal(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Section 2.3: names, at least as far as ASCII goes.
pub(super) fn check_name(name: &str) -> Result<(), Wrong> {
    if !name.is_empty() && name_length(name.as_bytes()) == name.len() {
        Ok(())
    } else {
        Err("not a name")
    }
}

/// Whether a byte can be in a name (1) or begin it, too (3).
const NAME: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        if character.is_ascii_alphabetic()
            || matches!(character, b'_' | b':')
            || !character.is_ascii()
        {
            table[byte] = 3;
        } else if character.is_ascii_digit() || matches!(character, b'-' | b'.') {
            table[byte] = 1;
        }
        byte += 1;
    }
    table
};

/// How many bytes of `bytes` are a name.
#[inline]
fn name_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(first) if NAME[usize::from(*first)] == 3 => {}
        _ => return 0,
    }
    bytes
        .iter()
        .position(|byte| NAME[usize::from(*byte)] == 0)
        .unwrap_or(bytes.len())
}

/// Section 2.6: what a processing instruction is for is a name, and not `xml`.
pub(super) fn check_target(target: &str) -> Result<(), Wrong> {
    if target.eq_ignore_ascii_case("xml") {
        return Err("a processing instruction for xml");
    }
    check_name(target)
}

/// Section 2.4: `]]>` does not stand in text.
pub(super) fn check_text(text: &str) -> Result<(), Wrong> {
    if text.len() >= 3 && memchr::memmem::find(text.as_bytes(), b"]]>").is_some() {
        return Err("`]]>` in text");
    }
    Ok(())
}

/// Section 4.1: a reference in text is to a legal character or to one of the five predefined entities.
pub(super) fn check_reference(reference: &BytesRef<'_>) -> Result<(), Wrong> {
    if !reference.is_char_ref() {
        let name: &str = reference;
        return if matches!(name, "lt" | "gt" | "amp" | "apos" | "quot") {
            Ok(())
        } else {
            Err(UNDEFINED)
        };
    }
    match reference.resolve_char_ref() {
        Ok(Some(character)) if is_legal(character) => Ok(()),
        _ => Err("a reference to a character that XML does not allow"),
    }
}

const UNDEFINED: Wrong = "a reference to an entity that XML does not predefine";

/// Go through the attributes of a tag, all of them checked (section 3.1).
///
/// `raw` is what stands after the element's name; `each` gets names and values as they are written.
#[inline]
pub(super) fn attributes<'a>(
    raw: &'a str,
    mut each: impl FnMut(&'a str, &'a str) -> Result<(), Wrong>,
) -> Result<(), Wrong> {
    let mut seen: SmallNames<'a> = SmallNames::default();
    let mut at = 0;
    loop {
        let start = past_space(raw, at);
        if start == raw.len() {
            return Ok(());
        }
        if start == at {
            return Err("no white space before an attribute");
        }
        let (name, value, end) =
            attribute(raw, start).ok_or("attributes that are not well-formed")?;
        check_value(value)?;
        seen.insert(name)?;
        each(name, value)?;
        at = end;
    }
}

/// Offset of the first byte at or after `at` that is not white space.
#[inline]
fn past_space(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    at + rest
        .iter()
        .position(|byte| !space(byte))
        .unwrap_or(rest.len())
}

/// Name and raw value of the attribute at `start`, and where it ends.
#[inline]
fn attribute(raw: &str, start: usize) -> Option<(&str, &str, usize)> {
    let bytes = raw.as_bytes();
    let name_end = start + name_length(bytes.get(start..)?);
    let equals = past_space(raw, name_end);
    if name_end == start || bytes.get(equals) != Some(&b'=') {
        return None;
    }
    let open = past_space(raw, equals + 1);
    let quote = *bytes
        .get(open)
        .filter(|quote| matches!(quote, b'"' | b'\''))?;
    let length = memchr::memchr(quote, bytes.get(open + 1..)?)?;
    let close = open + 1 + length;
    Some((
        raw.get(start..name_end)?,
        raw.get(open + 1..close)?,
        close + 1,
    ))
}

/// The value `raw` as the document means it (section 3.3.3); it has been checked.
#[inline]
pub(super) fn value(raw: &str) -> Cow<'_, str> {
    // Without branches, so that many bytes are looked at together.
    let changes = |byte: u8| u8::from(byte < b' ') | u8::from(byte == b'&');
    if raw.bytes().fold(0, |found, byte| found | changes(byte)) == 0 {
        return Cow::Borrowed(raw);
    }
    normalized(raw).unwrap_or_default()
}

fn normalized(raw: &str) -> Option<Cow<'_, str>> {
    let attribute = Attribute {
        key: QName(""),
        value: Cow::Borrowed(raw),
    };
    attribute.normalized_value(XmlVersion::Implicit1_0).ok()
}

fn check_value(raw: &str) -> Result<(), Wrong> {
    match memchr::memchr2(b'<', b'&', raw.as_bytes()) {
        None => Ok(()),
        Some(_) if raw.contains('<') => Err("`<` in an attribute"),
        Some(_) => match normalized(raw) {
            Some(value) if value.chars().all(is_legal) => Ok(()),
            Some(_) => Err("a reference to a character that XML does not allow"),
            None => Err(UNDEFINED),
        },
    }
}

/// The attribute names of one tag, most tags having few.
#[derive(Default)]
struct SmallNames<'a> {
    few: [&'a str; 8],
    count: usize,
    more: HashSet<&'a str>,
}

impl<'a> SmallNames<'a> {
    fn insert(&mut self, name: &'a str) -> Result<(), Wrong> {
        const TWICE: Wrong = "an attribute that comes twice";
        let (few, count) = (&mut self.few, self.count);
        if few[..count.min(8)].contains(&name) || (count >= 8 && !self.more.insert(name)) {
            return Err(TWICE);
        }
        if let Some(slot) = few.get_mut(count) {
            *slot = name;
        }
        self.count += 1;
        Ok(())
    }
}
