//! Windows: what is counted, what is shown, what is consumed, and that nothing else gets out.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};
use weftend_core::digest::{Digest, digest_bytes};
use weftend_core::disclosure::disclose;
use weftend_core::fold::{Partial, UnitDigest};
use weftend_core::release::{
    RefsOutcome, ReleaseError, Released, Window, WindowRequest, dealt_to, next_window, unregistered,
};
use weftend_core::stream::{Kind, Stream};

fn unit(number: u32) -> UnitDigest {
    digest_bytes(&number.to_le_bytes()).0
}

fn request(k: u64) -> WindowRequest<'static> {
    WindowRequest {
        path_digest: digest_bytes(b"path"),
        k,
        window_start_tick: 7,
        prev_chunk_id: Some(digest_bytes(b"before")),
        refs: false,
        map: None,
    }
}

fn released(stream: &Stream, partial: &Partial, request: &WindowRequest) -> Released {
    match next_window(stream, partial, request).unwrap() {
        Window::Released(released) => *released,
        other => panic!("{other:?}"),
    }
}

fn shown(released: &Released) -> Value {
    serde_json::to_value(&released.chunk.payload.aggregates).unwrap()
}

/// A partial of `units` runs; `keys` says what each one has: (channel, key, amount).
fn fold(stream: &Stream, units: u32, keys: impl Fn(u32) -> Vec<(usize, String, u64)>) -> Partial {
    let mut partial = Partial::new(stream.channels(true)).unwrap();
    for number in 0..units {
        partial.touch(&unit(number)).unwrap();
        for (channel, key, amount) in keys(number) {
            partial
                .add(&unit(number), &unit(number), channel, &key, amount)
                .unwrap();
        }
    }
    partial
}

#[test]
fn vocabulary_clamps_and_families_apply_at_release() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 20, |n| {
        let conclusion = if n < 10 {
            ["failed", "passed"]
        } else {
            ["invented", "invented2"]
        };
        let mut keys: Vec<_> = conclusion.map(|key| (0, key.to_owned(), 1)).into();
        keys.extend([
            (1, "A:x".into(), 4),
            (1, "A:y".into(), 4),
            (1, format!("Z{n}"), 1),
        ]);
        keys.extend([(2, "good".into(), 2), (2, "bad".into(), 9)]);
        keys
    });
    let released = released(&stream, &partial, &request(5));
    let expected = json!({
        "conclusions": {"passed": 10, "__other__": 10},
        "families": {"A": 20, "__other__": 20},
        "outcomes": {"good": 40, "bad": 60},
    });
    assert_eq!(shown(&released), expected);
    assert_eq!(released.chunk.coverage.hundredths(), 100);
    assert_eq!(
        (
            released.chunk.window_start_tick,
            released.chunk.window_end_tick
        ),
        (7, 27)
    );
    let names = &released.notes.maps[1].unregistered;
    assert_eq!(
        (names.len(), names[0].name.as_str(), names[0].count),
        (20, "Z0", 1)
    );
}

#[test]
fn a_unit_without_a_key_is_none_in_a_partition() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 12, |n| {
        if n < 6 {
            vec![(0, "passed".into(), 1)]
        } else {
            vec![]
        }
    });
    let released = released(&stream, &partial, &request(5));
    assert_eq!(
        shown(&released)["conclusions"],
        json!({"passed": 6, "__none__": 6})
    );
}

#[test]
fn suppression_shows_in_coverage_and_in_the_notes_alone() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 20, |n| {
        let key = if n < 4 { "A" } else { "B" };
        vec![
            (0, "passed".into(), 1),
            (1, key.into(), 1),
            (1, "C".into(), 1),
            (2, "good".into(), 1),
        ]
    });
    let released = released(&stream, &partial, &request(5));
    assert_eq!(shown(&released)["families"], json!({"C": 20}));
    assert_eq!(released.chunk.coverage.hundredths(), 66);
    let notes = &released.notes.maps[1];
    assert_eq!(
        (notes.hidden[0].name.as_str(), notes.hidden[0].count),
        ("A", 4)
    );
    assert_eq!(
        (
            notes.complementary[0].name.as_str(),
            notes.complementary[0].count
        ),
        ("B", 16)
    );
}

#[test]
fn a_window_below_its_floor_says_nothing() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 4, |_| vec![]);
    assert!(matches!(
        next_window(&stream, &partial, &request(5)),
        Ok(Window::BelowFloor { units: 4 })
    ));
    let empty = fold(&stream, 0, |_| vec![]);
    assert!(matches!(
        next_window(&stream, &empty, &request(5)),
        Ok(Window::Empty)
    ));
}

#[test]
fn the_first_units_by_digest_make_the_window() {
    let mut definition = common::definition();
    definition["caps"]["maxWindowTicks"] = json!(8);
    let stream = common::load(&definition);
    let mut partial = fold(&stream, 20, |_| vec![(1, "A".into(), 1)]);
    let mut taken = Vec::new();
    for expected in [8, 8] {
        let released = released(&stream, &partial, &request(5));
        assert_eq!(released.chunk.payload.sample_count, expected);
        assert_eq!(partial.without(&released.units), expected as usize);
        taken.extend(released.units);
    }
    assert!(taken.is_sorted());
    assert!(
        partial
            .digests()
            .iter()
            .all(|unit| unit > taken.last().unwrap())
    );
    assert!(matches!(
        next_window(&stream, &partial, &request(5)),
        Ok(Window::BelowFloor { units: 4 })
    ));
}

#[test]
fn one_map_streams_deal_each_unit_to_one_chunk() {
    let mut definition = common::definition();
    definition["contribution"] = json!("one-map");
    let stream = common::load(&definition);
    let partial = fold(&stream, 300, |_| {
        vec![
            (0, "passed".into(), 1),
            (1, "A".into(), 1),
            (2, "good".into(), 9),
        ]
    });
    let mut seen = BTreeSet::new();
    for (index, (name, key, each)) in [
        ("conclusions", "passed", 1),
        ("families", "A", 1),
        ("outcomes", "good", 3),
    ]
    .into_iter()
    .enumerate()
    {
        let request = WindowRequest {
            map: Some(name),
            ..request(5)
        };
        let released = released(&stream, &partial, &request);
        let units = released.units.len() as u64;
        assert_eq!(shown(&released), json!({name: {key: each * units}}));
        assert_eq!(released.chunk.payload.sample_count, units);
        assert!(released.units.iter().all(|unit| dealt_to(unit, 3) == index));
        assert!(
            released.units.iter().all(|unit| seen.insert(*unit)),
            "a unit in two chunks"
        );
    }
    assert_eq!(seen.len(), 300);
}

#[test]
fn units_are_dealt_by_the_end_of_their_digest() {
    let mut digest = [0xff; 32];
    digest[24..].copy_from_slice(&1_000_000_007u64.to_be_bytes());
    assert_eq!(dealt_to(&digest, 10), 7);
    assert_eq!(dealt_to(&[0xff; 32], 7), (u64::MAX % 7) as usize);
}

fn with_refs(stream: &Stream, units: u32, broken: &'static str) -> Partial {
    fold(stream, units, |n| {
        let mut keys = vec![
            (0, "passed".into(), 1),
            (1, "A".into(), 1),
            (2, "good".into(), 3),
        ];
        keys.push((3, digest_bytes(&n.to_be_bytes()).to_string(), 1));
        keys.push((4, broken.into(), 1));
        keys
    })
}

#[test]
fn refs_come_only_when_asked_for_and_whole() {
    let stream = common::load(&common::definition());
    let asked = WindowRequest {
        refs: true,
        ..request(5)
    };
    let partial = with_refs(&stream, 70, "sha256:deadbeef");
    let unasked = released(&stream, &partial, &request(5));
    assert!(unasked.chunk.evidence_refs.is_empty() && unasked.notes.refs == RefsOutcome::NotAsked);
    let given = released(&stream, &partial, &asked);
    let mut all: Vec<Digest> = (0..70u32).map(|n| digest_bytes(&n.to_be_bytes())).collect();
    all.sort();
    assert_eq!(given.chunk.evidence_refs, all[..64]);
    assert!(
        given.chunk.tartarus_refs.is_empty(),
        "a short digest is no ref"
    );
    assert_eq!(given.notes.refs, RefsOutcome::Truncated { cut: 6 });
    let few = released(&stream, &with_refs(&stream, 9, "no"), &asked);
    assert_eq!(
        (few.chunk.evidence_refs.len(), few.notes.refs),
        (9, RefsOutcome::Given)
    );
}

#[test]
fn refs_are_withheld_where_something_was_suppressed() {
    let stream = common::load(&common::definition());
    let mut partial = with_refs(&stream, 9, "no");
    partial.add(&unit(3), &unit(3), 1, "B", 1).unwrap();
    let released = released(
        &stream,
        &partial,
        &WindowRequest {
            refs: true,
            ..request(5)
        },
    );
    assert!(released.chunk.evidence_refs.is_empty());
    assert_eq!(released.notes.refs.code(), Some("TELEMETRY_REFS_WITHHELD"));
}

#[test]
fn what_may_not_be_asked_is_refused() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 9, |_| vec![]);
    let code = |partial: &Partial, request: WindowRequest| {
        next_window(&stream, partial, &request).unwrap_err().code()
    };
    assert_eq!(code(&partial, request(4)), "FLOOR_TOO_LOW");
    assert_eq!(code(&partial, request(1_000_001)), "USAGE");
    assert_eq!(
        code(
            &partial,
            WindowRequest {
                map: Some("families"),
                ..request(5)
            }
        ),
        "USAGE"
    );
    assert_eq!(
        code(&Partial::new(vec!["x".into()]).unwrap(), request(5)),
        "PARTIAL_MISMATCH"
    );
    let without_refs = Partial::new(stream.channels(false)).unwrap();
    assert_eq!(
        code(
            &without_refs,
            WindowRequest {
                refs: true,
                ..request(5)
            }
        ),
        "PARTIAL_MISMATCH"
    );
    let late = WindowRequest {
        window_start_tick: (1 << 53) - 3,
        ..request(5)
    };
    assert_eq!(code(&partial, late), "TELEMETRY_TICK_INVALID");
    let mut one_map = common::definition();
    one_map["contribution"] = json!("one-map");
    let stream = common::load(&one_map);
    assert_eq!(
        next_window(&stream, &partial, &request(5)).unwrap_err(),
        ReleaseError::Map
    );
    let unknown = WindowRequest {
        map: Some("nothing"),
        ..request(5)
    };
    assert_eq!(
        next_window(&stream, &partial, &unknown).unwrap_err(),
        ReleaseError::Map
    );
}

#[test]
fn the_least_floor_is_the_streams() {
    let mut definition = common::definition();
    definition["floor"]["least"] = json!(9);
    let stream = common::load(&definition);
    let partial = fold(&stream, 20, |_| vec![]);
    let error = next_window(&stream, &partial, &request(8)).unwrap_err();
    assert_eq!(error, ReleaseError::Floor { k: 8, least: 9 });
}

#[test]
fn no_raw_key_reaches_a_chunk() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 40, |n| {
        (0..3)
            .map(|channel| (channel, format!("alice@example.org/{}", n % 2), 1))
            .collect()
    });
    let released = released(&stream, &partial, &request(5));
    let text = String::from_utf8(released.bytes).unwrap();
    assert!(!text.contains("alice"), "{text}");
    assert_eq!(released.notes.maps[0].unregistered.len(), 2);
}

#[test]
fn the_most_frequent_unregistered_names_come_first() {
    let stream = common::load(&common::definition());
    let partial = fold(&stream, 120, |n| {
        (0..n)
            .map(|name| (1, format!("N{name:03}"), 1))
            .chain([(1, "A".into(), 1)])
            .collect()
    });
    let (names, more) = unregistered(&stream, &partial).swap_remove(1);
    assert_eq!((names.len(), more), (100, 19));
    assert_eq!((names[0].name.as_str(), names[0].count), ("N000", 119));
    assert_eq!((names[99].name.as_str(), names[99].count), ("N099", 20));
}

/// Per unit: (channel, key, amount).
fn contributions() -> impl Strategy<Value = Vec<Vec<(usize, String, u64)>>> {
    let conclusion = prop_oneof![Just("passed"), Just("failed"), Just("errored"), Just("odd")];
    let family = prop_oneof![
        Just("A"),
        Just("A:1"),
        Just("B:2"),
        Just("C"),
        Just("D"),
        Just("E:f")
    ];
    let outcome = prop_oneof![Just("good"), Just("bad"), Just("ugly")];
    let of = |channel: usize, keys: BoxedStrategy<&'static str>| {
        let one = (keys, 1u64..6).prop_map(move |(key, amount)| (channel, key.to_owned(), amount));
        prop::collection::vec(one, 0..4)
    };
    let unit = (
        of(0, conclusion.boxed()),
        of(1, family.boxed()),
        of(2, outcome.boxed()),
    )
        .prop_map(|(a, b, c)| [a, b, c].concat());
    prop::collection::vec(unit, 5..60)
}

/// The counts of one map, straight from the definition of the kinds.
fn plain_counts(
    stream: &Stream,
    map: usize,
    units: &[Vec<(usize, String, u64)>],
) -> BTreeMap<String, u64> {
    let definition = &stream.maps()[map];
    let mut counts = BTreeMap::<String, u64>::new();
    for unit in units {
        let mut buckets = BTreeMap::<u32, u64>::new();
        for (_, key, amount) in unit.iter().filter(|(channel, ..)| *channel == map) {
            *buckets.entry(stream.slot(map, key).unwrap().0).or_default() += amount;
        }
        if definition.kind == Kind::Partition {
            let first = buckets
                .keys()
                .next()
                .copied()
                .unwrap_or(definition.none().0);
            buckets = [(first, 1)].into();
        }
        for (slot, amount) in buckets {
            let name = definition
                .slot_name(weftend_core::stream::Slot(slot))
                .unwrap();
            *counts.entry(name.to_owned()).or_default() += amount.min(definition.clamp);
        }
    }
    counts
}

proptest! {
    #[test]
    fn a_payload_is_disclosure_control_over_plain_counts(units in contributions(), k in 5u64..9) {
        let stream = common::load(&common::definition());
        let partial = fold(&stream, units.len() as u32, |n| units[n as usize].clone());
        let window = next_window(&stream, &partial, &request(k)).unwrap();
        let Window::Released(released) = window else {
            prop_assert!((units.len() as u64) < k);
            return Ok(());
        };
        let mut complete = 0;
        for (map, definition) in stream.maps().iter().enumerate() {
            let counts = plain_counts(&stream, map, &units);
            let counts = counts.iter().map(|(key, &count)| (key.as_str(), count)).collect();
            let expected = disclose(definition.kind, definition.clamp, &counts, units.len() as u64, k).unwrap();
            let found = &released.chunk.payload.aggregates[&definition.name];
            prop_assert!(found.iter().map(|(key, &count)| (key.as_str(), count)).eq(expected.visible));
            complete += usize::from(expected.complete);
        }
        prop_assert_eq!(usize::from(released.chunk.coverage.hundredths()), 100 * complete / 3);
    }
}
