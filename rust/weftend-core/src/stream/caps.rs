//! Whether a stream's vocabularies fit its caps, however the counts turn out.

use std::collections::BTreeMap;

use super::{Contribution, Definition, MapDefinition, Slot};
use crate::digest::Digest;
use crate::documents::{Aggregate, Bind, Buckets, Chunk, Coverage, MAX_REFS};
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
    Chunk {
        schema: Default::default(),
        v: None,
        stream_id: definition.stream_id.clone(),
        chunk_id: digest,
        prev_chunk_id: Some(digest),
        window_start_tick: MAX_AMOUNT,
        window_end_tick: MAX_AMOUNT,
        payload: Aggregate {
            schema: Default::default(),
            v: None,
            bind: Bind {
                path_digest: digest,
            },
            k_floor: MAX_AMOUNT,
            sample_count: MAX_AMOUNT,
            aggregates: maps
                .iter()
                .map(|map| (map.name.clone(), all_buckets(map)))
                .collect::<BTreeMap<_, _>>(),
        },
        evidence_refs: refs.clone(),
        tartarus_refs: refs,
        ttl_seconds: MAX_AMOUNT,
        k_anonymity_floor: MAX_AMOUNT,
        coverage: Coverage::of(99, 100),
    }
}

fn all_buckets(map: &MapDefinition) -> Buckets {
    let names = (0..map.slots() as u32).filter_map(|slot| map.slot_name(Slot(slot)));
    names.map(|name| (name.to_owned(), MAX_AMOUNT)).collect()
}
