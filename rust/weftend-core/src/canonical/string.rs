//! Strings as canonical JSON writes them (RFC 8785 section 3.2.2.2).

use super::block::{BLOCK, Block};
use super::buffer::Buffer;
use super::order::unescaped;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` in quotes, with the shortest escapes.
#[inline]
pub fn write(out: &mut Buffer, text: &str) {
    write_between(out, b"\"", text, b"\"");
}

/// Appends `text` as the name of a member: in quotes, a colon behind it, and a comma in front unless it is the
/// first.
#[inline]
pub fn write_name(out: &mut Buffer, first: bool, text: &str) {
    match first {
        true => write_between(out, b"\"", text, b"\":"),
        false => write_between(out, b",\"", text, b"\":"),
    }
}

/// Appends `text` escaped between two pieces, of at most two bytes.
#[inline]
fn write_between<const F: usize, const B: usize>(
    out: &mut Buffer,
    front: &[u8; F],
    text: &str,
    back: &[u8; B],
) {
    let (text, room) = (text.as_bytes(), out.room(F + text.len() + BLOCK));
    room[..F].copy_from_slice(front);
    if write_plain(&mut room[F..], text, Block::load(text, 0), Block::special) {
        room[F + text.len()..][..B].copy_from_slice(back);
        out.advance(F + text.len() + B);
    } else {
        out.advance(F);
        write_escaped(out, text);
        out.extend_from_slice(back);
    }
}

/// Writes `text`, whose first block is at hand, at the beginning of `room`, which is a block longer or more, if no
/// byte in it is one of which `unfit` gives the bit.
#[inline]
pub(crate) fn write_plain(
    room: &mut [u8],
    text: &[u8],
    first: Block,
    unfit: impl Fn(Block) -> u32,
) -> bool {
    room[..BLOCK].copy_from_slice(first.bytes());
    let Some(last) = text.len().checked_sub(BLOCK) else {
        return unfit(first) & ((1 << text.len()) - 1) == 0;
    };
    let mut write = |at: usize| {
        let block = Block::load(text, at);
        room[at..at + BLOCK].copy_from_slice(block.bytes());
        unfit(block) == 0
    };
    let mut plain = unfit(first) == 0;
    let mut at = BLOCK;
    while plain && at < last {
        plain = write(at);
        at += BLOCK;
    }
    // The last block overlaps the one before it.
    plain && write(last)
}

/// Appends UTF-8 bytes escaped, without quotes.
#[cold]
fn write_escaped(out: &mut Buffer, text: &[u8]) {
    let mut at = 0;
    while at < text.len() {
        let block = Block::load(text, at);
        let plain = (block.special() | 1 << BLOCK).trailing_zeros() as usize;
        out.push_block(block.bytes(), plain);
        at += plain;
        if plain < BLOCK && at < text.len() {
            write_escape(out, text[at]);
            at += 1;
        }
    }
}

/// Appends one byte that must not stand for itself (`"`, `\`, a control character), or that may (any other).
#[cold]
pub(crate) fn write_escape(out: &mut Buffer, byte: u8) {
    match short_escape(byte) {
        Some(letter) => out.extend_from_slice(&[b'\\', letter]),
        None if byte < 0x20 => {
            let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digits[0], digits[1]]);
        }
        None => out.push(byte),
    }
}

/// Appends one character of a string, escaped if it must be.
pub(crate) fn write_char(out: &mut Buffer, scalar: char) {
    if scalar.is_ascii() {
        return write_escape(out, scalar as u8);
    }
    out.extend_from_slice(scalar.encode_utf8(&mut [0; 4]).as_bytes());
}

/// What a string stands for that canonical JSON begins with, as [`write`] wrote it.
pub(crate) fn read(written: &[u8]) -> String {
    let content = written.get(1..).unwrap_or_default();
    let mut end = 0;
    while let Some(&byte) = content.get(end).filter(|&&byte| byte != b'"') {
        end += if byte == b'\\' { 2 } else { 1 };
    }
    let bytes: Vec<u8> = unescaped(content.get(..end).unwrap_or(content)).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The letter behind the backslash where there is a two-byte escape.
pub(crate) const fn short_escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        0x08 => Some(b'b'),
        b'\t' => Some(b't'),
        b'\n' => Some(b'n'),
        0x0C => Some(b'f'),
        b'\r' => Some(b'r'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(text: &str) -> String {
        let mut out = Buffer::new();
        write(&mut out, text);
        String::from_utf8(out.into_vec()).unwrap()
    }

    #[test]
    fn each_control_character_has_its_one_spelling() {
        assert_eq!(written("\u{8}\t\n\u{b}\u{c}\r"), r#""\b\t\n\u000b\f\r""#);
        assert_eq!(written("\0\u{1f}\u{7f}"), "\"\\u0000\\u001f\u{7f}\"");
        assert_eq!(written("\"\\/"), r#""\"\\/""#);
    }

    proptest! {
        #[test]
        fn another_parser_reads_back_what_was_written(text in any::<String>(), pad in "[a-z]{0,40}") {
            let text = pad + &text;
            prop_assert_eq!(&serde_json::from_str::<String>(&written(&text)).unwrap(), &text);
            prop_assert_eq!(read((written(&text) + ":\"x\"").as_bytes()), text);
        }
    }
}
