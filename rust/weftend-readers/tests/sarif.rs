//! SARIF logs: levels by the specification's rules, and what is refused.

use weftend_readers::sarif::{self, FindingsChannels};

fn runs(log: &str) -> Vec<(Option<String>, Vec<String>)> {
    let channels = FindingsChannels::of(FindingsChannels::NAMES).expect("its own names");
    let mut runs = Vec::new();
    sarif::read(log.as_bytes(), |identity, tally| {
        let mut counts = Vec::new();
        tally.emit(&channels, &mut |channel, key, amount| {
            counts.push(format!(
                "{}/{key}={amount}",
                FindingsChannels::NAMES[channel]
            ));
        });
        counts.sort();
        runs.push((identity, counts));
    })
    .expect("a log");
    runs
}

fn run(run: &str) -> Vec<String> {
    runs(&format!(r#"{{"version":"2.1.0","runs":[{run}]}}"#))
        .remove(0)
        .1
}

fn refusal(log: &[u8]) -> (&'static str, String, String) {
    let refusal = sarif::read(log, |_, _| {}).expect_err("a refusal");
    (refusal.code, refusal.place, refusal.message)
}

#[test]
fn a_level_is_the_results_the_configured_the_default_or_warning() {
    let counts = run(r#"{"results":[
        {"ruleId":"A","level":"note"}, {"ruleId":"A"}, {"ruleId":"A/sub","ruleIndex":-1}, {"ruleIndex":1},
        {"rule":{"id":"B"},"provenance":{"invocationIndex":0}}, {"ruleId":"C"}, {"message":{"text":"none"}},
        {"ruleId":"A","kind":"pass"}, {"ruleId":"X","rule":{"toolComponent":{"index":0},"index":0}}],
      "tool":{"driver":{"name":"my tool","rules":[
          {"id":"A","defaultConfiguration":{"level":"error"}}, {"id":"B"}]},
        "extensions":[{"name":"e","rules":[{"id":"X","defaultConfiguration":{"level":"note"}}]}]},
      "invocations":[{"executionSuccessful":true,
        "ruleConfigurationOverrides":[{"descriptor":{"index":1},"configuration":{"level":"error"}}]},{}]}"#);
    let expected = [
        "levels/error=3",
        "levels/none=1",
        "levels/note=2",
        "levels/warning=3",
        "rules/A/sub=1",
        "rules/A=1",
        "rules/B=1",
        "rules/C=1",
        "rules/X=1",
        "runOutcomes/findings=1",
        "tools/my%20tool=1",
    ];
    assert_eq!(counts, expected);
}

#[test]
fn the_only_invocation_is_the_one_that_is_meant() {
    let log = |invocations: &str| {
        format!(
            r#"{{"results":[{{"ruleId":"A"}},{{"ruleId":"A/x","provenance":{{"invocationIndex":-1}}}}],
            "tool":{{"driver":{{"rules":[{{"id":"A","defaultConfiguration":{{"level":"error"}}}}]}}}},
            "invocations":[{{"ruleConfigurationOverrides":[{{"descriptor":{{"id":"A"}},"configuration":{{"level":"note"}}}}]}}{invocations}]}}"#
        )
    };
    assert_eq!(run(&log(""))[0], "levels/note=2");
    assert_eq!(run(&log(",{}"))[0], "levels/error=2");
}

#[test]
fn names_and_indices_are_what_they_mean_however_they_are_spelled() {
    let counts = run(
        r#"{"\u0072esults":[{"ruleInde\u0078":1.0}, {"rul\u0065Id":"A","leve\u006c":"n\u006fte"}],
      "tool":{"\u0064river":{"name":"t","rules":[{"id":"A"},{"id":"B","defaultConfiguration":{"level":"error"}}]}}}"#,
    );
    assert_eq!(
        counts,
        [
            "levels/error=1",
            "levels/note=1",
            "rules/A=1",
            "rules/B=1",
            "runOutcomes/findings=1",
            "tools/t=1"
        ]
    );
}

#[test]
fn a_run_failed_or_found_something_or_is_clean() {
    assert_eq!(
        run(r#"{"tool":{"driver":{"name":"t"}},"results":[]}"#),
        ["runOutcomes/clean=1", "tools/t=1"]
    );
    assert_eq!(
        run(r#"{"results":[{"kind":"pass"}]}"#),
        ["levels/none=1", "runOutcomes/clean=1"]
    );
    let failed = r#"{"invocations":[{"executionSuccessful":true},{"executionSuccessful":false}],"results":[{}]}"#;
    assert_eq!(run(failed), ["levels/warning=1", "runOutcomes/failed=1"]);
}

#[test]
fn runs_say_who_they_are() {
    let log = r#"{"runs":[{"automationDetails":{"id":"a/","guid":"g"}},{"automationDetails":{"id":"b/1"}},{}],"version":"2.1.0"}"#;
    let identities: Vec<_> = runs(log)
        .into_iter()
        .map(|(identity, _)| identity)
        .collect();
    assert_eq!(
        identities,
        [Some("g".to_owned()), Some("b/1".to_owned()), None]
    );
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(
        runs("\u{feff}{\"version\":\"2.1.0\",\"runs\":[{}]}").len(),
        1
    );
}

#[test]
fn other_versions_are_refused_with_what_they_say() {
    let (code, place, message) =
        refusal(br#"{"version":"1.0.0","runs":[{"results":[{"level":"pass"}]}]}"#);
    assert_eq!((code, place.as_str()), ("INPUT_INVALID", "/version"));
    assert!(
        message.starts_with("SARIF version 1.0.0; only 2.1.0 is read"),
        "{message}"
    );
    assert!(
        refusal(br#"{"version":"jane@example.org and more","runs":[]}"#)
            .2
            .starts_with("another SARIF version; only")
    );
    let draft = refusal(br#"{"version":"2.0.0-csd.2.beta.2018-10-10","runs":[]}"#).2;
    assert!(
        draft.starts_with("SARIF version 2.0.0-csd.2.beta.2018-10-10;"),
        "{draft}"
    );
}

#[test]
fn what_is_no_log_is_refused() {
    for (log, code, place) in [
        ("{}", "INPUT_INVALID", ""),
        ("[]", "INPUT_INVALID", ""),
        (r#"{"version":"2.1.0"}"#, "INPUT_INVALID", "/runs"),
        (
            r#"{"version":"2.1.0","runs":[{"results":[{"level":"fatal"}]}]}"#,
            "INPUT_INVALID",
            "/runs",
        ),
        (
            r#"{"version":"2.1.0","runs":[{"results":[{"level":"note",}]}]}"#,
            "CANON_SYNTAX",
            "55",
        ),
        (
            r#"{"version":"2.1.0","version":"2.1.0","runs":[]}"#,
            "CANON_DUPLICATE_NAME",
            "19",
        ),
        (r#"{"version":"2.1.0","runs":[]"#, "CANON_TRUNCATED", "28"),
        (r#"{"version":"2.1.0","runs":[]} x"#, "CANON_TRAILING", "30"),
        ("// a comment\n{}", "CANON_SYNTAX", "0"),
    ] {
        let (found, at, _) = refusal(log.as_bytes());
        assert_eq!((found, at.as_str()), (code, place), "{log}");
    }
    assert_eq!(refusal(b"{\"version\":\"\xff\"}").0, "CANON_UTF8");
}
