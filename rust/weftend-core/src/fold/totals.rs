//! Reading a partial: the exact sums, for the operator's own eyes, and each unit for the release.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::resume_unwind;

use super::block::UNITS;
use super::partial::Partial;
use super::rows::Cell;
use super::{MAX_AMOUNT, UnitDigest};

/// A thread counts at least so many units, or it would not be worth starting.
const LEAST_SHARE: usize = 1 << 14;

/// What one bucket holds before any clamp, floor or vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Distinct units with this key.
    pub units: u64,
    /// Sum of their amounts; saturates at 2^53 − 1.
    pub total: u64,
}

/// What one unit adds to one bucket, all its parts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) bucket: u32,
    pub(crate) amount: u64,
}

impl Partial {
    /// Per channel: raw key → its tally. Private: for the operator's own eyes.
    ///
    /// Of many units each core counts its share.
    pub fn totals(&self) -> Vec<BTreeMap<&str, Tally>> {
        let settled = self.settled();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = settled.len().div_ceil(cores).max(LEAST_SHARE);
        let share = share.next_multiple_of(UNITS);
        let starts = (0..settled.len()).step_by(share);
        let shares: Vec<_> = starts.map(|start| start..start + share).collect();
        let mut tallies = vec![Tally::default(); self.keys.len()];
        std::thread::scope(|scope| {
            let settled = &settled;
            let count = |units: &Range<usize>| {
                let units = units.clone();
                scope.spawn(move || settled.tallies(units))
            };
            let others: Vec<_> = shares.iter().skip(1).map(count).collect();
            if let Some(first) = shares.first() {
                tallies = settled.tallies(first.clone());
            }
            for other in others {
                let counted = other.join();
                add(
                    &mut tallies,
                    &counted.unwrap_or_else(|panic| resume_unwind(panic)),
                );
            }
        });
        self.by_key(tallies)
    }

    /// What these units add to each bucket.
    fn tallies(&self, units: Range<usize>) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.keys.len()];
        let mut amounts = Vec::new();
        let units = units.start..units.end.min(self.len());
        self.closed.each_of(units, |_, cells| {
            if is_of_one_part(cells) {
                cells
                    .iter()
                    .for_each(|cell| tallies[cell.bucket as usize].add(1, cell.amount));
                return;
            }
            sum_parts(cells, &mut amounts);
            amounts
                .iter()
                .for_each(|sum| tallies[sum.bucket as usize].add(1, sum.amount));
        });
        tallies
    }

    fn by_key(&self, tallies: Vec<Tally>) -> Vec<BTreeMap<&str, Tally>> {
        let mut totals = vec![BTreeMap::new(); self.channels.len()];
        let met = (0..).zip(tallies).filter(|(_, tally)| tally.units > 0);
        for (bucket, tally) in met {
            let (channel, key) = self.keys.get(bucket);
            totals[usize::from(channel)].insert(key, tally);
        }
        totals
    }

    /// How many (unit, part) pairs have a contribution: records read, less those met again.
    pub fn records(&self) -> u64 {
        let mut records = 0;
        self.each_cells(|_, _, cells| {
            records += cells.chunk_by(|a, b| a.part == b.part).count() as u64;
        });
        records
    }

    /// Number of keys of all channels.
    pub(crate) fn buckets(&self) -> usize {
        self.keys.len()
    }

    /// Channel and key of a bucket below [`Partial::buckets`].
    pub(crate) fn bucket_key(&self, bucket: u32) -> (usize, &str) {
        let (channel, key) = self.keys.get(bucket);
        (usize::from(channel), key)
    }

    /// The digests of all units, by their numbers.
    pub(crate) fn unit_digests(&self) -> &[UnitDigest] {
        self.units.as_slice()
    }

    /// Every unit with its amounts, each bucket once, in no particular order of units.
    pub(crate) fn each_unit(&self, mut visit: impl FnMut(usize, &UnitDigest, &[Amount])) {
        let mut amounts: Vec<Amount> = Vec::new();
        self.each_cells(|unit, digest, cells| {
            sum_parts(cells, &mut amounts);
            visit(unit, digest, &amounts);
        });
    }

    pub(super) fn each_cells(&self, mut visit: impl FnMut(usize, &UnitDigest, &mut Vec<Cell>)) {
        let digests = self.units.as_slice();
        let settled = self.settled();
        settled.closed.each_unit(digests.len(), |unit, rows| {
            visit(unit, &digests[unit], rows)
        });
    }
}

impl Tally {
    fn add(&mut self, units: u64, total: u64) {
        self.units += units;
        self.total = (self.total + total).min(MAX_AMOUNT);
    }
}

/// Adds what another share of the units has.
fn add(tallies: &mut [Tally], others: &[Tally]) {
    for (tally, other) in tallies.iter_mut().zip(others) {
        tally.add(other.units, other.total);
    }
}

/// Whether all cells of a unit, which are in order, are what one part says: each is then a bucket of its own.
fn is_of_one_part(cells: &[Cell]) -> bool {
    cells.first().map(|cell| cell.part) == cells.last().map(|cell| cell.part)
}

/// Writes into `amounts` what a unit adds to each bucket, all its parts together.
fn sum_parts(cells: &mut [Cell], amounts: &mut Vec<Amount>) {
    amounts.clear();
    if !is_of_one_part(cells) {
        cells.sort_unstable_by_key(|cell| cell.bucket);
    }
    for same in cells.chunk_by(|a, b| a.bucket == b.bucket) {
        let amount = same
            .iter()
            .fold(0, |sum, cell| (sum + cell.amount).min(MAX_AMOUNT));
        amounts.push(Amount {
            bucket: same[0].bucket,
            amount,
        });
    }
}
