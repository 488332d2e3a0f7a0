//! Objects: their members are noted as they are read, and put in order at the `}` if they were not.

use super::super::error::{CanonCode, Refusal};
use super::super::members::{Member, Name, NamePlace, Names, gather};
use super::{Rewriter, Step, refusal};

/// An object that is being read.
struct Object {
    /// Where its first member begins in the text.
    source: usize,
    /// Where its first member begins in the output.
    start: usize,
    first_member: usize,
    sorted: bool,
}

impl Rewriter<'_> {
    pub(super) fn object(&mut self, at: usize, depth: usize) -> Step {
        let mut at = self.open(at, depth)?;
        if self.text.get(at) == Some(&b'}') {
            return Ok(at + 1);
        }
        let mut object = Object {
            source: at,
            start: self.position(at),
            first_member: self.members.len(),
            sorted: true,
        };
        loop {
            let value = self.name(at, &mut object)?;
            let end = self.value(value, depth + 1)?;
            at = self.skip(end);
            match self.text.get(at) {
                Some(b',') => at = self.skip(at + 1),
                Some(b'}') => break,
                _ => return Err(self.refuse(at)),
            }
        }
        if !object.sorted {
            self.permute(&object, at)?;
        }
        self.members.truncate(object.first_member);
        Ok(at + 1)
    }

    /// Takes a name, its colon and the white space around that; notes the member.
    #[inline]
    fn name(&mut self, at: usize, object: &mut Object) -> Step {
        if self.text.get(at) != Some(&b'"') {
            return Err(self.refuse(at));
        }
        let start = self.position(at);
        let (end, place) = self.string(at)?;
        let (name_start, name_end) = match place {
            NamePlace::Text => (at + 1, end - 1),
            NamePlace::Output => {
                self.copy(end);
                (start + 1, self.output.len() - 1)
            }
        };
        let name = Name {
            start: name_start,
            end: name_end,
            place,
        };
        self.note(
            Member {
                start,
                name,
                origin: at,
            },
            object,
        );
        let at = self.skip(end);
        if self.text.get(at) != Some(&b':') {
            return Err(self.refuse(at));
        }
        Ok(self.skip(at + 1))
    }

    #[inline]
    fn note(&mut self, member: Member, object: &mut Object) {
        if object.sorted {
            let before = self.members[object.first_member..].last();
            object.sorted =
                before.is_none_or(|before| self.names().ascending(&before.name, &member.name));
        }
        self.members.push(member);
    }

    fn names(&self) -> Names<'_> {
        Names {
            text: self.text,
            output: self.output.as_slice(),
        }
    }

    /// Puts the members of an object in order; `end` is where its `}` stands.
    fn permute(&mut self, object: &Object, end: usize) -> Result<(), Box<Refusal>> {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        let members = &self.members[object.first_member..];
        let sorted = self.names().sort(members, &mut words);
        sorted.map_err(|origin| refusal(CanonCode::DuplicateName, origin))?;
        // Where nothing in it departs from the text, the members are taken from there.
        let from_text = self.copied <= object.source;
        self.copy(if from_text { object.source } else { end });
        if !from_text {
            self.scratch.clear();
            let written = &self.output.as_slice()[object.start..];
            self.scratch.extend_from_slice(written);
            self.output.truncate(object.start);
        }
        let source = match from_text {
            true => &self.text[object.source..end],
            false => self.scratch.as_slice(),
        };
        let members = &self.members[object.first_member..];
        gather(&mut self.output, source, object.start, members, &words);
        self.copied = end;
        self.words = words;
        Ok(())
    }
}
