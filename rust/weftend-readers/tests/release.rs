//! Release folders: what is counted, what is refused, and that nothing outside the folder is read.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use weftend_core::canonical::to_vec;
use weftend_core::digest::{digest, digest_bytes};
use weftend_readers::issues::Issues;
use weftend_readers::release::{Counts, MAPS, REFS, Reading, read_release};

/// A release folder of its own for each test, made anew.
fn release(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("release")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("receipts")).expect("a folder");
    let body = serde_json::json!({"pathDigest": format!("sha256:{:064}", 7), "planDigest": "sha256:9bdda3cf"});
    let id = digest(&body).expect("a digest").to_string();
    let manifest =
        serde_json::json!({"schema": "weftend.release/0", "releaseId": id, "manifestBody": body});
    write(&folder, "release_manifest.json", manifest.to_string());
    folder
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn channels(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn read(folder: &Path) -> Result<Reading, Issues> {
    read_release(folder, &channels(&[MAPS.as_slice(), &REFS].concat()))
}

fn issues(folder: &Path) -> Vec<(&'static str, String)> {
    let issues = read(folder).err().expect("a refusal");
    issues
        .iter()
        .map(|issue| (issue.code, issue.path.clone()))
        .collect()
}

/// Per channel, each key and how many units have it.
fn keys(reading: &Reading, channel: usize) -> Vec<(String, u64)> {
    let totals = reading.partial.totals();
    let mut keys: Vec<_> = totals[channel]
        .iter()
        .map(|(key, tally)| (key.to_string(), tally.units))
        .collect();
    keys.sort();
    keys
}

fn one(key: &str) -> Vec<(String, u64)> {
    vec![(key.to_owned(), 1)]
}

#[test]
fn counts_records_pulses_and_runs() {
    let folder = release("counts");
    let full = format!("sha256:{:064}", 1);
    write(
        &folder,
        "tartarus.jsonl",
        "{\"kind\":\"stamp.missing\",\"reasonCodes\":[\"A:1\",\"A:1\"],\"recordId\":\"sha256:deadbeef\"}\r\n\n",
    );
    write(
        &folder,
        "receipts/pulses.json",
        format!(
            r#"[{{"schema":"weftend.pulse/0","kind":"LOAD","capId":"no","pulseDigest":"x"}},
            {{"schema":"weftend.pulse/0","kind":"CAP_DENY","capId":"net.fetch","pulseDigest":"{full}"}}]"#
        ),
    );
    let mint = r#"{"schema":"weftend.mint/1","executionProbes":{"strictAvailable":true,
        "loadOnly":{"deniedCaps":{"ui.static":2,"never":0},"deep":[{"topReasonCodes":["DEEP"]}]}}}"#;
    write(&folder, "receipts/r1/analysis/weftend_mint_v1.json", mint);
    let reading = read(&folder).expect("a reading");
    let expected = Counts {
        tartarus: 1,
        pulses: 1,
        runs: 1,
    };
    assert_eq!(
        (reading.seen, reading.copies),
        (expected, Counts::default())
    );
    assert_eq!(
        keys(&reading, 0),
        [one("net.fetch"), one("ui.static")].concat()
    );
    assert_eq!(keys(&reading, 1), [one("A:1"), one("DEEP")].concat());
    assert_eq!(keys(&reading, 2), one("stamp.missing"));
    assert_eq!(keys(&reading, 3), one(&full));
    assert_eq!(keys(&reading, 4), []);
}

#[test]
fn a_run_is_the_digest_of_its_four_documents() {
    let folder = release("identity");
    let receipt =
        serde_json::json!({"schema": "weftend.safeRunReceipt/0", "z": 1.0, "a": "\u{e9}"});
    let decision = serde_json::json!({"schema": "weftend.intake.decision/1"});
    for name in ["one", "copies/of/it"] {
        write(
            &folder,
            &format!("receipts/{name}/safe_run_receipt.json"),
            format!("{receipt:#}\n"),
        );
        write(
            &folder,
            &format!("receipts/{name}/analysis/intake_decision.json"),
            decision.to_string(),
        );
    }
    let reading = read(&folder).expect("a reading");
    let identity = to_vec(&serde_json::json!([receipt, null, null, decision])).expect("canonical");
    assert_eq!(reading.partial.digests(), [digest_bytes(&identity).0]);
    assert_eq!((reading.seen.runs, reading.copies.runs), (2, 1));
}

#[test]
fn runs_are_found_at_most_four_folders_deep() {
    let folder = release("depth");
    for (number, path) in ["", "a", "a/b/c/d", "a/b/c/d/e", "x/analysis/y"]
        .into_iter()
        .enumerate()
    {
        let receipt = format!(r#"{{"number":{number}}}"#);
        write(
            &folder,
            &format!("receipts/{path}/safe_run_receipt.json"),
            receipt,
        );
    }
    assert_eq!(read(&folder).expect("a reading").seen.runs, 3);
}

#[test]
fn links_pipes_and_folders_in_known_places_are_refused_and_other_links_passed_by() {
    let folder = release("links");
    let outside = release("links-outside");
    write(
        &outside,
        "run/safe_run_receipt.json",
        r#"{"schema":"weftend.safeRunReceipt/0"}"#,
    );
    symlink(outside.join("run"), folder.join("receipts/linked")).expect("a link");
    assert_eq!(
        read(&folder)
            .ok()
            .map(|reading| (reading.seen.runs, reading.links)),
        Some((0, 1))
    );

    symlink("nowhere", folder.join("tartarus.jsonl")).expect("a link");
    let pipe = folder.join("receipts/pulses.json");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .expect("mkfifo")
            .success()
    );
    fs::create_dir_all(folder.join("receipts/r1/safe_run_receipt.json")).expect("a folder");
    write(&folder, "receipts/r2/safe_run_receipt.json", "{}");
    symlink(outside.join("run"), folder.join("receipts/r2/analysis")).expect("a link");
    symlink("/dev/zero", folder.join("receipts/r1/analysis")).expect("a link");
    let expected = [
        ("INPUT_INVALID", "receipts/pulses.json#"),
        ("INPUT_INVALID", "receipts/r1/safe_run_receipt.json#"),
        ("INPUT_SYMLINK", "receipts/r1/analysis#"),
        ("INPUT_SYMLINK", "receipts/r2/analysis#"),
        ("INPUT_SYMLINK", "tartarus.jsonl#"),
    ];
    assert_eq!(
        issues(&folder),
        expected.map(|(code, path)| (code, path.to_owned()))
    );
}

#[test]
fn everything_that_is_wrong_is_reported_with_its_place() {
    let folder = release("places");
    write(
        &folder,
        "tartarus.jsonl",
        "{\"kind\":\"k\"}\n{\"kind\":1}\n{\"kind\":\"k\",\"kind\":\"k\"}\n[\n",
    );
    write(&folder, "receipts/pulses.json", r#"[{"kind":"NO"}]"#);
    write(
        &folder,
        "receipts/r1/safe_run_receipt.json",
        r#" {"schema":"other","a":[{"reasonCodes":[1]}]}"#,
    );
    write(
        &folder,
        "receipts/r1/analysis/capability_ledger_v0.json",
        r#"{"deniedCaps":[{}],"x":{"x":"\ud800"}}"#,
    );
    let expected = [
        ("CANON_DUPLICATE_NAME", "tartarus.jsonl#line:3"),
        (
            "CANON_SURROGATE",
            "receipts/r1/analysis/capability_ledger_v0.json#29",
        ),
        ("CANON_TRUNCATED", "tartarus.jsonl#line:4"),
        ("INPUT_INVALID", "receipts/pulses.json#1"),
        ("INPUT_INVALID", "receipts/pulses.json#1"),
        ("INPUT_INVALID", "receipts/pulses.json#9"),
        ("INPUT_INVALID", "receipts/r1/safe_run_receipt.json#11"),
        ("INPUT_INVALID", "receipts/r1/safe_run_receipt.json#40"),
        ("INPUT_INVALID", "tartarus.jsonl#line:2"),
    ];
    assert_eq!(
        issues(&folder),
        expected.map(|(code, path)| (code, path.to_owned()))
    );
}

#[test]
fn a_manifest_has_to_hold_together() {
    let folder = release("manifest");
    let manifest = fs::read_to_string(folder.join("release_manifest.json")).expect("a manifest");
    let wrong = [
        manifest.replace("release/0", "release/1"),
        manifest.replace(&format!("{:064}", 7), &format!("{:064}", 8)),
        manifest.replace(&format!("{:064}", 7), "deadbeef"),
        manifest.replace("\"manifestBody\"", "\"body\""),
        manifest.replace("\"releaseId\"", "\"id\""),
        "[]".to_owned(),
        format!("{manifest}x"),
    ];
    for text in wrong {
        assert_ne!(text, manifest);
        write(&folder, "release_manifest.json", &text);
        assert!(!issues(&folder).is_empty(), "{text}");
    }
    fs::remove_file(folder.join("release_manifest.json")).expect("a manifest");
    assert_eq!(
        issues(&folder),
        [("INPUT_NOT_FOUND", "release_manifest.json#".to_owned())]
    );
}

#[test]
fn the_same_folder_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = release("threads");
    for number in 0..200 {
        let receipt = format!(
            r#"{{"number":{},"reasonCodes":["R{}"]}}"#,
            number % 150,
            number % 7
        );
        write(
            &folder,
            &format!("receipts/{}/{number}/safe_run_receipt.json", number % 3),
            receipt,
        );
    }
    let bytes = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool");
        let reading = pool.install(|| read(&folder)).expect("a reading");
        (reading.partial.to_bytes(), reading.seen, reading.copies)
    };
    assert_eq!(bytes(1), bytes(8));
}
