//! Rows of one block that wait to be packed: eight bytes each, in which unit, part, bucket and amount stand in this
//! order, so that they are put in order as numbers.

use super::block::UNITS;
use super::digits;
use super::rows::{Cell, Combine, Row};

const AMOUNT_BITS: u32 = 20;
const BUCKET_BITS: u32 = 22;
const PART_BITS: u32 = 11;
const BUCKET_AT: u32 = AMOUNT_BITS;
const PART_AT: u32 = BUCKET_AT + BUCKET_BITS;
const UNIT_AT: u32 = PART_AT + PART_BITS;

/// The lowest `bits` bits of `number` from bit `at` up.
#[inline]
fn field(number: u64, at: u32, bits: u32) -> u64 {
    number >> at & ((1 << bits) - 1)
}

/// The row as one number, if it is small enough for that; nearly all are.
#[inline]
fn short(row: Row) -> Option<u64> {
    let Cell {
        part,
        bucket,
        amount,
    } = row.cell;
    let (part, bucket) = (u64::from(part), u64::from(bucket));
    let fits = part >> PART_BITS | bucket >> BUCKET_BITS | amount >> AMOUNT_BITS == 0;
    let unit = (row.unit as usize % UNITS) as u64;
    fits.then_some(unit << UNIT_AT | part << PART_AT | bucket << BUCKET_AT | amount)
}

fn unit(short: u64) -> usize {
    (short >> UNIT_AT) as usize
}

fn cell(short: u64) -> Cell {
    Cell {
        part: field(short, PART_AT, PART_BITS) as u32,
        bucket: field(short, BUCKET_AT, BUCKET_BITS) as u32,
        amount: field(short, 0, AMOUNT_BITS),
    }
}

/// Rows of a piece of memory.
const PIECE: usize = 1 << 11;

/// Pieces of memory that logs have emptied, for others to fill. A long log is a list of pieces, so that nothing is copied
/// where it grows, and fresh memory, which is dear, is asked for once.
#[derive(Clone, Default)]
pub(super) struct Spare(Vec<Vec<u64>>);

/// See the module.
#[derive(Clone, Default)]
pub(super) struct Log {
    /// Short rows: full pieces of memory, and the one that is being filled.
    full: Vec<Vec<u64>>,
    short: Vec<u64>,
    /// Rows that are no short ones.
    long: Vec<Row>,
}

impl Log {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.short.is_empty() && self.long.is_empty()
    }

    /// Adds a row, in the memory of `spare` where there is some.
    #[inline]
    pub(super) fn push(&mut self, row: Row, spare: &mut Spare) {
        match short(row) {
            Some(short) => {
                if self.short.len() == self.short.capacity() {
                    self.make_room(spare);
                }
                self.short.push(short);
            }
            None => self.long.push(row),
        }
    }

    /// A full piece is put away; one that is small yet grows.
    #[cold]
    fn make_room(&mut self, spare: &mut Spare) {
        if self.short.len() >= PIECE {
            let piece = spare.0.pop();
            let piece = piece.unwrap_or_else(|| Vec::with_capacity(PIECE));
            self.full.push(std::mem::replace(&mut self.short, piece));
        }
    }

    /// Takes all rows out, in order of their units; into `spare` the memory they were in. `room` is room to work in.
    pub(super) fn take<'a>(&mut self, room: &'a mut Room, spare: &mut Spare) -> Sorted<'a> {
        room.short.clear();
        for mut piece in self.full.drain(..).chain([std::mem::take(&mut self.short)]) {
            room.short.extend_from_slice(&piece);
            piece.clear();
            if piece.capacity() >= PIECE {
                spare.0.push(piece);
            }
        }
        digits::sort(&mut room.short, &mut room.other, AMOUNT_BITS);
        room.long = std::mem::take(&mut self.long);
        room.long.sort_unstable_by_key(|row| row.unit);
        Sorted {
            short: &room.short,
            long: &room.long,
        }
    }
}

/// Room to put logs in order.
#[derive(Default)]
pub(super) struct Room {
    short: Vec<u64>,
    other: Vec<u64>,
    long: Vec<Row>,
}

/// Rows in order of their units, to be taken unit by unit.
pub(super) struct Sorted<'a> {
    short: &'a [u64],
    long: &'a [Row],
}

impl Sorted<'_> {
    /// How many units there are, up to the last one that has a row.
    pub(super) fn units(&self) -> usize {
        let short = self.short.last().map_or(0, |last| unit(*last) + 1);
        let long = self.long.last();
        short.max(long.map_or(0, |last| last.unit as usize % UNITS + 1))
    }

    /// Writes into `cells` what the next unit has, whose place in the block is `place`: `old`, which is sorted, no
    /// place twice, and its rows here. Sorted it is, but for long rows. Whether there were any rows.
    pub(super) fn take(
        &mut self,
        place: usize,
        how: Combine,
        old: &[Cell],
        cells: &mut Vec<Cell>,
    ) -> bool {
        let before = (self.short.len(), self.long.len());
        let mut old = old;
        while let Some((&first, rest)) = self.short.split_first()
            && unit(first) == place
        {
            self.short = rest;
            let cell = cell(first);
            while let Some((next, rest)) = old.split_first()
                && next.place() <= cell.place()
            {
                old = rest;
                cells.push(*next);
            }
            match cells.last_mut() {
                Some(last) if last.place() == cell.place() => {
                    last.amount = how.apply(last.amount, cell.amount);
                }
                _ => cells.push(cell),
            }
        }
        cells.extend_from_slice(old);
        while let Some((first, rest)) = self.long.split_first()
            && first.unit as usize % UNITS == place
        {
            self.long = rest;
            cells.push(first.cell);
        }
        (self.short.len(), self.long.len()) != before
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let amount = prop_oneof![1..4u64, Just(1 << 40)];
        let row = (0..UNITS as u32, 0..3u32, 0..5u32, amount);
        prop::collection::vec(row, 0..3 * PIECE).prop_map(|rows| {
            let row = |(unit, part, bucket, amount)| {
                let cell = Cell {
                    part,
                    bucket,
                    amount,
                };
                Row { unit, cell }
            };
            rows.into_iter().map(row).collect()
        })
    }

    /// What `rows` add to each unit, taken out of `log`.
    fn taken(log: &mut Log, rows: &[Row], spare: &mut Spare) -> Vec<Vec<Cell>> {
        rows.iter().for_each(|row| log.push(*row, spare));
        let mut room = Room::default();
        let mut sorted = log.take(&mut room, spare);
        let units = 0..sorted.units();
        let of = |unit| {
            let mut cells = Vec::new();
            sorted.take(unit, Combine::Sum, &[], &mut cells);
            Combine::Sum.cells(&mut cells);
            cells
        };
        units.map(of).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// Long logs, in memory that others had before, hold what was put in and nothing else.
        #[test]
        fn what_was_pushed_is_taken_out(all in prop::collection::vec(rows(), 3)) {
            let (mut log, mut spare) = (Log::default(), Spare::default());
            for rows in all {
                let found = taken(&mut log, &rows, &mut spare);
                let of = |unit: usize| {
                    let of_unit = rows.iter().filter(|row| row.unit as usize == unit);
                    let mut cells: Vec<Cell> = of_unit.map(|row| row.cell).collect();
                    Combine::Sum.cells(&mut cells);
                    cells
                };
                let last = rows.iter().map(|row| row.unit as usize + 1).max().unwrap_or(0);
                prop_assert_eq!(found, (0..last).map(of).collect::<Vec<_>>());
                prop_assert!(log.is_empty());
                prop_assert!(spare.0.iter().all(|piece| piece.is_empty()));
            }
        }
    }
}
