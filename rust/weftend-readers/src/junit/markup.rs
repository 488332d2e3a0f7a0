//! What well-formed documents are made of (XML 1.0, fifth edition): characters, names, text, references.

use quick_xml::events::BytesRef;

use crate::refusal::Refusal;

/// What is wrong, in words that never quote the document.
pub(super) type Wrong = &'static str;

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

pub(super) fn is_legal(character: char) -> bool {
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
pub(super) fn name_length(bytes: &[u8]) -> usize {
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

/// Sections 2.4 and 4.1: `]]>` does not stand in text, and every `&` begins a reference.
#[inline]
pub(super) fn check_text(text: &str) -> Result<(), Wrong> {
    if memchr::memchr2(b'&', b']', text.as_bytes()).is_none() {
        return Ok(());
    }
    if memchr::memmem::find(text.as_bytes(), b"]]>").is_some() {
        return Err("`]]>` in text");
    }
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once('&') {
        let (reference, behind) = behind
            .split_once(';')
            .ok_or("a reference that does not end")?;
        check_reference(&BytesRef::new(reference))?;
        rest = behind;
    }
    Ok(())
}

/// Section 4.1: a reference is to a legal character or to one of the five predefined entities.
fn check_reference(reference: &BytesRef<'_>) -> Result<(), Wrong> {
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

pub(super) const UNDEFINED: Wrong = "a reference to an entity that XML does not predefine";
