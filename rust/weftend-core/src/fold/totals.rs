//! Reading a partial: the exact sums, for the operator's own eyes, and each unit for the release.

use std::collections::BTreeMap;

use super::partial::Partial;
use super::rows::Cell;
use super::{MAX_AMOUNT, UnitDigest};

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
    pub fn totals(&self) -> Vec<BTreeMap<&str, Tally>> {
        let mut tallies = vec![Tally::default(); self.keys.len()];
        self.each_unit(|_, _, amounts| {
            for &Amount { bucket, amount } in amounts {
                let tally = &mut tallies[bucket as usize];
                tally.units += 1;
                tally.total = (tally.total + amount).min(MAX_AMOUNT);
            }
        });
        let mut totals = vec![BTreeMap::new(); self.channels.len()];
        for (bucket, tally) in tallies
            .into_iter()
            .enumerate()
            .filter(|(_, tally)| tally.units > 0)
        {
            let (channel, key) = self.keys.get(bucket as u32);
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
            amounts.clear();
            let one_part =
                cells.first().map(|cell| cell.part) == cells.last().map(|cell| cell.part);
            if !one_part {
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
