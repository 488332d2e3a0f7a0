//! The rows of 2,048 neighbouring units: packed ones, and a log of recent ones.
//!
//! A block is small enough to be put in order in the cache, and to be packed again without touching the rest.

use super::log::{self, Log, Spare};
use super::packed::{Cursor, write_unit};
use super::rows::{Cell, Combine, Row};

/// Units of one block.
pub(super) const UNITS: usize = 1 << 11;

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
    log: Log,
}

/// Room to pack blocks in.
#[derive(Default)]
pub(super) struct Room {
    log: log::Room,
    old: Vec<Cell>,
    cells: Vec<Cell>,
    packed: Vec<u8>,
}

impl Block {
    /// A block of so many units that are packed already.
    pub(super) fn of(packed: Vec<u8>, units: usize, cells: usize) -> Self {
        Block {
            packed,
            units,
            cells,
            log: Log::default(),
        }
    }

    /// How many packed cells the first row after a packing puts at stake: packing it writes them again.
    pub(super) fn at_stake(&self) -> usize {
        if self.log.is_empty() { self.cells } else { 0 }
    }

    #[inline]
    pub(super) fn push(&mut self, row: Row, spare: &mut Spare) {
        self.log.push(row, spare);
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

    /// Packs the log.
    pub(super) fn pack(&mut self, how: Combine, room: &mut Room, spare: &mut Spare) {
        if self.log.is_empty() {
            return;
        }
        let mut log = self.log.take(&mut room.log, spare);
        let (old, cells, packed) = (&mut room.old, &mut room.cells, &mut room.packed);
        self.units = self.units.max(log.units());
        packed.clear();
        let mut cursor = Cursor::new(&self.packed, 0);
        for unit in 0..self.units {
            old.clear();
            cells.clear();
            let start = cursor.position();
            cursor.read_unit(old);
            if log.take(unit, how, old, cells) {
                how.cells(cells);
                self.cells += cells.len() - old.len();
                write_unit(packed, cells);
            } else if old.is_empty() {
                packed.push(NO_CELLS);
            } else {
                packed.extend_from_slice(cursor.since(start));
            }
        }
        self.packed = packed.as_slice().to_vec();
    }

    /// The packed units, from the one that begins `at` bytes in.
    pub(super) fn cursor(&self, at: usize) -> Cursor<'_> {
        Cursor::new(&self.packed, at)
    }
}
