//! The laws of partial folds, against a model of plain maps.

use std::collections::BTreeMap;

use proptest::prelude::*;
use weftend_core::fold::{FoldError, MAX_AMOUNT, OTHER, Partial, Tally, UnitDigest};

/// unit → part → (channel, key) → amount.
type Model = BTreeMap<UnitDigest, BTreeMap<UnitDigest, BTreeMap<(usize, String), u64>>>;

/// One call of `add`; amount 0 only touches the unit.
#[derive(Clone, Debug)]
struct Add {
    unit: UnitDigest,
    part: UnitDigest,
    channel: usize,
    key: String,
    amount: u64,
}

fn digest(number: u8) -> UnitDigest {
    let mut digest = [number.wrapping_mul(167); 32];
    digest[31] = number;
    digest
}

fn adds() -> impl Strategy<Value = Vec<Add>> {
    let key = prop_oneof![
        "[a-c]",
        "[a-c]{2}",
        Just("größe\n".to_owned()),
        Just("x".repeat(512))
    ];
    let amount = prop_oneof![4 => Just(1u64), 2 => 0u64..300, 1 => MAX_AMOUNT - 2..=u64::MAX];
    let add =
        (0u8..6, 0u8..6, 0usize..2, key, amount).prop_map(|(unit, part, channel, key, amount)| {
            Add {
                unit: digest(unit),
                part: digest(part),
                channel,
                key,
                amount,
            }
        });
    prop::collection::vec(add, 0..40)
}

fn empty() -> Partial {
    Partial::new(vec!["first".into(), "second".into()]).unwrap()
}

/// All of it read as one record.
fn folded(adds: &[Add]) -> Partial {
    let mut partial = empty();
    for add in adds {
        partial
            .add(&add.unit, &add.part, add.channel, &add.key, add.amount)
            .unwrap();
    }
    partial
}

fn model(adds: &[Add]) -> Model {
    let mut model = Model::new();
    for add in adds {
        let parts = model.entry(add.unit).or_default();
        if add.amount > 0 {
            let part = parts.entry(add.part).or_default();
            let amount = part.entry((add.channel, add.key.clone())).or_default();
            *amount = amount.saturating_add(add.amount).min(MAX_AMOUNT);
        }
    }
    model
}

fn totals(model: &Model) -> Vec<BTreeMap<String, Tally>> {
    let mut totals = vec![BTreeMap::<String, Tally>::new(); 2];
    for parts in model.values() {
        let mut unit = BTreeMap::<(usize, String), u64>::new();
        for (bucket, amount) in parts.values().flatten() {
            let sum = unit.entry(bucket.clone()).or_default();
            *sum = (*sum + amount).min(MAX_AMOUNT);
        }
        for ((channel, key), amount) in unit {
            let tally = totals[channel].entry(key).or_default();
            tally.units += 1;
            tally.total = (tally.total + amount).min(MAX_AMOUNT);
        }
    }
    totals
}

fn totals_of(partial: &Partial) -> Vec<BTreeMap<String, Tally>> {
    let owned = |(key, tally): (&str, Tally)| (key.to_owned(), tally);
    partial
        .totals()
        .into_iter()
        .map(|channel| channel.into_iter().map(owned).collect())
        .collect()
}

fn merged(a: &Partial, b: &Partial) -> Partial {
    let mut both = a.clone();
    both.merge(b).unwrap();
    both
}

proptest! {
    #[test]
    fn a_fold_is_what_the_model_says(adds in adds()) {
        let partial = folded(&adds);
        let model = model(&adds);
        prop_assert_eq!(totals_of(&partial), totals(&model));
        prop_assert_eq!(partial.digests(), model.keys().copied().collect::<Vec<_>>());
        let records: usize = model.values().map(BTreeMap::len).sum();
        prop_assert_eq!(partial.records(), records as u64);
    }

    #[test]
    fn merging_is_a_commutative_idempotent_monoid(a in adds(), b in adds(), c in adds()) {
        let (a, b, c) = (folded(&a), folded(&b), folded(&c));
        let left = merged(&merged(&a, &b), &c).to_bytes();
        prop_assert_eq!(&left, &merged(&a, &merged(&b, &c)).to_bytes());
        prop_assert_eq!(&left, &merged(&c, &merged(&b, &a)).to_bytes());
        prop_assert_eq!(merged(&a, &a).to_bytes(), a.to_bytes());
        prop_assert_eq!(merged(&a, &empty()).to_bytes(), a.to_bytes());
        prop_assert_eq!(merged(&empty(), &a).to_bytes(), a.to_bytes());
    }

    #[test]
    fn a_part_in_both_keeps_the_greater_amount(a in adds(), b in adds()) {
        let mut expected = model(&a);
        for (unit, parts) in model(&b) {
            let unit = expected.entry(unit).or_default();
            for (part, buckets) in parts {
                let part = unit.entry(part).or_default();
                for (bucket, amount) in buckets {
                    let kept = part.entry(bucket).or_default();
                    *kept = amount.max(*kept);
                }
            }
        }
        prop_assert_eq!(totals_of(&merged(&folded(&a), &folded(&b))), totals(&expected));
    }

    #[test]
    fn records_ended_one_after_the_other_are_like_partials_merged(records in prop::collection::vec(adds(), 0..5)) {
        let mut one = empty();
        let mut many = empty();
        for adds in &records {
            for add in adds {
                one.add(&add.unit, &add.part, add.channel, &add.key, add.amount).unwrap();
            }
            one.end_record();
            many.merge(&folded(adds)).unwrap();
        }
        prop_assert_eq!(one.to_bytes(), many.to_bytes());
    }

    #[test]
    fn shards_of_one_reading_add_up_in_any_order(adds in adds(), cut in 0usize..40) {
        let (head, tail) = adds.split_at(cut.min(adds.len()));
        let mut forward = folded(head);
        forward.absorb(&folded(tail)).unwrap();
        let mut backward = folded(tail);
        backward.absorb(&folded(head)).unwrap();
        prop_assert_eq!(forward.to_bytes(), folded(&adds).to_bytes());
        prop_assert_eq!(backward.to_bytes(), folded(&adds).to_bytes());
    }

    #[test]
    fn order_does_not_show(adds in adds(), seed in any::<u64>()) {
        let mut shuffled = adds.clone();
        shuffled.sort_by_key(|add| add.amount.wrapping_mul(seed | 1) ^ u64::from(add.unit[31]));
        prop_assert_eq!(folded(&shuffled).to_bytes(), folded(&adds).to_bytes());
    }

    #[test]
    fn bytes_come_back(adds in adds()) {
        let bytes = folded(&adds).to_bytes();
        let back = Partial::from_bytes(&bytes).unwrap();
        prop_assert_eq!(totals_of(&back), totals(&model(&adds)));
        prop_assert_eq!(back.to_bytes(), bytes);
    }

    #[test]
    fn taking_units_out_leaves_the_rest(adds in adds(), taken in prop::collection::vec(0u8..8, 0..6)) {
        let taken: Vec<UnitDigest> = taken.into_iter().map(digest).collect();
        let mut partial = folded(&adds);
        let before = partial.len();
        let removed = partial.without(&taken);
        let mut rest = model(&adds);
        rest.retain(|unit, _| !taken.contains(unit));
        let left: Vec<Add> = adds.iter().filter(|add| !taken.contains(&add.unit)).cloned().collect();
        prop_assert_eq!(before - removed, rest.len());
        prop_assert_eq!(partial.to_bytes(), folded(&left).to_bytes());
    }

    #[test]
    fn broken_bytes_are_refused(adds in adds(), at in any::<prop::sample::Index>(), flip in 1u8..=255) {
        let mut bytes = folded(&adds).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(Partial::from_bytes(&bytes).is_err());
        prop_assert!(Partial::from_bytes(&bytes[..at]).is_err());
    }

    #[test]
    fn broken_bytes_under_a_right_digest_are_refused_or_canonical(
        adds in adds(), at in any::<prop::sample::Index>(), flip in 1u8..=255, cut in any::<bool>(),
    ) {
        let bytes = folded(&adds).to_bytes();
        let mut body = bytes[..bytes.len() - 32].to_vec();
        let at = at.index(body.len());
        if cut { body.truncate(at) } else { body[at] ^= flip }
        let forged = sealed(body);
        match Partial::from_bytes(&forged) {
            Ok(partial) => prop_assert_eq!(partial.to_bytes(), forged),
            Err(error) => prop_assert_eq!(error.code(), "PARTIAL_INVALID"),
        }
    }
}

fn sealed(mut body: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let seal = Sha256::digest(&body);
    body.extend_from_slice(&seal);
    body
}

#[test]
fn a_count_of_the_sky_allocates_nothing() {
    let empty = Partial::new(vec![]).unwrap().to_bytes();
    let header = empty.len() - 32 - 4;
    for place in 0..4 {
        let mut body = empty[..header + place].to_vec();
        body.extend([0xff, 0xff, 0xff, 0xff, 0x7f]);
        let error = Partial::from_bytes(&sealed(body)).err().unwrap();
        assert!(matches!(error, FoldError::Bytes { .. }), "{error}");
    }
}

/// Bytes written by hand: units and parts are digests of one number, keys are of channel and text.
fn by_hand(units: &[u8], parts: &[u8], keys: &[(u8, &[u8])], rows: &[u8]) -> Vec<u8> {
    let empty = empty().to_bytes();
    let mut body = empty[..empty.len() - 32 - 3].to_vec();
    for digests in [units, parts] {
        body.push(digests.len() as u8);
        digests.iter().for_each(|&number| body.extend([number; 32]));
    }
    body.push(keys.len() as u8);
    for (channel, key) in keys {
        body.extend([&[*channel, key.len() as u8], *key].concat());
    }
    sealed([body.as_slice(), rows].concat())
}

#[test]
fn the_format_is_as_it_is_written_down() {
    // Unit 1: one part (its own), two keys, the second with amount 5. Unit 2: none. Unit 3: part 9, the second key.
    let rows = [1, 0, 2, 0, 2 | 1, 5, 0, 1, 1, 1, 2];
    let bytes = by_hand(&[1, 2, 3], &[9], &[(0, b"a"), (1, b"b")], &rows);
    let mut partial = empty();
    partial.add(&[1; 32], &[1; 32], 0, "a", 1).unwrap();
    partial.add(&[1; 32], &[1; 32], 1, "b", 5).unwrap();
    partial.touch(&[2; 32]).unwrap();
    partial.add(&[3; 32], &[9; 32], 1, "b", 1).unwrap();
    assert_eq!(partial.to_bytes(), bytes);
    assert_eq!(Partial::from_bytes(&bytes).unwrap().to_bytes(), bytes);
}

#[test]
fn whatever_could_be_written_in_two_ways_is_refused() {
    let (one, a): (&[u8], &[(u8, &[u8])]) = (&[1], &[(0, b"a")]);
    let good = by_hand(one, &[], a, &[1, 0, 1, 0]);
    assert!(Partial::from_bytes(&good).is_ok());
    let ab: &[(u8, &[u8])] = &[(0, b"a"), (0, b"b")];
    for (what, bytes) in [
        (
            "a key that no row uses",
            by_hand(one, &[], ab, &[1, 0, 1, 0]),
        ),
        (
            "a part that no row uses",
            by_hand(one, &[9], a, &[1, 0, 1, 0]),
        ),
        (
            "an amount of 1 written out",
            by_hand(one, &[], a, &[1, 0, 1, 1, 1]),
        ),
        ("an amount of 0", by_hand(one, &[], a, &[1, 0, 1, 1, 0])),
        (
            "an amount of 2^53",
            by_hand(
                one,
                &[],
                a,
                &[1, 0, 1, 1, 128, 128, 128, 128, 128, 128, 128, 16],
            ),
        ),
        ("a key twice", by_hand(one, &[], a, &[1, 0, 2, 0, 0])),
        (
            "a key that is not there",
            by_hand(one, &[], a, &[1, 0, 1, 2]),
        ),
        ("a part twice", by_hand(one, &[], a, &[2, 0, 1, 0, 0, 1, 0])),
        (
            "a part that is not there",
            by_hand(one, &[], a, &[1, 1, 1, 0]),
        ),
        ("a part without rows", by_hand(one, &[], &[], &[1, 0, 0])),
        (
            "the unit's own part under a number",
            by_hand(one, &[1], a, &[1, 1, 1, 0]),
        ),
        (
            "a number longer than it must be",
            by_hand(one, &[], a, &[0x81, 0, 0, 1, 0]),
        ),
        (
            "a byte behind the end",
            by_hand(one, &[], a, &[1, 0, 1, 0, 0]),
        ),
        (
            "a unit without its rows",
            by_hand(&[1, 2], &[], a, &[1, 0, 1, 0]),
        ),
        (
            "units out of order",
            by_hand(&[2, 1], &[], a, &[1, 0, 1, 0, 1, 0, 1, 0]),
        ),
        (
            "a unit twice",
            by_hand(&[1, 1], &[], a, &[1, 0, 1, 0, 1, 0, 1, 0]),
        ),
        (
            "keys out of order",
            by_hand(one, &[], &[(0, b"b"), (0, b"a")], &[1, 0, 2, 0, 2]),
        ),
        (
            "a channel that is not there",
            by_hand(one, &[], &[(2, b"a")], &[1, 0, 1, 0]),
        ),
        (
            "a key that is not UTF-8",
            by_hand(one, &[], &[(0, b"\xff")], &[1, 0, 1, 0]),
        ),
    ] {
        let error = Partial::from_bytes(&bytes).err();
        assert!(matches!(error, Some(FoldError::Bytes { .. })), "{what}");
    }
}

#[test]
fn bytes_say_that_they_are_private() {
    assert!(empty().to_bytes().starts_with(b"weftend.partial/0 PRIVATE"));
}

#[test]
fn partials_of_different_channels_do_not_merge() {
    let mut one = folded(&[]);
    let other = Partial::new(vec!["first".into()]).unwrap();
    assert_eq!(one.merge(&other), Err(FoldError::Mismatch));
    assert_eq!(one.absorb(&other).unwrap_err().code(), "PARTIAL_MISMATCH");
}

#[test]
fn channel_names_are_checked() {
    for names in [
        vec![String::new()],
        vec!["a".into(), "a".into()],
        vec!["n".repeat(129)],
    ] {
        assert_eq!(Partial::new(names).err(), Some(FoldError::Channels));
    }
    let unit = digest(1);
    assert_eq!(
        empty().add(&unit, &unit, 2, "a", 1),
        Err(FoldError::Channel(2))
    );
}

#[test]
fn an_overlong_key_is_other() {
    let mut partial = empty();
    let unit = digest(1);
    partial.add(&unit, &unit, 0, &"ä".repeat(257), 7).unwrap();
    assert_eq!(partial.totals()[0][OTHER], Tally { units: 1, total: 7 });
}

#[test]
fn a_part_that_is_the_unit_itself_has_one_name() {
    let (unit, mut named, mut own) = (digest(1), empty(), empty());
    let part = named.part(&unit).unwrap();
    let (index, bucket) = (named.unit(&unit).unwrap(), named.bucket(0, "a").unwrap());
    named.add_at(index, part, bucket, 1);
    named.add(&unit, &unit, 0, "a", 1).unwrap();
    own.add(&unit, &unit, 0, "a", 2).unwrap();
    assert_eq!(named.to_bytes(), own.to_bytes());
}

#[test]
fn many_rows_pack_and_threads_do_not_show() {
    let row = |number: u32| {
        let mut unit = [0; 32];
        unit[..4].copy_from_slice(&(number % 5_000).wrapping_mul(2_654_435_761).to_le_bytes());
        (
            unit,
            digest((number % 3) as u8),
            (number % 2) as usize,
            format!("k{}", number % 97),
            u64::from(number % 7),
        )
    };
    let fold = |numbers: &mut dyn Iterator<Item = u32>| {
        let mut partial = empty();
        for (unit, part, channel, key, amount) in numbers.map(row) {
            partial.add(&unit, &part, channel, &key, amount).unwrap();
        }
        partial
    };
    let one = fold(&mut (0..200_000));
    let shards = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..4)
            .map(|t| scope.spawn(move || fold(&mut (t..200_000).step_by(4))))
            .collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap())
            .collect::<Vec<_>>()
    });
    let mut four = empty();
    shards
        .iter()
        .rev()
        .for_each(|shard| four.absorb(shard).unwrap());
    assert_eq!(four.to_bytes(), one.to_bytes());
    let mut twice = one.clone();
    shards.iter().for_each(|shard| twice.merge(shard).unwrap());
    assert_eq!(twice.to_bytes(), one.to_bytes());
}

#[test]
fn a_part_may_get_its_digest_when_it_is_read() {
    let mut partial = Partial::new(vec!["a".to_owned()]).unwrap();
    let (unit, early, late) = ([1; 32], [0; 32], [9; 32]);
    partial.add(&unit, &early, 0, "k", 2).unwrap();
    partial.rename_part(&early, &late).unwrap();
    let mut known = Partial::new(vec!["a".to_owned()]).unwrap();
    known.add(&unit, &late, 0, "k", 2).unwrap();
    assert_eq!(partial.to_bytes(), known.to_bytes());
    partial.rename_part(&early, &[7; 32]).unwrap();
    assert_eq!(partial.to_bytes(), known.to_bytes());
    partial.add(&unit, &early, 0, "k", 1).unwrap();
    assert_eq!(partial.rename_part(&early, &late), Err(FoldError::Mismatch));
}

/// Unit `number` with one to three contributions; every fifth has none.
fn put(partial: &mut Partial, number: u32) {
    let mut unit = [7; 32];
    unit[..4].copy_from_slice(&number.to_be_bytes());
    partial.touch(&unit).unwrap();
    for key in 0..(number % 5).min(3) {
        let (part, key) = ([1; 32], format!("key {}", (number + key) % 11));
        partial
            .add(
                &unit,
                &part,
                (number % 2) as usize,
                &key,
                u64::from(number % 3 + 1),
            )
            .unwrap();
    }
}

#[test]
fn units_that_are_new_to_a_union_stand_where_they_would_have_been_added() {
    let ranges = [
        0..5_000,
        4_990..5_000,
        100..101,
        3_000..9_000,
        8_000..12_345,
    ];
    let mut whole = empty();
    (0..12_345).for_each(|number| put(&mut whole, number));
    let parts = ranges.map(|range| {
        let mut partial = empty();
        // Backwards, so that keys and units have other numbers than in the whole.
        range.rev().for_each(|number| put(&mut partial, number));
        partial
    });
    for turn in 0..parts.len() {
        let (mut merged, mut settled) = (empty(), empty());
        for index in 0..parts.len() {
            let part = &parts[(index + turn) % parts.len()];
            merged.merge(part).unwrap();
            put(&mut settled, index as u32);
            settled.merge(part).unwrap();
            settled.settle();
        }
        assert_eq!(merged.to_bytes(), whole.to_bytes());
        assert_eq!(settled.to_bytes(), whole.to_bytes());
        assert_eq!(merged.totals(), whole.totals());
    }
}

#[test]
fn rows_too_large_for_the_log_are_packed_among_the_others() {
    let many = |number: u32| {
        let mut part = [3; 32];
        part[..4].copy_from_slice(&number.to_be_bytes());
        let unit = digest((number % 3) as u8);
        let amount = (1u64 << 20) - 2 + u64::from(number % 5);
        (unit, part, format!("key {}", number % 7), amount)
    };
    let fold = |numbers: &mut dyn Iterator<Item = u32>| {
        let mut partial = empty();
        for (unit, part, key, amount) in numbers.map(many) {
            partial.add(&unit, &part, 0, &key, amount).unwrap();
            partial.add(&unit, &part, 1, &key, 1).unwrap();
        }
        partial
    };
    let whole = fold(&mut (0..6_000).chain(0..6_000));
    let back = fold(&mut (0..6_000).rev().chain(0..6_000));
    assert_eq!(whole.to_bytes(), back.to_bytes());
    let mut summed = fold(&mut (0..6_000));
    summed.absorb(&fold(&mut (0..6_000).rev())).unwrap();
    assert_eq!(whole.to_bytes(), summed.to_bytes());
    let twice: u64 = (0..6_000).map(|number| 2 * many(number).3).sum();
    let totals = whole.totals();
    let total = totals[0].values().map(|tally| tally.total).sum::<u64>();
    assert_eq!(total, twice);
    assert_eq!(totals[1]["key 0"].total, 2 * 858);
}

/// What [`put`] says about the units of `range`, in a partial to which all parts and keys were made known before,
/// and the units as new ones where they are.
fn prepared(range: std::ops::Range<u32>) -> Partial {
    let mut partial = empty();
    let part = partial.part(&[1; 32]).unwrap();
    for key in 0..11 {
        let key = format!("key {key}");
        assert!((0..2).all(|channel| partial.bucket(channel, &key).is_ok()));
    }
    for number in range.rev() {
        let mut unit = [7; 32];
        unit[..4].copy_from_slice(&number.to_be_bytes());
        let unit = partial.new_unit(&unit).unwrap();
        for key in 0..(number % 5).min(3) {
            let key = format!("key {}", (number + key) % 11);
            let bucket = partial.bucket((number % 2) as usize, &key).unwrap();
            partial.add_at(unit, part, bucket, u64::from(number % 3 + 1));
        }
    }
    partial
}

#[test]
fn appending_shards_of_other_units_is_absorbing_them() {
    for (first, second, third) in [
        (0, 0, 5),
        (1, 2_047, 1),
        (2_048, 2_048, 2_048),
        (2_049, 4_095, 300),
        (5_000, 0, 7_000),
    ] {
        let (second, third) = (first + second, first + second + third);
        let mut whole = empty();
        (0..third).for_each(|number| put(&mut whole, number));
        let mut appended = prepared(0..first);
        appended.append(prepared(first..second)).unwrap();
        appended.append(prepared(second..third)).unwrap();
        assert_eq!(appended.to_bytes(), whole.to_bytes());
        assert_eq!(appended.totals(), whole.totals());

        // It goes on as any partial does.
        assert_eq!(appended.len(), third as usize);
        (0..third + 10).for_each(|number| put(&mut whole, number));
        appended.end_record();
        (0..third + 10).for_each(|number| put(&mut appended, number));
        appended.merge(&whole).unwrap();
        whole.merge(&appended.clone()).unwrap();
        assert_eq!(appended.to_bytes(), whole.to_bytes());
        assert_eq!(appended.without(&whole.digests()), whole.len());
    }
}

#[test]
fn appending_what_has_other_numbers_absorbs_it() {
    let (mut one, mut two, mut whole) = (empty(), empty(), empty());
    (0..100).for_each(|number| put(&mut one, number));
    (100..5_000).rev().for_each(|number| put(&mut two, number));
    (0..5_000).for_each(|number| put(&mut whole, number));
    one.append(two).unwrap();
    assert_eq!(one.to_bytes(), whole.to_bytes());
    let other = Partial::new(vec!["first".into()]).unwrap();
    assert_eq!(one.append(other), Err(FoldError::Mismatch));
    assert_eq!(one.to_bytes(), whole.to_bytes());
}

#[test]
fn totals_of_many_units_are_those_of_their_shares() {
    let folded = |numbers: std::ops::Range<u32>| {
        let mut partial = empty();
        numbers.for_each(|number| put(&mut partial, number));
        partial
    };
    let mut summed = vec![BTreeMap::<String, Tally>::new(); 2];
    for start in (0..50_000).step_by(5_000) {
        let share = totals_of(&folded(start..start + 5_000));
        for (totals, share) in summed.iter_mut().zip(share) {
            for (key, tally) in share {
                let sum = totals.entry(key).or_default();
                sum.units += tally.units;
                sum.total += tally.total;
            }
        }
    }
    assert_eq!(totals_of(&folded(0..50_000)), summed);
}
