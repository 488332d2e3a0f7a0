//! The shape of a value: everything in it but its scalars.
//!
//! Most lines, and most elements of a large array, have the shape of one before them: the same names in the same order,
//! brackets, commas and white space in the same places, to the byte. One that the scanner has read whole teaches its
//! shape; in those that have it, only the scalars are left to check. All others are read by the scanner, which alone
//! refuses.

use wide::u8x16;

use super::names::Name;
use super::scalar::{self, Scalar};
use super::scanner::{Kind, Scanner};
use super::{Fault, Scan};

/// What is wanted of a value: scalars in it, each for a slot.
pub(crate) trait Wanted {
    /// What is wanted of a member; `None` for nothing, `Fault` for what a shape cannot tell.
    fn member(&self, name: &Name<'_>) -> Scan<Option<&Self>>;
    /// What is wanted of an array's element.
    fn element(&self, index: usize) -> Option<&Self>;
    /// Where the value goes if it is a scalar.
    fn slot(&self) -> Option<usize>;
}

/// So many shapes are known at a time.
const MOST: usize = 4;
/// Beyond those, one shape is learnt in so many lines, on average.
const WORTH: u64 = 32;
/// No more lines than this are passed over without looking at their shape.
const LONGEST_PAUSE: u32 = 64;
/// Bytes that are compared at once.
const WIDTH: usize = 16;
/// Shapes of more steps than these are not learnt.
const MOST_STEPS: usize = 1 << 10;

/// The shapes that values of one kind had lately.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// The one that fitted last comes first.
    known: Vec<Shape>,
    /// How deep the values stand that they were learnt from.
    depth: u32,
    /// Values that were asked for.
    values: u64,
    learnt: u64,
    /// Values in a row that no shape fitted.
    odd: u32,
    /// So many values are not looked at, since those before them had no shape that is known.
    pause: u32,
}

impl Shapes {
    /// Read what stands at `at` into `values`, one per slot, as `of` makes them, if its shape is known; where it ends.
    #[inline]
    pub(crate) fn read<'a, V: Clone>(
        &mut self,
        text: &'a [u8],
        at: usize,
        values: &mut [Option<V>],
        of: impl Fn(Scalar<'a>) -> Option<V>,
    ) -> Option<usize> {
        self.values += 1;
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        for (place, shape) in self.known.iter().enumerate() {
            if let Some(end) = shape.read(text, at, values, &of) {
                self.odd = 0;
                self.known.swap(0, place);
                return Some(end);
            }
        }
        self.pause = (1 << self.odd >> 1).min(LONGEST_PAUSE);
        self.odd = (self.odd + 1).min(LONGEST_PAUSE.ilog2() + 1);
        None
    }

    /// Whether the shape of a value at `depth` can be one of these: shapes hold as many levels as they were learnt with.
    #[inline]
    pub(super) fn are_at(&self, depth: u32) -> bool {
        self.depth == depth || self.known.is_empty()
    }

    /// Learn the shape of what stands from `start` up to `end` of `text`, which `scanner`, set to the value in it, has
    /// read whole. Not of each one where values differ.
    pub(crate) fn learn<W: Wanted>(
        &mut self,
        scanner: &mut Scanner<'_>,
        text: &[u8],
        (start, end): (usize, usize),
        wanted: &W,
    ) {
        if !self.would_learn() {
            return;
        }
        let mut learner = Learner {
            text,
            from: start,
            steps: Vec::new(),
        };
        self.depth = scanner.depth();
        let read = learner.value(scanner, Some(wanted));
        if let Some(shape) = read.ok().and_then(|()| learner.end(end)) {
            self.learnt += 1;
            self.known.truncate(MOST - 1);
            self.known.insert(0, shape);
        }
    }

    /// Whether one more shape would be learnt.
    #[inline]
    pub(crate) fn would_learn(&self) -> bool {
        self.pause == 0 && self.learnt <= MOST as u64 + self.values / WORTH
    }
}

impl<'a> Scanner<'a> {
    /// Read the value at the cursor into `values`, one per slot, as `of` makes them, where its shape is known; else by
    /// `read`, which has to go past it, and learn its shape. Whether the shape was known.
    #[inline]
    pub(crate) fn shaped<V: Clone>(
        &mut self,
        shapes: &mut Shapes,
        wanted: &impl Wanted,
        values: &mut [Option<V>],
        of: impl Fn(Scalar<'a>) -> Option<V>,
        read: impl FnOnce(&mut Self) -> Scan<()>,
    ) -> Scan<bool> {
        let start = self.at;
        if shapes.are_at(self.depth())
            && let Some(end) = shapes.read(self.bytes, start, values, of)
        {
            self.at = end;
            return Ok(true);
        }
        read(self)?;
        if shapes.are_at(self.depth()) && shapes.would_learn() {
            let end = std::mem::replace(&mut self.at, start);
            shapes.learn(self, self.bytes, (start, end), wanted);
            self.at = end;
        }
        Ok(false)
    }
}

/// What a value consists of.
#[derive(Debug)]
struct Shape(Vec<Step>);

/// Up to sixteen bytes that stand in each value of a shape, and what follows them.
#[derive(Debug)]
struct Step {
    bytes: [u8; WIDTH],
    /// A bit for each of them.
    bits: u32,
    length: usize,
    then: Then,
}

#[derive(Clone, Copy, Debug)]
enum Then {
    /// More of what stands in each.
    Text,
    /// A scalar that nobody asks for.
    Scalar,
    /// The scalar of this slot.
    Slot(usize),
}

impl Shape {
    #[inline]
    fn read<'a, V: Clone>(
        &self,
        text: &'a [u8],
        mut at: usize,
        values: &mut [Option<V>],
        of: impl Fn(Scalar<'a>) -> Option<V>,
    ) -> Option<usize> {
        values.fill(None);
        for step in &self.0 {
            if !step.stands_in(text.get(at..)?.first_chunk()?) {
                return None;
            }
            at += step.length;
            match step.then {
                Then::Text => {}
                Then::Scalar => at = scalar::end(text, at).ok()?,
                Then::Slot(slot) => {
                    let (scalar, end) = Scalar::read(text, at).ok()?;
                    if let Some(place) = values.get_mut(slot) {
                        *place = of(scalar);
                    }
                    at = end;
                }
            }
        }
        Some(at)
    }
}

impl Step {
    #[inline]
    fn stands_in(&self, text: &[u8; WIDTH]) -> bool {
        let same = u8x16::from(*text).simd_eq(u8x16::from(self.bytes));
        same.to_bitmask() & self.bits == self.bits
    }
}

/// Takes a value apart.
struct Learner<'t> {
    text: &'t [u8],
    /// What stands before this has been taken apart.
    from: usize,
    steps: Vec<Step>,
}

impl Learner<'_> {
    /// The value at the cursor, of which `wanted` says what anybody asks for.
    fn value<W: Wanted>(&mut self, scanner: &mut Scanner<'_>, wanted: Option<&W>) -> Scan<()> {
        match scanner.kind()? {
            Kind::Object => scanner.object(|scanner, name| {
                let member = wanted.map(|wanted| wanted.member(&name)).transpose()?;
                self.value(scanner, member.flatten())
            }),
            Kind::Array => {
                let mut index = 0;
                scanner.array(|scanner| {
                    let element = wanted.and_then(|wanted| wanted.element(index));
                    index += 1;
                    self.value(scanner, element)
                })
            }
            _ => {
                let slot = wanted.and_then(W::slot);
                self.upto(scanner.at(), slot.map_or(Then::Scalar, Then::Slot))?;
                scanner.skip()?;
                self.from = scanner.at();
                Ok(())
            }
        }
    }

    /// Steps for what stands before the byte at `end`.
    fn upto(&mut self, end: usize, then: Then) -> Scan<()> {
        let text = self.text.get(self.from..end).ok_or(Fault)?;
        let (before, last) = text.split_at(text.len() - text.len() % WIDTH);
        let before = before.chunks_exact(WIDTH);
        self.steps
            .extend(before.map(|bytes| Step::of(bytes, Then::Text)));
        self.steps.push(Step::of(last, then));
        if self.steps.len() > MOST_STEPS {
            Err(Fault)
        } else {
            Ok(())
        }
    }

    /// The shape of what ends at `end`.
    fn end(mut self, end: usize) -> Option<Shape> {
        self.upto(end, Then::Text).ok()?;
        Some(Shape(self.steps))
    }
}

impl Step {
    /// At most [`WIDTH`] bytes.
    fn of(text: &[u8], then: Then) -> Self {
        let mut bytes = [0; WIDTH];
        for (place, byte) in bytes.iter_mut().zip(text) {
            *place = *byte;
        }
        Step {
            bytes,
            bits: (1 << text.len()) - 1,
            length: text.len(),
            then,
        }
    }
}
