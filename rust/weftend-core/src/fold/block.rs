//! The rows of 2,048 neighbouring units: packed ones, and a log of recent ones.
//!
//! A block is small enough to be put in order in the cache, and to be packed again without touching the rest.

use super::packed::{Cursor, write_unit};
use super::rows::{Cell, Combine, Row};

/// Units of one block.
pub(super) const UNITS: usize = 1 << 11;

/// Bits of an amount, which is below 2^53; a log keeps the unit's number within the block above them.
const AMOUNT_BITS: u32 = 53;

/// A unit without cells, as it is packed.
const NO_CELLS: u8 = 0;

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Block {
    packed: Vec<u8>,
    /// Units in `packed`; those behind them have no cells.
    units: usize,
    /// Cells in `packed`.
    cells: usize,
    log: Vec<Logged>,
}

/// A cell whose amount has its unit above it.
#[derive(Clone, Copy)]
struct Logged(Cell);

impl Logged {
    fn of(row: Row) -> Self {
        let unit = (row.unit as usize % UNITS) as u64;
        Logged(Cell {
            amount: unit << AMOUNT_BITS | row.cell.amount,
            ..row.cell
        })
    }

    fn unit(&self) -> usize {
        (self.0.amount >> AMOUNT_BITS) as usize
    }

    fn cell(&self) -> Cell {
        Cell {
            amount: self.0.amount & ((1 << AMOUNT_BITS) - 1),
            ..self.0
        }
    }
}

impl Block {
    /// A block of so many units that are packed already.
    pub(super) fn of(packed: Vec<u8>, units: usize, cells: usize) -> Self {
        Block {
            packed,
            units,
            cells,
            log: Vec::new(),
        }
    }

    /// How many packed cells the first row after a packing puts at stake: packing it writes them again.
    pub(super) fn at_stake(&self) -> usize {
        if self.log.is_empty() { self.cells } else { 0 }
    }

    pub(super) fn push(&mut self, row: Row) {
        self.log.push(Logged::of(row));
    }

    /// Appends the unit at `place`, if all units that are packed stand before it, and says how many packed cells
    /// that puts at stake.
    pub(super) fn append(&mut self, place: usize, cells: &[Cell]) -> Option<usize> {
        let gap = place.checked_sub(self.units)?;
        self.packed.extend(std::iter::repeat_n(NO_CELLS, gap));
        write_unit(&mut self.packed, cells);
        self.units = place + 1;
        self.cells += cells.len();
        Some(if self.log.is_empty() { 0 } else { cells.len() })
    }

    /// Packs the log, with `packed` as room to work in.
    pub(super) fn pack(&mut self, how: Combine, packed: &mut Vec<u8>) {
        if self.log.is_empty() {
            return;
        }
        let log = by_unit(&std::mem::take(&mut self.log));
        let units = log.last().map_or(0, |last| last.unit() + 1);
        self.units = self.units.max(units);
        packed.clear();
        let mut cursor = Cursor::new(&self.packed, 0);
        let mut rest = log.as_slice();
        let mut cells = Vec::new();
        for unit in 0..UNITS {
            let new = rest
                .iter()
                .take_while(|logged| logged.unit() == unit)
                .count();
            if new == 0 {
                packed.extend_from_slice(unit_or_none(cursor.unit_bytes(), rest.is_empty()));
                continue;
            }
            cells.clear();
            cursor.read_unit(&mut cells);
            let before = cells.len();
            let (here, behind) = rest.split_at(new);
            cells.extend(here.iter().map(Logged::cell));
            rest = behind;
            how.cells(&mut cells);
            self.cells += cells.len() - before;
            write_unit(packed, &cells);
        }
        self.packed = packed.as_slice().to_vec();
    }

    /// The packed units, from the one that begins `at` bytes in.
    pub(super) fn cursor(&self, at: usize) -> Cursor<'_> {
        Cursor::new(&self.packed, at)
    }
}

/// A unit without cells is written as one zero, unless only such units follow.
fn unit_or_none(bytes: &[u8], last: bool) -> &[u8] {
    if bytes.is_empty() && !last {
        &[NO_CELLS]
    } else {
        bytes
    }
}

/// The log in order of units: a counting sort, since the units of a block are few.
fn by_unit(log: &[Logged]) -> Vec<Logged> {
    let mut places = vec![0u32; UNITS];
    for logged in log {
        places[logged.unit()] += 1;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    let mut sorted = log.to_vec();
    for logged in log {
        let place = &mut places[logged.unit()];
        sorted[*place as usize] = *logged;
        *place += 1;
    }
    sorted
}
