//! Statistical disclosure control: which buckets of a map may be shown.
//!
//! One pure function of the counts. Each decision after primary suppression looks only at what is public anyway, so
//! that each hidden bucket that is not empty may still hold anything below its floor. What this gives, and what it
//! does not, is in the documentation's page on the privacy model; `weftend.reference.disclosure` is its twin.

use std::collections::BTreeMap;
use std::fmt;

use crate::fold::{MAX_AMOUNT, OTHER};
use crate::stream::Kind;

/// Counts by bucket name.
pub type Counts<'a> = BTreeMap<&'a str, u64>;

/// What one map shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure<'a> {
    /// The buckets that may be shown; what is suppressed and what is empty are both absent.
    pub visible: Counts<'a>,
    /// Whether nothing was suppressed.
    pub complete: bool,
}

/// What no window can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisclosureError {
    /// `k` and `clamp` are from 1, `units` from 0, all below 2^53.
    Bounds,
    /// Only a sum has a clamp above 1.
    Clamp,
    /// A count lies between 0 and `units` × `clamp`.
    Count,
    /// The counts of a partition sum to `units`.
    Partition,
}

impl fmt::Display for DisclosureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DisclosureError::Bounds => "k and clamp are from 1, units from 0, all below 2^53",
            DisclosureError::Clamp => "only a sum has a clamp above 1",
            DisclosureError::Count => "a count lies between 0 and units x clamp",
            DisclosureError::Partition => "the counts of a partition sum to the units",
        })
    }
}

impl std::error::Error for DisclosureError {}

/// Applies primary, then complementary suppression to one map of one window.
///
/// `counts`: units per bucket (partition, set), or the total of the clamped amounts (sum); zeros are as good as
/// absent. `clamp`: the most that one unit adds to a bucket. `units`: how many the window holds. `k`: the floor, in
/// units. *Primary*: buckets below `k` × `clamp` go. *Complementary*, where some went: visible ones go too,
/// `__other__` first, then in byte order; exactly one in a sum or set, and in a partition at least one and until the
/// hidden ones hold 2`k` units. Numbers that no window can hold are a [`DisclosureError`].
pub fn disclose<'a>(
    kind: Kind,
    clamp: u64,
    counts: &Counts<'a>,
    units: u64,
    k: u64,
) -> Result<Disclosure<'a>, DisclosureError> {
    refuse_impossible(kind, clamp, counts, units, k)?;
    let shows = |count: u64| u128::from(count) >= u128::from(k) * u128::from(clamp);
    let (mut visible, hidden): (Counts, Counts) = counts
        .iter()
        .filter(|(_, count)| **count > 0)
        .partition(|(_, count)| shows(**count));
    let complete = hidden.is_empty();
    if !complete {
        hide_more(kind, k, &mut visible, hidden.values().sum());
    }
    Ok(Disclosure { visible, complete })
}

fn hide_more(kind: Kind, k: u64, visible: &mut Counts, mut hidden: u64) {
    while let Some(count) = visible
        .remove(OTHER)
        .or_else(|| visible.pop_first().map(|(_, count)| count))
    {
        hidden = hidden.saturating_add(count);
        if kind != Kind::Partition || hidden >= k.saturating_mul(2) {
            break;
        }
    }
}

fn refuse_impossible(
    kind: Kind,
    clamp: u64,
    counts: &Counts,
    units: u64,
    k: u64,
) -> Result<(), DisclosureError> {
    let in_bounds =
        (1..=MAX_AMOUNT).contains(&k) && (1..=MAX_AMOUNT).contains(&clamp) && units <= MAX_AMOUNT;
    let most = u128::from(units) * u128::from(clamp);
    let total = counts
        .values()
        .map(|&count| u128::from(count))
        .sum::<u128>();
    if !in_bounds {
        Err(DisclosureError::Bounds)
    } else if kind != Kind::Sum && clamp != 1 {
        Err(DisclosureError::Clamp)
    } else if counts.values().any(|&count| u128::from(count) > most) {
        Err(DisclosureError::Count)
    } else if kind == Kind::Partition && total != u128::from(units) {
        Err(DisclosureError::Partition)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(
        kind: Kind,
        clamp: u64,
        counts: &[(&'static str, u64)],
        units: u64,
        k: u64,
    ) -> Vec<&'static str> {
        let counts = counts.iter().copied().collect();
        disclose(kind, clamp, &counts, units, k)
            .unwrap()
            .visible
            .into_keys()
            .collect()
    }

    #[test]
    fn nothing_hidden_hides_nothing_more() {
        assert_eq!(
            shown(Kind::Set, 1, &[("a", 5), ("b", 7), ("c", 0)], 9, 5),
            ["a", "b"]
        );
        assert_eq!(
            shown(Kind::Partition, 1, &[("a", 5), ("b", 5)], 10, 5),
            ["a", "b"]
        );
    }

    #[test]
    fn a_set_gives_up_exactly_one_more_and_other_first() {
        assert_eq!(
            shown(Kind::Set, 1, &[("a", 9), ("b", 9), ("c", 4)], 9, 5),
            ["b"]
        );
        assert_eq!(
            shown(Kind::Set, 1, &[("a", 9), (OTHER, 9), ("c", 4)], 9, 5),
            ["a"]
        );
        assert_eq!(shown(Kind::Set, 1, &[("c", 4), ("d", 9)], 9, 5), [""; 0]);
    }

    #[test]
    fn a_sum_has_its_floor_times_its_clamp() {
        assert_eq!(
            shown(Kind::Sum, 10, &[("a", 50), ("b", 50)], 9, 5),
            ["a", "b"]
        );
        assert_eq!(
            shown(Kind::Sum, 10, &[("a", 50), ("b", 49), ("c", 90)], 9, 5),
            ["c"]
        );
    }

    #[test]
    fn a_partition_gives_up_until_twice_the_floor_is_hidden() {
        let counts = [("a", 5), ("b", 5), ("c", 5), ("d", 1)];
        assert_eq!(shown(Kind::Partition, 1, &counts, 16, 5), ["c"]);
        assert_eq!(
            shown(Kind::Partition, 1, &[("a", 20), ("b", 9), ("d", 1)], 30, 5),
            ["b"]
        );
    }

    #[test]
    fn a_name_below_other_in_byte_order_still_goes_after_it() {
        assert_eq!(
            shown(Kind::Set, 1, &[("A", 9), (OTHER, 9), ("z", 1)], 9, 5),
            ["A"]
        );
    }

    #[test]
    fn what_no_window_can_hold_is_refused() {
        let one = |kind, clamp, count, units, k| {
            disclose(kind, clamp, &[("a", count)].into(), units, k).err()
        };
        assert_eq!(one(Kind::Set, 1, 1, 1, 0), Some(DisclosureError::Bounds));
        assert_eq!(one(Kind::Sum, 0, 1, 1, 5), Some(DisclosureError::Bounds));
        assert_eq!(
            one(Kind::Set, 1, 1, 1 << 53, 5),
            Some(DisclosureError::Bounds)
        );
        assert_eq!(one(Kind::Set, 2, 1, 1, 5), Some(DisclosureError::Clamp));
        assert_eq!(one(Kind::Sum, 2, 3, 1, 5), Some(DisclosureError::Count));
        assert_eq!(
            one(Kind::Partition, 1, 3, 4, 5),
            Some(DisclosureError::Partition)
        );
        assert_eq!(
            one(Kind::Sum, MAX_AMOUNT, MAX_AMOUNT, MAX_AMOUNT, MAX_AMOUNT),
            None
        );
    }
}
