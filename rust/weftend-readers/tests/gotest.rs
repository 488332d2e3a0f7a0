//! Streams of `go test -json`.

use std::collections::BTreeMap;

use weftend_readers::gotest::{self, GoTest};
use weftend_readers::testrun::{TestChannels, TestTally};

fn counts(stream: &str) -> (BTreeMap<String, u64>, u64) {
    let (mut reader, mut tally) = (GoTest::default(), TestTally::new(1_000));
    reader.block(stream.as_bytes(), &mut tally);
    let other = reader.other_lines;
    reader.finish(&mut tally).expect("events");
    let channels = TestChannels::of(TestChannels::NAMES).expect("its own names");
    let mut counts = BTreeMap::new();
    tally.emit(&channels, &mut |channel, key, amount| {
        let map = TestChannels::NAMES[channel];
        if !map.to_ascii_lowercase().contains("durations") {
            counts.insert(format!("{map}/{key}"), amount);
        }
    });
    (counts, other)
}

fn expect(stream: &str, wanted: &[(&str, u64)]) {
    let wanted = wanted
        .iter()
        .map(|(key, amount)| ((*key).to_owned(), *amount))
        .collect();
    assert_eq!(counts(stream).0, wanted);
}

#[test]
fn each_run_of_a_test_is_a_case() {
    expect(
        r#"{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"A"}
{"Action":"output","Package":"p","Test":"A","Output":"=== RUN A\n"}
{"Action":"run","Package":"p","Test":"A/sub one"}
{"Action":"fail","Package":"p","Test":"A/sub one","Elapsed":0.5}
{"Action":"fail","Package":"p","Test":"A","Elapsed":1.25}
{"Action":"run","Package":"p","Test":"B"}
{"Action":"skip","Package":"p","Test":"B","Elapsed":0}
{"Action":"fail","Package":"p","Elapsed":2}"#,
        &[
            ("outcomes/failed", 2),
            ("outcomes/skipped", 1),
            ("runOutcomes/failed", 1),
            ("failingTests/p::A", 1),
            ("failingTests/p::A/sub%20one", 1),
            ("slowTests/p::A", 1),
        ],
    );
}

#[test]
fn run_again_and_passed_is_flaky() {
    expect(
        r#"{"Action":"run","Package":"p","Test":"A"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"run","Package":"p","Test":"A"}
{"Action":"pass","Package":"p","Test":"A"}"#,
        &[
            ("outcomes/failed", 1),
            ("outcomes/passed", 1),
            ("runOutcomes/failed", 1),
            ("failingTests/p::A", 1),
            ("flakyTests/p::A", 1),
        ],
    );
}

#[test]
fn a_package_that_fails_on_its_own_is_one_errored_case() {
    expect(
        r#"{"ImportPath":"p [p.test]","Action":"build-output","Output":"undefined: x\n"}
{"Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p [p.test]"}
{"Action":"run","Package":"q","Test":"A"}
{"Action":"pass","Package":"q","Test":"A"}
{"Action":"pass","Package":"q"}"#,
        &[
            ("outcomes/errored", 1),
            ("outcomes/passed", 1),
            ("runOutcomes/errored", 1),
            ("failingTests/p::TestMain", 1),
        ],
    );
}

#[test]
fn what_never_ended_goes_by_its_package() {
    let run = r#"{"Action":"run","Package":"p","Test":"A"}"#;
    let crashed = [
        ("outcomes/errored", 1),
        ("runOutcomes/errored", 1),
        ("failingTests/p::A", 1),
    ];
    expect(
        &format!("{run}\n{{\"Action\":\"fail\",\"Package\":\"p\"}}"),
        &crashed,
    );
    expect(run, &crashed);
    let passed = format!("{run}\n{{\"Action\":\"pass\",\"Package\":\"p\"}}");
    expect(
        &passed,
        &[("outcomes/passed", 1), ("runOutcomes/passed", 1)],
    );
}

#[test]
fn lines_that_are_no_events_are_counted() {
    let stream = "|||\n\n{\"Action\":\"run\",\"Test\":\"A\"}\n{\"Action\":1}\n{\"Action\":\"pass\",\"Test\":\"A\"\n[]\n{\"Action\":\"pass\",\"Test\":\"A\"}";
    let (counts, other) = counts(stream);
    assert_eq!(other, 4);
    assert_eq!(counts["outcomes/passed"], 1);
    assert!(!gotest::has_event(b"{\"Action\":\"run\"} x"));
    assert!(!gotest::has_event(
        b"{\"Action\":\"run\",\"Action\":\"pass\"}"
    ));
    assert!(!gotest::has_event(b"{\"Action\":\"run\",\"x\":\"\xff\"}"));
}

#[test]
fn names_and_actions_are_what_they_mean_however_they_are_spelled() {
    expect(
        r#"{"\u0041ction":"f\u0061il","Package":"p","Tes\u0074":"A"}"#,
        &[
            ("outcomes/failed", 1),
            ("runOutcomes/failed", 1),
            ("failingTests/p::A", 1),
        ],
    );
}

#[test]
fn a_stream_without_events_is_refused() {
    let refusal = GoTest::default()
        .finish(&mut TestTally::new(0))
        .expect_err("nothing");
    assert_eq!(refusal.code, "INPUT_INVALID");
}
