//! Where the quotes of a text stand, found 64 bytes at a time, so that no string is walked through byte by byte.

use wide::u8x16;

/// The unescaped quotes of one text, and whether its strings need a closer look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    quotes: Vec<u64>,
    slashes: Vec<u64>,
    /// Some backslash stands anywhere.
    escapes: bool,
    /// Some control character stands between quotes.
    pub(super) suspicious: bool,
}

const WIDTH: usize = 64;
/// Empty words behind those of the text.
const PADDING: usize = 2;
/// Bits at even places.
const EVEN: u64 = 0x5555_5555_5555_5555;

/// What 64 bytes hold, a bit for each.
#[derive(Clone, Copy)]
struct Found {
    quotes: u64,
    slashes: u64,
    controls: u64,
}

/// What is carried from 64 bytes to the next.
#[derive(Default)]
struct Carry {
    /// The last byte was a backslash that escapes.
    escapes: bool,
    /// All ones where a string is open.
    inside: u64,
    controls: u64,
    slashes: u64,
}

impl Index {
    /// Index `text`, in the memory of what was indexed before.
    pub(crate) fn build(&mut self, text: &[u8]) {
        self.quotes.clear();
        self.slashes.clear();
        let mut carry = Carry::default();
        let (chunks, rest) = text.as_chunks::<WIDTH>();
        for chunk in chunks {
            self.push(find(chunk), &mut carry);
        }
        if !rest.is_empty() {
            let mut last = [b' '; WIDTH];
            last[..rest.len()].copy_from_slice(rest);
            self.push(find(&last), &mut carry);
        }
        // So that what stands near the end is looked up like all else.
        self.quotes.extend([0; PADDING]);
        self.slashes.extend([0; PADDING]);
        self.suspicious = carry.controls != 0;
        self.escapes = carry.slashes != 0;
    }

    #[inline]
    fn push(&mut self, found: Found, carry: &mut Carry) {
        let quotes = found.quotes & !escaped(found.slashes, &mut carry.escapes);
        let inside = prefix_xor(quotes) ^ carry.inside;
        carry.inside = 0u64.wrapping_sub(inside >> 63);
        carry.controls |= found.controls & inside;
        carry.slashes |= found.slashes;
        self.quotes.push(quotes);
        self.slashes.push(found.slashes);
    }

    /// Whether there is a string that has to be looked into.
    #[inline]
    pub(super) fn needs_care(&self) -> bool {
        self.escapes || self.suspicious
    }

    /// The first unescaped quote at or after `at`.
    #[inline]
    pub(super) fn quote(&self, at: usize) -> Option<usize> {
        first(&self.quotes, at)
    }

    /// The first backslash at or after `at`.
    #[inline]
    pub(super) fn slash(&self, at: usize) -> Option<usize> {
        first(&self.slashes, at)
    }
}

/// The first bit at or after `at`. Most are near: 64 bits from there on are looked at in one step, wherever in a word
/// they begin, since a branch on that would be guessed wrong half of the time.
#[inline]
fn first(words: &[u64], at: usize) -> Option<usize> {
    let (word, shift) = (at / WIDTH, at % WIDTH);
    let near: &[u64; 2] = words.get(word..)?.first_chunk()?;
    let bits = (near[0] >> shift) | ((near[1] << 1) << (WIDTH - 1 - shift));
    if bits != 0 {
        return Some(at + bits.trailing_zeros() as usize);
    }
    further(words, word + 1)
}

/// The first bit in or after a word.
fn further(words: &[u64], word: usize) -> Option<usize> {
    let rest = words.get(word..)?;
    let gap = rest.iter().position(|bits| *bits != 0)?;
    Some((word + gap) * WIDTH + rest.get(gap)?.trailing_zeros() as usize)
}

#[inline]
fn find(chunk: &[u8; WIDTH]) -> Found {
    let (quarters, _) = chunk.as_chunks::<16>();
    let mut found = Found {
        quotes: 0,
        slashes: 0,
        controls: 0,
    };
    for (index, quarter) in quarters.iter().enumerate() {
        let bytes = u8x16::from(*quarter);
        let bits = |equal: u8x16| u64::from(equal.to_bitmask()) << (index * 16);
        found.quotes |= bits(bytes.simd_eq(u8x16::splat(b'"')));
        found.slashes |= bits(bytes.simd_eq(u8x16::splat(b'\\')));
        found.controls |= bits(bytes.min(u8x16::splat(0x1F)).simd_eq(bytes));
    }
    found
}

/// Which bytes an odd run of backslashes ends before.
#[inline]
fn escaped(slashes: u64, escapes: &mut bool) -> u64 {
    if slashes == 0 {
        return u64::from(std::mem::take(escapes));
    }
    escaped_by_runs(slashes, escapes)
}

fn escaped_by_runs(slashes: u64, escapes: &mut bool) -> u64 {
    // A backslash that is itself escaped begins no run.
    let carried = u64::from(*escapes);
    let slashes = slashes & !carried;
    let follows = slashes << 1 | carried;
    let odd_starts = slashes & !EVEN & !follows;
    let (ends, overflow) = odd_starts.overflowing_add(slashes);
    *escapes = overflow;
    (EVEN ^ (ends << 1)) & follows
}

/// Each bit: whether an odd number of bits stand at or below it.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The quotes that no backslash escapes, and whether a control character stands in a string, byte by byte.
    fn plainly(text: &[u8]) -> (Vec<usize>, bool) {
        let (mut quotes, mut escaping, mut inside, mut suspicious) =
            (Vec::new(), false, false, false);
        for (at, &byte) in text.iter().enumerate() {
            if byte == b'"' && !escaping {
                quotes.push(at);
                inside = !inside;
            }
            suspicious |= inside && byte < 0x20;
            escaping = byte == b'\\' && !escaping;
        }
        (quotes, suspicious)
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_walk_finds(
            text in prop::collection::vec(prop::sample::select(b"\\\\\\\"\"ab \n\x1f\x20\xc3\xa9\x00".to_vec()), 0..300)
        ) {
            let mut index = Index::default();
            index.build(b"\"left over\\");
            index.build(&text);
            let (quotes, suspicious) = plainly(&text);
            prop_assert_eq!(index.suspicious, suspicious);
            for at in 0..text.len() {
                prop_assert_eq!(index.quote(at), quotes.iter().copied().find(|quote| *quote >= at));
                let slash = text[at..].iter().position(|byte| *byte == b'\\');
                prop_assert_eq!(index.slash(at), slash.map(|gap| at + gap));
            }
            prop_assert_eq!(index.quote(text.len() + 64), None);
        }
    }
}
