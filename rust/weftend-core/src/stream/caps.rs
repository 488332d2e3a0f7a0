//! Whether a stream's vocabularies fit its caps, however the counts turn out.

use super::{Contribution, Definition, MapDefinition, Slot};
use crate::digest::Digest;
use crate::documents::{Aggregate, Buckets, Chunk, Coverage, MAX_REFS};
use crate::fold::MAX_AMOUNT;

/// The largest chunk that a definition allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorstCase {
    /// Buckets of all its maps together.
    pub buckets: u64,
    /// Canonical bytes.
    pub bytes: u64,
}

impl WorstCase {
    /// Over the chunks of a definition: one of all its maps, or one of each (one-map contribution).
    pub(super) fn of(definition: &Definition) -> Self {
        let maps = definition.maps.as_slice();
        let groups: Vec<&[MapDefinition]> = match definition.contribution {
            Contribution::EveryMap => vec![maps],
            Contribution::OneMap => maps.chunks(1).collect(),
        };
        let cases = groups
            .into_iter()
            .map(|maps| WorstCase::of_maps(definition, maps));
        cases.fold(WorstCase::default(), |a, b| WorstCase {
            buckets: a.buckets.max(b.buckets),
            bytes: a.bytes.max(b.bytes),
        })
    }

    fn of_maps(definition: &Definition, maps: &[MapDefinition]) -> Self {
        let chunk = fullest(definition, maps);
        // All of it is finite and small enough, so it serializes; if not, it certainly does not fit.
        let bytes = chunk
            .to_bytes()
            .map_or(u64::MAX, |bytes| bytes.len() as u64);
        WorstCase {
            buckets: maps.iter().map(|map| map.slots() as u64).sum(),
            bytes,
        }
    }
}

/// A chunk in which every bucket shows, every number has 16 digits, and every ref list is full.
fn fullest(definition: &Definition, maps: &[MapDefinition]) -> Chunk {
    let digest = Digest([0; 32]);
    let refs = if definition.refs.is_empty() {
        vec![]
    } else {
        vec![digest; MAX_REFS]
    };
    let aggregates = maps
        .iter()
        .map(|map| (map.name.clone(), all_buckets(map)))
        .collect();
    let payload = Aggregate::new(digest, MAX_AMOUNT, MAX_AMOUNT, aggregates);
    let coverage = Coverage::of(99, 100);
    Chunk {
        prev_chunk_id: Some(digest),
        window_end_tick: MAX_AMOUNT,
        evidence_refs: refs.clone(),
        tartarus_refs: refs,
        ..Chunk::new(
            &definition.stream_id,
            MAX_AMOUNT,
            payload,
            MAX_AMOUNT,
            coverage,
        )
    }
}

fn all_buckets(map: &MapDefinition) -> Buckets {
    let names = (0..map.slots() as u32).filter_map(|slot| map.slot_name(Slot(slot)));
    names.map(|name| (name.to_owned(), MAX_AMOUNT)).collect()
}
