//! The process's own recorder: one call, without anything to set up or hand around.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::counter::Counter;
use super::event::{FieldValue, Refusal};
use super::per_process::{GENERATIONS, PerProcess};
use super::recorder::Recorder;
use super::settings::Settings;

/// The recorder that was made first; in a child that was forked while its parent made one, the child's own.
static PROCESS: PerProcess<OnceLock<Recorder>> =
    PerProcess::new([const { OnceLock::new() }; GENERATIONS]);
/// Whether the process's recorder is known to record nothing; says so without a look at the recorder.
static OFF: AtomicBool = AtomicBool::new(false);

/// The process's own recorder, made from its variables and files with the first use.
pub fn process() -> &'static Recorder {
    process_if_made().unwrap_or_else(|| make(None).0)
}

/// The process's recorder where one was made, here or before a fork; makes none.
pub fn process_if_made() -> Option<&'static Recorder> {
    PROCESS.claimed().find_map(|(_, place)| place.get())
}

/// The recorder, and whether it was made just now.
fn make(producer: Option<&str>) -> (&'static Recorder, bool) {
    // Where sixty-four generations were each forked while their parent was at just this point.
    static LAST: OnceLock<Recorder> = OnceLock::new();
    let mut made = false;
    let place = PROCESS.of(std::process::id()).unwrap_or(&LAST);
    let recorder = place.get_or_init(|| {
        made = true;
        Recorder::new(Settings::of_process(producer.map(str::to_owned)))
    });
    OFF.store(!recorder.is_on(), Ordering::Relaxed);
    (recorder, made)
}

/// Name the program that records; only the first call, before any event, has an effect.
///
/// # Errors
/// The process's recorder, where one was made before.
pub fn init(producer: &str) -> Result<&'static Recorder, &'static Recorder> {
    if let Some(recorder) = process_if_made() {
        return Err(recorder);
    }
    match make(Some(producer)) {
        (recorder, true) => Ok(recorder),
        (recorder, false) => Err(recorder),
    }
}

/// Record one usage event with the process's recorder: see [`Recorder::record`].
///
/// In mode `off` this is one relaxed atomic load, once the mode is known.
///
/// # Errors
/// As [`Recorder::record`]; safe to ignore.
#[inline]
pub fn record_usage_event(
    event_type: &str,
    fields: &[(&str, FieldValue<'_>)],
    value: Option<f64>,
    session: Option<&str>,
) -> Result<(), Refusal> {
    if OFF.load(Ordering::Relaxed) {
        return Ok(());
    }
    record_with_process(event_type, fields, value, session)
}

/// Out of the way of those who record nothing: a jump around it would take them as long as the load.
#[cold]
fn record_with_process(
    event_type: &str,
    fields: &[(&str, FieldValue<'_>)],
    value: Option<f64>,
    session: Option<&str>,
) -> Result<(), Refusal> {
    process().record(event_type, fields, value, session)
}

/// A counter of the process's recorder: see [`Recorder::counter`].
pub fn counter(event_type: &str, fields: &[(&str, FieldValue<'_>)]) -> Counter {
    process().counter(event_type, fields).0
}

/// Spool what the process's counters hold; call it before an orderly exit.
///
/// # Errors
/// As [`Recorder::flush`].
pub fn flush() -> Result<(), Refusal> {
    process().flush()
}

/// Call this first thing in a forked child: what the parent's counters held is the parent's to spool.
///
/// A child that does not is safe, too; but what it counts before it first records, flushes or makes a counter is
/// given up with what its parent had counted, since the two cannot be told apart.
pub fn after_fork_in_child() {
    if let Some(recorder) = process_if_made() {
        recorder.after_fork_in_child();
    }
}

/// Spools what the process's counters hold when it goes out of scope; see [`until_end`].
#[derive(Debug)]
#[must_use = "it spools what counters hold when it goes out of scope"]
pub struct UntilEnd(());

/// Hold the result in `main`: it spools what the process's counters hold when `main` ends, also by an error.
pub fn until_end() -> UntilEnd {
    UntilEnd(())
}

impl Drop for UntilEnd {
    fn drop(&mut self) {
        if let Some(recorder) = process_if_made() {
            // Nobody is left to tell; what was refused is counted on the spool where that can be written.
            let _ = recorder.flush();
        }
    }
}
