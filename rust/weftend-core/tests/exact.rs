//! The exact fold: every bucket with its units and totals, before any clamp.

mod common;

use weftend_core::fold::{Partial, Tally};
use weftend_core::release::exact;

const CONTRIBUTIONS: [(u8, usize, &str, u64); 9] = [
    (1, 0, "failed", 1),
    (1, 0, "passed", 1),
    (2, 0, "unheard-of", 1),
    (1, 1, "A:detail", 1),
    (1, 1, "X", 1),
    (1, 1, "Y", 1),
    (2, 1, "Y", 3),
    (1, 2, "good", 100),
    (2, 2, "good", 5),
];

#[test]
fn buckets_hold_units_and_unclamped_totals() {
    let stream = common::load(&common::definition());
    let mut partial = Partial::new(stream.channels(false)).expect("channels");
    for (unit, channel, key, amount) in CONTRIBUTIONS {
        partial
            .add(&[unit; 32], &[unit; 32], channel, key, amount)
            .expect("room");
    }
    partial.touch(&[3; 32]).expect("room");
    let maps = exact(&stream, &partial);
    let found: Vec<Vec<_>> = maps
        .iter()
        .map(|map| {
            map.iter()
                .map(|(key, Tally { units, total })| (*key, *units, *total))
                .collect()
        })
        .collect();
    assert_eq!(
        found[0],
        [("__none__", 1, 1), ("__other__", 1, 1), ("passed", 1, 1)]
    );
    assert_eq!(found[1], [("A", 1, 1), ("__other__", 2, 5)]);
    assert_eq!(found[2], [("good", 2, 105)]);
}
