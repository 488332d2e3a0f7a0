//! A counter for hot paths: the contract is looked at once, `inc` is one atomic addition.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::event::{FieldValue, Refusal};
use super::recorder::Recorder;

/// A field that a counter holds for life.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OwnedValue {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    Unsupported,
}

impl OwnedValue {
    pub(super) fn of(value: FieldValue<'_>) -> Self {
        match value {
            FieldValue::Boolean(value) => OwnedValue::Boolean(value),
            FieldValue::Integer(value) => OwnedValue::Integer(value),
            FieldValue::Number(value) => OwnedValue::Number(value),
            FieldValue::Text(value) => OwnedValue::Text(value.to_owned()),
            FieldValue::Unsupported => OwnedValue::Unsupported,
        }
    }

    fn borrowed(&self) -> FieldValue<'_> {
        match self {
            OwnedValue::Boolean(value) => FieldValue::Boolean(*value),
            OwnedValue::Integer(value) => FieldValue::Integer(*value),
            OwnedValue::Number(value) => FieldValue::Number(*value),
            OwnedValue::Text(value) => FieldValue::Text(value),
            OwnedValue::Unsupported => FieldValue::Unsupported,
        }
    }
}

/// What a counter counts, and how much it holds that is not on the spool yet.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) event_type: String,
    pub(super) fields: Vec<(String, OwnedValue)>,
    pub(super) held: AtomicU64,
    /// The process that counts: what a child inherits is its parent's to spool.
    owner: AtomicU32,
}

impl Cell {
    pub(super) fn new(event_type: &str, fields: &[(&str, FieldValue<'_>)]) -> Self {
        Cell {
            event_type: event_type.to_owned(),
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), OwnedValue::of(*value)))
                .collect(),
            held: AtomicU64::new(0),
            owner: AtomicU32::new(std::process::id()),
        }
    }

    /// Take what is held, as fields to record with; nothing where nothing is held.
    pub(super) fn take(&self) -> u64 {
        self.held.swap(0, Ordering::AcqRel)
    }

    /// Whether a process counted here that is not this one.
    pub(super) fn is_inherited(&self) -> bool {
        self.owner.load(Ordering::Acquire) != std::process::id()
    }

    /// In a forked child: begin again at nothing.
    pub(super) fn disown(&self) {
        self.take();
        self.owner.store(std::process::id(), Ordering::Release);
    }

    pub(super) fn borrowed_fields(&self) -> Vec<(&str, FieldValue<'_>)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.borrowed()))
            .collect()
    }
}

/// A handle that counts one event type with fixed fields.
///
/// What it holds is spooled as one counted event by [`Counter::flush`], by the recorder's flush, and when the last
/// handle is dropped. Clones count together.
#[derive(Clone, Debug)]
pub struct Counter {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    cell: Arc<Cell>,
    /// None where the contract refused what is counted.
    recorder: Option<Recorder>,
}

impl Counter {
    pub(super) fn new(cell: Arc<Cell>, recorder: Option<Recorder>) -> Self {
        Counter {
            inner: Arc::new(Inner { cell, recorder }),
        }
    }

    /// Count `n` more events: one relaxed atomic addition, on or off.
    #[inline]
    pub fn inc(&self, n: u64) {
        self.inner.cell.held.fetch_add(n, Ordering::Relaxed);
    }

    /// Spool what is held, as one counted event; nothing is written where nothing is held.
    ///
    /// # Errors
    /// As [`Recorder::record`]; what was held is lost then, and counted as refused.
    pub fn flush(&self) -> Result<(), Refusal> {
        self.inner.flush()
    }
}

impl Inner {
    fn flush(&self) -> Result<(), Refusal> {
        match &self.recorder {
            Some(recorder) => recorder.flush_cell(&self.cell),
            None => Ok(()),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody is left to tell; the recorder counts what it refused.
        let _ = self.flush();
    }
}
