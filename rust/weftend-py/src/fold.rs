//! Partial folds.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use weftend_core::fold::{self, UnitDigest};

use crate::errors::{digest_bytes, fold_refusal};
use crate::stream::Stream;

/// Per unit what it contributes. Private: never leaves the machine.
///
/// Safe to share between threads; long work runs without the GIL.
#[pyclass(frozen, module = "weftend._core")]
pub(crate) struct Partial(Mutex<fold::Partial>);

impl Partial {
    pub(crate) fn of(partial: fold::Partial) -> Self {
        Partial(Mutex::new(partial))
    }

    /// The partial itself. Take it inside `Python::detach` wherever the work may be long.
    pub(crate) fn lock(&self) -> MutexGuard<'_, fold::Partial> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Both of two partials, always locked in the same order.
    fn lock_both<'a>(
        &'a self,
        other: &'a Partial,
    ) -> (MutexGuard<'a, fold::Partial>, MutexGuard<'a, fold::Partial>) {
        if std::ptr::from_ref(self) < std::ptr::from_ref(other) {
            let first = self.lock();
            (first, other.lock())
        } else {
            let second = other.lock();
            (self.lock(), second)
        }
    }

    fn unite(
        &self,
        py: Python<'_>,
        other: &Partial,
        how: fn(&mut fold::Partial, &fold::Partial) -> Result<(), fold::FoldError>,
    ) -> PyResult<()> {
        let united = py.detach(|| {
            if std::ptr::eq(self, other) {
                let copy = self.lock().clone();
                return how(&mut self.lock(), &copy);
            }
            let (mut into, mut from) = self.lock_both(other);
            from.settle();
            how(&mut into, &from)
        });
        united.map_err(|error| fold_refusal(py, &error))
    }
}

#[pymethods]
impl Partial {
    /// channels: names, 0 to 256 distinct ones of 1 to 128 bytes.
    /// Raises WeftendError (PARTIAL_INVALID).
    #[new]
    #[pyo3(signature = (channels, /))]
    fn new(py: Python<'_>, channels: Vec<String>) -> PyResult<Self> {
        fold::Partial::new(channels)
            .map(Partial::of)
            .map_err(|error| fold_refusal(py, &error))
    }

    /// The channels' names.
    #[getter]
    fn channels(&self) -> Vec<String> {
        self.lock().channels().to_vec()
    }

    /// (unit, part) pairs with a contribution: records read, less those met again.
    #[getter]
    fn records(&self, py: Python<'_>) -> u64 {
        py.detach(|| self.lock().records())
    }

    fn __len__(&self) -> usize {
        self.lock().len()
    }

    fn __contains__(&self, unit: &[u8]) -> PyResult<bool> {
        Ok(self.lock().contains(&digest_bytes(unit)?))
    }

    /// Adds to one bucket of one unit, as said by one part.
    #[pyo3(signature = (unit, part, channel, key, amount = 1, /))]
    fn add(
        &self,
        py: Python<'_>,
        unit: &[u8],
        part: &[u8],
        channel: usize,
        key: &str,
        amount: u64,
    ) -> PyResult<()> {
        let (unit, part) = (digest_bytes(unit)?, digest_bytes(part)?);
        let added = self.lock().add(&unit, &part, channel, key, amount);
        added.map_err(|error| fold_refusal(py, &error))
    }

    /// Makes a unit known that may have no key.
    #[pyo3(signature = (unit, /))]
    fn touch(&self, py: Python<'_>, unit: &[u8]) -> PyResult<()> {
        let unit = digest_bytes(unit)?;
        self.lock()
            .touch(&unit)
            .map_err(|error| fold_refusal(py, &error))
    }

    /// Says that a record has been read whole.
    fn end_record(&self) {
        self.lock().end_record();
    }

    /// Makes this the union of both.
    #[pyo3(signature = (other, /))]
    fn merge(&self, py: Python<'_>, other: &Partial) -> PyResult<()> {
        self.unite(py, other, fold::Partial::merge)
    }

    /// Makes this the sum of both: for shards of one reading.
    #[pyo3(signature = (shard, /))]
    fn absorb(&self, py: Python<'_>, shard: &Partial) -> PyResult<()> {
        self.unite(py, shard, fold::Partial::absorb)
    }

    /// A copy of its own.
    fn copy(&self, py: Python<'_>) -> Self {
        py.detach(|| Partial::of(self.lock().clone()))
    }

    /// The partial as bytes; equal partials are equal bytes. Private.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.lock().to_bytes());
        PyBytes::new(py, &bytes)
    }

    /// A partial from bytes that to_bytes made.
    /// Raises WeftendError (PARTIAL_INVALID) for anything else.
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        let read = py.detach(|| fold::Partial::from_bytes(data));
        read.map(Partial::of)
            .map_err(|error| fold_refusal(py, &error))
    }

    /// All units' digests, 32 bytes each, in byte order, one behind the other.
    fn digests<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let digests = py.detach(|| self.lock().digests());
        PyBytes::new(py, digests.as_flattened())
    }

    /// Takes out the units with these digests (32 bytes each, any order); how many of them were there.
    #[pyo3(signature = (digests, /))]
    fn without(&self, py: Python<'_>, digests: &[u8]) -> PyResult<usize> {
        let units = units(digests)?;
        Ok(py.detach(|| self.lock().without(units)))
    }

    /// Per channel: raw key -> (units, total), exact, before any clamp. Private.
    fn totals(&self, py: Python<'_>) -> Vec<BTreeMap<String, (u64, u64)>> {
        py.detach(|| {
            let partial = self.lock();
            let owned =
                |(key, tally): (&str, fold::Tally)| (key.to_owned(), (tally.units, tally.total));
            partial
                .totals()
                .into_iter()
                .map(|keys| keys.into_iter().map(owned).collect())
                .collect()
        })
    }

    /// Pickles as its bytes.
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((
            py.get_type::<Partial>().getattr("from_bytes")?,
            (self.to_bytes(py),),
        ))
    }

    fn __repr__(&self) -> String {
        format!("<Partial: {} units, private>", self.lock().len())
    }
}

/// Digests one behind the other.
fn units(digests: &[u8]) -> PyResult<&[UnitDigest]> {
    match digests.as_chunks() {
        (units, []) => Ok(units),
        _ => Err(PyValueError::new_err("digests are 32 bytes each")),
    }
}

/// Per map of the stream: bucket → (units, total), exact and before any clamp; private.
#[pyfunction]
#[pyo3(signature = (stream, partial, /))]
pub(crate) fn exact_fold<'s>(
    py: Python<'_>,
    stream: &'s Stream,
    partial: &Partial,
) -> Vec<BTreeMap<&'s str, (u64, u64)>> {
    let maps = py.detach(|| weftend_core::release::exact(&stream.0, &partial.lock()));
    let pairs = |map: BTreeMap<&'s str, fold::Tally>| {
        map.into_iter()
            .map(|(bucket, tally)| (bucket, (tally.units, tally.total)))
            .collect()
    };
    maps.into_iter().map(pairs).collect()
}
