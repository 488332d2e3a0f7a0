//! What the units of a window add up to, bucket by bucket, with the stream's vocabulary and clamps.

use super::window::Selected;
use crate::disclosure::Counts;
use crate::fold::{Amount, Partial};
use crate::stream::{Kind, MapDefinition, Slot, Stream};

/// Where a raw key of the partial goes.
#[derive(Clone, Copy)]
enum Place {
    /// A map outside this chunk.
    Outside,
    /// A bucket of a map.
    Bucket(u32, Slot),
    /// A ref list.
    Ref,
}

/// Counts of one window.
pub(super) struct Counted {
    /// Per map, per slot: units, or the clamped total of a sum.
    counts: Vec<Vec<u64>>,
    /// Per raw key of the partial: the units of the window that have it.
    pub(super) raw: Vec<u64>,
}

impl Counted {
    /// The counts of a map by bucket name, without the empty ones.
    pub(super) fn counts<'a>(&self, stream: &'a Stream, map: usize) -> Counts<'a> {
        let slots = (0..)
            .map(Slot)
            .zip(&self.counts[map])
            .filter(|(_, count)| **count > 0);
        slots
            .filter_map(|(slot, &count)| Some((stream.slot_name(map, slot)?, count)))
            .collect()
    }
}

/// Counts the selected units in the maps (by number) of the chunk.
pub(super) fn count(
    stream: &Stream,
    partial: &Partial,
    maps: &[usize],
    selected: &Selected,
) -> Counted {
    let places = places(stream, partial, maps);
    let mut counted = Counted {
        counts: stream
            .maps()
            .iter()
            .map(|map| vec![0; map.slots()])
            .collect(),
        raw: vec![0; partial.buckets()],
    };
    let mut found: Vec<(u32, Slot, u64)> = Vec::new();
    partial.each_unit(|unit, _, amounts| {
        if !selected.contains(unit) {
            return;
        }
        found.clear();
        for &Amount { bucket, amount } in amounts {
            if let Place::Bucket(map, slot) = places[bucket as usize] {
                found.push((map, slot, amount));
            }
            counted.raw[bucket as usize] +=
                u64::from(!matches!(places[bucket as usize], Place::Outside));
        }
        found.sort_unstable();
        add_unit(stream, &found, &mut counted.counts);
    });
    for &map in maps
        .iter()
        .filter(|&&map| stream.maps()[map].kind == Kind::Partition)
    {
        let none = stream.maps()[map].none();
        let somewhere: u64 = counted.counts[map].iter().sum();
        counted.counts[map][none.0 as usize] = selected.len() as u64 - somewhere;
    }
    counted
}

fn places(stream: &Stream, partial: &Partial, maps: &[usize]) -> Vec<Place> {
    let place = |bucket| {
        let (channel, key) = partial.bucket_key(bucket);
        match stream.slot(channel, key) {
            Some(slot) if maps.contains(&channel) => Place::Bucket(channel as u32, slot),
            Some(_) => Place::Outside,
            None => Place::Ref,
        }
    };
    (0..partial.buckets() as u32).map(place).collect()
}

/// Adds one unit; `found` is sorted by map, then slot.
fn add_unit(stream: &Stream, found: &[(u32, Slot, u64)], counts: &mut [Vec<u64>]) {
    for of_map in found.chunk_by(|a, b| a.0 == b.0) {
        let map = of_map[0].0 as usize;
        let definition: &MapDefinition = &stream.maps()[map];
        let mut buckets = of_map.chunk_by(|a, b| a.1 == b.1);
        if definition.kind == Kind::Partition {
            // Slots are in the vocabulary's order: the first one wins.
            buckets
                .next()
                .into_iter()
                .for_each(|bucket| counts[map][bucket[0].1.0 as usize] += 1);
            continue;
        }
        for bucket in buckets {
            let amount = bucket
                .iter()
                .fold(0u64, |sum, (_, _, amount)| sum.saturating_add(*amount));
            counts[map][bucket[0].1.0 as usize] += amount.min(definition.clamp);
        }
    }
}
