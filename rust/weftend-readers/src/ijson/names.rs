//! Member names of the objects that are open, so that a name that comes twice is found at the closing brace.
//!
//! Most objects have the names of the object before them, in the same order and spelling. So the names of the last
//! object at each depth are remembered; as long as the next one follows them, a name costs one comparison of bytes
//! and nothing has to be looked for at its end.

use std::borrow::Cow;

use super::string::Str;

/// A member's name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    /// The name as a string.
    pub(crate) text: Str<'a>,
    /// Equal for equal names; see [`fingerprint`].
    pub(crate) fingerprint: u64,
}

impl<'a> Name<'a> {
    /// The name, its escapes resolved.
    #[inline]
    pub(crate) fn text(&self) -> Cow<'a, str> {
        self.text.text()
    }
}

/// How a name stands in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// Offset of its opening quote.
    pub(super) start: usize,
    /// From there to behind the colon; 0 for a name that is not remembered.
    pub(super) length: usize,
    pub(super) fingerprint: u64,
}

impl Member {
    /// The name itself, which has no escapes and its colon right behind it.
    #[inline]
    pub(super) fn name<'a>(&self, text: &'a str, at: usize) -> Name<'a> {
        let string = Str::of(text, at + 1, at + self.length - 2, false);
        Name {
            text: string,
            fingerprint: self.fingerprint,
        }
    }

    /// Whether the same bytes stand at `at`.
    #[inline]
    fn stands_at(&self, bytes: &[u8], at: usize) -> bool {
        if let (Some(mask), Some(known), Some(here)) = (
            MASKS.get(self.length),
            words(bytes, self.start),
            words(bytes, at),
        ) {
            return ((known[0] ^ here[0]) & mask[0]) | ((known[1] ^ here[1]) & mask[1]) == 0;
        }
        let span = |start: usize| bytes.get(start..start + self.length);
        span(at).is_some() && span(self.start) == span(at)
    }
}

/// By length up to 16: which bits of two words belong to as many bytes.
const MASKS: [[u64; 2]; 17] = {
    let mut masks = [[0; 2]; 17];
    let mut length = 1;
    while length <= 16 {
        masks[length] = match length {
            1..=8 => [u64::MAX >> (64 - 8 * length), 0],
            _ => [u64::MAX, u64::MAX >> (128 - 8 * length)],
        };
        length += 1;
    }
    masks
};

/// The sixteen bytes at `at`.
#[inline]
fn words(bytes: &[u8], at: usize) -> Option<[u64; 2]> {
    let chunk = bytes.get(at..)?.first_chunk::<16>()?;
    let ([first, second], _) = chunk.as_chunks::<8>() else {
        return None;
    };
    Some([u64::from_le_bytes(*first), u64::from_le_bytes(*second)])
}

/// The names of all open objects that do not follow what is remembered, innermost last.
#[derive(Default)]
pub(super) struct Names {
    open: Vec<Member>,
    /// By depth, the names of an earlier object, all different.
    remembered: Vec<Vec<Member>>,
}

impl Names {
    /// No object is open any more.
    #[inline]
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }

    /// Where the names of an object that opens now begin.
    #[inline]
    pub(super) fn mark(&self) -> usize {
        self.open.len()
    }

    /// The name remembered at `position` of objects at `depth`, if it stands at `at`.
    #[inline]
    pub(super) fn remembered(
        &self,
        bytes: &[u8],
        depth: usize,
        position: usize,
        at: usize,
    ) -> Option<Member> {
        let member = self.remembered.get(depth)?.get(position)?;
        (member.length > 0 && member.stands_at(bytes, at)).then_some(*member)
    }

    /// The innermost object followed the first `position` names that are remembered, and does so no longer.
    #[cold]
    pub(super) fn stray(&mut self, depth: usize, position: usize) {
        let followed = self
            .remembered
            .get(depth)
            .and_then(|members| members.get(..position));
        self.open.extend_from_slice(followed.unwrap_or_default());
    }

    /// A name of the innermost object, which does not follow what is remembered.
    pub(super) fn push(&mut self, member: Member) {
        self.open.push(member);
    }

    /// The object at `depth` whose names begin at `mark` closes: whether their fingerprints are all different. If so
    /// they are remembered.
    pub(super) fn close(&mut self, mark: usize, depth: usize) -> bool {
        let names = self.open.get(mark..).unwrap_or_default();
        let distinct = are_distinct(names);
        if distinct {
            if self.remembered.len() <= depth {
                self.remembered.resize_with(depth + 1, Vec::new);
            }
            if let Some(remembered) = self.remembered.get_mut(depth) {
                remembered.clear();
                remembered.extend_from_slice(names);
            }
        }
        self.open.truncate(mark);
        distinct
    }
}

/// Up to this many names are compared pairwise; more are sorted.
const FEW: usize = 16;

fn are_distinct(names: &[Member]) -> bool {
    if names.len() <= FEW {
        let differs = |(index, name): (usize, &Member)| {
            names[..index]
                .iter()
                .all(|other| other.fingerprint != name.fingerprint)
        };
        return names.iter().enumerate().all(differs);
    }
    let mut fingerprints: Vec<u64> = names.iter().map(|name| name.fingerprint).collect();
    fingerprints.sort_unstable();
    fingerprints.windows(2).all(|pair| pair[0] != pair[1])
}

/// Equal for equal names, and nearly always different for different ones.
#[inline]
pub(crate) fn fingerprint(name: &[u8]) -> u64 {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let (mut first, last) = ends(name);
    let inner = name.len().saturating_sub(8);
    let (chunks, _) = name.get(8..inner).unwrap_or_default().as_chunks::<8>();
    for chunk in chunks {
        first = first.wrapping_mul(SPREAD).rotate_left(29) ^ u64::from_le_bytes(*chunk);
    }
    (first ^ last.rotate_left(25)).wrapping_mul(SPREAD) ^ name.len() as u64
}

/// The first and the last eight bytes, which overlap in short names.
#[inline]
fn ends(name: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
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
