//! All rows of a partial, in blocks of neighbouring units.

use std::ops::Range;

use super::block::{Block, Room, UNITS};
use super::log::Spare;
use super::packed::{Cursor, write_unit};
use super::rows::{Cell, Combine, Row};

/// Fewer rows than this may wait to be packed, or half as many as would be written again.
const LEAST_WAITING: usize = 1 << 21;

/// Rows by unit.
#[derive(Clone, Default)]
pub(super) struct Blocks {
    blocks: Vec<Block>,
    /// Rows that wait to be packed.
    waiting: usize,
    /// Packed cells that will be written again when they are.
    at_stake: usize,
    /// Memory for rows that wait.
    spare: Spare,
}

impl Blocks {
    /// Adds a row. What has the same unit, part and bucket becomes one, as `how` says, at the latest on settling.
    #[inline]
    pub(super) fn push(&mut self, row: Row, how: Combine) {
        if self.waiting >= LEAST_WAITING.max(self.at_stake / 2) {
            self.pack(how);
        }
        let block = block_of(&mut self.blocks, row.unit);
        let at_stake = block.at_stake();
        block.push(row, &mut self.spare);
        self.at_stake += at_stake;
        self.waiting += 1;
    }

    /// Adds a unit behind those that are packed: its cells, sorted, no place twice. Much cheaper than one row after
    /// the other; `false`, and nothing is added, where a later unit is packed already.
    pub(super) fn append(&mut self, unit: u32, cells: &[Cell]) -> bool {
        let block = block_of(&mut self.blocks, unit);
        let appended = block.append(unit as usize % UNITS, cells);
        self.at_stake += appended.unwrap_or(0);
        appended.is_some()
    }

    /// Packs everything, and keeps no memory that is not needed.
    pub(super) fn settle(&mut self, how: Combine) {
        self.pack(how);
        self.spare = Spare::default();
    }

    fn pack(&mut self, how: Combine) {
        let mut room = Room::default();
        for block in &mut self.blocks {
            block.pack(how, &mut room, &mut self.spare);
        }
        (self.waiting, self.at_stake) = (0, 0);
    }

    /// Puts the `theirs` units of `other` behind the `ours` units here, both settled; but full blocks come before what
    /// is left of ours, so that nothing in them has to move.
    pub(super) fn append_all(&mut self, ours: usize, mut other: Blocks, theirs: usize) {
        let mut builder = Builder::default();
        let mine = self.split_off_rest(ours);
        let rest = other.split_off_rest(theirs);
        builder.done = std::mem::take(&mut self.blocks);
        builder.done.append(&mut other.blocks);
        for (block, units) in [(mine, ours % UNITS), (rest, theirs % UNITS)] {
            let mut cursor = block.cursor(0);
            let mut cells = Vec::new();
            for _ in 0..units {
                cells.clear();
                cursor.read_unit(&mut cells);
                builder.push(&cells);
            }
        }
        *self = builder.finish();
    }

    /// Of `units` units, takes off those that fill no block; the others have one each after that, be it empty.
    fn split_off_rest(&mut self, units: usize) -> Block {
        self.blocks
            .resize_with(units.div_ceil(UNITS), Block::default);
        let full = units / UNITS;
        let rest = self.blocks.split_off(full);
        rest.into_iter().next().unwrap_or_default()
    }

    pub(super) fn is_settled(&self) -> bool {
        self.waiting == 0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The cells of each of the units 0 to `units` − 1, in this order.
    pub(super) fn each_unit(&self, units: usize, visit: impl FnMut(usize, &mut Vec<Cell>)) {
        self.each_of(0..units, visit);
    }

    /// The same for these units, of which the first is the first of a block.
    pub(super) fn each_of(
        &self,
        units: Range<usize>,
        mut visit: impl FnMut(usize, &mut Vec<Cell>),
    ) {
        let mut cells = Vec::new();
        for block in units.start / UNITS..units.end.div_ceil(UNITS) {
            let mut cursor = self.cursor(block * UNITS, 0);
            for unit in block * UNITS..units.end.min((block + 1) * UNITS) {
                cells.clear();
                cursor.read_unit(&mut cells);
                visit(unit, &mut cells);
            }
        }
    }

    /// Where each of the units 0 to `units` − 1 begins within its block.
    pub(super) fn starts(&self, units: usize) -> Vec<usize> {
        let mut starts = Vec::with_capacity(units);
        for block in 0..units.div_ceil(UNITS) {
            let mut cursor = self.cursor(block * UNITS, 0);
            for _ in block * UNITS..units.min((block + 1) * UNITS) {
                starts.push(cursor.position());
                cursor.unit_bytes();
            }
        }
        starts
    }

    /// Reads from a unit that begins `start` bytes into its block.
    pub(super) fn cursor(&self, unit: usize, start: usize) -> Cursor<'_> {
        self.blocks
            .get(unit / UNITS)
            .map_or(Cursor::new(&[], 0), |block| block.cursor(start))
    }
}

/// The block of a unit, which is there from now on.
#[inline]
fn block_of(blocks: &mut Vec<Block>, unit: u32) -> &mut Block {
    let block = unit as usize / UNITS;
    if block >= blocks.len() {
        grow(blocks, block + 1);
    }
    &mut blocks[block]
}

#[cold]
fn grow(blocks: &mut Vec<Block>, count: usize) {
    blocks.resize_with(count, Block::default);
}

/// Builds blocks from units that come in their order, packed from the start.
#[derive(Default)]
pub(super) struct Builder {
    done: Vec<Block>,
    packed: Vec<u8>,
    cells: usize,
    units: usize,
}

impl Builder {
    /// The next unit: its cells, sorted, no place twice.
    pub(super) fn push(&mut self, cells: &[Cell]) {
        write_unit(&mut self.packed, cells);
        self.count(cells.len());
    }

    /// The next unit as packed bytes that were checked.
    pub(super) fn push_bytes(&mut self, bytes: &[u8], cells: usize) {
        self.packed.extend_from_slice(bytes);
        self.count(cells);
    }

    fn count(&mut self, cells: usize) {
        self.cells += cells;
        self.units += 1;
        if self.units == UNITS {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        // A copy, so that no block keeps the room of the fullest one.
        self.done.push(Block::of(
            self.packed.as_slice().to_vec(),
            self.units,
            self.cells,
        ));
        self.packed.clear();
        (self.cells, self.units) = (0, 0);
    }

    pub(super) fn finish(mut self) -> Blocks {
        if self.units > 0 {
            self.end_block();
        }
        Blocks {
            blocks: self.done,
            waiting: 0,
            at_stake: 0,
            spare: Spare::default(),
        }
    }
}
