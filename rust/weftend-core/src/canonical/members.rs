//! The members of objects that are being written, and putting them in order when their object ends.

use std::cmp::Ordering;

use super::buffer::{Buffer, SHORT, copy_range};
use super::order::{ascending, compare_escaped, unescaped};
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
    pub(crate) fn of(self, name: &Name) -> &'a [u8] {
        let &Name { start, end, place } = name;
        match place {
            NamePlace::Text => &self.text[start..end],
            NamePlace::Output => &self.output[start..end],
        }
    }

    /// Whether the first name stands before the second.
    #[inline]
    pub(crate) fn ascending(self, first: &Name, second: &Name) -> bool {
        let in_text = first.place == NamePlace::Text && second.place == NamePlace::Text;
        if in_text {
            return ascending(
                self.text,
                first.start..first.end,
                second.start..second.end,
                true,
            );
        }
        compare_escaped(self.of(first), self.of(second)) == Ordering::Less
    }

    /// Appends to `words` the order of the members.
    ///
    /// # Errors
    /// The least origin of a member that repeats the name of another before it.
    pub(crate) fn sort(self, members: &[Member], words: &mut Vec<u128>) -> Result<(), usize> {
        let start = words.len();
        let may_escape =
            |name: &Name| name.place == NamePlace::Output && self.of(name).contains(&b'\\');
        if members.iter().any(|member| may_escape(&member.name)) {
            self.sort_unescaped(members, words);
        } else {
            sort::sort_names(words, members.len(), |index| self.of(&members[index].name));
        }
        match self.first_repeated(members, &words[start..]) {
            Some(origin) => Err(origin),
            None => Ok(()),
        }
    }

    /// Escaped names do not order as what they stand for, so they are unescaped first.
    #[cold]
    fn sort_unescaped(self, members: &[Member], words: &mut Vec<u128>) {
        let mut bytes = Vec::new();
        let mut ends = vec![0];
        for member in members {
            bytes.extend(unescaped(self.of(&member.name)));
            ends.push(bytes.len());
        }
        sort::sort_names(words, members.len(), |index| {
            &bytes[ends[index]..ends[index + 1]]
        });
    }

    fn first_repeated(self, members: &[Member], words: &[u128]) -> Option<usize> {
        let ties = words.windows(2).filter(|pair| sort::tie(pair[0], pair[1]));
        let members = ties.map(|pair| {
            (
                &members[sort::index(pair[0])],
                &members[sort::index(pair[1])],
            )
        });
        let repeated = members.filter(|(l, r)| self.of(&l.name) == self.of(&r.name));
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
    let room = output.room(source.len() + SHORT);
    let mut length = 0;
    for &word in words {
        let index = sort::index(word);
        let start = members[index].start - base;
        let end = members
            .get(index + 1)
            .map_or(source.len(), |next| next.start - 1 - base);
        copy_range(&mut room[length..], source, start, end);
        length += end - start;
        // Behind the last member this is room.
        room[length] = b',';
        length += 1;
    }
    output.advance(length - 1);
}
