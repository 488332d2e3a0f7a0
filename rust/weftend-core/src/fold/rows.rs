//! Rows: single contributions before they are packed, and how two of one place become one.

use super::MAX_AMOUNT;

/// What a unit contributes to one bucket, by what one part says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) part: u32,
    pub(super) bucket: u32,
    pub(super) amount: u64,
}

impl Cell {
    /// Part and bucket as one number, in their order.
    pub(super) fn place(&self) -> u64 {
        u64::from(self.part) << 32 | u64::from(self.bucket)
    }
}

/// A cell and its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) unit: u32,
    pub(super) cell: Cell,
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
    pub(super) fn apply(self, a: u64, b: u64) -> u64 {
        match self {
            Combine::Sum => (a + b).min(MAX_AMOUNT),
            Combine::Greater => a.max(b),
        }
    }

    /// Sorts the cells of one unit and makes one of those that name the same part and bucket.
    pub(super) fn cells(self, cells: &mut Vec<Cell>) {
        if cells.is_sorted_by(|a, b| a.place() < b.place()) {
            return;
        }
        cells.sort_unstable_by_key(Cell::place);
        cells.dedup_by(|later, kept| {
            let same = later.place() == kept.place();
            if same {
                kept.amount = self.apply(kept.amount, later.amount);
            }
            same
        });
    }

    /// The same for rows of many units.
    pub(super) fn rows(self, rows: &mut Vec<Row>) {
        let place = |row: &Row| (row.unit, row.cell.place());
        if rows.is_sorted_by(|a, b| place(a) < place(b)) {
            return;
        }
        rows.sort_unstable_by_key(place);
        rows.dedup_by(|later, kept| {
            let same = place(later) == place(kept);
            if same {
                kept.cell.amount = self.apply(kept.cell.amount, later.cell.amount);
            }
            same
        });
    }
}
