//! SHA-256 (FIPS 180-4) of two texts at once.
//!
//! Each block of a text has to wait for the block before it, and a processor with instructions for SHA-256 spends most of
//! its time waiting for their results. Blocks of two texts, taken in turns, wait at the same time.

use sha2::block_api::compress256;

const BLOCK: usize = 64;
/// Bytes of a last block that hold the length of the text.
const LENGTH: usize = 8;

/// The state before any block (section 5.3.3).
const START: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The digests of two texts.
pub(crate) fn of_two(texts: [&[u8]; 2]) -> [[u8; 32]; 2] {
    let [(first, first_rest), (second, second_rest)] = texts.map(<[u8]>::as_chunks::<BLOCK>);
    let both = first.len().min(second.len());
    let (mut one, mut other) = (START, START);
    for (first, second) in first.iter().zip(second) {
        compress256(&mut one, std::slice::from_ref(first));
        compress256(&mut other, std::slice::from_ref(second));
    }
    compress256(&mut one, first.get(both..).unwrap_or_default());
    compress256(&mut other, second.get(both..).unwrap_or_default());
    [
        finished(one, first_rest, texts[0].len()),
        finished(other, second_rest, texts[1].len()),
    ]
}

/// The digest after the last bytes, fewer than a block, of a text of `length` bytes (section 5.1.1).
fn finished(mut state: [u32; 8], rest: &[u8], length: usize) -> [u8; 32] {
    let mut padded = [0; 2 * BLOCK];
    let used = if rest.len() + 1 + LENGTH <= BLOCK {
        BLOCK
    } else {
        2 * BLOCK
    };
    let padding = [0x80];
    for (place, byte) in padded.iter_mut().zip(rest.iter().chain(&padding)) {
        *place = *byte;
    }
    let bits = (length as u64 * 8).to_be_bytes();
    for (place, byte) in padded[used - LENGTH..].iter_mut().zip(bits) {
        *place = byte;
    }
    let (blocks, _) = padded[..used].as_chunks::<BLOCK>();
    compress256(&mut state, blocks);
    let mut digest = [0; 32];
    for (place, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *place = word.to_be_bytes();
    }
    digest
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn two_at_once_are_what_they_are_alone() {
        let text: Vec<u8> = (0..1_000u32).map(|number| (number * 7) as u8).collect();
        let lengths = (0..200).chain([255, 256, 511, 512, 575, 1_000]);
        let other = [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 999];
        for length in lengths {
            for other in other {
                let texts = [&text[..length], &text[1_000 - other..]];
                let alone = texts.map(|text| <[u8; 32]>::from(Sha256::digest(text)));
                assert_eq!(of_two(texts), alone, "{length} and {other}");
            }
        }
    }
}
