//! What values mean, however they are spelled, and how that is kept: in words.

use std::borrow::Cow;

use weftend_core::canonical;

/// A value's type and bytes that are the same for equal values of this type and for no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meaning<'a> {
    pub(super) kind: Kind,
    /// UTF-8; of a text itself, of anything else its canonical JSON.
    pub(super) bytes: Cow<'a, [u8]>,
}

/// The type of a value, as a number below 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Boolean,
}

impl Meaning<'_> {
    /// The value as canonical JSON.
    pub(super) fn canonical(&self) -> Cow<'_, [u8]> {
        match self.kind {
            Kind::Text => {
                let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
                // Any text has a canonical form.
                canonical::to_vec(text).unwrap_or_default().into()
            }
            Kind::Number | Kind::Boolean => (*self.bytes).into(),
        }
    }
}

/// What a value means, as it is kept: a head, which is its length times four plus its type, and its bytes in words, the
/// last one filled with zeros.
pub(super) trait Keep {
    fn head(&self) -> u32;
    /// Whether `words` begin with its own; asked only where the heads are the same.
    fn begins(&self, words: &[u64]) -> bool;
    /// Append its words.
    fn write(&self, words: &mut Vec<u64>);
}

impl Keep for Meaning<'_> {
    #[inline]
    fn head(&self) -> u32 {
        // A value is shorter than a line, and so than 2^30.
        (self.bytes.len() as u32) << 2 | self.kind as u32
    }

    #[inline]
    fn begins(&self, words: &[u64]) -> bool {
        let (chunks, rest) = self.bytes.as_chunks::<8>();
        let Some((whole, words)) = words.split_at_checked(chunks.len()) else {
            return false;
        };
        let mut same = true;
        for (chunk, word) in chunks.iter().zip(whole) {
            same &= u64::from_le_bytes(*chunk) == *word;
        }
        if !rest.is_empty() {
            same &= words.first() == Some(&tail(&self.bytes));
        }
        same
    }

    #[inline]
    fn write(&self, words: &mut Vec<u64>) {
        let (chunks, rest) = self.bytes.as_chunks::<8>();
        words.extend(chunks.iter().map(|chunk| u64::from_le_bytes(*chunk)));
        if !rest.is_empty() {
            words.push(tail(&self.bytes));
        }
    }
}

/// A meaning that was kept.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    head: u32,
    words: &'a [u64],
}

impl<'a> Kept<'a> {
    /// The one with this head at the start of `words`, and what follows it; `None` where they end before it does.
    #[inline]
    pub(super) fn split(head: u32, words: &'a [u64]) -> Option<(Self, &'a [u64])> {
        let width = (head >> 2).div_ceil(8) as usize;
        let (words, rest) = words.split_at_checked(width)?;
        Some((Kept { head, words }, rest))
    }

    pub(super) fn meaning(&self) -> Meaning<'static> {
        let words = self.words.iter().flat_map(|word| word.to_le_bytes());
        let bytes: Vec<u8> = words.take((self.head >> 2) as usize).collect();
        let kind = match self.head & 3 {
            0 => Kind::Text,
            1 => Kind::Number,
            _ => Kind::Boolean,
        };
        Meaning {
            kind,
            bytes: bytes.into(),
        }
    }
}

impl Keep for Kept<'_> {
    #[inline]
    fn head(&self) -> u32 {
        self.head
    }

    #[inline]
    fn begins(&self, words: &[u64]) -> bool {
        let mut same = words.len() >= self.words.len();
        for (word, other) in self.words.iter().zip(words) {
            same &= word == other;
        }
        same
    }

    #[inline]
    fn write(&self, words: &mut Vec<u64>) {
        words.extend_from_slice(self.words);
    }
}

/// The bytes behind the last whole word, of which there are some, and zeros.
#[inline]
fn tail(bytes: &[u8]) -> u64 {
    if let Some(last) = bytes.last_chunk::<8>() {
        return u64::from_le_bytes(*last) >> (64 - bytes.len() % 8 * 8);
    }
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let last = u64::from(u32::from_le_bytes(*last));
            u64::from(u32::from_le_bytes(*first)) | last << ((bytes.len() - 4) * 8)
        }
        _ => bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds() -> impl Strategy<Value = Kind> {
        prop::sample::select(vec![Kind::Text, Kind::Number, Kind::Boolean])
    }

    proptest! {
        #[test]
        fn what_was_kept_means_the_same(
            kind in kinds(), text in "[ -~é\u{10000}]{0,40}", behind in any::<[u64; 2]>()
        ) {
            let meaning = Meaning { kind, bytes: text.as_bytes().into() };
            let mut words = Vec::new();
            meaning.write(&mut words);
            words.extend(behind);
            let (kept, rest) = Kept::split(meaning.head(), &words).unwrap();
            prop_assert_eq!(rest, &behind);
            prop_assert_eq!(kept.meaning(), meaning.clone());
            prop_assert_eq!(kept.head(), meaning.head());
            let mut again = Vec::new();
            kept.write(&mut again);
            prop_assert!(meaning.begins(&words) && kept.begins(&words));
            prop_assert!(meaning.begins(&again) && kept.begins(&again));
            if let Some(last) = again.last_mut() {
                *last ^= 1;
                prop_assert!(!meaning.begins(&again) && !kept.begins(&again));
                again.pop();
                prop_assert!(!meaning.begins(&again) && !kept.begins(&again));
                prop_assert!(Kept::split(meaning.head(), &again).is_none());
            }
        }
    }

    #[test]
    fn tails_are_the_last_bytes() {
        let bytes = b"0123456789abcdefghij";
        for start in 0..12 {
            for end in (start + 1..bytes.len()).filter(|end| (end - start) % 8 != 0) {
                let bytes = &bytes[start..end];
                let mut padded = [0; 8];
                let rest = &bytes[bytes.len() / 8 * 8..];
                padded[..rest.len()].copy_from_slice(rest);
                assert_eq!(tail(bytes), u64::from_le_bytes(padded), "{bytes:?}");
            }
        }
    }
}
