//! Escapes in JSON strings (RFC 8259 section 7), read as Unicode scalar values.

use super::error::{CanonCode, Refusal};

/// Reads the escape whose backslash is at `at`: what it stands for, and where it ends.
///
/// A surrogate pair is read as one. A surrogate without its other half is refused at its backslash.
pub(crate) fn read(text: &[u8], at: usize) -> Result<(char, usize), Refusal> {
    let scalar = match text.get(at + 1) {
        Some(b'u') => return unicode(text, at),
        Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'b') => '\u{8}',
        Some(b't') => '\t',
        Some(b'n') => '\n',
        Some(b'f') => '\u{C}',
        Some(b'r') => '\r',
        _ => return Err(refuse(text, at + 1)),
    };
    Ok((scalar, at + 2))
}

fn unicode(text: &[u8], at: usize) -> Result<(char, usize), Refusal> {
    let lone = Refusal::at(CanonCode::Surrogate, at);
    let (unit, end) = (code_unit(text, at + 2)?, at + 6);
    if !(0xD800..0xDC00).contains(&unit) {
        // Nothing but a low surrogate is no scalar value here.
        return Ok((char::from_u32(unit).ok_or(lone)?, end));
    }
    if !text[end..].starts_with(b"\\u") {
        return Err(lone);
    }
    let low = code_unit(text, end + 2)?;
    if !(0xDC00..0xE000).contains(&low) {
        return Err(lone);
    }
    let scalar = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    Ok((char::from_u32(scalar).ok_or(lone)?, end + 6))
}

/// Four hexadecimal digits from `at` on.
fn code_unit(text: &[u8], at: usize) -> Result<u32, Refusal> {
    let mut unit = 0;
    for at in at..at + 4 {
        let digit = text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
        unit = unit << 4 | digit.ok_or_else(|| refuse(text, at))?;
    }
    Ok(unit)
}

/// What is wrong at this place: the text ended, or this byte cannot go on.
pub(crate) fn refuse(text: &[u8], at: usize) -> Refusal {
    let code = match text.get(at) {
        Some(_) => CanonCode::Syntax,
        None => CanonCode::Truncated,
    };
    Refusal::at(code, at)
}
