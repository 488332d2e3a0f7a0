//! One reading: all sources over all threads, and what comes of it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashSet;
use rayon::ThreadPoolBuilder;
use weftend_core::error::Issue;
use weftend_core::fold::{FoldError, Partial, UnitDigest};

use super::plan::Plan;
use super::progress::{Counted, Progress};
use super::worker::{Shared, Worker};
use crate::input::budget::{self, Budget};
use crate::input::{Documents, Source, Sources, unpack, unpack_file};
use crate::issues::Issues;
use crate::testrun::Declared;
use crate::units::UnitRule;

/// What was met beside the contributions; never released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents that were read.
    pub documents: u64,
    /// Documents, and files that could not even be unpacked, that were refused.
    pub refused: u64,
    /// Files in folders that are none of the stream's formats.
    pub ignored: u64,
    /// Records met again: files with the same content, jobs told twice.
    pub duplicates: u64,
    /// Symbolic links that were found in folders and not followed.
    pub links: u64,
    /// Folders that are one run each, left out because a document of theirs was refused.
    pub incomplete: u64,
    /// What test reports declare.
    pub declared: Declared,
    /// What was found in them.
    pub found: Declared,
    /// Lines of `go test -json` streams that are no events.
    pub other_lines: u64,
    /// Runs, jobs and check runs of GitHub, or lines of NDJSON.
    pub records: u64,
    /// Those of GitHub's that had not completed.
    pub unfinished: u64,
    /// Workflow runs left out because they had not completed.
    pub unfinished_units: u64,
    /// Lines of NDJSON without a value where their unit should stand.
    pub without_unit: u64,
    /// Records that were taken in, each as often as it was met.
    pub(super) unit_records: u64,
    /// Files that one thread met again.
    pub(super) files_again: u64,
}

/// What was read.
pub struct Reading {
    /// The contributions of all units.
    pub partial: Partial,
    /// One issue for each file that was refused.
    pub issues: Issues,
    /// What was met beside.
    pub counts: Counts,
}

/// Read everything that `inputs` mean.
///
/// Blocks until all is read, `progress` was told to stop, or, under `strict`, something was refused. The result
/// is the same whatever the number of threads and the order in which files were read.
pub fn read(plan: &Plan, inputs: &[PathBuf], progress: &Progress) -> Result<Reading, Issue> {
    let mut sources = Sources::of(inputs);
    progress.listed(sources.files.len() as u64, sources.bytes());
    let tasks = tasks(plan.rule, &mut sources.files);
    let shared = Shared {
        plan,
        progress,
        large: Mutex::default(),
    };
    if plan.strict && !sources.issues.is_empty() {
        progress.stop();
    }
    let workers = work(&shared, &tasks).map_err(|message| Issue {
        code: "INPUT_UNREADABLE",
        path: "#".to_owned(),
        message,
    })?;
    let mut reading = together(plan, workers).map_err(|error| Issue {
        code: error.code(),
        path: "#".to_owned(),
        message: error.to_string(),
    })?;
    reading.counts.links = sources.links;
    reading.counts.refused += sources.issues.iter().count() as u64 + sources.issues.more();
    reading.issues.merge(sources.issues);
    Ok(reading)
}

/// Sources that one thread has to read: those of one folder where that is a unit, else one at a time, the largest
/// first so that no thread is left with a large one at the end.
fn tasks(rule: UnitRule, files: &mut [Source]) -> Vec<&[Source]> {
    if rule == UnitRule::Dir {
        files.sort_by(|a, b| a.folder().cmp(&b.folder()));
        let mut tasks: Vec<_> = files.chunk_by(|a, b| a.folder() == b.folder()).collect();
        tasks.sort_by_key(|task| std::cmp::Reverse(task.iter().map(|file| file.size).sum::<u64>()));
        return tasks;
    }
    files.sort_by_key(|file| std::cmp::Reverse(file.size));
    files.chunks(1).collect()
}

/// Every thread takes the next task until there is none.
fn work<'a>(shared: &'a Shared<'a>, tasks: &[&[Source]]) -> Result<Vec<Worker<'a>>, String> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(shared.plan.threads)
        .build();
    let pool = pool.map_err(|error| format!("no threads: {error}"))?;
    let next = AtomicUsize::new(0);
    let results = pool.broadcast(|_| {
        let mut worker = Worker::new(shared)?;
        while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !worker.goes_on() {
                break;
            }
            task.iter()
                .for_each(|source| open(&mut worker, source, shared.progress));
            worker.end_of_folder();
        }
        worker.end_of_pairs();
        worker.partial.settle();
        Ok(worker)
    });
    results
        .into_iter()
        .collect::<Result<_, FoldError>>()
        .map_err(|error| error.to_string())
}

/// Read one source to its end.
fn open(worker: &mut Worker<'_>, source: &Source, progress: &Progress) {
    if !worker.goes_on() {
        return;
    }
    worker.begin(source);
    let name = source.name();
    let budget = Budget::of(source.size);
    let earns = Some(&budget).filter(|_| source.size == 0);
    match &source.path {
        None => unpack(
            &name,
            &mut Counted::new(io::stdin().lock(), progress, earns),
            &budget,
            worker,
        ),
        Some(path) => match opened(path, source.named) {
            Ok(file) => unpack_file(
                &name,
                &mut Counted::new(file, progress, earns),
                &budget,
                worker,
            ),
            Err(error) => worker.refused(&name, budget::refusal(&error)),
        },
    }
    progress.file_done();
}

/// A file that was found in a folder is opened as what it was then: no link, no pipe, no device.
fn opened(path: &Path, named: bool) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    if named {
        return File::open(path);
    }
    let flags =
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("is not a regular file any more"))
    }
}

fn together(plan: &Plan, workers: Vec<Worker<'_>>) -> Result<Reading, FoldError> {
    let mut partial = Partial::new(plan.channels.clone())?;
    let (mut issues, mut counts) = (Issues::default(), Counts::default());
    let (mut open, mut completed) = (HashSet::new(), HashSet::new());
    let mut files = HashSet::new();
    for worker in workers {
        counts.add(&worker.counts);
        issues.merge(worker.issues);
        open.extend(worker.open);
        completed.extend(worker.completed);
        counts.files_again += worker.files.len() as u64;
        files.extend(worker.files);
        if partial.is_empty() {
            partial = worker.partial
        } else {
            partial.merge(&worker.partial)?
        }
    }
    partial.settle();
    counts.duplicates =
        counts.files_again - files.len() as u64 + again(plan, &partial, counts.unit_records);
    counts.unfinished_units = partial.without(&unfinished(&open, &completed)) as u64;
    Ok(Reading {
        partial,
        issues,
        counts,
    })
}

/// Runs that were never met as completed, themselves or in one of their jobs.
fn unfinished(
    open: &HashSet<(UnitDigest, UnitDigest)>,
    completed: &HashSet<UnitDigest>,
) -> Vec<UnitDigest> {
    let going_on = open
        .iter()
        .filter(|(ending, unit)| !completed.contains(ending) && !completed.contains(unit));
    let units: HashSet<UnitDigest> = going_on.map(|(_, unit)| *unit).collect();
    units.into_iter().collect()
}

/// How many of `records` were met before.
fn again(plan: &Plan, partial: &Partial, records: u64) -> u64 {
    let distinct = match plan.rule {
        UnitRule::Field if plan.has_parts() => partial.records(),
        _ => partial.len() as u64,
    };
    records.saturating_sub(distinct)
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.documents += other.documents;
        self.refused += other.refused;
        self.ignored += other.ignored;
        self.incomplete += other.incomplete;
        self.declared.add(other.declared);
        self.found.add(other.found);
        self.other_lines += other.other_lines;
        self.records += other.records;
        self.unfinished += other.unfinished;
        self.without_unit += other.without_unit;
        self.unit_records += other.unit_records;
        self.files_again += other.files_again;
    }
}
