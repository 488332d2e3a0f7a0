//! Packed cells: one byte string, unit after unit, about two or three bytes a cell.
//!
//! A unit is: number of parts; per part (in order): its number, how many cells; per cell (in order of buckets): the
//! distance from the bucket before, times two, plus one where an amount other than 1 follows; the amount.

use super::rows::Cell;
use super::varint;

/// Appends a unit: its cells, sorted, no place twice.
pub(super) fn write_unit(out: &mut Vec<u8>, cells: &[Cell]) {
    let parts = cells.chunk_by(|a, b| a.part == b.part);
    varint::write(out, parts.clone().count() as u64);
    for part in parts {
        varint::write(out, u64::from(part[0].part));
        varint::write(out, part.len() as u64);
        let mut before = 0;
        for cell in part {
            let many = u64::from(cell.amount != 1);
            varint::write(out, u64::from(cell.bucket - before) << 1 | many);
            if many == 1 {
                varint::write(out, cell.amount);
            }
            before = cell.bucket;
        }
    }
}

/// Reads packed units one after the other; behind the last one there are units without cells.
///
/// The bytes are ours or were checked, so where they end is the end and nothing else.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Cursor { bytes, at }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Appends the cells of the next unit.
    pub(super) fn read_unit(&mut self, cells: &mut Vec<Cell>) {
        let _ = self.visit_unit(|cell| cells.push(cell));
    }

    /// The bytes from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// The bytes of the next unit; empty behind the end.
    pub(super) fn unit_bytes(&mut self) -> &'a [u8] {
        let start = self.at;
        let _ = self.visit_unit(|_| ());
        self.since(start)
    }

    fn visit_unit(&mut self, mut visit: impl FnMut(Cell)) -> Option<()> {
        for _ in 0..self.number()? {
            let part = self.number()? as u32;
            let mut bucket = 0;
            for _ in 0..self.number()? {
                let step = self.number()?;
                bucket += (step >> 1) as u32;
                let amount = if step & 1 == 1 { self.number()? } else { 1 };
                visit(Cell {
                    part,
                    bucket,
                    amount,
                });
            }
        }
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        varint::read(self.bytes, &mut self.at)
    }
}
