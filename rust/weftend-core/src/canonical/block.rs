//! Sixteen bytes at a time: which of them may stand in a string, and where two texts differ.

use wide::{i8x16, u8x16, u8x32};

/// What JSON takes for white space.
const WHITE: [u8; 4] = *b" \t\n\r";

/// Bytes in a block.
pub(crate) const BLOCK: usize = 16;

/// Sixteen bytes of a text; what lies behind its end is zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    bytes: [u8; BLOCK],
}

impl Block {
    /// The bytes from `at` on, which is not behind the end of the text.
    #[inline]
    pub(crate) fn load(text: &[u8], at: usize) -> Self {
        let rest = &text[at..];
        let bytes = match rest.first_chunk() {
            Some(bytes) => *bytes,
            None => padded(rest).to_le_bytes(),
        };
        Block { bytes }
    }

    #[inline]
    pub(crate) const fn bytes(&self) -> &[u8; BLOCK] {
        &self.bytes
    }

    #[inline]
    fn wide(self) -> u8x16 {
        u8x16::from(self.bytes)
    }

    /// One bit for each byte that does not stand for itself in a JSON string: quotes, backslashes, control
    /// characters, and what lies behind the end of the text.
    #[inline]
    pub(crate) fn special(self) -> u32 {
        let bytes = self.wide();
        let control = bytes.min(u8x16::splat(0x1F)).simd_eq(bytes);
        let quote = bytes.simd_eq(u8x16::splat(b'"'));
        let escape = bytes.simd_eq(u8x16::splat(b'\\'));
        (control | quote | escape).to_bitmask()
    }

    /// As [`Block::special`], and a bit for each byte beyond ASCII too: one comparison with a sign finds both these
    /// and control characters.
    #[inline]
    pub(crate) fn not_plain_ascii(self) -> u32 {
        let bytes = self.wide();
        let [quote, escape] = [b'"', b'\\'].map(|byte| bytes.simd_eq(u8x16::splat(byte)));
        let signed = i8x16::from(self.bytes.map(|byte| byte as i8));
        (signed.simd_lt(i8x16::splat(0x20)).to_bitmask() | (quote | escape).to_bitmask()) & 0xFFFF
    }

    /// How many bytes from the first on are the same in both.
    #[inline]
    pub(crate) fn common(self, other: Block) -> usize {
        first_set(!self.wide().simd_eq(other.wide()))
    }
}

/// Bytes from `at` on that stand for themselves in a JSON string, up to the first that does not.
#[inline]
pub(crate) fn plain_run(text: &[u8], at: usize) -> usize {
    let mut rest = &text[at..];
    // Two blocks in one step: how many blocks a string has is hard to foretell, and a branch more costs.
    while let Some((two, behind)) = rest.split_first_chunk::<{ 2 * BLOCK }>() {
        let mask = special32(two);
        if mask != 0 {
            return text.len() - at - rest.len() + mask.trailing_zeros() as usize;
        }
        rest = behind;
    }
    text.len() - at - rest.len() + plain_tail(rest)
}

/// One bit for each byte that does not stand for itself.
#[inline]
fn special32(bytes: &[u8; 2 * BLOCK]) -> u32 {
    let bytes = u8x32::from(*bytes);
    let control = bytes.min(u8x32::splat(0x1F)).simd_eq(bytes);
    let quote = bytes.simd_eq(u8x32::splat(b'"'));
    let escape = bytes.simd_eq(u8x32::splat(b'\\'));
    (control | quote | escape).to_bitmask()
}

#[cold]
fn plain_tail(bytes: &[u8]) -> usize {
    let special = |&byte: &u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    bytes.iter().position(special).unwrap_or(bytes.len())
}

/// Bytes of white space from `at` on.
#[inline]
pub(crate) fn white_run(text: &[u8], at: usize) -> usize {
    let mut rest = &text[at..];
    while let Some((block, behind)) = rest.split_first_chunk() {
        let white = white(u8x16::from(*block));
        if white < BLOCK {
            return text.len() - at - rest.len() + white;
        }
        rest = behind;
    }
    text.len() - at - rest.len() + white_tail(rest)
}

/// How many lanes from the first on are white space.
#[inline]
fn white(bytes: u8x16) -> usize {
    let [space, tab, line, carriage] = WHITE.map(|byte| bytes.simd_eq(u8x16::splat(byte)));
    first_set(!(space | tab | line | carriage))
}

#[cold]
fn white_tail(bytes: &[u8]) -> usize {
    let other = |byte| !WHITE.contains(byte);
    bytes.iter().position(other).unwrap_or(bytes.len())
}

/// Index of the first lane that is set, [`BLOCK`] if none is.
#[inline]
fn first_set(lanes: u8x16) -> usize {
    (lanes.to_bitmask() | 1 << BLOCK).trailing_zeros() as usize
}

/// Fewer than sixteen bytes as a little-endian number; without a copy of variable length.
#[inline]
pub(crate) fn padded(bytes: &[u8]) -> u128 {
    let length = bytes.len();
    if length <= 8 {
        return u128::from(half(bytes));
    }
    let high = eight(bytes, length - 8) >> (8 * (16 - length));
    u128::from(eight(bytes, 0)) | u128::from(high) << 64
}

/// At most eight bytes as a little-endian number. What is loaded twice overlaps.
#[inline]
fn half(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if length >= 4 {
        return four(bytes, 0) | four(bytes, length - 4) << (8 * (length - 4));
    }
    let place = |index: usize| u64::from(bytes[index]) << (8 * index);
    match length {
        0 => 0,
        _ => place(0) | place(length / 2) | place(length - 1),
    }
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

#[inline]
fn four(bytes: &[u8], at: usize) -> u64 {
    bytes[at..]
        .first_chunk()
        .map_or(0, |chunk| u32::from_le_bytes(*chunk).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_byte_value_is_judged_right_in_each_lane() {
        for byte in 0..=u8::MAX {
            for lane in 0..BLOCK {
                let mut bytes = [b'a'; BLOCK];
                bytes[lane] = byte;
                let block = Block::load(&bytes, 0);
                let plain = byte >= 0x20 && byte != b'"' && byte != b'\\';
                assert_eq!(
                    block.special(),
                    if plain { 0 } else { 1 << lane },
                    "{byte:#x} in {lane}"
                );
                let plain_ascii = plain && byte.is_ascii();
                assert_eq!(
                    block.not_plain_ascii(),
                    if plain_ascii { 0 } else { 1 << lane },
                    "{byte:#x} in {lane}"
                );
                let mut text = [b'\n'; BLOCK + 2];
                text[1 + lane] = byte;
                let white = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
                assert_eq!(white_run(&text, 1), if white { BLOCK + 1 } else { lane });
                assert_eq!(
                    white_run(&text[..BLOCK], 1),
                    if white {
                        BLOCK - 1
                    } else {
                        lane.min(BLOCK - 1)
                    }
                );
            }
        }
    }

    proptest! {
        #[test]
        fn short_texts_are_padded_with_zeros(text in prop::collection::vec(any::<u8>(), 0..40), at in 0usize..40) {
            let at = at.min(text.len());
            let mut expected = [0; BLOCK];
            for (to, from) in expected.iter_mut().zip(&text[at..]) {
                *to = *from;
            }
            prop_assert_eq!(*Block::load(&text, at).bytes(), expected);
        }

        #[test]
        fn blocks_have_their_shared_beginning_in_common(a: [u8; 16], same in 0usize..=16) {
            let mut b = a;
            if let Some(byte) = b.get_mut(same) {
                *byte ^= 0x80;
            }
            prop_assert_eq!(Block::load(&a, 0).common(Block::load(&b, 0)), same);
        }
    }
}
