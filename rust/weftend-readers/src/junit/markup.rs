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
    let mut bytes = name.bytes();
    let starts =
        |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii();
    let goes_on = |byte: u8| starts(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if bytes.next().is_some_and(starts) && bytes.all(goes_on) {
        Ok(())
    } else {
        Err("not a name")
    }
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
    let mut rest = raw;
    loop {
        let next = rest.trim_start_matches(SPACE);
        if next.is_empty() {
            return Ok(());
        }
        if next.len() == rest.len() {
            return Err("no white space before an attribute");
        }
        let (name, value, behind) = attribute(next)?;
        check_name(name)?;
        check_value(value)?;
        seen.insert(name)?;
        each(name, value)?;
        rest = behind;
    }
}

const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Name, raw value and what follows of the attribute that `text` starts with.
#[inline]
fn attribute(text: &str) -> Result<(&str, &str, &str), Wrong> {
    const MALFORMED: Wrong = "attributes that are not well-formed";
    let (name, rest) = text.split_once('=').ok_or(MALFORMED)?;
    let rest = rest.trim_start_matches(SPACE);
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))
        .ok_or(MALFORMED)?;
    let (value, behind) = rest
        .get(1..)
        .and_then(|rest| rest.split_once(quote))
        .ok_or(MALFORMED)?;
    Ok((name.trim_end_matches(SPACE), value, behind))
}

/// The value `raw` as the document means it (section 3.3.3); it has been checked.
#[inline]
pub(super) fn value(raw: &str) -> Cow<'_, str> {
    if !raw
        .bytes()
        .any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r'))
    {
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
