//! The shape of a line: everything in it but its scalars.
//!
//! Most lines have the shape of a line before them: the same names in the same order, brackets, commas and white space
//! in the same places, to the byte. A line that the scanner has read whole teaches its shape; in lines that have it, only
//! the scalars are left to check. All other lines are read by the scanner, which alone refuses.

use wide::u8x16;

use super::fields::{Fields, Node};
use super::value::{Value, Values};
use crate::ijson::{Fault, Kind, Scalar, Scan, Scanner};

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

/// The shapes that lines had lately.
#[derive(Default)]
pub(super) struct Shapes {
    /// The one that fitted last comes first.
    known: Vec<Shape>,
    /// Lines that were asked for.
    lines: u64,
    learnt: u64,
    /// Lines in a row that no shape fitted.
    odd: u32,
    /// So many lines are not looked at, since those before them had no shape that is known.
    pause: u32,
}

impl Shapes {
    /// Read the line at `at` into `values`, one per slot, if its shape is known; where the next one begins.
    #[inline]
    pub(super) fn read<'a>(
        &mut self,
        text: &'a [u8],
        at: usize,
        values: &mut Values<'a>,
    ) -> Option<usize> {
        self.lines += 1;
        if self.pause > 0 {
            self.pause -= 1;
            return None;
        }
        for (place, shape) in self.known.iter().enumerate() {
            if let Some(end) = shape.read(text, at, values) {
                self.odd = 0;
                self.known.swap(0, place);
                return Some(end);
            }
        }
        self.pause = (1 << self.odd >> 1).min(LONGEST_PAUSE);
        self.odd = (self.odd + 1).min(LONGEST_PAUSE.ilog2() + 1);
        None
    }

    /// Learn the shape of the line from `start` up to `end` of `text`, which `scanner` has read whole. Not of each
    /// one where lines differ.
    pub(super) fn learn(
        &mut self,
        scanner: &mut Scanner<'_>,
        text: &[u8],
        (start, end): (usize, usize),
        fields: &Fields,
    ) {
        if self.pause > 0 || self.learnt > MOST as u64 + self.lines / WORTH {
            return;
        }
        let steps = Vec::new();
        let mut learner = Learner {
            text,
            from: start,
            steps,
        };
        scanner.line(start, end);
        scanner.skip_space();
        let read = learner.value(scanner, Some(&fields.root));
        if let Some(shape) = read.ok().and_then(|()| learner.end(end)) {
            self.learnt += 1;
            self.known.truncate(MOST - 1);
            self.known.insert(0, shape);
        }
    }
}

/// What a line consists of.
struct Shape(Vec<Step>);

/// Up to sixteen bytes that stand in each line, and what follows them.
struct Step {
    bytes: [u8; WIDTH],
    /// A bit for each of them.
    bits: u32,
    length: usize,
    then: Then,
}

#[derive(Clone, Copy)]
enum Then {
    /// More of what stands in each line.
    Text,
    /// A scalar that nobody asks for.
    Scalar,
    /// The scalar of this slot.
    Slot(usize),
}

impl Shape {
    #[inline]
    fn read<'a>(&self, text: &'a [u8], mut at: usize, values: &mut Values<'a>) -> Option<usize> {
        values.fill(None);
        for step in &self.0 {
            if !step.stands_in(text.get(at..)?.first_chunk()?) {
                return None;
            }
            at += step.length;
            let slot = match step.then {
                Then::Text => continue,
                Then::Scalar => None,
                Then::Slot(slot) => values.get_mut(slot),
            };
            let (scalar, end) = Scalar::read(text, at).ok()?;
            if let Some(place) = slot {
                *place = value(scalar);
            }
            at = end;
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

fn value(scalar: Scalar<'_>) -> Option<Value<'_>> {
    match scalar {
        Scalar::Text(raw, escaped) => Some(Value::Text(raw, escaped)),
        Scalar::Number(token) => Some(Value::Number(token)),
        Scalar::Boolean(truth) => Some(Value::Boolean(truth)),
        Scalar::Null => None,
    }
}

/// Takes a line apart.
struct Learner<'t> {
    text: &'t [u8],
    /// What stands before this has been taken apart.
    from: usize,
    steps: Vec<Step>,
}

impl Learner<'_> {
    /// The value at the cursor, to which `node` belongs if anybody asks for it or something in it.
    fn value(&mut self, scanner: &mut Scanner<'_>, node: Option<&Node>) -> Scan<()> {
        match scanner.kind()? {
            Kind::Object => scanner.object(|scanner, name| {
                let member = node.and_then(|node| node.wanted(&name));
                self.value(scanner, member)
            }),
            Kind::Array => {
                let mut index = 0;
                scanner.array(|scanner| {
                    let element = node.and_then(|node| node.element(index));
                    index += 1;
                    self.value(scanner, element)
                })
            }
            _ => {
                let slot = node.and_then(|node| node.slot);
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

    /// The shape of the line that ends, with its line feed, at `end`.
    fn end(mut self, end: usize) -> Option<Shape> {
        if self.text.get(end) != Some(&b'\n') {
            return None;
        }
        self.upto(end + 1, Then::Text).ok()?;
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
