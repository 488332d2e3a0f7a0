//! Which units a window takes.

use crate::fold::{Partial, UnitDigest};
use crate::stream::Stream;

/// The map, by number, that a unit is dealt to where units contribute to one map.
///
/// The last 8 bytes of the digest as a big-endian number, modulo the number of maps (at least 1).
pub fn dealt_to(unit: &UnitDigest, maps: usize) -> usize {
    let (_, tail) = unit.split_at(24);
    let number = tail
        .iter()
        .fold(0u64, |number, &byte| number << 8 | u64::from(byte));
    number.checked_rem(maps as u64).unwrap_or(0) as usize
}

/// The units of one window.
pub(super) struct Selected {
    /// Their numbers in the partial, in byte order of their digests.
    units: Vec<u32>,
    /// Per number whether it is among them.
    chosen: Vec<bool>,
}

impl Selected {
    /// The first `maxWindowTicks` units by digest, of those dealt to `map` if one is given.
    pub(super) fn of(stream: &Stream, partial: &Partial, map: Option<&usize>) -> Self {
        let digests = partial.unit_digests();
        let maps = stream.maps().len();
        let fits = |unit: &UnitDigest| map.is_none_or(|&map| dealt_to(unit, maps) == map);
        let mut units: Vec<u32> = (0u32..)
            .zip(digests)
            .filter(|(_, unit)| fits(unit))
            .map(|(n, _)| n)
            .collect();
        units.sort_unstable_by_key(|&unit| &digests[unit as usize]);
        let most = usize::try_from(stream.definition().caps.max_window_ticks).unwrap_or(usize::MAX);
        units.truncate(most);
        let mut chosen = vec![false; digests.len()];
        units.iter().for_each(|&unit| chosen[unit as usize] = true);
        Selected { units, chosen }
    }

    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    pub(super) fn contains(&self, unit: usize) -> bool {
        self.chosen[unit]
    }

    /// Their digests, in byte order.
    pub(super) fn digests(&self, partial: &Partial) -> Vec<UnitDigest> {
        self.units
            .iter()
            .map(|&unit| partial.unit_digests()[unit as usize])
            .collect()
    }
}
