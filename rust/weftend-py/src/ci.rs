//! Reading CI reports and records for Python.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use weftend_core::error::Issue;
use weftend_readers::ci::{self, Counts, Options, Plan, Progress, Reading};

use crate::errors::{INVALID, refusal};
use crate::fold::Partial;
use crate::stream::Stream;

/// How often somebody who waits is told how far the reading is, and may interrupt it.
const TICK: Duration = Duration::from_millis(100);

/// (code, path, message)
type IssueText = (&'static str, String, String);
/// The partial, what one unit is, counts by name, issues, and how many more there were.
type Read = (
    Partial,
    &'static str,
    BTreeMap<&'static str, u64>,
    Vec<IssueText>,
    u64,
);

/// Reads everything that inputs mean into a partial fold of a stream.
///
/// inputs: paths, patterns, "-". unit, format: as on the command line, or None. threads: 0 for all cores.
/// progress: called about ten times a second with (files, bytes, all files, all bytes), or None.
/// Raises WeftendError (USAGE, STREAM_INVALID), and whatever progress or an interrupt raises.
#[pyfunction]
#[pyo3(signature = (stream, inputs, unit, format, strict, threads, progress, /))]
#[expect(
    clippy::too_many_arguments,
    reason = "the facade's keywords, one by one"
)]
pub(crate) fn read_inputs(
    py: Python<'_>,
    stream: &Stream,
    inputs: Vec<PathBuf>,
    unit: Option<String>,
    format: Option<String>,
    strict: bool,
    threads: usize,
    progress: Option<Bound<'_, PyAny>>,
) -> PyResult<Read> {
    let options = Options {
        unit,
        format,
        strict,
        threads,
    };
    let plan = Plan::of(&stream.0, &options).map_err(|issue| refusal(py, &[issue], INVALID))?;
    let rule = plan.rule().as_str();
    let reading = watched(py, plan, inputs, progress.as_ref())?;
    let reading = reading.map_err(|issue| refusal(py, &[issue], INVALID))?;
    let issues = reading
        .issues
        .iter()
        .map(|found| (found.code, found.path.clone(), found.message.clone()));
    let issues = issues.collect();
    let more = reading.issues.more();
    Ok((
        Partial::of(reading.partial),
        rule,
        counts(&reading.counts),
        issues,
        more,
    ))
}

/// Reads on other threads, while this one listens for interrupts and tells how far it is.
fn watched(
    py: Python<'_>,
    plan: Plan,
    inputs: Vec<PathBuf>,
    tell: Option<&Bound<'_, PyAny>>,
) -> PyResult<Result<Box<Reading>, Issue>> {
    let progress = Arc::new(Progress::default());
    let (sender, receiver) = mpsc::channel();
    let shared = Arc::clone(&progress);
    // Not joined when interrupted: it may wait for standard input, and stops by itself otherwise. Nobody left to
    // send to is then no failure.
    std::thread::spawn(move || drop(sender.send(ci::read(&plan, &inputs, &shared).map(Box::new))));
    let receiver = Mutex::new(receiver);
    let wait = || {
        let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
        receiver.recv_timeout(TICK)
    };
    loop {
        match py.detach(wait) {
            Ok(reading) => return Ok(reading),
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(broken_off())),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Err(error) = py.check_signals().and_then(|()| told(&progress, tell)) {
            progress.stop();
            return Err(error);
        }
    }
}

fn told(progress: &Progress, tell: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let Some(tell) = tell else { return Ok(()) };
    let ((files, bytes), (all_files, all_bytes)) = (progress.done(), progress.total());
    tell.call1((files, bytes, all_files, all_bytes)).map(drop)
}

fn broken_off() -> Issue {
    Issue {
        code: "INPUT_UNREADABLE",
        path: "#".to_owned(),
        message: "the reading broke off".to_owned(),
    }
}

/// Every count under the name that the facade gives it.
fn counts(counts: &Counts) -> BTreeMap<&'static str, u64> {
    BTreeMap::from([
        ("documents", counts.documents),
        ("refused", counts.refused),
        ("ignored", counts.ignored),
        ("duplicates", counts.duplicates),
        ("links", counts.links),
        ("incomplete", counts.incomplete),
        ("declared_tests", counts.declared.tests),
        ("declared_failures", counts.declared.failures),
        ("declared_errors", counts.declared.errors),
        ("declared_skipped", counts.declared.skipped),
        ("found_tests", counts.found.tests),
        ("found_failures", counts.found.failures),
        ("found_errors", counts.found.errors),
        ("found_skipped", counts.found.skipped),
        ("other_lines", counts.other_lines),
        ("records", counts.records),
        ("unfinished", counts.unfinished),
        ("unfinished_units", counts.unfinished_units),
        ("without_unit", counts.without_unit),
    ])
}
