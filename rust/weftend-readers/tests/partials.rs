//! However reports are read, the partial is the same bytes: threads, order, and readings merged that overlap.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;
use proptest::sample::Index;
use weftend_core::contracts;
use weftend_core::fold::Partial;
use weftend_core::stream::Stream;
use weftend_readers::ci::{self, Options, Plan, Progress};

const TESTS: &str = "telemetry.ci.tests.v0";
const JOBS: &str = "telemetry.ci.jobs.v0";

/// A report of a small world, so that equal files, tests and outcomes are met again.
fn report() -> impl Strategy<Value = String> {
    let case = (0u8..4, 0usize..4, 0u8..3).prop_map(|(name, outcome, seconds)| {
        let inside = ["", "<failure type='T'/>", "<error/>", "<flakyFailure/>"][outcome];
        format!("<testcase classname='c' name='t{name}' time='{seconds}'>{inside}</testcase>")
    });
    prop::collection::vec(case, 0..4)
        .prop_map(|cases| format!("<testsuite>{}</testsuite>", cases.concat()))
}

/// What GitHub says about the jobs of a run, and in one case of two about the run.
fn payload() -> impl Strategy<Value = String> {
    let conclusion = prop::sample::select(vec!["success", "failure"]);
    (1u8..4, prop::collection::vec((0u8..4, conclusion), 0..4), any::<bool>()).prop_map(
        |(run, jobs, whole)| {
            let job = |(number, conclusion): &(u8, &str)| {
                format!(
                    r#"{{"workflow_job":{{"id":{run}{number},"run_id":{run},"run_attempt":1,"status":"completed","conclusion":"{conclusion}","labels":["ubuntu-latest"]}},"repository":{{"full_name":"o/r"}}}}"#
                )
            };
            let mut told: Vec<String> = jobs.iter().map(job).collect();
            if whole || told.is_empty() {
                told.push(format!(
                    r#"{{"workflow_run":{{"id":{run},"run_attempt":1,"event":"push","status":"completed","conclusion":"success"}},"repository":{{"full_name":"o/r"}}}}"#
                ));
            }
            told.join("\n")
        },
    )
}

/// Files with these contents, in folders, below a folder of their own.
fn written(contents: &[(u8, String)], ending: &str) -> Vec<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed) % 8;
    let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("partials")
        .join(format!("{ending}-{number}"));
    let _ = fs::remove_dir_all(&root);
    let mut paths = Vec::new();
    for (index, (folder, content)) in contents.iter().enumerate() {
        let folder = root.join(folder.to_string());
        fs::create_dir_all(&folder).expect("a folder");
        paths.push(folder.join(format!("{index}.{ending}")));
        fs::write(&paths[index], content).expect("a file");
    }
    paths
}

fn read(stream: &Stream, unit: &str, inputs: &[PathBuf], threads: usize) -> Partial {
    let options = Options {
        unit: Some(unit.to_owned()),
        threads,
        ..Options::default()
    };
    let plan = Plan::of(stream, &options).expect("a plan");
    let reading = ci::read(&plan, inputs, &Progress::default()).expect("a reading");
    assert_eq!(reading.issues.iter().count(), 0);
    reading.partial
}

/// One reading on one thread is what four threads, any order, and merged readings give that share inputs.
fn holds(stream: &str, unit: &str, inputs: Vec<PathBuf>, seen: &[u8], turn: Index) {
    let stream = contracts::stream(stream)
        .expect("contracts")
        .expect("a stream");
    let whole = read(&stream, unit, &inputs, 1).to_bytes();
    assert_eq!(read(&stream, unit, &inputs, 4).to_bytes(), whole);
    let mut turned = inputs.clone();
    turned.rotate_left(turn.index(inputs.len()));
    turned.extend_from_slice(&inputs[..turn.index(inputs.len())]);
    assert_eq!(read(&stream, unit, &turned, 4).to_bytes(), whole);
    let mut merged = Partial::new(stream.channels(false)).expect("channels");
    for reader in [2, 0, 1] {
        // Bit by bit: which of three readers see the input; nobody is as good as everybody.
        let sees = |number: usize| matches!(seen[number % seen.len()] % 8, bits if bits == 0 || bits >> reader & 1 == 1);
        let share: Vec<PathBuf> = (0..inputs.len())
            .filter(|number| sees(*number))
            .map(|number| inputs[number].clone())
            .collect();
        let bytes = read(&stream, unit, &share, 1).to_bytes();
        merged
            .merge(&Partial::from_bytes(&bytes).expect("its own bytes"))
            .expect("the same channels");
    }
    assert_eq!(merged.to_bytes(), whole);
}

/// The folders of files, each once.
fn folders(files: &[PathBuf]) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = files
        .iter()
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    folders.sort();
    folders.dedup();
    folders
}

fn files(content: impl Strategy<Value = String>) -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((0u8..3, content), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn reports_that_are_units(contents in files(report()), seen in any::<[u8; 8]>(), turn: Index) {
        holds(TESTS, "file", written(&contents, "file.xml"), &seen, turn);
    }

    #[test]
    fn folders_that_are_units(contents in files(report()), seen in any::<[u8; 8]>(), turn: Index) {
        holds(TESTS, "dir", folders(&written(&contents, "dir.xml")), &seen, turn);
    }

    #[test]
    fn runs_whose_jobs_stand_in_several_files(contents in files(payload()), seen in any::<[u8; 8]>(), turn: Index) {
        holds(JOBS, "field", written(&contents, "json"), &seen, turn);
    }
}
