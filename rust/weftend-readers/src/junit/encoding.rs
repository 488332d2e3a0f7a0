//! From the bytes of an XML document to text: byte order marks, the declaration, and any encoding it names.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::refusal::Refusal;

/// The declaration stands within this many bytes.
const HEAD: usize = 1024;

/// How a document's bytes become text.
enum Charset {
    Utf8,
    Ascii,
    Latin1,
    Utf32 { big_endian: bool },
    Other(&'static Encoding),
}

/// The text of `bytes`, without byte order mark; borrowed where it is UTF-8 already.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let (charset, mark) = charset(bytes)?;
    let content = bytes.get(mark..).unwrap_or_default();
    match charset {
        Charset::Utf8 => utf8(content).map(Cow::Borrowed),
        Charset::Ascii => match content.iter().position(|byte| !byte.is_ascii()) {
            Some(offset) => Err(Refusal::at(
                offset,
                "not US-ASCII, which the document declares",
            )),
            None => utf8(content).map(Cow::Borrowed),
        },
        Charset::Latin1 => Ok(content
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
            .into()),
        Charset::Utf32 { big_endian } => utf32(content, big_endian).map(Cow::Owned),
        Charset::Other(encoding) => encoding
            .decode_without_bom_handling_and_without_replacement(content)
            .ok_or_else(|| {
                Refusal::at(
                    0,
                    format!("not {}, which the document declares", encoding.name()),
                )
            }),
    }
}

fn utf8(content: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(content).map_err(|error| Refusal::at(error.valid_up_to(), "not UTF-8"))
}

fn utf32(content: &[u8], big_endian: bool) -> Result<String, Refusal> {
    let (words, rest) = content.as_chunks::<4>();
    let word = |word: &[u8; 4]| {
        if big_endian {
            u32::from_be_bytes(*word)
        } else {
            u32::from_le_bytes(*word)
        }
    };
    let text: Option<String> = words
        .iter()
        .map(|bytes| char::from_u32(word(bytes)))
        .collect();
    match text {
        Some(text) if rest.is_empty() => Ok(text),
        _ => Err(Refusal::at(0, "not UTF-32, which the byte order mark says")),
    }
}

/// The encoding of `bytes`, and the length of its byte order mark.
fn charset(bytes: &[u8]) -> Result<(Charset, usize), Refusal> {
    let charset = match bytes {
        [0x00, 0x00, 0xFE, 0xFF, ..] => (Charset::Utf32 { big_endian: true }, 4),
        [0xFF, 0xFE, 0x00, 0x00, ..] => (Charset::Utf32 { big_endian: false }, 4),
        [0xEF, 0xBB, 0xBF, ..] => (Charset::Utf8, 3),
        [0xFE, 0xFF, ..] => (Charset::Other(encoding_rs::UTF_16BE), 2),
        [0xFF, 0xFE, ..] => (Charset::Other(encoding_rs::UTF_16LE), 2),
        [0x00, b'<', 0x00, b'?', ..] => (Charset::Other(encoding_rs::UTF_16BE), 0),
        [b'<', 0x00, b'?', 0x00, ..] => (Charset::Other(encoding_rs::UTF_16LE), 0),
        _ => (declared_charset(bytes)?, 0),
    };
    Ok(charset)
}

/// The encoding that the declaration names; UTF-8 without one.
fn declared_charset(bytes: &[u8]) -> Result<Charset, Refusal> {
    let Some(label) = declared_label(bytes) else {
        return Ok(Charset::Utf8);
    };
    match label.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => return Ok(Charset::Utf8),
        "us-ascii" | "ascii" => return Ok(Charset::Ascii),
        // WHATWG labels take this one for windows-1252; XML means ISO's.
        "iso-8859-1" | "latin1" | "iso_8859-1" | "l1" => return Ok(Charset::Latin1),
        _ => {}
    }
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) if encoding.is_ascii_compatible() => Ok(Charset::Other(encoding)),
        Some(_) => Err(Refusal::at(
            0,
            "declares an encoding that its own declaration is not written in",
        )),
        None => Err(Refusal::at(0, "declares an encoding that is not known")),
    }
}

/// The value of `encoding` in the XML declaration that `bytes` start with.
fn declared_label(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(HEAD))?;
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let text = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let (_, rest) = text.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    rest.get(1..)?.split_once(quote).map(|(label, _)| label)
}

/// Whether `head` can be the start of XML: `<` first, after a byte order mark and white space.
pub(super) fn looks_like_xml(head: &[u8]) -> bool {
    decoded_head(head)
        .trim_start_matches([' ', '\t', '\n', '\r'])
        .starts_with('<')
}

/// The first bytes of a document as text, as far as they can be read.
pub(super) fn decoded_head(head: &[u8]) -> Cow<'_, str> {
    let Ok((charset, mark)) = charset(head) else {
        return String::from_utf8_lossy(head);
    };
    let content = head.get(mark..).unwrap_or_default();
    match charset {
        Charset::Other(encoding) => encoding.decode_without_bom_handling(content).0,
        Charset::Utf32 { big_endian } => {
            let whole = content.get(..content.len() & !3).unwrap_or_default();
            utf32(whole, big_endian).unwrap_or_default().into()
        }
        _ => match std::str::from_utf8(content) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(content),
        },
    }
}
