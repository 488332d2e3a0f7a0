//! White space between the tokens of a text, passed over whole runs at a time.

use wide::u8x16;

/// Bytes that are looked at in one step: a line feed and the indentation of most lines.
const STEP: usize = 32;

/// Offset of the first byte at or after `at` that is not white space; the length of `text` where there is none.
#[inline]
pub(super) fn end(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk::<STEP>()) {
        let space = spaces(chunk);
        if space != u32::MAX {
            return at + space.trailing_ones() as usize;
        }
        at += STEP;
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// Which of the bytes are white space, a bit for each.
#[inline]
fn spaces(chunk: &[u8; STEP]) -> u32 {
    let (halves, _) = chunk.as_chunks::<16>();
    let mut found = 0;
    for (index, half) in halves.iter().enumerate() {
        let bytes = u8x16::from(*half);
        let is = |byte: u8| bytes.simd_eq(u8x16::splat(byte));
        let space = is(b' ') | is(b'\n') | is(b'\r') | is(b'\t');
        found |= space.to_bitmask() << (index * 16);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_where_they_end() {
        for length in 0..100 {
            for other in 0..=255u8 {
                let mut text: Vec<u8> = b" \n\t\r".iter().copied().cycle().take(length).collect();
                text.push(other);
                text.extend([b' '; 40]);
                let expected = match other {
                    b' ' | b'\n' | b'\t' | b'\r' => text.len(),
                    _ => length,
                };
                assert_eq!(end(&text, 0), expected, "{other} at {length}");
            }
        }
    }
}
