//! What the operator is told about a release, and nobody else: names and exact counts of what was withheld.

use super::count::Counted;
use crate::disclosure::{Counts, Disclosure};
use crate::fold::Partial;
use crate::stream::{MapDefinition, Stream};

/// Most unregistered names that are listed for a map.
pub const MAX_UNREGISTERED: usize = 100;

/// A name and its exact count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// A bucket's name, or a raw key.
    pub name: String,
    /// Units, or the clamped total of a sum's bucket.
    pub count: u64,
}

/// What was withheld from a window. **Private.**
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// Per map of the chunk, in the order of the definition.
    pub maps: Vec<MapNotes>,
    /// What became of the refs.
    pub refs: RefsOutcome,
}

/// What was withheld from one map. **Private.**
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapNotes {
    /// The map.
    pub map: String,
    /// Buckets below the floor.
    pub hidden: Vec<Named>,
    /// Buckets that went with them, so that nothing can be worked out.
    pub complementary: Vec<Named>,
    /// Raw keys that no vocabulary names, most frequent first, at most [`MAX_UNREGISTERED`]; counts are units.
    pub unregistered: Vec<Named>,
    /// How many unregistered names are not listed.
    pub unregistered_more: u64,
}

/// What became of the refs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefsOutcome {
    /// Nobody asked, or the stream has none.
    #[default]
    NotAsked,
    /// All are in the chunk.
    Given,
    /// Only the first 64 of a list are.
    Truncated {
        /// How many are not.
        cut: usize,
    },
    /// None is, since something was suppressed.
    Withheld,
}

impl RefsOutcome {
    /// The reason code that stderr shows; none where there is nothing to say.
    pub fn code(self) -> Option<&'static str> {
        match self {
            RefsOutcome::NotAsked | RefsOutcome::Given => None,
            RefsOutcome::Truncated { .. } => Some("TELEMETRY_REFS_TRUNCATED"),
            RefsOutcome::Withheld => Some("TELEMETRY_REFS_WITHHELD"),
        }
    }
}

impl MapNotes {
    pub(super) fn of(map: &MapDefinition, counts: &Counts, shown: &Disclosure, k: u64) -> Self {
        let withheld = counts
            .iter()
            .filter(|(key, _)| !shown.visible.contains_key(*key));
        let named = withheld.map(|(key, &count)| Named {
            name: (*key).to_owned(),
            count,
        });
        // A bucket's floor fits: k and clamp are at most a million each.
        let (hidden, complementary) = named.partition(|named| named.count < k * map.clamp);
        MapNotes {
            map: map.name.clone(),
            hidden,
            complementary,
            unregistered: Vec::new(),
            unregistered_more: 0,
        }
    }
}

impl Notes {
    pub(super) fn name_unregistered(
        &mut self,
        stream: &Stream,
        partial: &Partial,
        counted: &Counted,
    ) {
        for notes in &mut self.maps {
            let Some(map) = stream.channel(&notes.map) else {
                continue;
            };
            let keys = (0..partial.buckets() as u32).zip(&counted.raw);
            let of_map = keys.filter_map(|(bucket, &units)| match partial.bucket_key(bucket) {
                (channel, key) if channel == map && units > 0 => Some((key, units)),
                _ => None,
            });
            (notes.unregistered, notes.unregistered_more) = most_frequent(stream, map, of_map);
        }
    }
}

/// Of each of the stream's maps the raw keys that fall into `__other__`, and how many more there are than the listed
/// ones.
///
/// Most frequent first, then in byte order, at most [`MAX_UNREGISTERED`]. **Private.**
pub fn unregistered(stream: &Stream, partial: &Partial) -> Vec<(Vec<Named>, u64)> {
    let totals = partial.totals();
    let maps = totals.iter().take(stream.maps().len()).enumerate();
    maps.map(|(map, keys)| {
        let keys = keys.iter().map(|(&key, tally)| (key, tally.units));
        most_frequent(stream, map, keys)
    })
    .collect()
}

fn most_frequent<'a>(
    stream: &Stream,
    map: usize,
    keys: impl Iterator<Item = (&'a str, u64)>,
) -> (Vec<Named>, u64) {
    let other = stream.maps().get(map).map(MapDefinition::other);
    let mut names: Vec<(&str, u64)> = keys
        .filter(|(key, _)| stream.slot(map, key) == other)
        .collect();
    let order = |a: &(&str, u64), b: &(&str, u64)| b.1.cmp(&a.1).then(a.0.cmp(b.0));
    let more = names.len().saturating_sub(MAX_UNREGISTERED);
    if more > 0 {
        names.select_nth_unstable_by(MAX_UNREGISTERED, order);
        names.truncate(MAX_UNREGISTERED);
    }
    names.sort_unstable_by(order);
    let listed = names.into_iter();
    (
        listed
            .map(|(key, count)| Named {
                name: key.to_owned(),
                count,
            })
            .collect(),
        more as u64,
    )
}
