//! The settled rows of a partial: one byte string, unit after unit, about two or three bytes a row.
//!
//! A unit is: number of parts; per part (in order): its number, how many rows; per row (in order of buckets): the
//! distance from the bucket before, times two, plus one where an amount other than 1 follows; the amount.

use super::varint;

/// One contribution: how much `unit` adds to `bucket`, by what `part` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) unit: u32,
    pub(super) part: u32,
    pub(super) bucket: u32,
    pub(super) amount: u64,
}

impl Row {
    pub(super) fn place(&self) -> (u32, u32, u32) {
        (self.unit, self.part, self.bucket)
    }
}

/// How two amounts of the same unit, part and bucket become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Combine {
    /// Both come from one reading of one record.
    Sum,
    /// The record was met twice.
    Greater,
}

impl Combine {
    fn apply(self, a: u64, b: u64) -> u64 {
        match self {
            Combine::Sum => a.saturating_add(b).min(super::MAX_AMOUNT),
            Combine::Greater => a.max(b),
        }
    }
}

/// Sorts rows and makes one of those that name the same unit, part and bucket.
pub(super) fn combine(rows: &mut Vec<Row>, how: Combine) {
    if !rows.is_sorted_by(|a, b| a.place() < b.place()) {
        rows.sort_unstable();
        rows.dedup_by(|later, kept| {
            let same = later.place() == kept.place();
            if same {
                kept.amount = how.apply(kept.amount, later.amount);
            }
            same
        });
    }
}

/// Rows of the units 0, 1, 2, …; units behind the last one written have none.
#[derive(Clone, Default)]
pub(super) struct Packed {
    bytes: Vec<u8>,
    rows: u64,
}

impl Packed {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Packed {
            bytes: Vec::with_capacity(bytes),
            rows: 0,
        }
    }

    /// Bytes that [`super::wire`] has checked.
    pub(super) fn from_checked(bytes: Vec<u8>, rows: u64) -> Self {
        Packed { bytes, rows }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the next unit: its rows, sorted, no place twice.
    pub(super) fn push_unit(&mut self, rows: &[Row]) {
        let parts = rows.chunk_by(|a, b| a.part == b.part);
        varint::write(&mut self.bytes, parts.clone().count() as u64);
        for part in parts {
            varint::write(&mut self.bytes, u64::from(part[0].part));
            varint::write(&mut self.bytes, part.len() as u64);
            let mut before = 0;
            for row in part {
                let many = u64::from(row.amount != 1);
                varint::write(&mut self.bytes, u64::from(row.bucket - before) << 1 | many);
                if many == 1 {
                    varint::write(&mut self.bytes, row.amount);
                }
                before = row.bucket;
            }
        }
        self.rows += rows.len() as u64;
    }

    pub(super) fn cursor(&self) -> Cursor<'_> {
        Cursor {
            bytes: &self.bytes,
            at: 0,
        }
    }

    pub(super) fn cursor_at(&self, at: usize) -> Cursor<'_> {
        Cursor {
            bytes: &self.bytes,
            at,
        }
    }

    /// Where each of the units 0 to `units` − 1 begins.
    pub(super) fn starts(&self, units: usize) -> Vec<usize> {
        let mut cursor = self.cursor();
        let mut rows = Vec::new();
        (0..units)
            .map(|_| {
                let start = cursor.position();
                rows.clear();
                cursor.read_unit(0, &mut rows);
                start
            })
            .collect()
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
    }
}

/// Reads packed units one after the other.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Appends the rows of the next unit, calling it `unit`; none behind the end.
    pub(super) fn read_unit(&mut self, unit: u32, rows: &mut Vec<Row>) {
        // The bytes are ours or were checked, so `None` is the end and nothing else.
        let _ = self.try_read(unit, rows);
    }

    fn try_read(&mut self, unit: u32, rows: &mut Vec<Row>) -> Option<()> {
        for _ in 0..self.number()? {
            let part = self.number()? as u32;
            let mut bucket = 0;
            for _ in 0..self.number()? {
                let step = self.number()?;
                bucket += (step >> 1) as u32;
                let amount = if step & 1 == 1 { self.number()? } else { 1 };
                rows.push(Row {
                    unit,
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
