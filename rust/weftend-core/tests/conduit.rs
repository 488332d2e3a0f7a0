//! Chains, pruning, stores and snapshots.

use serde_json::{Value, json};
use weftend_core::conduit::{Pruned, chain, prune, snapshot, store};
use weftend_core::digest::digest_bytes;
use weftend_core::documents::{Chunk, ConduitStore, Dropped, Snapshot, read, to_file};

/// `count` chunks of ten units each, one after the other.
fn chunks(count: u64) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    for number in 0..count {
        let value = json!({
            "schema": "weftend.telemetry.chunk/0", "streamId": "telemetry.test.v0",
            "chunkId": digest_bytes(b"none"), "prevChunkId": chunks.last().map(|chunk| chunk.chunk_id),
            "windowStartTick": number * 10, "windowEndTick": number * 10 + 10,
            "payload": {
                "schema": "weftend.telemetry.aggregate/0", "bind": {"pathDigest": digest_bytes(b"path")},
                "kFloor": 5, "sampleCount": 10, "aggregates": {"families": {"A": 5 + number}},
            },
            "evidenceRefs": [], "tartarusRefs": [], "ttlSeconds": 25, "kAnonymityFloor": 5, "coverage": 1,
        });
        let chunk: Chunk = serde_json::from_value(value).unwrap();
        chunks.push(chunk.seal().unwrap());
    }
    chunks
}

fn codes(chunks: &[Chunk]) -> Vec<(&'static str, String)> {
    let issues = chain("telemetry.test.v0", chunks).err().unwrap_or_default();
    issues
        .into_iter()
        .map(|issue| (issue.code, issue.path))
        .collect()
}

#[test]
fn a_chunk_id_is_the_digest_of_the_chunk_without_it() {
    let chunk = &chunks(1)[0];
    let mut value: Value = serde_json::from_slice(&chunk.to_bytes().unwrap()).unwrap();
    value.as_object_mut().unwrap().remove("chunkId");
    assert_eq!(
        weftend_core::digest::digest(&value).unwrap(),
        chunk.chunk_id
    );
}

#[test]
fn a_whole_chain_and_its_tail_hold_together() {
    let all = chunks(4);
    let whole = chain("telemetry.test.v0", &all).unwrap();
    assert_eq!(
        (whole.anchor, whole.head, whole.tick),
        (None, Some(all[3].chunk_id), 40)
    );
    let tail = chain("telemetry.test.v0", &all[2..]).unwrap();
    assert_eq!((tail.anchor, tail.tick), (Some(all[1].chunk_id), 40));
    let none = chain("telemetry.test.v0", &[]).unwrap();
    assert_eq!((none.anchor, none.head, none.tick), (None, None, 0));
}

#[test]
fn a_gap_a_swap_and_a_changed_count_are_found() {
    let all = chunks(3);
    let gap = [all[0].clone(), all[2].clone()];
    assert_eq!(
        codes(&gap),
        [
            (
                "TELEMETRY_CHAIN_BROKEN",
                "#/chunks/1/prevChunkId".to_owned()
            ),
            (
                "TELEMETRY_TICK_INVALID",
                "#/chunks/1/windowStartTick".to_owned()
            ),
        ]
    );
    let mut changed = all.clone();
    changed[1]
        .payload
        .aggregates
        .get_mut("families")
        .unwrap()
        .insert("A".into(), 7);
    assert_eq!(
        codes(&changed),
        [(
            "TELEMETRY_CHUNK_ID_MISMATCH",
            "#/chunks/1/chunkId".to_owned()
        )]
    );
    let mut other = all.clone();
    other[2].stream_id = "telemetry.other.v0".into();
    assert_eq!(
        codes(&other),
        [("TELEMETRY_CHAIN_BROKEN", "#/chunks/2/streamId".to_owned())]
    );
    let mut headless = all[1..].to_vec();
    headless[0].prev_chunk_id = None;
    headless[0] = headless[0].clone().seal().unwrap();
    assert!(codes(&headless).contains(&(
        "TELEMETRY_TICK_INVALID",
        "#/chunks/0/windowStartTick".to_owned()
    )));
}

#[test]
fn what_is_no_chunk_is_not_sealed() {
    for (change, code) in [
        (
            Box::new(|chunk: &mut Chunk| chunk.ttl_seconds = 0) as Box<dyn Fn(&mut Chunk)>,
            "TELEMETRY_TTL_INVALID",
        ),
        (
            Box::new(|chunk| chunk.window_end_tick += 1),
            "TELEMETRY_TICK_INVALID",
        ),
        (
            Box::new(|chunk| chunk.k_anonymity_floor = 6),
            "TELEMETRY_SCHEMA_INVALID",
        ),
        (
            Box::new(|chunk| chunk.evidence_refs = vec![digest_bytes(b"b"); 2]),
            "TELEMETRY_SCHEMA_INVALID",
        ),
        (
            Box::new(|chunk| chunk.evidence_refs = (0..65u8).map(|n| digest_bytes(&[n])).collect()),
            "TELEMETRY_BUDGET_EXCEEDED",
        ),
        (
            Box::new(|chunk| {
                chunk
                    .payload
                    .aggregates
                    .insert("families".into(), [("A".into(), 4)].into());
            }),
            "TELEMETRY_K_ANONYMITY_FAIL",
        ),
        (
            Box::new(|chunk| {
                chunk
                    .payload
                    .aggregates
                    .insert("families".into(), [("a b".into(), 9)].into());
            }),
            "TELEMETRY_SCHEMA_INVALID",
        ),
    ] {
        let mut chunk = chunks(1).remove(0);
        change(&mut chunk);
        let found: Vec<_> = chunk
            .seal()
            .unwrap_err()
            .into_iter()
            .map(|issue| issue.code)
            .collect();
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn pruning_takes_the_old_then_the_many() {
    let mut old = chunks(4); // ends 10, 20, 30, 40; ttl 25
    assert_eq!(prune(&mut old, 40, 64), Pruned { ttl: 1, cap: 0 });
    assert_eq!(old[0].prev_chunk_id, Some(chunks(4)[0].chunk_id));
    let mut shortened = chunks(4);
    shortened[0].ttl_seconds = 1_000;
    assert_eq!(prune(&mut shortened, 45, 64), Pruned { ttl: 2, cap: 0 });
    let mut edge = chunks(1);
    assert_eq!(prune(&mut edge, 34, 64), Pruned { ttl: 0, cap: 0 });
    assert_eq!(prune(&mut edge, 35, 64), Pruned { ttl: 1, cap: 0 });
    let mut many = chunks(4);
    assert_eq!(prune(&mut many, 40, 2), Pruned { ttl: 1, cap: 1 });
    assert_eq!(
        many.iter()
            .map(|chunk| chunk.window_end_tick)
            .collect::<Vec<_>>(),
        [30, 40]
    );
}

#[test]
fn a_store_reads_back() {
    let all = chunks(3);
    let file = to_file(&store("telemetry.test.v0", all.clone(), 30)).unwrap();
    let back: ConduitStore = read(&file).unwrap();
    assert_eq!(
        (back.journal.head_chunk_id, back.journal.updated_at_tick),
        (Some(all[2].chunk_id), 30)
    );
    assert_eq!(back.chunks, all);
    assert!(file.ends_with(b"\n"));
    let indented = [b" ", &file[..]].concat();
    assert_eq!(
        read::<ConduitStore>(&indented).unwrap_err().code,
        "TELEMETRY_CONDUIT_INVALID"
    );
    let extended = String::from_utf8(file)
        .unwrap()
        .replace("\"journal\":{", "\"journal\":{\"a\":1,");
    assert_eq!(
        read::<ConduitStore>(extended.as_bytes()).unwrap_err().code,
        "TELEMETRY_SCHEMA_INVALID"
    );
}

fn reasons(chunks: Vec<Chunk>, dropped: Dropped, preview: bool) -> Vec<String> {
    snapshot("telemetry.test.v0", chunks, dropped, preview).reason_codes
}

#[test]
fn a_snapshot_says_only_what_it_shows() {
    let all = chunks(2);
    assert_eq!(reasons(all.clone(), Dropped::default(), false), [""; 0]);
    let mut suppressed = all.clone();
    suppressed[0].coverage = weftend_core::documents::Coverage::of(1, 2);
    suppressed[1]
        .payload
        .aggregates
        .get_mut("families")
        .unwrap()
        .insert("__other__".into(), 9);
    let skipped = Dropped {
        k_floor_skipped: 1,
        ..Dropped::default()
    };
    let codes = reasons(suppressed, skipped, true);
    assert_eq!(
        codes,
        [
            "TELEMETRY_INSUFFICIENT_COVERAGE",
            "TELEMETRY_KEY_UNREGISTERED",
            "TELEMETRY_K_ANONYMITY_FAIL",
            "TELEMETRY_PREVIEW",
        ]
    );
    assert!(codes.is_sorted());
}

#[test]
fn a_snapshot_is_ordered_and_its_counters_saturate() {
    let mut all = chunks(3);
    all.reverse();
    let dropped = Dropped {
        ttl_pruned: u64::MAX,
        cap_pruned: 3,
        ..Dropped::default()
    };
    let made = snapshot("telemetry.test.v0", all.clone(), dropped, false);
    assert_eq!(made.head_chunk_id, Some(all[0].chunk_id));
    assert!(
        made.chunks
            .is_sorted_by_key(|chunk| chunk.window_start_tick)
    );
    assert_eq!(
        (made.dropped.ttl_pruned, made.dropped.cap_pruned),
        (u64::from(u32::MAX), 3)
    );
    let file = to_file(&made).unwrap();
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.contains("\"v\":0") && !text.contains("reasonCodes"));
    assert_eq!(read::<Snapshot>(&file).unwrap(), made);
    let null = text.replace("\"v\":0", "\"v\":null");
    assert!(read::<Snapshot>(null.as_bytes()).is_err());
}
