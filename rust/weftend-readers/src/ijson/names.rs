//! Member names of the objects that are open, so that a name that comes twice is found at the closing brace.

use super::string::Str;
use super::{Fault, Scan};

/// Up to this many names are compared pairwise; more are sorted.
const FEW: usize = 16;

/// One member name: a fingerprint of its text, and where it stands.
#[derive(Clone, Copy)]
struct Name {
    fingerprint: u64,
    start: u32,
    length: u32,
    escaped: bool,
}

impl Name {
    fn string<'a>(&self, text: &'a str) -> Str<'a> {
        let start = self.start as usize;
        Str::new(
            text.get(start..start + self.length as usize)
                .unwrap_or_default(),
            self.escaped,
        )
    }
}

/// The names of all open objects, innermost last.
#[derive(Default)]
pub(crate) struct Names(Vec<Name>);

impl Names {
    /// The same memory, without names.
    pub(crate) fn emptied(mut self) -> Self {
        self.0.clear();
        self
    }

    /// Where the names of an object that opens now begin.
    #[inline]
    pub(crate) fn mark(&self) -> usize {
        self.0.len()
    }

    /// A name of the innermost object; `start` is the offset of its first byte.
    #[inline]
    pub(crate) fn push(&mut self, start: usize, name: &Str<'_>) -> Scan<()> {
        let escaped = name.is_escaped();
        let fingerprint = if escaped {
            fingerprint(name.text().as_bytes())
        } else {
            fingerprint(name.raw().as_bytes())
        };
        self.0.push(Name {
            fingerprint,
            start: u32::try_from(start).map_err(|_| Fault)?,
            length: u32::try_from(name.raw().len()).map_err(|_| Fault)?,
            escaped,
        });
        Ok(())
    }

    /// The object whose names begin at `mark` closes: `Fault` if one of them comes twice.
    #[inline]
    pub(crate) fn close(&mut self, text: &str, mark: usize) -> Scan<()> {
        let names = self.0.get(mark..).unwrap_or_default();
        let distinct = if names.len() <= FEW {
            pairwise_distinct(text, names)
        } else {
            sorted_distinct(text, names)
        };
        self.0.truncate(mark);
        if distinct { Ok(()) } else { Err(Fault) }
    }
}

#[inline]
fn pairwise_distinct(text: &str, names: &[Name]) -> bool {
    names.iter().enumerate().all(|(index, name)| {
        names[..index]
            .iter()
            .all(|other| other.fingerprint != name.fingerprint || !same(text, other, name))
    })
}

fn same(text: &str, one: &Name, other: &Name) -> bool {
    one.string(text).text() == other.string(text).text()
}

/// By their texts, so that no choice of names makes it slow.
fn sorted_distinct(text: &str, names: &[Name]) -> bool {
    let mut texts: Vec<_> = names.iter().map(|name| name.string(text).text()).collect();
    texts.sort_unstable();
    texts.windows(2).all(|pair| pair[0] != pair[1])
}

/// Equal for equal names, and nearly always different for different ones: first and last bytes and the length.
#[inline]
fn fingerprint(name: &[u8]) -> u64 {
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => short(name),
    };
    (first ^ last.rotate_left(25)).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ name.len() as u64
}

#[inline]
fn short(name: &[u8]) -> (u64, u64) {
    match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        (Some(first), Some(last)) => (
            u32::from_le_bytes(*first).into(),
            u32::from_le_bytes(*last).into(),
        ),
        _ => (
            name.iter()
                .fold(0, |word, byte| (word << 8) | u64::from(*byte)),
            0,
        ),
    }
}
