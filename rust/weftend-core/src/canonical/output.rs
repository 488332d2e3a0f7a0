//! Canonical bytes written in source order, each object put in order when it ends.

use std::cmp::Ordering;

use super::order::compare_escaped;

/// One member of an open object, as it stands in the output.
#[derive(Clone, Copy, Debug)]
struct Member {
    /// Where the name's opening quote stands in the output.
    start: usize,
    /// Behind the name's last byte (where its closing quote stands).
    name_end: usize,
    /// Where the member comes from: a byte offset in text, or its index.
    origin: usize,
}

/// An object that has begun and not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    first_member: usize,
    sorted: bool,
}

/// Canonical bytes, and the members of the objects that are still open (innermost last).
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) bytes: Vec<u8>,
    members: Vec<Member>,
    scratch: Vec<u8>,
}

impl Output {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Output {
            bytes: Vec::with_capacity(capacity),
            ..Output::default()
        }
    }

    pub(crate) fn begin_object(&mut self) -> Object {
        self.bytes.push(b'{');
        Object {
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

    /// Ends a name that was written, with both quotes, from `start` on.
    pub(crate) fn end_name(&mut self, object: &mut Object, start: usize, origin: usize) {
        let member = Member {
            start,
            name_end: self.bytes.len() - 1,
            origin,
        };
        if object.sorted && self.members.len() > object.first_member {
            let before = self.members[self.members.len() - 1];
            object.sorted = self.compare(&before, &member) == Ordering::Less;
        }
        self.members.push(member);
        self.bytes.push(b':');
    }

    /// Ends the object, putting its members in order.
    ///
    /// # Errors
    /// The origin of the first member, in source order, that repeats an earlier name.
    pub(crate) fn end_object(&mut self, object: Object) -> Result<(), usize> {
        if !object.sorted {
            self.permute(object.first_member)?;
        }
        self.members.truncate(object.first_member);
        self.bytes.push(b'}');
        Ok(())
    }

    fn compare(&self, left: &Member, right: &Member) -> Ordering {
        compare_escaped(self.name(left), self.name(right))
    }

    fn name(&self, member: &Member) -> &[u8] {
        &self.bytes[member.start + 1..member.name_end]
    }

    fn permute(&mut self, first: usize) -> Result<(), usize> {
        let mut order: Vec<usize> = (first..self.members.len()).collect();
        order.sort_unstable_by(|&l, &r| {
            self.compare(&self.members[l], &self.members[r])
                .then(l.cmp(&r))
        });
        if let Some(origin) = self.first_repeated(&order) {
            return Err(origin);
        }
        self.scratch.clear();
        for &index in &order {
            let end = match self.members.get(index + 1) {
                Some(next) => next.start - 1,
                None => self.bytes.len(),
            };
            self.scratch
                .extend_from_slice(&self.bytes[self.members[index].start..end]);
            self.scratch.push(b',');
        }
        self.scratch.pop();
        let start = self.members[first].start;
        self.bytes[start..].copy_from_slice(&self.scratch);
        Ok(())
    }

    fn first_repeated(&self, order: &[usize]) -> Option<usize> {
        let repeats = order
            .windows(2)
            .filter(|pair| self.name(&self.members[pair[0]]) == self.name(&self.members[pair[1]]));
        repeats.map(|pair| self.members[pair[1]].origin).min()
    }
}
