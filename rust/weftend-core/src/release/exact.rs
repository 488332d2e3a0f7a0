//! The exact fold under a stream's vocabulary: for the operator's own eyes, before any clamp and any floor.

use std::collections::BTreeMap;

use crate::fold::{Amount, MAX_AMOUNT, Partial, Tally};
use crate::stream::{Kind, Slot, Stream};

/// Per map of `stream`, in its order: bucket → its units and the total of their amounts. **Private.**
///
/// Names that no vocabulary has are together in `__other__`. In a partition each unit is in one bucket: the first
/// it has in the order of the vocabulary, `__none__` if it has none. Every unit counts in every map, whatever the
/// stream's contribution. Empty buckets are left out. `partial` has the stream's channels, maps first.
pub fn exact<'s>(stream: &'s Stream, partial: &Partial) -> Vec<BTreeMap<&'s str, Tally>> {
    let places: Vec<Option<(usize, Slot)>> = (0..partial.buckets() as u32)
        .map(|bucket| {
            let (channel, key) = partial.bucket_key(bucket);
            Some((channel, stream.slot(channel, key)?))
        })
        .collect();
    let mut tallies: Vec<_> = stream
        .maps()
        .iter()
        .map(|map| vec![Tally::default(); map.slots()])
        .collect();
    let mut found: Vec<(usize, Slot, u64)> = Vec::new();
    partial.each_unit(|_, _, amounts| {
        found.clear();
        let of = |amount: &Amount| {
            places[amount.bucket as usize].map(|(map, slot)| (map, slot, amount.amount))
        };
        found.extend(amounts.iter().filter_map(of));
        found.sort_unstable();
        add_unit(stream, &found, &mut tallies);
    });
    add_nowhere(stream, partial.len() as u64, &mut tallies);
    stream
        .maps()
        .iter()
        .zip(&tallies)
        .map(|(map, tallies)| {
            let named = (0..)
                .map(Slot)
                .zip(tallies)
                .filter(|(_, tally)| tally.units > 0);
            named
                .filter_map(|(slot, tally)| Some((map.slot_name(slot)?, *tally)))
                .collect()
        })
        .collect()
}

/// Adds one unit; `found` is sorted by map, then slot.
fn add_unit(stream: &Stream, found: &[(usize, Slot, u64)], tallies: &mut [Vec<Tally>]) {
    for of_map in found.chunk_by(|a, b| a.0 == b.0) {
        let map = of_map[0].0;
        let most = if stream.maps()[map].kind == Kind::Partition {
            1
        } else {
            usize::MAX
        };
        for bucket in of_map.chunk_by(|a, b| a.1 == b.1).take(most) {
            let tally = &mut tallies[map][bucket[0].1.0 as usize];
            tally.units += 1;
            let amounts = bucket.iter().map(|(_, _, amount)| *amount);
            tally.total = amounts.fold(tally.total, |sum, amount| (sum + amount).min(MAX_AMOUNT));
        }
    }
}

/// The units that have no key of a partition are in its bucket for those.
fn add_nowhere(stream: &Stream, units: u64, tallies: &mut [Vec<Tally>]) {
    for (map, tallies) in stream.maps().iter().zip(tallies) {
        if map.kind == Kind::Partition {
            let nowhere = units - tallies.iter().map(|tally| tally.units).sum::<u64>();
            tallies[map.none().0 as usize] = Tally {
                units: nowhere,
                total: nowhere,
            };
        }
    }
}
