//! The members of objects that are being written, and putting them in order when their object ends.

use std::cmp::Ordering;

use super::buffer::Buffer;
use super::order::compare_escaped;
use super::sort;

/// One member of an open object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    /// Where its name's opening quote stands (or will, once everything before it is written) in the output.
    pub(crate) start: usize,
    pub(crate) name: Name,
    /// Where the member comes from: a byte offset in text, or its index.
    pub(crate) origin: usize,
}

/// Where the canonical spelling of a name is found, without its quotes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) place: NamePlace,
}

/// What a name's range is a range of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamePlace {
    /// The text that is read; the name has no escape.
    Text,
    /// The output; the name may have escapes.
    Output,
}

/// Finds the bytes of names.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) output: &'a [u8],
}

impl<'a> Names<'a> {
    #[inline]
    pub(crate) fn of(self, member: &Member) -> &'a [u8] {
        let Name { start, end, place } = member.name;
        match place {
            NamePlace::Text => &self.text[start..end],
            NamePlace::Output => &self.output[start..end],
        }
    }

    #[inline]
    pub(crate) fn compare(self, left: &Member, right: &Member) -> Ordering {
        compare_escaped(self.of(left), self.of(right))
    }

    /// Appends to `words` the order of the members.
    ///
    /// # Errors
    /// The least origin of a member that repeats the name of another before it.
    pub(crate) fn sort(self, members: &[Member], words: &mut Vec<u128>) -> Result<(), usize> {
        let start = words.len();
        let may_escape = |member: &Member| {
            member.name.place == NamePlace::Output && self.of(member).contains(&b'\\')
        };
        if members.iter().any(may_escape) {
            words.extend((0..members.len()).map(|index| index as u128));
            words[start..].sort_unstable_by(|&l, &r| {
                self.compare(&members[sort::index(l)], &members[sort::index(r)])
                    .then(l.cmp(&r))
            });
        } else {
            sort::sort_names(words, members.len(), |index| self.of(&members[index]));
        }
        match self.first_repeated(members, &words[start..]) {
            Some(origin) => Err(origin),
            None => Ok(()),
        }
    }

    fn first_repeated(self, members: &[Member], words: &[u128]) -> Option<usize> {
        let ties = words.windows(2).filter(|pair| sort::tie(pair[0], pair[1]));
        let members = ties.map(|pair| {
            (
                &members[sort::index(pair[0])],
                &members[sort::index(pair[1])],
            )
        });
        let repeated = members.filter(|(l, r)| self.of(l) == self.of(r));
        repeated.map(|(_, r)| r.origin).min()
    }
}

/// Appends members to `output` in the order of `words`, with commas between them.
///
/// `source` holds the members as they were written, its first byte being at `base`; the last one ends where
/// `source` does.
pub(crate) fn gather(
    output: &mut Buffer,
    source: &[u8],
    base: usize,
    members: &[Member],
    words: &[u128],
) {
    let room = output.room(source.len() + COPY);
    let mut length = 0;
    for &word in words {
        let index = sort::index(word);
        let start = members[index].start - base;
        let end = members
            .get(index + 1)
            .map_or(source.len(), |next| next.start - 1 - base);
        copy(&mut room[length..], source, start, end);
        length += end - start;
        // Behind the last member this is room.
        room[length] = b',';
        length += 1;
    }
    output.advance(length - 1);
}

/// Bytes that are copied at once.
const COPY: usize = 32;

/// Copies `source[start..end]` to the beginning of `room`; short ranges in one copy of fixed size.
#[inline]
fn copy(room: &mut [u8], source: &[u8], start: usize, end: usize) {
    let length = end - start;
    match (
        source[start..].first_chunk::<COPY>(),
        room.first_chunk_mut::<COPY>(),
    ) {
        (Some(from), Some(to)) if length <= COPY => *to = *from,
        _ => room[..length].copy_from_slice(&source[start..end]),
    }
}
