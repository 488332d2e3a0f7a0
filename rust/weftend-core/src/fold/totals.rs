//! Reading a partial: the exact sums, for the operator's own eyes, and each unit for the release.

use std::collections::BTreeMap;

use super::packed::Row;
use super::partial::Partial;
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
        self.each_rows(|_, _, rows| {
            records += rows.chunk_by(|a, b| a.part == b.part).count() as u64;
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
        self.each_rows(|unit, digest, rows| {
            amounts.clear();
            let one_part = rows.first().map(|row| row.part) == rows.last().map(|row| row.part);
            if !one_part {
                rows.sort_unstable_by_key(|row| row.bucket);
            }
            for same in rows.chunk_by(|a, b| a.bucket == b.bucket) {
                let amount = same
                    .iter()
                    .fold(0, |sum, row| (sum + row.amount).min(MAX_AMOUNT));
                amounts.push(Amount {
                    bucket: same[0].bucket,
                    amount,
                });
            }
            visit(unit, digest, &amounts);
        });
    }

    pub(super) fn each_rows(&self, mut visit: impl FnMut(usize, &UnitDigest, &mut Vec<Row>)) {
        let settled = self.settled();
        let mut cursor = settled.packed.cursor();
        let mut rows = Vec::new();
        for (unit, digest) in self.units.as_slice().iter().enumerate() {
            rows.clear();
            cursor.read_unit(unit as u32, &mut rows);
            visit(unit, digest, &mut rows);
        }
    }
}
