//! Canonical bytes written value by value, each object put in order when it ends.

use super::buffer::Buffer;
use super::members::{Member, Name, NamePlace, Names, gather};

/// An object that has begun and not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    /// Where its first member begins in the output.
    start: usize,
    first_member: usize,
    sorted: bool,
}

/// Canonical bytes, and the members of the objects that are still open (innermost last).
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) bytes: Buffer,
    members: Vec<Member>,
    words: Vec<u128>,
    scratch: Vec<u8>,
}

impl Output {
    pub(crate) fn begin_object(&mut self) -> Object {
        self.bytes.push(b'{');
        Object {
            start: self.bytes.len(),
            first_member: self.members.len(),
            sorted: true,
        }
    }

    /// Begins a member: a comma if it is not the first, then the place where the opening quote of its name
    /// comes, which goes to [`Output::end_name`].
    pub(crate) fn begin_member(&mut self, object: &Object) -> usize {
        if self.members.len() > object.first_member {
            self.bytes.push(b',');
        }
        self.bytes.len()
    }

    /// Ends a name that was written, with both quotes, from `start` on; `origin` says which member it is.
    pub(crate) fn end_name(&mut self, object: &mut Object, start: usize, origin: usize) {
        let name = Name {
            start: start + 1,
            end: self.bytes.len() - 1,
            place: NamePlace::Output,
        };
        let member = Member {
            start,
            name,
            origin,
        };
        if let Some(before) = self.members[object.first_member..].last() {
            object.sorted &= self.names().ascending(&before.name, &member.name);
        }
        self.members.push(member);
        self.bytes.push(b':');
    }

    /// Ends the object, putting its members in order.
    ///
    /// # Errors
    /// The least origin of a member that repeats an earlier name.
    pub(crate) fn end_object(&mut self, object: Object) -> Result<(), usize> {
        if !object.sorted {
            self.permute(object)?;
        }
        self.members.truncate(object.first_member);
        self.bytes.push(b'}');
        Ok(())
    }

    fn names(&self) -> Names<'_> {
        Names {
            text: &[],
            output: self.bytes.as_slice(),
        }
    }

    fn permute(&mut self, object: Object) -> Result<(), usize> {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        let members = &self.members[object.first_member..];
        self.names().sort(members, &mut words)?;
        self.scratch.clear();
        self.scratch
            .extend_from_slice(&self.bytes.as_slice()[object.start..]);
        self.bytes.truncate(object.start);
        gather(
            &mut self.bytes,
            &self.scratch,
            object.start,
            members,
            &words,
        );
        self.words = words;
        Ok(())
    }
}
