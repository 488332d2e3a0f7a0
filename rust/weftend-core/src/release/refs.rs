//! Digest refs: given only where they were asked for and nothing was suppressed.

use super::count::Counted;
use super::notes::RefsOutcome;
use crate::digest::Digest;
use crate::documents::{Coverage, MAX_REFS};
use crate::fold::Partial;
use crate::stream::{RefList, Stream};

/// The refs of a chunk, and what to tell the operator.
#[derive(Default)]
pub(super) struct Refs {
    pub(super) evidence: Vec<Digest>,
    pub(super) tartarus: Vec<Digest>,
    pub(super) outcome: RefsOutcome,
}

/// The first 64 refs of each list, in byte order, of the units of the window.
pub(super) fn refs(
    stream: &Stream,
    partial: &Partial,
    asked: bool,
    coverage: Coverage,
    counted: &Counted,
) -> Refs {
    if !asked || stream.definition().refs.is_empty() {
        return Refs::default();
    }
    if coverage != Coverage::WHOLE {
        return Refs {
            outcome: RefsOutcome::Withheld,
            ..Refs::default()
        };
    }
    let (evidence, more) = list(stream, partial, RefList::EvidenceRefs, counted);
    let (tartarus, more_tartarus) = list(stream, partial, RefList::TartarusRefs, counted);
    let cut = more + more_tartarus;
    let outcome = if cut > 0 {
        RefsOutcome::Truncated { cut }
    } else {
        RefsOutcome::Given
    };
    Refs {
        evidence,
        tartarus,
        outcome,
    }
}

/// One list, and how many did not fit. What is not a full digest is no ref.
fn list(
    stream: &Stream,
    partial: &Partial,
    list: RefList,
    counted: &Counted,
) -> (Vec<Digest>, usize) {
    let channel = stream.channel(list.as_str());
    let keys = (0..partial.buckets() as u32)
        .zip(&counted.raw)
        .filter(|(_, units)| **units > 0);
    let keys = keys.map(|(bucket, _)| partial.bucket_key(bucket));
    let of_list = keys.filter(|(of, _)| Some(*of) == channel);
    let mut refs: Vec<Digest> = of_list.filter_map(|(_, key)| key.parse().ok()).collect();
    refs.sort_unstable();
    let cut = refs.len().saturating_sub(MAX_REFS);
    refs.truncate(MAX_REFS);
    (refs, cut)
}
