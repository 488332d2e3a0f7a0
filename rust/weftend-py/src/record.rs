//! Recording usage events from Python.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use weftend_core::fold::OTHER;
use weftend_core::record::{
    self, EventCode, FieldValue, Recorder, Refusal, control, paths, process,
};

pyo3::import_exception!(weftend.errors, RecordingError);

/// Record one usage event; see `weftend.recording`.
///
/// Raises RecordingError under WEFTEND_STRICT=1, and nothing otherwise.
#[pyfunction]
#[pyo3(signature = (event_type, fields, *, value=None, session=None))]
pub(crate) fn record_usage_event(
    event_type: &Bound<'_, PyAny>,
    fields: &Bound<'_, PyAny>,
    value: Option<&Bound<'_, PyAny>>,
    session: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    let recorder = process::process();
    if !recorder.is_on() {
        return Ok(());
    }
    settle(record_with(recorder, event_type, fields, value, session))
}

fn record_with(
    recorder: &Recorder,
    event_type: &Bound<'_, PyAny>,
    fields: &Bound<'_, PyAny>,
    value: Option<&Bound<'_, PyAny>>,
    session: Option<&Bound<'_, PyAny>>,
) -> Result<(), Refusal> {
    let refused = |code| move || recorder.refuse(code);
    let event_type = text(event_type).ok_or_else(refused(EventCode::TypeUnknown))?;
    let fields = fields.cast::<PyDict>().ok();
    let members = fields
        .and_then(members)
        .ok_or_else(refused(EventCode::FieldInvalid))?;
    let given = borrowed(&members).ok_or_else(refused(EventCode::FieldInvalid))?;
    let value = value.map(|value| value.extract::<f64>()).transpose();
    let value = value.map_err(|_| recorder.refuse(EventCode::ValueInvalid))?;
    let session =
        session.map(|session| text(session).ok_or_else(refused(EventCode::SessionInvalid)));
    recorder.record(event_type, &given, value, session.transpose()?)
}

/// A counter on a hot path: `inc` adds in memory; what it holds is spooled as one counted event per flush.
#[pyclass(frozen, module = "weftend._core")]
pub(crate) struct Counter(record::Counter);

#[pymethods]
impl Counter {
    /// Count n more events, 0 or more and less than 2**64; anything else is refused like a value out of bounds.
    #[pyo3(signature = (n=Amount(Some(1)), /), text_signature = "($self, n=1, /)")]
    fn inc(&self, n: Amount) -> PyResult<()> {
        match n.0 {
            Some(n) => self.0.inc(n),
            None => return refuse_amount(),
        }
        Ok(())
    }

    /// Spool what is held, as one counted event; nothing where nothing is held.
    fn flush(&self) -> PyResult<()> {
        settle(self.0.flush())
    }
}

/// How many more events there are, or nothing where that is no such number: a call raises nothing into its host.
struct Amount(Option<u64>);

impl<'py> FromPyObject<'_, 'py> for Amount {
    type Error = std::convert::Infallible;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Amount(value.extract().ok()))
    }
}

#[cold]
fn refuse_amount() -> PyResult<()> {
    let recorder = process::process();
    match recorder.is_on() {
        true => settle(Err(recorder.refuse(EventCode::ValueInvalid))),
        false => Ok(()),
    }
}

/// A counter of events of one type with fixed fields; see `weftend.recording`.
#[pyfunction]
#[pyo3(signature = (event_type, fields))]
pub(crate) fn counter(
    event_type: &Bound<'_, PyAny>,
    fields: &Bound<'_, PyAny>,
) -> PyResult<Counter> {
    let recorder = process::process();
    let members = fields.cast::<PyDict>().ok().and_then(members);
    let given = members.as_ref().and_then(borrowed);
    let (counter, checked) = match (text(event_type), &given) {
        (Some(event_type), Some(given)) => recorder.counter(event_type, given),
        (Some(_), None) => recorder.counter_in_vain(EventCode::FieldInvalid),
        (None, _) => recorder.counter_in_vain(EventCode::TypeUnknown),
    };
    settle(checked)?;
    Ok(Counter(counter))
}

/// Name the program that records; whether this was the first use of the process's recorder.
#[pyfunction]
#[pyo3(signature = (producer, /))]
pub(crate) fn init_recording(producer: &Bound<'_, PyAny>) -> bool {
    process::init(text(producer).unwrap_or(OTHER)).is_ok()
}

/// Spool what every counter holds and what was refused.
#[pyfunction]
pub(crate) fn flush_recording() -> PyResult<()> {
    settle(process::process_if_made().map_or(Ok(()), Recorder::flush))
}

/// In a forked child: forget what the parent holds.
#[pyfunction]
pub(crate) fn reset_recording_after_fork() {
    if let Some(recorder) = process::process_if_made() {
        recorder.after_fork_in_child();
    }
}

/// The mode in force: (mode, layer, [(layer, source, mode or None, problem or None)]).
#[pyfunction]
pub(crate) fn recording_mode() -> (&'static str, &'static str, Vec<ModeReading>) {
    let decision = control::decide(&paths::control_sources());
    let readings = decision.readings.into_iter().map(|reading| {
        let mode = reading.mode.map(control::Mode::as_str);
        (
            reading.layer.as_str(),
            reading.source,
            mode,
            reading.problem,
        )
    });
    (
        decision.mode.as_str(),
        decision.layer.as_str(),
        readings.collect(),
    )
}

type ModeReading = (&'static str, String, Option<&'static str>, Option<String>);

/// Where state, wishes and policies stand: (home or None, configuration file or None, policy files).
#[pyfunction]
pub(crate) fn recording_places() -> (Option<OsString>, Option<OsString>, Vec<OsString>) {
    let policies = paths::policy_files()
        .into_iter()
        .map(|file| file.path.into_os_string());
    (
        paths::home().map(PathBuf::into_os_string),
        paths::config_file().map(PathBuf::into_os_string),
        policies.collect(),
    )
}

fn settle(outcome: Result<(), Refusal>) -> PyResult<()> {
    match outcome {
        Err(refusal) if is_strict() => Err(RecordingError::new_err((
            refusal.code.as_str(),
            refusal.field,
        ))),
        _ => Ok(()),
    }
}

fn is_strict() -> bool {
    std::env::var_os("WEFTEND_STRICT").is_some_and(|value| value == "1")
}

fn text<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    value.cast::<PyString>().ok()?.to_str().ok()
}

type Members<'py> = Vec<(Bound<'py, PyString>, Bound<'py, PyAny>)>;

fn members<'py>(fields: &Bound<'py, PyDict>) -> Option<Members<'py>> {
    let pair =
        |(name, value): (Bound<'py, PyAny>, _)| Some((name.cast_into::<PyString>().ok()?, value));
    fields.iter().map(pair).collect()
}

fn borrowed<'a>(members: &'a Members<'_>) -> Option<Vec<(&'a str, FieldValue<'a>)>> {
    let pair =
        |(name, value): &'a (Bound<'_, PyString>, _)| Some((name.to_str().ok()?, field(value)));
    members.iter().map(pair).collect()
}

fn field<'a>(value: &'a Bound<'_, PyAny>) -> FieldValue<'a> {
    if let Some(text) = text(value) {
        FieldValue::Text(text)
    } else if let Ok(value) = value.cast::<PyBool>() {
        FieldValue::Boolean(value.is_true())
    } else if let Ok(value) = value.cast::<PyInt>() {
        value
            .extract()
            .map_or(FieldValue::Unsupported, FieldValue::Integer)
    } else if let Ok(value) = value.cast::<PyFloat>() {
        FieldValue::Number(value.value())
    } else {
        FieldValue::Unsupported
    }
}
