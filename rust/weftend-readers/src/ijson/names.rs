//! Member names of the objects that are open, so that a name that comes twice is found at the closing brace.
//!
//! Most objects have names of the objects before them, in the same order and spelling. So the names of objects at each
//! depth are remembered, all different, as one list; as long as an object's names follow it, with or without gaps, a
//! name costs a comparison of bytes or a few, and nothing has to be looked for at the object's end.

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
    pub(crate) fn bytes(&self) -> Cow<'a, [u8]> {
        self.text.bytes()
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
    pub(super) fn name<'a>(&self, text: &'a [u8], at: usize) -> Name<'a> {
        let raw = text.get(at + 1..at + self.length - 2);
        Name {
            text: Str::new(raw.unwrap_or_default(), false),
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
        let (Some(known), Some(here)) = (span(self.start), span(at)) else {
            return false;
        };
        match (ends_of(known), ends_of(here)) {
            // Both ends of 16 bytes each are all of it, up to 32.
            (Some(known), Some(here)) if self.length <= 32 => known == here,
            _ => known == here,
        }
    }
}

/// The first and the last 16 bytes of a name.
#[inline]
fn ends_of(name: &[u8]) -> Option<[u128; 2]> {
    let (first, last) = (name.first_chunk()?, name.last_chunk()?);
    Some([u128::from_le_bytes(*first), u128::from_le_bytes(*last)])
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

/// How far an object follows the names that are remembered at its depth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Following {
    /// Whether all its names so far do.
    pub(super) follows: bool,
    /// Where the next one is looked for first.
    next: usize,
    /// Which of the remembered names it has.
    met: u64,
}

impl Following {
    /// Of an object that opens.
    #[inline]
    pub(super) fn new() -> Self {
        Following {
            follows: true,
            next: 0,
            met: 0,
        }
    }
}

/// So many names are remembered at each depth: a bit for each.
const MOST: usize = u64::BITS as usize;
/// So many remembered names are passed over while one is looked for.
const GAP: usize = 16;

/// The names of all open objects that do not follow what is remembered, innermost last.
#[derive(Default)]
pub(super) struct Names {
    open: Vec<Member>,
    /// By depth, names of earlier objects, all different.
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

    /// The remembered name that stands at `at`, in an object at `depth` that follows so far.
    #[inline(always)]
    pub(super) fn remembered(
        &self,
        bytes: &[u8],
        depth: usize,
        following: &mut Following,
        at: usize,
    ) -> Option<Member> {
        let names = self.remembered.get(depth)?.get(following.next..)?;
        let stands = |member: &Member| member.length > 0 && member.stands_at(bytes, at);
        let gap = match names.first() {
            Some(first) if stands(first) => 0,
            _ => behind_a_gap(names, bytes, at)?,
        };
        following.next += gap + 1;
        following.met |= 1 << (following.next - 1);
        names.get(gap).copied()
    }

    /// The innermost object, at `depth`, followed so far, and does so no longer.
    #[cold]
    pub(super) fn stray(&mut self, depth: usize, following: &mut Following) {
        following.follows = false;
        let names = self.remembered.get(depth).into_iter().flatten();
        let met = (0..MOST)
            .zip(names)
            .filter(|(place, _)| following.met >> place & 1 == 1);
        self.open.extend(met.map(|(_, member)| *member));
    }

    /// A name of the innermost object, which does not follow what is remembered.
    pub(super) fn push(&mut self, member: Member) {
        self.open.push(member);
    }

    /// The object at `depth` whose names begin at `mark` closes: whether their fingerprints are all different. If so
    /// they are remembered.
    pub(super) fn close(&mut self, mark: usize, depth: usize, following: Following) -> bool {
        let names = self.open.get(mark..).unwrap_or_default();
        let distinct = are_distinct(names);
        if distinct {
            if self.remembered.len() <= depth {
                self.remembered.resize_with(depth + 1, Vec::new);
            }
            if let Some(remembered) = self.remembered.get_mut(depth) {
                remember(remembered, names, following);
            }
        }
        self.open.truncate(mark);
        distinct
    }
}

/// Which of `names`, but for the first, stands at `at`.
#[inline(never)]
fn behind_a_gap(names: &[Member], bytes: &[u8], at: usize) -> Option<usize> {
    let stands = |member: &Member| member.length > 0 && member.stands_at(bytes, at);
    let gap = names.iter().take(GAP).skip(1).position(stands)?;
    Some(gap + 1)
}

/// Put the names that did not follow where they would have been looked for; where they stand elsewhere, or are too
/// many, the object's own names are what is remembered from now on.
fn remember(remembered: &mut Vec<Member>, names: &[Member], following: Following) {
    let strayed = names
        .get(following.met.count_ones() as usize..)
        .unwrap_or_default();
    let known = |name: &Member| {
        let same = |other: &Member| other.fingerprint == name.fingerprint;
        remembered.iter().any(same)
    };
    if remembered.len() + strayed.len() > MOST || strayed.iter().any(known) {
        remembered.clear();
        remembered.extend(names.iter().take(MOST));
        return;
    }
    let place = following.next.min(remembered.len());
    remembered.splice(place..place, strayed.iter().copied());
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
