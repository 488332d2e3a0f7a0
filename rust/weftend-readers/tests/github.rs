//! Runs, jobs and check runs as GitHub tells them.

use weftend_readers::github::{self, Part, Told, Unit};

fn told(document: &str) -> Vec<Told> {
    let mut found = Vec::new();
    github::read(document.as_bytes(), |told| found.push(told)).expect("readable");
    found
}

fn run(id: u64, attempt: u64) -> Unit {
    run_of("o/r", id, attempt)
}

fn run_of(repository: &str, id: u64, attempt: u64) -> Unit {
    Unit::Run {
        repository: repository.to_owned(),
        id,
        attempt,
    }
}

fn keys(told: &Told) -> Vec<(&str, &str)> {
    let mut keys: Vec<_> = told
        .keys
        .iter()
        .map(|(map, key)| (*map, key.as_str()))
        .collect();
    keys.sort_unstable();
    keys
}

const RUN: &str = r#"{"id":7,"run_attempt":2,"run_number":1,"workflow_id":3,"event":"pull_request","status":"completed","conclusion":"failure",
    "head_branch":"secret","repository":{"full_name":"fork/r"},"run_started_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:05Z"}"#;
const JOB: &str = r#"{"id":11,"run_id":7,"run_attempt":2,"status":"completed","conclusion":"success","labels":["ubuntu-latest","x y"],
    "runner_name":"host-1","steps":[{"name":"s","status":"completed"}],"url":"https://api.github.com/repos/O/R/actions/jobs/11"}"#;

#[test]
fn a_payload_speaks_of_the_repository_it_came_from() {
    let payload = format!(
        r#"{{"action":"completed","workflow_run":{RUN},"repository":{{"id":1,"full_name":"O/R"}}}}"#
    );
    let [told] = &told(&payload)[..] else {
        panic!("one record")
    };
    assert_eq!(
        (&told.unit, told.part, told.completed),
        (&run(7, 2), Part::Whole, Some(true))
    );
    assert_eq!(
        keys(told),
        [
            ("conclusions", "failure"),
            ("events", "pull_request"),
            ("runDurations", "ms_4096")
        ]
    );
}

#[test]
fn jobs_belong_to_their_run() {
    for document in [
        format!(r#"{{"workflow_job":{JOB},"repository":{{"full_name":"O/R"}}}}"#),
        format!(r#"{{"total_count":1,"jobs":[{JOB}]}}"#),
        JOB.to_owned(),
        format!("[[{JOB}]]"),
    ] {
        let [told] = &told(&document)[..] else {
            panic!("one record")
        };
        assert_eq!(
            (&told.unit, told.part, told.completed),
            (&run(7, 2), Part::Job(11), Some(true))
        );
        assert_eq!(
            keys(told),
            [
                ("jobConclusions", "success"),
                ("runners", "ubuntu-latest"),
                ("runners", "x%20y")
            ]
        );
    }
}

#[test]
fn pages_and_payloads_follow_each_other() {
    let page = format!(
        r#"{{"total_count":2,"workflow_runs":[{RUN},{}]}}"#,
        RUN.replace("\"id\":7", "\"id\":8")
    );
    let records = told(&format!("{page}{page}\n{JOB}\n"));
    assert_eq!(records.len(), 5);
    assert_eq!(told(&format!("\u{feff}{RUN}")).len(), 1);
}

#[test]
fn what_has_not_completed_keeps_its_run_out() {
    let queued = RUN.replace("completed", "queued");
    let [whole] = &told(&queued)[..] else {
        panic!("one record")
    };
    assert_eq!((whole.completed, whole.keys.len()), (Some(false), 0));
    let open = JOB.replace("completed", "in_progress");
    let [job] = &told(&open)[..] else {
        panic!("one record")
    };
    assert_eq!(
        (&job.unit, job.completed, job.keys.len()),
        (&run(7, 2), Some(false), 0)
    );
    let records = github::read(open.as_bytes(), |_| {}).expect("readable");
    assert_eq!((records.seen, records.unfinished), (1, 1));
}

#[test]
fn a_label_that_a_job_has_twice_counts_once() {
    let twice = JOB.replace("\"x y\"", "\"x y\",\"ubuntu-latest\",\"x y\"");
    assert_eq!(keys(&told(&twice)[0]), keys(&told(JOB)[0]));
}

#[test]
fn numbers_and_names_are_what_they_mean_however_they_are_spelled() {
    let spelled = RUN
        .replace("\"id\":7", "\"\\u0069d\":7.0")
        .replace("\"run_attempt\":2", "\"run_attempt\":20e-1");
    assert_eq!(told(&spelled)[0].unit, run_of("fork/r", 7, 2));
    let refusal = github::read(RUN.replace("\"id\":7", "\"id\":7.5").as_bytes(), |_| {});
    assert!(refusal.is_err());
}

#[test]
fn a_check_run_is_a_job_of_a_workflow_or_of_its_suite() {
    let check = |details: &str, suite: &str| {
        format!(
            r#"{{"check_run":{{"id":11,"status":"completed","conclusion":"neutral","details_url":"{details}",
            "check_suite":{{"id":5{suite}}}}},"repository":{{"full_name":"o/r"}}}}"#
        )
    };
    let of_workflow = &told(&check("https://github.com/o/r/actions/runs/7/job/11", ""))[0];
    assert_eq!(
        (&of_workflow.unit, of_workflow.part),
        (&run(7, 1), Part::Job(11))
    );
    let suite = Unit::Suite {
        repository: "o/r".to_owned(),
        id: 5,
    };
    let of_suite = &told(&check(
        "https://lint.example/1",
        r#","status":"completed","conclusion":"success""#,
    ))[0];
    assert_eq!(
        (&of_suite.unit, of_suite.part, of_suite.completed),
        (&suite, Part::Check(11), Some(true))
    );
    assert_eq!(
        keys(of_suite),
        [("conclusions", "success"), ("jobConclusions", "neutral")]
    );
    let open = &told(&check("", r#","status":"in_progress","conclusion":null"#))[0];
    assert_eq!(
        (open.completed, keys(open)),
        (Some(false), vec![("jobConclusions", "neutral")])
    );
}

#[test]
fn times_that_say_nothing_are_unknown() {
    let run = RUN.replace("2026-01-01T00:00:05Z", "2025-01-01T00:00:05Z");
    assert!(keys(&told(&run)[0]).contains(&("runDurations", "unknown")));
}

#[test]
fn what_is_not_from_github_is_refused() {
    for (document, code, place) in [
        ("", "INPUT_INVALID", ""),
        ("{}", "INPUT_INVALID", ""),
        ("[1,null]", "INPUT_INVALID", ""),
        (r#"{"workflow_run":{"id":1}}"#, "INPUT_INVALID", "0"),
        (
            r#"{"workflow_job":{"id":1},"repository":{"full_name":"o/r"}}"#,
            "INPUT_INVALID",
            "0",
        ),
        ("{} {]", "CANON_SYNTAX", "4"),
        ("{\"a\":1,\"a\":2}", "CANON_DUPLICATE_NAME", "7"),
        ("{", "CANON_TRUNCATED", "1"),
    ] {
        let refusal = github::read(document.as_bytes(), |_| {}).expect_err("a refusal");
        assert_eq!(
            (refusal.code, refusal.place.as_str()),
            (code, place),
            "{document}"
        );
    }
}
