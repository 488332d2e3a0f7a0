//! What GitHub says about workflow runs, their jobs and check runs: webhook payloads and pages of its API.
//!
//! A document is one or more JSON values: a payload, a page, an array of either, or any of these one after the
//! other (NDJSON archives of webhooks, `gh api --paginate`). A unit is a workflow run (repository, run id,
//! attempt) that has completed; each of its jobs is a part of it, so that the same job met twice counts once.
//! A check run that no workflow made belongs to its check suite, which is then the unit.

mod identity;
mod record;
mod time;
mod values;

use std::collections::BTreeSet;

use crate::ijson::{self, Fault, Scanner};
use crate::keys;
use crate::refusal::Refusal;
pub use identity::{Part, Unit};
use record::{Class, Record};

/// What completed, as told by one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The run it is about.
    pub unit: Unit,
    /// Which of its parts.
    pub part: Part,
    /// Whether the part (of a check suite: the suite) has come to its end, where the record says. A run of which
    /// anything has not is no completed run, unless another record says that it has.
    pub completed: Option<bool>,
    /// The keys of this part: map name, key; each with amount 1.
    pub keys: Vec<(&'static str, String)>,
}

/// The names of all maps that a workflow run can contribute to.
pub const MAPS: [&str; 5] = [
    "conclusions",
    "events",
    "jobConclusions",
    "runDurations",
    "runners",
];

/// How many records a document held, and how many of them say nothing that is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Runs, jobs and check runs met.
    pub seen: u64,
    /// Those that had not completed.
    pub unfinished: u64,
}

/// Call `each` with what every run, job and check run in `bytes` tells.
///
/// Refused: what is not I-JSON (a leading byte order mark is passed over), a document without any such record, and
/// a record without its repository or ids; then what `each` has seen is to be thrown away.
pub fn read(bytes: &[u8], mut each: impl FnMut(Told)) -> Result<Records, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Whatever else is wrong: what is not UTF-8 is no JSON.
    document(bytes, &mut each).map_err(|wrong| not_utf8(bytes).unwrap_or(wrong))
}

fn document(bytes: &[u8], each: &mut dyn FnMut(Told)) -> Result<Records, Refusal> {
    let mut scanner = Scanner::new(bytes);
    let mut records = Records::default();
    scanner.skip_space();
    while !scanner.is_at_end() {
        let start = scanner.at();
        let mut found = Vec::new();
        if values::read(&mut scanner, &mut found) == Err(Fault) {
            let rest = bytes.get(start..).unwrap_or_default();
            return Err(ijson::refusal(rest, || Refusal::invalid("0", "not I-JSON")).moved(start));
        }
        for record in found {
            tell(&record, &mut records, each).map_err(|wrong| Refusal::at(start, wrong))?;
        }
        scanner.skip_space();
    }
    match records.seen {
        0 => Err(Refusal::invalid(
            "",
            "no workflow run, job or check run of GitHub",
        )),
        _ => Ok(records),
    }
}

fn not_utf8(bytes: &[u8]) -> Option<Refusal> {
    let error = std::str::from_utf8(bytes).err()?;
    let place = error.valid_up_to().to_string();
    Some(Refusal::new("CANON_UTF8", place, "not UTF-8"))
}

fn tell(
    record: &Record,
    records: &mut Records,
    each: &mut dyn FnMut(Told),
) -> Result<(), &'static str> {
    records.seen += 1;
    let (unit, part) = identity::of(record)?;
    let completed = record.completed();
    records.unfinished += u64::from(!completed);
    match record.class {
        Class::Run => each(Told {
            unit,
            part,
            completed: Some(completed),
            keys: run_keys(record, completed),
        }),
        Class::Check if !part.is_job() => {
            let whole = record
                .suite_status
                .as_deref()
                .map(|status| status == "completed");
            if completed || whole.is_some() {
                each(Told {
                    unit,
                    part,
                    completed: whole,
                    keys: check_keys(record, completed),
                });
            }
        }
        _ => each(Told {
            unit,
            part,
            completed: Some(completed),
            keys: job_keys(record, completed),
        }),
    }
    Ok(())
}

fn run_keys(record: &Record, completed: bool) -> Vec<(&'static str, String)> {
    if !completed {
        return Vec::new();
    }
    let duration = time::between(
        record
            .run_started_at
            .as_deref()
            .or(record.created_at.as_deref()),
        record.updated_at.as_deref(),
    );
    let mut keys = vec![(
        "runDurations",
        duration.map_or(keys::UNKNOWN_DURATION.to_owned(), keys::duration_key),
    )];
    keys.extend(key("conclusions", record.conclusion.as_deref()));
    keys.extend(key("events", record.event.as_deref()));
    keys
}

fn job_keys(record: &Record, completed: bool) -> Vec<(&'static str, String)> {
    if !completed {
        return Vec::new();
    }
    let labels: BTreeSet<&str> = record.labels.iter().map(String::as_str).collect();
    let mut keys: Vec<_> = labels
        .into_iter()
        .filter_map(|label| key("runners", Some(label)))
        .collect();
    keys.extend(key("jobConclusions", record.conclusion.as_deref()));
    keys
}

fn check_keys(record: &Record, completed: bool) -> Vec<(&'static str, String)> {
    let mut keys = Vec::new();
    keys.extend(key("conclusions", record.suite_conclusion.as_deref()));
    if completed {
        keys.extend(key("jobConclusions", record.conclusion.as_deref()));
    }
    keys
}

fn key(map: &'static str, name: Option<&str>) -> Option<(&'static str, String)> {
    let name = name.filter(|name| !name.is_empty())?;
    Some((map, keys::percent_encoded(name).into_owned()))
}

/// Whether `head`, the first bytes of a document, may begin what GitHub says about runs.
pub fn looks_like_github(head: &[u8]) -> bool {
    let names = [
        "workflow_run",
        "workflow_job",
        "check_run",
        "workflow_runs",
        "jobs",
        "check_runs",
        "run_attempt",
    ];
    names
        .iter()
        .any(|name| memchr::memmem::find(head, format!("\"{name}\"").as_bytes()).is_some())
}
