//! Stream definitions: what is accepted, what is refused, and what a raw key becomes.

use serde_json::{Value, json};
use weftend_core::stream::{Slot, Stream};

fn definition() -> Value {
    json!({
        "schema": "weftend.stream/0", "streamId": "telemetry.test.v0", "version": 1, "title": "A test",
        "unit": {"name": "run", "plural": "runs"}, "reader": "tests", "contribution": "every-map",
        "floor": {"default": 100, "least": 5},
        "caps": {"maxBucketsPerChunk": 200, "maxChunkBytes": 262144, "maxChunks": 64,
                 "maxWindowTicks": 1000000, "ttlSeconds": 86400},
        "refs": ["evidenceRefs", "tartarusRefs"],
        "maps": [
            {"name": "families", "kind": "set", "clamp": 1, "fold": "family",
             "vocabulary": {"type": "registered", "grammar": "reason-code", "keys": ["A", "B_1"]}},
            {"name": "outcomes", "kind": "partition", "clamp": 1, "fold": "none",
             "vocabulary": {"type": "enum", "keys": ["passed", "failed"]}}
        ]
    })
}

fn load(value: &Value) -> Result<Stream, Vec<String>> {
    Stream::from_json(value.to_string().as_bytes())
        .map_err(|issues| issues.into_iter().map(|issue| issue.path).collect())
}

/// The definition with `value` at `pointer`, which exists or is a new member.
fn with(pointer: &str, value: Value) -> Value {
    let mut changed = definition();
    match changed.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[name] = value;
        }
    }
    changed
}

#[test]
fn raw_keys_become_buckets() {
    let stream = load(&definition()).unwrap_or_else(|paths| panic!("{paths:?}"));
    let name = |map, key| {
        stream
            .slot_name(map, stream.slot(map, key).unwrap())
            .unwrap()
    };
    assert_eq!(name(0, "B_1"), "B_1");
    assert_eq!(name(0, "A:detail:more"), "A");
    assert_eq!(name(0, "a"), "__other__");
    assert_eq!(name(0, ""), "__other__");
    assert_eq!(name(1, "failed"), "failed");
    assert_eq!(name(1, "failed:x"), "__other__");
    assert_eq!(name(1, "__none__"), "__other__");
    assert_eq!(stream.slot_name(1, Slot(3)), Some("__none__"));
    assert_eq!(stream.slot_name(0, Slot(3)), None);
    assert_eq!(stream.slot(2, "A"), None);
}

#[test]
fn channels_are_maps_then_refs() {
    let stream = load(&definition()).unwrap_or_else(|paths| panic!("{paths:?}"));
    assert_eq!(stream.channels(false), ["families", "outcomes"]);
    assert_eq!(
        stream.channels(true),
        ["families", "outcomes", "evidenceRefs", "tartarusRefs"]
    );
    assert_eq!(stream.channel("tartarusRefs"), Some(3));
    assert_eq!(stream.channel("nothing"), None);
}

#[test]
fn each_bound_is_kept() {
    for (pointer, value, path) in [
        ("/schema", json!("weftend.stream/1"), "#/schema"),
        ("/streamId", json!("telemetry"), "#/streamId"),
        ("/streamId", json!("telemetry..v0"), "#/streamId"),
        ("/version", json!(0), "#/version"),
        ("/title", json!(""), "#/title"),
        ("/unit/name", json!("Run"), "#/unit/name"),
        ("/reader", json!("tea-leaves"), "#/reader"),
        ("/floor/least", json!(4), "#/floor/least"),
        ("/floor/default", json!(1_000_001), "#/floor/default"),
        ("/floor/least", json!(101), "#/floor/default"),
        (
            "/caps/maxBucketsPerChunk",
            json!(0),
            "#/caps/maxBucketsPerChunk",
        ),
        (
            "/caps/maxChunkBytes",
            json!(16_777_217),
            "#/caps/maxChunkBytes",
        ),
        ("/caps/maxChunks", json!(4_097), "#/caps/maxChunks"),
        (
            "/caps/maxWindowTicks",
            json!(1_000_001),
            "#/caps/maxWindowTicks",
        ),
        ("/caps/ttlSeconds", json!(604_801), "#/caps/ttlSeconds"),
        ("/refs", json!(["tartarusRefs", "evidenceRefs"]), "#/refs"),
        ("/maps", json!([]), "#/maps"),
        ("/maps/0/name", json!("zulu"), "#/maps"),
        ("/maps/0/name", json!("evidenceRefs"), "#/maps/0/name"),
        ("/maps/0/clamp", json!(2), "#/maps/0/clamp"),
        (
            "/maps/0/vocabulary/grammar",
            json!("poetry"),
            "#/maps/0/vocabulary/grammar",
        ),
        (
            "/maps/0/vocabulary/keys",
            json!(["B", "A"]),
            "#/maps/0/vocabulary/keys",
        ),
        (
            "/maps/0/vocabulary/keys",
            json!(["A", "b"]),
            "#/maps/0/vocabulary/keys/1",
        ),
        (
            "/maps/1/vocabulary/keys",
            json!(["a", "a"]),
            "#/maps/1/vocabulary/keys",
        ),
        (
            "/maps/1/vocabulary/keys",
            json!([]),
            "#/maps/1/vocabulary/keys",
        ),
        (
            "/maps/1/vocabulary/keys/0",
            json!("__other__"),
            "#/maps/1/vocabulary/keys/0",
        ),
        ("/settings", json!({"Slow": 1}), "#/settings"),
        ("/fields", json!({"unit": null, "maps": {}}), "#/fields"),
        ("/reader", json!("ndjson"), "#/fields"),
    ] {
        let paths = load(&with(pointer, value.clone()))
            .err()
            .unwrap_or_default();
        assert!(
            paths.contains(&path.to_owned()),
            "{pointer} = {value}: {paths:?}"
        );
    }
}

#[test]
fn what_is_no_definition_is_refused() {
    for text in ["", "[]", "{}", "\u{feff}{}", "{\"schema\":1}"] {
        let issues = Stream::from_json(text.as_bytes()).err().unwrap();
        assert_eq!(
            (issues[0].code, issues[0].path.as_str()),
            ("STREAM_INVALID", "#")
        );
    }
    for pointer in [
        "/more",
        "/unit/more",
        "/floor/more",
        "/caps/more",
        "/maps/0/more",
        "/maps/0/vocabulary/more",
    ] {
        assert!(load(&with(pointer, json!(1))).is_err(), "{pointer}");
    }
}

#[test]
fn all_violations_come_at_once() {
    let mut broken = with("/version", json!(0));
    broken["caps"]["maxChunks"] = json!(0);
    assert_eq!(
        load(&broken).err().unwrap(),
        ["#/caps/maxChunks", "#/version"]
    );
}

#[test]
fn declared_fields_belong_to_ndjson() {
    let mut stream = with("/reader", json!("ndjson"));
    stream["fields"] =
        json!({"unit": "/run", "maps": {"families": {"key": "/a"}, "outcomes": {"key": "/b/~0c"}}});
    assert!(load(&stream).is_ok());
    stream["fields"]["maps"]["families"]["amount"] = json!("/n");
    assert_eq!(
        load(&stream).err().unwrap(),
        ["#/fields/maps/families/amount"]
    );
    stream["fields"]["maps"]["families"] = json!({"key": "a~2"});
    assert_eq!(load(&stream).err().unwrap(), ["#/fields/maps/families"]);
}

#[test]
fn a_digest_does_not_depend_on_order_or_spacing() {
    let plain = load(&definition()).unwrap_or_else(|paths| panic!("{paths:?}"));
    let pretty = serde_json::to_vec_pretty(&definition()).unwrap();
    assert_eq!(
        Stream::from_json(&pretty).ok().unwrap().digest(),
        plain.digest()
    );
    let other = load(&with("/version", json!(2))).unwrap_or_else(|paths| panic!("{paths:?}"));
    assert_ne!(other.digest(), plain.digest());
}

#[test]
fn names_twice_are_refused() {
    let text = definition()
        .to_string()
        .replacen("\"version\":1", "\"version\":1,\"version\":1", 1);
    assert!(Stream::from_json(text.as_bytes()).is_err());
}

#[test]
fn a_vocabulary_that_could_break_the_caps_is_refused() {
    let stream = load(&definition()).unwrap_or_else(|paths| panic!("{paths:?}"));
    let worst = stream.worst_case();
    assert_eq!(worst.buckets, 3 + 4);
    for (pointer, fits) in [
        ("/caps/maxBucketsPerChunk", worst.buckets),
        ("/caps/maxChunkBytes", worst.bytes),
    ] {
        assert!(load(&with(pointer, json!(fits))).is_ok());
        assert_eq!(
            load(&with(pointer, json!(fits - 1))).err().unwrap(),
            [format!("#{pointer}")]
        );
    }
}

#[test]
fn a_store_that_could_outgrow_what_is_read_is_refused() {
    let keys: Vec<String> = (0..1000).map(|n| format!("K{n:0>127}")).collect();
    let mut wide = with("/maps/1/vocabulary/keys", json!(keys));
    wide["caps"]["maxBucketsPerChunk"] = json!(2000);
    wide["caps"]["maxChunks"] = json!(512);
    assert!(load(&wide).is_ok());
    wide["caps"]["maxChunks"] = json!(1024);
    assert_eq!(load(&wide).err().unwrap(), ["#/caps/maxChunks"]);
}

#[test]
fn one_map_chunks_are_measured_one_by_one() {
    let every = load(&definition())
        .unwrap_or_else(|paths| panic!("{paths:?}"))
        .worst_case();
    let one =
        load(&with("/contribution", json!("one-map"))).unwrap_or_else(|paths| panic!("{paths:?}"));
    assert_eq!(one.worst_case().buckets, 4);
    assert!(one.worst_case().bytes < every.bytes);
}

#[test]
fn shipped_streams_load() {
    let contracts: Value = serde_json::from_slice(weftend_core::contracts::COMPILED).unwrap();
    let streams = contracts["streams"].as_array().unwrap();
    assert!(!streams.is_empty());
    for stream in streams {
        let id = stream["streamId"].as_str().unwrap();
        let loaded =
            weftend_core::contracts::stream(id).unwrap_or_else(|issues| panic!("{issues:?}"));
        assert_eq!(
            loaded.unwrap().digest(),
            weftend_core::digest::digest(stream).unwrap()
        );
    }
    assert!(
        weftend_core::contracts::stream("telemetry.nothing.v0").is_ok_and(|found| found.is_none())
    );
}
