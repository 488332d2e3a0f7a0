//! The lines of a block: those of a known shape as they come, the others by the scanner.

use super::batch::Batch;
use super::shard::{Shard, Wrong};
use super::value::{self, Values};
use crate::ijson::{self, Fault, Scanner};
use crate::refusal::Refusal;

/// A line of a block.
#[derive(Default)]
struct Place {
    /// Its number, from 0.
    line: u64,
    start: usize,
}

impl Place {
    /// Go to the next line, which starts at `start`.
    fn pass(&mut self, start: usize) {
        self.line += 1;
        self.start = start;
    }
}

impl Shard<'_> {
    /// Take in the lines of `block`, into `batch` what they say about units that they name; how many there are, or
    /// the number of the refused one (from 0) and why.
    pub(super) fn block(&mut self, block: &[u8], batch: &mut Batch) -> Result<u64, (u64, Refusal)> {
        let mut place = Place::default();
        match self.lines(block, &mut place, batch) {
            Ok(()) => Ok(place.line),
            Err(wrong) => Err((place.line, refusal(wrong))),
        }
    }

    fn lines(&mut self, text: &[u8], place: &mut Place, batch: &mut Batch) -> Result<(), Wrong> {
        let mut values = vec![None; self.fields.slots()];
        let mut scanner = Scanner::new(text);
        self.known(text, place, &mut values, batch)?;
        while place.start < text.len() {
            self.scanned(text, place, &mut scanner, &mut values, batch)?;
            self.known(text, place, &mut values, batch)?;
        }
        Ok(())
    }

    /// The lines at `place` that have a shape that is known.
    fn known<'a>(
        &mut self,
        text: &'a [u8],
        place: &mut Place,
        values: &mut Values<'a>,
        batch: &mut Batch,
    ) -> Result<(), Wrong> {
        while place.start < text.len()
            && let Some(end) = self.shapes.read(text, place.start, values, value::of)
        {
            let line = text.get(place.start..end).unwrap_or_default();
            self.record(line, values, batch)?;
            place.pass(end);
        }
        Ok(())
    }

    /// The line at `place`, whatever it is.
    fn scanned<'a>(
        &mut self,
        text: &'a [u8],
        place: &mut Place,
        scanner: &mut Scanner<'a>,
        values: &mut Values<'a>,
        batch: &mut Batch,
    ) -> Result<(), Wrong> {
        let start = place.start;
        let rest = text.get(start..).unwrap_or_default();
        let line = memchr::memchr(b'\n', rest).map_or(rest, |length| &rest[..length]);
        let end = start + line.len();
        scanner.line(start, end);
        scanner.skip_space();
        if !scanner.is_at_end() {
            let read = self.fields.read(scanner, values);
            if read.and_then(|()| scanner.finish()) == Err(Fault) {
                let otherwise = || Refusal::invalid("", "not I-JSON");
                let last = line.iter().rposition(|byte| *byte != b'\r');
                let line = &line[..last.map_or(0, |last| last + 1)];
                return Err(Wrong::Line(ijson::refusal(line, otherwise)));
            }
            self.record(line, values, batch)?;
            if text.get(end) == Some(&b'\n') && self.shapes.would_learn() {
                scanner.line(start, end);
                scanner.skip_space();
                let whole = (start, end + 1);
                self.shapes.learn(scanner, text, whole, &self.fields.root);
            }
        }
        place.pass(end + 1);
        Ok(())
    }
}

fn refusal(wrong: Wrong) -> Refusal {
    match wrong {
        Wrong::Line(refusal) => refusal,
        Wrong::Fold(error) => Refusal::new(error.code(), "", error.to_string()),
    }
}
