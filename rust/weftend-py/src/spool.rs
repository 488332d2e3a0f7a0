//! Reading the spool back from Python: its segments, and their events as the store's statements take them.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyString, PyTuple};
use weftend_core::record::EventContracts;
use weftend_core::record::contract::METRICS_TABLE;
use weftend_core::record::read::{Lines, Row, read_lines};
use weftend_core::record::spool::Taken;

/// Rows in one tuple: enough that a statement's start costs little, and few enough for any SQLite's bound of parameters.
const ROWS_AT_ONCE: usize = 50;
/// Values of one row.
const COLUMNS: usize = 6;

/// The whole lines of a spool segment from an offset, as rows for the store; see `weftend.recording`.
#[pyclass(frozen, module = "weftend._core")]
pub(crate) struct SpoolReader(EventContracts);

#[pymethods]
impl SpoolReader {
    /// documents: compiled contracts (`weftend.contracts/0`), the shipped ones first.
    #[new]
    fn new(documents: Vec<Bound<'_, PyBytes>>) -> PyResult<Self> {
        let mut contracts = EventContracts::default();
        for document in documents {
            EventContracts::from_json(document.as_bytes())
                .and_then(|more| contracts.join(more))
                .map_err(pyo3::exceptions::PyValueError::new_err)?;
        }
        Ok(SpoolReader(contracts))
    }

    /// (header or None, metrics, others, held, (dropped segments, dropped bytes), refused by code, end).
    #[pyo3(signature = (segment, offset, /))]
    fn read<'py>(
        &self,
        segment: &Bound<'py, PyBytes>,
        offset: usize,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = segment.py();
        let bytes = segment.as_bytes();
        let lines = py.detach(|| read_lines(bytes, offset, &self.0));
        let Lines {
            header,
            rows,
            dropped,
            refused,
            end,
        } = lines;
        let header = header.map(|header| (header.recording, header.producer));
        let Given {
            metrics,
            others,
            held,
        } = Given::of(py, rows)?;
        let dropped = (dropped.segments, dropped.bytes);
        (header, metrics, others, held, dropped, refused, end).into_pyobject(py)
    }
}

/// Events as Python takes them.
#[derive(Default)]
struct Given<'py, 'a> {
    /// The values of many rows of the table of metrics, one behind the other, in each tuple.
    metrics: Vec<Bound<'py, PyTuple>>,
    /// One tuple for each event of another table.
    others: Vec<Bound<'py, PyTuple>>,
    /// Events in `metrics` by type.
    held: BTreeMap<&'a str, u64>,
}

impl<'py, 'a> Given<'py, 'a> {
    fn of(py: Python<'py>, rows: Vec<Row<'a>>) -> PyResult<Self> {
        let mut given = Given::default();
        let mut values = Values::default();
        for row in rows {
            if row.contract.table == METRICS_TABLE {
                let held = given.held.entry(&row.contract.event_type).or_default();
                *held = held.saturating_add(row.count);
                values.add(py, &row)?;
                if values.row.len() == ROWS_AT_ONCE * COLUMNS {
                    given.metrics.push(PyTuple::new(py, values.row.drain(..))?);
                }
            } else {
                let Row {
                    session,
                    value,
                    fields,
                    at,
                    count,
                    ..
                } = row;
                let event = (&row.contract.event_type, session, value, fields, at, count);
                given.others.push(event.into_pyobject(py)?);
            }
        }
        if !values.row.is_empty() {
            given.metrics.push(PyTuple::new(py, values.row)?);
        }
        Ok(given)
    }
}

/// The values of the rows of one tuple.
#[derive(Default)]
struct Values<'py> {
    row: Vec<Bound<'py, PyAny>>,
    metric_type: Latest<'py>,
    session: Latest<'py>,
}

impl<'py> Values<'py> {
    fn add(&mut self, py: Python<'py>, row: &Row<'_>) -> PyResult<()> {
        let none = || py.None().into_bound(py);
        let number = |value| PyFloat::new(py, value).into_any();
        let text = |text: &str| PyString::new(py, text).into_any();
        self.row.extend([
            self.metric_type.or_new(py, &row.contract.metric_type),
            self.session.or_new(py, &row.session),
            row.value.map_or_else(none, number),
            Some(row.fields.as_str())
                .filter(|fields| *fields != "{}")
                .map_or_else(none, text),
            text(&row.at),
            row.count.into_pyobject(py)?.into_any(),
        ]);
        Ok(())
    }
}

/// A text that often stands in many rows one behind the other, made once.
#[derive(Default)]
struct Latest<'py>(Option<(String, Bound<'py, PyAny>)>);

impl<'py> Latest<'py> {
    fn or_new(&mut self, py: Python<'py>, text: &str) -> Bound<'py, PyAny> {
        match &self.0 {
            Some((latest, made)) if latest == text => made.clone(),
            _ => {
                let made = PyString::new(py, text).into_any();
                self.0 = Some((text.to_owned(), made.clone()));
                made
            }
        }
    }
}

/// One segment of the spool, taken up for reading; nobody else removes it meanwhile where it is closed.
#[pyclass(module = "weftend._core")]
pub(crate) struct SpoolSegment(Option<Taken>);

#[pymethods]
impl SpoolSegment {
    #[new]
    fn new(path: std::path::PathBuf) -> PyResult<Self> {
        Ok(SpoolSegment(Some(Taken::open(path)?)))
    }

    /// Whether its writer is gone.
    #[getter]
    fn closed(&self) -> bool {
        self.0.as_ref().is_some_and(Taken::is_closed)
    }

    /// Everything that is in it now; empty once it was removed or released.
    fn read<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.0.as_mut().map(Taken::read).transpose()?;
        Ok(PyBytes::new(py, &bytes.unwrap_or_default()))
    }

    /// Remove it where it is closed, and let go of it.
    fn remove(&mut self) -> PyResult<()> {
        Ok(self.0.take().map_or(Ok(()), Taken::remove)?)
    }

    /// Move it into a folder, made when it is missing, and let go of it.
    fn set_aside(&mut self, folder: std::path::PathBuf) -> PyResult<()> {
        Ok(self
            .0
            .take()
            .map_or(Ok(()), |taken| taken.set_aside(&folder))?)
    }

    /// Let go of it.
    fn release(&mut self) {
        self.0 = None;
    }
}
