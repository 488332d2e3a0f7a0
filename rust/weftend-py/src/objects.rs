//! The walk over Python objects: the binding's one hot path.
//!
//! It calls nothing of Python but what [`crate::borrowed`] lists, and needs no object any more once something
//! was refused: the pointer to the place is put together from what was written.

use std::cell::Cell;

use pyo3::prelude::*;
use weftend_core::canonical::pointer::Trail;
use weftend_core::canonical::{Buffer, CanonCode, Counts, MAX_DEPTH, number, sort, string};

use crate::borrowed::{Dict, Kind, Object, Raised, Text, is_lone_surrogate, with_borrowed};
use crate::canonical::raise;

/// Buffers of more bytes than this are given back to the system after use.
const KEPT: usize = 4 << 20;

/// Members of the dicts that are open at once, as a rule.
const USUAL_MEMBERS: usize = 128;

thread_local! {
    static BUFFERS: Cell<Buffers> = const { Cell::new(Buffers { out: Buffer::new(), words: Vec::new() }) };
}

/// What one walk leaves for the next one on its thread: growing them anew costs a third of a small walk.
#[derive(Default)]
struct Buffers {
    out: Buffer,
    words: Vec<u128>,
}

/// Hands the canonical bytes of a Python value to `take`.
pub(crate) fn with_canonical<T>(
    value: &Bound<'_, PyAny>,
    take: impl FnOnce(&[u8]) -> T,
) -> PyResult<T> {
    let (buffers, walked) = with_borrowed(value, walk);
    let taken = match walked {
        Ok(()) => Ok(take(buffers.out.as_slice())),
        Err(Stop::Refused(trail)) => Err(raise((*trail).into())),
        Err(Stop::Raised) => Err(PyErr::fetch(value.py())),
    };
    if buffers.out.capacity() <= KEPT {
        BUFFERS.set(buffers);
    }
    taken
}

fn walk(value: Object<'_>) -> (Buffers, Walked) {
    let mut buffers = BUFFERS.take();
    buffers.out.truncate(0);
    buffers.words.clear();
    let mut walk = Walk {
        buffers,
        members: Vec::with_capacity(USUAL_MEMBERS),
        path: [0; MAX_DEPTH],
    };
    let walked = walk.value(Value::of(value), 0);
    (walk.buffers, walked)
}

/// Why a walk ended early.
enum Stop {
    Refused(Box<Trail>),
    /// A Python exception is set that is no refusal: no memory.
    Raised,
}

type Walked = Result<(), Stop>;

impl From<CanonCode> for Stop {
    #[cold]
    fn from(code: CanonCode) -> Self {
        Stop::Refused(Box::new(Trail::new(code)))
    }
}

impl From<Raised> for Stop {
    #[cold]
    fn from(raised: Raised) -> Self {
        match is_lone_surrogate(raised) {
            true => CanonCode::Surrogate.into(),
            false => Stop::Raised,
        }
    }
}

impl Stop {
    /// Adds a token to the way from the outside to what was refused.
    #[cold]
    fn within(self, token: impl FnOnce(Trail) -> Trail) -> Self {
        match self {
            Stop::Refused(trail) => Stop::Refused(Box::new(token(*trail))),
            Stop::Raised => Stop::Raised,
        }
    }
}

/// A value as a dict's loop meets it. Ints are read there, in the order in which they lie in memory, and not
/// in the order of the names: on real data that is a quarter of the walk.
#[derive(Clone, Copy)]
enum Value<'a> {
    Int(Option<i64>),
    Other(Kind<'a>),
}

impl<'a> Value<'a> {
    #[inline]
    fn of(value: Object<'a>) -> Self {
        match value.kind() {
            Kind::Int(int) => Value::Int(int.value()),
            kind => Value::Other(kind),
        }
    }
}

struct Walk<'a> {
    buffers: Buffers,
    /// The members of the dicts that are open, innermost last.
    members: Vec<(&'a str, Value<'a>)>,
    /// Identities of the containers around the value at hand, outermost first.
    path: [usize; MAX_DEPTH],
}

impl<'a> Walk<'a> {
    /// Writes a value inside `depth` containers.
    #[inline]
    fn value(&mut self, value: Value<'a>, depth: usize) -> Walked {
        let out = &mut self.buffers.out;
        match value {
            Value::Int(int) => number::write_i64(out, int.ok_or(CanonCode::NumberRange)?)?,
            Value::Other(Kind::Text(text)) => string::write(out, text.utf8()?),
            Value::Other(kind) => return self.rarer(kind, depth),
        }
        Ok(())
    }

    /// Writes what is neither an int nor a string, which loops over members and items look at themselves. Ints and
    /// strings are written all the same, and here: handing them back to [`Walk::value`] costs a twentieth of a walk.
    #[inline(never)]
    fn rarer(&mut self, kind: Kind<'a>, depth: usize) -> Walked {
        let out = &mut self.buffers.out;
        match kind {
            Kind::Text(text) => string::write(out, text.utf8()?),
            Kind::Int(int) => number::write_i64(out, int.value().ok_or(CanonCode::NumberRange)?)?,
            Kind::Float(float) => number::write_f64(out, float.value())?,
            Kind::Null => out.extend_from_slice(b"null"),
            Kind::Bool(true) => out.extend_from_slice(b"true"),
            Kind::Bool(false) => out.extend_from_slice(b"false"),
            Kind::Dict(dict) => return self.dict(dict, depth),
            Kind::List(list) => return self.array(list.object(), list.items(), depth),
            Kind::Tuple(tuple) => return self.array(tuple.object(), tuple.items(), depth),
            Kind::Other => return Err(CanonCode::Type.into()),
        }
        Ok(())
    }

    #[inline]
    fn enter(&mut self, container: Object<'a>, depth: usize) -> Walked {
        match self.path.get_mut(depth) {
            Some(place) => *place = container.identity(),
            None => return Err(self.too_deep(container)),
        }
        Ok(())
    }

    /// Level 129: a cycle where a container is its own ancestor, else depth. Looking only now is enough: what
    /// contains itself gets here without meeting anything that it has not met before.
    #[cold]
    fn too_deep(&self, container: Object<'a>) -> Stop {
        let path: Vec<usize> = self
            .path
            .iter()
            .copied()
            .chain([container.identity()])
            .collect();
        let again = (1..path.len()).find(|&level| path[..level].contains(&path[level]));
        let trail = match again {
            Some(level) => Trail::new(CanonCode::Cycle).outermost(level),
            None => Trail::new(CanonCode::Depth),
        };
        Stop::Refused(Box::new(trail))
    }

    fn array(
        &mut self,
        array: Object<'a>,
        items: impl Iterator<Item = Object<'a>>,
        depth: usize,
    ) -> Walked {
        self.enter(array, depth)?;
        self.buffers.out.push(b'[');
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.buffers.out.push(b',');
            }
            let written = self.value(Value::of(item), depth + 1);
            written.map_err(|stop| stop.within(|trail| trail.under_index(index)))?;
        }
        self.buffers.out.push(b']');
        Ok(())
    }

    fn dict(&mut self, dict: Dict<'a>, depth: usize) -> Walked {
        self.enter(dict.object(), depth)?;
        if self.counts_in_order(dict)? {
            return Ok(());
        }
        let (first_member, first_word) = (self.members.len(), self.buffers.words.len());
        for (name, value) in dict.items() {
            match name.exact_text() {
                Some(name) => self.members.push((name.utf8()?, Value::of(value))),
                None => {
                    self.members.truncate(first_member);
                    self.names_of_any_type(dict)?;
                    break;
                }
            }
        }
        let members = &self.members[first_member..];
        sort::sort_names(&mut self.buffers.words, members.len(), |index| {
            members[index].0.as_bytes()
        });
        self.sorted_members(first_member, first_word, depth)?;
        self.members.truncate(first_member);
        self.buffers.words.truncate(first_word);
        Ok(())
    }

    /// Writes a dict whose values are ints and whose names are in order already, as count maps are read from
    /// files and made by folds. Says `false` and writes nothing for any other dict: as no container is entered,
    /// what was done in vain stays below the work on the dict itself.
    #[inline]
    fn counts_in_order(&mut self, dict: Dict<'a>) -> Result<bool, Stop> {
        let out = &mut self.buffers.out;
        let mut counts = Counts::begin(out);
        let mut items = dict.items();
        let mut item = items.next();
        while let Some((name, value)) = item {
            let (Some(name), Some(int)) = (name.exact_text(), value.exact_int()) else {
                counts.take_back(out);
                return Ok(false);
            };
            // Asked for before this one is written, the next one comes in the meantime: a tenth of the time.
            item = items.next();
            if !counts.write(out, name.utf8()?, int.value().unwrap_or(-1)) {
                counts.take_back(out);
                return Ok(false);
            }
        }
        counts.end(out);
        Ok(true)
    }

    fn sorted_members(&mut self, first_member: usize, first_word: usize, depth: usize) -> Walked {
        self.buffers.out.push(b'{');
        for word in first_word..first_word + (self.members.len() - first_member) {
            let member = first_member + sort::index(self.buffers.words[word]);
            let (name, value) = self.members[member];
            let first = word == first_word;
            let quote = self.buffers.out.len() + usize::from(!first);
            string::write_name(&mut self.buffers.out, first, name);
            if let Err(stop) = self.value(value, depth + 1) {
                let written = &self.buffers.out.as_slice()[quote..];
                return Err(stop.within(|trail| trail.under_written_name(written)));
            }
        }
        self.buffers.out.push(b'}');
        Ok(())
    }

    /// Collects the members of a dict in which not every name is exactly a str. Subclasses of str can say
    /// that names of the same text differ, so that here names can repeat.
    #[cold]
    fn names_of_any_type(&mut self, dict: Dict<'a>) -> Walked {
        let mut seen = std::collections::HashSet::new();
        for (name, value) in dict.items() {
            let Kind::Text(name) = name.kind() else {
                return Err(CanonCode::KeyType.into());
            };
            let name = Text::utf8(name)?;
            if !seen.insert(name) {
                return Err(CanonCode::DuplicateName.into());
            }
            self.members.push((name, Value::of(value)));
        }
        Ok(())
    }
}
